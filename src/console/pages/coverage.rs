//! Coverage: which places were visited when, and whether it is still irregular.

use super::draft::{Draft, address};
use super::form::{Choice, Field};
use super::map::map;
use super::parts::{Heat, HeatCell, Marks};
use super::shell::Tab;
use super::words::{named, plain, team_of};
use crate::console::plots::{self, Bar, Bars};
use crate::console::shown::{Asked, Shown};
use crate::measure::document::{Cell, Form, Section, Table};
use crate::model::{Language, Said};
use crate::said;
use crate::words::letters::common;
use crate::work::Done;
use crate::work::look::chosen;
use crate::work::look::coverage::{Coverage, PlaceLook, coverage};

/// Points that the table under the map lists.
const LISTED: usize = 60;

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    let get = |name: &str| asked.query.get(name).map(String::as_str);
    let Some(office) = chosen(asked.ctx, &asked.viewer.scope, get("office")) else { return Ok(Shown::Missing) };
    let mut page = Draft::new(asked, Tab::Coverage, "/coverage", &said!("Coverage", "覆盖"));
    let Some(found) = coverage(asked.ctx, office, get("programme"), get("township")).await? else {
        page.choose("/coverage", Some(office), Vec::new());
        page.empty(&said!("No programme draws places of this office.", "没有项目抽取本单位的地点。"));
        return page.finish();
    };
    let until = common::short_day(found.to);
    page.lead(&Said::new(
        format!("Visits that were carried out, up to {}. What is under way is not shown here.", until.en),
        format!("截至{}已完成的走访；正在进行的不在此显示。", until.zh),
    ));
    let mut choices = Vec::new();
    if found.programmes.len() > 1 {
        let one = |programme: &&crate::config::Programme| {
            let name = crate::model::register::Name::new(&programme.name, &programme.name_latin);
            Choice::new(programme.id.as_str(), named(&name)).chosen_if(programme.id == found.programme.id)
        };
        choices.push(Field::select(
            "programme",
            said!("Programme", "项目"),
            found.programmes.iter().map(one).collect(),
        ));
    }
    if found.townships.len() > 1 {
        let one = |township: &crate::work::look::coverage::Township| {
            Choice::new(township.code.as_str(), named(&township.name))
                .chosen_if(found.township.as_ref() == Some(&township.code))
        };
        choices.push(Field::select("township", said!("Township", "乡镇"), found.townships.iter().map(one).collect()));
    }
    page.choose("/coverage", Some(office), choices);
    if found.too_many {
        page.empty(&said!(
            "This office has too many places for one page: choose an office below it. For the whole, see the reports.",
            "本单位地点过多，请选择下级单位；整体情况见“报告”。"
        ));
        return page.finish();
    }
    page.heading(&said!("Longest without a visit", "最久未走访"));
    page.table(longest(&found), &Marks { wide: true, ..Marks::default() }, &said!("No place yet.", "暂无地点。"));
    page.heading(&said!("Week by week", "逐周走访"));
    calendar(&mut page, &found);
    page.heading(&said!("By township", "按乡镇"));
    let mut marks = Marks { wide: true, ..Marks::default() };
    for (at, township) in found.townships.iter().enumerate() {
        let query =
            [("office", office.id.as_str()), ("programme", found.programme.id.as_str()), ("township", &township.code)];
        marks.links.insert((at, 0), address("/coverage", query));
    }
    page.table(strata(&found), &marks, &said!("No place yet.", "暂无地点。"));
    page.heading(&said!("Is it still irregular?", "是否仍然无规律"));
    gaps(&mut page, &found);
    page.heading(&said!("Where", "分布"));
    if found.points.is_empty() {
        page.empty(&said!(
            "No place has coordinates. Import a file of positions to see a map.",
            "地点均无坐标。导入坐标文件后可显示分布图。"
        ));
    } else {
        let svg = map(&found.points, page.language());
        let caption = said!(
            "Each point is a place where its coordinates say it lies; no map is drawn beneath.",
            "每个点为一个地点，按坐标绘制，不含底图。"
        );
        page.figure(&svg, &caption, positions(&found));
    }
    page.finish()
}

fn place(look: &PlaceLook) -> Said {
    team_of(&look.place.name, &look.place.village)
}

fn longest(found: &Coverage<'_>) -> Section {
    let mut table = Table::new(&[
        ("place", Form::Words, said!("Place", "地点")),
        ("township", Form::Words, said!("Township", "乡镇")),
        ("waited", Form::Count, said!("Days without a visit", "未走访天数")),
        ("last", Form::Words, said!("Last visit", "上次走访")),
    ]);
    for look in &found.longest {
        table.rows.push(vec![
            Cell::Words(place(look)),
            Cell::Words(named(&look.township)),
            Cell::Count(u64::try_from(look.waited).unwrap_or(0)),
            Cell::Words(look.last.map_or_else(|| said!("none yet", "尚无"), common::day)),
        ]);
    }
    Section::new("longest", said!("Longest without a visit", "最久未走访")).with(table)
}

/// The table of the calendar, and the same coloured.
fn calendar(page: &mut Draft<'_>, found: &Coverage<'_>) {
    let language = page.language();
    let name = found.places.first().map(|look| named(&look.township)).unwrap_or_else(|| plain("-"));
    let heading = Said::new(format!("Visits a week: {}", name.en), format!("每周走访次数：{}", name.zh));
    let mut columns = vec![("place".to_owned(), Form::Words, said!("Place", "地点"))];
    for week in &found.weeks {
        columns.push((week.to_string(), Form::Count, common::short_day(*week)));
    }
    let columns: Vec<(&str, Form, Said)> =
        columns.iter().map(|(code, form, name)| (code.as_str(), *form, name.clone())).collect();
    let mut table = Table::new(&columns);
    let mut rows = Vec::new();
    for look in &found.places {
        let cell = |week: &Option<u32>| HeatCell {
            step: step(*week),
            text: week.map_or_else(|| "–".to_owned(), |n| n.to_string()),
        };
        rows.push((place(look).in_language(language).to_owned(), look.weeks.iter().map(cell).collect()));
        let counts = look.weeks.iter().map(|week| week.map_or(Cell::Nothing, |n| Cell::Count(n.into())));
        table.rows.push(std::iter::once(Cell::Words(place(look))).chain(counts).collect());
    }
    if rows.is_empty() {
        page.empty(&said!("No place yet.", "暂无地点。"));
        return;
    }
    let week = |day: &chrono::NaiveDate| match language {
        Language::En => day.format("%-d %b").to_string(),
        Language::ZhHans => day.format("%-m/%-d").to_string(),
    };
    let key = |visits: u32| match (visits, language) {
        (3, Language::En) => "3 or more".to_owned(),
        (3, Language::ZhHans) => "3次及以上".to_owned(),
        (n, Language::En) => n.to_string(),
        (n, Language::ZhHans) => format!("{n}次"),
    };
    let mut legend: Vec<(&'static str, String)> = (0..4).map(|n| (step(Some(n)), key(n))).collect();
    legend.push((step(None), language.pick("not drawn yet", "尚未开始").to_owned()));
    let heat = Heat {
        caption: page.say(&heading),
        corner: language.pick("Week of", "周（周一）").to_owned(),
        weeks: found.weeks.iter().map(week).collect(),
        rows,
        legend,
    };
    page.heat(&heat, Section::new("weeks", heading).with(table));
}

fn step(week: Option<u32>) -> &'static str {
    match week {
        None => "sx",
        Some(0) => "s0",
        Some(1) => "s1",
        Some(2) => "s2",
        Some(_) => "s3",
    }
}

fn strata(found: &Coverage<'_>) -> Section {
    let mut table = Table::new(&[
        ("township", Form::Words, said!("Township", "乡镇")),
        ("places", Form::Count, said!("Places", "地点")),
        ("target", Form::Share, said!("Share of places", "地点占比")),
        ("drawn", Form::Count, said!("Drawn", "抽中")),
        ("share", Form::Share, said!("Share of draws", "抽中占比")),
        ("made", Form::Count, said!("Made", "完成")),
        ("visited", Form::Share, said!("Visited once or more", "至少一次")),
    ]);
    let places: u64 = found.townships.iter().map(|one| one.places).sum();
    let drawn: u64 = found.townships.iter().map(|one| one.drawn).sum();
    let share = |part: u64, whole: u64| Cell::number((whole > 0).then(|| part as f64 / whole as f64));
    for one in &found.townships {
        table.rows.push(vec![
            Cell::Words(named(&one.name)),
            Cell::Count(one.places),
            share(one.places, places),
            Cell::Count(one.drawn),
            share(one.drawn, drawn),
            Cell::Count(one.made),
            share(one.visited, one.places),
        ]);
    }
    Section::new("townships", said!("By township", "按乡镇")).with(table)
}

fn gaps(page: &mut Draft<'_>, found: &Coverage<'_>) {
    let mut table = Table::new(&[
        ("gap", Form::Words, said!("Workdays between visits", "两次走访间隔（工作日）")),
        ("seen", Form::Count, said!("Drawn", "抽中")),
        ("expected", Form::Number, said!("Expected", "预期")),
        ("spread", Form::Number, said!("Standard deviation", "标准差")),
    ]);
    let label = |from: u32, to: u32| format!("{from}–{to}");
    for bin in &found.gaps {
        let cells = [Cell::Count(bin.seen), Cell::Number(bin.expected), Cell::Number(bin.spread)];
        table.rows.push(std::iter::once(Cell::name(&label(bin.from, bin.to))).chain(cells).collect());
    }
    if found.gaps.iter().all(|bin| bin.seen == 0) {
        page.empty(&said!(
            "No place was visited twice yet. The picture comes with the months.",
            "尚无地点被走访两次；积累几个月后可见分布。"
        ));
        return;
    }
    let language = page.language();
    let (lo, hi, m) = (found.programme.lo * 100.0, found.programme.hi * 100.0, found.programme.m);
    let caption = said!(
        "Bars: gaps that ended in a drawn visit. Marks: what the sealed policy lets expect ({lo:.1} % a workday, {hi:.1} % after {m} workdays), with twice its standard deviation.",
        "柱：以抽中走访结束的间隔。横线：按封存规则的预期（每个工作日{lo:.1}%，{m}个工作日后{hi:.1}%）及两倍标准差。"
    );
    let bars: Vec<Bar> = found
        .gaps
        .iter()
        .map(|bin| Bar {
            label: label(bin.from, bin.to),
            count: bin.seen,
            observed: bin.seen as f64,
            expected: Some((bin.expected, 2.0 * bin.spread)),
        })
        .collect();
    let title = said!("Gaps between visits", "走访间隔");
    let svg = plots::bars(&Bars {
        id: "gaps",
        title: title.in_language(language),
        description: caption.in_language(language),
        across: language.pick("Workdays since the last visit", "距上次走访的工作日"),
        up: language.pick("Drawn visits", "抽中走访"),
        bars: &bars,
        legend: [
            language.pick("drawn (count above)", "实际抽中（上方为次数）"),
            language.pick("expected, ± 2 standard deviations", "预期，±2个标准差"),
        ],
    });
    page.figure(&svg, &caption, Section::new("gaps", title).with(table));
}

fn positions(found: &Coverage<'_>) -> Section {
    let mut table = Table::new(&[
        ("place", Form::Words, said!("Village", "村")),
        ("waited", Form::Count, said!("Days without a visit", "未走访天数")),
        ("longitude", Form::Words, said!("Longitude", "经度")),
        ("latitude", Form::Words, said!("Latitude", "纬度")),
    ]);
    for point in found.points.iter().take(LISTED) {
        let (longitude, latitude) = point.position.degrees();
        table.rows.push(vec![
            Cell::Words(named(&point.name)),
            Cell::Count(u64::try_from(point.waited).unwrap_or(0)),
            Cell::name(&format!("{longitude:.4}")),
            Cell::name(&format!("{latitude:.4}")),
        ]);
    }
    Section::new("map", said!("Where the places lie", "地点分布")).with(table)
}
