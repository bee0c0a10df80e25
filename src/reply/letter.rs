//! The letter that is answered, to tell its lines from the person's (REPLIES 5, rule 2): equal, equal up
//! to `=>`, and wrapped or joined anew by a mail program.

use super::sent::Sent;
use super::text::Line;
use std::rc::Rc;

/// The letter without blanks, so that wrapping does not matter.
pub struct Letter {
    chars: Vec<char>,
    lines: Vec<LetterLine>,
}

struct LetterLine {
    /// `start..end` in [`Letter::chars`].
    start: usize,
    end: usize,
    /// The code that an answer behind its `=>` or right below it belongs to.
    code: Option<String>,
    open: bool,
    /// As we wrote it, without the blanks around it.
    written: String,
}

/// How a line of a mail compares with the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// Ours, up to this place in the letter.
    Ours {
        to: usize,
    },
    /// Ours up to `=>`; what was written behind it begins at this character of the line.
    Answer {
        code: String,
        from: usize,
        to: usize,
    },
    No,
}

/// Fewer characters than this are never taken for a piece of a line that a mail program has wrapped.
const SHORTEST_PIECE: usize = 2;

impl Letter {
    /// Of its lines, as written and taken apart.
    pub fn new(sent: &Sent, lines: &[(&str, Line)]) -> Letter {
        let mut letter = Letter { chars: Vec::new(), lines: Vec::new() };
        // The code of a line that goes on in the next one, where its `=>` is.
        let mut begun: Option<String> = None;
        for (written, line) in lines {
            let start = letter.chars.len();
            letter.chars.extend(squeezed(line).map(|(c, _)| c));
            if letter.chars.len() == start {
                continue;
            }
            let open = letter.chars.ends_with(&['=', '>']);
            let own = code_of(sent, line);
            let code = if own.is_none() && open { begun.take() } else { own };
            if code.is_some() {
                begun = code.clone().filter(|_| !open);
            }
            let written = written.trim().to_owned();
            letter.lines.push(LetterLine { start, end: letter.chars.len(), code, open, written });
        }
        letter
    }

    /// Whether a line without its quote marks is the next of ours to the letter, which most are that somebody quotes, and
    /// waits for no answer: then where it ends, and its code. The same as `compare` finds, for less.
    pub fn goes_on_with(&self, unquoted: &str, at: usize) -> Option<(usize, Option<&str>)> {
        let next = self.lines.binary_search_by_key(&at, |line| line.start).ok()?;
        let line = self.lines.get(next).filter(|line| !line.open && line.written == unquoted.trim_end())?;
        Some((line.end, line.code.as_deref()))
    }

    /// Compares a line. `at` is where the line before it ended in the letter; `ahead` gives the lines after.
    pub fn compare(&self, line: &Line, at: Option<usize>, mut ahead: impl FnMut(usize) -> Option<Rc<Line>>) -> Match {
        let Some((first, _)) = squeezed(line).next() else { return Match::No };
        if let Some(to) = at {
            match self.from(line, to) {
                Match::No => {}
                found => return found,
            }
        }
        for ours in self.lines.iter().filter(|ours| self.chars.get(ours.start) == Some(&first)) {
            match self.from(line, ours.start) {
                Match::Ours { to } if to < ours.end && !self.goes_on(to, ours, &mut ahead) => {}
                Match::No => {}
                found => return found,
            }
        }
        Match::No
    }

    /// Compares with the letter from one place on.
    fn from(&self, line: &Line, start: usize) -> Match {
        let ours = self.chars.get(start..).unwrap_or_default();
        let mut common = 0;
        let Some((_, differs)) = squeezed(line).find(|(c, _)| {
            let same = ours.get(common) == Some(c);
            common += usize::from(same);
            !same
        }) else {
            return Match::Ours { to: start + common };
        };
        let answered =
            self.lines.iter().filter(|l| l.open && l.end > start && l.end <= start + common).max_by_key(|l| l.end);
        match answered {
            Some(LetterLine { end, code: Some(code), .. }) => {
                let behind = if *end == start + common { Some(differs) } else { None };
                let from = behind.or_else(|| squeezed(line).nth(end - start).map(|(_, at)| at));
                Match::Answer { code: code.clone(), from: from.unwrap_or(line.chars.len()), to: *end }
            }
            _ => Match::No,
        }
    }

    /// Whether the lines that follow are the rest of a wrapped line of ours.
    fn goes_on(&self, to: usize, ours: &LetterLine, ahead: &mut impl FnMut(usize) -> Option<Rc<Line>>) -> bool {
        let mut to = to;
        if to - ours.start < SHORTEST_PIECE {
            return false;
        }
        for number in 0..3 {
            let Some(next) = ahead(number) else { return false };
            match self.from(&next, to) {
                Match::Ours { to: further } if further >= ours.end => return true,
                Match::Ours { to: further } => to = further,
                Match::Answer { .. } => return true,
                Match::No => return false,
            }
        }
        true
    }

    /// The code of the line of ours that ends here, if it has one, and whether it waits for an answer.
    pub fn ending_at(&self, to: usize) -> Option<(Option<&str>, bool)> {
        self.lines.iter().find(|line| line.end == to).map(|line| (line.code.as_deref(), line.open))
    }
}

/// The compared characters without blanks, each with its place in the line; without `|` too, which a
/// wrapped line may begin with and which is then taken for a quote mark.
fn squeezed(line: &Line) -> impl Iterator<Item = (char, usize)> {
    let kept = |c: char| !c.is_whitespace() && c != '|';
    line.chars.iter().enumerate().filter(move |(_, c)| kept(**c)).map(|(at, c)| (*c, at))
}

/// Whether a line may begin with a code, before it is looked for among those of the assignment.
pub fn begins_with_code(line: &Line) -> bool {
    let mut chars = line.chars.iter().skip_while(|c| c.is_whitespace());
    matches!((chars.next(), chars.next()), (Some('v' | 'c' | 'x' | 'q'), Some(digit)) if digit.is_ascii_digit())
}

/// The code that a line begins with, if the assignment has it.
fn code_of(sent: &Sent, line: &Line) -> Option<String> {
    if !begins_with_code(line) {
        return None;
    }
    let plain = line.plain().to_uppercase();
    let code = plain.split_whitespace().next()?;
    (sent.by_code(code).is_some() || sent.question(code).is_some()).then(|| code.to_owned())
}

/// Where the letter's text is not known, its lines are told by what the fields say that must stand in them:
/// `V1 VISIT 09:00…`, `V1.1` and the name, `C1 CALL`, the name and the number, before `=>`. A line about anybody
/// else is of another letter. Gives the code, and where an answer begins.
pub fn by_pattern(sent: &Sent, line: &Line) -> Option<(String, Option<usize>)> {
    let code = code_of(sent, line)?;
    let plain: String = line.chars.iter().collect();
    let arrow = plain.find("=>");
    let before = arrow.and_then(|at| plain.get(..at)).unwrap_or(&plain);
    let (_, rest) = before.trim_start().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    if let Some((line, question)) = sent.question(&code) {
        let asked = sent.lines.get(line)?.questions.get(question)?;
        let ours = [&asked.said.en, &asked.said.zh].iter().any(|said| rest.contains(&Line::new(said).plain()));
        return (ours && arrow.is_some()).then(|| (code, Some(before.chars().count() + 2)));
    }
    let persons = sent.persons.get(sent.by_code(&code)?)?;
    if arrow.is_none() {
        let heading = rest
            .strip_prefix("visit ")
            .is_some_and(|span| span.split_whitespace().next().is_some_and(|w| w.contains(':')));
        return heading.then_some((code, None));
    }
    let [person] = persons else { return None };
    let rest = match &person.phone {
        None => rest,
        Some(phone) => {
            rest.strip_prefix("call ").filter(|rest| rest.trim_end().ends_with(&Line::new(phone).plain()))?
        }
    };
    let named = std::iter::once(&person.name).chain(&person.also).any(|name| {
        let behind = rest.strip_prefix(Line::new(name).plain().as_str());
        behind.is_some_and(|behind| !behind.starts_with(char::is_alphanumeric))
    });
    named.then(|| (code, Some(before.chars().count() + 2)))
}
