//! What the database knows of the mails that are read together: asked once for all of them.

use super::opened::Opened;
use super::sent::{self, Known};
use super::{Context, Done, lexicons};
use crate::model::{AssignmentId, OfficeId, Timestamp};
use crate::reply::{Earlier, KeyFound};
use crate::store::{Ids, Tx};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Asked {
    /// Of these mails' contents, in hex, those that were recorded before.
    pub contents: BTreeSet<String>,
    pub cases: BTreeMap<AssignmentId, Case>,
    /// Address, relay and until when it is trusted.
    pub trusts: Vec<(String, String, Timestamp)>,
    words: BTreeMap<OfficeId, lexicons::Words>,
}

/// An assignment, and what earlier mails and the desk have left of it.
pub(super) struct Case {
    pub known: Known,
    pub earlier: Earlier,
}

/// What a mail is about, and the reason for a person to look where nobody knows that assignment. The
/// subject names one but proves nothing: it tells whom to help.
pub(super) fn about<'a>(
    key: &'a KeyFound,
    vouched: Option<&'a AssignmentId>,
) -> (Option<&'a AssignmentId>, &'static str) {
    match (vouched, key) {
        (Some(id), _) => (Some(id), "bad_key"),
        (None, KeyFound::One(carried)) => (Some(&carried.assignment), "bad_key"),
        (None, KeyFound::None { subject }) => (subject.as_ref(), "no_key"),
        (None, KeyFound::Contradiction) => (None, "bad_key"),
    }
}

impl Asked {
    /// `vouched`: what the mails answer, where a person says so.
    pub async fn load(
        ctx: &Context,
        tx: &mut Tx,
        mails: &[&Opened<'_>],
        vouched: Option<&AssignmentId>,
    ) -> Done<Asked> {
        let persons = || mails.iter().filter_map(|mail| mail.person());
        let prints: Vec<String> = persons().map(|person| person.fingerprint.hex()).collect();
        let contents = tx.known_contents(&Ids::new(prints.iter().map(String::as_str))).await?;
        let from = Ids::new(persons().filter_map(|person| person.from.as_deref()));
        let trusts = tx.relays_of(&from).await?;
        let named = persons().filter_map(|person| about(&person.key, vouched).0.map(AssignmentId::as_str));
        let known = sent::known_among(ctx, tx, &Ids::new(named)).await?;
        let ids = Ids::new(known.iter().map(|one| one.row.id.as_str()));
        let mut earlier: BTreeMap<AssignmentId, Earlier> = BTreeMap::new();
        for said in tx.said_among(&ids).await? {
            let of = earlier.entry(said.assignment).or_default();
            if said.by_mail {
                of.ever.insert((said.person.clone(), said.outcome));
            }
            of.recorded.insert(said.person, said.outcome);
        }
        for row in tx.answers_among(&ids).await? {
            let of = earlier.entry(row.assignment).or_default();
            let code = format!("{}.{}", row.line, row.question);
            of.ever_answered.insert((code.clone(), row.value.clone()));
            of.answers.insert(code, row.value);
        }
        for (id, message_id, text) in tx.recorded_mails(&ids).await? {
            if let (Some(message_id), Some(Ok(text))) = (message_id, text.map(|text| text.parse())) {
                earlier.entry(id).or_default().message_ids.insert(message_id, text);
            }
        }
        let mut words = BTreeMap::new();
        for one in &known {
            if !words.contains_key(&one.row.office) {
                words.insert(one.row.office.clone(), lexicons::of_office(ctx.office(&one.row.office)?)?);
            }
        }
        let cases = known.into_iter().map(|known| {
            let earlier = earlier.remove(&known.row.id).unwrap_or_default();
            (known.row.id.clone(), Case { known, earlier })
        });
        Ok(Asked { contents, cases: cases.collect(), trusts, words })
    }

    pub fn words(&self, office: &OfficeId) -> Option<&lexicons::Words> {
        self.words.get(office)
    }
}
