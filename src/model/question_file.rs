//! The form in which questions are written, in an instrument's file and in an assignment's alike, and its checks.

use super::question::{Choice, Form, Question, QuestionCode, Value};
use super::{Said, Trouble};
use crate::said;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Questions of one instrument.
const MOST: usize = 20;
/// Of them, required: a letter is no form to fill in.
const MOST_REQUIRED: usize = 5;
/// Characters of a question: it stands in a line of the letter with its code.
const LONGEST_EN: usize = 60;
const LONGEST_ZH: usize = 30;
const LARGEST_NUMBER: i64 = 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormName {
    YesNo,
    Number,
    Choice,
    Date,
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedIf {
    pub question: String,
    pub is: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionFile {
    pub code: String,
    pub form: FormName,
    pub en: String,
    pub zh: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Said>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_if: Option<AskedIf>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fails: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
}

/// Checks the questions of an instrument as a whole.
///
/// # Errors
/// The first that is wrong, with its code as the field.
pub fn checked(files: Vec<QuestionFile>) -> Result<Vec<Question>, Trouble> {
    let whole = |said| Err(Trouble::new(said).in_field("question"));
    if files.is_empty() || files.len() > MOST {
        return whole(said!("expected 1 to {MOST} questions: [[question]]", "应有1至{MOST}题：[[question]]"));
    }
    if files.iter().filter(|file| file.required).count() > MOST_REQUIRED {
        return whole(said!(
            "at most {MOST_REQUIRED} questions may be required: set required = false for the others",
            "必答题至多{MOST_REQUIRED}个：请把其余的required改为false"
        ));
    }
    let mut questions: Vec<Question> = Vec::with_capacity(files.len());
    for file in files {
        let code = file.code.clone();
        let question = one(file, &questions).map_err(|said| Trouble::new(said).in_field(code))?;
        questions.push(question);
    }
    Ok(questions)
}

fn one(file: QuestionFile, before: &[Question]) -> Result<Question, Said> {
    let code: QuestionCode = file.code.parse()?;
    if before.iter().any(|question| question.code == code) {
        return Err(said!("{code} stands there twice: a code is never used again", "{code}出现两次：题号不得重复使用"));
    }
    let said = Said::new(text("en", &file.en, LONGEST_EN)?, text("zh", &file.zh, LONGEST_ZH)?);
    let form = form(&file)?;
    let mut question =
        Question { code, said, form, required: file.required, asked_if: None, fails: Vec::new(), finding: None };
    question.asked_if = file.asked_if.map(|asked| asked_if(&asked, before)).transpose()?;
    for fails in &file.fails {
        let countable = matches!(question.form, Form::YesNo | Form::Choice(_));
        let value = question.value(fails).filter(|value| countable && *value != Value::NotSeen);
        question.fails.push(value.ok_or_else(|| {
            said!(
                "fails: “{fails}” is no answer that can fail: yes, no or the letter of a choice",
                "fails：“{fails}”不能作为不合格答案：应为yes、no或选项字母"
            )
        })?);
    }
    let named = |name: &String| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    question.finding = file.finding.filter(named);
    if question.finding.is_some() == question.fails.is_empty() {
        return Err(said!(
            "fails and finding belong together: finding names the kind in small letters, such as no_training",
            "fails与finding须同时写明：finding为小写字母的类别名，如no_training"
        ));
    }
    Ok(question)
}

/// A few words on one line, that cannot pass for the end of an answer line.
fn text(field: &str, text: &str, longest: usize) -> Result<String, Said> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= longest;
    if !fits || text.chars().any(char::is_control) || text.contains("=>") || text.contains('|') {
        return Err(said!(
            "{field}: expected 1 to {longest} characters on one line, without => and |",
            "{field}：应为一行，1至{longest}个字符，不含=>和|"
        ));
    }
    Ok(text.to_owned())
}

fn form(file: &QuestionFile) -> Result<Form, Said> {
    let has_range = file.least.is_some() || file.most.is_some() || file.unit.is_some();
    let foreign = match file.form {
        FormName::Number => !file.choices.is_empty(),
        FormName::Choice => has_range,
        FormName::YesNo | FormName::Date | FormName::Text => has_range || !file.choices.is_empty(),
    };
    if foreign {
        return Err(said!(
            "least, most and unit belong to form = \"number\", choices to form = \"choice\"",
            "least、most、unit只用于form = \"number\"，choices只用于form = \"choice\""
        ));
    }
    Ok(match file.form {
        FormName::YesNo => Form::YesNo,
        FormName::Date => Form::Date,
        FormName::Text => Form::Text,
        FormName::Number => {
            let (least, most) = (file.least.unwrap_or(0), file.most.unwrap_or(LARGEST_NUMBER));
            if !(0 <= least && least < most && most <= LARGEST_NUMBER) {
                return Err(said!(
                    "expected 0 <= least < most <= {LARGEST_NUMBER}",
                    "应满足0 <= least < most <= {LARGEST_NUMBER}"
                ));
            }
            let unit = file.unit.as_ref().map(|unit| -> Result<Said, Said> {
                Ok(Said::new(text("unit.en", &unit.en, 12)?, text("unit.zh", &unit.zh, 6)?))
            });
            Form::Number { least, most, unit: unit.transpose()? }
        }
        FormName::Choice => Form::Choice(choices(&file.choices)?),
    })
}

fn choices(written: &[Choice]) -> Result<Vec<Choice>, Said> {
    let mut seen = BTreeSet::new();
    let mut choices = Vec::new();
    for choice in written {
        let (en, zh) = (text("choices.en", &choice.en, 30)?, text("choices.zh", &choice.zh, 15)?);
        let fresh = choice.letter.is_ascii_lowercase()
            && seen.insert(choice.letter.to_string())
            && seen.insert(en.to_lowercase())
            && (seen.insert(zh.to_lowercase()) || zh == en);
        if !fresh {
            let letter = choice.letter;
            return Err(said!(
                "choices: “{letter}” is no letter a to z, or it or its words stand there twice",
                "choices：“{letter}”不是a至z的字母，或字母、文字有重复"
            ));
        }
        choices.push(Choice { letter: choice.letter, en, zh });
    }
    if (2..=9).contains(&choices.len()) {
        Ok(choices)
    } else {
        Err(said!("expected 2 to 9 choices", "应有2至9个选项"))
    }
}

fn asked_if(asked: &AskedIf, before: &[Question]) -> Result<(QuestionCode, Value), Said> {
    let (other, is) = (&asked.question, &asked.is);
    let known = before.iter().find(|question| question.code.to_string() == *other);
    let value = known.and_then(|question| Some((question.code, question.value(is)?)));
    value.filter(|(_, value)| !matches!(value, Value::Text(_))).ok_or_else(|| {
        said!(
            "asked_if: “{other}” is no question above this one, or “{is}” is no answer to it",
            "asked_if：“{other}”不是前面的题，或“{is}”不是其答案"
        )
    })
}

impl From<&Question> for QuestionFile {
    fn from(question: &Question) -> QuestionFile {
        let mut file = QuestionFile {
            code: question.code.to_string(),
            form: FormName::YesNo,
            en: question.said.en.clone(),
            zh: question.said.zh.clone(),
            required: question.required,
            least: None,
            most: None,
            unit: None,
            choices: Vec::new(),
            asked_if: question
                .asked_if
                .as_ref()
                .map(|(other, value)| AskedIf { question: other.to_string(), is: value.code() }),
            fails: question.fails.iter().map(Value::code).collect(),
            finding: question.finding.clone(),
        };
        match &question.form {
            Form::YesNo => {}
            Form::Date => file.form = FormName::Date,
            Form::Text => file.form = FormName::Text,
            Form::Number { least, most, unit } => {
                (file.form, file.least, file.most) = (FormName::Number, Some(*least), Some(*most));
                file.unit.clone_from(unit);
            }
            Form::Choice(choices) => {
                file.form = FormName::Choice;
                file.choices.clone_from(choices);
            }
        }
        file
    }
}
