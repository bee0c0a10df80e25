//! Which addresses a letter about an assignment carries (REPLIES 1).

use super::Address;
use crate::model::AssignmentId;
use crate::model::key::ReplyKey;

/// Most office mailboxes allow nothing but `single`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressing {
    /// From, envelope sender and Reply-To are the one mailbox; the key travels in Message-ID and Ref.
    Single,
    /// Reply-To `r+<id>.<key>@`, envelope sender `b+<id>.<bounce key>@`.
    Tagged,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub from: Address,
    pub reply_to: Address,
    pub envelope_from: Address,
}

impl Addressing {
    pub fn route(self, desk: &Address, id: &AssignmentId, reply: &ReplyKey, bounce: &ReplyKey) -> Route {
        let (reply_to, envelope_from) = match self {
            Addressing::Single => (desk.clone(), desk.clone()),
            Addressing::Tagged => (desk.tagged("r", id, reply), desk.tagged("b", id, bounce)),
        };
        Route { from: desk.clone(), reply_to, envelope_from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_on_the_reply_and_the_envelope_only() {
        let desk = Address::parse("desk@inspect.example").unwrap();
        let id = AssignmentId::parse("K7Q2M").unwrap();
        let (reply, bounce) = ("9f3tx8w2hc5d7qkm", "0123456789abcdef");
        let keys = (ReplyKey::parse(reply).unwrap(), ReplyKey::parse(bounce).unwrap());
        let single = Addressing::Single.route(&desk, &id, &keys.0, &keys.1);
        assert_eq!([&single.from, &single.reply_to, &single.envelope_from], [&desk; 3]);
        let tagged = Addressing::Tagged.route(&desk, &id, &keys.0, &keys.1);
        assert_eq!(tagged.from, desk);
        assert_eq!(tagged.reply_to.to_string(), format!("r+k7q2m.{reply}@inspect.example"));
        assert_eq!(tagged.envelope_from.to_string(), format!("b+k7q2m.{bounce}@inspect.example"));
    }
}
