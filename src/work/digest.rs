//! The evening digest: what is to be done, what was done, and of tomorrow only what is public.

use super::accounts::scope;
use super::calls::told;
use super::health::{self, Cause};
use super::look::offices;
use super::open::open_now;
use super::places::details;
use super::post::{Direction, at_clock};
use super::release::load_assignment;
use super::windows::{damaged, outside};
use super::{Context, Done, not_made};
use crate::config::Office;
use crate::letter::{
    Auto, CallsBack, DigestInput, Languages, LetterKind, MessageId, Progress, SealedWindow, Todo, digest, plain,
};
use crate::model::register::Name;
use crate::model::time::DAY;
use crate::model::{Kind, Outcome, Timestamp};
use crate::plan::SealedDuty;
use crate::said;
use crate::store::{Ids, Tx};
use chrono::{NaiveDate, NaiveTime};
use std::collections::BTreeMap;

/// Sends the digest of every office whose hour has come on a workday, once.
///
/// A machine that was down in the evening and seals in the morning sends yesterday's digest then: the
/// sealed roots must be out before the draw.
pub async fn digest_due(ctx: &Context) -> Done<usize> {
    let (mut sent, mut needs) = (0, None);
    for office in &ctx.config.offices {
        let now = ctx.now();
        let today = now.day(office.zone);
        if ctx.calendar.of(&office.region).is_workday(today).map_err(|e| outside(&e))?
            && now >= at_clock(office, today, office.digest_at)
        {
            sent += send(ctx, office, today, &mut needs).await?;
            continue;
        }
        let mut tx = ctx.store.read().await?;
        // Windows of the days after today's own digest are that one's matter.
        let until = at_clock(office, today, office.digest_at);
        let still_to_be_drawn = tx.next_draw(&office.id).await?.is_some_and(|at| at > now && at <= until);
        drop(tx);
        if still_to_be_drawn {
            let before = ctx.calendar.of(&office.region).previous_workday(today).map_err(|e| outside(&e))?;
            sent += send(ctx, office, before, &mut needs).await?;
        }
    }
    Ok(sent)
}

/// The digest of a day, unless it went out already.
///
/// `needs`: what people have to see to, looked for once for all offices.
async fn send(ctx: &Context, office: &Office, day: NaiveDate, needs: &mut Option<Vec<Cause>>) -> Done<usize> {
    let host = ctx.mail_host()?;
    let id = |number| MessageId::office(LetterKind::Digest, &office.id, day, number, &host);
    let mut tx = ctx.store.read().await?;
    if tx.has_letter(id(1).as_str()).await? {
        return Ok(0);
    }
    let needs = match needs {
        Some(known) => known,
        None => needs.insert(health::look(ctx).await?),
    };
    let mut input = gather(ctx, &mut tx, office, day, ctx.now()).await?;
    input.todo.extend(
        needs
            .iter()
            .filter(|cause| cause.concerns(office))
            .map(|cause| Todo { code: said!("Machine", "系统"), what: cause.said.clone() }),
    );
    drop(tx);
    let letter = digest(&input);
    let mut tx = ctx.store.begin().await?;
    let mut sent = 0;
    for (number, to) in (1..).zip(recipients(office)) {
        let direction = Direction {
            office,
            to,
            message_id: id(number),
            auto: Auto::Generated,
            in_reply_to: None,
            references: vec![MessageId::week(&office.id, day, &host)],
            about: None,
            null_sender: false,
        };
        sent += usize::from(ctx.post(&mut tx, &letter, direction).await?);
    }
    tx.commit().await?;
    Ok(sent)
}

/// Desk and head; one letter where they share a mailbox.
fn recipients(office: &Office) -> Vec<&str> {
    let mut to = vec![office.desk.as_str()];
    if office.head != office.desk {
        to.push(&office.head);
    }
    to
}

async fn gather<'a>(
    ctx: &'a Context,
    tx: &mut Tx,
    office: &'a Office,
    day: NaiveDate,
    now: Timestamp,
) -> Done<DigestInput<'a>> {
    let start = at_clock(office, day, NaiveTime::MIN);
    let mut input = DigestInput {
        office: &office.name,
        day,
        issued: now,
        zone: office.zone,
        languages: Languages::One(office.language),
        todo: Vec::new(),
        visits: Progress::default(),
        calls: Progress::default(),
        calls_back: CallsBack::default(),
        outcomes: Vec::new(),
        not_made: Vec::new(),
        coverage: None,
        sealed: Vec::new(),
        taken_out: Vec::new(),
        announced: Vec::new(),
        log_head: tx.log_head(&office.id).await?.map(|(seq, head)| (u64::try_from(seq).unwrap_or(0), head)),
    };
    let given = tx.assignments_between(&office.id, start, start.plus(DAY)).await?;
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    for row in tx.outcomes_among(&Ids::new(given.iter().map(|row| row.id.as_str()))).await? {
        *outcomes.entry(row.outcome).or_default() += 1;
    }
    input.outcomes = outcomes.into_iter().collect();
    let mut shares = Vec::new();
    for row in given {
        input.not_made.extend(not_made::of_assignment(tx, &row).await?);
        let Some(assignment) = load_assignment(tx, &row).await? else { continue };
        let open = open_now(tx, &assignment).await?;
        for line in &assignment.lines {
            let progress = if line.kind == Kind::Visit { &mut input.visits } else { &mut input.calls };
            progress.due += 1;
            progress.done += usize::from(!open.iter().any(|o| o.split('.').next() == Some(line.code.as_str())));
        }
        if !open.is_empty() && row.reply_by <= now {
            let n = open.len();
            input.todo.push(Todo {
                code: plain(row.id.as_str()),
                what: said!("{n} answers of an inspector are still open", "检查员尚有{n}项未回复"),
            });
        }
        shares.push(assignment);
    }
    if let Some(calls) = told::today(ctx, tx, &[(office, &shares)]).await?.remove(&office.id) {
        input.todo.splice(0..0, calls.for_office.iter().cloned());
        input.calls_back = calls;
    }
    input.todo.extend(told::differing(tx, office, start, start.plus(DAY)).await?);
    input.not_made.extend(not_made::stopped(ctx, tx, office, day).await?);
    flags(ctx, tx, office, &mut input).await?;
    tomorrow(ctx, tx, office, day, &mut input).await?;
    Ok(input)
}

/// Flags and complaints that wait for somebody, letters that came back, and mails in quarantine.
async fn flags(ctx: &Context, tx: &mut Tx, office: &Office, input: &mut DigestInput<'_>) -> Done<()> {
    input.todo.extend(super::case_todo::todo(ctx, tx, office).await?);
    input.todo.extend(super::findings_told::todo(tx, office, input.day).await?);
    input.todo.extend(super::retention::todo(ctx, tx, office, input.day).await?);
    input.todo.extend(super::bounce::todo(ctx, tx, office).await?);
    // Those that concern no office are told to whom nobody is above.
    let below = office.parent.as_ref().and_then(|_| offices(ctx, &scope(&ctx.config, Some(&office.id))));
    let (waiting, _) = tx.count_waiting_mails(below.as_ref()).await?;
    if waiting > 0 {
        input.todo.push(Todo {
            code: said!("Mails", "邮件"),
            what: said!(
                "mails of unproven senders that wait: {waiting}; see them with `spotcheck inbox list`, then accept or discard each",
                "有{waiting}封邮件的发件人未能核实：用“spotcheck inbox list”查看，逐封接受或丢弃"
            ),
        });
    }
    Ok(())
}

/// Of the next workday: roots, windows, and the places that a person took out.
async fn tomorrow(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    day: NaiveDate,
    input: &mut DigestInput<'_>,
) -> Done<()> {
    let next = ctx.calendar.of(&office.region).next_workday(day).map_err(|e| outside(&e))?;
    for seal in tx.seals_of_day(&office.id, next).await? {
        let programme = ctx.config.programmes.iter().find(|p| p.id == seal.window.id.programme);
        input.sealed.push(SealedWindow {
            start: seal.window.start,
            end: seal.window.end,
            programme: programme.map_or_else(
                || Name::new(seal.window.id.programme.to_string(), ""),
                |p| Name::new(p.name.clone(), p.name_latin.clone()),
            ),
            places: usize::try_from(seal.places).unwrap_or(0),
            root: seal.root,
            awaits: Some(seal.beacon_prefix.clone()).filter(|prefix| prefix.starts_with("second:")),
        });
        if programme.is_some_and(|p| p.backstop.is_some()) {
            let duty = tx.blob(&seal.duty).await?.ok_or_else(|| damaged("duty list"))?;
            let duty: SealedDuty = serde_json::from_slice(&duty).map_err(|_| damaged("duty list"))?;
            let register = details(tx, &duty.announced, []).await?;
            let name =
                |place| register.village(place).map_or_else(|| Name::new(place.to_string(), ""), |v| v.name.clone());
            input.announced.extend(duty.announced.iter().map(|place| (name(place), seal.window.start)));
        }
    }
    for programme in ctx.config.programmes.iter().filter(|p| p.office == office.id) {
        let mut excluded = tx.excluded(programme.place, &office.region, next).await?;
        excluded.dedup_by(|later, first| later.place == first.place);
        input.taken_out.extend(excluded.into_iter().map(|one| (one.village, one.reason)));
    }
    input.taken_out.extend(super::merge::left(tx, &office.region, (day, next)).await?);
    input.taken_out.extend(not_made::blackouts(ctx, tx, office, next).await?);
    Ok(())
}
