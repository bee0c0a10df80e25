//! Mails in which an inspector says not to be able to come: noted, and answered. Their lines are dealt again in the
//! same turn (`away`).
//!
//! The sender must be an inspector's registered address and proven. A mail only ever adds days: what was noted before
//! is not shortened by it.

use super::opened::{Opened, Person, open};
use super::post::Direction;
use super::{Context, Done, lexicons, senders};
use crate::config::{self, Office};
use crate::letter::{Auto, AwayInput, AwayTold, LetterKind, MessageId, away as away_letter};
use crate::model::register::Inspector;
use crate::model::time::{DAY, HOUR};
use crate::model::{Sha256, Timestamp};
use crate::reply::{self, Absent, Announced, Doubt, KeyFound, Text};
use crate::store::{AwayRow, Ids, InboxRow, Reading, Tx};

/// Answers to one inspector in a day, and in all in an hour: a loop stops here.
const A_DAY: i64 = 5;
const AN_HOUR: i64 = 100;

/// As [`take`], where a person says that the sender is who it seems to be.
pub(super) async fn take_vouched(ctx: &Context, row: &InboxRow) -> Done<Option<String>> {
    let bytes = match row.id.parse::<Sha256>() {
        Ok(sha) => ctx.store.read().await?.blob(&sha).await?,
        Err(_) => None,
    };
    take(ctx, &open(row.clone(), bytes.as_deref(), &ctx.desk_mailbox()?.to_string()), true).await
}

/// Whether a mail is such a one, from an address of an inspector: its signature is worth looking at.
pub(super) async fn is_inspectors_own(ctx: &Context, person: &Person<'_>, row: &InboxRow) -> Done<bool> {
    Ok(heard(ctx, person, row).await?.is_some())
}

/// Notes what a mail announces and answers it; the reason of its reading, or `None` where it is no such mail and is
/// read like any other.
pub(super) async fn take(ctx: &Context, opened: &Opened<'_>, vouched: bool) -> Done<Option<String>> {
    let row = &opened.row;
    let Some(person) = opened.person() else { return Ok(None) };
    let Some((inspector, office, said)) = heard(ctx, person, row).await? else { return Ok(None) };
    let mut tx = ctx.store.begin().await?;
    let known = !tx.known_contents(&Ids::new([person.fingerprint.hex().as_str()])).await?.is_empty();
    let how = if known {
        ("done", "ignored", "duplicate")
    } else {
        note(ctx, &mut tx, (row, person), (&inspector, office, said), vouched).await?
    };
    tx.finish_mails(&[(&row.id, reading(person, &inspector, how))], ctx.now()).await?;
    tx.commit().await?;
    Ok(Some(how.2.to_owned()))
}

/// Who says what. Only what carries no key, and was written from the address of one inspector.
async fn heard<'c>(
    ctx: &'c Context,
    person: &Person<'_>,
    row: &InboxRow,
) -> Done<Option<(Inspector, &'c Office, Announced)>> {
    let (Some(from), KeyFound::None { subject: None }) = (&person.from, &person.key) else { return Ok(None) };
    let Text::Found(text) = reply::text_of(&person.mail) else { return Ok(None) };
    let mut found = ctx.store.read().await?.inspectors_at(from).await?;
    let Some(inspector) = found.pop().filter(|_| found.is_empty()) else { return Ok(None) };
    let Some(office) = ctx.config.office(&inspector.office) else { return Ok(None) };
    let today = Timestamp(row.received_at).day(office.zone);
    if !inspector.active.holds_on(today) {
        return Ok(None);
    }
    let subject = person.mail.headers.text("subject").unwrap_or_default();
    let words = lexicons::of_office(office)?;
    let said = reply::announced(&subject, text, today, words.lexicon());
    Ok(said.map(|said| (inspector, office, said)))
}

type How = (&'static str, &'static str, &'static str);

async fn note(
    ctx: &Context,
    tx: &mut Tx,
    (row, person): (&InboxRow, &Person<'_>),
    (inspector, office, said): (&Inspector, &Office, Announced),
    vouched: bool,
) -> Done<How> {
    let trusts = tx.relays_of(&Ids::new(person.from.as_deref())).await?;
    let authentication = senders::authentication(ctx, &trusts, row, person, vouched);
    let proven = person.from.as_deref().is_some_and(|from| reply::is_proven(&person.mail, from, &authentication));
    // Where replies count unproven, an absence still waits: it would move the lines of others.
    if !proven && ctx.config.intake.authentication != config::Authentication::Off {
        return Ok(("quarantine", "rejected", "unauthenticated"));
    }
    let (told, how) = match said.said {
        Ok(absent) => {
            let absent = joined(tx, inspector, absent).await?;
            let Absent { from, to, half, cause } = absent;
            let away = AwayRow {
                inspector: inspector.id.clone(),
                half,
                reason: cause.code().to_owned(),
                actor: inspector.id.to_string(),
                at: ctx.now(),
            };
            tx.put_away(&away, from, to).await?;
            (AwayTold::Noted { from, to, half }, ("done", "accepted", "away"))
        }
        // It may be anything else: a person looks as well.
        Err(doubt) => (AwayTold::Asked(code(doubt)), ("quarantine", "rejected", "away_unclear")),
    };
    answer(ctx, tx, (row, person), (inspector, office), (said, told)).await?;
    Ok(how)
}

/// With what was noted from that day on before.
async fn joined(tx: &mut Tx, inspector: &Inspector, absent: Absent) -> Done<Absent> {
    Ok(match tx.away_from(&inspector.id, absent.from).await? {
        None => absent,
        Some((to, half)) => {
            Absent { to: to.max(absent.to), half: absent.half.filter(|one| half == Some(*one)), ..absent }
        }
    })
}

fn code(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::NoDay => "no_day",
        Doubt::NoEnd => "no_end",
        Doubt::Past => "past",
        Doubt::Far => "far",
        Doubt::Unclear => "unclear",
    }
}

/// Queues what goes back, within the limits, to the first of the registered addresses.
async fn answer(
    ctx: &Context,
    tx: &mut Tx,
    (row, person): (&InboxRow, &Person<'_>),
    (inspector, office): (&Inspector, &Office),
    (said, told): (Announced, AwayTold),
) -> Done<()> {
    let (Some(to), Ok(sha)) = (inspector.addresses.first(), row.id.parse::<Sha256>()) else { return Ok(()) };
    let today = tx.receipts_to(to, ctx.now().minus(DAY)).await?;
    let this_hour = tx.letters_since(LetterKind::Receipt.code(), ctx.now().minus(HOUR), AN_HOUR).await?;
    if today >= A_DAY || this_hour >= AN_HOUR {
        tracing::warn!(mail = row.id, today, this_hour, "an absence is not answered: the limit is reached");
        return Ok(());
    }
    let input = AwayInput { today: Timestamp(row.received_at).day(office.zone), language: said.language, told };
    let in_reply_to = person.mail.message_id().as_deref().and_then(MessageId::parse);
    let direction = Direction {
        office,
        to,
        message_id: MessageId::away(&sha, &ctx.mail_host()?),
        auto: Auto::Replied,
        in_reply_to: in_reply_to.clone(),
        references: in_reply_to.into_iter().collect(),
        about: None,
        null_sender: true,
    };
    ctx.post(tx, &away_letter(&input), direction).await?;
    Ok(())
}

fn reading(person: &Person<'_>, inspector: &Inspector, (state, disposition, reason): How) -> Reading {
    Reading {
        state: state.to_owned(),
        disposition: disposition.to_owned(),
        reason: reason.to_owned(),
        inspector: Some(inspector.id.to_string()),
        message_id: person.mail.message_id(),
        // A mail that waits for a person is no reason to ignore its copy.
        content_sha: (state == "done").then(|| person.fingerprint.hex()),
        recorded: disposition == "accepted",
        ..Reading::default()
    }
}
