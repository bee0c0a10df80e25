//! What goes back to an inspector who wrote not to be able to come. It says nothing of places or of others.

use super::kind::subject;
use super::page::{Page, render};
use super::{Languages, Letter, LetterKind};
use crate::model::{Half, Language, Said};
use crate::words::letters::{away, common};
use chrono::NaiveDate;

#[derive(Debug, Clone, Copy)]
pub struct AwayInput {
    /// The day on which the mail came.
    pub today: NaiveDate,
    /// Of the mail.
    pub language: Language,
    pub told: AwayTold,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwayTold {
    Noted {
        from: NaiveDate,
        to: NaiveDate,
        half: Option<Half>,
    },
    /// Nothing was noted, and why.
    Asked(&'static str),
}

pub fn away(input: &AwayInput) -> Letter {
    let language = input.language;
    let tag = away::tag();
    let date = common::short_day(input.today);
    let subject = subject(language.pick(&format!("{}: {}", tag.en, date.en), &format!("{}：{}", tag.zh, date.zh)));
    let lead = match input.told {
        AwayTold::Noted { from, to, half } => {
            let (from, to) = (common::day(from), (to != from).then(|| common::day(to)));
            let days = match (to, half) {
                (Some(to), _) => Said::new(format!("{} to {}", from.en, to.en), format!("{}至{}", from.zh, to.zh)),
                (None, Some(half)) => {
                    let half = away::half(half);
                    Said::new(format!("{}, {}", from.en, half.en), format!("{}{}", from.zh, half.zh))
                }
                (None, None) => from,
            };
            vec![away::noted(&days), away::what_follows(), away::wrong()]
        }
        AwayTold::Asked(why) => {
            let first = input.today.succ_opt().unwrap_or(input.today);
            let last = first.succ_opt().unwrap_or(first);
            let days = |day: NaiveDate| (day.format("%-d %b").to_string(), day.format("%-m月%-d日").to_string());
            let ((from_en, from_zh), (to_en, to_zh)) = (days(first), days(last));
            let example = Said::new(format!("unavailable {from_en} to {to_en}"), format!("{from_zh}至{to_zh}请假"));
            vec![away::not_noted(), away::why(why), away::example(&example), away::results()]
        }
    };
    let page = Page { lead, sections: Vec::new(), foot: Vec::new() };
    let (text, _) = render(&page, &subject, Languages::One(language));
    Letter { subject, text, html: None, kind: LetterKind::Receipt }
}
