//! An assignment in the form in which its reply is read (REPLIES 8).

use super::instruments::look_up;
use super::post::letter_input;
use super::release::read_assignment;
use super::side_by_side::side_by_side;
use super::windows::damaged;
use super::{Context, Done};
use crate::letter::{MessageId, assignment};
use crate::model::key::{KeyUse, ReplyKey};
use crate::model::question_file::QuestionFile;
use crate::model::register::{Inspector, Name};
use crate::model::{Assignment, AssignmentId, InspectorId, Kind};
use crate::reply::{InspectorFile, LineFile, PersonFile, SentFile};
use crate::store::{AssignmentRow, Ids, Tx};
use std::collections::BTreeMap;

/// Everything that is known of an assignment when a reply to it is read.
#[derive(Clone)]
pub struct Known {
    pub row: AssignmentRow,
    pub assignment: Assignment,
    pub inspector: Inspector,
    pub reply: ReplyKey,
    pub bounce: ReplyKey,
}

impl Known {
    /// Keys follow from the row and the secrets, which are one process's for good.
    pub(super) fn is_same(&self, other: &Known) -> bool {
        self.row == other.row && self.assignment == other.assignment && self.inspector == other.inspector
    }
}

/// `Ok(None)`: there is no such assignment, or its key is no longer among the two that live.
pub async fn known(ctx: &Context, tx: &mut Tx, id: &AssignmentId) -> Done<Option<Known>> {
    Ok(known_among(ctx, tx, &Ids::new([id.as_str()])).await?.pop())
}

/// Those of some assignments that are known.
pub async fn known_among(ctx: &Context, tx: &mut Tx, ids: &Ids) -> Done<Vec<Known>> {
    let rows = tx.assignments_among(ids).await?;
    let mut details = tx.details_among(ids).await?;
    let inspectors = tx.inspectors_among(&Ids::new(rows.iter().map(|row| row.inspector.as_str()))).await?;
    let inspectors: BTreeMap<&InspectorId, &Inspector> = inspectors.iter().map(|one| (&one.id, one)).collect();
    let found: Vec<_> = rows
        .into_iter()
        .filter_map(|row| Some((*inspectors.get(&row.inspector)?, details.remove(&row.id).unwrap_or_default(), row)))
        .collect();
    let known = side_by_side(&found, |(inspector, details, row)| {
        let Some(assignment) = read_assignment(row, details)? else { return Ok(None) };
        let keys = (ctx.key_of(row, KeyUse::Reply), ctx.key_of(row, KeyUse::Bounce));
        let (Some(reply), Some(bounce)) = keys else { return Ok(None) };
        Ok(Some(Known { row: row.clone(), assignment, inspector: (*inspector).clone(), reply, bounce }))
    })?;
    let mut known: Vec<Known> = known.into_iter().flatten().collect();
    look_up(tx, known.iter_mut().flat_map(|one| &mut one.assignment.lines).collect()).await?;
    Ok(known)
}

/// The file that `spotcheck export assignment` writes.
pub async fn export(ctx: &Context, id: &AssignmentId) -> Done<Option<SentFile>> {
    let mut tx = ctx.store.read().await?;
    match known(ctx, &mut tx, id).await? {
        Some(known) => Ok(Some(file(ctx, &known)?)),
        None => Ok(None),
    }
}

pub fn file(ctx: &Context, known: &Known) -> Done<SentFile> {
    let office = ctx.office(&known.row.office)?;
    let desk = ctx.desk_mailbox()?;
    let route = ctx.addressing().route(&desk, &known.row.id, &known.reply, &known.bounce);
    let input = letter_input(office, &known.inspector, &known.assignment, &known.reply);
    let text = assignment(&input).map(|written| written.letter.text);
    let message_id = MessageId::assignment(&known.row.id, 1, &known.reply, &ctx.mail_host()?);
    Ok(SentFile {
        assignment: known.row.id.to_string(),
        key: known.reply.reveal().to_owned(),
        desk: desk.to_string(),
        reply_to: Some(route.reply_to.to_string()),
        message_id: Some(message_id.as_str().to_owned()),
        reference: Some(known.reply.reference(&known.row.id)),
        trusted_authserv_id: ctx.config.intake.authserv_id.clone(),
        sent: known.row.released.rfc3339(office.zone),
        closes: known.row.closes.rfc3339(office.zone),
        inspector: InspectorFile {
            name: known.inspector.name.own.clone(),
            addresses: known.inspector.addresses.clone(),
        },
        lines: known.assignment.lines.iter().map(line).collect::<Option<Vec<_>>>().ok_or_else(|| damaged("line"))?,
        text,
    })
}

fn also(name: &Name) -> Vec<String> {
    Some(name.latin.clone()).filter(|latin| !latin.is_empty() && *latin != name.own).into_iter().collect()
}

fn line(line: &crate::model::Line) -> Option<LineFile> {
    let mut file = LineFile {
        line: line.code.to_string(),
        kind: line.kind,
        persons: Vec::new(),
        name: None,
        also: Vec::new(),
        phone: None,
        questions: line.questions().iter().map(QuestionFile::from).collect(),
    };
    match line.kind {
        Kind::Visit if line.back_check.is_some() => file.name = Some(line.code.to_string()),
        Kind::Visit => {
            file.persons = (1..)
                .zip(&line.officials)
                .map(|(number, o)| PersonFile {
                    code: line.person_code(number),
                    person: o.name.own.clone(),
                    also: also(&o.name),
                })
                .collect();
        }
        Kind::Call => {
            let contact = line.contact.as_ref()?;
            file.name = Some(contact.name.own.clone());
            file.also = also(&contact.name);
            file.phone = Some(contact.phone.shown.clone());
        }
    }
    Some(file)
}
