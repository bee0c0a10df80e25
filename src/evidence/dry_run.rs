//! The dry run of a verdict: the JSON form of EVIDENCE 9, in and out.
//!
//! A missing field is unknown. An unknown name, a value that is none of the known words, a case
//! that does not say what leave and punch sources the office has, and a record without a known
//! batch are refused with the field's name.

use super::case::{Case, Duty, Observation};
use super::dry_run_records::{records, sources};
use super::json_fields::Fields;
use super::{Judgement, Workdays};
use crate::model::record::{DutyRule, SourceKind};
use crate::model::time::DAY;
use crate::model::{Kind, OfficialId, Outcome, Said, Timestamp, Trouble};
use crate::said;
use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeSet;

/// A window is hours long; one longer than this is a slip of the pen.
const LONGEST_WINDOW: i64 = 31 * DAY;

/// Reads a case.
pub fn read(json: &str) -> Result<Case, Trouble> {
    let value: serde_json::Value = serde_json::from_str(json.trim_start_matches('\u{feff}')).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Trouble::new(said!(
            "this is not JSON: it goes wrong at line {line}, character {column}",
            "这不是JSON：第{line}行第{column}个字符处有误"
        ))
    })?;
    let mut case = Fields::of("", &value)?;
    let judged_at = case.time("judged_at")?;
    let judged_at = case.need("judged_at", judged_at)?;
    let zone = case.word("zone", zone)?;
    let zone = case.need("zone", zone)?;
    let rule = case.word("duty_rule", DutyRule::parse)?;
    let allowed_absent_days_left = case.number("allowed_absent_days_left")?;
    let sick_leave_grace_hours = case.number("sick_leave_grace_hours")?.unwrap_or(0);
    let observed = case.object("observation")?;
    let observation = observation(case.need("observation", observed)?)?;
    let (workday, workdays) = match case.object("calendar")? {
        Some(fields) => calendar(fields)?,
        None => (None, Workdays::default()),
    };
    let (sources, batches) = sources(case.list("sources")?)?;
    for kind in [SourceKind::Leave, SourceKind::Punch] {
        if !sources.iter().any(|source| source.kind == kind) {
            let kind = kind.code();
            return Err(case.trouble(
                "sources",
                said!(
                    "a source of kind {kind} is missing: name it, with cadence never if the office has none",
                    "缺少种类为{kind}的来源：请列出；单位没有此来源的，cadence填never"
                ),
            ));
        }
    }
    let records = records(case.list("records")?, &observation.official, &batches, &sources)?;
    case.finish()?;
    let duty = Duty { rule, workday, allowed_absent_days_left };
    let late_uploads = BTreeSet::new();
    Ok(Case {
        judged_at,
        zone,
        duty,
        observation,
        workdays,
        sources,
        batches,
        records,
        late_uploads,
        sick_leave_grace_hours,
    })
}

fn zone(text: &str) -> Result<Tz, Said> {
    text.parse().map_err(|_| said!("expected a time zone such as Asia/Shanghai", "此处应为时区，如Asia/Shanghai"))
}

fn observation(mut fields: Fields<'_>) -> Result<Observation, Trouble> {
    // The official is the same throughout a case; an unnamed one still needs a name within it.
    let unnamed = OfficialId::parse("-").map_err(Trouble::new)?;
    let observation = Observation {
        official: fields.word("official", OfficialId::parse)?.unwrap_or(unnamed),
        kind: fields.word("kind", |text| one_of(text, &[Kind::Visit, Kind::Call], Kind::code))?,
        outcome: fields.word("outcome", |text| one_of(text, &Outcome::ALL, Outcome::code))?,
        from: fields.time("from")?,
        to: fields.time("to")?,
        at: fields.time("at")?,
        received: fields.time("received")?,
        said_by: fields.text("said_by")?.map(str::to_owned),
        attempts_used_up: fields.flag("attempts_used_up")?.unwrap_or(false),
    };
    if let (Some(Timestamp(from)), Some(Timestamp(to))) = (observation.from, observation.to)
        && !(0..=LONGEST_WINDOW).contains(&(to - from))
    {
        return Err(fields.trouble(
            "to",
            said!(
                "expected the end of the window: not before “from”, and at most 31 days after it",
                "此处应为时段的结束时间：不早于from，且不超过其后31天"
            ),
        ));
    }
    fields.finish()?;
    Ok(observation)
}

fn one_of<T: Copy>(text: &str, all: &[T], code: fn(T) -> &'static str) -> Result<T, Said> {
    all.iter().copied().find(|value| code(*value) == text).ok_or_else(|| {
        let known = all.iter().map(|value| code(*value)).collect::<Vec<_>>().join(", ");
        said!("“{text}” is none of: {known}", "“{text}”不在可选值之内：{known}")
    })
}

fn calendar(mut fields: Fields<'_>) -> Result<(Option<bool>, Workdays), Trouble> {
    let workday = fields.flag("workday")?;
    let workdays = Workdays { holidays: fields.days("holidays")?, makeup_workdays: fields.days("makeup_workdays")? };
    fields.finish()?;
    Ok((workday, workdays))
}

#[derive(Serialize)]
struct Answer<'a> {
    verdict: Option<&'static str>,
    strength: &'static str,
    timing_unclear: bool,
    rows: &'a [usize],
    sentence: Sentence<'a>,
}

#[derive(Serialize)]
struct Sentence<'a> {
    en: &'a str,
    #[serde(rename = "zh-Hans")]
    zh: &'a str,
}

/// A judgement in the form of EVIDENCE 9, on one line.
pub fn write(judgement: &Judgement) -> Result<String, Trouble> {
    let answer = Answer {
        verdict: judgement.verdict.map(|verdict| verdict.code()),
        strength: judgement.strength.code(),
        timing_unclear: judgement.timing_unclear,
        rows: &judgement.rows,
        sentence: Sentence { en: &judgement.sentence.en, zh: &judgement.sentence.zh },
    };
    serde_json::to_string(&answer).map_err(|error| {
        Trouble::new(said!("the answer cannot be written as JSON: {error}", "结果无法写成JSON：{error}"))
    })
}
