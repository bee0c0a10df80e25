//! The county as the files that an office would import: the templates of the register, as CSV.

use super::county::{County, Official};
use crate::model::Language;
use crate::model::register::Role;
use chrono::NaiveDate;

/// One file of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// As `import KIND` takes it: `villages`, `teams` …
    pub kind: &'static str,
    /// UTF-8, LF, with a header.
    pub csv: String,
}

/// All files, in the order in which they refer to each other.
pub fn register(county: &County) -> Vec<Sheet> {
    vec![
        villages(county),
        teams(county),
        officials(county),
        contacts(county),
        inspectors(county),
        recusals(county),
        exclusions(county),
    ]
}

/// One line of CSV, quoted where it must be.
pub fn line(fields: &[&str]) -> String {
    let quoted = fields.iter().map(|field| {
        if field.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            (*field).to_owned()
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

fn day(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

fn sheet(kind: &'static str, header: &[&str], rows: impl Iterator<Item = String>) -> Sheet {
    let mut csv = line(header);
    csv.extend(rows);
    Sheet { kind, csv }
}

fn villages(county: &County) -> Sheet {
    let since = day(county.since);
    let header = [
        "id / 编号",
        "name / 名称",
        "name_latin / 拼音",
        "township_code / 乡镇代码",
        "township / 乡镇",
        "township_latin / 乡镇拼音",
        "from / 起",
        "to / 止",
    ];
    let rows = county.villages.iter().map(|v| {
        let (town, latin) = (&v.township.own, &v.township.latin);
        line(&[v.id.as_str(), &v.name.own, &v.name.latin, &v.township_code, town, latin, &since, ""])
    });
    sheet("villages", &header, rows)
}

fn teams(county: &County) -> Sheet {
    let since = day(county.since);
    let header = [
        "id / 编号",
        "village / 村",
        "name / 名称",
        "name_latin / 拼音",
        "sending_unit / 派出单位",
        "from / 起",
        "to / 止",
    ];
    let rows = county.teams.iter().map(|t| {
        let village = county.villages.get(t.village).map_or("", |v| v.id.as_str());
        line(&[t.id.as_str(), village, &t.name.own, &t.name.latin, t.sending_unit, &since, ""])
    });
    sheet("teams", &header, rows)
}

fn officials(county: &County) -> Sheet {
    let since = day(county.since);
    let header = ["编号", "队", "姓名", "拼音", "职务", "电话", "派出单位", "考勤号", "起", "止"];
    let rows = county.officials.iter().map(|o: &Official| {
        let team = county.teams.get(o.team);
        line(&[
            o.id.as_str(),
            team.map_or("", |t| t.id.as_str()),
            &o.name.own,
            &o.name.latin,
            if o.role == Role::Lead { "队长" } else { "队员" },
            &o.phone,
            team.map_or("", |t| t.sending_unit),
            o.device_number.as_deref().unwrap_or(""),
            &since,
            &o.left.map(day).unwrap_or_default(),
        ])
    });
    sheet("officials", &header, rows)
}

fn contacts(county: &County) -> Sheet {
    let since = day(county.since);
    let header = ["id", "village", "role", "name", "name_latin", "phone", "do_not_call", "from", "to"];
    let rows = county.contacts.iter().map(|c| {
        let village = county.villages.get(c.village).map_or("", |v| v.id.as_str());
        let refuses = if c.do_not_call { "yes" } else { "no" };
        let (name, latin) = (&c.name.own, &c.name.latin);
        line(&[c.id.as_str(), village, c.role.code(), name, latin, &c.phone, refuses, &since, ""])
    });
    sheet("contacts", &header, rows)
}

fn inspectors(county: &County) -> Sheet {
    let since = day(county.since);
    let header = [
        "id / 编号",
        "office / 单位",
        "name / 姓名",
        "name_latin / 拼音",
        "email / 邮箱",
        "other_emails / 其他邮箱",
        "phone / 电话",
        "language / 语言",
        "visits / 走访数",
        "calls / 电话数",
        "home_county / 籍贯县",
        "from / 起",
        "to / 止",
    ];
    let rows = county.inspectors.iter().map(|i| {
        line(&[
            i.id.as_str(),
            super::county::OFFICE,
            &i.name.own,
            &i.name.latin,
            &i.email,
            &i.other_email,
            &i.phone,
            Language::tag(i.language),
            &i.visits.to_string(),
            &i.calls.to_string(),
            &i.home_county,
            &since,
            "",
        ])
    });
    sheet("inspectors", &header, rows)
}

fn recusals(county: &County) -> Sheet {
    let since = day(county.since);
    let header = ["inspector / 检查员", "scope / 范围", "target / 对象", "reason / 原因", "from / 起", "to / 止"];
    let rows = county.recusals.iter().map(|r| line(&[r.inspector.as_str(), r.scope, &r.target, r.reason, &since, ""]));
    sheet("recusals", &header, rows)
}

fn exclusions(county: &County) -> Sheet {
    let header = ["place / 地点", "reason / 原因", "from / 起", "to / 止"];
    let rows = county.exclusions.iter().map(|x| line(&[x.place.as_str(), x.reason, &day(x.from), &day(x.to)]));
    sheet("exclusions", &header, rows)
}
