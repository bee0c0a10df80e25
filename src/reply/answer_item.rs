//! From behind the named questions of a line: their answer, and the remark that may take it back (REPLIES 6).

use super::inquiry::{Reader, Stated, Told};
use super::lexicon::Meaning;
use super::phrase::{Atom, Key};
use super::question::{Breadth, Named, Spot};
use super::remark::LONGEST_REMARK;
use super::statement::Why;
use super::value::{looks_like_one, value_at};
use crate::model::question::{Form, Value};

impl Reader<'_> {
    /// From behind the named questions on: their answer and its remark. Returns what follows.
    pub(super) fn item(&mut self, named: &Named, from: usize, correction: bool) -> usize {
        if let Some(why) = named.issue {
            self.told.strange.push((named.label.clone(), why));
            return self.stop(from);
        }
        let (answer, correction) = self.connectors(named, from, correction);
        if let ([spot], Breadth::One) = (&named.spots[..], named.breadth)
            && self.question(*spot).is_some_and(|q| q.form == Form::Text)
        {
            return self.text(*spot, answer, correction);
        }
        let found: Vec<(Spot, Option<(Value, usize)>)> = named
            .spots
            .iter()
            .map(|spot| (*spot, self.question(*spot).and_then(|q| value_at(q, self.atoms, answer))))
            .collect();
        let ends: Vec<usize> = found.iter().filter_map(|(_, value)| Some(value.as_ref()?.1)).collect();
        let Some(end) = ends.first().copied().filter(|end| ends.iter().all(|other| other == end)) else {
            let why = match answer < self.atoms.len() && looks_like_one(self.atoms, answer) {
                true => Why::WrongKind,
                false => Why::UnknownOutcome,
            };
            named.spots.iter().for_each(|spot| self.push(*spot, named.breadth, Err(why), correction));
            return self.stop(answer);
        };
        let (remark, next) = self.tail(&found, end);
        for (spot, value) in found {
            let said = match (value, &remark) {
                (Some((value, _)), Ok(remark)) => Ok(Told { value, remark: remark.clone() }),
                (Some(_), Err(why)) => Err(*why),
                // The rest is what takes such an answer.
                (None, _) if named.breadth == Breadth::Rest => continue,
                (None, _) => Err(Why::WrongKind),
            };
            self.push(spot, named.breadth, said, correction);
        }
        next
    }

    fn push(&mut self, spot: Spot, breadth: Breadth, said: Result<Told, Why>, correction: bool) {
        self.told.stated.push(Stated { spot, breadth, said, correction, quoted: self.quoted, aside: false });
    }

    /// Past `:`, `=>` and small words, up to where the answer begins.
    fn connectors(&self, named: &Named, from: usize, correction: bool) -> (usize, bool) {
        let scan = self.scan();
        let (mut at, mut correction) = (from, correction);
        let is_text = |spot: &Spot| self.question(*spot).is_some_and(|q| q.form == Form::Text);
        let text = matches!(&named.spots[..], [spot] if is_text(spot));
        let begins = |at: usize| {
            let mut questions = named.spots.iter().filter_map(|spot| self.question(*spot));
            questions.any(|q| value_at(q, self.atoms, at).is_some())
        };
        while at < self.atoms.len() && !begins(at) {
            let numeric = matches!(self.atoms.get(at + 1), Some(Atom { key: Key::Number(_), .. }));
            match (scan.mark(at), scan.meaning(at)) {
                (Some(':' | '=' | '>' | '→' | '⇒'), _) => at += 1,
                // A dash before a number may be a minus or a range.
                (Some('-' | '–' | '—'), _) if !numeric => at += 1,
                (_, Some((Meaning::Correction, end))) => (at, correction) = (end, true),
                (_, Some((Meaning::All, end))) if !text => at = end,
                _ => match scan.filler(at).filter(|_| !text) {
                    Some(end) => at = end,
                    None => break,
                },
            }
        }
        (at, correction)
    }

    /// What stands behind an answer: nothing, the next item, or a remark that does not take it back.
    fn tail(&mut self, found: &[(Spot, Option<(Value, usize)>)], end: usize) -> (Result<Option<String>, Why>, usize) {
        let value = found.iter().find_map(|(_, value)| value.as_ref()).map(|(value, _)| value.clone());
        let same = |at: usize| {
            let questions = found.iter().filter_map(|(spot, value)| self.question(*spot).filter(|_| value.is_some()));
            questions.filter_map(|q| value_at(q, self.atoms, at)).find(|(other, _)| Some(other) == value.as_ref())
        };
        let mut at = end;
        // "是 yes", as a drop-down shows it.
        while let Some((_, further)) = same(at) {
            at = further;
        }
        let scan = self.scan();
        let is_end = |at: usize| at >= self.atoms.len() || scan.code(at).is_some() || scan.named(at).is_some();
        if let Some(further) = scan.filler(at)
            && (is_end(further) || scan.mark(further).is_some_and(is_separator))
        {
            at = further;
        }
        if is_end(at) {
            return (Ok(None), at);
        }
        let spaced_dash = |at: usize| matches!(scan.mark(at), Some('-' | '–' | '—')) && scan.is_gap(at);
        if !scan.mark(at).is_some_and(is_separator) && !spaced_dash(at) {
            return match scan.meaning(at) {
                Some((Meaning::And | Meaning::Correction, further)) if scan.named(further).is_some() => (Ok(None), at),
                _ => (Err(Why::Unclear), self.stop(at)),
            };
        }
        let all_is_remark = matches!(scan.mark(at), Some(';' | '('));
        while at < self.atoms.len() && (scan.mark(at).is_some_and(is_separator) || spaced_dash(at)) {
            at += 1;
        }
        let follows = match scan.meaning(at) {
            Some((Meaning::And | Meaning::Correction, further)) => scan.named(further).is_some(),
            _ => false,
        };
        if is_end(at) || follows || self.grammar.begins(&self.line.after(self.start(at))) {
            return (Ok(None), at);
        }
        let next = self.stop(at);
        let piece = self.line.written(self.start(at), self.start(next));
        let piece = piece.trim().trim_end_matches([',', '，', ';', '；', '、', '。', ')', '）']);
        let remark: String = piece.chars().take(LONGEST_REMARK).collect();
        if !all_is_remark && self.takes_back_answer(found, value.as_ref(), at, next) {
            return (Err(Why::Unclear), next);
        }
        (Ok(Some(remark).filter(|remark| !remark.trim().is_empty())), next)
    }

    /// A remark behind a comma that begins with another answer, doubts, or takes back.
    fn takes_back_answer(
        &self,
        found: &[(Spot, Option<(Value, usize)>)],
        value: Option<&Value>,
        from: usize,
        to: usize,
    ) -> bool {
        let scan = self.scan();
        let other = |at: usize| {
            let questions = found.iter().filter_map(|(spot, _)| self.question(*spot));
            questions.filter_map(|q| value_at(q, self.atoms, at)).any(|(other, _)| Some(&other) != value)
        };
        let begins = |at: usize| at == from || scan.mark(at - 1).is_some_and(is_separator);
        (from..to).any(|at| {
            let doubts = matches!(
                scan.meaning(at),
                Some((
                    Meaning::Doubt | Meaning::Revoked | Meaning::Correction | Meaning::Exception | Meaning::Aside,
                    _
                ))
            );
            doubts || matches!(scan.mark(at), Some('?')) || begins(at) && other(at)
        })
    }

    /// A text reaches to the end of the line; what follows it needs a `;` between.
    fn text(&mut self, spot: Spot, from: usize, correction: bool) -> usize {
        let next = self.stop(from);
        let scan = self.scan();
        let apart = next >= self.atoms.len() || next == from || matches!(scan.mark(next - 1), Some(';' | '。'));
        let written = self.line.written(self.start(from), self.start(next)).trim();
        let written = written.trim_end_matches([';', '；', '。']).trim();
        let whole = self.question(spot).and_then(|q| value_at(q, self.atoms, from));
        let said = match whole {
            Some((value, _)) => Ok(Told { value, remark: None }),
            None if !written.chars().any(char::is_alphanumeric) => Err(Why::UnknownOutcome),
            None if !apart => Err(Why::Unclear),
            None => Ok(Told { value: Value::Text(written.chars().take(LONGEST_REMARK).collect()), remark: None }),
        };
        self.push(spot, Breadth::One, said, correction);
        next
    }

    /// The next question or code from here on.
    fn stop(&self, from: usize) -> usize {
        let scan = self.scan();
        (from..self.atoms.len())
            .find(|at| scan.code(*at).is_some() || scan.named(*at).is_some())
            .unwrap_or(self.atoms.len())
    }
}

pub(super) fn is_separator(mark: char) -> bool {
    matches!(mark, ',' | '、' | ';' | '.' | '。' | '!' | '|' | '(' | ')')
}
