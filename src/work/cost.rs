//! What programmes cost and guarantee, each and together, before they are switched on (DRAW 1).

use super::places::{count_places, subtree};
use super::{Context, Done};
use crate::config::Programme;
use crate::draw::alternatives::{Alternative, alternatives};
use crate::draw::fairness::check::{percent, plain};
use crate::draw::guarantee::{Daily, YEAR, best_guess};
use crate::model::Said;
use crate::said;
use crate::store::Tx;
use serde_json::{Value, json};

/// Workdays over which guarantees are told: about a year.
const HORIZON: u32 = 250;
/// Share of drawn visits that are carried out, for the guarantee with it.
const CARRIED_OUT: f64 = 0.9;
/// A chance of at least one drawn visit a year below this is a weak promise.
const LEAST_COVERAGE: f64 = 0.8;
/// Above this chance a day somebody may well count on a visit.
const HIGH: f64 = 0.1;

#[derive(Debug, Clone)]
pub struct Cost {
    pub programme: String,
    pub places: usize,
    /// The programme's office and all below it.
    pub offices: usize,
    pub daily: Daily,
    /// Visits that are demanded in every window, if any are.
    pub demanded: Option<u32>,
}

/// One entry a configured programme.
pub async fn costs(ctx: &Context) -> Done<Vec<Cost>> {
    costs_of(ctx, &mut ctx.store.read().await?, ctx.config.programmes.iter()).await
}

pub async fn costs_of(ctx: &Context, tx: &mut Tx, programmes: impl Iterator<Item = &Programme>) -> Done<Vec<Cost>> {
    let mut all = Vec::new();
    for programme in programmes {
        let office = ctx.office(&programme.office)?;
        all.push(Cost {
            programme: programme.id.to_string(),
            places: count_places(ctx, tx, programme, office).await?,
            offices: subtree(&ctx.config, &office.id).len(),
            daily: daily(programme),
            demanded: programme.min_visits.filter(|least| *least > 0),
        });
    }
    Ok(all)
}

fn daily(programme: &Programme) -> Daily {
    Daily { lo: programme.lo, hi: programme.hi, m: programme.m, call: programme.p_call }
}

impl Cost {
    pub fn visits_a_day(&self) -> f64 {
        self.places as f64 * self.daily.visits_a_year() / YEAR
    }

    pub fn calls_a_day(&self) -> f64 {
        self.places as f64 * self.daily.calls_a_year() / YEAR
    }

    /// What to think over before switching it on; each with its code.
    pub fn warnings(&self) -> Vec<(&'static str, Said)> {
        let daily = &self.daily;
        let (year, coverage, hi) = (plain(daily.visits_a_year()), daily.coverage(HORIZON), percent(daily.hi));
        let mut found = Vec::new();
        if daily.visits_a_year() < 1.0 {
            found.push((
                "rare",
                said!(
                    "less than one visit a year to a place ({year}): raise lo",
                    "每处每年不足一次走访（{year}次）：请调高lo"
                ),
            ));
        }
        if coverage < LEAST_COVERAGE {
            let covered = percent(coverage);
            found.push((
                "weak",
                said!(
                    "a weak promise: in {HORIZON} workdays a visit is drawn with a chance of only {covered} % for sure; raise lo",
                    "保证偏弱：{HORIZON}个工作日内抽中走访的概率只保证{covered}%；请调高lo"
                ),
            ));
        }
        if daily.hi > HIGH {
            found.push((
                "high",
                said!(
                    "hi is {hi} %: after a long gap a place may well count on a visit; lower hi",
                    "hi为{hi}%：间隔较长时地点可以预料到检查；请调低hi"
                ),
            ));
        }
        if let Some(n) = self.demanded {
            found.push((
                "demanded",
                said!(
                    "{n} visits are demanded in every window: once they are seen, all others know that they are safe",
                    "每个时段必查{n}处：一旦得知名额已用完，其余地点便知自己安全"
                ),
            ));
        }
        found
    }

    pub fn page(&self) -> Vec<Said> {
        let Cost { programme, places, offices, daily, .. } = self;
        let (visits_day, calls_day) = (plain(self.visits_a_day()), plain(self.calls_a_day()));
        let (visits, calls) = (daily.visits_a_year(), plain(daily.calls_a_year()));
        let (lo, hi) = (percent(daily.lo), percent(daily.hi));
        let (over, longest) = (percent(daily.gap_exceeds(HORIZON)), daily.longest_plausible_gap());
        let (at_hi, coverage) = (percent(daily.share_at_hi()), percent(daily.coverage(HORIZON)));
        let (unvisited, carried) = (percent(daily.unvisited(HORIZON, CARRIED_OUT)), percent(CARRIED_OUT));
        let mut page = vec![
            match offices {
                0 | 1 => said!("programme {programme}: {places} places", "项目{programme}：{places}个地点"),
                many => said!(
                    "programme {programme}: {places} places, {many} offices",
                    "项目{programme}：{places}个地点，{many}个单位"
                ),
            },
            said!("  a day: {visits_day} visits, {calls_day} calls", "  每天：走访{visits_day}处，电话{calls_day}个"),
            said!(
                "  a year and place: {visits:.2} visits, {calls} calls",
                "  每处每年：走访{visits:.2}次，电话{calls}次"
            ),
            said!(
                "  nobody guesses a workday right with a chance above {hi} %; no place is ever below {lo} %",
                "  任何人猜中某个工作日的概率不超过{hi}%；任何地点的概率不低于{lo}%"
            ),
            said!(
                "  no drawn visit in {HORIZON} workdays: {over} % of gaps; in any {HORIZON} workdays at least one with a chance of {coverage} % or more",
                "  {HORIZON}个工作日内一次也未抽中：占间隔的{over}%；任意{HORIZON}个工作日内至少抽中一次的概率不低于{coverage}%"
            ),
            said!(
                "  where {carried} % of drawn visits are carried out: no visit in any {HORIZON} workdays with a chance of {unvisited} % at most",
                "  若抽中的走访有{carried}%得到执行：任意{HORIZON}个工作日内无一次实际走访的概率不超过{unvisited}%"
            ),
            said!(
                "  one gap in a thousand is longer than {longest} workdays; {at_hi} % of places are at the upper level",
                "  千分之一的间隔超过{longest}个工作日；{at_hi}%的地点处于高档概率"
            ),
        ];
        page.extend(table(&self.alternatives()));
        page.extend(
            self.warnings()
                .into_iter()
                .map(|(_, said)| Said::new(format!("  warning: {}", said.en), format!("  注意：{}", said.zh))),
        );
        page
    }

    pub fn alternatives(&self) -> Vec<Alternative> {
        alternatives(&self.daily, HORIZON)
    }

    pub fn json(&self) -> Value {
        let daily = &self.daily;
        let others = self.alternatives().into_iter().map(|a| {
            json!({
                "way": a.code, "max_p_a_day": a.guess, "safe_share": a.safe, "gap_over_250": a.gap_exceeds,
                "visits_a_year": a.visits_a_year, "en": a.name.en, "zh": a.name.zh,
            })
        });
        let warnings =
            self.warnings().into_iter().map(|(code, said)| json!({"code": code, "en": said.en, "zh": said.zh}));
        json!({
            "programme": self.programme, "places": self.places, "offices": self.offices,
            "visits_a_day": self.visits_a_day(), "calls_a_day": self.calls_a_day(),
            "visits_a_year": daily.visits_a_year(), "calls_a_year": daily.calls_a_year(),
            "max_p_a_day": daily.hi, "min_p_a_day": daily.lo, "gap_over_250": daily.gap_exceeds(HORIZON),
            "coverage_250": daily.coverage(HORIZON), "unvisited_250": daily.unvisited(HORIZON, CARRIED_OUT),
            "carried_out": CARRIED_OUT, "longest_plausible_gap": daily.longest_plausible_gap(),
            "share_at_hi": daily.share_at_hi(), "alternatives": others.collect::<Vec<_>>(),
            "warnings": warnings.collect::<Vec<_>>(),
        })
    }
}

/// Other ways at as many visits, so that an office sees why none of them is the default.
fn table(ways: &[Alternative]) -> Vec<Said> {
    let mut lines = vec![
        said!("  other ways at the same number of visits:", "  走访数相同时，与其他做法比较："),
        said!("      guess     safe  gap>250   a year", "   猜中概率 安全占比  超250日 年走访数"),
    ];
    lines.extend(ways.iter().map(|way| {
        let cell = |share: f64| format!("{} %", percent(share));
        let year = format!("{:.2}", way.visits_a_year);
        let cells = format!("  {:>9}{:>9}{:>9}{year:>9}  ", cell(way.guess), cell(way.safe), cell(way.gap_exceeds));
        Said::new(format!("{cells}{}", way.name.en), format!("{cells}{}", way.name.zh))
    }));
    lines.push(said!(
        "  guess: greatest chance of naming a place right for a day; safe: share of days on which a place knows that nobody comes;\n  gap>250: chance of more than 250 workdays between two visits; * once the day's number is seen to be spent, all others are safe",
        "  猜中概率：指名某地某天会被查而猜中的最高概率；安全占比：地点能确知当天不会被查的天数比例；\n  超250日：两次走访间隔超过250个工作日的概率；* 一旦得知当天名额已用完，其余地点当天都安全"
    ));
    lines
}

/// All programmes together, as a place sees them that stands in each. Nothing where there is one only.
pub fn together(costs: &[Cost]) -> Option<(Vec<Said>, Value)> {
    if costs.len() < 2 {
        return None;
    }
    let best = best_guess(costs.iter().map(|cost| &cost.daily));
    let sum = |of: &dyn Fn(&Cost) -> f64| costs.iter().map(of).sum::<f64>();
    let (visits, calls) = (sum(&Cost::visits_a_day), sum(&Cost::calls_a_day));
    let year = sum(&|cost| cost.daily.visits_a_year());
    let none = costs.iter().map(|cost| 1.0 - cost.daily.coverage(HORIZON)).product::<f64>();
    let shown = [percent(best), plain(visits), plain(calls), plain(year), percent(1.0 - none)];
    let [guess, visits_day, calls_day, a_year, coverage] = &shown;
    let n = costs.len();
    let page = vec![
        said!("all {n} programmes together", "全部{n}个项目合计"),
        said!("  a day: {visits_day} visits, {calls_day} calls", "  每天：走访{visits_day}处，电话{calls_day}个"),
        said!(
            "  for a place that stands in all of them: {a_year} visits a year; nobody guesses a workday right with a chance above {guess} %;\n  in any {HORIZON} workdays at least one drawn visit with a chance of {coverage} % or more",
            "  同时列入各项目的地点：每年走访{a_year}次；任何人猜中某个工作日的概率不超过{guess}%；\n  任意{HORIZON}个工作日内至少抽中一次的概率不低于{coverage}%"
        ),
    ];
    let json = json!({
        "all_programmes": n, "visits_a_day": visits, "calls_a_day": calls, "visits_a_year": year,
        "max_p_a_day": best, "coverage_250": 1.0 - none,
    });
    Some((page, json))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(lo: f64, hi: f64, m: u32) -> Cost {
        Cost {
            programme: "visits".into(),
            places: 300,
            offices: 1,
            daily: Daily { lo, hi, m, call: 0.04 },
            demanded: None,
        }
    }

    fn codes(cost: &Cost) -> Vec<&'static str> {
        cost.warnings().into_iter().map(|(code, _)| code).collect()
    }

    #[test]
    fn warnings_come_where_a_promise_is_thin() {
        assert!(codes(&cost(0.008, 0.04, 125)).is_empty());
        assert_eq!(codes(&cost(0.002, 0.003, 500)), ["rare", "weak"]);
        assert_eq!(codes(&cost(0.02, 0.25, 30)), ["high"]);
        assert_eq!(codes(&Cost { demanded: Some(3), ..cost(0.008, 0.04, 125) }), ["demanded"]);
    }

    #[test]
    fn the_page_in_both_languages() {
        let costs = [
            cost(0.008, 0.04, 125),
            Cost { programme: "nation".into(), places: 255_000, offices: 2979, ..cost(0.02, 0.25, 30) },
        ];
        let mut page: Vec<Said> = costs.iter().flat_map(Cost::page).collect();
        page.extend(together(&costs).unwrap().0);
        let text = |of: fn(&Said) -> &str| page.iter().map(of).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!("plan_en", text(|said| &said.en));
        insta::assert_snapshot!("plan_zh", text(|said| &said.zh));
        assert!(together(&costs[..1]).is_none());
    }
}
