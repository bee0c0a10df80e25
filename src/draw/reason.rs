//! Why a place of a frame has no chance.

use crate::model::Said;
use crate::said;

/// Why a place, or its calls, has no chance in a window. The place stays in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    NoPosting,
    Blackout,
    Excluded,
    NoInspector,
    NoPhone,
}

impl Reason {
    pub const ALL: [Reason; 5] =
        [Reason::NoPosting, Reason::Blackout, Reason::Excluded, Reason::NoInspector, Reason::NoPhone];

    pub fn code(self) -> &'static str {
        match self {
            Reason::NoPosting => "no_posting",
            Reason::Blackout => "blackout",
            Reason::Excluded => "excluded",
            Reason::NoInspector => "no_inspector",
            Reason::NoPhone => "no_phone",
        }
    }

    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }

    pub fn said(self) -> Said {
        match self {
            Reason::NoPosting => said!("nobody is posted there on that day", "当日无人派驻"),
            Reason::Blackout => said!(
                "its region is not visited on that day, because of weather or season",
                "所在地区当日因天气或季节停访"
            ),
            Reason::Excluded => said!("the place is registered as excluded", "该地点已登记为暂不检查"),
            Reason::NoInspector => {
                said!("no inspector on duty may check this place", "当班检查员均须回避或不可用")
            }
            Reason::NoPhone => said!("there is no usable phone number for a call", "没有可用的电话号码"),
        }
    }
}
