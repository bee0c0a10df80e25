//! Rows of the house's own templates attendance, leave and rota → records with their filing time
//! (EVIDENCE 1), one by one, in bounded memory.
//!
//! **Natural key.** A record is the same in two files if its [`key`](FiledRow::key) is the same:
//!
//! | record | key |
//! |---|---|
//! | punch | `punch/SOURCE/MS/OFFICIAL` |
//! | leave, trip, training, meeting, errand | `KIND/SOURCE/FROM_MS-TO_MS/OFFICIAL` |
//! | rota | `rota/SOURCE/FROM_MS-TO_MS/OFFICIAL` |
//!
//! with times in milliseconds UTC and the official's id last, since it alone may hold a slash.
//! Everything else — direction, origin, range, device, label, status, approval, cancellation,
//! sickness, filing — is what a *version* says: [`version`](FiledRow::version) is the SHA-256 over
//! it. So the same row in a later file is the same record and the same version; a punch that a
//! manager edited, a paper that was approved, rejected or cancelled is a new version of the same
//! record; a paper whose span was changed is another record, whose filing time is the change's.
//! Cells that are written differently but say the same (`2026/3/2 8:31`, `上班`) give the same key
//! and version.

use crate::model::record::{Direction, Filed, FiledBy, Origin, Paper, PaperKind, PaperStatus, Punch, SourceKind, What};
use crate::model::{OfficialId, Said, Sha256, SourceId, Timestamp, Trouble};
use crate::said;
use crate::table::fields::quote;
use crate::table::when::{self, Moment};
use crate::table::{Columns, Fields, Reject, TemplateKind, read_table};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::io::Read;
use std::ops::ControlFlow;

/// What a file of records does not say itself.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub source: &'a SourceId,
    /// The office's zone.
    pub zone: Tz,
}

/// A row that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledRow {
    pub row: u64,
    pub official: OfficialId,
    pub what: What,
    pub filed: Filed,
    /// Stable name of the record; see above.
    pub key: String,
    /// Changes with anything that the row says beside its key.
    pub version: Sha256,
}

/// What comes out of a file, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Record(FiledRow),
    Reject(Reject),
}

/// What a whole file held.
#[derive(Debug, Clone)]
pub struct Summary {
    pub columns: Columns,
    pub read: u64,
    pub kept: u64,
    pub rejected: u64,
    /// First and last day that a kept row speaks of, in the office's zone.
    pub span: Option<(NaiveDate, NaiveDate)>,
    pub warnings: Vec<Trouble>,
}

/// Reads a file of the kind attendance, leave or rota; `resolve` finds an official by id or by the
/// number in the attendance devices.
///
/// Rules where a cell is blank: `direction` none; `origin` device if a device is named, else phone;
/// `kind` leave; `status` as unknown; `sick` if the label says so; `filed_by` unknown. A `filed`
/// without a time of day is a written date, whoever filed it. A leave or rota of whole days runs
/// from 00:00 to 23:59:59.
///
/// # Errors
/// The file cannot be read at all, or lacks columns; or the kind is a roster's. Items that were
/// handed on before are to be taken back then. `each` may stop the reading by `Break`.
pub fn read_records(
    kind: TemplateKind,
    file_name: &str,
    input: &mut dyn Read,
    reading: Reading<'_>,
    resolve: &dyn Fn(&str) -> Option<OfficialId>,
    each: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> Result<Summary, Trouble> {
    let how: fn(Fields<'_>, Tz) -> Result<What, Trouble> = match kind {
        TemplateKind::Attendance => |fields, zone| punch(fields, zone).map(What::Punch),
        TemplateKind::Leave => |fields, zone| paper(fields, zone).map(What::Paper),
        TemplateKind::Rota => |fields, zone| span(fields, zone).map(|(from, to)| What::Rota { from, to }),
        _ => {
            let code = kind.code();
            return Err(Trouble::new(said!(
                "{code} is no kind of record: expected attendance, leave or rota",
                "{code}不是记录类文件：应为attendance、leave或rota"
            ))
            .in_file(file_name));
        }
    };
    let (mut kept, mut rejected, mut days) = (0, 0, None);
    let (columns, warnings) = read_table(kind, file_name, input, &mut |row, fields| {
        let understood = match &row.damage {
            Some(damage) => Err(Trouble::new(damage.clone())),
            None => record(fields, reading, resolve, how),
        };
        match understood {
            Ok(record) => {
                kept += 1;
                let (from, to) = times(&record.what);
                let (first, last) = (from.day(reading.zone), to.day(reading.zone));
                days = Some(days.map_or((first, last), |(a, b): (NaiveDate, NaiveDate)| (a.min(first), b.max(last))));
                each(Item::Record(record))
            }
            Err(trouble) => {
                rejected += 1;
                each(Item::Reject(Reject::new(row, trouble, file_name)))
            }
        }
    })?;
    Ok(Summary { columns, read: kept + rejected, kept, rejected, span: days, warnings })
}

fn record(
    fields: Fields<'_>,
    reading: Reading<'_>,
    resolve: &dyn Fn(&str) -> Option<OfficialId>,
    how: fn(Fields<'_>, Tz) -> Result<What, Trouble>,
) -> Result<FiledRow, Trouble> {
    let official = fields.read_required("official", |text| {
        resolve(text).ok_or_else(|| {
            let text = quote(text);
            said!(
                "nobody in the register has the id or device number “{text}”: import the roster first, or correct it",
                "登记册中没有编号或考勤号“{text}”：请先导入人员名册，或更正"
            )
        })
    })?;
    let what = how(fields, reading.zone)?;
    let filed = filed(fields, reading.zone)?;
    Ok(FiledRow {
        row: fields.row.number,
        key: key(reading.source, &official, &what),
        version: version(&what, filed),
        official,
        what,
        filed,
    })
}

/// From when to when a record speaks; a punch of one moment.
pub fn times(what: &What) -> (Timestamp, Timestamp) {
    match what {
        What::Punch(punch) => (punch.at, punch.at),
        What::Paper(paper) => (paper.from, paper.to),
        What::Rota { from, to } => (*from, *to),
    }
}

/// The record's natural key, as the table above has it.
pub fn key(source: &SourceId, official: &OfficialId, what: &What) -> String {
    let (from, to) = times(what);
    match what {
        What::Punch(_) => format!("punch/{source}/{}/{official}", from.0),
        What::Paper(paper) => format!("{}/{source}/{}-{}/{official}", paper.kind.code(), from.0, to.0),
        What::Rota { .. } => format!("rota/{source}/{}-{}/{official}", from.0, to.0),
    }
}

/// SHA-256 over everything that a row says beside its key.
pub fn version(what: &What, filed: Filed) -> Sha256 {
    let time = |at: Option<Timestamp>| at.map(|at| at.0.to_string()).unwrap_or_default();
    let filing = format!("{}\n{}", time(filed.at), filed.by.code());
    let said = match what {
        What::Punch(punch) => format!(
            "{}\n{}\n{}\n{}",
            punch.direction.code(),
            punch.origin.code(),
            punch.in_range.map_or("", |inside| if inside { "yes" } else { "no" }),
            punch.device.as_deref().unwrap_or_default()
        ),
        What::Paper(paper) => format!(
            "{}\n{}\n{}\n{}\n{}",
            paper.status.map_or("", PaperStatus::code),
            time(paper.approved_at),
            time(paper.cancelled_at),
            paper.sick,
            paper.label
        ),
        What::Rota { .. } => String::new(),
    };
    Sha256::of(format!("{filing}\n{said}").as_bytes())
}

fn punch(fields: Fields<'_>, zone: Tz) -> Result<Punch, Trouble> {
    let at = fields.read_required("time", |text| match moment(text, zone)? {
        Moment::At(at) => Ok(at),
        Moment::Day(_) => {
            Err(said!("the time of day is missing: write 2026-03-02 08:31", "缺少具体时刻：请写成2026-03-02 08:31"))
        }
    })?;
    let device = fields.read("device", label)?;
    let origin = match fields.choice("origin")? {
        Some(code) => Origin::parse(code).map_err(|said| fields.trouble("origin", said))?,
        None if device.is_some() => Origin::Device,
        // The weaker of the two, so that a blank cell accuses nobody.
        None => Origin::Phone,
    };
    let direction = coded(fields, "direction", Direction::parse)?.unwrap_or(Direction::None);
    Ok(Punch { at, direction, origin, in_range: fields.yes("in_range")?, device })
}

fn paper(fields: Fields<'_>, zone: Tz) -> Result<Paper, Trouble> {
    let (from, to) = span(fields, zone)?;
    let label = fields.read("label", label)?.unwrap_or_default();
    let time = |key| fields.read(key, |text| moment(text, zone).map(|moment| moment.start(zone)));
    Ok(Paper {
        kind: coded(fields, "kind", PaperKind::parse)?.unwrap_or(PaperKind::Leave),
        from,
        to,
        status: coded(fields, "status", PaperStatus::parse)?,
        approved_at: time("approved_at")?,
        cancelled_at: time("cancelled_at")?,
        sick: fields.yes("sick")?.unwrap_or_else(|| label.contains("病假") || label.to_lowercase().contains("sick")),
        label,
    })
}

fn span(fields: Fields<'_>, zone: Tz) -> Result<(Timestamp, Timestamp), Trouble> {
    let from = fields.read_required("from", |text| moment(text, zone))?.start(zone);
    let to = fields.read_required("to", |text| moment(text, zone))?.end(zone);
    if to < from {
        let said = said!("the end lies before the start: correct one of them", "结束时间早于开始时间：请更正");
        return Err(fields.trouble("to", said));
    }
    Ok((from, to))
}

fn filed(fields: Fields<'_>, zone: Tz) -> Result<Filed, Trouble> {
    let at = fields.read("filed", |text| moment(text, zone))?;
    let by = coded(fields, "filed_by", FiledBy::parse)?;
    let by = match (at, by) {
        (None, _) => FiledBy::Unknown,
        // A machine knows the minute; a bare date is what somebody wrote.
        (Some(Moment::Day(_)), Some(FiledBy::Machine) | None) => FiledBy::Written,
        (_, by) => by.unwrap_or(FiledBy::Unknown),
    };
    Ok(Filed { at: at.map(|at| at.start(zone)), by })
}

fn coded<T>(fields: Fields<'_>, key: &str, parse: fn(&str) -> Result<T, Said>) -> Result<Option<T>, Trouble> {
    fields.choice(key)?.map(|code| parse(code).map_err(|said| fields.trouble(key, said))).transpose()
}

fn moment(text: &str, zone: Tz) -> Result<Moment, Said> {
    when::moment(text, zone, None).ok_or_else(|| {
        let text = quote(text);
        said!(
            "“{text}” is not a time: write 2026-03-02 08:31, or a date alone 2026-03-02",
            "“{text}”不是时间：请写成2026-03-02 08:31，或只写日期2026-03-02"
        )
    })
}

fn label(text: &str) -> Result<String, Said> {
    if text.chars().count() > 120 {
        return Err(said!("the text is longer than 120 characters: shorten it", "文字超过120个字：请缩短"));
    }
    Ok(text.to_owned())
}

/// The source kinds that a template of records brings.
pub fn source_kinds(kind: TemplateKind) -> &'static [SourceKind] {
    match kind {
        TemplateKind::Attendance => &[SourceKind::Punch],
        TemplateKind::Leave => {
            &[SourceKind::Leave, SourceKind::Trip, SourceKind::Training, SourceKind::Meeting, SourceKind::Errand]
        }
        TemplateKind::Rota => &[SourceKind::Rota],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    const ZONE: Tz = Tz::Asia__Shanghai;

    fn read(kind: TemplateKind, text: &str) -> (Vec<FiledRow>, Vec<String>, Summary) {
        let source = SourceId::parse("s1").unwrap();
        let resolve = |who: &str| match who {
            "O1" | "1001" => OfficialId::parse("O1").ok(),
            "O2" => OfficialId::parse("O2").ok(),
            _ => None,
        };
        let (mut records, mut rejects) = (Vec::new(), Vec::new());
        let reading = Reading { source: &source, zone: ZONE };
        let summary = read_records(kind, "f.csv", &mut text.as_bytes(), reading, &resolve, &mut |item| {
            match item {
                Item::Record(record) => records.push(record),
                Item::Reject(reject) => rejects.push(reject.trouble.text(Language::En)),
            }
            ControlFlow::Continue(())
        });
        (records, rejects, summary.unwrap())
    }

    fn punches(rows: &str) -> Vec<FiledRow> {
        read(
            TemplateKind::Attendance,
            &format!("official,time,direction,origin,in_range,device,filed,filed_by\n{rows}"),
        )
        .0
    }

    fn papers(rows: &str) -> Vec<FiledRow> {
        read(
            TemplateKind::Leave,
            &format!("人员,种类,名目,起,止,状态,填报时间,填报方式,批准时间,取消时间,病假\n{rows}"),
        )
        .0
    }

    fn what(record: &FiledRow) -> (&Punch, String) {
        let What::Punch(punch) = &record.what else { panic!("{record:?}") };
        (punch, punch.at.rfc3339(ZONE))
    }

    #[test]
    fn punches_with_their_blanks() {
        let rows = punches(
            "1001,2026-03-02 08:31:05,上班,手机,否,A1,2026-03-02 09:00,machine\nO2,2026/3/2 17:30,,,,A1,,\nO2,2026/3/2 18:30,,,,,2026-03-03,\n",
        );
        let (punch, at) = what(&rows[0]);
        assert_eq!((rows[0].official.as_str(), at.as_str()), ("O1", "2026-03-02T08:31:05+08:00"));
        assert_eq!((punch.direction, punch.origin, punch.in_range), (Direction::In, Origin::Phone, Some(false)));
        assert_eq!(rows[0].filed.by, FiledBy::Machine);
        assert_eq!(what(&rows[1]).0.origin, Origin::Device);
        assert_eq!((rows[1].filed.at, rows[1].filed.by), (None, FiledBy::Unknown));
        assert_eq!(what(&rows[2]).0.origin, Origin::Phone);
        assert_eq!(rows[2].filed.by, FiledBy::Written);
        assert_eq!(rows[0].key, "punch/s1/1772411465000/O1");
    }

    #[test]
    fn papers_of_whole_days_and_of_hours() {
        let rows = papers(
            "O1,请假,病假,2026-03-03,2026年3月5日,同意,2026-03-02 09:10,系统,2026-03-02 10:00,,\nO1,出差,,2026-03-06 08:00,2026-03-06 12:00,,,,,,否\n",
        );
        let What::Paper(sick) = &rows[0].what else { panic!() };
        assert_eq!(sick.from.rfc3339(ZONE), "2026-03-03T00:00:00+08:00");
        assert_eq!(sick.to.rfc3339(ZONE), "2026-03-05T23:59:59+08:00");
        assert_eq!((sick.kind, sick.status, sick.sick), (PaperKind::Leave, Some(PaperStatus::Approved), true));
        let What::Paper(trip) = &rows[1].what else { panic!() };
        assert_eq!((trip.kind, trip.status, trip.sick), (PaperKind::Trip, None, false));
        assert_eq!(trip.to.rfc3339(ZONE), "2026-03-06T12:00:00+08:00");
    }

    #[test]
    fn the_same_row_written_otherwise_is_the_same_record() {
        let a = punches("O1,2026-03-02 08:31,in,device,yes,A1,,\n");
        let b = punches("1001,2026/3/2 8:31,上班,考勤机,是,A1,,\n");
        assert_eq!((&a[0].key, a[0].version), (&b[0].key, b[0].version));
        let edited = punches("O1,2026-03-02 08:31,in,edited,yes,A1,2026-03-04 10:00,machine\n");
        assert_eq!(a[0].key, edited[0].key);
        assert_ne!(a[0].version, edited[0].version);
        assert_ne!(a[0].key, punches("O1,2026-03-02 08:32,in,device,yes,A1,,\n")[0].key);
    }

    #[test]
    fn a_cancelled_paper_is_a_new_version_and_another_span_another_record() {
        let paper = |to: &str, status: &str, cancelled: &str| {
            papers(&format!("O1,请假,年休假,2026-03-03,{to},{status},,,,{cancelled},\n")).remove(0)
        };
        let approved = paper("2026-03-05", "已批准", "");
        let cancelled = paper("2026-03-05", "已取消", "2026-03-03 08:00");
        let longer = paper("2026-03-06", "已批准", "");
        assert_eq!(approved.key, cancelled.key);
        assert_ne!(approved.version, cancelled.version);
        assert_ne!(approved.key, longer.key);
    }

    #[test]
    fn bad_rows_are_named_and_the_span_is_of_the_good_ones() {
        let text = "人员,起,止\nO1,2026-03-02 20:00,2026-03-03 08:00\nO9,2026-01-01,2026-01-01\nO1,2026-03-05,2026-03-04\nO1,soon,2026-03-04\nO2,2026-03-04,2026-03-04\n";
        let (records, rejects, summary) = read(TemplateKind::Rota, text);
        assert_eq!((records.len(), summary.read, summary.kept, summary.rejected), (2, 5, 2, 3));
        let days = summary.span.map(|(a, b)| (a.to_string(), b.to_string()));
        assert_eq!(days, Some(("2026-03-02".into(), "2026-03-04".into())));
        assert!(
            rejects[0].starts_with("f.csv, row 3, field official / 人员: nobody in the register"),
            "{}",
            rejects[0]
        );
        assert!(rejects[1].starts_with("f.csv, row 4, field to / 止: the end lies before"), "{}", rejects[1]);
        assert!(rejects[2].starts_with("f.csv, row 5, field from / 起: “soon” is not a time"), "{}", rejects[2]);
        let (_, day_only, _) = read(TemplateKind::Attendance, "official,time\nO1,2026-03-02\n");
        assert!(day_only[0].contains("the time of day is missing"), "{}", day_only[0]);
    }
}
