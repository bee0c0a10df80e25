//! How photos fit the visits they came with. Nothing of it accuses anybody.

use crate::model::Said;
use crate::model::photo::{NEAR, PhotoFit, PlaceFit, TimeFit};
use crate::said;

/// One photo in one line.
pub fn photo(fit: Option<&PhotoFit>, alike: bool) -> Said {
    let mut said = match fit {
        None => vec![said!("not clear to which visit it belongs", "无法确定对应哪次走访")],
        Some(PhotoFit { time: TimeFit::Nothing, place: PlaceFit::Nothing, .. }) => vec![said!(
            "no time or place in it (telephones and mail programs often take them out)",
            "不含拍摄时间和位置（手机和邮件程序常会去除）"
        )],
        Some(fit) => vec![time(fit.time), place(fit)],
    };
    if alike {
        said.push(said!("the very same photo came with another visit", "同一张照片也随另一次走访提交过"));
    }
    let join = |pick: fn(&Said) -> &str, by: &str| said.iter().map(pick).collect::<Vec<_>>().join(by);
    Said::new(join(|one| &one.en, "; "), join(|one| &one.zh, "；"))
}

fn time(fit: TimeFit) -> Said {
    match fit {
        TimeFit::Fits => said!("taken at the time of the visit", "拍摄时间与走访相符"),
        TimeFit::OtherHour => said!("taken that day, at another hour", "当天拍摄，但不在走访时段"),
        TimeFit::OtherDay => said!("taken on another day", "不是走访当天拍摄"),
        TimeFit::Nothing => said!("no time in it", "不含拍摄时间"),
    }
}

fn place(fit: &PhotoFit) -> Said {
    let near = NEAR / 1000;
    match fit.place {
        PlaceFit::Fits => said!("at the place (within {near} km)", "拍摄位置与地点相符（{near}公里以内）"),
        PlaceFit::Away => {
            let away = (fit.metres.unwrap_or_default() + 500) / 1000;
            said!("{away} km away from the place", "距该地点{away}公里")
        }
        PlaceFit::Unlocated => said!(
            "it says where it was taken, but nobody entered where the village lies",
            "含拍摄位置，但未登记该村坐标"
        ),
        PlaceFit::Nothing => said!("no place in it", "不含拍摄位置"),
    }
}
