//! Flags with the verdict that stands behind them.

use super::cases::Held;
use super::dossier::{Dossier, step_line};
use super::release::load_assignment;
use super::windows::damaged;
use super::{Context, Done};
use crate::evidence::flag::{next_step, state_said};
use crate::letter::columns::flat;
use crate::model::register::Name;
use crate::model::{CaseId, FlagState, Language};
use crate::said;
use crate::store::{FlagRow, FlagStepRow, Ids, NewVerdict, Tx, VerdictRow};
use crate::words::letters::common::outcome;
use crate::words::states::verdict as verdict_said;
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// A flag and the current judgement on its observation.
#[derive(Debug, Clone)]
pub struct Standing {
    pub flag: FlagRow,
    pub verdict: NewVerdict,
}

impl Standing {
    /// Whether the evidence still carries the flag: later records may have explained it.
    pub fn holds(&self) -> bool {
        self.verdict.strength.opens_flag()
    }
}

/// Flags whose evidence holds, oldest first; of one state, or of all.
pub async fn standing(tx: &mut Tx, state: Option<FlagState>) -> Done<Vec<Standing>> {
    let all = with_verdicts(tx, state).await?;
    Ok(all.into_iter().filter(Standing::holds).collect())
}

/// Every flag with its current verdict, oldest first.
pub async fn with_verdicts(tx: &mut Tx, state: Option<FlagState>) -> Done<Vec<Standing>> {
    let flags = tx.flags(state).await?;
    let verdicts = tx.verdicts_among(&Ids::new(flags.iter().map(|flag| flag.assignment.as_str()))).await?;
    let mut verdicts: BTreeMap<_, NewVerdict> = verdicts
        .into_iter()
        .map(|VerdictRow { judgement: v, .. }| ((v.assignment.clone(), v.line.clone(), v.person.clone()), v))
        .collect();
    let standing = flags.into_iter().filter_map(|flag| {
        let verdict = verdicts.remove(&(flag.assignment.clone(), flag.line.clone(), flag.person.clone()))?;
        Some(Standing { flag, verdict })
    });
    Ok(standing.collect())
}

/// A flag as a person reads it.
#[derive(Debug, Clone)]
pub struct Case {
    pub standing: Standing,
    pub official: Name,
    pub village: Name,
    pub zone: Tz,
    pub outcome_received: Option<crate::model::Timestamp>,
    pub stated: Option<crate::model::Timestamp>,
    pub remark: String,
    /// The records that decided: source, file, row.
    pub evidence: Vec<(String, String, String)>,
    pub history: Vec<VerdictRow>,
    pub steps: Vec<FlagStepRow>,
    pub dossier: Dossier,
}

/// Flags whose explanation did not come in time, the longest due first.
pub async fn overdue(ctx: &Context) -> Done<Vec<Case>> {
    let mut found = cases(ctx, Some(FlagState::Asked), false).await?;
    found.retain(|case| case.dossier.overdue);
    found.sort_by_key(|case| (case.dossier.deadlines.answer_by, case.standing.flag.id.clone()));
    Ok(found)
}

/// Flags as people read them, oldest first; with `all` also those that later records explained.
pub async fn cases(ctx: &Context, state: Option<FlagState>, all: bool) -> Done<Vec<Case>> {
    let mut tx = ctx.store.read().await?;
    let found = if all { with_verdicts(&mut tx, state).await? } else { standing(&mut tx, state).await? };
    let officials = Ids::new(found.iter().map(|one| one.flag.official.as_str()));
    let names: BTreeMap<_, _> = tx.officials_among(&officials).await?.into_iter().map(|o| (o.id, o.name)).collect();
    let mut cases = Vec::new();
    for one in found {
        cases.push(case(ctx, &mut tx, one, &names).await?);
    }
    Ok(cases)
}

/// One flag; `Ok(None)` where there is none of this id.
pub async fn show(ctx: &Context, id: &str) -> Done<Option<Case>> {
    let mut tx = ctx.store.read().await?;
    let Some(flag) = tx.flag(id).await? else { return Ok(None) };
    let Some(row) = tx.last_verdict(&flag.assignment, &flag.line, &flag.person).await? else { return Ok(None) };
    let official = tx.officials_among(&Ids::new([flag.official.as_str()])).await?;
    let names = official.into_iter().map(|o| (o.id, o.name)).collect();
    Ok(Some(case(ctx, &mut tx, Standing { flag, verdict: row.judgement }, &names).await?))
}

async fn case(
    ctx: &Context,
    tx: &mut Tx,
    standing: Standing,
    names: &BTreeMap<crate::model::OfficialId, Name>,
) -> Done<Case> {
    let flag = &standing.flag;
    let mut village = Name::default();
    if let Some(row) = tx.assignment(&flag.assignment).await?
        && let Some(assignment) = load_assignment(tx, &row).await?
        && let Some(line) = assignment.lines.iter().find(|l| l.code.as_str() == flag.line)
    {
        village = line.village.clone();
    }
    let id: CaseId = flag.id.parse().map_err(|_| damaged("id of a flag"))?;
    let held = Held::load(tx, &id).await?.ok_or_else(|| damaged("flag"))?;
    let rows: Vec<String> = serde_json::from_str(&standing.verdict.evidence).unwrap_or_default();
    let batches = tx.batches_among(&Ids::new(rows.iter().filter_map(|row| row.split('/').nth(1)))).await?;
    let files: BTreeMap<String, String> = batches.into_iter().map(|b| (b.id, b.file_name)).collect();
    let evidence = rows.iter().filter_map(|row| record_row(row, &files)).collect();
    // The very result that was judged: a newer one waits for the next look.
    let judged = standing.verdict.judged;
    let outcome = tx.outcome_as_of(&flag.assignment, &flag.line, &flag.person, judged).await?;
    Ok(Case {
        official: names.get(&flag.official).cloned().unwrap_or_else(|| Name::new(flag.official.to_string(), "")),
        village,
        zone: ctx.office(&flag.office)?.zone,
        outcome_received: outcome.as_ref().map(|o| o.received),
        stated: outcome.as_ref().and_then(|o| o.stated),
        remark: outcome.map(|o| o.remark).unwrap_or_default(),
        history: tx.verdict_history(&flag.assignment, &flag.line, &flag.person).await?,
        steps: held.steps.clone(),
        dossier: Dossier::load(ctx, tx, held).await?,
        evidence,
        standing,
    })
}

/// `SOURCE/BATCH/ROW`, as a verdict keeps it: source, file and row.
fn record_row(row: &str, files: &BTreeMap<String, String>) -> Option<(String, String, String)> {
    let [source, batch, number] = row.split('/').collect::<Vec<_>>()[..] else { return None };
    let file = files.get(batch).cloned().unwrap_or_else(|| batch.to_owned());
    Some((source.to_owned(), file, number.to_owned()))
}

impl Case {
    fn when(&self, at: crate::model::Timestamp) -> String {
        at.in_zone(self.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    /// `F-… open high unexcused 王建国 Wang Jianguo, 滨河村 Binhe: …`
    pub fn line(&self, language: Language) -> String {
        let Standing { flag, verdict } = &self.standing;
        let state = state_said(flag.state);
        let awaits = self.dossier.awaits().map(|said| format!("  [{}]", said.in_language(language)));
        format!(
            "{}  {}  {}  {} {}  {}{}",
            flag.id,
            self.when(flag.opened),
            state.in_language(language),
            self.official.both(),
            self.village.both(),
            verdict.sentence.in_language(language),
            awaits.unwrap_or_default()
        )
    }

    /// The whole case, for a terminal.
    pub fn page(&self, language: Language) -> String {
        let Standing { flag, verdict } = &self.standing;
        let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
        let mut page = vec![
            self.line(language),
            said!(
                "Observed: {}, assignment {} {}",
                "检查结果：{}，任务{} {}",
                outcome(verdict.outcome).in_language(language),
                flag.assignment,
                flag.person
            )
            .in_language(language)
            .to_owned(),
        ];
        if let Some(at) = self.stated {
            page.push(format!("{}{}", pick("Time stated: ", "检查时间："), self.when(at)));
        }
        if let Some(at) = self.outcome_received {
            page.push(format!("{}{}", pick("Received: ", "收到时间："), self.when(at)));
        }
        if !self.remark.is_empty() {
            page.push(format!("{}{}", pick("Remark: ", "备注："), flat(&self.remark)));
        }
        if !self.evidence.is_empty() {
            page.push(pick("Records that decided", "所据记录").to_owned());
        }
        for (source, file, row) in &self.evidence {
            page.push(format!(
                "  {}",
                said!("{source}: {file}, row {row}", "{source}：{file}第{row}行").in_language(language)
            ));
        }
        page.push(pick("Verdicts", "判定").to_owned());
        for row in &self.history {
            let v = &row.judgement;
            let code = v.verdict.map_or_else(|| "-".to_owned(), |v| verdict_said(v).in_language(language).to_owned());
            page.push(format!("  {}  {code}  {}", self.when(v.judged), v.sentence.in_language(language)));
        }
        page.push(pick("Steps", "办理过程").to_owned());
        for step in &self.steps {
            page.push(format!("  {}  {}", self.when(crate::model::Timestamp(step.at)), step_line(step, language)));
        }
        page.extend(self.dossier.lines(language));
        page.push(next_step(flag.state).in_language(language).to_owned());
        page.join("\n")
    }

    pub fn json(&self) -> serde_json::Value {
        let Standing { flag, verdict } = &self.standing;
        let mut json = serde_json::json!({
            "id": flag.id, "state": flag.state, "official": flag.official, "name": self.official.own,
            "village": self.village.own, "opened": flag.opened.rfc3339(self.zone), "assignment": flag.assignment,
            "line": flag.line, "person": flag.person, "outcome": verdict.outcome, "verdict": verdict.verdict,
            "strength": verdict.strength, "holds": self.standing.holds(),
            "sentence": {"en": verdict.sentence.en, "zh-Hans": verdict.sentence.zh},
            "evidence": self.evidence.iter().map(|(source, file, row)| {
                serde_json::json!({"source": source, "file": file, "row": row.parse::<u64>().ok()})
            }).collect::<Vec<_>>(),
            "steps": self.steps.iter().map(|s| serde_json::json!({
                "step": s.step, "by": s.actor, "at": crate::model::Timestamp(s.at).rfc3339(self.zone), "reason": s.reason,
            })).collect::<Vec<_>>(),
        });
        self.dossier.add_to(&mut json);
        json
    }
}
