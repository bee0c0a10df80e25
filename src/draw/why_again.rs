//! Why an inspector has a line since it was dealt again, or has it no more (DRAW 6).

use super::bundle::RedealLine;
use super::why::shuffle;
use crate::model::{InspectorId, PlaceId, Said};
use crate::said;

/// What a round did to one inspector at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyAgain {
    FellOut { round: u32 },
    Goes { round: u32, attempt: Option<u32> },
    PassedOver { round: u32, attempt: Option<u32> },
    NobodyLeft { round: u32 },
}

impl WhyAgain {
    /// `pool`: as its deal is named. `had`: the inspector had the line before. `None`: nothing changed for them.
    pub fn of(
        redealt: &RedealLine,
        pool: &str,
        place: &PlaceId,
        inspector: &InspectorId,
        had: bool,
    ) -> Option<WhyAgain> {
        let round = redealt.round;
        let (_, _, goes) = redealt.lines.iter().find(|(at, ..)| at == place)?;
        let attempt = redealt.deals.iter().find(|deal| deal.pool == pool).and_then(|deal| deal.attempt);
        match (goes.contains(inspector), had) {
            (true, true) => None,
            (true, false) => Some(WhyAgain::Goes { round, attempt }),
            (false, true) => Some(WhyAgain::FellOut { round }),
            (false, false) if goes.is_empty() => Some(WhyAgain::NobodyLeft { round }),
            (false, false) => Some(WhyAgain::PassedOver { round, attempt }),
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            WhyAgain::FellOut { .. } => "fell_out",
            WhyAgain::Goes { .. } => "goes",
            WhyAgain::PassedOver { .. } => "passed_over",
            WhyAgain::NobodyLeft { .. } => "nobody_left",
        }
    }

    pub fn said(self) -> Said {
        match self {
            WhyAgain::FellOut { round } => said!(
                "fell out after the seal; their line was dealt again, round {round}",
                "封存后不能前往，其任务行已重新分派（第{round}次）"
            ),
            WhyAgain::Goes { round, attempt } => {
                let deal = shuffle(attempt);
                let (en, zh) = (deal.en, deal.zh);
                said!(
                    "goes there since it was dealt again, round {round}: by {en}",
                    "第{round}次重新分派后前往该地点：由{zh}分派"
                )
            }
            WhyAgain::PassedOver { round, attempt } => {
                let deal = shuffle(attempt);
                let (en, zh) = (deal.en, deal.zh);
                said!(
                    "did not get it when it was dealt again, round {round}: barred, without a free slot, or put behind others by {en}",
                    "第{round}次重新分派时未分到：须回避、已无名额，或由{zh}排在他人之后"
                )
            }
            WhyAgain::NobodyLeft { round } => said!(
                "did not get it when it was dealt again, round {round}: nobody had a free slot and was not barred",
                "第{round}次重新分派时未分到：已无人既有名额又无需回避"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::bundle::DealLine;

    #[test]
    fn a_round_tells_everybody_what_it_changed() {
        let place = |id: &str| PlaceId::parse(id).unwrap();
        let who = |id: &str| InspectorId::parse(id).unwrap();
        let redealt = RedealLine {
            round: 2,
            out: vec![who("A")],
            done: Vec::new(),
            deals: vec![DealLine { pool: "county".into(), attempt: Some(3) }],
            lines: vec![
                (place("V1"), "visit".into(), vec![who("B"), who("C")]),
                (place("V2"), "none".into(), Vec::new()),
            ],
        };
        let why = |at: &str, inspector: &str, had| {
            WhyAgain::of(&redealt, "county", &place(at), &who(inspector), had).map(WhyAgain::code)
        };
        assert_eq!(why("V1", "A", true), Some("fell_out"));
        assert_eq!(why("V1", "B", false), Some("goes"));
        assert_eq!(why("V1", "C", true), None, "C went before and goes still");
        assert_eq!(why("V1", "D", false), Some("passed_over"));
        assert_eq!(why("V2", "D", false), Some("nobody_left"));
        assert_eq!(why("V3", "D", false), None);
        let said = WhyAgain::of(&redealt, "county", &place("V1"), &who("B"), false).unwrap().said();
        assert!(said.en.contains("round 2") && said.en.contains("shuffle number 3"), "{said:?}");
        assert!(said.zh.contains("第2次") && said.zh.contains("第3次洗牌"), "{said:?}");
    }
}
