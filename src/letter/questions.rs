//! The lines of a questionnaire: code, a few words, what may be answered, ` =>` (REPLIES 1).

use super::Languages;
use super::assignment::whole_items;
use super::columns::GLUE;
use super::lines::shown;
use crate::model::question::{Form, Question};
use crate::model::{Assignment, Line, Said};
use crate::words::letters::questions;

/// `V1.Q3 * …` without its `=>`.
pub fn text(languages: Languages, line: &Line, question: &Question) -> String {
    let mark = if question.required { " *" } else { "" };
    let mut text = format!("{}{mark} {}", line.question_code(question.code), words(languages, &question.said));
    if let Some(offered) = offered(languages, question) {
        text.push_str(&format!(" ({offered})"));
    }
    if let Some((other, value)) = &question.asked_if {
        let of_other = line.questions().iter().find(|q| q.code == *other);
        let value = of_other.map_or_else(|| Said::new(value.code(), value.code()), |q| q.shown(value));
        let condition = questions::asked_if(&other.to_string(), &value);
        let both = format!("{} {}", condition.zh, condition.en);
        text.push_str(&format!(" ({})", languages.choose(&both, &condition)));
    }
    text
}

/// In a letter in both languages the Chinese words first, as names stand.
fn words(languages: Languages, said: &Said) -> String {
    let both = format!("{} {}", said.zh, said.en);
    shown(languages.choose(&both, said))
}

/// What is to be written, where that is not yes or no. Each choice is one word that is never broken.
fn offered(languages: Languages, question: &Question) -> Option<String> {
    match &question.form {
        Form::YesNo => None,
        Form::Date => Some(words(languages, &questions::a_date())),
        Form::Text => Some(words(languages, &questions::a_text())),
        Form::Number { least, most, unit } => Some(match unit {
            Some(unit) => format!("{least}-{most} {}", words(languages, unit)),
            None => format!("{least}-{most}"),
        }),
        Form::Choice(choices) => {
            let glued = choices.iter().map(|choice| {
                let words = words(languages, &Said::new(choice.en.clone(), choice.zh.clone()));
                format!("{} {words}", choice.letter).replace(' ', &GLUE.to_string())
            });
            Some(glued.collect::<Vec<_>>().join(", "))
        }
    }
}

/// How questions are answered; nothing where none is asked.
pub fn how_to_answer(languages: Languages, assignment: &Assignment) -> Vec<String> {
    if assignment.lines.iter().all(|line| line.questions().is_empty()) {
        return Vec::new();
    }
    vec![
        languages.choose(questions::HOW_TO_ANSWER_BOTH, &questions::how_to_answer()).to_owned(),
        whole_items(languages.choose(questions::EXAMPLES_BOTH, &questions::examples()).split(" | ")),
    ]
}
