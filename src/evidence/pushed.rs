//! Punches as systems and devices send them while they happen: JSON, and the lines of a ZKTeco device. Both become
//! the rows of the house's own template, so that they are read as files are; what cannot be one is told by its place.

use super::json_fields::Fields;
use crate::model::Trouble;
use crate::said;
use crate::table::TemplateKind;
use crate::table::write::csv;
use chrono::NaiveDate;
use serde_json::Value;

/// Of one request.
pub const MOST: usize = 1_000;

const COLUMNS: [&str; 6] = ["official", "time", "direction", "origin", "in_range", "device"];

/// What one request brings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pushed {
    rows: Vec<[String; 6]>,
    /// The place of each row in the request, from 0.
    places: Vec<usize>,
    /// Items that are no row, by their place.
    pub refused: Vec<(usize, Trouble)>,
    /// Days of which everything has been sent by now.
    pub covers: Option<(NaiveDate, NaiveDate)>,
}

impl Pushed {
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many items the request had.
    pub fn items(&self) -> usize {
        self.rows.len() + self.refused.len()
    }

    /// A file of the template of attendance.
    ///
    /// # Errors
    /// None that a table in memory can have.
    pub fn file(&self) -> std::io::Result<Vec<u8>> {
        let columns = TemplateKind::Attendance.template();
        let header: Vec<String> =
            COLUMNS.iter().map(|key| columns.column(key).map_or_else(|| (*key).to_owned(), |c| c.header())).collect();
        csv(&header, self.rows.iter().map(|row| row.to_vec()))
    }

    /// The place in the request of a row of that file, whose header is row 1.
    pub fn place(&self, row: u64) -> Option<usize> {
        let at = usize::try_from(row).ok()?.checked_sub(2)?;
        self.places.get(at).copied()
    }

    fn take(&mut self, place: usize, row: Result<[String; 6], Trouble>) {
        match row {
            Ok(row) => {
                self.rows.push(row);
                self.places.push(place);
            }
            Err(trouble) => self.refused.push((place, trouble)),
        }
    }
}

/// `{"punches": [{"official", "time", "direction"?, "origin"?, "in_range"?, "device"?}], "covers": {"from", "to"}?}`.
/// An official is an id or the number in the devices; a time may have an offset.
///
/// # Errors
/// It is no JSON of that form, or has more than [`MOST`] items. An item that is wrong is refused by itself.
pub fn json(body: &[u8]) -> Result<Pushed, Trouble> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Trouble::new(said!("line {line}, column {column}: this is no JSON", "第{line}行第{column}列：不是有效的JSON"))
    })?;
    let mut fields = Fields::of("", &value)?;
    let items = fields.list("punches")?;
    let covers = match fields.object("covers")? {
        Some(mut span) => {
            let (from, to) = (span.day("from")?, span.day("to")?);
            let span_of = (span.need("from", from)?, span.need("to", to)?);
            span.finish()?;
            Some(span_of)
        }
        None => None,
    };
    fields.finish()?;
    if items.len() > MOST {
        let trouble = Trouble::new(said!(
            "at most {MOST} at once: send the others after them",
            "一次最多{MOST}条：其余请随后发送"
        ));
        return Err(trouble.in_field("punches"));
    }
    if items.is_empty() && covers.is_none() {
        let trouble = Trouble::new(said!(
            "nothing is in it: give punches, covers or both",
            "内容为空：请提供punches、covers或两者"
        ));
        return Err(trouble.in_field("punches"));
    }
    let mut pushed = Pushed { covers, ..Pushed::default() };
    for (place, (path, item)) in items.into_iter().enumerate() {
        pushed.take(place, item_of(path, item));
    }
    Ok(pushed)
}

fn item_of(path: String, item: &Value) -> Result<[String; 6], Trouble> {
    let mut fields = Fields::of(path, item)?;
    let official = match item.get("official").and_then(Value::as_u64) {
        Some(number) => {
            let _: Option<i64> = fields.number("official")?;
            number.to_string()
        }
        None => {
            let official = fields.text("official")?;
            fields.need("official", official)?.to_owned()
        }
    };
    let time = fields.text("time")?;
    let time = fields.need("time", time)?.to_owned();
    let mut text = |name| Ok::<_, Trouble>(fields.text(name)?.unwrap_or_default().to_owned());
    let (direction, origin, device) = (text("direction")?, text("origin")?, text("device")?);
    let in_range = match fields.flag("in_range")? {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    fields.finish()?;
    Ok([official, time, direction, origin, in_range.to_owned(), device])
}

/// The body that a ZKTeco device sends of its `ATTLOG` table: number, time, status, way of proof … by tabs, a line
/// each. Most devices do not tell coming from going and send status 0 for both, so 0 says nothing here.
pub fn attlog(serial: &str, body: &str) -> Pushed {
    let mut pushed = Pushed::default();
    for (place, line) in body.lines().map(str::trim_end).filter(|line| !line.is_empty()).enumerate() {
        let mut cells = line.split('\t').map(str::trim);
        let row = match (cells.next(), cells.next()) {
            (Some(number), Some(time)) if !number.is_empty() && !time.is_empty() => {
                let direction = match cells.next() {
                    Some("1" | "2" | "5") => "out",
                    Some("3" | "4") => "in",
                    _ => "none",
                };
                Ok([number, time, direction, "device", "", serial].map(str::to_owned))
            }
            _ => Err(Trouble::new(said!(
                "expected a number and a time with a tab between",
                "此处应为以制表符分隔的编号和时间"
            ))),
        };
        pushed.take(place, row);
    }
    pushed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_wrong_item_keeps_no_other_away() {
        let pushed = json(
            r#"{"punches": [
                {"official": "O1", "time": "2026-03-02T08:31:05+08:00", "direction": "in", "in_range": true},
                {"official": "O1", "at": "2026-03-02"},
                7,
                {"official": 1002, "time": "2026-03-02 18:01", "device": "=cmd"}
            ], "covers": {"from": "2026-03-01", "to": "2026-03-02"}}"#
                .as_bytes(),
        )
        .unwrap();
        let text = String::from_utf8(pushed.file().unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(lines, ["O1,2026-03-02T08:31:05+08:00,in,,yes,", "1002,2026-03-02 18:01,,,,'=cmd"]);
        assert_eq!((pushed.place(2), pushed.place(3), pushed.place(4), pushed.items()), (Some(0), Some(3), None, 4));
        let refused: Vec<_> =
            pushed.refused.iter().map(|(at, trouble)| (*at, trouble.field.as_deref().unwrap())).collect();
        assert_eq!(refused, [(1, "punches[1].time"), (2, "punches[2]")]);
    }

    #[test]
    fn what_is_no_request_is_refused_whole() {
        let many = format!(r#"{{"punches": [{}]}}"#, vec!["{}"; MOST + 1].join(","));
        for (body, field) in [
            ("[", None),
            ("[]", None),
            ("{}", Some("punches")),
            (r#"{"punches": {}}"#, Some("punches")),
            (r#"{"punches": [], "covers": {"from": "2026-03-02"}}"#, Some("covers.to")),
            (r#"{"punches": [], "cover": 1}"#, Some("cover")),
            (many.as_str(), Some("punches")),
        ] {
            assert_eq!(json(body.as_bytes()).unwrap_err().field.as_deref(), field, "{body:.40}");
        }
    }

    #[test]
    fn a_device_tells_rows() {
        let body = "1001\t2026-03-02 08:31:05\t0\t1\t0\t0\n\r\nbroken\n1002\t2026-03-02 18:02:11\t1\t15\t\t0\t0\r\n";
        let pushed = attlog("CKJ1", body);
        let text = String::from_utf8(pushed.file().unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(lines, ["1001,2026-03-02 08:31:05,none,device,,CKJ1", "1002,2026-03-02 18:02:11,out,device,,CKJ1"]);
        assert_eq!((pushed.refused.len(), pushed.refused[0].0), (1, 1));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_every_item_ends_somewhere(text in "\\PC{0,200}", body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let pushed = attlog("S", &text);
            prop_assert_eq!(pushed.items(), text.lines().map(str::trim_end).filter(|line| !line.is_empty()).count());
            let _ = json(&body);
            let _ = json(text.as_bytes());
        }
    }
}
