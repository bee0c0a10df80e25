//! The assignment as it was sent: the file of REPLIES 8, checked.

use super::prepared::Prepared;
use crate::model::key::ReplyKey;
use crate::model::question_file::{QuestionFile, checked};
use crate::model::{AssignmentId, Kind, LineCode, Question, Trouble};
use crate::said;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a reply is read against. Indexes into `persons` are what the room speaks in.
#[derive(Clone)]
pub struct Sent {
    pub assignment: AssignmentId,
    pub key: ReplyKey,
    /// Lower case.
    pub desk: String,
    /// Lower case.
    pub addresses: Vec<String>,
    pub trusted_authserv_id: Option<String>,
    pub sent: DateTime<FixedOffset>,
    pub closes: DateTime<FixedOffset>,
    pub lines: Vec<SentLine>,
    /// Everybody a result can be about, in the order of the lines.
    pub persons: Vec<SentPerson>,
    /// The body as sent, where it is known.
    pub text: Option<String>,
    /// What every mail is held against, made once.
    pub(super) prepared: Arc<Prepared>,
}

#[derive(Debug, Clone)]
pub struct SentLine {
    pub code: LineCode,
    pub kind: Kind,
    /// Indexes of its persons; a call has exactly one.
    pub persons: std::ops::Range<usize>,
    /// What is asked of it beside presence.
    pub questions: Vec<Question>,
}

#[derive(Debug, Clone)]
pub struct SentPerson {
    /// `V1.1`, or `C1` for who is rung.
    pub code: String,
    /// Index into [`Sent::lines`].
    pub line: usize,
    pub name: String,
    /// Other spellings.
    pub also: Vec<String>,
    /// The number that is rung, as it stands in the letter.
    pub phone: Option<String>,
}

/// Without the text: that holds the key and phone numbers.
impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sent({}, {} lines)", self.assignment, self.lines.len())
    }
}

/// The file's form.
#[derive(Clone, Serialize, Deserialize)]
pub struct SentFile {
    pub assignment: String,
    pub key: String,
    pub desk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_authserv_id: Option<String>,
    pub sent: String,
    pub closes: String,
    pub inspector: InspectorFile,
    pub lines: Vec<LineFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct InspectorFile {
    pub name: String,
    pub addresses: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct LineFile {
    pub line: String,
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<PersonFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<QuestionFile>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct PersonFile {
    pub code: String,
    pub person: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

impl Sent {
    /// Reads the file of REPLIES 8.
    ///
    /// # Errors
    /// What is wrong, with the field; never a key or a phone number.
    pub fn from_json(text: &str) -> Result<Sent, Trouble> {
        let file: SentFile = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let (what, what_zh) = match error.classify() {
                serde_json::error::Category::Data => ("a field is missing or of another kind", "缺少字段或字段类型不符"),
                _ => ("it is no JSON", "不是JSON"),
            };
            Trouble::new(said!(
                "the assignment cannot be read at line {line}, column {column} ({what}): write it anew with “spotcheck export assignment ID”",
                "任务文件在第{line}行第{column}列无法读取（{what_zh}）：请用“spotcheck export assignment ID”重新导出"
            ))
        })?;
        Sent::try_from(file)
    }

    /// Who has this code: everybody for a line's own code.
    pub fn by_code(&self, code: &str) -> Option<std::ops::Range<usize>> {
        if let Some(line) = self.lines.iter().find(|line| line.code.as_str() == code) {
            return Some(line.persons.clone());
        }
        self.persons.iter().position(|p| p.code == code).map(|at| at..at + 1)
    }

    /// The line and the number in it of a question: `V1.Q3`, in upper case.
    pub fn question(&self, code: &str) -> Option<(usize, usize)> {
        let (line, question) = code.split_once('.')?;
        let line = self.lines.iter().position(|l| l.code.as_str() == line)?;
        let asked = &self.lines.get(line)?.questions;
        Some((line, asked.iter().position(|q| q.code.to_string() == question)?))
    }

    /// Whether anything is asked beside presence.
    pub fn asks(&self) -> bool {
        self.lines.iter().any(|line| !line.questions.is_empty())
    }

    pub fn line_of(&self, person: usize) -> Option<&SentLine> {
        self.persons.get(person).and_then(|p| self.lines.get(p.line))
    }
}

impl TryFrom<SentFile> for Sent {
    type Error = Trouble;

    fn try_from(file: SentFile) -> Result<Sent, Trouble> {
        let moment = |text: &str, field: &str| {
            DateTime::parse_from_rfc3339(text).map_err(|_| {
                Trouble::new(said!(
                    "“{text}” is no time: expected such as 2026-03-12T07:30:05+08:00",
                    "“{text}”不是时间：应如2026-03-12T07:30:05+08:00"
                ))
                .in_field(field)
            })
        };
        let assignment = AssignmentId::parse(&file.assignment).map_err(|s| Trouble::new(s).in_field("assignment"))?;
        let key = ReplyKey::parse(&file.key).ok_or_else(|| {
            Trouble::new(said!("expected 16 letters and digits of Crockford base32", "应为16位Crockford base32字符"))
                .in_field("key")
        })?;
        if file.inspector.addresses.is_empty() {
            return Err(Trouble::new(said!("the inspector has no address", "检查员没有邮箱地址"))
                .in_field("inspector.addresses"));
        }
        let mut sent = Sent {
            assignment,
            key,
            desk: file.desk.trim().to_lowercase(),
            addresses: file.inspector.addresses.iter().map(|a| a.trim().to_lowercase()).collect(),
            trusted_authserv_id: file.trusted_authserv_id.filter(|id| !id.trim().is_empty()),
            sent: moment(&file.sent, "sent")?,
            closes: moment(&file.closes, "closes")?,
            lines: Vec::new(),
            persons: Vec::new(),
            text: file.text.filter(|text| !text.trim().is_empty()),
            prepared: Arc::default(),
        };
        for line in file.lines {
            sent.add_line(line)?;
        }
        sent.prepared = Arc::new(Prepared::of(&sent));
        Ok(sent)
    }
}

impl Sent {
    fn add_line(&mut self, file: LineFile) -> Result<(), Trouble> {
        let code = LineCode::parse(&file.line).map_err(|s| Trouble::new(s).in_field("lines"))?;
        let wrong = |said| Err(Trouble::new(said).in_field(format!("lines {code}")));
        if (file.kind == Kind::Visit) != code.as_str().starts_with('V') {
            return wrong(said!("visits are V1, V2 … and calls C1, C2 …", "走访行应为V1、V2……，电话行应为C1、C2……"));
        }
        if self.lines.iter().any(|line| line.code == code) {
            return wrong(said!("{code} stands there twice", "{code}出现两次"));
        }
        let (line, first) = (self.lines.len(), self.persons.len());
        match (file.kind, file.name) {
            (Kind::Call, Some(name)) => {
                self.persons.push(SentPerson {
                    code: code.to_string(),
                    line,
                    name,
                    also: file.also,
                    phone: file.phone,
                });
            }
            (Kind::Call, None) => return wrong(said!("a call needs a name", "电话行需要name")),
            // Nobody's presence is asked for: what is said is said of the line.
            (Kind::Visit, Some(name)) if file.persons.is_empty() => {
                self.persons.push(SentPerson { code: code.to_string(), line, name, also: Vec::new(), phone: None });
            }
            (Kind::Visit, _) if file.persons.is_empty() => {
                return wrong(said!("a visit needs its persons", "走访行需要persons"));
            }
            (Kind::Visit, _) => {
                for person in file.persons {
                    let number = person.code.strip_prefix(code.as_str()).and_then(|rest| rest.strip_prefix('.'));
                    let fits = number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
                    if !fits || self.persons.iter().any(|p| p.code == person.code) {
                        return wrong(said!("persons are {code}.1, {code}.2 …", "人员编号应为{code}.1、{code}.2……"));
                    }
                    self.persons.push(SentPerson {
                        code: person.code,
                        line,
                        name: person.person,
                        also: person.also,
                        phone: None,
                    });
                }
            }
        }
        let questions = match file.questions {
            none if none.is_empty() => Vec::new(),
            questions => {
                checked(questions).map_err(|t| Trouble { field: Some(format!("lines {code} questions")), ..t })?
            }
        };
        self.lines.push(SentLine { code, kind: file.kind, persons: first..self.persons.len(), questions });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"assignment": "K7Q2M", "key": "9f3tx8w2hc5d7qkm", "desk": "Desk@inspect.example",
        "sent": "2026-03-12T07:30:05+08:00", "closes": "2026-03-26T00:00:00+08:00",
        "inspector": {"name": "赵新", "addresses": ["ZhaoXin@field.example"]},
        "lines": [{"line": "V1", "kind": "visit", "persons": [{"code": "V1.1", "person": "王建国"}, {"code": "V1.2", "person": "刘敏"}]},
                  {"line": "C1", "kind": "call", "name": "李娜", "phone": "010-5550-0101"}]}"#;

    #[test]
    fn a_file_is_read() {
        let sent = Sent::from_json(FILE).unwrap();
        assert_eq!(
            (sent.by_code("V1"), sent.by_code("V1.2"), sent.by_code("C1")),
            (Some(0..2), Some(1..2), Some(2..3))
        );
        assert_eq!((sent.by_code("C2"), sent.desk.as_str()), (None, "desk@inspect.example"));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_without_its_secrets() {
        let cases = [
            ("\"V1\"", "\"W1\"", "lines"),
            ("9f3tx8w2hc5d7qkm", "9f3tx8w2hc5d7qku", "key"),
            ("2026-03-26T00:00:00+08:00", "26 March", "closes"),
            ("\"V1.2\"", "\"V1.1\"", "lines V1"),
            ("\"C1\", \"kind\": \"call\"", "\"C1\", \"kind\": \"visit\"", "lines C1"),
            ("[\"ZhaoXin@field.example\"]", "[]", "inspector.addresses"),
        ];
        for (old, new, field) in cases {
            let trouble = Sent::from_json(&FILE.replace(old, new)).unwrap_err();
            assert_eq!(trouble.field.as_deref(), Some(field), "{trouble}");
            assert!(!trouble.to_string().contains("9f3t"), "{trouble}");
        }
        assert!(Sent::from_json("{").is_err() && Sent::from_json("[]").is_err());
    }
}
