//! Why an inspector may not check a place (DRAW 6).

use super::Said;
use crate::said;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// A recusal in the register.
    Recusal,
    HomeCounty,
    FormerUnit,
    SendingUnit,
    /// The pair met within the last r visits.
    MetRecently,
    OnLeave,
    Language,
    /// The visit is their own.
    OwnVisit,
    /// A list that gives no grounds.
    Listed,
}

impl Ground {
    pub const ALL: [Ground; 9] = [
        Ground::Recusal,
        Ground::HomeCounty,
        Ground::FormerUnit,
        Ground::SendingUnit,
        Ground::MetRecently,
        Ground::OnLeave,
        Ground::Language,
        Ground::OwnVisit,
        Ground::Listed,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Ground::Recusal => "recusal",
            Ground::HomeCounty => "home_county",
            Ground::FormerUnit => "former_unit",
            Ground::SendingUnit => "sending_unit",
            Ground::MetRecently => "met_recently",
            Ground::OnLeave => "on_leave",
            Ground::Language => "language",
            Ground::OwnVisit => "own_visit",
            Ground::Listed => "listed",
        }
    }

    pub fn said(self) -> Said {
        match self {
            Ground::Recusal => said!("a recusal is registered", "已登记回避"),
            Ground::HomeCounty => said!("it is the inspector's home county", "检查员籍贯所在县"),
            Ground::FormerUnit => said!("the inspector used to work there", "检查员曾在该单位工作"),
            Ground::SendingUnit => said!("the inspector's unit sent the team", "派出单位与检查员同一单位"),
            Ground::MetRecently => said!("the inspector was there recently", "检查员近期去过"),
            Ground::OnLeave => said!("the inspector is on leave", "检查员请假"),
            Ground::Language => said!("the inspector does not speak the language", "检查员不通当地语言"),
            Ground::OwnVisit => said!("the visit is the inspector's own", "该次走访由该检查员本人完成"),
            Ground::Listed => said!("the pair is on the list of barred pairs", "已列入回避名单"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_is_stored_by_its_code() {
        for ground in Ground::ALL {
            assert_eq!(serde_json::json!(ground), serde_json::json!(ground.code()));
        }
    }
}
