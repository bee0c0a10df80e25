//! What goes back to an inspector: receipts and helps, within their limits (REPLIES 7).

use super::post::{About, Direction, letter_input};
use super::sent::Known;
use super::side_by_side::side_by_side;
use super::{Context, Done};
use crate::config::Office;
use crate::letter::{
    self, Auto, HelpInput, HelpReason, Letter, LetterKind, MessageId, ReceiptInput, Recorded, RecordedAnswer,
};
use crate::model::time::{DAY, HOUR};
use crate::model::{Language, Outcome, Sha256};
use crate::reply::{Note, Reading};
use crate::store::{Ids, NewLetter, Tx};
use crate::words::letters::{common, inspector, questions};
use std::collections::{BTreeMap, BTreeSet};

/// At most so many a day to one inspector, and an hour in all: a loop stops here.
const A_DAY: i64 = 5;
const AN_HOUR: i64 = 100;

/// A letter that is to go back.
pub struct Back<'a> {
    pub known: &'a Known,
    /// SHA-256 of the mail, or of the entry of the desk, in hex.
    pub mail_id: &'a str,
    pub in_reply_to: Option<String>,
    pub language: Option<Language>,
    pub said: Content,
}

pub enum Content {
    /// Line by line: recorded, still open, not understood and why.
    Receipt {
        recorded: Vec<Recorded>,
        answers: Vec<RecordedAnswer>,
        open: Vec<String>,
        problems: Vec<letter::Problem>,
        files: usize,
    },
    /// At most one a day for an inspector and assignment.
    Help(HelpReason),
}

/// The receipt of a mail. `replaces`: for each result the outcome that it replaces; `files`: how many came
/// with the mail.
pub fn receipt(
    reading: &Reading,
    replaces: Vec<Option<Outcome>>,
    answers: Vec<RecordedAnswer>,
    files: usize,
) -> Content {
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
    let recorded = reading.results.iter().zip(replaces).map(|(r, replaces)| Recorded {
        code: r.person.clone(),
        outcome: r.outcome,
        at: r.at.map(|(clock, _)| clock.to_string()),
        remark: r.remark.clone(),
        replaces,
        note: if reading.handed_back.contains(&r.line) {
            Some(inspector::handed_back())
        } else {
            note(&r.person, r.outcome)
        },
    });
    let problems = reading.problems.iter().map(|p| letter::Problem {
        code: Some(p.line.clone()),
        written: None,
        why: if p.is_of_question() { questions::why(p.why.code()) } else { inspector::why(p.why.code()) },
    });
    let (recorded, problems) = (recorded.collect(), problems.collect());
    Content::Receipt { recorded, answers, open: reading.open.clone(), problems, files }
}

/// Queues letters, in this order and within the limits: what is beyond them is not written at all.
pub async fn send(ctx: &Context, tx: &mut Tx, backs: Vec<Back<'_>>) -> Done<()> {
    if backs.is_empty() {
        return Ok(());
    }
    let mut limits = Limits::load(ctx, tx, &backs).await?;
    let backs: Vec<Back<'_>> = backs.into_iter().filter(|back| limits.allow(back)).collect();
    let letters = side_by_side(&backs, |back| back.write(ctx))?;
    tx.queue_letters(&letters.into_iter().flatten().collect::<Vec<_>>()).await?;
    Ok(())
}

/// What went back lately.
struct Limits {
    /// Of each inspector.
    today: BTreeMap<String, i64>,
    /// Inspectors and assignments.
    helped: BTreeSet<(String, String)>,
    this_hour: i64,
}

impl Limits {
    async fn load(ctx: &Context, tx: &mut Tx, backs: &[Back<'_>]) -> Done<Limits> {
        let mut limits = Limits { today: BTreeMap::new(), helped: BTreeSet::new(), this_hour: 0 };
        let inspectors = Ids::new(backs.iter().map(|back| back.known.row.inspector.as_str()));
        for (inspector, kind, assignment, number) in tx.answers_to(&inspectors, ctx.now().minus(DAY)).await? {
            *limits.today.entry(inspector.clone()).or_default() += number;
            if kind == LetterKind::Help.code() {
                limits.helped.extend(assignment.map(|assignment| (inspector, assignment)));
            }
        }
        for kind in [LetterKind::Receipt, LetterKind::Help] {
            limits.this_hour += tx.letters_since(kind.code(), ctx.now().minus(HOUR), AN_HOUR).await?;
        }
        Ok(limits)
    }

    /// Whether one more may go; then it counts.
    fn allow(&mut self, back: &Back<'_>) -> bool {
        let row = &back.known.row;
        let helped = (row.inspector.to_string(), row.id.to_string());
        let helps = matches!(back.said, Content::Help(_));
        if helps && self.helped.contains(&helped) {
            return false;
        }
        let today = self.today.entry(row.inspector.to_string()).or_default();
        if *today >= A_DAY || self.this_hour >= AN_HOUR {
            tracing::warn!(assignment = %row.id, today, this_hour = self.this_hour, "no receipt: the limit is reached");
            return false;
        }
        *today += 1;
        self.this_hour += 1;
        if helps {
            self.helped.insert(helped);
        }
        true
    }
}

impl Back<'_> {
    fn letter(&self, office: &Office) -> Letter {
        let Known { assignment, inspector, reply, .. } = self.known;
        let of = letter_input(office, inspector, assignment, reply);
        let language = self.language.unwrap_or(inspector.language);
        match &self.said {
            Content::Receipt { recorded, answers, open, problems, files } => letter::receipt(&ReceiptInput {
                of,
                language,
                recorded: recorded.clone(),
                answers: answers.clone(),
                open: open.clone(),
                problems: problems.clone(),
                files: *files,
            }),
            Content::Help(reason) => letter::help(&HelpInput { of, language, reason: *reason }),
        }
    }

    /// None where the inspector has no address.
    fn write(&self, ctx: &Context) -> Done<Option<NewLetter>> {
        let row = &self.known.row;
        let Ok(mail) = self.mail_id.parse::<Sha256>() else { return Ok(None) };
        let office = ctx.office(&row.office)?;
        let Some(to) = self.known.inspector.addresses.first() else { return Ok(None) };
        let in_reply_to = self.in_reply_to.as_deref().and_then(MessageId::parse);
        let direction = Direction {
            office,
            to,
            message_id: MessageId::receipt(&row.id, &mail, &self.known.reply, &ctx.mail_host()?),
            auto: Auto::Replied,
            in_reply_to: in_reply_to.clone(),
            references: MessageId::parse(&row.message_id).into_iter().chain(in_reply_to).collect(),
            about: Some(About {
                assignment: &row.id,
                inspector: &row.inspector,
                reply: &self.known.reply,
                bounce: &self.known.bounce,
            }),
            null_sender: true,
        };
        ctx.write(&self.letter(office), direction).map(Some)
    }
}
