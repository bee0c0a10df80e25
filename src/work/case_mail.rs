//! Mails that answer a letter of a case: filed on it, and answered with a receipt. They are never parsed.

use super::case_answer::{Incoming, file};
use super::cases::{Held, parties};
use super::opened::{Opened, Person, open};
use super::post::Direction;
use super::{Context, Done, lexicons, senders};
use crate::config::{self, Office};
use crate::letter::{Auto, FiledInput, MessageId, filed};
use crate::model::key::ReplyKey;
use crate::model::time::{DAY, HOUR};
use crate::model::{CaseId, Sha256};
use crate::reply::{self, KeyFound, Mail, Text};
use crate::said;
use crate::store::{CaseLetterRow, Ids, InboxRow, Reading, Tx};
use crate::words::letters::cases::Taken;

/// Receipts of one case in a day, and in all in an hour: a loop stops here.
const A_DAY: usize = 5;
const AN_HOUR: i64 = 100;

/// The letters about cases that a mail of a person refers to; none where it carries the key of an assignment.
fn carried(person: &Person<'_>) -> Vec<(CaseId, ReplyKey)> {
    match &person.key {
        KeyFound::None { .. } => reply::carried_cases(&person.mail, reply::text_of(&person.mail)),
        KeyFound::One(_) | KeyFound::Contradiction => Vec::new(),
    }
}

/// The letter that a key belongs to.
fn answered<'a>(ctx: &Context, held: &'a Held, key: &ReplyKey) -> Option<&'a CaseLetterRow> {
    held.letters.iter().find(|row| {
        let made = ctx.secrets.key_of_case(row.kid, &held.id, row.letter, row.written);
        made.is_some_and(|made| made.matches(key))
    })
}

/// Whether a mail answers a letter of a case and comes from an address that may.
pub(super) async fn is_partys_own(ctx: &Context, person: &Person<'_>, from: &str) -> Done<bool> {
    let carried = carried(person);
    let [(case, key)] = carried.as_slice() else { return Ok(false) };
    let mut tx = ctx.store.read().await?;
    let Some(held) = Held::load(&mut tx, case).await? else { return Ok(false) };
    let Some(letter) = answered(ctx, &held, key) else { return Ok(false) };
    Ok(sender(ctx, &mut tx, &held, letter, from).await?.is_some())
}

/// The name of whoever may answer from this address.
async fn sender(ctx: &Context, tx: &mut Tx, held: &Held, letter: &CaseLetterRow, from: &str) -> Done<Option<String>> {
    let today = ctx.now().day(ctx.office(held.office())?.zone);
    let parties = parties(tx, held, today).await?;
    let party = parties.iter().flat_map(|p| &p.all).find(|p| p.address.as_deref() == Some(from));
    let to_whom =
        letter.address.as_deref().is_some_and(|to| to.eq_ignore_ascii_case(from)).then(|| letter.addressee.clone());
    Ok(party.map(|party| party.name.both()).or(to_whom))
}

/// As [`take`], where a person says that the sender is who it seems to be.
pub(super) async fn take_vouched(ctx: &Context, row: &InboxRow, by: &str) -> Done<Option<String>> {
    let bytes = match row.id.parse::<Sha256>() {
        Ok(sha) => ctx.store.read().await?.blob(&sha).await?,
        Err(_) => None,
    };
    take(ctx, &open(row.clone(), bytes.as_deref(), &ctx.desk_mailbox()?.to_string()), Some(by)).await
}

/// Files a mail that answers a letter of a case; the reason of its reading, or `None` where it is no such mail and
/// is read like any other. `vouched`: who vouches for its sender.
pub(super) async fn take(ctx: &Context, opened: &Opened<'_>, vouched: Option<&str>) -> Done<Option<String>> {
    let Some(person) = opened.person() else { return Ok(None) };
    let carried = carried(person);
    if carried.is_empty() {
        return Ok(None);
    }
    let row = &opened.row;
    let mut tx = ctx.store.begin().await?;
    for (case, _) in &carried {
        tx.lock_case(case).await?;
    }
    let known = !tx.known_contents(&Ids::new([person.fingerprint.hex().as_str()])).await?.is_empty();
    let how = if known {
        ("done", "ignored", "duplicate")
    } else {
        read(ctx, &mut tx, (row, person), &carried, vouched).await?
    };
    tx.finish_mails(&[(&row.id, reading(person, how))], ctx.now()).await?;
    tx.commit().await?;
    Ok(Some(how.2.to_owned()))
}

type How = (&'static str, &'static str, &'static str);

async fn read(
    ctx: &Context,
    tx: &mut Tx,
    (row, person): (&InboxRow, &Person<'_>),
    carried: &[(CaseId, ReplyKey)],
    vouched: Option<&str>,
) -> Done<How> {
    let bad_key = ("quarantine", "rejected", "bad_key");
    let [(case, key)] = carried else { return Ok(bad_key) };
    let Some(held) = Held::load(tx, case).await? else { return Ok(bad_key) };
    let Some(letter) = answered(ctx, &held, key) else { return Ok(bad_key) };
    let Some(from) = &person.from else { return Ok(("quarantine", "rejected", "wrong_sender")) };
    let sender = sender(ctx, tx, &held, letter, from).await?;
    if sender.is_none() && vouched.is_none() {
        return Ok(("quarantine", "rejected", "wrong_sender"));
    }
    let trusts = tx.relays_of(&Ids::new([from.as_str()])).await?;
    let authentication = senders::authentication(ctx, &trusts, row, person, vouched.is_some());
    let proven = reply::is_proven(&person.mail, from, &authentication);
    if !proven && ctx.config.intake.authentication == config::Authentication::Require {
        return Ok(("quarantine", "rejected", "unauthenticated"));
    }
    let office = ctx.office(held.office())?;
    let text = match reply::text_of(&person.mail) {
        Text::Found(text) => text.as_str(),
        Text::None | Text::Unreadable | Text::Endless => "",
    };
    let attached: Vec<_> = person.mail.attachments().filter(|a| !a.is_dressing()).collect();
    let unreadable = matches!(reply::text_of(&person.mail), Text::Unreadable | Text::Endless);
    let words = lexicons::of_office(office)?;
    if attached.is_empty() && !unreadable && !reply::says_anything(text, words.lexicon()) {
        go_back(ctx, tx, (office, &held, key), (row, &person.mail, from), (Taken::Empty, 0)).await?;
        return Ok(("done", "rejected", "no_text"));
    }
    // A mail whose words cannot be decoded is kept whole, and a person opens it.
    let name = sender.unwrap_or_else(|| from.clone());
    let incoming = Incoming {
        letter: letter.letter,
        mail: Some(&row.id),
        sender: &name,
        entered_by: vouched,
        said: text,
        proven,
        files: attached.iter().map(|a| (a.file_name.map(str::to_owned), a.kind.to_owned(), a.bytes())).collect(),
        actor: &name,
        how: match vouched {
            None => said!("by mail", "邮件"),
            Some(by) => said!("by mail, accepted by {by}", "邮件，{by}确认发件人"),
        },
    };
    let done = file(ctx, tx, &held, incoming).await?;
    go_back(ctx, tx, (office, &held, key), (row, &person.mail, from), done).await?;
    Ok(("done", "accepted", "answer"))
}

/// Queues the receipt, within the limits.
async fn go_back(
    ctx: &Context,
    tx: &mut Tx,
    (office, held, key): (&Office, &Held, &ReplyKey),
    (row, mail, from): (&InboxRow, &Mail<'_>, &str),
    (taken, files): (Taken, usize),
) -> Done<()> {
    let now = ctx.now();
    let today = held.answers.iter().filter(|a| a.mail.is_some() && a.at > now.minus(DAY)).count();
    let this_hour = tx.letters_since("receipt", now.minus(HOUR), AN_HOUR).await?;
    if today >= A_DAY || this_hour >= AN_HOUR {
        tracing::warn!(mail = row.id, today, this_hour, "no receipt of an answer: the limit is reached");
        return Ok(());
    }
    let Ok(sha) = row.id.parse::<Sha256>() else { return Ok(()) };
    let input = FiledInput { case: &held.id, at: now, zone: office.zone, key, taken, files };
    let in_reply_to = mail.message_id().as_deref().and_then(MessageId::parse);
    let host = ctx.mail_host()?;
    let direction = Direction {
        office,
        to: from,
        message_id: MessageId::case_receipt(&held.id, &sha, key, &host),
        auto: Auto::Replied,
        in_reply_to: in_reply_to.clone(),
        references: [MessageId::case(&held.id, key, &host)].into_iter().chain(in_reply_to).collect(),
        about: None,
        null_sender: true,
    };
    ctx.post(tx, &filed(&input), direction).await?;
    Ok(())
}

fn reading(person: &Person<'_>, (state, disposition, reason): How) -> Reading {
    Reading {
        state: state.to_owned(),
        disposition: disposition.to_owned(),
        reason: reason.to_owned(),
        message_id: person.mail.message_id(),
        // A mail that waits for a person is no reason to ignore its copy.
        content_sha: (state == "done").then(|| person.fingerprint.hex()),
        recorded: disposition == "accepted",
        ..Reading::default()
    }
}
