//! Complaints against inspectors: opened by the desk, then a case with the life of a flag (EVIDENCE 5).

use super::cases::Held;
use super::dossier::{Dossier, step_line};
use super::signed::{self, signed};
use super::windows::damaged;
use super::{Context, Done};
use crate::evidence::back_check::Difference;
use crate::evidence::flag::{next_step, state_said};
use crate::letter::columns::flat;
use crate::model::register::Name;
use crate::model::typed::lines;
use crate::model::{CaseId, CaseKind, FlagState, InspectorId, Language, Said, Timestamp, Trouble, same_person};
use crate::said;
use crate::store::{ComplaintRow, FlagStepRow, Ids, Tx};
use chrono_tz::Tz;

/// What the desk enters.
pub struct NewComplaint<'a> {
    pub inspector: &'a InspectorId,
    /// Who enters it.
    pub by: &'a str,
    /// Who complains; for the office alone.
    pub from: &'a str,
    /// In the words in which it came; for the office alone.
    pub text: &'a str,
}

/// Opens a complaint and returns its id.
///
/// # Errors
/// No such inspector, nobody who enters it, no text; or the inspector concerned enters it.
pub async fn open(ctx: &Context, new: &NewComplaint<'_>) -> Done<CaseId> {
    let id = new.inspector;
    let mut tx = ctx.store.begin().await?;
    let Some(inspector) = tx.inspectors_among(&Ids::new([id.as_str()])).await?.pop() else {
        return Err(Trouble::new(said!(
            "there is no inspector {id}: take the id of the inspectors' list",
            "没有检查员{id}：请用检查员名册中的编号"
        ))
        .in_field("--inspector")
        .into());
    };
    let (from, text) = (signed::who(new.from, "--from")?, signed::words(new.text, "--text")?);
    let by = new.by.trim();
    if by.is_empty() || text.is_empty() {
        return Err(Trouble::new(said!(
            "say who enters the complaint (--by) and what it is about (--text)",
            "请写明登记人（--by）和投诉内容（--text）"
        ))
        .into());
    }
    let by = signed(by, "--by")?;
    if super::cases::signatures(&inspector).iter().any(|own| same_person(own, &by)) {
        return Err(Trouble::new(said!(
            "a complaint is entered by somebody else than the inspector it is about",
            "投诉须由被投诉检查员以外的人登记"
        ))
        .in_field("--by")
        .into());
    }
    let now = ctx.now();
    let bytes = ctx.entropy.bytes("complaint", &format!("{id}\n{}\n{text}", now.0))?;
    let row = ComplaintRow {
        id: CaseId::new(CaseKind::Complaint, &bytes),
        office: inspector.office,
        inspector: inspector.id,
        said: text,
        heard_from: from,
        opened_by: by.clone(),
        opened: now,
        state: FlagState::Open,
    };
    tx.add_complaint(&row).await?;
    tx.add_flag_step(row.id.as_str(), "open", &by, now, "complaint / 投诉", FlagState::Open).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// A complaint, or a back-check that differs, as a person of the office reads it.
#[derive(Debug, Clone)]
pub struct Complaint {
    pub row: ComplaintRow,
    pub inspector: Name,
    pub steps: Vec<FlagStepRow>,
    pub dossier: Dossier,
    zone: Tz,
}

/// Oldest first; of one state, or of all.
pub async fn list(ctx: &Context, state: Option<FlagState>) -> Done<Vec<Complaint>> {
    let mut tx = ctx.store.read().await?;
    let mut found = Vec::new();
    for row in tx.complaints(state).await?.into_iter().filter(|row| row.id.kind() == CaseKind::Complaint) {
        found.push(complaint(ctx, &mut tx, row).await?);
    }
    Ok(found)
}

/// `Ok(None)`: there is none of this id.
pub async fn show(ctx: &Context, id: &CaseId) -> Done<Option<Complaint>> {
    let mut tx = ctx.store.read().await?;
    match tx.complaint(id).await? {
        Some(row) => Ok(Some(complaint(ctx, &mut tx, row).await?)),
        None => Ok(None),
    }
}

async fn complaint(ctx: &Context, tx: &mut Tx, row: ComplaintRow) -> Done<Complaint> {
    let held = Held::load(tx, &row.id).await?.ok_or_else(|| damaged("complaint"))?;
    let inspectors = tx.inspectors_among(&Ids::new([row.inspector.as_str()])).await?;
    Ok(Complaint {
        inspector: inspectors.into_iter().next().map_or_else(|| Name::new(row.inspector.to_string(), ""), |i| i.name),
        zone: ctx.office(&row.office)?.zone,
        steps: held.steps.clone(),
        dossier: Dossier::load(ctx, tx, held).await?,
        row,
    })
}

impl Complaint {
    fn when(&self, at: Timestamp) -> String {
        at.in_zone(self.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    /// Id, day, state, inspector, what is awaited.
    pub fn line(&self, language: Language) -> String {
        let state = state_said(self.row.state);
        let awaits = self.dossier.awaits().map(|said| format!("  [{}]", said.in_language(language)));
        format!(
            "{}  {}  {}  {}{}",
            self.row.id,
            self.when(self.row.opened),
            state.in_language(language),
            self.inspector.both(),
            awaits.unwrap_or_default()
        )
    }

    /// For a terminal.
    pub fn page(&self, language: Language) -> String {
        let pick = |said: Said| said.in_language(language).to_owned();
        let ComplaintRow { said, heard_from, opened_by, .. } = &self.row;
        let mut page = vec![self.line(language)];
        page.push(pick(said!(
            "Entered by {opened_by}. For the office alone:",
            "{opened_by}登记。以下内容仅限本单位："
        )));
        if !heard_from.is_empty() {
            page.push(pick(said!("  From {}", "  投诉人：{}", flat(heard_from))));
        }
        let differences = Difference::read(said);
        match self.row.id.kind() {
            CaseKind::BackCheck => page.extend(differences.into_iter().map(|one| format!("  | {}", pick(one.said())))),
            _ => page.extend(lines(said).map(|line| format!("  | {line}"))),
        }
        page.push(pick(said!("Steps", "办理过程")));
        let steps = self.steps.iter().map(|s| format!("  {}  {}", self.when(Timestamp(s.at)), step_line(s, language)));
        page.extend(steps);
        page.extend(self.dossier.lines(language));
        page.push(pick(next_step(self.row.state)));
        page.join("\n")
    }

    pub fn json(&self) -> serde_json::Value {
        let ComplaintRow { id, office, inspector, said, heard_from, opened_by, opened, state } = &self.row;
        let steps = self.steps.iter().map(|s| {
            serde_json::json!({"step": s.step, "by": s.actor, "at": Timestamp(s.at).rfc3339(self.zone), "reason": s.reason})
        });
        let mut json = serde_json::json!({
            "id": id.as_str(), "state": state, "office": office, "inspector": inspector, "name": self.inspector.own,
            "text": said, "from": heard_from, "opened_by": opened_by, "opened": opened.rfc3339(self.zone),
            "steps": steps.collect::<Vec<_>>(),
        });
        self.dossier.add_to(&mut json);
        json
    }
}
