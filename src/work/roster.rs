//! Imports of the register: what is new, changed and gone, good rows kept whatever stands beside them.

use super::import::{Imported, batch_id, journal};
use super::{Context, Done};
use crate::config::RiskChoice;
use crate::model::position::{Distance, Located};
use crate::model::register::{Absence, Blackout, Contact, Exclusion, Inspector, Official, Recusal, Team, Village};
use crate::model::{Language, PlaceSignal, Said, Sha256, Trouble, VillageId};
use crate::registry::change::townships;
use crate::registry::check::{shared_device_numbers, shared_numbers};
use crate::registry::merged::{NamesVillage, left_closed, succeeded, told};
use crate::registry::{
    Changes, Known, Mode, Parsed, Registered, RosterRow, Setting, VillageRow, changes, parse_roster,
};
use crate::said;
use crate::store::{AwayRow, Tx};
use crate::table::TemplateKind;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Cursor;

/// Visits and calls a window of an inspector whose row says nothing.
const USUAL_VISITS: u32 = 2;
const USUAL_CALLS: u32 = 8;

/// A file to be imported into the register.
pub struct Roster<'a> {
    pub kind: TemplateKind,
    pub file: &'a str,
    pub bytes: &'a [u8],
    pub mode: Mode,
    /// The day that the roster speaks of.
    pub day: NaiveDate,
    /// A person says that the whole roster is complete although most are missing from it.
    pub complete: bool,
    pub dry_run: bool,
}

/// Imports a roster in one transaction, or says what it would do.
///
/// # Errors
/// A file that cannot be read at all: nothing is imported then.
pub async fn import(ctx: &Context, roster: &Roster<'_>) -> Done<Imported> {
    let mut tx = ctx.store.begin().await?;
    let mut known = known(&mut tx).await?;
    known.offices = ctx.config.offices.iter().map(|office| office.id.clone()).collect();
    let only = ctx.config.offices.first().filter(|_| ctx.config.offices.len() == 1);
    let setting = Setting {
        office: only.map(|o| &o.id),
        language: ctx.config.offices.first().map_or(Language::ZhHans, |o| o.language),
        visits: USUAL_VISITS,
        calls: USUAL_CALLS,
        known: Some(&known),
    };
    let mut job = Job { ctx, tx, roster, setting, out: Imported { complete: true, ..Imported::default() } };
    match roster.kind {
        TemplateKind::Villages => job.villages().await?,
        TemplateKind::Teams => {
            let present = job.tx.teams().await?;
            if let Some(write) = job.compare_heirs::<Team>(&present, |t| t.id.to_string()).await? {
                job.tx.put_teams(&write).await?;
            }
        }
        TemplateKind::Officials => {
            let present = job.tx.officials().await?;
            if let Some(write) = job.compare::<Official>(&present, |o| o.id.to_string()).await? {
                job.tx.put_officials(&write).await?;
            }
        }
        TemplateKind::Contacts => {
            let present = job.tx.contacts().await?;
            if let Some(write) = job.compare_heirs::<Contact>(&present, |c| c.id.to_string()).await? {
                job.tx.put_contacts(&write).await?;
            }
        }
        TemplateKind::Inspectors => {
            let present = job.tx.inspectors().await?;
            if let Some(write) = job.compare::<Inspector>(&present, |i| i.id.to_string()).await? {
                job.tx.put_inspectors(&write).await?;
            }
        }
        TemplateKind::Recusals => {
            let present = job.tx.recusals().await?;
            let id = |r: &Recusal| format!("{}/{}/{}", r.inspector, r.scope.kind(), r.scope.value());
            if let Some(write) = job.compare_heirs::<Recusal>(&present, id).await? {
                job.tx.put_recusals(&write).await?;
            }
        }
        TemplateKind::Exclusions => {
            let present = job.tx.exclusions().await?;
            let id = |e: &Exclusion| format!("{}/{}", e.place, e.span.from.map(|d| d.to_string()).unwrap_or_default());
            if let Some(write) = job.compare_heirs::<Exclusion>(&present, id).await? {
                job.tx.put_exclusions(&write).await?;
            }
        }
        TemplateKind::Signals => {
            let present = job.tx.all_signals().await?;
            let id = |s: &PlaceSignal| {
                let from = s.span.from.map(|d| d.to_string()).unwrap_or_default();
                format!("{}/{}/{from}", s.place, s.kind.code())
            };
            if let Some(write) = job.compare_heirs::<PlaceSignal>(&present, id).await? {
                job.tx.put_signals(&write).await?;
            }
            job.out.warnings.extend(without_rule(ctx).map(|said| Trouble::new(said).in_file(roster.file)));
        }
        TemplateKind::Blackouts => {
            let present = job.tx.all_blackouts().await?;
            let id = |b: &Blackout| format!("{}/{}", b.region, b.span.from.map(|d| d.to_string()).unwrap_or_default());
            let write = job.compare::<Blackout>(&present, id).await?;
            for one in write.iter().flatten() {
                if job.tx.count_in(&one.region).await?.villages == 0 {
                    let region = &one.region;
                    let said = said!(
                        "no village lies in the region “{region}”: is the code right?",
                        "地区“{region}”内没有村：代码是否有误？"
                    );
                    job.out.warnings.push(Trouble::new(said).in_file(roster.file));
                }
            }
            job.tx.put_blackouts(&write.unwrap_or_default()).await?;
        }
        TemplateKind::Away => {
            let present = job.tx.all_away().await?;
            let id =
                |a: &Absence| format!("{}/{}", a.inspector, a.span.from.map(|d| d.to_string()).unwrap_or_default());
            for one in job.compare::<Absence>(&present, id).await?.unwrap_or_default() {
                let (Some(from), Some(to)) = (one.span.from, one.span.to) else { continue };
                let Absence { inspector, half, reason, .. } = one;
                let row = AwayRow { inspector, half, reason, actor: roster.file.to_owned(), at: ctx.now() };
                job.tx.put_away(&row, from, to).await?;
            }
        }
        TemplateKind::Positions => {
            let present = job.tx.located().await?;
            if let Some(write) = job.compare::<Located>(&present, |l| l.place.clone()).await? {
                job.tx.put_located(&write).await?;
            }
        }
        TemplateKind::Distances => {
            let present = job.tx.distances().await?;
            if let Some(write) = job.compare::<Distance>(&present, |d| format!("{}/{}", d.from, d.to)).await? {
                job.tx.put_distances(&write).await?;
            }
        }
        TemplateKind::Attendance | TemplateKind::Leave | TemplateKind::Rota | TemplateKind::Notes => {
            return Err(Trouble::new(said!("this is no roster", "这不是名册")).in_file(roster.file).into());
        }
    }
    if matches!(roster.kind, TemplateKind::Officials | TemplateKind::Contacts | TemplateKind::Inspectors) {
        let (officials, contacts) = (job.tx.officials().await?, job.tx.contacts().await?);
        let inspectors = job.tx.inspectors().await?;
        let mut warnings = shared_numbers(&officials, &contacts, &inspectors);
        warnings.extend(shared_device_numbers(&officials));
        warnings.extend(without_office(ctx, &inspectors));
        job.out.warnings.extend(warnings.into_iter().map(|said| Trouble::new(said).in_file(roster.file)));
    }
    job.finish().await
}

/// Signals that no programme's rule reads: they would move no chance.
fn without_rule(ctx: &Context) -> Option<Said> {
    let unread = ctx.config.programmes.iter().all(|programme| programme.risk == RiskChoice::Plain);
    unread.then(|| {
        said!(
            "no programme takes signals into account: write risk = \"signals/1\" in its section",
            "没有项目采用这些信号：请在项目中写risk = \"signals/1\""
        )
    })
}

/// Inspectors whose office is not in the configuration: nothing would ever be sent to them.
fn without_office(ctx: &Context, inspectors: &[Inspector]) -> Vec<Said> {
    let lost = inspectors.iter().filter(|i| ctx.config.office(&i.office).is_none());
    lost.map(|i| {
        let (name, id, office) = (i.name.both(), &i.id, &i.office);
        said!(
            "inspector {name} ({id}) belongs to the office “{office}”, which is not in the configuration: nothing is sent to them; correct the column office",
            "检查员{name}（{id}）所属单位“{office}”不在配置中，不会收到任务：请更正“单位”栏"
        )
    })
    .collect()
}

async fn known(tx: &mut Tx) -> Done<Known> {
    Ok(Known {
        villages: tx.villages().await?.into_iter().map(|v| v.id).collect(),
        teams: tx.teams().await?.into_iter().map(|t| t.id).collect(),
        officials: tx.officials().await?.into_iter().map(|o| o.id).collect(),
        inspectors: tx.inspectors().await?.into_iter().map(|i| i.id).collect(),
        ..Known::default()
    })
}

struct Job<'a> {
    ctx: &'a Context,
    tx: Tx,
    roster: &'a Roster<'a>,
    setting: Setting<'a>,
    out: Imported,
}

impl Job<'_> {
    fn parse<T: RosterRow>(&mut self) -> Done<Parsed<T>> {
        let parsed = parse_roster::<T>(self.roster.file, &mut Cursor::new(self.roster.bytes), &self.setting)?;
        self.out.read = parsed.rows.len() as u64 + parsed.repeated + parsed.rejected;
        self.out.known = parsed.repeated;
        self.out.rejected = parsed.rejected;
        self.out.rejects.clone_from(&parsed.rejects);
        self.out.warnings.clone_from(&parsed.warnings);
        self.out.header.clone_from(&parsed.columns.cells);
        Ok(parsed)
    }

    /// What is to be written, after journalling it; `None` in a dry run.
    async fn compare<T: RosterRow + Registered + Serialize>(
        &mut self,
        present: &[T],
        id: impl Fn(&T) -> String,
    ) -> Done<Option<Vec<T>>> {
        let parsed = self.parse::<T>()?;
        let columns = parsed.columns.clone();
        let mut found = changes(present, parsed.into_items(), &columns, self.mode(), self.roster.day);
        self.spare(present, &mut found);
        self.journal_changes(found, id).await
    }

    /// As [`Job::compare`], of rows that may name villages which became part of others.
    async fn compare_heirs<T: RosterRow + Registered + NamesVillage + Serialize>(
        &mut self,
        present: &[T],
        id: impl Fn(&T) -> String,
    ) -> Done<Option<Vec<T>>> {
        let parsed = self.parse::<T>()?;
        let columns = parsed.columns.clone();
        let mut rows = parsed.into_items();
        let lineage = self.tx.lineage().await?;
        let named = succeeded(&mut rows, &lineage);
        self.warn(told(&named, &lineage, false));
        let mut found = changes(present, rows, &columns, self.mode(), self.roster.day);
        self.spare(present, &mut found);
        self.journal_changes(found, id).await
    }

    fn warn(&mut self, said: Vec<Said>) {
        self.out.warnings.extend(said.into_iter().map(|said| Trouble::new(said).in_file(self.roster.file)));
    }

    /// What has no span ends by nothing that a file leaves out; and who was announced by mail stays.
    fn mode(&self) -> Mode {
        match self.roster.kind {
            TemplateKind::Away | TemplateKind::Positions | TemplateKind::Distances => Mode::Changes,
            _ => self.roster.mode,
        }
    }

    /// Nobody is ended by a slip: not by a row that was rejected, not by half a file.
    fn spare<T: Registered>(&mut self, register: &[T], found: &mut Changes<T>) {
        let present = register.iter().filter(|item| item.span().to.is_none_or(|to| to >= self.roster.day)).count();
        let (gone, rejected) = (found.gone.len(), self.out.rejected);
        let said = if gone > 0 && rejected > 0 {
            said!(
                "{gone} are missing, but {rejected} rows could not be read and may be theirs: nobody was ended; correct the rows and import the whole file again",
                "有{gone}个未列出，但有{rejected}行无法读入，可能正是他们：未作离任处理；请更正后重新导入整个文件"
            )
        } else if gone * 2 > present && !self.roster.complete {
            said!(
                "{gone} of {present} are missing: nobody was ended; if this is really the whole roster, import it again with --complete",
                "{present}个中有{gone}个未列出：未作离任处理；如确为完整名册，请加--complete重新导入"
            )
        } else {
            return;
        };
        found.gone.clear();
        self.out.warnings.push(Trouble::new(said).in_file(self.roster.file));
    }

    async fn journal_changes<T: Registered + Serialize>(
        &mut self,
        found: Changes<T>,
        id: impl Fn(&T) -> String,
    ) -> Done<Option<Vec<T>>> {
        self.out.new = found.new.len() as u64;
        self.out.changed = found.changed.len() as u64;
        self.out.gone = found.gone.len() as u64;
        self.out.known += found.unchanged as u64;
        if self.roster.dry_run {
            return Ok(None);
        }
        let batch = batch_id(self.roster.kind.code(), None, &Sha256::of(self.roster.bytes), 0);
        let at = self.ctx.now();
        let json = |item: &T| serde_json::json!(item).to_string();
        let kind = self.roster.kind.code();
        for (before, after) in &found.changed {
            self.tx
                .journal_change(&batch, kind, &id(after), "changed", at, Some(&json(before)), Some(&json(after)))
                .await?;
        }
        for ended in &found.gone {
            self.tx.journal_change(&batch, kind, &id(ended), "gone", at, None, Some(&json(ended))).await?;
        }
        Ok(Some(found.to_write().cloned().collect()))
    }

    async fn villages(&mut self) -> Done<()> {
        let parsed = self.parse::<VillageRow>()?;
        let regions = townships(parsed.rows.iter().map(|entry| &entry.item));
        let columns = parsed.columns.clone();
        let mut rows: Vec<Village> = parsed.into_items().into_iter().map(|row| row.village).collect();
        let present = self.tx.villages().await?;
        let lineage = self.tx.lineage().await?;
        let listed: BTreeSet<VillageId> = rows.iter().map(|row| row.id.clone()).collect();
        let named = left_closed(&mut rows, &present, &lineage);
        self.warn(told(&named, &lineage, true));
        let mut found = changes(&present, rows, &columns, self.roster.mode, self.roster.day);
        // A file from before a merger does not end what the parts became.
        let from_before = |id: &VillageId| lineage.parts(id).iter().any(|part| listed.contains(&part.part));
        found.gone.retain(|gone| lineage.merger(&gone.id).is_none() && !from_before(&gone.id));
        self.spare(&present, &mut found);
        if let Some(write) = self.journal_changes(found, |v| v.id.to_string()).await? {
            self.tx.put_regions(&regions).await?;
            self.tx.put_villages(&write).await?;
        }
        Ok(())
    }

    async fn finish(mut self) -> Done<Imported> {
        let file = Sha256::of(self.roster.bytes);
        self.out.kind = self.roster.kind.code().to_owned();
        self.out.file = self.roster.file.to_owned();
        self.out.batch = batch_id(&self.out.kind, None, &file, 0);
        if self.roster.dry_run {
            return Ok(self.out);
        }
        if self.tx.batches_of_file(&self.out.kind, &file, None).await?.is_empty() {
            let office = self.ctx.config.offices.first().map(|o| o.id.clone());
            journal(self.ctx, &mut self.tx, &self.out, &file, office.as_ref(), None).await?;
        }
        self.tx.commit().await?;
        Ok(self.out)
    }
}
