//! Imports: how far each source speaks, what came in, and the way to bring more.

use super::draft::{Draft, address};
use super::form::{Choice, Field, Form};
use super::parts::{Event, Marks, Tone};
use super::shell::Tab;
use super::words::{full_day, moment, named, plain, sees_targets};
use crate::console::shown::{Asked, Shown};
use crate::measure::document::{Cell, Form as Kind, Section, Table};
use crate::model::record::Cadence;
use crate::model::{OfficeId, Said, Timestamp};
use crate::said;
use crate::store::BatchRow;
use crate::words::letters::common;
use crate::work::Done;
use crate::work::look::imports::{Imports, import, imports};
use crate::work::look::{BOOK, PAGE};
use chrono::NaiveDate;
use chrono_tz::Tz;

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    match asked.id {
        Some(id) => one(asked, id).await,
        None => list(asked).await,
    }
}

fn zone(asked: &Asked<'_>) -> Tz {
    crate::work::look::chosen(asked.ctx, &asked.viewer.scope, None).map_or(Tz::UTC, |office| office.zone)
}

/// What a file or a source brings.
fn kind(code: &str) -> Said {
    match code {
        "punch" | "attendance" => said!("punches", "打卡"),
        "leave" => said!("leave", "请假"),
        "trip" => said!("trips", "出差"),
        "training" => said!("training", "培训"),
        "meeting" => said!("meetings", "会议"),
        "errand" => said!("errands", "外出"),
        "rota" => said!("rota", "排班"),
        "work_log" => said!("work logs", "工作日志"),
        "health_check" => said!("health checks", "体检"),
        "insurance" => said!("insurance", "保险"),
        "allowance" => said!("allowances", "补助"),
        "villages" => said!("villages", "村"),
        "teams" => said!("teams", "工作队"),
        "officials" => said!("officials", "队员"),
        "contacts" => said!("contacts", "联系人"),
        "inspectors" => said!("inspectors", "检查员"),
        "regions" => said!("regions", "行政区划"),
        other => plain(other),
    }
}

fn cadence(cadence: Cadence) -> Said {
    match cadence {
        Cadence::Daily => said!("daily", "每日"),
        Cadence::Weekly => said!("weekly", "每周"),
        Cadence::Monthly => said!("monthly", "每月"),
        Cadence::Never => said!("never", "无"),
    }
}

async fn list(asked: &Asked<'_>) -> Done<Shown> {
    let get = |name: &str| asked.query.get(name).map(String::as_str);
    let before = get("before").and_then(|text| {
        let (at, id) = text.split_once('.')?;
        Some((Timestamp(at.parse().ok()?), id))
    });
    let most = if get("as").is_some() { BOOK } else { PAGE };
    let found = imports(asked.ctx, &asked.viewer.scope, get("office"), before, most).await?;
    let mut page = Draft::new(asked, Tab::Imports, "/imports", &said!("Imports", "导入"));
    let overdue = found.sources.iter().filter(|source| source.overdue).count();
    if overdue > 0 {
        page.warning(&said!(
            "{overdue} sources are overdue: verdicts on the days that they miss say “records missing”.",
            "有{overdue}个来源逾期未导入：有关日期的判定将记为“缺少记录”。"
        ));
    }
    let empty = said!(
        "No source is configured: add [[source]] to the configuration.",
        "未配置数据来源：请在配置中添加[[source]]。"
    );
    let (table, marks) = sources(asked, &found);
    page.table(table, &marks, &empty);
    if sees_targets(asked.viewer.role) {
        page.form(upload(&found));
    }
    let (table, mut marks) = batches(asked, &found);
    if found.more
        && let Some(last) = found.rows.last()
    {
        let before = format!("{}.{}", last.seen_at, last.id);
        marks.more = Some((address("/imports", [("before", before.as_str())]), said!("Earlier files", "更早的文件")));
    }
    page.table(table, &marks, &said!("No file came yet.", "尚未导入任何文件。"));
    page.finish()
}

fn upload(found: &Imports) -> Form {
    let sources = found.sources.iter().filter(|source| source.cadence != Cadence::Never).map(|source| {
        let (id, kind) = (&source.id, kind(source.kind.code()));
        Choice::new(id.as_str(), Said::new(format!("{id} ({})", kind.en), format!("{id}（{}）", kind.zh)))
    });
    Form::post(said!("Bring a file", "上传文件"), "/imports/preview", said!("Look at it first", "先预览"))
        .upload()
        .hint(said!(
            "xlsx, xls, ods, csv or attlog.dat. Nothing is imported before you have seen what it says.",
            "支持xlsx、xls、ods、csv、attlog.dat。预览确认之前不会导入任何内容。"
        ))
        .field(Field::select("source", said!("Source", "来源"), sources.collect()))
        .field(Field::file("file", said!("File", "文件")).required())
        .field(
            Field::day("from", said!("First day", "起始日期"))
                .hint(said!("If the file does not say it.", "文件未写明时填写。")),
        )
        .field(Field::day("to", said!("Last day", "截止日期")))
}

fn office(asked: &Asked<'_>, id: &OfficeId) -> Said {
    asked.ctx.config.office(id).map_or_else(|| plain(id.to_string()), |office| named(&office.name))
}

fn sources(asked: &Asked<'_>, found: &Imports) -> (Section, Marks) {
    let many = crate::work::look::in_sight(asked.ctx, &asked.viewer.scope).len() > 1;
    let mut columns = vec![("source", Kind::Words, said!("Source", "来源"))];
    if many {
        columns.push(("office", Kind::Words, said!("Office", "单位")));
    }
    columns.extend([
        ("kind", Kind::Words, said!("Brings", "内容")),
        ("cadence", Kind::Words, said!("How often", "频率")),
        ("until", Kind::Words, said!("Speaks up to", "数据截至")),
        ("due", Kind::Words, said!("Next file", "下次导入")),
    ]);
    let due_at = columns.len() - 1;
    let mut table = Table::new(&columns);
    let mut marks = Marks::default();
    for (at, source) in found.sources.iter().enumerate() {
        let zone = asked.ctx.config.office(&source.office).map_or(Tz::UTC, |office| office.zone);
        let due = match (source.cadence, source.due) {
            (Cadence::Never, _) => said!("does not exist here", "本单位没有"),
            (_, Some(due)) if source.overdue => {
                let day = common::day(due.day(zone));
                Said::new(format!("overdue since {}", day.en), format!("{}起逾期", day.zh))
            }
            (_, Some(due)) => {
                let last = due.day(zone).pred_opt().unwrap_or_else(|| due.day(zone));
                let day = common::day(last);
                Said::new(format!("by {}", day.en), format!("{}前", day.zh))
            }
            (_, None) => said!("never brought a file", "从未导入"),
        };
        let tone = match (source.cadence, source.overdue, source.until) {
            (Cadence::Never, ..) => Tone::Quiet,
            (_, true, _) => Tone::Urgent,
            (_, _, None) => Tone::Late,
            _ => Tone::Plain,
        };
        marks.tones.insert((at, due_at), tone);
        let mut cells = vec![plain(source.id.clone())];
        if many {
            cells.push(office(asked, &source.office));
        }
        cells.extend([
            kind(source.kind.code()),
            cadence(source.cadence),
            source.until.map_or_else(|| plain("-"), common::day),
            due,
        ]);
        table.rows.push(cells.into_iter().map(Cell::Words).collect());
    }
    (Section::new("sources", said!("Sources", "数据来源")).with(table), marks)
}

fn standing(batch: &BatchRow) -> (Said, Tone) {
    match (&batch.source, batch.complete != 0, batch.rows_rejected) {
        (Some(_), false, _) => (said!("few rows: to be confirmed", "行数偏少，待确认"), Tone::Late),
        (_, _, 1..) => (said!("imported, some rows rejected", "已导入，部分行被拒"), Tone::Plain),
        _ => (said!("imported", "已导入"), Tone::Fine),
    }
}

fn count(n: i64) -> Cell {
    Cell::Count(u64::try_from(n).unwrap_or(0))
}

fn batches(asked: &Asked<'_>, found: &Imports) -> (Section, Marks) {
    let zone = zone(asked);
    let mut table = Table::new(&[
        ("file", Kind::Words, said!("File", "文件")),
        ("kind", Kind::Words, said!("Brings", "内容")),
        ("seen", Kind::Words, said!("Came", "导入时间")),
        ("days", Kind::Words, said!("Days", "日期")),
        ("rows", Kind::Count, said!("Rows", "行数")),
        ("new", Kind::Count, said!("New", "新增")),
        ("rejected", Kind::Count, said!("Rejected", "被拒")),
        ("state", Kind::Words, said!("State", "状态")),
    ]);
    let mut marks = Marks::default();
    for (at, batch) in found.rows.iter().enumerate() {
        let (state, tone) = standing(batch);
        marks.links.insert((at, 0), format!("/imports/{}", batch.id));
        marks.tones.insert((at, 7), tone);
        table.rows.push(vec![
            Cell::name(&batch.file_name),
            Cell::Words(brings(asked, batch)),
            Cell::Words(moment(Timestamp(batch.seen_at), zone)),
            Cell::Words(days(batch)),
            count(batch.rows_read),
            count(batch.rows_new),
            count(batch.rows_rejected),
            Cell::Words(state),
        ]);
    }
    (Section::new("files", said!("Files, the newest first", "已导入的文件（新的在前）")).with(table), marks)
}

/// What its source is configured to bring; one table serves several kinds.
fn brings(asked: &Asked<'_>, batch: &BatchRow) -> Said {
    let of = asked.ctx.config.sources.iter().find(|one| Some(one.source.id.as_str()) == batch.source.as_deref());
    kind(of.map_or(batch.kind.as_str(), |one| one.source.kind.code()))
}

fn days(batch: &BatchRow) -> Said {
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<NaiveDate>().ok());
    match (day(&batch.covers_from), day(&batch.covers_to)) {
        (Some(from), Some(to)) if from == to => common::short_day(from),
        (Some(from), Some(to)) => {
            let (from, to) = (common::short_day(from), common::short_day(to));
            Said::new(format!("{} – {}", from.en, to.en), format!("{}至{}", from.zh, to.zh))
        }
        _ => plain("-"),
    }
}

async fn one(asked: &Asked<'_>, id: &str) -> Done<Shown> {
    let Some((batch, steps)) = import(asked.ctx, &asked.viewer.scope, id).await? else { return Ok(Shown::Missing) };
    let zone = zone(asked);
    let at = format!("/imports/{}", batch.id);
    let mut page = Draft::new(asked, Tab::Imports, at.as_str(), &plain(batch.file_name.clone()));
    let (state, _) = standing(&batch);
    let number = |n: i64| plain(n.to_string());
    let day =
        |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok()).map_or_else(|| plain("-"), full_day);
    page.facts(&[
        (said!("State", "状态"), state),
        (said!("Source", "来源"), plain(batch.source.clone().unwrap_or_else(|| "-".to_owned()))),
        (said!("Brings", "内容"), brings(asked, &batch)),
        (said!("Came", "导入时间"), moment(Timestamp(batch.seen_at), zone)),
        (said!("First day", "起始日期"), day(&batch.covers_from)),
        (said!("Last day", "截止日期"), day(&batch.covers_to)),
        (said!("Rows read", "读取行数"), number(batch.rows_read)),
        (said!("New", "新增"), number(batch.rows_new)),
        (said!("Known before", "重复"), number(batch.rows_known)),
        (said!("Rejected", "被拒"), number(batch.rows_rejected)),
        (said!("Read by", "读取方式"), plain(batch.layout.clone().unwrap_or_else(|| "-".to_owned()))),
        (said!("SHA-256 of the file", "文件SHA-256"), plain(batch.file_sha.clone())),
    ]);
    if batch.source.is_some() && batch.complete == 0 {
        page.warning(&said!(
            "It has far fewer rows than usual, so it says nothing of what is missing in it until a person says that it is complete.",
            "此文件行数明显偏少：经人工确认完整之前，不能据此认定缺少记录。"
        ));
        if sees_targets(asked.viewer.role) {
            let (heading, submit) = (said!("It is complete", "确认完整"), said!("Declare it complete", "确认完整"));
            page.form(
                Form::post(heading, format!("{at}/complete"), submit)
                    .hint(said!(
                        "Why are there so few rows? What is missing counts from then on, and verdicts on its days are looked at again.",
                        "请说明行数偏少的原因。确认后其中缺少的记录作数，有关日期的判定将重新核对。"
                    ))
                    .reason(),
            );
        }
    }
    if !steps.is_empty() {
        page.heading(&said!("What was said about it", "处理记录"));
        let event = |step: &crate::store::BatchStep| {
            let what = match step.step.as_str() {
                "held" => said!("held: few rows", "暂存：行数偏少"),
                "complete" => said!("declared complete", "确认完整"),
                "replaced" => said!("replaced by a later file", "被后来的文件取代"),
                other => plain(other),
            };
            let at = Timestamp(step.at);
            Event {
                machine: at.rfc3339(zone),
                when: page.say(&moment(at, zone)),
                kind: "step",
                what: page.say(&what),
                lines: vec![step.actor.clone(), step.reason.clone()],
            }
        };
        let events: Vec<Event> = steps.iter().map(event).collect();
        page.timeline(&events);
    }
    page.links(&[("/imports".to_owned(), said!("All imports", "全部导入"))]);
    page.finish()
}
