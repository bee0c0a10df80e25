//! Reports of periods: those that were closed, and each as page, workbook or text.

use super::draft::{Draft, XLSX, address};
use super::form::Field;
use super::parts::Marks;
use super::shell::Tab;
use super::words::{moment, named, plain};
use crate::console::report::{self, View};
use crate::console::shown::{Asked, Shown};
use crate::measure::document::{Cell, Form as Kind, Section, Table};
use crate::model::{Days, Said, Trouble};
use crate::said;
use crate::work::Done;
use crate::work::look::chosen;
use crate::work::look::reports::{ReportId, report, reports};
use chrono::Datelike;

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    match asked.id {
        Some(id) => match id.parse() {
            Ok(id) => one(asked, &id).await,
            Err(()) => Ok(Shown::Missing),
        },
        None => list(asked).await,
    }
}

async fn list(asked: &Asked<'_>) -> Done<Shown> {
    let get = |name: &str| asked.query.get(name).map(String::as_str).filter(|text| !text.is_empty());
    let Some(office) = chosen(asked.ctx, &asked.viewer.scope, get("office")) else { return Ok(Shown::Missing) };
    let mut page = Draft::new(asked, Tab::Reports, "/reports", &said!("Reports", "报告"));
    page.lead(&said!(
        "Estimates with their ranges, not rankings. A closed report never changes; a correction is one more.",
        "报告给出带区间的估计，不作排名。已关账的报告不再变动，更正须另出一份。"
    ));
    let today = asked.ctx.now().day(office.zone);
    let wanted = get("period").map(Days::parse);
    if let Some(Ok(days)) = &wanted {
        let id = ReportId { office: office.id.clone(), days: *days, number: None };
        page.links(&[(format!("/reports/{id}"), said!("Show the report of {days}", "查看{days}的报告"))]);
    } else if let Some(Err(why)) = &wanted {
        page.warning(why);
    }
    let month = format!("{}-{:02}", today.year(), today.month());
    let period = Field::search("period", said!("Period", "期间")).value(get("period").unwrap_or(&month)).hint(said!(
        "2026-03, 2026-Q1 or 2026. What is not closed is computed now.",
        "如2026-03、2026-Q1、2026；未关账的当场计算。"
    ));
    page.choose("/reports", Some(office), vec![period]);
    let mut table = Table::new(&[
        ("period", Kind::Words, said!("Period", "期间")),
        ("office", Kind::Words, said!("Office", "单位")),
        ("number", Kind::Count, said!("Number", "第几份")),
        ("closed", Kind::Words, said!("Closed", "关账时间")),
        ("by", Kind::Words, said!("By", "关账人")),
    ]);
    let mut marks = Marks::default();
    for (at, row) in reports(asked.ctx, &asked.viewer.scope).await?.into_iter().enumerate() {
        let of = asked.ctx.config.office(&row.office);
        let name = of.map_or_else(|| plain(row.office.to_string()), |office| named(&office.name));
        let zone = of.map_or(chrono_tz::Tz::UTC, |office| office.zone);
        let id = ReportId { office: row.office, days: row.days, number: Some(row.number) };
        marks.links.insert((at, 0), format!("/reports/{id}"));
        table.rows.push(vec![
            Cell::name(&row.days.to_string()),
            Cell::Words(name),
            Cell::Count(u64::try_from(row.number).unwrap_or(0)),
            Cell::Words(moment(row.closed_at, zone)),
            Cell::name(&row.closed_by),
        ]);
    }
    let empty = said!(
        "No report is closed yet. A month can be closed once its results and records have come: spotcheck report close.",
        "尚无已关账的报告。当月结果和记录到齐后即可关账：spotcheck report close。"
    );
    page.table(Section::new("reports", said!("Closed reports", "已关账报告")).with(table), &marks, &empty);
    page.finish()
}

async fn one(asked: &Asked<'_>, id: &ReportId) -> Done<Shown> {
    let Some((shown, office)) = report(asked.ctx, &asked.viewer.scope, id).await? else { return Ok(Shown::Missing) };
    let upward = asked.ctx.config.offices.iter().any(|one| one.parent.as_ref() == Some(&office.id));
    let status = shown.standing.said();
    let language = asked.viewer.language;
    let view = View { document: &shown.document, status: &status, upward, language };
    let name = format!("report-{}-{}", office.id, shown.document.days.to_string().replace("..", "_"));
    let one_table = asked.query.contains_key("table");
    match asked.query.get("as").map(String::as_str) {
        Some("xlsx") if !one_table => {
            let bytes = report::book(view).map_err(Trouble::new)?;
            return Ok(Shown::File { name: format!("{name}.xlsx"), media: XLSX, bytes });
        }
        Some("text") => {
            let text = report::text(view).join("\n");
            let media = "text/plain; charset=utf-8";
            return Ok(Shown::File { name: format!("{name}.txt"), media, bytes: text.into_bytes() });
        }
        _ => {}
    }
    let at = format!("/reports/{id}");
    let mut page = Draft::new(asked, Tab::Reports, at.as_str(), &shown.document.title);
    shown.document.lead.iter().for_each(|line| page.lead(line));
    status.iter().for_each(|line| page.line(line));
    page.links(&[
        (address(&at, [("as", "xlsx")]), said!("The whole as Excel", "整份Excel")),
        (address(&at, [("as", "text")]), said!("As text", "纯文本")),
        ("/reports".to_owned(), said!("All reports", "全部报告")),
    ]);
    for (number, section) in shown.document.sections(upward).enumerate() {
        page.heading(&section.heading);
        section.said.iter().for_each(|line| page.line(line));
        let chart = report::chart(section, &format!("s{number}"), language);
        let has_rows = section.table.as_ref().is_some_and(|table| !table.rows.is_empty());
        match chart {
            Some(svg) => page.figure(&svg, &Said::new("", ""), section.clone()),
            None if has_rows => {
                let wide = section
                    .table
                    .as_ref()
                    .is_some_and(|table| table.columns.iter().filter(|column| column.form != Kind::Words).count() > 3);
                page.table(section.clone(), &Marks { wide, ..Marks::default() }, &Said::new("", ""));
            }
            None => {}
        }
    }
    page.heading(&said!("How it was computed", "计算方法"));
    shown.document.notes.iter().for_each(|line| page.line(line));
    page.finish()
}
