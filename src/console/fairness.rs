//! The report on fairness as one page (DRAW 5).

use super::plots::{self, Bar, Bars, Calendar, Row, Scores};
use crate::draw::fairness::check::{percent, plain};
use crate::draw::fairness::tally::Tally;
use crate::draw::fairness::{Check, Programme, Report, Verdict, report};
use crate::model::{Language, Said};
use crate::said;
use askama::Template;

/// Two-sided one in a thousand of the normal law: what the checks go by.
const BOUND: f64 = 3.29;

/// The page in one language. `None` only where the template fails to render.
pub fn page(report: &Report, language: Language) -> Option<String> {
    let text = |said: Said| said.in_language(language).to_owned();
    let opening = report.opening();
    let mut lines = opening.into_iter().map(text);
    let view = View {
        lang: language.tag(),
        title: language.pick("Fairness of the draws", "抽取的公平性"),
        headline: lines.next().unwrap_or_default(),
        lead: lines.collect(),
        columns: [
            language.pick("Check", "检查项"),
            language.pick("Cases", "数量"),
            language.pick("Result", "结果"),
            language.pick("What it says", "说明"),
        ],
        programmes: report.programmes.iter().enumerate().map(|(i, p)| section(p, i, language)).collect(),
        foot: text(report::foot()),
    };
    view.render().ok()
}

#[derive(Template)]
#[template(path = "fairness.html")]
struct View {
    lang: &'static str,
    title: &'static str,
    headline: String,
    lead: Vec<String>,
    columns: [&'static str; 4],
    programmes: Vec<Section>,
    foot: String,
}

struct Section {
    heading: String,
    checks: Vec<CheckRow>,
    figures: Vec<Figure>,
}

struct CheckRow {
    name: String,
    cases: String,
    class: &'static str,
    result: String,
    said: String,
}

struct Figure {
    title: String,
    svg: String,
    caption: String,
}

fn section(programme: &Programme, number: usize, language: Language) -> Section {
    let text = |said: Said| said.in_language(language).to_owned();
    let row = |check: &Check| CheckRow {
        name: text(check.name.clone()),
        cases: format!("{}{}{}", grouped(check.cases), language.pick(" ", ""), check.unit.in_language(language)),
        class: check.verdict.code(),
        result: text(check.verdict.said()),
        said: text(check.said.clone()),
    };
    let figures = [gaps, days, levels, scores].map(|draw| draw(programme, &format!("p{number}"), language));
    Section {
        heading: text(programme.heading()),
        checks: programme.checks.iter().map(row).collect(),
        figures: figures.into_iter().flatten().collect(),
    }
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    parts.join("\u{2009}")
}

/// Twice the standard deviation of what chance gives.
fn spread(tally: &Tally) -> f64 {
    2.0 * tally.variance.sqrt()
}

fn legend(language: Language) -> [&'static str; 2] {
    [
        language.pick("drawn (count above)", "实际抽中（上方为次数）"),
        language.pick("expected, ± 2 standard deviations", "预期，±2个标准差"),
    ]
}

fn gaps(programme: &Programme, id: &str, language: Language) -> Option<Figure> {
    let found = &programme.series.gaps;
    let bars: Vec<Bar> = found
        .iter()
        .map(|(from, to, tally)| Bar {
            label: if from == to { from.to_string() } else { format!("{from}–{to}") },
            count: tally.hits,
            observed: tally.hits as f64,
            expected: Some((tally.expected, spread(tally))),
        })
        .collect();
    let all = crate::draw::fairness::tally::total(found.iter().map(|(_, _, tally)| tally));
    if all.hits == 0 {
        return None;
    }
    let (hits, expected) = (grouped(all.hits), plain(all.expected));
    let caption = said!(
        "{hits} visits came after an earlier one of the period; the sealed chances let expect {expected}.",
        "期间内有前次走访可比的走访{hits}次；按封存概率预期{expected}次。"
    );
    let title = language.pick("Gaps between drawn visits", "走访间隔");
    let caption = caption.in_language(language).to_owned();
    let svg = plots::bars(&Bars {
        id: &format!("{id}-gaps"),
        title,
        description: &caption,
        across: language
            .pick("Windows since the last drawn visit (eligible ones)", "距上次抽中的时段数（仅计可抽时段）"),
        up: language.pick("Visits", "走访次数"),
        bars: &bars,
        legend: legend(language),
    });
    Some(Figure { title: title.to_owned(), svg, caption })
}

fn days(programme: &Programme, id: &str, language: Language) -> Option<Figure> {
    let found = &programme.series.days;
    let (windows, voids) = (programme.windows, programme.voids);
    let (visits, count) = (found.values().map(|day| day.visits.hits).sum::<u64>(), found.len());
    let caption = said!(
        "{visits} drawn visits on {count} days with {windows} windows, {voids} of them void. Darker: more visits.",
        "{count}天共{windows}个时段，抽中走访{visits}次，其中作废时段{voids}个。颜色越深，走访越多。"
    );
    let caption = caption.in_language(language).to_owned();
    let title = language.pick("Calendar", "日历");
    let svg = plots::calendar(&Calendar {
        id: &format!("{id}-days"),
        title,
        description: &caption,
        language,
        days: found,
        legend: [language.pick("Visits a day:", "当天走访数："), language.pick("void window", "有作废时段")],
    });
    (!found.is_empty()).then(|| Figure { title: title.to_owned(), svg, caption })
}

fn levels(programme: &Programme, id: &str, language: Language) -> Option<Figure> {
    let found = &programme.series.levels;
    let bar = |tally: &Tally| {
        let share = 100.0 / (tally.cases as f64).max(1.0);
        Bar {
            label: format!("{} %", percent(tally.mean_p())),
            count: tally.hits,
            observed: tally.hits as f64 * share,
            expected: Some((tally.expected * share, spread(tally) * share)),
        }
    };
    let bars: Vec<Bar> = found.iter().map(bar).collect();
    let cases: Vec<String> = found.iter().map(|tally| grouped(tally.cases)).collect();
    let (en, zh) = (cases.join(", "), cases.join("、"));
    let caption = Said::new(
        format!("Place-windows a level, from the left: {en}."),
        format!("各档次的地点时段数（自左至右）：{zh}。"),
    );
    let caption = caption.in_language(language).to_owned();
    let title = language.pick("Visits by level of chance", "各概率档次的走访");
    let svg = plots::bars(&Bars {
        id: &format!("{id}-levels"),
        title,
        description: &caption,
        across: language.pick("Sealed chance of a visit in a window", "封存的单个时段走访概率"),
        up: language.pick("Drawn, % of windows", "抽中比例（%）"),
        bars: &bars,
        legend: legend(language),
    });
    (!bars.is_empty()).then(|| Figure { title: title.to_owned(), svg, caption })
}

fn scores(programme: &Programme, id: &str, language: Language) -> Option<Figure> {
    let row = |check: &Check| {
        let hollow = check.verdict == Verdict::TooFew;
        let visits = check.figure("visits").unwrap_or(0.0) as u64;
        let z = check.figure("z")?;
        let (shown, count) = (plain(z), grouped(visits));
        let note = match hollow {
            true => said!("too few cases ({count} visits)", "数量太少（走访{count}次）"),
            false => said!("Z = {shown} ({count} visits)", "Z = {shown}（走访{count}次）"),
        };
        let name = check.name.in_language(language).to_owned();
        Some(Row { name, z, note: note.in_language(language).to_owned(), hollow })
    };
    let rows: Vec<Row> = programme.checks.iter().filter(|c| c.code.starts_with("z_")).filter_map(row).collect();
    let shown = rows.iter().filter(|row| row.z.abs() > BOUND && !row.hollow).count();
    let all = rows.len();
    let caption = said!(
        "{shown} of {all} scores beyond the bounds. Right of zero: more visits where the score is high; left: fewer.",
        "{all}项中有{shown}项超出范围。零点右侧表示该值高的地点走访偏多，左侧表示偏少。"
    );
    let caption = caption.in_language(language).to_owned();
    let title = language.pick("What the draw must not follow", "抽取不应与之有关的因素");
    let svg = plots::scores(&Scores {
        id: &format!("{id}-scores"),
        title,
        description: &caption,
        across: language.pick("Z, in standard deviations", "Z（标准差）"),
        bound: BOUND,
        bound_label: language.pick("999 of 1000 honest draws", "千次诚实抽取中有999次在此范围"),
        rows: &rows,
    });
    (!rows.is_empty()).then(|| Figure { title: title.to_owned(), svg, caption })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([7, 999, 1000, 1_234_567].map(grouped), ["7", "999", "1\u{2009}000", "1\u{2009}234\u{2009}567"]);
    }
}
