//! What changes in an assignment that was handed out: lines that are no longer the inspector's, and who
//! comes along now. Not answered.

use super::kind::subject;
use super::lines::shown;
use super::page::{Page, Section, render};
use super::{Languages, Letter, LetterKind};
use crate::model::register::Name;
use crate::model::{AssignmentId, Language, LineCode, Said};
use crate::words::letters::{common, inspector};
use chrono::NaiveDate;

#[derive(Debug, Clone)]
pub struct ChangeInput<'a> {
    pub assignment: &'a AssignmentId,
    /// The day of the work.
    pub day: NaiveDate,
    /// Lines that are taken out of the assignment.
    pub gone: Vec<LineCode>,
    pub why: Said,
    /// Visits that stay, and who comes along from now on, if anybody.
    pub together: Vec<(LineCode, Option<Name>)>,
    pub languages: Languages,
}

/// Says nothing of places: the codes are those of the letter that the inspector has.
pub fn change(input: &ChangeInput<'_>) -> Letter {
    let tag = inspector::change_tag();
    let (id, date) = (input.assignment, input.day.format("%m-%d"));
    let subject = subject(&match input.languages {
        Languages::Both => format!("{} {} [{id}] {date}", tag.zh, tag.en),
        Languages::One(Language::En) => format!("{} [{id}] {}", tag.en, common::day(input.day).en),
        Languages::One(Language::ZhHans) => format!("{} [{id}] {}", tag.zh, common::day(input.day).zh),
    });
    let mut lead = Vec::new();
    if !input.gone.is_empty() {
        let codes: Vec<&str> = input.gone.iter().map(LineCode::as_str).collect();
        lead.push(inspector::withdrawn(id.as_str(), &codes));
    }
    lead.extend(input.together.iter().map(|(code, name)| match name {
        Some(name) => inspector::now_with(code.as_str(), &shown(&name.both())),
        None => inspector::now_alone(code.as_str()),
    }));
    lead.push(inspector::rest_stays());
    let sections =
        vec![Section { heading: inspector::change_reason(), paragraphs: vec![input.why.clone()], table: None }];
    let (text, html) = render(&Page { lead, sections, foot: Vec::new() }, &subject, input.languages);
    Letter { subject, text, html, kind: LetterKind::Change }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said;

    #[test]
    fn the_first_line_says_what_not_to_do_and_no_place_is_named() {
        let id = AssignmentId::parse("K7Q2M").unwrap();
        let code = |text: &str| LineCode::parse(text).unwrap();
        let mut input = ChangeInput {
            assignment: &id,
            day: NaiveDate::from_ymd_opt(2026, 3, 12).unwrap(),
            gone: vec![code("V1"), code("C2")],
            why: said!("you are registered as away", "您已登记为不能到岗"),
            together: vec![(code("V3"), Some(Name::new("钱进", "Qian Jin"))), (code("V4"), None)],
            languages: Languages::One(Language::En),
        };
        let letter = change(&input);
        assert!(letter.text.starts_with("V1, C2 of your assignment K7Q2M are withdrawn:"), "{}", letter.text);
        assert!(letter.text.contains("V3: you go together with 钱进 Qian Jin"), "{}", letter.text);
        assert!(letter.text.contains("V4: you go alone"), "{}", letter.text);
        input.languages = Languages::One(Language::ZhHans);
        let letter = change(&input);
        assert!(letter.text.contains("任务K7Q2M的V1、C2已撤回") && letter.text.contains("您已登记"), "{}", letter.text);
        input.languages = Languages::Both;
        assert_eq!(change(&input).subject.as_str(), "督查变更 Change [K7Q2M] 03-12");
    }
}
