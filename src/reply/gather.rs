//! From the statements of a mail to what is recorded: corrections, conflicts, the rest (REPLIES 6).

use super::reading::{Earlier, Note, Outcomes, Problem};
use super::sent::Sent;
use super::statement::{About, By, Said, Statement, Target, Why};
use crate::model::{Kind, Language};
use std::collections::BTreeSet;

/// What one mail brings.
#[derive(Debug, Default)]
pub struct Gathered {
    pub results: Vec<Outcomes>,
    pub problems: Vec<Problem>,
    pub notes: Vec<Note>,
    pub language: Option<Language>,
}

/// Where a person stands while the statements are gone through.
#[derive(Debug, Clone)]
enum State<'a> {
    Unsaid,
    Said { said: &'a Said, by: By, correction: bool },
    Bad { why: Why, label: String },
}

/// Problems that belong to no person are listed up to this many.
const MOST_STRANGE: usize = 50;

pub fn gather(sent: &Sent, statements: &[Statement], named: &BTreeSet<usize>, earlier: &Earlier) -> Gathered {
    let mut gathering = Gathering {
        sent,
        earlier,
        states: vec![State::Unsaid; sent.persons.len()],
        strange: Vec::new(),
        typed: BTreeSet::new(),
        rest: None,
        of_team: None,
    };
    for statement in statements.iter().filter(|s| !s.quoted) {
        if let About::Targets(targets) = &statement.about {
            gathering.typed.extend(targets.iter().flat_map(|t| t.persons.clone()));
        }
    }
    for statement in statements {
        gathering.take(statement);
    }
    gathering.hold_against_mentions(statements);
    gathering.fill_rest(named);
    gathering.finish()
}

struct Gathering<'a> {
    sent: &'a Sent,
    earlier: &'a Earlier,
    states: Vec<State<'a>>,
    strange: Vec<Problem>,
    /// Persons of whom something is said outside of quoted lines.
    typed: BTreeSet<usize>,
    rest: Option<State<'a>>,
    /// The visit whose team `rest` may mean.
    of_team: Option<usize>,
}

impl<'a> Gathering<'a> {
    fn take(&mut self, statement: &'a Statement) {
        match &statement.about {
            About::Rest => self.take_rest(statement),
            About::Targets(targets) => {
                for target in targets.iter().filter(|_| !statement.aside) {
                    self.take_target(statement, target);
                }
            }
        }
    }

    fn take_target(&mut self, statement: &'a Statement, target: &Target) {
        if let Some(issue) = target.issue {
            self.problem(&target.label, issue);
            target.persons.clone().for_each(|p| self.spoil(p, issue, &target.label));
            return;
        }
        for person in target.persons.clone() {
            match &statement.said {
                Err(why) => self.spoil(person, *why, &target.label),
                Ok(said) if !self.kind(person).is_some_and(|kind| kind.fits(said.outcome)) => {
                    self.spoil(person, Why::WrongKind, &target.label);
                }
                Ok(said) => self.say(person, said, target.by, statement),
            }
        }
    }

    fn kind(&self, person: usize) -> Option<Kind> {
        self.sent.line_of(person).map(|line| line.kind)
    }

    fn say(&mut self, person: usize, said: &'a Said, by: By, statement: &Statement) {
        let old_answer = statement.quoted && self.is_old(person, said);
        let conflict = self.label(person);
        if old_answer && self.typed.is_empty() && !self.is_recorded_as(person, said) {
            // Nothing but an answer that was replaced since: quoted once more, or meant anew?
            return self.spoil(person, Why::Conflict, &conflict);
        }
        let Some(state) = self.states.get_mut(person) else { return };
        let new = State::Said { said, by, correction: statement.correction };
        match state {
            // The answer of an earlier mail, quoted below what is said now.
            _ if old_answer => {}
            State::Unsaid => *state = new,
            _ if statement.correction => *state = new,
            State::Said { said: before, .. } if before.outcome == said.outcome => {
                if before.remark.is_none() && before.at.is_none() {
                    *state = new;
                }
            }
            State::Said { .. } => *state = State::Bad { why: Why::Conflict, label: conflict },
            State::Bad { .. } => {}
        }
    }

    /// Whether an answer in a quoted line is one that an earlier mail gave, and something newer stands.
    fn is_old(&self, person: usize, said: &Said) -> bool {
        if self.is_recorded_as(person, said) {
            return self.typed.contains(&person);
        }
        self.earlier.ever.contains(&(self.code(person).to_owned(), said.outcome))
    }

    fn is_recorded_as(&self, person: usize, said: &Said) -> bool {
        self.earlier.recorded.get(self.code(person)) == Some(&said.outcome)
    }

    /// Nothing of this person is recorded, unless a correction follows.
    fn spoil(&mut self, person: usize, why: Why, label: &str) {
        if let Some(state) = self.states.get_mut(person)
            && !matches!(state, State::Bad { .. })
        {
            *state = State::Bad { why, label: label.to_owned() };
        }
    }

    /// An unclear statement that mentions somebody with another outcome than is said of them elsewhere
    /// leaves both open; prose about somebody of whom nothing else is said is asked back.
    fn hold_against_mentions(&mut self, statements: &[Statement]) {
        for (person, outcome) in statements.iter().flat_map(|s| &s.touched) {
            let label = self.label(*person);
            match self.states.get(*person) {
                Some(State::Said { said, correction: false, .. }) if said.outcome != *outcome => {
                    self.spoil(*person, Why::Unclear, &label);
                }
                _ => {}
            }
        }
        for statement in statements.iter().filter(|s| s.aside) {
            let About::Targets(targets) = &statement.about else { continue };
            for (target, person) in targets.iter().flat_map(|t| t.persons.clone().map(move |p| (t, p))) {
                if matches!(self.states.get(person), Some(State::Unsaid)) {
                    self.spoil(person, Why::Unclear, &target.label);
                }
            }
        }
    }

    /// The person's code; where a line has no other person, the line's.
    fn label(&self, person: usize) -> String {
        match self.sent.line_of(person) {
            Some(line) if line.persons.len() == 1 => line.code.to_string(),
            _ => self.code(person).to_owned(),
        }
    }

    fn code(&self, person: usize) -> &str {
        self.sent.persons.get(person).map(|p| p.code.as_str()).unwrap_or_default()
    }

    fn problem(&mut self, line: &str, why: Why) {
        let problem = Problem { line: line.to_owned(), why };
        if self.strange.len() < MOST_STRANGE && !self.strange.contains(&problem) {
            self.strange.push(problem);
        }
    }

    fn take_rest(&mut self, statement: &'a Statement) {
        self.of_team = self.of_team.or(statement.of_team);
        let rest = || "rest".to_owned();
        let new = match &statement.said {
            // Prose that only begins with such a word.
            Err(Why::UnknownOutcome) => return,
            Err(why) => State::Bad { why: *why, label: rest() },
            Ok(said) => State::Said { said, by: By::Rest, correction: statement.correction },
        };
        self.rest = Some(match (self.rest.take(), new) {
            (None, new) => new,
            (Some(_), new @ State::Said { correction: true, .. }) => new,
            (Some(State::Said { said: one, .. }), State::Said { said: other, by, correction })
                if one.outcome == other.outcome =>
            {
                State::Said { said: one, by, correction }
            }
            (Some(State::Said { .. }), State::Said { .. }) => State::Bad { why: Why::Conflict, label: rest() },
            (Some(bad @ State::Bad { .. }), _) | (_, bad) => bad,
        });
    }

    /// Everybody who is neither named in the mail nor recorded yet.
    fn fill_rest(&mut self, named: &BTreeSet<usize>) {
        let (said, correction) = match self.rest.take() {
            Some(State::Said { said, correction, .. }) => (said, correction),
            Some(State::Bad { why, label }) => return self.problem(&label, why),
            _ => return,
        };
        let left = |person: &usize| {
            let unsaid = matches!(self.states.get(*person), Some(State::Unsaid));
            unsaid && !self.earlier.recorded.contains_key(self.code(*person)) && !named.contains(person)
        };
        let left: Vec<usize> = (0..self.states.len()).filter(left).collect();
        // "V1 刘敏请假，其余在岗": the rest of the team, or of the list?
        let line = |person: &usize| self.sent.persons.get(*person).map(|p| p.line);
        if self.of_team.is_some() && left.iter().any(|person| line(person) != self.of_team) {
            return self.problem("rest", Why::Unclear);
        }
        for person in left {
            let fits = self.kind(person).is_some_and(|kind| kind.fits(said.outcome));
            let line = self.sent.line_of(person).map(|l| l.code.to_string()).unwrap_or_default();
            if let Some(state) = self.states.get_mut(person) {
                *state = match fits {
                    true => State::Said { said, by: By::Rest, correction },
                    false => State::Bad { why: Why::WrongKind, label: line },
                };
            }
        }
    }

    fn finish(self) -> Gathered {
        let mut gathered = Gathered::default();
        let (mut chinese, mut english) = (0, 0);
        for (state, person) in self.states.iter().zip(&self.sent.persons) {
            let Some(line) = self.sent.lines.get(person.line) else { continue };
            match state {
                State::Unsaid => {}
                State::Bad { why, label } => {
                    let all_alike = line.persons.len() > 1
                        && line
                            .persons
                            .clone()
                            .all(|p| matches!(self.states.get(p), Some(State::Bad { why: other, .. }) if other == why));
                    let line = if all_alike { line.code.to_string() } else { label.clone() };
                    let problem = Problem { line, why: *why };
                    if !gathered.problems.contains(&problem) {
                        gathered.problems.push(problem);
                    }
                }
                State::Said { said, by, correction } => {
                    *if said.in_chinese { &mut chinese } else { &mut english } += 1;
                    if let Some(word) = &said.misspelt {
                        let note = Note::Misspelt { word: word.clone(), taken: said.outcome };
                        if !gathered.notes.contains(&note) {
                            gathered.notes.push(note);
                        }
                    }
                    gathered.results.push(Outcomes {
                        line: line.code.to_string(),
                        person: person.code.clone(),
                        name: (line.kind == Kind::Visit).then(|| person.name.clone()),
                        outcome: said.outcome,
                        remark: said.remark.clone(),
                        at: said.at,
                        by: *by,
                        correction: *correction,
                    });
                }
            }
        }
        for problem in self.strange {
            if !gathered.problems.contains(&problem) {
                gathered.problems.push(problem);
            }
        }
        gathered.language = match (chinese, english) {
            (0, 0) => None,
            _ if chinese >= english => Some(Language::ZhHans),
            _ => Some(Language::En),
        };
        gathered
    }
}
