//! The letters of a case: written once, mailed where somebody has an address, printed where nobody has.
//!
//! What is on record is told as known at that moment, and kept so: the page is stored when the letter is written.

use super::cases::{Held, Of, Parties, parties};
use super::judge_case::workdays;
use super::places::details;
use super::post::Direction;
use super::release::load_assignment;
use super::windows::damaged;
use super::{Context, Done, ladder};
use crate::config::Office;
use crate::evidence::back_check::Difference;
use crate::evidence::deadline::Reached;
use crate::evidence::flag::Step;
use crate::letter::{Auto, CaseInput, Decided, Matter, MessageId, RungTold, Until, decision, explain};
use crate::model::key::ReplyKey;
use crate::model::register::Name;
use crate::model::{CaseId, CaseKind, CaseLetter, FlagState, Said, Timestamp, Trouble};
use crate::said;
use crate::store::{CaseLetterRow, FlagRow, Tx};
use crate::words::verdicts::record_half;
use chrono::NaiveDate;

/// What a letter tells.
pub enum Told<'a> {
    /// Please explain; of a complaint with what is asked, in the office's own words.
    Ask { question: &'a str },
    /// Confirmed, dismissed, upheld or overturned, and why.
    Decision { state: FlagState, reason: &'a str },
}

impl Told<'_> {
    fn letter(&self) -> CaseLetter {
        match self {
            Told::Ask { .. } => CaseLetter::Explain,
            Told::Decision { state: FlagState::Upheld | FlagState::Overturned, .. } => CaseLetter::Appeal,
            Told::Decision { .. } => CaseLetter::Decision,
        }
    }
}

/// Writes a letter of a case and queues it where there is an address.
///
/// # Errors
/// Nobody is left whom it concerns; or a flag is asked about that its evidence no longer carries.
pub async fn write(ctx: &Context, tx: &mut Tx, held: &Held, told: &Told<'_>) -> Done<()> {
    let office = ctx.office(held.office())?;
    let now = ctx.now();
    let today = now.day(office.zone);
    let parties = parties(tx, held, today).await?.ok_or_else(|| damaged("person of a case"))?;
    let letter = told.letter();
    let days = match letter {
        CaseLetter::Explain if held.id.kind() == CaseKind::BackCheck => office.back_check_answer_days,
        CaseLetter::Explain => office.answer_days,
        CaseLetter::Decision => office.appeal_days,
        CaseLetter::Appeal => 0,
    };
    let reached = Reached { mailed: parties.to.address.as_ref().map(|_| today), handed: None };
    let until = match reached.answer_by(days, &workdays(ctx.calendar.of(&office.region))) {
        Some(day) => Until::Day(day),
        None => Until::AfterHanding(days),
    };
    let kid = ctx.secrets.newest();
    let key = ctx.secrets.key_of_case(kid, &held.id, letter, now).ok_or_else(|| damaged("reply secret"))?;
    let about = About::of(tx, held).await?;
    let input = input(held, office, today, &parties, &about, (&key, until));
    let paper = match told {
        Told::Ask { question } => explain(&input, &basis(tx, held, question).await?),
        Told::Decision { state, reason } => {
            let rung = rung_told(ctx, tx, held, *state).await?;
            decision(&input, &Decided { state: *state, reason, rung })
        }
    };
    let paper = paper.ok_or_else(|| damaged("page of a letter"))?;
    let message_id = MessageId::case(&held.id, &key, &ctx.mail_host()?);
    let row = CaseLetterRow {
        letter,
        written: now,
        kid,
        days,
        addressee: parties.to.name.both(),
        address: parties.to.address.clone(),
        message_id: message_id.as_str().to_owned(),
        page: tx.put_blob(paper.page.as_bytes()).await?,
        bounced: false,
    };
    tx.add_case_letter(&held.id, &row).await?;
    if let Some(to) = &row.address {
        ctx.post(tx, &paper.mail, direction(office, to, message_id)).await?;
    }
    Ok(())
}

/// Mails once more what an explanation was asked by, under the same key; `false` where that was done before.
///
/// # Errors
/// Nobody is asked now, there is no address, or the evidence no longer carries the flag.
pub async fn remind(ctx: &Context, tx: &mut Tx, held: &Held) -> Done<bool> {
    let office = ctx.office(held.office())?;
    let today = ctx.now().day(office.zone);
    let asked = held.letter(CaseLetter::Explain).filter(|_| held.state() == FlagState::Asked);
    let Some((row, to)) = asked.and_then(|row| Some((row, row.address.as_deref()?))) else {
        let id = &held.id;
        return Err(Trouble::new(said!(
            "{id} awaits no explanation by mail: nobody can be reminded by mail",
            "{id}目前不是在等候邮件说明：无法用邮件提醒"
        ))
        .into());
    };
    let parties = parties(tx, held, today).await?.ok_or_else(|| damaged("person of a case"))?;
    let key = ctx.secrets.key_of_case(row.kid, &held.id, row.letter, row.written);
    let key = key.ok_or_else(|| damaged("reply secret"))?;
    let about = About::of(tx, held).await?;
    let until = match held.deadlines(ctx, office).answer_by {
        Some(day) if day < today => Until::Was(day),
        Some(day) => Until::Day(day),
        None => Until::Day(today),
    };
    let question = held.steps.iter().rev().find(|step| step.step == Step::Ask.code()).map(|step| step.reason.clone());
    let basis = basis(tx, held, question.as_deref().unwrap_or_default()).await?;
    let input = input(held, office, today, &parties, &about, (&key, until));
    let paper = explain(&input, &basis).ok_or_else(|| damaged("page of a letter"))?;
    let message_id = MessageId::case_again(&held.id, &key, &ctx.mail_host()?);
    ctx.post(tx, &paper.mail, direction(office, to, message_id)).await
}

/// What a case is about, as far as its letters tell.
enum About {
    Absence(Seen),
    BackCheck(NaiveDate, Name),
    Complaint,
}

impl About {
    async fn of(tx: &mut Tx, held: &Held) -> Done<About> {
        Ok(match &held.of {
            Of::Flag(flag) => About::Absence(seen(tx, flag).await?),
            Of::Complaint(_) if held.id.kind() == CaseKind::BackCheck => {
                let (day, village) = visit(tx, &held.id).await?;
                About::BackCheck(day, village)
            }
            Of::Complaint(_) => About::Complaint,
        })
    }
}

fn input<'a>(
    held: &'a Held,
    office: &'a Office,
    day: NaiveDate,
    parties: &'a Parties,
    about: &'a About,
    (key, until): (&'a ReplyKey, Until),
) -> CaseInput<'a> {
    CaseInput {
        case: &held.id,
        office: &office.name,
        day,
        zone: office.zone,
        to: &parties.to.name,
        who: &parties.who,
        matter: match about {
            About::Absence(seen) => Matter::Absence { from: seen.from, to: seen.to, village: &seen.village },
            About::BackCheck(day, village) => Matter::BackCheck { day: *day, village },
            About::Complaint => Matter::Complaint,
        },
        key,
        until,
    }
}

fn direction<'a>(office: &'a Office, to: &'a str, message_id: MessageId) -> Direction<'a> {
    Direction {
        office,
        to,
        message_id,
        auto: Auto::Generated,
        in_reply_to: None,
        // Not a thread: an answer must carry the key of the one letter that it answers.
        references: Vec::new(),
        about: None,
        null_sender: false,
    }
}

/// The visit that was looked at again: its day and its village.
async fn visit(tx: &mut Tx, case: &CaseId) -> Done<(NaiveDate, Name)> {
    let row = tx.back_check_of_case(case).await?.ok_or_else(|| damaged("back-check"))?;
    let register = details(tx, [&row.place], []).await?;
    let name = register.village(&row.place).map_or_else(|| Name::new(row.place.to_string(), ""), |v| v.name.clone());
    Ok((row.day, name))
}

/// What was seen, as far as whom it concerns is told: when and where.
struct Seen {
    from: Timestamp,
    to: Timestamp,
    village: Name,
}

async fn seen(tx: &mut Tx, flag: &FlagRow) -> Done<Seen> {
    let row = tx.assignment(&flag.assignment).await?.ok_or_else(|| damaged("assignment of a flag"))?;
    let assignment = load_assignment(tx, &row).await?.ok_or_else(|| damaged("assignment of a flag"))?;
    let line = assignment.lines.iter().find(|line| line.code.as_str() == flag.line);
    let line = line.ok_or_else(|| damaged("line of a flag"))?;
    // A result that was corrected to presence was seen at another moment than what the flag is about.
    let of_flag = async |tx: &mut Tx, at| tx.outcome_as_of(&flag.assignment, &flag.line, &flag.person, at).await;
    let outcome = match of_flag(tx, Timestamp(i64::MAX)).await? {
        Some(now) if now.outcome.is_absence() => Some(now),
        _ => of_flag(tx, flag.opened).await?,
    };
    let (stated, received) = outcome.map_or((None, line.to), |o| (o.stated, o.received));
    let window = tx.seal(&line.window).await?.map_or((line.from, line.to), |s| (s.window.start, s.window.end));
    let (from, to) = match stated {
        Some(at) => (at, at),
        None => (window.0, window.1.min(received).max(window.0)),
    };
    Ok(Seen { from, to, village: line.village.clone() })
}

/// What the letter rests on: the records, or the office's question.
async fn basis(tx: &mut Tx, held: &Held, question: &str) -> Done<Said> {
    let flag = match &held.of {
        Of::Flag(flag) => flag,
        Of::Complaint(case) if held.id.kind() == CaseKind::BackCheck => {
            let found = Difference::read(&case.said).into_iter().map(Difference::said);
            return Ok(found
                .reduce(|all, one| Said::new(format!("{}; {}", all.en, one.en), format!("{}；{}", all.zh, one.zh)))
                .unwrap_or_else(|| Said::new(question, question)));
        }
        Of::Complaint(_) => return Ok(Said::new(question, question)),
    };
    let verdict = tx.last_verdict(&flag.assignment, &flag.line, &flag.person).await?;
    let verdict = verdict.ok_or_else(|| damaged("verdict of a flag"))?.judgement;
    if !verdict.strength.opens_flag() {
        return Err(Trouble::new(said!(
            "records that came later explain this flag: there is nothing to ask, and it is no longer listed",
            "后来的记录已能说明此疑点：无需再要求说明，也不再列出"
        ))
        .into());
    }
    Ok(record_half(verdict.verdict, &verdict.sentence))
}

/// What a confirmed flag leads to by the office's rules.
async fn rung_told(ctx: &Context, tx: &mut Tx, held: &Held, state: FlagState) -> Done<Option<RungTold>> {
    let (Of::Flag(flag), FlagState::Confirmed | FlagState::Upheld) = (&held.of, state) else { return Ok(None) };
    let rung = ladder::of_flag(ctx, tx, flag, state).await?;
    Ok(rung.map(|rung| RungTold { number: rung.number, period: rung.period, consequence: rung.consequence }))
}
