//! Letters into the outbox: composed, stored by hash and queued in the caller's transaction.

use super::{Context, Done, Failure};
use crate::config::{self, Office};
use crate::letter::{Address, Addressing, AssignmentInput, Auto, HeaderText, Host, Languages, Letter, MessageId};
use crate::mail::{Enclosure, Headers, compose_with};
use crate::model::key::{KeyUse, ReplyKey};
use crate::model::register::Inspector;
use crate::model::{Assignment, AssignmentId, InspectorId, Timestamp, Trouble};
use crate::said;
use crate::store::{AssignmentRow, NewLetter, Packed, Tx};

/// Where a letter goes and what it belongs to.
pub struct Direction<'a> {
    pub office: &'a Office,
    pub to: &'a str,
    pub message_id: MessageId,
    pub auto: Auto,
    pub in_reply_to: Option<MessageId>,
    pub references: Vec<MessageId>,
    /// Letters about an assignment carry its addresses and are tied to it.
    pub about: Option<About<'a>>,
    /// Receipts and helps leave with the null sender, so that nothing answers them.
    pub null_sender: bool,
}

pub struct About<'a> {
    pub assignment: &'a AssignmentId,
    pub inspector: &'a InspectorId,
    pub reply: &'a ReplyKey,
    pub bounce: &'a ReplyKey,
}

impl Context {
    /// The one mailbox that letters come from.
    pub fn desk_mailbox(&self) -> Done<Address> {
        Ok(Address::parse(&self.config.mail.from).map_err(|said| Trouble::new(said).in_field("mail.from"))?)
    }

    /// How the key of an assignment travels, as configured.
    pub fn addressing(&self) -> Addressing {
        match self.config.mail.addressing {
            config::Addressing::Single => Addressing::Single,
            config::Addressing::Tagged => Addressing::Tagged,
        }
    }

    pub fn mail_host(&self) -> Done<Host> {
        Host::parse(&self.config.mail.host).ok_or_else(|| {
            Failure::from(
                Trouble::new(said!(
                    "this is not a host name: letters, digits, dots and hyphens",
                    "不是主机名：只能用字母、数字、点和连字符"
                ))
                .in_field("mail.host"),
            )
        })
    }

    /// The key of an assignment as its letter carries it.
    pub fn key_of(&self, a: &AssignmentRow, used_for: KeyUse) -> Option<ReplyKey> {
        self.secrets.key(a.kid, used_for, &a.id, &a.inspector, a.closes)
    }

    /// Queues a letter. The same Message-ID again changes nothing.
    ///
    /// # Errors
    /// An address that is none; the database.
    pub async fn post(&self, tx: &mut Tx, letter: &Letter, direction: Direction<'_>) -> Done<bool> {
        let written = self.write(letter, direction)?;
        Ok(tx.queue_letters(&[written]).await? == 1)
    }

    /// A letter as it will be queued.
    ///
    /// # Errors
    /// An address that is none.
    pub fn write(&self, letter: &Letter, direction: Direction<'_>) -> Done<NewLetter> {
        self.write_with(letter, direction, &[])
    }

    /// The same with files that it carries.
    ///
    /// # Errors
    /// An address that is none.
    pub fn write_with(&self, letter: &Letter, direction: Direction<'_>, enclosures: &[Enclosure]) -> Done<NewLetter> {
        let desk = self.desk_mailbox()?;
        let to = Address::parse(direction.to).map_err(Trouble::new)?;
        let route = direction.about.as_ref().map(|a| self.addressing().route(&desk, a.assignment, a.reply, a.bounce));
        let now = self.now();
        let headers = Headers {
            from_name: HeaderText::of(&self.config.mail.send_as),
            from: desk.clone(),
            to: to.clone(),
            reply_to: route.as_ref().map(|r| r.reply_to.clone()),
            message_id: direction.message_id.clone(),
            date: now,
            zone: direction.office.zone,
            in_reply_to: direction.in_reply_to,
            references: direction.references,
            auto: direction.auto,
            x_loop: desk.clone(),
        };
        let failed = |e: &dyn std::fmt::Display| {
            Trouble::new(said!(
                "a letter could not be written: {e}; tell the makers",
                "信件未能生成：{e}；请联系开发者"
            ))
        };
        let mut bytes = compose_with(letter, &headers, enclosures).map_err(|e| failed(&e))?;
        if let Some(signer) = &self.signer {
            bytes = signer.sign(&bytes, now).map_err(|e| failed(&e))?;
        }
        let envelope_from = route.map_or(desk, |r| r.envelope_from);
        Ok(NewLetter {
            message_id: direction.message_id.as_str().to_owned(),
            kind: letter.kind.code().to_owned(),
            office: direction.office.id.clone(),
            assignment: direction.about.as_ref().map(|a| a.assignment.clone()),
            inspector: direction.about.as_ref().map(|a| a.inspector.clone()),
            sender: if direction.null_sender { String::new() } else { envelope_from.to_string() },
            recipients: vec![to.to_string()],
            bytes: Packed::new(&bytes)?,
            priority: letter.kind as i64,
            created: now,
        })
    }
}

/// Both languages or the inspector's own, by the office's setting.
pub fn languages_for(office: &Office, inspector: &Inspector) -> Languages {
    match office.letters_in {
        config::LettersIn::Both => Languages::Both,
        config::LettersIn::Own => Languages::One(inspector.language),
    }
}

/// What the letters of an assignment are written from.
pub fn letter_input<'a>(
    office: &'a Office,
    inspector: &Inspector,
    assignment: &'a Assignment,
    key: &'a ReplyKey,
) -> AssignmentInput<'a> {
    AssignmentInput {
        assignment,
        office: &office.name,
        key,
        zone: office.zone,
        languages: languages_for(office, inspector),
        desk_phone: office.desk_phone.as_deref(),
    }
}

/// An instant on an office's clock.
pub fn at_clock(office: &Office, day: chrono::NaiveDate, time: chrono::NaiveTime) -> Timestamp {
    Timestamp::from_local(day.and_time(time), office.zone)
}
