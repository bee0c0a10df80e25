//! Answers by question with their ranges (EVIDENCE 7): visits and calls apart, never a person, and of calls nothing that
//! only a few could have said.

use super::document::Cell;
use super::estimate::{Estimate, bounds};
use super::taken::{Line, Taken};
use super::units::{Inclusion, SampleError, Share, Stratum};
use crate::model::question::{Form, Question, Value};
use crate::model::{Days, Kind, Said};
use crate::said;
use serde_json::json;

/// Of calls that fewer answered, no answers are shown: somebody could tell whose they are.
pub const FEWEST_CALLS: usize = 5;

/// What one line says of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Answer(Value),
    /// The check was made, and nothing was written.
    Nothing,
    /// It is not asked where another question is answered so, or of a line with other questions.
    NotAsked,
    /// The check was not made.
    NotMade,
}

/// Lines of one pool in a window.
#[derive(Debug, Clone)]
pub struct Pool {
    pub stratum: Stratum,
    pub lines: Vec<(Inclusion, Heard)>,
    /// What else the lines were taken from, as [`Taken`] has it.
    pub others: Vec<Inclusion>,
    pub exactly: bool,
}

/// One question of a programme, with the pools of all windows in which it was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub programme: String,
    pub instrument: String,
    pub kind: Kind,
    pub question: Question,
    pub pools: Vec<Pool>,
}

#[derive(Debug, Clone)]
pub struct Report {
    pub days: Days,
    pub questions: Vec<Figures>,
}

#[derive(Debug, Clone)]
pub struct Figures {
    asked: Asked,
    answered: usize,
    not_seen: usize,
    unanswered: usize,
    /// Each answer that can be given, how often it was, and the estimate; none where too few answered.
    rows: Vec<(Said, String, usize, Estimate)>,
}

/// # Errors
/// The chances make no sample.
pub fn report(days: Days, asked: Vec<Asked>) -> Result<Report, SampleError> {
    let questions = asked.into_iter().map(Figures::of).collect::<Result<Vec<_>, _>>()?;
    Ok(Report { days, questions })
}

impl Figures {
    fn of(asked: Asked) -> Result<Figures, SampleError> {
        let heard = || asked.pools.iter().flat_map(|pool| &pool.lines).map(|(_, heard)| heard);
        let count = |test: &dyn Fn(&Heard) -> bool| heard().filter(|heard| test(heard)).count();
        let not_seen = count(&|heard| *heard == Heard::Answer(Value::NotSeen));
        let answered = count(&|heard| matches!(heard, Heard::Answer(value) if *value != Value::NotSeen));
        let unanswered = count(&|heard| *heard == Heard::Nothing);
        let too_few = asked.kind == Kind::Call && answered < FEWEST_CALLS;
        let mut rows = Vec::new();
        if answered > 0 && !too_few {
            let values = match &asked.question.form {
                Form::YesNo => vec![Value::Yes, Value::No],
                Form::Choice(choices) => choices.iter().map(|choice| Value::Choice(choice.letter)).collect(),
                Form::Number { .. } | Form::Date | Form::Text => Vec::new(),
            };
            for value in values {
                let given = count(&|heard| *heard == Heard::Answer(value.clone()));
                let is = |other: &Value| Share::new(f64::from(u8::from(*other == value)));
                let (shown, code) = (asked.question.shown(&value), value.code());
                rows.push((shown, code, given, asked.estimate(is)?));
            }
            if let Form::Number { least, most, .. } = asked.question.form {
                // The mean, as a share of what can be answered.
                let part = |other: &Value| match other {
                    Value::Number(n) => Share::new((n - least) as f64 / (most - least) as f64),
                    _ => None,
                };
                rows.push((said!("mean", "均值"), "mean".to_owned(), answered, asked.estimate(part)?));
            }
        }
        Ok(Figures { asked, answered, not_seen, unanswered, rows })
    }

    /// What a rate of 0 to 1 means in the unit of the question.
    fn scaled(&self, share: f64) -> f64 {
        match self.asked.question.form {
            Form::Number { least, most, .. } => least as f64 + share * (most - least) as f64,
            _ => share,
        }
    }
}

/// One answer to a question, as a report shows it: a percentage, or a mean in the question's own unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub shown: Said,
    pub given: usize,
    pub value: Option<f64>,
    pub low: f64,
    pub high: f64,
}

impl Figures {
    pub fn programme(&self) -> &str {
        &self.asked.programme
    }

    pub fn instrument(&self) -> &str {
        &self.asked.instrument
    }

    pub fn kind(&self) -> Kind {
        self.asked.kind
    }

    /// `Q3` and its words.
    pub fn question(&self) -> Said {
        let Question { code, said, .. } = &self.asked.question;
        Said::new(format!("{code} {}", said.en), format!("{code} {}", said.zh))
    }

    pub fn answers(&self) -> Vec<Answer> {
        let percent = match self.asked.question.form {
            Form::Number { .. } => 1.0,
            _ => 100.0,
        };
        let answer = |(shown, _, given, estimate): &(Said, String, usize, Estimate)| Answer {
            shown: shown.clone(),
            given: *given,
            value: estimate.rate.map(|rate| percent * self.scaled(rate.r)),
            low: percent * self.scaled(estimate.low),
            high: percent * self.scaled(estimate.high),
        };
        self.rows.iter().map(answer).collect()
    }

    /// Whether so few answered by telephone that somebody could tell who said what.
    fn is_hidden(&self) -> bool {
        self.asked.kind == Kind::Call && self.answered > 0 && self.answered < FEWEST_CALLS
    }

    /// Why no answers stand there.
    pub fn why_none(&self) -> Said {
        match (self.is_hidden(), &self.asked.question.form) {
            (true, _) => said!("too few to be shown", "答者过少，不列"),
            (false, Form::Text | Form::Date) => said!("in words or days: see the lines", "文字或日期：见各项记录"),
            (false, _) => said!("no answers", "无答案"),
        }
    }

    /// How many answered, where that may be shown.
    pub fn shown_count(&self) -> Cell {
        if self.is_hidden() { Cell::Nothing } else { Cell::count(self.answered) }
    }
}

impl Asked {
    fn estimate(&self, y: impl Fn(&Value) -> Option<Share>) -> Result<Estimate, SampleError> {
        let taken = |pool: &Pool| {
            let line = |(p, heard): &(Inclusion, Heard)| Line {
                stratum: pool.stratum.clone(),
                p: *p,
                y: match heard {
                    Heard::Answer(value) if *value != Value::NotSeen => y(value),
                    _ => None,
                },
            };
            let (lines, others) = (pool.lines.iter().map(line).collect(), pool.others.clone());
            match pool.exactly {
                true => Taken::Exactly { lines, others },
                false => Taken::Hits { kept: lines, cut: others },
            }
        };
        let taken: Vec<Taken> = self.pools.iter().map(taken).collect();
        Ok(bounds(&taken, None)?.executed.all)
    }
}

impl Report {
    pub fn page(&self) -> Vec<Said> {
        let Days { from, to } = self.days;
        let mut page = vec![said!("{from} to {to}: answers by question", "{from}至{to}：各题答案")];
        if self.questions.is_empty() {
            page.push(said!("No questions were asked.", "期间没有提问。"));
        }
        let mut heading = None;
        for figures in &self.questions {
            let Asked { programme, instrument, kind, question, .. } = &figures.asked;
            if heading != Some((programme, instrument)) {
                heading = Some((programme, instrument));
                page.push(Said::new("", ""));
                let kind = crate::said!("{programme}, {instrument} ({kind}s)", "{programme}，{instrument}");
                page.push(kind);
            }
            let Figures { answered, not_seen, unanswered, .. } = figures;
            page.push(Said::new(
                format!(
                    "  {} {}: {answered} answered, {not_seen} not seen, {unanswered} without an answer",
                    question.code, question.said.en
                ),
                format!("  {} {}：已答{answered}，未查看{not_seen}，未答{unanswered}", question.code, question.said.zh),
            ));
            page.extend(figures.lines());
        }
        if !self.questions.is_empty() {
            page.push(Said::new("", ""));
            page.push(said!(
                "Each place weighs by its sealed chance. The range in brackets is that at 95 %. Visits and calls are never added up; answers that fewer than {FEWEST_CALLS} gave by telephone are not shown.",
                "各地点按封存的概率加权；括号内为95%区间。走访与电话不合并；电话中答者不足{FEWEST_CALLS}人的不列答案。"
            ));
        }
        page
    }

    pub fn json(&self) -> serde_json::Value {
        let questions: Vec<_> = self.questions.iter().map(Figures::json).collect();
        json!({"from": self.days.from.to_string(), "to": self.days.to.to_string(), "questions": questions})
    }
}

impl Figures {
    fn lines(&self) -> Vec<Said> {
        if self.rows.is_empty() && self.is_hidden() {
            return vec![said!("    too few to be shown", "    答者过少，不列")];
        }
        let number = matches!(self.asked.question.form, Form::Number { .. });
        let figure = |share: f64| match number {
            true => format!("{:.1}", self.scaled(share)),
            false => format!("{:.1} %", 100.0 * share),
        };
        let line = |(shown, _, given, estimate): &(Said, String, usize, Estimate)| {
            let rate = estimate.rate.map_or_else(|| "-".to_owned(), |rate| figure(rate.r));
            let (low, high) = (figure(estimate.low), figure(estimate.high));
            Said::new(
                format!("    {}: {rate} ({low} to {high}), {given} times", shown.en),
                format!("    {}：{rate}（{low}至{high}），{given}次", shown.zh),
            )
        };
        self.rows.iter().map(line).collect()
    }

    fn json(&self) -> serde_json::Value {
        let Asked { programme, instrument, kind, question, .. } = &self.asked;
        let row = |(_, code, given, estimate): &(Said, String, usize, Estimate)| {
            let rate = estimate.rate.map(|rate| self.scaled(rate.r));
            let (low, high) = (self.scaled(estimate.low), self.scaled(estimate.high));
            json!({"answer": code, "given": given, "value": rate, "low": low, "high": high, "n_star": estimate.n_star})
        };
        let answers: Vec<_> = self.rows.iter().map(row).collect();
        json!({
            "programme": programme, "instrument": instrument, "kind": kind, "question": question.code,
            "en": question.said.en, "zh-Hans": question.said.zh, "answered": self.answered,
            "not_seen": self.not_seen, "unanswered": self.unanswered, "answers": answers,
        })
    }
}
