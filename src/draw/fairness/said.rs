//! What the checks say, in both languages.

use super::Predictor;
use super::check::{Verdict, odds, percent, plain};
use super::gaps;
use super::scores;
use super::tally::{ChiSquare, Tally};
use super::watch::{Bound, Voids};
use crate::model::Said;
use crate::said;

macro_rules! texts {
    ($($name:ident: $en:literal, $zh:literal;)*) => {$(
        pub fn $name() -> Said {
            said!($en, $zh)
        }
    )*};
}

texts! {
    place_windows: "place-windows", "个地点时段";
    days: "days", "天";
    windows: "windows", "个时段";
    visits: "drawn visits", "次抽中的走访";
    gaps_unit: "gaps", "个间隔";
    levels: "level of chance", "概率档次";
    weekdays: "weekday", "星期";
    slots: "time of day", "时段";
    bound_name: "Greatest chance", "最高概率";
    number_name: "Number of visits", "走访总数";
    entropy_name: "Uncertainty left", "不确定程度";
    reliability_name: "Visits by level of chance", "各概率档次的走访";
    weekday_name: "Visits by weekday", "各星期的走访";
    slot_name: "Visits by time of day", "各时段的走访";
    days_name: "Visits a day", "每天的走访数";
    gaps_name: "Gaps between visits", "走访间隔";
    voids_name: "Void windows", "作废时段";
    void_tickets_name: "What the voids would have drawn", "作废时段本应抽中的走访";
    eligible_name: "Places that could be drawn", "可抽地点";
    downgrades_name: "Visits that became calls", "改为电话的走访";
    executed_name: "Visits carried out", "已执行的走访";
    lists_name: "Lists against tickets", "名单与签号核对";
    too_few: "too few cases to say anything yet", "数量太少，暂无法判断";
}

/// The scores that follow from the draws themselves.
pub fn own_predictors() -> [Predictor; 5] {
    let of = |code, name| Predictor { code, name };
    [
        of("since", said!("Windows since the last visit", "距上次走访的时段数")),
        of("visits", said!("Visits so far", "以往走访次数")),
        of("before", said!("Drawn in the window before", "上一时段刚被抽中")),
        of("near", said!("Next to a place drawn lately", "邻近近期被抽中的地点")),
        of("order", said!("Position in the list", "在名单中的位置")),
    ]
}

pub fn bound(verdict: Verdict, b: &Bound) -> Said {
    let (greatest, promised, above) = (percent(b.greatest), percent(b.promised), b.above);
    match verdict {
        Verdict::TooFew => too_few(),
        Verdict::Fine => said!(
            "the greatest chance in a window was {greatest} %; the rules allow {promised} %",
            "单个时段的最高概率为{greatest}%，规则允许{promised}%"
        ),
        Verdict::Look => said!(
            "{above} times the chance was above what the rules allow ({greatest} % against {promised} %)",
            "有{above}次概率超过规则允许的上限（{greatest}%，上限{promised}%）"
        ),
    }
}

pub fn number(verdict: Verdict, all: &Tally, p: f64) -> Said {
    let (hits, expected, odds) = (all.hits, plain(all.expected), odds(p));
    match verdict {
        Verdict::TooFew => too_few(),
        Verdict::Fine => said!(
            "{hits} visits were drawn, {expected} expected: within chance",
            "抽中走访{hits}次，预期{expected}次：在随机范围内"
        ),
        Verdict::Look => Said::new(
            format!(
                "{hits} visits were drawn, {expected} expected; by chance this happens with a probability of {}",
                odds.en
            ),
            format!("抽中走访{hits}次，预期{expected}次；纯属偶然的概率为{}", odds.zh),
        ),
    }
}

pub fn entropy(verdict: Verdict, score: f64) -> Said {
    let share = percent(score);
    match verdict {
        Verdict::TooFew => too_few(),
        Verdict::Fine => said!(
            "the draw keeps {share} % of the uncertainty that the same number of visits can have (a round of visits: about 77 %)",
            "在同样走访数下，抽取保留了最大不确定性的{share}%（轮流检查约为77%）"
        ),
        Verdict::Look => said!(
            "the chances differ so much that only {share} % of the possible uncertainty is left: bring lo and hi closer together",
            "各概率相差过大，只剩最大不确定性的{share}%：请缩小上下限的差距"
        ),
    }
}

pub fn groups(verdict: Verdict, chi: Option<ChiSquare>, what: &Said) -> Said {
    let Some(chi) = chi else { return too_few() };
    let odds = odds(chi.p);
    match verdict {
        Verdict::Look => Said::new(
            format!(
                "by {} the visits differ from their chances; by chance alone with a probability of {}",
                what.en, odds.en
            ),
            format!("按{}比较，走访数与概率不符；纯属偶然的概率为{}", what.zh, odds.zh),
        ),
        _ => Said::new(
            format!("by {} the visits are as their chances say (by chance alone: {})", what.en, odds.en),
            format!("按{}比较，走访数与概率相符（偶然概率{}）", what.zh, odds.zh),
        ),
    }
}

pub fn dispersion(verdict: Verdict, chi: Option<ChiSquare>) -> Said {
    let Some(chi) = chi else { return too_few() };
    let ratio = chi.x / chi.degrees as f64;
    let shown = plain(ratio);
    match verdict {
        Verdict::Look if ratio < 1.0 => said!(
            "the number of visits a day varies too little ({shown} of what chance gives): with a fixed number a day, whoever hears that it is spent knows that he is safe",
            "每天走访数的波动过小（仅为随机的{shown}倍）：若每天名额固定，听说名额已用完者便知自己安全"
        ),
        Verdict::Look => said!(
            "the number of visits a day varies more than chance gives ({shown} times)",
            "每天走访数的波动过大（为随机的{shown}倍）"
        ),
        _ => said!(
            "the number of visits a day varies as chance gives ({shown} times): the visits of today tell nothing about those still to come",
            "每天走访数的波动与随机相符（{shown}倍）：当天已有的走访不透露后面还有没有"
        ),
    }
}

pub fn gaps(verdict: Verdict, g: &gaps::Judged) -> Said {
    let least = odds((3.0 * g.ks_p.min(g.chi_p).min(g.lag_p)).min(1.0));
    let (closed, open, lag) = (g.closed, g.open, plain(g.lag));
    match verdict {
        Verdict::Look => Said::new(
            format!(
                "{closed} ended and {open} open gaps are not as the chances say; by chance alone with a probability of {}",
                least.en
            ),
            format!("{closed}个已结束和{open}个未结束的间隔与概率不符；纯属偶然的概率为{}", least.zh),
        ),
        _ => Said::new(
            format!(
                "{closed} ended and {open} open gaps are as the chances say, and one tells nothing about the next (correlation {lag})"
            ),
            format!("{closed}个已结束和{open}个未结束的间隔与概率相符，前后间隔无关联（相关系数{lag}）"),
        ),
    }
}

/// Beyond a million nobody reads the digits.
fn strength(evidence: f64) -> String {
    if evidence < 1e6 { format!("{evidence:.0}") } else { "> 1000000".to_owned() }
}

pub fn score(verdict: Verdict, judged: &scores::Judged, hits: u64) -> Said {
    let (z, evidence) = (plain(judged.z), strength(judged.evidence));
    match verdict {
        Verdict::TooFew => too_few(),
        Verdict::Fine => {
            said!("the draw does not follow it (Z = {z}, {hits} visits)", "抽取与此无关（Z = {z}，走访{hits}次）")
        }
        Verdict::Look => said!(
            "the draw follows it more than chance allows (Z = {z}, {hits} visits, evidence {evidence} to 1): have it looked into",
            "抽取与此的关联超出随机范围（Z = {z}，走访{hits}次，证据强度{evidence}比1）：请核查"
        ),
    }
}

pub fn voids(verdict: Verdict, v: &Voids, rate: f64) -> Said {
    let (voids, share) = (v.windows, percent(rate));
    match verdict {
        Verdict::TooFew => too_few(),
        Verdict::Fine => said!("{voids} windows were void ({share} %)", "作废时段{voids}个（{share}%）"),
        Verdict::Look => said!(
            "{voids} windows were void ({share} %): find out why, for nobody is drawn in a void window",
            "作废时段{voids}个（{share}%）：请查明原因，作废时段不抽任何地点"
        ),
    }
}

pub fn void_tickets(verdict: Verdict, t: &Tally) -> Said {
    let (hits, expected) = (t.hits, plain(t.expected));
    match verdict {
        Verdict::TooFew => said!(
            "too few void windows whose tickets are known: no sign that windows were dropped for what they drew",
            "签号可知的作废时段太少：没有迹象表明因抽取结果而作废"
        ),
        Verdict::Fine => said!(
            "the void windows would have drawn {hits} visits, {expected} expected: within chance",
            "作废时段本应抽中{hits}次走访，预期{expected}次：在随机范围内"
        ),
        Verdict::Look => said!(
            "the void windows would have drawn {hits} visits, {expected} expected: perhaps they were dropped for what they drew",
            "作废时段本应抽中{hits}次走访，预期{expected}次：可能因抽取结果而被作废"
        ),
    }
}

pub fn eligible(verdict: Verdict, share: f64, few: u64) -> Said {
    let share = percent(share);
    match verdict {
        Verdict::TooFew => too_few(),
        Verdict::Fine => said!(
            "places could be drawn in {share} % of their windows, none in less than half of that",
            "各地点在{share}%的时段中可被抽取，没有地点低于其一半"
        ),
        Verdict::Look => said!(
            "places could be drawn in {share} % of their windows, but {few} of them in less than half of that: look at why they are left out",
            "各地点在{share}%的时段中可被抽取，但有{few}个地点不到其一半：请核查其被排除的原因"
        ),
    }
}

pub fn downgrades(verdict: Verdict, downgraded: u64, hits: u64) -> Said {
    match verdict {
        Verdict::TooFew => too_few(),
        Verdict::Fine => said!(
            "{downgraded} of {hits} drawn visits became calls for want of people or time; no place stands out",
            "{hits}次抽中的走访中有{downgraded}次因人手或时间不足改为电话，没有地点异常偏多"
        ),
        Verdict::Look => said!(
            "{downgraded} of {hits} drawn visits became calls, at one place more often than chance allows: look at its bars and routes",
            "{hits}次抽中的走访中有{downgraded}次改为电话，其中一个地点异常偏多：请核查其回避关系和路线"
        ),
    }
}

pub fn executed(verdict: Verdict, executed: u64, closed: u64) -> Said {
    match verdict {
        Verdict::TooFew => said!(
            "{executed} of {closed} finished visits were carried out: too few to say more",
            "{closed}次已结案的走访中执行了{executed}次：数量太少，暂无法判断"
        ),
        Verdict::Fine => {
            said!(
                "{executed} of {closed} finished visits were carried out",
                "{closed}次已结案的走访中执行了{executed}次"
            )
        }
        Verdict::Look => said!(
            "only {executed} of {closed} finished visits were carried out: what is promised holds for carried out visits only",
            "{closed}次已结案的走访中只执行了{executed}次：覆盖承诺只对已执行的走访成立"
        ),
    }
}

pub fn lists(verdict: Verdict, unexplained: u64) -> Said {
    match verdict {
        Verdict::TooFew => too_few(),
        Verdict::Fine => said!(
            "every listed visit has its ticket, and every ticket that hits is listed",
            "名单上的走访都有签号依据，抽中的签号都在名单上"
        ),
        Verdict::Look => said!(
            "{unexplained} places are listed without a ticket that hits, or hit and are not listed: verify the windows",
            "有{unexplained}处：在名单上而签号未抽中，或抽中而不在名单上：请验证相关时段"
        ),
    }
}
