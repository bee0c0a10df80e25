//! One row of a template of records → what it says, with every fault of it.

use crate::model::record::{
    Direction, Filed, FiledBy, Note, NoteKind, Origin, Paper, PaperKind, PaperStatus, Punch, What,
};
use crate::model::{Said, Timestamp, Trouble};
use crate::said;
use crate::table::fields::quote;
use crate::table::read::Row;
use crate::table::when::{self, Moment};
use crate::table::{Fields, Reject, TemplateKind};
use chrono_tz::Tz;

/// What is wrong with a row: all of it, so that nobody corrects it twice.
#[derive(Debug, Default)]
pub struct Faults(Vec<Trouble>);

impl Faults {
    pub fn add(&mut self, trouble: Trouble) {
        if !self.0.contains(&trouble) {
            self.0.push(trouble);
        }
    }

    pub fn take<T>(&mut self, read: Result<T, Trouble>) -> Option<T> {
        read.map_err(|trouble| self.add(trouble)).ok()
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The row as it goes back; `None` where nothing is wrong with it.
    pub fn reject(self, row: &Row, file_name: &str) -> Option<Reject> {
        Reject::of(row, self.0, file_name)
    }

    /// What a row of the kind of its template says.
    pub fn what(&mut self, fields: Fields<'_>, zone: Tz) -> Option<What> {
        match fields.columns.template.code {
            code if code == TemplateKind::Attendance.code() => self.punch(fields, zone).map(What::Punch),
            code if code == TemplateKind::Leave.code() => self.paper(fields, zone).map(What::Paper),
            code if code == TemplateKind::Notes.code() => self.note(fields, zone).map(What::Note),
            _ => self.span(fields, zone).map(|(from, to)| What::Rota { from, to }),
        }
    }

    fn punch(&mut self, fields: Fields<'_>, zone: Tz) -> Option<Punch> {
        let at = self.take(fields.read_required("time", |text| match moment(text, zone)? {
            Moment::At(at) => Ok(at),
            Moment::Day(_) => {
                Err(said!("the time of day is missing: write 2026-03-02 08:31", "缺少具体时刻：请写成2026-03-02 08:31"))
            }
        }));
        let device = self.take(fields.read("device", label));
        let origin = self.take(coded(fields, "origin", Origin::parse));
        let direction = self.take(coded(fields, "direction", Direction::parse));
        let in_range = self.take(fields.yes("in_range"));
        let device = device?;
        // The weaker of the two, so that a blank cell accuses nobody.
        let origin = origin?.unwrap_or(if device.is_some() { Origin::Device } else { Origin::Phone });
        Some(Punch { at: at?, direction: direction?.unwrap_or(Direction::None), origin, in_range: in_range?, device })
    }

    fn paper(&mut self, fields: Fields<'_>, zone: Tz) -> Option<Paper> {
        let span = self.span(fields, zone);
        let label = self.take(fields.read("label", label));
        let kind = self.take(coded(fields, "kind", PaperKind::parse));
        let status = self.take(coded(fields, "status", PaperStatus::parse));
        let mut time = |key| self.take(fields.read(key, |text| moment(text, zone).map(|moment| moment.start(zone))));
        let (approved_at, cancelled_at) = (time("approved_at"), time("cancelled_at"));
        let sick = self.take(fields.yes("sick"));
        let ((from, to), label) = (span?, label?.unwrap_or_default());
        Some(Paper {
            kind: kind?.unwrap_or(PaperKind::Leave),
            from,
            to,
            status: status?,
            approved_at: approved_at?,
            cancelled_at: cancelled_at?,
            sick: sick?.unwrap_or_else(|| label.contains("病假") || label.to_lowercase().contains("sick")),
            label,
        })
    }

    /// A day, a span, or a whole month such as 2026-03.
    fn note(&mut self, fields: Fields<'_>, zone: Tz) -> Option<Note> {
        let kind = self.take(coded(fields, "kind", NoteKind::parse))?;
        let label = self.take(fields.read("label", label));
        let from = self.take(fields.read_required("from", |text| stretch(text, zone)));
        let to = self.take(fields.read("to", |text| stretch(text, zone)));
        let ((from, end), to) = (from?, to?);
        let (_, to) = to.unwrap_or((from, end));
        if to < from {
            let said = said!("the end lies before the start: correct one of them", "结束时间早于开始时间：请更正");
            self.add(fields.trouble("to", said));
            return None;
        }
        Some(Note { kind: kind?, from, to, label: label?.unwrap_or_default() })
    }

    fn span(&mut self, fields: Fields<'_>, zone: Tz) -> Option<(Timestamp, Timestamp)> {
        let from = self.take(fields.read_required("from", |text| moment(text, zone))).map(|m| m.start(zone));
        let to = self.take(fields.read_required("to", |text| moment(text, zone))).map(|m| m.end(zone));
        let (from, to) = (from?, to?);
        if to < from {
            let said = said!("the end lies before the start: correct one of them", "结束时间早于开始时间：请更正");
            self.add(fields.trouble("to", said));
            return None;
        }
        Some((from, to))
    }

    pub fn filed(&mut self, fields: Fields<'_>, zone: Tz) -> Option<Filed> {
        let at = self.take(fields.read("filed", |text| moment(text, zone)));
        let by = self.take(coded(fields, "filed_by", FiledBy::parse));
        let (at, by) = (at?, by?);
        let by = match (at, by) {
            (None, _) => FiledBy::Unknown,
            // A machine knows the minute; a bare date is what somebody wrote.
            (Some(Moment::Day(_)), Some(FiledBy::Machine) | None) => FiledBy::Written,
            (_, by) => by.unwrap_or(FiledBy::Unknown),
        };
        Some(Filed { at: at.map(|at| at.start(zone)), by })
    }
}

fn coded<T>(fields: Fields<'_>, key: &str, parse: fn(&str) -> Result<T, Said>) -> Result<Option<T>, Trouble> {
    fields.choice(key)?.map(|code| parse(code).map_err(|said| fields.trouble(key, said))).transpose()
}

fn moment(text: &str, zone: Tz) -> Result<Moment, Said> {
    when::moment(text, zone).ok_or_else(|| {
        let text = quote(text);
        said!(
            "“{text}” is not a time: write 2026-03-02 08:31, or a date alone 2026-03-02",
            "“{text}”不是时间：请写成2026-03-02 08:31，或只写日期2026-03-02"
        )
    })
}

/// From and to of a moment, a day or a month.
fn stretch(text: &str, zone: Tz) -> Result<(Timestamp, Timestamp), Said> {
    match when::month(text) {
        Some((first, last)) => Ok((Moment::Day(first).start(zone), Moment::Day(last).end(zone))),
        None => moment(text, zone).map(|moment| (moment.start(zone), moment.end(zone))),
    }
}

fn label(text: &str) -> Result<String, Said> {
    if text.chars().count() > 120 {
        return Err(said!("the text is longer than 120 characters: shorten it", "文字超过120个字：请缩短"));
    }
    Ok(text.to_owned())
}
