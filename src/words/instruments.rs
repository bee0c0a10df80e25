//! Instruments: what a visit looks at and a call asks, from `config/instruments/` and an office's own files.

use crate::model::question_file::{QuestionFile, checked};
use crate::model::{Instrument, Kind, Said, Sha256, Trouble};
use crate::said;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The shipped ones: file name and text.
pub const SHIPPED: [(&str, &str); 2] = [
    ("village-visit.toml", include_str!("../../config/instruments/village-visit.toml")),
    ("progress-call.toml", include_str!("../../config/instruments/progress-call.toml")),
];

/// What is asked about a finished visit. It is no programme's: what is found is compared by the codes of its questions.
pub const BACK_CHECK: (&str, &str) = ("back-check.toml", include_str!("../../config/instruments/back-check.toml"));

static OURS: LazyLock<BTreeMap<Sha256, Instrument>> = LazyLock::new(|| {
    let all = SHIPPED.into_iter().chain([BACK_CHECK]).filter_map(|(name, text)| read(name, text).ok());
    all.map(|instrument| (instrument.version, instrument)).collect()
});

/// The one of ours that has this version.
pub fn ours(version: &Sha256) -> Option<&'static Instrument> {
    OURS.get(version)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    kind: Kind,
    en: String,
    zh: String,
    #[serde(default)]
    question: Vec<QuestionFile>,
}

/// Reads the text of an instrument.
///
/// # Errors
/// What is wrong first, with the file, and its row or the code of the question.
pub fn read(file_name: &str, text: &str) -> Result<Instrument, Trouble> {
    let file: File = toml::from_str(text).map_err(|error| {
        let what = error.message().to_owned();
        let trouble = Trouble::new(said!(
            "the instrument cannot be read ({what}): expected id, kind, en, zh and [[question]] with code, form, en and zh",
            "问卷无法读取（{what}）：应有id、kind、en、zh及[[question]]（code、form、en、zh）"
        ))
        .in_file(file_name);
        match error.span() {
            Some(span) => trouble.at_byte(text, u64::try_from(span.start).unwrap_or(u64::MAX)),
            None => trouble,
        }
    })?;
    let id = file.id.trim();
    let named =
        (1..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !named {
        return Err(Trouble::new(said!(
            "expected up to 40 small letters, digits and hyphens",
            "应为不超过40个小写字母、数字和连字符"
        ))
        .in_file(file_name)
        .in_field("id"));
    }
    for (field, words) in [("en", &file.en), ("zh", &file.zh)] {
        if words.trim().is_empty() || words.chars().any(char::is_control) {
            return Err(Trouble::new(said!("expected one line of text, not empty", "此处应为一行文字，不能为空"))
                .in_file(file_name)
                .in_field(field));
        }
    }
    let questions = checked(file.question).map_err(|trouble| trouble.in_file(file_name))?;
    if let Some(question) = questions.iter().find(|q| file.kind == Kind::Call && !q.fails.is_empty()) {
        return Err(Trouble::new(said!(
            "what is said by telephone opens no finding, it is a reason to go there: remove fails and finding",
            "电话所述不列入整改，只作实地核查的线索：请删去fails和finding"
        ))
        .in_file(file_name)
        .in_field(question.code.to_string()));
    }
    Ok(Instrument {
        id: id.to_owned(),
        kind: file.kind,
        said: Said::new(file.en.trim(), file.zh.trim()),
        questions,
        version: Sha256::of(text.as_bytes()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::question::Form;

    #[test]
    fn the_shipped_ones_are_read() {
        for (name, text) in SHIPPED.into_iter().chain([BACK_CHECK]) {
            let instrument = read(name, text).unwrap_or_else(|trouble| panic!("{trouble}"));
            assert_eq!(format!("{}.toml", instrument.id), name);
        }
        let visit = read(SHIPPED[0].0, SHIPPED[0].1).unwrap();
        assert_eq!((visit.kind, visit.questions.len()), (Kind::Visit, 9));
        let call = read(SHIPPED[1].0, SHIPPED[1].1).unwrap();
        assert!(call.questions.iter().any(|q| matches!(q.form, Form::Date)));
    }

    #[test]
    fn what_is_written_comes_back() {
        for (name, text) in SHIPPED {
            let questions = read(name, text).unwrap().questions;
            let files: Vec<QuestionFile> = questions.iter().map(QuestionFile::from).collect();
            let json = serde_json::to_string(&files).unwrap();
            assert_eq!(checked(serde_json::from_str(&json).unwrap()).unwrap(), questions);
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let text = SHIPPED[1].1;
        let cases = [
            ("id = \"progress-call\"", "id = \"Call 1\"", Some("id")),
            ("code = \"Q2\"", "code = \"Q1\"", Some("Q1")),
            ("code = \"Q2\"", "code = \"2\"", Some("2")),
            ("form = \"date\"", "form = \"day\"", None),
            ("zh = \"最近一次入户日期\"", "", None),
            ("zh = \"最近一次入户日期\"", "zh = \"a => b\"", Some("Q4")),
            ("most = 31", "most = -1", Some("Q2")),
            ("letter = \"b\"", "letter = \"a\"", Some("Q3")),
            ("question = \"Q5\", is = \"yes\"", "question = \"Q7\", is = \"yes\"", Some("Q6")),
            ("question = \"Q5\", is = \"yes\"", "question = \"Q5\", is = \"maybe\"", Some("Q6")),
            ("form = \"text\"", "form = \"text\"\nfails = [\"no\"]\nfinding = \"x\"", Some("Q7")),
            ("form = \"text\"", "form = \"text\"\nchoices = []\nleast = 1", Some("Q7")),
        ];
        for (old, new, field) in cases {
            assert!(text.contains(old), "{old}");
            let trouble = read("own.toml", &text.replacen(old, new, 1)).unwrap_err();
            assert_eq!(trouble.field.as_deref(), field, "{old} -> {new}: {trouble}");
            assert_eq!(trouble.file.as_deref(), Some("own.toml"));
            assert!(field.is_some() || trouble.row.is_some(), "{trouble}");
        }
        let call = SHIPPED[0].1.replace("kind = \"visit\"", "kind = \"call\"");
        assert_eq!(read("own.toml", &call).unwrap_err().field.as_deref(), Some("Q1"), "a call opens no finding");
        let six = SHIPPED[0].1.replace("fails = [\"no\"]\n", "");
        assert_eq!(
            read("own.toml", &six).unwrap_err().field.as_deref(),
            Some("Q1"),
            "a finding without a failing answer"
        );
        let many = SHIPPED[0].1.replace("required = true\n", "").replace("form = ", "required = true\nform = ");
        assert_eq!(read("own.toml", &many).unwrap_err().field.as_deref(), Some("question"));
    }
}
