//! From what the lines say of questions to what is recorded (REPLIES 6): what is said of one question counts before
//! what is said of several, corrections, conflicts, the rest; and nothing of a check that was not made.

use super::inquiry::{HeardAnswers, Stated, Told};
use super::question::{Breadth, Spot};
use super::reading::{Answered, By, Earlier, Outcomes, Problem};
use super::sent::Sent;
use super::statement::Why;
use crate::model::Outcome;
use crate::model::question::{Asked, Question, is_asked, missing};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub struct AnswersGathered {
    pub results: Vec<Answered>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone)]
enum State<'a> {
    Said { told: &'a Told, breadth: Breadth, correction: bool },
    Bad(Why),
}

/// Problems that belong to no question are listed up to this many.
const MOST_STRANGE: usize = 50;

pub fn gather_answers(sent: &Sent, heard: &HeardAnswers, outcomes: &[Outcomes], earlier: &Earlier) -> AnswersGathered {
    let mut gathering = Gathering { sent, earlier, states: BTreeMap::new(), typed: BTreeSet::new() };
    let direct = |stated: &&Stated| !stated.quoted;
    gathering.typed = heard.stated.iter().filter(direct).map(|stated| stated.spot).collect();
    for breadth in [Breadth::One, Breadth::Several, Breadth::Rest] {
        // What is said of more at once changes nothing of what is said of fewer.
        let settled: BTreeSet<Spot> = gathering.states.keys().copied().collect();
        for stated in heard.stated.iter().filter(|s| s.breadth == breadth && !s.aside && !settled.contains(&s.spot)) {
            gathering.take(stated);
        }
    }
    for stated in heard.stated.iter().filter(|stated| stated.aside) {
        gathering.states.entry(stated.spot).or_insert(State::Bad(Why::Unclear));
    }
    gathering.hold_against_each_other();
    gathering.hold_against_outcomes(outcomes);
    gathering.finish(&heard.strange)
}

struct Gathering<'a> {
    sent: &'a Sent,
    earlier: &'a Earlier,
    states: BTreeMap<Spot, State<'a>>,
    /// Questions of which something is said outside of quoted lines.
    typed: BTreeSet<Spot>,
}

impl<'a> Gathering<'a> {
    fn question(&self, (line, question): Spot) -> Option<&'a Question> {
        self.sent.lines.get(line)?.questions.get(question)
    }

    fn code(&self, spot: Spot) -> String {
        question_code(self.sent, spot)
    }

    fn take(&mut self, stated: &'a Stated) {
        let spot = stated.spot;
        let told = match &stated.said {
            Ok(told) => told,
            Err(why) => {
                self.states.entry(spot).and_modify(|state| *state = State::Bad(*why)).or_insert(State::Bad(*why));
                return;
            }
        };
        let recorded = self.earlier.answers.get(&self.code(spot));
        if stated.breadth == Breadth::Rest && recorded.is_some() {
            return;
        }
        let value = told.value.code();
        let is_recorded = recorded.is_some_and(|code| *code == value);
        let was_said = self.earlier.ever_answered.contains(&(self.code(spot), value));
        if stated.quoted && (is_recorded && self.typed.contains(&spot) || !is_recorded && was_said) {
            // The answer of an earlier mail, quoted below what is said now; alone it may be meant anew.
            if self.typed.is_empty() && !is_recorded {
                self.states.insert(spot, State::Bad(Why::Conflict));
            }
            return;
        }
        let new = State::Said { told, breadth: stated.breadth, correction: stated.correction };
        match self.states.get_mut(&spot) {
            None => drop(self.states.insert(spot, new)),
            Some(state) if stated.correction => *state = new,
            Some(State::Bad(_)) => {}
            Some(State::Said { told: before, .. }) if before.value == told.value => {
                if before.remark.is_none() {
                    self.states.insert(spot, new);
                }
            }
            Some(state) => *state = State::Bad(Why::Conflict),
        }
    }

    /// What counts of a line's questions after this mail, by its code.
    fn answers_of(&self, line: usize) -> BTreeMap<String, String> {
        let mut answers = BTreeMap::new();
        for question in 0..self.sent.lines.get(line).map_or(0, |l| l.questions.len()) {
            let code = self.code((line, question));
            let value = match self.states.get(&(line, question)) {
                Some(State::Said { told, .. }) => Some(told.value.code()),
                _ => self.earlier.answers.get(&code).cloned(),
            };
            answers.extend(value.map(|value| (code, value)));
        }
        answers
    }

    /// An answer to a question that is not asked, as another one is answered.
    fn hold_against_each_other(&mut self) {
        for line in 0..self.sent.lines.len() {
            let answers = self.answers_of(line);
            let spots: Vec<Spot> = self.states.keys().copied().filter(|spot| spot.0 == line).collect();
            for spot in spots {
                let Some(question) = self.question(spot) else { continue };
                let code = self.sent.lines.get(line).map(|l| l.code.to_string()).unwrap_or_default();
                let answered = |q| answers.get(&format!("{code}.{q}")).map(String::as_str);
                if is_asked(question, answered) != Asked::No {
                    continue;
                }
                match self.states.get(&spot) {
                    Some(State::Said { breadth: Breadth::One, .. }) => {
                        self.states.insert(spot, State::Bad(Why::Conflict));
                    }
                    Some(_) => drop(self.states.remove(&spot)),
                    None => {}
                }
            }
        }
    }

    /// Nothing is answered of a visit that was not made or a call that did not come through.
    fn hold_against_outcomes(&mut self, outcomes: &[Outcomes]) {
        for (number, line) in self.sent.lines.iter().enumerate() {
            let said = outcomes_of(self.sent, number, outcomes, self.earlier);
            if said.is_empty() || said.iter().any(|outcome| line.kind.can_be_asked(*outcome)) {
                continue;
            }
            for (_, state) in self.states.range_mut((number, 0)..(number + 1, 0)) {
                if matches!(state, State::Said { .. }) {
                    *state = State::Bad(Why::Conflict);
                }
            }
        }
    }

    fn finish(self, strange: &[(String, Why)]) -> AnswersGathered {
        let mut gathered = AnswersGathered::default();
        for (spot, state) in &self.states {
            let (Some(line), Some(question)) = (self.sent.lines.get(spot.0), self.question(*spot)) else { continue };
            match state {
                State::Bad(why) => gathered.problems.push(Problem { line: self.code(*spot), why: *why }),
                State::Said { told, breadth, correction } => gathered.results.push(Answered {
                    line: line.code.to_string(),
                    question: question.code,
                    value: told.value.clone(),
                    remark: told.remark.clone(),
                    by: if *breadth == Breadth::Rest { By::Rest } else { By::Code },
                    correction: *correction,
                }),
            }
        }
        for (label, why) in strange.iter().take(MOST_STRANGE) {
            let problem = Problem { line: label.clone(), why: *why };
            if !gathered.problems.contains(&problem) {
                gathered.problems.push(problem);
            }
        }
        gathered
    }
}

fn question_code(sent: &Sent, (line, question): Spot) -> String {
    let line = sent.lines.get(line);
    let asked = line.and_then(|l| l.questions.get(question));
    line.zip(asked).map(|(l, q)| format!("{}.{}", l.code, q.code)).unwrap_or_default()
}

/// What is known of everybody of a line after this mail.
fn outcomes_of(sent: &Sent, line: usize, outcomes: &[Outcomes], earlier: &Earlier) -> Vec<Outcome> {
    let persons = sent.lines.get(line).and_then(|l| sent.persons.get(l.persons.clone())).unwrap_or_default();
    let said = |code: &str| {
        let now = outcomes.iter().find(|result| result.person == code).map(|result| result.outcome);
        now.or_else(|| earlier.recorded.get(code).copied())
    };
    persons.iter().filter_map(|person| said(&person.code)).collect()
}

/// The required questions of a line that are to be answered still; none before anything else is known of the line.
pub fn open_questions(
    sent: &Sent,
    line: usize,
    outcomes: &[Outcomes],
    answers: &[Answered],
    earlier: &Earlier,
) -> Vec<String> {
    let Some(of) = sent.lines.get(line) else { return Vec::new() };
    let said = outcomes_of(sent, line, outcomes, earlier);
    let made = said.iter().any(|outcome| of.kind.completes(*outcome));
    let code = of.code.as_str();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for question in &of.questions {
        let now = answers.iter().find(|a| a.line == code && a.question == question.code).map(|a| a.value.code());
        let value = now.or_else(|| earlier.answers.get(&format!("{code}.{}", question.code)).cloned());
        known.extend(value.map(|value| (question.code.to_string(), value)));
    }
    if !made && known.is_empty() {
        return Vec::new();
    }
    let open = missing(&of.questions, |q| known.get(&q.to_string()).map(String::as_str));
    open.iter().map(|question| format!("{code}.{}", question.code)).collect()
}
