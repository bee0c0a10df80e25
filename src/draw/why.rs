//! Why a place was drawn or was not, and why one inspector went and another did not (DRAW 2, 6).
//!
//! Every answer follows from what was sealed and, after the draw, from its tickets: nothing here is
//! asked before.

use super::order::decide;
use super::{Chance, Decision, Hand, Ticket};
use crate::model::{Ground, InspectorId, PlaceId, Said};
use crate::said;

/// Chance of at least one in draws that know nothing of each other: `1 - prod(1-p)`.
pub fn at_least_once(chances: impl IntoIterator<Item = Chance>) -> f64 {
    1.0 - chances.into_iter().map(|p| 1.0 - p.as_f64()).product::<f64>()
}

/// What a place's own ticket says, in words.
pub fn ticket(ticket: Ticket, visit: Chance, call: Chance) -> Said {
    let lies = format!("{:.3} %", ticket.0 as f64 / 2f64.powi(64) * 100.0);
    let both = Chance::new(visit.get() + call.get()).unwrap_or(Chance::ONE);
    match decide(ticket, visit, call) {
        Decision::Visit => said!(
            "ticket {ticket}, at {lies} of all tickets: below the chance of a visit, {visit}: a visit",
            "签号{ticket}，位于全部签号的{lies}处：低于走访概率{visit}，抽中走访"
        ),
        Decision::Call => said!(
            "ticket {ticket}, at {lies} of all tickets: not below the chance of a visit, {visit}, but below that of a visit or a call, {both}: a call",
            "签号{ticket}，位于全部签号的{lies}处：不低于走访概率{visit}，但低于走访与电话合计概率{both}，抽中电话"
        ),
        Decision::Nothing if both == Chance::ZERO => {
            said!("ticket {ticket}: without a chance, no ticket is drawn", "签号{ticket}：概率为零，任何签号都不会抽中")
        }
        Decision::Nothing => said!(
            "ticket {ticket}, at {lies} of all tickets: not below the chance of a visit or a call, {both}: not drawn",
            "签号{ticket}，位于全部签号的{lies}处：不低于走访与电话合计概率{both}，未抽中"
        ),
    }
}

/// What a pool was dealt, for visits or for calls of one window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PoolDeal {
    pub pool: String,
    /// Everybody on duty, with capacity.
    pub slots: Vec<(InspectorId, u32)>,
    pub bars: Vec<(PlaceId, InspectorId, Ground)>,
    /// One hand, or two where two inspectors go to each place; the latest deal.
    pub hands: Vec<Hand>,
}

/// Why an inspector goes to a place, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyInspector {
    Goes {
        attempt: Option<u32>,
        capacity: u32,
    },
    NotOnDuty,
    Barred(Vec<Ground>),
    NoCapacity,
    /// Nobody was dealt to the place.
    PlaceNotDealt,
    /// The slots lay at other places.
    Elsewhere {
        places: Vec<PlaceId>,
        attempt: Option<u32>,
    },
    /// Had room and was not barred; the shuffle put the slots behind those that were needed.
    LeftOver {
        capacity: u32,
        attempt: Option<u32>,
    },
}

impl PoolDeal {
    /// Who was dealt to a place.
    pub fn inspectors_of(&self, place: &PlaceId) -> Vec<&InspectorId> {
        self.hands.iter().filter_map(|hand| hand.inspector_of(place)).collect()
    }

    pub fn why(&self, place: &PlaceId, inspector: &InspectorId) -> WhyInspector {
        let Some(capacity) = self.slots.iter().find(|(id, _)| id == inspector).map(|(_, capacity)| *capacity) else {
            return WhyInspector::NotOnDuty;
        };
        if let Some(hand) = self.hands.iter().find(|hand| hand.inspector_of(place) == Some(inspector)) {
            return WhyInspector::Goes { attempt: hand.attempt, capacity };
        }
        let barred = self.bars.iter().filter(|(at, who, _)| at == place && who == inspector);
        let grounds: Vec<Ground> = barred.map(|(_, _, ground)| *ground).collect();
        if !grounds.is_empty() {
            return WhyInspector::Barred(grounds);
        }
        if capacity == 0 {
            return WhyInspector::NoCapacity;
        }
        if self.inspectors_of(place).is_empty() {
            return WhyInspector::PlaceNotDealt;
        }
        let attempt = self.hands.first().and_then(|hand| hand.attempt);
        let pairs = self.hands.iter().flat_map(|hand| &hand.pairs);
        let places: Vec<PlaceId> = pairs.filter(|(_, who)| who == inspector).map(|(at, _)| at.clone()).collect();
        if places.is_empty() {
            WhyInspector::LeftOver { capacity, attempt }
        } else {
            WhyInspector::Elsewhere { places, attempt }
        }
    }
}

impl WhyInspector {
    pub fn code(&self) -> &'static str {
        match self {
            WhyInspector::Goes { .. } => "goes",
            WhyInspector::NotOnDuty => "not_on_duty",
            WhyInspector::Barred(_) => "barred",
            WhyInspector::NoCapacity => "no_capacity",
            WhyInspector::PlaceNotDealt => "place_not_dealt",
            WhyInspector::Elsewhere { .. } => "elsewhere",
            WhyInspector::LeftOver { .. } => "left_over",
        }
    }

    pub fn said(&self) -> Said {
        match self {
            WhyInspector::Goes { attempt, capacity } => {
                let deal = shuffle(*attempt);
                let (en, zh) = (deal.en, deal.zh);
                said!(
                    "goes there: on duty with room for {capacity}, not barred; dealt by {en}",
                    "前往该地点：当班，容量{capacity}，无需回避；由{zh}分派"
                )
            }
            WhyInspector::NotOnDuty => {
                said!("was not on duty in the pool of this place", "当时不在该地点所属组的当班名单中")
            }
            WhyInspector::Barred(grounds) => {
                let list = |of: fn(Said) -> String, comma: &str| {
                    grounds.iter().map(|ground| of(ground.said())).collect::<Vec<_>>().join(comma)
                };
                let (en, zh) = (list(|s| s.en, "; "), list(|s| s.zh, "；"));
                said!("was barred from this place: {en}", "须回避该地点：{zh}")
            }
            WhyInspector::NoCapacity => said!("was on duty without room for any", "当班但容量为0"),
            WhyInspector::PlaceNotDealt => said!(
                "was on duty and not barred, but nobody was dealt to this place in this window",
                "当班且无需回避，但本时段没有人分派到该地点"
            ),
            WhyInspector::Elsewhere { places, attempt } => {
                let deal = shuffle(*attempt);
                let (en, zh) = (deal.en, deal.zh);
                let list: Vec<&str> = places.iter().map(PlaceId::as_str).collect();
                let (list_en, list_zh) = (list.join(", "), list.join("、"));
                said!("was not barred; {en} sent them to {list_en}", "无需回避；由{zh}分派到{list_zh}")
            }
            WhyInspector::LeftOver { capacity, attempt } => {
                let deal = shuffle(*attempt);
                let (en, zh) = (deal.en, deal.zh);
                said!(
                    "was not barred and had room for {capacity}; {en} put others before them, and got nothing in this window",
                    "无需回避，容量{capacity}；由{zh}排在所需名额之后，本时段未分到任务"
                )
            }
        }
    }
}

pub(super) fn shuffle(attempt: Option<u32>) -> Said {
    match attempt {
        Some(attempt) => said!(
            "shuffle number {attempt}, the first without a barred pair",
            "第{attempt}次洗牌（首个无回避冲突的结果，从0起计）"
        ),
        None => {
            said!("the fallback, since no shuffle was without a barred pair", "备用规则（所有洗牌结果均有回避冲突）")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: &str) -> PlaceId {
        PlaceId::parse(id).unwrap()
    }

    fn who(id: &str) -> InspectorId {
        InspectorId::parse(id).unwrap()
    }

    /// V5 of the specification: attempt 8 deals V0003-B, V0007-C, V0008-A; D waits, E has no room.
    fn deal() -> PoolDeal {
        let pair = |p: &str, i: &str| (place(p), who(i));
        PoolDeal {
            pool: "county-7".into(),
            slots: [("A", 2), ("B", 1), ("C", 1), ("D", 1), ("E", 0)].map(|(i, n)| (who(i), n)).to_vec(),
            bars: vec![
                (place("V0003"), who("A"), Ground::HomeCounty),
                (place("V0003"), who("A"), Ground::Recusal),
                (place("V0008"), who("C"), Ground::Language),
            ],
            hands: vec![Hand {
                attempt: Some(8),
                pairs: vec![pair("V0003", "B"), pair("V0007", "C"), pair("V0008", "A")],
            }],
        }
    }

    #[test]
    fn everybody_gets_a_reason() {
        let deal = deal();
        let code = |p: &str, i: &str| deal.why(&place(p), &who(i)).code();
        assert_eq!(code("V0003", "B"), "goes");
        assert_eq!(code("V0003", "A"), "barred");
        assert_eq!(code("V0003", "C"), "elsewhere");
        assert_eq!(code("V0003", "D"), "left_over");
        assert_eq!(code("V0003", "E"), "no_capacity");
        assert_eq!(code("V0003", "X"), "not_on_duty");
        assert_eq!(code("V0009", "D"), "place_not_dealt");
        let said = deal.why(&place("V0003"), &who("A")).said();
        assert!(said.en.contains("home county; a recusal") && said.zh.contains("籍贯所在县；已登记回避"), "{said:?}");
        let said = deal.why(&place("V0003"), &who("C")).said();
        assert!(
            said.en.contains("shuffle number 8") && said.en.ends_with("V0007") && said.zh.contains("V0007"),
            "{said:?}"
        );
    }

    #[test]
    fn of_two_inspectors_each_goes_by_the_own_hand() {
        let mut deal = deal();
        let second = vec![(place("V0003"), who("C")), (place("V0007"), who("A"))];
        deal.hands.push(Hand { attempt: None, pairs: second });
        assert_eq!(deal.inspectors_of(&place("V0003")), [&who("B"), &who("C")]);
        let goes = WhyInspector::Goes { attempt: None, capacity: 1 };
        assert_eq!(deal.why(&place("V0003"), &who("C")), goes);
        assert!(goes.said().en.contains("fallback") && goes.said().zh.contains("备用规则"));
    }

    #[test]
    fn a_ticket_says_what_it_decides() {
        let p = |share: f64| Chance::new((share * 4_294_967_296.0) as u64).unwrap();
        let at = |share: f64| Ticket((share * 2f64.powi(64)) as u64);
        for (t, ends) in [(0.01, ": a visit"), (0.03, ": a call"), (0.5, ": not drawn")] {
            assert!(ticket(at(t), p(0.02), p(0.04)).en.ends_with(ends));
        }
        assert!(ticket(at(0.0), Chance::ZERO, Chance::ZERO).zh.contains("概率为零"));
    }

    #[test]
    fn chances_of_independent_draws_combine() {
        let half = Chance::new(1 << 31).unwrap();
        assert_eq!(at_least_once([half, half]), 0.75);
        assert_eq!(at_least_once([]), 0.0);
        assert_eq!(at_least_once([Chance::ZERO, Chance::ONE]), 1.0);
    }
}
