//! The lines of an assignment, code first and ` =>` last (REPLIES 1).

use super::assignment::{AnswerLine, AssignmentInput};
use super::columns::{GLUE, flat, wrap};
use crate::model::register::{Name, Role};
use crate::model::{Assignment, Kind, Language, Line, LineContact, Phone, Question, Said};
use crate::words::calls;
use crate::words::letters::{common, inspector};

/// Continuations stand deeper than the persons of a visit, so that no line looks like another's.
const CONTINUED: usize = 6;
const PERSON: usize = 3;

/// Physical lines of a letter, and which of them are to be answered.
pub struct Rendered {
    pub lines: Vec<String>,
    pub answers: Vec<AnswerLine>,
    pub visits: usize,
    pub calls: usize,
    /// Questions among the answers that nothing waits for.
    pub optional: usize,
}

/// `open` names lines (`C1`, or `V1` for all of its persons) and persons (`V1.2`); `None` means all.
pub fn render(input: &AssignmentInput<'_>, open: Option<&[String]>) -> Rendered {
    let mut out = Rendered { lines: Vec::new(), answers: Vec::new(), visits: 0, calls: 0, optional: 0 };
    let is_open = |code: &str| open.is_none_or(|codes| codes.iter().any(|c| c == code));
    let is_open = &is_open;
    let one_call_span = common_call_span(input.assignment).is_some();
    for line in &input.assignment.lines {
        let whole = is_open(line.code.as_str());
        match line.kind {
            Kind::Visit => {
                let persons: Vec<usize> =
                    (1..=line.officials.len()).filter(|number| whole || is_open(&line.person_code(*number))).collect();
                let asked = questions(line, whole, is_open);
                if whole || !persons.is_empty() || !asked.is_empty() {
                    out.visits += 1;
                    out.visit(input, line, &persons, whole);
                    out.questions(input, line, &asked);
                }
            }
            Kind::Call => {
                let asked = questions(line, whole, is_open);
                if whole || !asked.is_empty() {
                    out.calls += 1;
                    let text = call(input, line, !one_call_span);
                    match whole {
                        true => out.answer(line.code.as_str(), &text, 0),
                        false => out.lines.extend(wrap(&text, 0, CONTINUED)),
                    }
                    out.questions(input, line, &asked);
                }
            }
        }
    }
    out
}

/// Those of a line that are asked now.
fn questions(line: &Line, whole: bool, is_open: impl Fn(&str) -> bool) -> Vec<&Question> {
    line.questions().iter().filter(|q| whole || is_open(&line.question_code(q.code))).collect()
}

impl Rendered {
    fn questions(&mut self, input: &AssignmentInput<'_>, line: &Line, questions: &[&Question]) {
        for question in questions {
            let text = super::questions::text(input.languages, line, question);
            self.answer(&line.question_code(question.code), &text, PERSON);
            self.optional += usize::from(!question.required);
        }
    }

    fn visit(&mut self, input: &AssignmentInput<'_>, line: &Line, persons: &[usize], whole: bool) {
        let text = format!(
            "{} {} {} {}{}{}{}",
            line.code,
            input.languages.choose("VISIT", &common::kind(Kind::Visit)),
            common::span(line.from, line.to, input.zone),
            shown(&line.village.both()),
            comma(input),
            shown(&line.township.both()),
            together(input, line) + &looked_at_again(input, line),
        );
        if line.officials.is_empty() && whole {
            self.answer(line.code.as_str(), &text, 0);
            return;
        }
        self.lines.extend(wrap(&text, 0, CONTINUED));
        for (number, official) in (1..).zip(&line.officials).filter(|(number, _)| persons.contains(number)) {
            let code = line.person_code(number);
            let text = format!("{code} {}{}{}", shown(&official.name.both()), comma(input), role(input, official.role));
            self.answer(&code, &text, PERSON);
        }
    }

    fn answer(&mut self, code: &str, text: &str, indent: usize) {
        let physical = wrap(&format!("{text}{GLUE}=>"), indent, CONTINUED);
        self.lines.extend(physical.iter().cloned());
        self.answers.push(AnswerLine { code: code.to_owned(), physical });
    }
}

fn call(input: &AssignmentInput<'_>, line: &Line, with_span: bool) -> String {
    let mut text = format!("{} {} ", line.code, input.languages.choose("CALL", &common::kind(Kind::Call)));
    if with_span {
        text.push_str(&common::span(line.from, line.to, input.zone));
        text.push(' ');
    }
    let village = Said::new(shown(latin_or_own(&line.village)), shown(&line.village.own));
    let both_village = Said::new(shown(&line.village.own), shown(&line.village.own));
    let (about, about_both) = match line.contact.as_ref().is_some_and(|c| c.official.is_some()) {
        true => (inspector::of_team(&village), inspector::of_team(&both_village)),
        false => (inspector::about_team(&village), inspector::about_team(&both_village)),
    };
    let about = input.languages.choose(&about_both.en, &about).to_owned();
    let mut parts = match &line.contact {
        Some(LineContact { name, role: its_role, phone, .. }) => {
            vec![shown(&name.both()), role(input, *its_role), about, dialled(phone)]
        }
        None => vec![about],
    };
    if let Some(checked) = &line.back_check {
        let (one, last) = (inspector::back_check(&common::day(checked.day)), parts.len().saturating_sub(1));
        parts.insert(last, input.languages.inline(&one));
    }
    if let Some(number) = line.attempt {
        let (one, last) = (calls::attempt(number), parts.len().saturating_sub(1));
        parts.insert(last, input.languages.inline(&one));
    }
    text + &parts.join(comma(input))
}

/// Who comes along, where a visit is made by two.
fn together(input: &AssignmentInput<'_>, line: &Line) -> String {
    let Some(name) = &line.companion else { return String::new() };
    let name = shown(&name.both());
    let both = format!("with / 同行 {name}");
    format!("{}{}", comma(input), input.languages.choose(&both, &inspector::together(&name)))
}

/// The finished visit that is looked at again.
fn looked_at_again(input: &AssignmentInput<'_>, line: &Line) -> String {
    let Some(checked) = &line.back_check else { return String::new() };
    format!("{}{}", comma(input), input.languages.inline(&inspector::back_check(&common::day(checked.day))))
}

/// The number as one word that is never broken.
fn dialled(phone: &Phone) -> String {
    shown(&phone.shown).replace(' ', &GLUE.to_string())
}

fn role(input: &AssignmentInput<'_>, role: Role) -> String {
    let name = role.shown();
    input.languages.choose(&name.both(), &Said::new(name.latin.clone(), name.own.clone())).to_owned()
}

fn comma(input: &AssignmentInput<'_>) -> &'static str {
    match input.languages {
        super::Languages::One(Language::ZhHans) => "，",
        _ => ", ",
    }
}

fn latin_or_own(name: &Name) -> &str {
    if name.latin.is_empty() { &name.own } else { &name.latin }
}

/// A text of the register on one line; it cannot pass for the end of an answer line.
pub fn shown(text: &str) -> String {
    flat(text).replace("=>", "= >")
}

/// The span in which all calls of an assignment may be made, where it is the same for all.
pub fn common_call_span(assignment: &Assignment) -> Option<&Line> {
    let mut calls = assignment.lines.iter().filter(|line| line.kind == Kind::Call);
    let first = calls.next()?;
    calls.all(|line| (line.from, line.to) == (first.from, first.to)).then_some(first)
}

/// Who is meant by `C1`, `V1.2` or `V1` (then the village).
pub fn who(assignment: &Assignment, code: &str) -> Option<Name> {
    let (line_code, number) = match code.split_once('.') {
        Some((line, number)) => (line, number.parse::<usize>().ok()),
        None => (code, None),
    };
    let line = assignment.lines.iter().find(|line| line.code.as_str() == line_code)?;
    match (line.kind, number) {
        (Kind::Visit, Some(number)) => line.officials.get(number.checked_sub(1)?).map(|o| o.name.clone()),
        (Kind::Visit, None) => Some(line.village.clone()),
        (Kind::Call, _) => line.contact.as_ref().map(|c| c.name.clone()),
    }
}
