//! Files of attendance, leave and rota, in whatever layout → records with their filing time (EVIDENCE 1), one by
//! one, in bounded memory.
//!
//! **Natural key.** A record is the same in two files if its [`key`](FiledRow::key) is the same:
//!
//! | record | key |
//! |---|---|
//! | punch | `punch/SOURCE/MS/OFFICIAL` |
//! | leave, trip, training, meeting, errand | `KIND/SOURCE/FROM_MS-TO_MS/OFFICIAL` |
//! | rota | `rota/SOURCE/FROM_MS-TO_MS/OFFICIAL` |
//! | work log, health check, insurance, allowance | `KIND/SOURCE/FROM_MS-TO_MS/OFFICIAL` |
//!
//! with times in milliseconds UTC and the official's id last, since it alone may hold a slash.
//! Everything else — direction, origin, range, device, label, status, approval, cancellation,
//! sickness, filing — is what a *version* says: [`version`](FiledRow::version) is the SHA-256 over
//! it. So the same row in a later file is the same record and the same version; a punch that a
//! manager edited, a paper that was approved, rejected or cancelled is a new version of the same
//! record; a paper whose span was changed is another record, whose filing time is the change's.
//! Cells that are written differently but say the same (`2026/3/2 8:31`, `上班`) give the same key
//! and version.

use super::record::Faults;
use super::who::Officials;
use crate::model::record::{Filed, PaperStatus, SourceKind, What};
use crate::model::{OfficialId, Sha256, SourceId, Timestamp, Trouble};
use crate::table::mapping::reading::Found;
use crate::table::mapping::{Made, Open, Wanted, read_layouts};
use crate::table::read::Handing;
use crate::table::{Reject, TemplateKind};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// A row that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledRow {
    pub row: u64,
    pub official: OfficialId,
    pub what: What,
    pub filed: Filed,
}

impl FiledRow {
    /// Stable name of the record; see above.
    pub fn key(&self, source: &SourceId) -> String {
        let (from, to) = times(&self.what);
        let official = &self.official;
        match &self.what {
            What::Punch(_) => format!("punch/{source}/{}/{official}", from.0),
            What::Paper(paper) => format!("{}/{source}/{}-{}/{official}", paper.kind.code(), from.0, to.0),
            What::Rota { .. } => format!("rota/{source}/{}-{}/{official}", from.0, to.0),
            What::Note(note) => format!("{}/{source}/{}-{}/{official}", note.kind.code(), from.0, to.0),
        }
    }

    /// Changes with anything that the row says beside its key.
    pub fn version(&self) -> Sha256 {
        version(&self.what, self.filed)
    }
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
    pub found: Found,
    pub read: u64,
    /// Records; a row may make several.
    pub kept: u64,
    /// Rows.
    pub rejected: u64,
    /// Rows with nothing to record, such as a day without a punch.
    pub silent: u64,
    /// Records by the days on which they begin, in the office's zone.
    pub days: BTreeMap<NaiveDate, u64>,
    /// Last day that a record speaks of.
    pub last: Option<NaiveDate>,
}

impl Summary {
    /// First and last day that a record speaks of.
    pub fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some((*self.days.keys().next()?, self.last?))
    }
}

/// Reads a file of attendance, leave or rota.
///
/// Rules where a cell is blank: `direction` none; `origin` device if a device is named, else phone;
/// `kind` leave; `status` as unknown; `sick` if the label says so; `filed_by` unknown. A `filed`
/// without a time of day is a written date, whoever filed it. A leave or rota of whole days runs
/// from 00:00 to 23:59:59. Of a row that makes several records the good ones are kept where another is bad.
///
/// # Errors
/// The file cannot be read at all, or has no layout that is known. Items that were handed on before are to be
/// taken back then. `each` may stop the reading by `Break`.
pub fn read_records(
    wanted: &Wanted<'_>,
    file_name: &str,
    open: Open<'_>,
    handing: &dyn Handing,
    zone: Tz,
    officials: &dyn Officials,
    each: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> Result<Summary, Trouble> {
    let (mut kept, mut read, mut rejected, mut silent) = (0, 0, 0, 0);
    let mut days: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    let mut last: Option<NaiveDate> = None;
    let mut calendar = Days { zone, known: None };
    let found = read_layouts(wanted, file_name, open, handing, &mut |row, made| {
        read += 1;
        let mut faults = Faults::default();
        if let Some(damage) = &row.damage {
            faults.add(Trouble::new(damage.clone()));
        } else if made.is_empty() {
            silent += 1;
        }
        for made in made.iter().filter(|_| row.damage.is_none()) {
            let Some(record) = record(made, zone, officials, &mut faults) else { continue };
            kept += 1;
            let (from, to) = times(&record.what);
            *days.entry(calendar.of(from)).or_default() += 1;
            last = last.max(Some(calendar.of(to)));
            if each(Item::Record(record)).is_break() {
                return ControlFlow::Break(());
            }
        }
        match faults.reject(row, file_name) {
            Some(reject) => {
                rejected += 1;
                each(Item::Reject(reject))
            }
            None => ControlFlow::Continue(()),
        }
    })?;
    Ok(Summary { found, read, kept, rejected, silent, days, last })
}

/// The day of an instant, remembered: most rows of a file are of the day of the row before.
struct Days {
    zone: Tz,
    known: Option<(Timestamp, Timestamp, NaiveDate)>,
}

impl Days {
    fn of(&mut self, at: Timestamp) -> NaiveDate {
        if let Some((from, before, day)) = self.known
            && from <= at
            && at < before
        {
            return day;
        }
        let day = at.day(self.zone);
        let midnight = |day: NaiveDate| Timestamp::from_local(day.and_time(NaiveTime::MIN), self.zone);
        self.known = day.succ_opt().map(|next| (midnight(day), midnight(next), day));
        day
    }
}

/// One record; every fault of it is told.
fn record(made: &Made<'_>, zone: Tz, officials: &dyn Officials, faults: &mut Faults) -> Option<FiledRow> {
    let before = faults.count();
    made.faults.iter().for_each(|fault| faults.add(fault.clone()));
    let official = faults.take(officials.find(&made.who).map_err(|said| made.fields.trouble("official", said)));
    let what = faults.what(made.fields, zone);
    let filed = faults.filed(made.fields, zone);
    if faults.count() > before {
        return None;
    }
    Some(FiledRow { row: made.fields.row.number, official: official?, what: what?, filed: filed? })
}

/// From when to when a record speaks; a punch of one moment.
pub fn times(what: &What) -> (Timestamp, Timestamp) {
    match what {
        What::Punch(punch) => (punch.at, punch.at),
        What::Paper(paper) => (paper.from, paper.to),
        What::Rota { from, to } => (*from, *to),
        What::Note(note) => (note.from, note.to),
    }
}

/// SHA-256 over everything that a row says beside its key.
fn version(what: &What, filed: Filed) -> Sha256 {
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
        What::Note(note) => note.label.clone(),
    };
    Sha256::of(format!("{filing}\n{said}").as_bytes())
}

/// The source kinds that a template of records brings.
pub fn source_kinds(kind: TemplateKind) -> &'static [SourceKind] {
    match kind {
        TemplateKind::Attendance => &[SourceKind::Punch],
        TemplateKind::Leave => {
            &[SourceKind::Leave, SourceKind::Trip, SourceKind::Training, SourceKind::Meeting, SourceKind::Errand]
        }
        TemplateKind::Rota => &[SourceKind::Rota],
        TemplateKind::Notes => {
            &[SourceKind::WorkLog, SourceKind::HealthCheck, SourceKind::Insurance, SourceKind::Allowance]
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::{Direction, FiledBy, Origin, PaperKind, Punch};
    use crate::model::{Language, Said};
    use crate::table::mapping::Who;
    use crate::table::read::OneByOne;

    const ZONE: Tz = Tz::Asia__Shanghai;

    struct Two;

    impl Officials for Two {
        fn find(&self, who: &Who<'_>) -> Result<OfficialId, Said> {
            match who.numbers.first().map(AsRef::as_ref) {
                Some("O1" | "1001") => OfficialId::parse("O1"),
                Some("O2") => OfficialId::parse("O2"),
                _ => Err(Said::new("nobody in the register", "登记册中没有")),
            }
        }
    }

    fn source() -> SourceId {
        SourceId::parse("s1").unwrap()
    }

    fn read(kind: TemplateKind, text: &str) -> (Vec<FiledRow>, Vec<String>, Summary) {
        let (mut records, mut rejects) = (Vec::new(), Vec::new());
        let wanted = Wanted { kinds: &[kind], mappings: &[], map: None };
        let open = || Ok(Box::new(text.as_bytes()) as Box<dyn std::io::Read + Send>);
        let summary = read_records(&wanted, "f.csv", &open, &OneByOne, ZONE, &Two, &mut |item| {
            match item {
                Item::Record(record) => records.push(record),
                Item::Reject(reject) => rejects.extend(reject.troubles().map(|t| t.text(Language::En))),
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
        assert_eq!(rows[0].key(&source()), "punch/s1/1772411465000/O1");
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
        assert_eq!((a[0].key(&source()), a[0].version()), (b[0].key(&source()), b[0].version()));
        let edited = punches("O1,2026-03-02 08:31,in,edited,yes,A1,2026-03-04 10:00,machine\n");
        assert_eq!(a[0].key(&source()), edited[0].key(&source()));
        assert_ne!(a[0].version(), edited[0].version());
        assert_ne!(a[0].key(&source()), punches("O1,2026-03-02 08:32,in,device,yes,A1,,\n")[0].key(&source()));
    }

    #[test]
    fn a_cancelled_paper_is_a_new_version_and_another_span_another_record() {
        let paper = |to: &str, status: &str, cancelled: &str| {
            papers(&format!("O1,请假,年休假,2026-03-03,{to},{status},,,,{cancelled},\n")).remove(0)
        };
        let approved = paper("2026-03-05", "已批准", "");
        let cancelled = paper("2026-03-05", "已取消", "2026-03-03 08:00");
        let longer = paper("2026-03-06", "已批准", "");
        assert_eq!(approved.key(&source()), cancelled.key(&source()));
        assert_ne!(approved.version(), cancelled.version());
        assert_ne!(approved.key(&source()), longer.key(&source()));
    }

    #[test]
    fn bad_rows_are_named_and_the_span_is_of_the_good_ones() {
        let text = "人员,起,止\nO1,2026-03-02 20:00,2026-03-03 08:00\nO9,2026-01-01,2026-01-01\nO1,2026-03-05,2026-03-04\nO1,soon,2026-03-04\nO2,2026-03-04,2026-03-04\n";
        let (records, rejects, summary) = read(TemplateKind::Rota, text);
        assert_eq!((records.len(), summary.read, summary.kept, summary.rejected), (2, 5, 2, 3));
        let days = summary.span().map(|(a, b)| (a.to_string(), b.to_string()));
        assert_eq!(days, Some(("2026-03-02".into(), "2026-03-04".into())));
        assert!(
            rejects[0].starts_with("f.csv, row 3, field official / 人员: nobody in the register"),
            "{}",
            rejects[0]
        );
        assert!(rejects[1].starts_with("f.csv, row 4, field to / 止: the end lies before"), "{}", rejects[1]);
        assert!(rejects[2].starts_with("f.csv, row 5, field from / 起: “soon” is not a time"), "{}", rejects[2]);
        let (_, all, _) = read(TemplateKind::Leave, "人员,起,止,状态\nO9,soon,2026-03-04,perhaps\n");
        assert_eq!(all.len(), 3, "every fault of a row is told: {all:?}");
        let (_, day_only, _) = read(TemplateKind::Attendance, "official,time\nO1,2026-03-02\n");
        assert!(day_only[0].contains("the time of day is missing"), "{}", day_only[0]);
    }
}
