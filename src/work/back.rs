//! What goes back to an inspector: receipts and helps, within their limits (REPLIES 7).

use super::post::{About, Direction, languages_for};
use super::sent::Known;
use super::{Context, Done};
use crate::letter::{self, AssignmentInput, Auto, HelpInput, HelpReason, Letter, MessageId, ReceiptInput, Recorded};
use crate::model::time::{DAY, HOUR};
use crate::model::{Language, Sha256};
use crate::reply::{Earlier, Note, Reading};
use crate::store::Tx;
use crate::words::letters::{common, inspector};

/// At most so many a day to one inspector, and an hour in all: a loop stops here.
const A_DAY: i64 = 5;
const AN_HOUR: i64 = 100;

/// What is answered: a mail, or an entry of the desk.
pub struct Back<'a> {
    pub known: &'a Known,
    /// SHA-256 of the mail, or of the entry, in hex.
    pub mail_id: &'a str,
    pub in_reply_to: Option<String>,
    pub language: Option<Language>,
}

impl Back<'_> {
    fn input<'b>(&'b self, ctx: &'b Context) -> Done<AssignmentInput<'b>> {
        let office = ctx.office(&self.known.row.office)?;
        Ok(AssignmentInput {
            assignment: &self.known.assignment,
            office: &office.name,
            key: &self.known.reply,
            zone: office.zone,
            languages: languages_for(office, &self.known.inspector),
        })
    }

    fn language(&self) -> Language {
        self.language.unwrap_or(self.known.inspector.language)
    }
}

/// Line by line: recorded, still open, not understood and why.
/// `files`: how many came with the mail.
pub async fn receipt(
    ctx: &Context,
    tx: &mut Tx,
    back: &Back<'_>,
    reading: &Reading,
    earlier: &Earlier,
    files: usize,
) -> Done<()> {
    let note = |person: &str, outcome| {
        // A misspelt word is told beside the first line that it was taken for.
        let first = reading.results.iter().find(|r| r.outcome == outcome).map(|r| r.person.as_str());
        reading.notes.iter().find_map(|note| match note {
            Note::Misspelt { word, taken } if *taken == outcome && first == Some(person) => {
                Some(inspector::taken_as(word, &common::outcome(outcome)))
            }
            _ => None,
        })
    };
    let recorded = reading.results.iter().map(|r| Recorded {
        code: r.person.clone(),
        outcome: r.outcome,
        at: r.at.map(|(clock, _)| clock.to_string()),
        remark: r.remark.clone(),
        replaces: earlier.recorded.get(&r.person).copied().filter(|before| *before != r.outcome),
        note: note(&r.person, r.outcome),
    });
    let problems = reading.problems.iter().map(|p| letter::Problem {
        code: Some(p.line.clone()),
        written: None,
        why: inspector::why(p.why.code()),
    });
    receipt_of(ctx, tx, back, recorded.collect(), reading.open.clone(), problems.collect(), files).await
}

/// The receipt of anything that was recorded, be it from a mail or by the desk.
pub async fn receipt_of(
    ctx: &Context,
    tx: &mut Tx,
    back: &Back<'_>,
    recorded: Vec<Recorded>,
    open: Vec<String>,
    problems: Vec<letter::Problem>,
    files: usize,
) -> Done<()> {
    let input = ReceiptInput { of: back.input(ctx)?, language: back.language(), recorded, open, problems, files };
    send(ctx, tx, back, &letter::receipt(&input)).await
}

/// A short help, at most one a day for an inspector and assignment.
pub async fn help(ctx: &Context, tx: &mut Tx, back: &Back<'_>, reason: HelpReason) -> Done<()> {
    let since = ctx.now().minus(DAY);
    let row = &back.known.row;
    if tx.letters_to(&row.inspector, "help", since, Some(&row.id)).await? > 0 {
        return Ok(());
    }
    let input = HelpInput { of: back.input(ctx)?, language: back.language(), reason };
    send(ctx, tx, back, &letter::help(&input)).await
}

async fn send(ctx: &Context, tx: &mut Tx, back: &Back<'_>, letter: &Letter) -> Done<()> {
    let row = &back.known.row;
    let mut today = 0;
    let mut this_hour = 0;
    for kind in ["receipt", "help"] {
        today += tx.letters_to(&row.inspector, kind, ctx.now().minus(DAY), None).await?;
        this_hour += tx.letters_since(kind, ctx.now().minus(HOUR), AN_HOUR).await?;
    }
    if today >= A_DAY || this_hour >= AN_HOUR {
        tracing::warn!(assignment = %row.id, today, this_hour, "no receipt: the limit is reached");
        return Ok(());
    }
    let Ok(mail) = back.mail_id.parse::<Sha256>() else { return Ok(()) };
    let office = ctx.office(&row.office)?;
    let Some(to) = back.known.inspector.addresses.first() else { return Ok(()) };
    let in_reply_to = back.in_reply_to.as_deref().and_then(MessageId::parse);
    let direction = Direction {
        office,
        to,
        message_id: MessageId::receipt(&row.id, &mail, &back.known.reply, &ctx.mail_host()?),
        auto: Auto::Replied,
        in_reply_to: in_reply_to.clone(),
        references: MessageId::parse(&row.message_id).into_iter().chain(in_reply_to).collect(),
        about: Some(About {
            assignment: &row.id,
            inspector: &row.inspector,
            reply: &back.known.reply,
            bounce: &back.known.bounce,
        }),
        null_sender: true,
    };
    ctx.post(tx, letter, direction).await?;
    Ok(())
}
