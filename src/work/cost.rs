//! What a programme costs and guarantees, before it is switched on (DRAW 1).

use super::places::count_places;
use super::{Context, Done};
use crate::draw::guarantee::{Daily, YEAR};
use crate::model::Said;
use crate::said;
use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub struct Cost {
    pub programme: String,
    pub places: usize,
    pub daily: Daily,
}

/// One entry a configured programme.
pub async fn costs(ctx: &Context) -> Done<Vec<Cost>> {
    let mut all = Vec::new();
    for programme in &ctx.config.programmes {
        let office = ctx.office(&programme.office)?;
        let mut tx = ctx.store.read().await?;
        all.push(Cost {
            programme: programme.id.to_string(),
            places: count_places(&mut tx, programme, office).await?,
            daily: Daily { lo: programme.lo, hi: programme.hi, m: programme.m, call: programme.p_call },
        });
    }
    Ok(all)
}

impl Cost {
    /// Fewer visits than one a year to a place.
    pub fn is_rare(&self) -> bool {
        self.daily.visits_a_year() < 1.0
    }

    fn a_day(&self, a_year: f64) -> f64 {
        self.places as f64 * a_year / YEAR
    }

    pub fn page(&self) -> Vec<Said> {
        let Cost { programme, places, daily } = self;
        let (visits, calls) = (daily.visits_a_year(), daily.calls_a_year());
        let (visits_day, calls_day) = (self.a_day(visits), self.a_day(calls));
        let (lo, hi) = (daily.lo * 100.0, daily.hi * 100.0);
        let (over, longest) = (daily.gap_exceeds(250) * 100.0, daily.longest_plausible_gap());
        let (at_hi, coverage) = (daily.share_at_hi() * 100.0, daily.coverage(250) * 100.0);
        let mut page = vec![
            said!("programme {programme}: {places} places", "项目{programme}：{places}个地点"),
            said!(
                "  a day: {visits_day:.1} visits, {calls_day:.1} calls",
                "  每天：走访{visits_day:.1}处，电话{calls_day:.1}个"
            ),
            said!(
                "  a year and place: {visits:.2} visits, {calls:.1} calls",
                "  每处每年：走访{visits:.2}次，电话{calls:.1}次"
            ),
            said!(
                "  nobody guesses a workday right with a chance above {hi:.1} %; no place is ever below {lo:.1} %",
                "  任何人猜中某个工作日的概率不超过{hi:.1}%；任何地点的概率不低于{lo:.1}%"
            ),
            said!(
                "  no drawn visit in 250 workdays: {over:.2} % of gaps; in any 250 workdays at least one with a chance of {coverage:.1} % or more",
                "  250个工作日内一次也未抽中：占间隔的{over:.2}%；任意250个工作日内至少抽中一次的概率不低于{coverage:.1}%"
            ),
            said!(
                "  one gap in a thousand is longer than {longest} workdays; {at_hi:.1} % of places are at the upper level",
                "  千分之一的间隔超过{longest}个工作日；{at_hi:.1}%的地点处于高档概率"
            ),
            said!(
                "  places that can know themselves safe: 0 % (a round of visits: up to 100 %; a fixed interval: all but a few days)",
                "  能确知自己不会被查的地点：0%（轮流检查：可达100%；固定间隔：除少数日子外全部）"
            ),
        ];
        if self.is_rare() {
            page.push(said!("  warning: less than one visit a year to a place", "  注意：每处每年不足一次走访"));
        }
        page
    }

    pub fn json(&self) -> Value {
        let daily = &self.daily;
        json!({
            "programme": self.programme, "places": self.places, "visits_a_day": self.a_day(daily.visits_a_year()),
            "calls_a_day": self.a_day(daily.calls_a_year()), "visits_a_year": daily.visits_a_year(), "calls_a_year": daily.calls_a_year(),
            "gap_over_250": daily.gap_exceeds(250), "coverage_250": daily.coverage(250),
            "longest_plausible_gap": daily.longest_plausible_gap(), "share_at_hi": daily.share_at_hi(),
        })
    }
}
