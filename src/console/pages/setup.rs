//! Set-up: the register in numbers, programmes with what they cost and guarantee, the calendar.

use super::draft::Draft;
use super::form::{Field, Form};
use super::parts::{Marks, Tile, Tone};
use super::shell::Tab;
use super::words::{joined, named, plain, sees_people};
use crate::console::shown::{Asked, Shown};
use crate::measure::document::{Cell, Form as Kind, Section, Table};
use crate::model::{AccountRole, Said};
use crate::said;
use crate::store::PersonFound;
use crate::words::letters::common;
use crate::work::Done;
use crate::work::cost::Cost;
use crate::work::look::chosen;
use crate::work::look::setup::{Found, Setup, setup};

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    let get = |name: &str| asked.query.get(name).map(String::as_str);
    let Some(office) = chosen(asked.ctx, &asked.viewer.scope, get("office")) else { return Ok(Shown::Missing) };
    let people = sees_people(asked.viewer.role);
    let found = setup(asked.ctx, &asked.viewer.scope, office, get("find"), people).await?;
    let mut page = Draft::new(asked, Tab::Setup, "/setup", &said!("Set-up", "设置"));
    page.lead(&named(&office.name));
    if let Some(year) = found.missing {
        page.warning(&said!(
            "The calendar of {year} is missing: no window of it can be sealed. Add its holidays, which are published in November, under [calendar].",
            "{year}年节假日未导入：该年的时段无法封存。国务院办公厅通常于上年11月公布，请加入[calendar]。"
        ));
    }
    ways(&mut page);
    page.heading(&said!("Register", "名册"));
    let tile = |n: i64, label: Said| Tile { figure: n.to_string(), label, tone: Tone::Plain };
    page.tiles(&[
        tile(found.counts.villages, said!("villages", "村")),
        tile(found.counts.teams, said!("teams", "工作队")),
        tile(found.counts.officials, said!("officials, past ones included", "队员（含离任）")),
        tile(i64::try_from(found.inspectors).unwrap_or(0), said!("inspectors of this office", "本单位检查员")),
    ]);
    let label = match people {
        true => said!("Village, township, official or inspector", "村、乡镇、队员或检查员"),
        false => said!("Village or township", "村或乡镇"),
    };
    let find = Field::search("find", label)
        .value(get("find").unwrap_or_default())
        .hint(said!("The beginning of a name, or an id.", "名称开头或编号。"));
    page.choose_or_find(office, find);
    if let Some(found) = &found.found {
        results(&mut page, found, people);
    }
    programmes(&mut page, &found);
    page.markup("<div id=\"calendar\"></div>");
    page.heading(&said!("Calendar", "日历"));
    let mut table =
        Table::new(&[("year", Kind::Words, said!("Year", "年份")), ("state", Kind::Words, said!("State", "状态"))]);
    let mut marks = Marks::default();
    for (at, (year, covered)) in found.years.iter().enumerate() {
        let (state, tone) = match (covered, found.missing == Some(*year)) {
            (true, _) => (said!("ok", "已导入"), Tone::Fine),
            (false, true) => (said!("MISSING", "未导入"), Tone::Urgent),
            (false, false) => (said!("not published yet", "尚未公布"), Tone::Quiet),
        };
        marks.tones.insert((at, 1), tone);
        table.rows.push(vec![Cell::name(&year.to_string()), Cell::Words(state)]);
    }
    page.table(
        Section::new("calendar", said!("Holidays and make-up workdays", "节假日与调休")).with(table),
        &marks,
        &said!("No year is covered.", "没有任何年份的日历。"),
    );
    page.finish()
}

fn ways(page: &mut Draft<'_>) {
    let role = page.asked.viewer.role;
    let mut links = Vec::new();
    if role == AccountRole::Administrator {
        links.push(("/setup/users".to_owned(), said!("Accounts", "账号")));
    }
    if matches!(role, AccountRole::Administrator | AccountRole::Auditor | AccountRole::Head) {
        links.push(("/setup/audit".to_owned(), said!("Audit log", "审计日志")));
    }
    page.links(&links);
}

fn results(page: &mut Draft<'_>, found: &Found, people: bool) {
    let mut table = Table::new(&[
        ("village", Kind::Words, said!("Village", "村")),
        ("id", Kind::Words, said!("Id", "编号")),
        ("township", Kind::Words, said!("Township", "乡镇")),
        ("teams", Kind::Count, said!("Teams", "工作队")),
        ("officials", Kind::Count, said!("Officials", "队员")),
    ]);
    for one in &found.places {
        let number = |n: i64| Cell::Count(u64::try_from(n).unwrap_or(0));
        table.rows.push(vec![
            Cell::Words(named(&one.name)),
            Cell::name(&one.id),
            Cell::Words(named(&one.township)),
            number(one.teams),
            number(one.officials),
        ]);
    }
    let section = |code: &str, heading: Said, table: Table| Section::new(code, heading).with(table);
    let mut all = vec![section("villages", said!("Villages found", "查到的村"), table)];
    if people {
        let officials = persons(&found.officials, said!("Team", "工作队"));
        all.push(section("officials", said!("Officials found", "查到的队员"), officials));
        let inspectors = persons(&found.inspectors, said!("Office", "单位"));
        all.push(section("inspectors", said!("Inspectors found", "查到的检查员"), inspectors));
    }
    let nothing = said!("Nothing begins so.", "没有匹配的条目。");
    all.retain(|section| section.table.as_ref().is_some_and(|table| !table.rows.is_empty()));
    if all.is_empty() {
        page.empty(&nothing);
    }
    for section in all {
        page.table(section, &Marks::default(), &nothing);
    }
}

fn persons(all: &[PersonFound], of: Said) -> Table {
    let mut table = Table::new(&[
        ("name", Kind::Words, said!("Name", "姓名")),
        ("id", Kind::Words, said!("Id", "编号")),
        ("of", Kind::Words, of),
        ("village", Kind::Words, said!("Village", "村")),
        ("phone", Kind::Words, said!("Telephone", "电话")),
        ("until", Kind::Words, said!("Left", "离任")),
    ]);
    for one in all {
        let cells = [
            named(&one.name),
            plain(one.id.clone()),
            named(&one.of),
            named(&one.village),
            plain(one.phone.as_ref().map(crate::model::Phone::masked).unwrap_or_default()),
            one.until.map_or_else(|| plain(""), common::short_day),
        ];
        table.rows.push(cells.into_iter().map(Cell::Words).collect());
    }
    table
}

fn programmes(page: &mut Draft<'_>, found: &Setup) {
    page.heading(&said!("Programmes", "项目"));
    let mut table = Table::new(&[
        ("programme", Kind::Words, said!("Programme", "项目")),
        ("places", Kind::Count, said!("Places", "地点")),
        ("visits_day", Kind::Number, said!("Visits a day", "每天走访")),
        ("calls_day", Kind::Number, said!("Calls a day", "每天电话")),
        ("visits_year", Kind::Number, said!("Visits a place and year", "每处每年走访")),
        ("hi", Kind::Share, said!("Greatest chance a workday", "单日最高概率")),
        ("lo", Kind::Share, said!("Least chance a workday", "单日最低概率")),
    ]);
    for cost in &found.costs {
        table.rows.push(vec![
            Cell::name(&cost.programme),
            Cell::count(cost.places),
            Cell::Number(cost.visits_a_day()),
            Cell::Number(cost.calls_a_day()),
            Cell::Number(cost.daily.visits_a_year()),
            Cell::Number(cost.daily.hi),
            Cell::Number(cost.daily.lo),
        ]);
    }
    page.table(
        Section::new("programmes", said!("What each costs", "工作量")).with(table),
        &Marks { wide: true, ..Marks::default() },
        &said!("No programme of this office is configured.", "未配置本单位的项目。"),
    );
    for cost in &found.costs {
        plan(page, cost);
    }
}

/// What `spotcheck plan` says of a programme.
fn plan(page: &mut Draft<'_>, cost: &Cost) {
    let name = &cost.programme;
    let warnings: Vec<Said> = cost.warnings().into_iter().map(|(_, said)| said).collect();
    if !warnings.is_empty() {
        let said = joined(&warnings);
        page.warning(&Said::new(format!("{name}: {}", said.en), format!("{name}：{}", said.zh)));
    }
    page.fold(&said!("What “{name}” guarantees", "“{name}”的保证"));
    let lines = cost.page();
    let text: Vec<String> = lines.iter().map(|line| page.say(line)).collect();
    page.preformatted(&text.join("\n"));
    page.unfold();
}

impl Draft<'_> {
    /// One form for the office and what is looked for in it.
    fn choose_or_find(&mut self, office: &crate::config::Office, find: Field) {
        let seen = crate::work::look::in_sight(self.asked.ctx, &self.asked.viewer.scope);
        if seen.len() > 1 {
            self.choose("/setup", Some(office), vec![find]);
        } else {
            self.form(Form::choose(said!("Look something up", "查找"), "/setup").field(find));
        }
    }
}
