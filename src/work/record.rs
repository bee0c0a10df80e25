//! The desk enters a result: who said it, who typed it.

use super::back::{self, Back, Content};
use super::open::open_now;
use super::sent::known;
use super::signed::{self, signed};
use super::{Context, Done};
use crate::letter::Recorded;
use crate::model::{AssignmentId, Kind, Line, OfficialId, Outcome, Said, Sha256, Trouble};
use crate::said;
use crate::store::NewOutcome;
use crate::words::letters::common::{kind as kind_said, outcome as outcome_said};
use crate::words::outcomes::OutcomeWords;
use chrono::NaiveTime;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    pub assignment: &'a AssignmentId,
    pub code: &'a str,
    pub outcome: Outcome,
    pub at: Option<&'a str>,
    pub remark: &'a str,
    pub said_by: &'a str,
    pub typed_by: &'a str,
}

/// Journals the entry, sends the inspector the receipt, and returns the codes that it was recorded for.
///
/// # Errors
/// No such assignment or code, an outcome that does not fit, a time that is none.
pub async fn record(ctx: &Context, entry: &Entry<'_>) -> Done<Vec<String>> {
    let (said_by, typed_by) = (signed(entry.said_by, "--said-by")?, signed(entry.typed_by, "--typed-by")?);
    let remark = signed::remark(entry.remark, "--remark")?;
    let mut tx = ctx.store.begin().await?;
    let id = entry.assignment;
    let Some(known) = known(ctx, &mut tx, id).await? else {
        return Err(Trouble::new(said!("there is no assignment {id}", "没有任务{id}")).into());
    };
    let office = ctx.office(&known.row.office)?;
    let code = entry.code;
    let targets = targets(&known.assignment.lines, code);
    let Some((line, _)) = targets.first() else {
        return Err(Trouble::new(said!("assignment {id} has no line {code}", "任务{id}没有{code}这一行")).into());
    };
    if !line.kind.fits(entry.outcome) {
        let (outcome, kind) = (outcome_said(entry.outcome), line.kind);
        return Err(Trouble::new(Said::new(
            format!("“{}” cannot be the result of a {kind}", outcome.en),
            format!("{}任务不能填“{}”", kind_said(kind).zh, outcome.zh),
        ))
        .into());
    }
    let stated = match entry.at {
        None => None,
        Some(text) => {
            let time = NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| {
                Trouble::new(said!("“{text}” is no time of day: 10:20", "“{text}”不是时刻：应如10:20")).in_field("--at")
            })?;
            Some(super::post::at_clock(office, line.from.day(office.zone), time))
        }
    };
    let now = ctx.now();
    let before: BTreeMap<String, Outcome> =
        tx.outcomes_of(id).await?.into_iter().map(|o| (o.person, o.outcome)).collect();
    let (mut recorded, mut outcomes, mut made) = (Vec::new(), Vec::new(), Vec::new());
    for (line, person) in targets {
        let outcome = NewOutcome {
            assignment: id.clone(),
            line: line.code.to_string(),
            person: person.as_ref().map_or_else(|| line.code.to_string(), |(code, _)| code.clone()),
            official: person.as_ref().map(|(_, o)| o.clone()).or_else(|| rung(line)),
            outcome: entry.outcome,
            stated,
            remark: remark.clone(),
            by: format!("desk: {said_by} / {typed_by}"),
            mail: None,
            received: now,
        };
        made.push((line, entry.outcome));
        recorded.push(Recorded {
            replaces: before.get(&outcome.person).copied().filter(|before| *before != entry.outcome),
            code: outcome.person.clone(),
            outcome: entry.outcome,
            at: entry.at.map(str::to_owned),
            remark: Some(remark.clone()).filter(|remark| !remark.is_empty()),
            note: Some(said!("entered by the desk", "由办公室代填")),
        });
        outcomes.push(outcome);
    }
    tx.add_outcomes(&outcomes).await?;
    super::answer::note_executed(&mut tx, &made).await?;
    super::calls::note::note(ctx, &mut tx, made.iter().map(|(line, _)| *line).zip(&outcomes)).await?;
    super::close::settle_again(ctx, &mut tx, &known.row, &known.assignment).await?;
    let codes = recorded.iter().map(|r| r.code.clone()).collect();
    let open = open_now(&mut tx, &known.assignment).await?;
    let name = Sha256::of(format!("desk\n{id}\n{code}\n{}\n{}", entry.outcome, now.0).as_bytes()).hex();
    let said = Content::Receipt { recorded, answers: Vec::new(), open, problems: Vec::new(), files: 0 };
    let back = Back { known: &known, mail_id: &name, in_reply_to: None, language: None, said };
    back::send(ctx, &mut tx, vec![back]).await?;
    tx.commit().await?;
    Ok(codes)
}

/// The official at the other end of a call, where it was one.
pub(super) fn rung(line: &Line) -> Option<OfficialId> {
    line.contact.as_ref().and_then(|c| c.official.clone())
}

type Person = (String, OfficialId);

fn targets<'a>(lines: &'a [Line], code: &str) -> Vec<(&'a Line, Option<Person>)> {
    let mut found = Vec::new();
    for line in lines {
        let people = (1..).zip(&line.officials).map(|(n, o)| (line.person_code(n), o.official.clone()));
        if line.code.as_str() == code {
            match line.kind {
                Kind::Visit if !line.officials.is_empty() => found.extend(people.map(|p| (line, Some(p)))),
                _ => found.push((line, None)),
            }
        } else {
            found.extend(people.filter(|(c, _)| c == code).map(|p| (line, Some(p))));
        }
    }
    found
}

/// A code, or a word of the tables that replies are read by.
pub fn outcome_of(text: &str) -> Result<Outcome, Trouble> {
    let written = text.trim().to_lowercase();
    let words = OutcomeWords::shipped();
    let meant = written.parse().ok().or_else(|| words.phrases().find(|(w, _)| *w == written).map(|(_, o)| o));
    meant.ok_or_else(|| {
        let known: Vec<Said> = Outcome::ALL.iter().map(|o| outcome_said(*o)).collect();
        let en: Vec<&str> = known.iter().map(|s| s.en.as_str()).collect();
        let zh: Vec<&str> = known.iter().map(|s| s.zh.as_str()).collect();
        let (en, zh) = (en.join(", "), zh.join("、"));
        Trouble::new(Said::new(
            format!("“{text}” is no result; take one of: {en}"),
            format!("“{text}”不是检查结果，可写：{zh}"),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_may_use_the_words_of_replies() {
        for (text, meant) in [
            ("在岗", Outcome::Present),
            ("On leave", Outcome::OnLeave),
            ("on_leave", Outcome::OnLeave),
            ("占线", Outcome::Busy),
        ] {
            assert_eq!(outcome_of(text).unwrap(), meant, "{text}");
        }
        let refused = outcome_of("busyy").unwrap_err();
        assert!(refused.said.zh.contains("占线") && refused.said.en.contains("no answer"), "{refused:?}");
    }
}
