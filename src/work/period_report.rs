//! The report of an office's period: shown as it stands, fixed once it is closed, corrected by one more.

use super::judge_case::workdays;
use super::period_facts::{Concerned, facts};
use super::post::Direction;
use super::signed::{self, signed};
use super::{Context, Done, Failure};
use crate::config::Office;
use crate::evidence::coverage::overdue_from;
use crate::letter::{Auto, LetterKind, MessageId, ReportInput, report};
use crate::mail::Enclosure;
use crate::measure::document::Document;
use crate::measure::period::document;
use crate::model::time::DAY;
use crate::model::{Days, Language, OfficeId, Said, Sha256, Timestamp, Trouble};
use crate::said;
use crate::store::{Late, PeriodReportRow, Tx};
use chrono::{NaiveDate, NaiveTime};
use serde_json::{Value, json};

/// A report and where it stands.
#[derive(Debug, Clone)]
pub struct Shown {
    pub document: Document,
    pub standing: Standing,
}

#[derive(Debug, Clone)]
pub enum Standing {
    /// Computed from what is known now.
    Draft { made_on: NaiveDate },
    Closed {
        number: i64,
        of: i64,
        on: NaiveDate,
        by: String,
        reason: String,
        sha256: String,
        late: Late,
        /// Other closed periods that share days with this one.
        beside: Vec<Days>,
        /// It corrects the one before, and says the same.
        unchanged: bool,
    },
}

impl Standing {
    pub fn said(&self) -> Vec<Said> {
        match self {
            Standing::Draft { made_on } => vec![said!(
                "Draft of {made_on}: not closed, figures may change.",
                "{made_on}草稿：尚未关账，数字可能变动。"
            )],
            Standing::Closed { number, of, on, by, reason, sha256, late, beside, unchanged } => {
                let short = sha256.get(..16).unwrap_or(sha256);
                let mut lines = vec![said!(
                    "Closed on {on} by {by}, number {number} of {of} (SHA-256 {short}…).",
                    "{on}由{by}关账，第{number}份，共{of}份（SHA-256 {short}…）。"
                )];
                if !reason.is_empty() {
                    lines.push(said!("It corrects the one before: {reason}", "更正上一份：{reason}"));
                }
                if *unchanged {
                    lines.push(said!("Nothing in it differs from the one before.", "内容与上一份完全相同。"));
                }
                if !beside.is_empty() {
                    let all: Vec<String> = beside.iter().map(Days::to_string).collect();
                    let (en, zh) = (all.join(", "), all.join("、"));
                    lines.push(said!(
                        "Other closed reports share days with it: {en}. Do not add their figures.",
                        "另有已关账报告与其日期重叠：{zh}。各报告数字不能相加。"
                    ));
                }
                let Late { results, verdicts } = late;
                if results + verdicts > 0 {
                    lines.push(said!(
                        "Came after closing, and not in here: {results} results, {verdicts} verdicts.",
                        "关账后新到、未计入本报告：结果{results}项，判定{verdicts}项。"
                    ));
                }
                lines
            }
        }
    }

    pub fn json(&self) -> Value {
        match self {
            Standing::Draft { made_on } => json!({"closed": false, "made_on": made_on}),
            Standing::Closed { number, of, on, by, reason, sha256, late, beside, unchanged } => json!({
                "closed": true, "number": number, "of": of, "on": on, "by": by, "reason": reason, "sha256": sha256,
                "unchanged": unchanged, "overlaps": beside.iter().map(Days::to_string).collect::<Vec<_>>(),
                "came_after_closing": {"results": late.results, "verdicts": late.verdicts},
            }),
        }
    }
}

/// The report of a period: the stored one where it was closed, this number or the last; else a draft.
///
/// # Errors
/// There is no report of this number; a stored one was changed.
pub async fn show(ctx: &Context, office: &OfficeId, days: Days, number: Option<i64>) -> Done<Shown> {
    let office = ctx.office(office)?;
    let mut tx = ctx.store.read().await?;
    let rows = tx.period_reports(&office.id, days).await?;
    let wanted = match number {
        Some(number) => Some(rows.iter().find(|row| row.number == number).ok_or_else(|| {
            let of = rows.len();
            Failure::from(
                Trouble::new(said!(
                    "there is no report number {number} of {days}: {of} were closed",
                    "{days}没有第{number}份报告：已关账{of}份"
                ))
                .in_field("--number"),
            )
        })?),
        None => rows.last(),
    };
    match wanted {
        Some(row) => stored(ctx, &mut tx, office, days, (row, rows.len())).await,
        None => Ok(Shown {
            document: document(&facts(ctx, &mut tx, office, days).await?),
            standing: Standing::Draft { made_on: ctx.now().day(office.zone) },
        }),
    }
}

async fn stored(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    days: Days,
    (row, of): (&PeriodReportRow, usize),
) -> Done<Shown> {
    row.check(&Sha256::of(row.body.as_bytes()).hex())?;
    let document = serde_json::from_str(&row.body).map_err(|e| {
        Trouble::new(said!(
            "the stored report of {days} cannot be read ({e}): restore it from a backup",
            "{days}的存档报告无法读取（{e}）：请从备份恢复"
        ))
    })?;
    let mut late = Late::default();
    for programme in Concerned::of(ctx, office).all() {
        let more = tx.late_for(&programme.id, &programme.office, days, row.closed_at).await?;
        late = Late { results: late.results + more.results, verdicts: late.verdicts + more.verdicts };
    }
    let before = tx.period_reports(&office.id, days).await?.into_iter().find(|other| other.number + 1 == row.number);
    let unchanged = before.is_some_and(|before| before.sha256 == row.sha256);
    let standing = Standing::Closed {
        number: row.number,
        of: i64::try_from(of).unwrap_or(i64::MAX),
        on: row.closed_at.day(office.zone),
        by: row.closed_by.clone(),
        reason: row.reason.clone(),
        sha256: row.sha256.clone(),
        late,
        beside: tx.closed_beside(&office.id, days).await?,
        unchanged,
    };
    Ok(Shown { document, standing })
}

/// Makes the files of a report: with what goes upward alone, in a language.
pub type Files<'a> = &'a dyn Fn(&Shown, bool, Language) -> Result<Vec<Enclosure>, Said>;

/// What a person wants to fix.
#[derive(Clone, Copy)]
pub struct Closing<'a> {
    pub office: &'a OfficeId,
    pub days: Days,
    pub by: &'a str,
    /// Why a report that was closed is corrected by another one.
    pub correct: Option<&'a str>,
    /// How pages and workbooks are made of it.
    pub files: Files<'a>,
}

/// Closes the report of a period: from now on this is the report. It is mailed to who answers for the office, and
/// to the office above.
///
/// # Errors
/// Records of the period may still come, assignments are open, or it is closed already.
pub async fn close(ctx: &Context, closing: &Closing<'_>) -> Done<Shown> {
    let (office, days) = (ctx.office(closing.office)?, closing.days);
    let by = &signed(closing.by, "--by")?;
    let now = ctx.now();
    let from = possible_from(ctx, office, days);
    if now.day(office.zone) < from {
        let said = said!(
            "{days} can be closed from {from} on: until then results and records of it may still come",
            "{days}须自{from}起方可关账：在此之前仍可能有结果和记录送达"
        );
        return Err(Trouble::new(said).in_field("--period").into());
    }
    // A year takes a while to look through, and nobody waits for that.
    let mut tx = ctx.store.read().await?;
    let (mut open, mut windows) = (0, 0);
    for programme in Concerned::of(ctx, office).all() {
        windows += tx.windows_of_days(&programme.id, &programme.office, days).await?;
        open += tx.still_open(&programme.id, &programme.office, days).await?;
    }
    if windows == 0 && !has_records(&mut tx, office, days).await? {
        return Err(Trouble::new(said!(
            "nothing was sealed in {days} and no records speak of it: there is nothing to report",
            "{days}没有封存任何时段，也没有相关记录：没有可报告的内容"
        ))
        .in_field("--period")
        .into());
    }
    if open > 0 {
        return Err(Trouble::new(said!(
            "{open} assignments of {days} are still open: the daemon closes them when they are due; `spotcheck tick` does it now",
            "{days}还有{open}项任务未截止：守护进程到期会自动截止，也可运行“spotcheck tick”"
        ))
        .into());
    }
    let before = tx.period_reports(&office.id, days).await?.len();
    let reason = reason_of(closing, before)?;
    let body = serde_json::to_string(&document(&facts(ctx, &mut tx, office, days).await?)).map_err(|e| {
        Trouble::new(said!("the report could not be written: {e}; tell the makers", "报告未能生成：{e}；请联系开发者"))
    })?;
    drop(tx);
    let row = PeriodReportRow {
        number: i64::try_from(before + 1).unwrap_or(i64::MAX),
        closed_at: now,
        closed_by: by.to_owned(),
        reason,
        sha256: Sha256::of(body.as_bytes()).hex(),
        body,
    };
    let mut tx = ctx.store.begin().await?;
    if tx.period_reports(&office.id, days).await?.len() != before {
        return Err(Trouble::new(said!(
            "somebody else closed {days} at the same moment: look at that report first",
            "他人刚刚为{days}关账：请先查看该报告"
        ))
        .into());
    }
    tx.add_period_report(&office.id, days, &row).await?;
    let shown = stored(ctx, &mut tx, office, days, (&row, before + 1)).await?;
    mail(ctx, &mut tx, office, &shown, closing).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Why it corrects the report before, where there is one: nothing is closed twice by mistake.
fn reason_of(closing: &Closing<'_>, before: usize) -> Result<String, Trouble> {
    let days = closing.days;
    let correct = |said: Said| Trouble::new(said).in_field("--correct");
    match (before, closing.correct) {
        (0, None) => Ok(String::new()),
        (0, Some(_)) => Err(correct(said!(
            "there is no closed report of {days} to correct: leave out --correct",
            "{days}没有已关账的报告可更正：请去掉--correct"
        ))),
        (_, None) => Err(Trouble::new(said!(
            "{days} is closed already and stays as it is: a correction is one more report, with --correct REASON",
            "{days}已关账，不能改动：更正须另出一份报告，用--correct写明原因"
        ))
        .in_field("--period")),
        (_, Some(reason)) => signed::reason(reason, "--correct"),
    }
}

async fn mail(ctx: &Context, tx: &mut Tx, office: &Office, shown: &Shown, closing: &Closing<'_>) -> Done<()> {
    let host = ctx.mail_host()?;
    let above = office.parent.as_ref().and_then(|id| ctx.config.office(id));
    let has_below = ctx.config.offices.iter().any(|one| one.parent.as_ref() == Some(&office.id));
    let readers = std::iter::once((office, has_below)).chain(above.map(|above| (above, true)));
    let said = shown.standing.said();
    let mut letters = Vec::new();
    for (reader, upward) in readers {
        let (day, document) = (ctx.now().day(reader.zone), &shown.document);
        let input = ReportInput {
            days: closing.days,
            lines: std::iter::once(&document.title).chain(&document.lead).chain(&said).collect(),
            language: reader.language,
        };
        let mut number = 1;
        let id = |number| MessageId::office(LetterKind::Report, &reader.id, day, number, &host);
        while tx.letter(id(number).as_str()).await?.is_some() {
            number += 1;
        }
        let direction = Direction {
            office: reader,
            to: &reader.head,
            message_id: id(number),
            auto: Auto::Generated,
            in_reply_to: None,
            references: Vec::new(),
            about: None,
            null_sender: false,
        };
        let files = (closing.files)(shown, upward, reader.language).map_err(Trouble::new)?;
        letters.push(ctx.write_with(&report(&input), direction, &files)?);
    }
    tx.queue_letters(&letters).await?;
    Ok(())
}

/// Whether an import of the office speaks of any of these days.
async fn has_records(tx: &mut Tx, office: &Office, days: Days) -> Done<bool> {
    for row in tx.batches().await? {
        if row.office.as_deref() == Some(office.id.as_str())
            && row.batch()?.is_some_and(|batch| batch.covers_from <= days.to && days.from <= batch.covers_to)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first day on which no result can come any more and every source has spoken or is overdue.
fn possible_from(ctx: &Context, office: &Office, days: Days) -> NaiveDate {
    let Concerned { below, .. } = Concerned::of(ctx, office);
    let workdays = workdays(ctx.calendar.of(&office.region));
    let last_moment = Timestamp::from_local(days.to.and_time(NaiveTime::MIN), office.zone).plus(DAY - 1);
    let offices = ctx.config.offices.iter().filter(|one| below.contains(&one.id));
    let replies = offices.filter_map(|one| days.to.checked_add_days(chrono::Days::new(u64::from(one.close_days) + 1)));
    let sources = ctx.config.sources.iter().filter(|one| below.contains(&one.office));
    let overdue = sources.filter_map(|one| overdue_from(&one.source, last_moment, office.zone, &workdays));
    let days_after = overdue.map(|at| at.day(office.zone)).chain(replies).max();
    days_after.or_else(|| days.to.succ_opt()).unwrap_or(days.to)
}
