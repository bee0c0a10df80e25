//! `[[office]]`: an office, its people, its day and its local rules.

use super::ladder;
use super::reader::{Placed, Section};
use super::shapes::{self, Hours};
use super::storage;
use crate::model::record::DutyRule;
use crate::model::register::Name;
use crate::model::{Language, OfficeId, Period, Said};
use crate::said;
use chrono::NaiveTime;
use chrono_tz::Tz;
use std::path::PathBuf;

const fn at(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

const SHEET_BY: NaiveTime = at(8, 0);
const SEAL_AT: NaiveTime = at(17, 30);
const DIGEST_AT: NaiveTime = at(18, 30);
const REPLY_BY: NaiveTime = at(18, 0);
const USUAL_HOURS: [Hours; 2] = [Hours { from: at(8, 30), to: at(12, 0) }, Hours { from: at(14, 30), to: at(18, 0) }];

#[derive(Debug, Clone, PartialEq)]
pub struct Office {
    pub id: OfficeId,
    pub name: Name,
    /// The office above, if any. The offices form a tree or several.
    pub parent: Option<OfficeId>,
    pub zone: Tz,
    pub language: Language,
    pub letters_in: LettersIn,
    /// Places whose region code begins with this belong here; the longest match of all offices wins.
    pub region: String,
    /// Mail address of the desk.
    pub desk: String,
    /// Mail address of who answers for the office.
    pub head: String,
    pub hours: Vec<Hours>,
    pub sheet_by: NaiveTime,
    pub seal_at: NaiveTime,
    pub digest_at: NaiveTime,
    pub duty_rule: DutyRule,
    /// Set where the duty rule is days on post.
    pub days_on_post: Option<DaysOnPost>,
    /// How long an inspector waits before an official counts as absent.
    pub wait_minutes: u32,
    pub sick_leave_grace_hours: u32,
    /// The road from place to place, in percent of the straight line.
    pub road_percent: u32,
    /// Kilometres an hour on it.
    pub road_speed: u32,
    /// How long a visit takes.
    pub visit_minutes: u32,
    /// On the day of the release; a window that ends later moves it.
    pub reply_by: NaiveTime,
    /// After the answer was due.
    pub remind_after_minutes: u32,
    /// Days from the release until a reply is refused.
    pub close_days: u32,
    /// Tries of one call, the first included.
    pub call_attempts: u32,
    /// Days after which somebody who refused, but no villager, is rung once more; 0: never.
    pub call_refused_days: u32,
    /// How many people are asked about one drawn place, one after the other.
    pub call_people: u32,
    /// Where people who were rung can ask whether the call was genuine.
    pub desk_phone: Option<String>,
    /// Who asks for explanations of flags.
    pub asks: Asks,
    /// Working days for the explanation of a flag, and for an appeal.
    pub answer_days: u32,
    pub appeal_days: u32,
    /// Share of finished visits that are drawn again for somebody else; 0: none.
    pub back_check_share: f64,
    pub back_check_by: BackCheckBy,
    /// Working days for an inspector's answer to what was found.
    pub back_check_answer_days: u32,
    /// In which period absences without excuse add up.
    pub ladder_period: Period,
    /// What the first, second, … of them leads to; the last for all further ones.
    pub ladder: Vec<Said>,
    /// Working days within which a finding is to be rectified.
    pub rectify_days: u32,
    /// Working days without a work log after which one is missing.
    pub work_log_days: u32,
    /// Tables of the office's own words for outcomes, beside the shipped one.
    pub words: Vec<PathBuf>,
    /// The office's own instruments, beside the shipped ones and before them.
    pub instruments: Vec<PathBuf>,
    /// Letters to inspectors bring a sheet that can be filled in and sent back.
    pub answer_sheet: bool,
    /// They bring it as a page to print as well, where a font with Chinese characters is found.
    pub pdf_sheet: bool,
    /// Its file; else one that the system has.
    pub pdf_font: Option<PathBuf>,
    /// They bring an entry for the calendar, which says that there is work on the day and nothing else.
    pub calendar_entry: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LettersIn {
    Both,
    /// The inspector's own language alone.
    Own,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Somebody looks at each flag before its letter goes out.
    People,
    /// The letter goes out as soon as the flag opens. Nothing else is ever done by the machine.
    Machine,
}

/// How a finished visit is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackCheckBy {
    Call,
    Visit,
}

/// How many days an official has to be on post; the others are free (EVIDENCE 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DaysOnPost {
    Month(u32),
    Year(u32),
}

impl Office {
    pub(super) fn read(mut section: Section<'_>) -> Placed<OfficeId, Office> {
        let id = section.required("id", OfficeId::parse);
        let name = section.required("name", shapes::line);
        let latin = section.parsed("name_latin", shapes::line).unwrap_or_default();
        let parent = section.parsed("parent", OfficeId::parse);
        let zone = section.required("zone", shapes::zone);
        let language = section.parsed("language", shapes::language).unwrap_or(Language::ZhHans);
        let letters_in = section
            .choice("languages_in_letters", &[("both", LettersIn::Both), ("own", LettersIn::Own)])
            .unwrap_or(LettersIn::Both);
        let region = section.parsed("region", shapes::region).unwrap_or_default();
        let desk = section.required("desk", shapes::address);
        let head = section.required("head", shapes::address);
        let hours = working_hours(&mut section);
        let sheet_by = time(&mut section, "sheet_by", SHEET_BY);
        let seal_at = time(&mut section, "seal_at", SEAL_AT);
        let digest_at = time(&mut section, "digest_at", DIGEST_AT);
        if seal_at >= digest_at {
            section.trouble(
                "seal_at",
                said!(
                    "the seal comes ahead of the digest, which carries its proof: set seal_at before digest_at",
                    "封存须早于日报，日报要带上封存凭据：请把seal_at设在digest_at之前"
                ),
            );
        }
        let (duty_rule, days_on_post) = duty(&mut section);
        let wait_minutes = section.number("wait_minutes", 0..=240, 30);
        let sick_leave_grace_hours = section.number("sick_leave_grace_hours", 0..=720, 0);
        let road_percent = section.number("road_percent", 100..=500, 140);
        let road_speed = section.number("road_speed", 5..=120, 40);
        let visit_minutes = section.number("visit_minutes", 5..=60, 40);
        let reply_by = time(&mut section, "reply_by", REPLY_BY);
        let remind_after_minutes = section.number("remind_after_minutes", 0..=1440, 15);
        let close_days = section.number("close_days", 1..=90, 14);
        let call_attempts = section.number("call_attempts", 2..=6, 6);
        let call_refused_days = section.number("call_refused_days", 0..=13, 0);
        let call_people = section.number("call_people", 1..=3, 1);
        let desk_phone = section.parsed("desk_phone", shapes::phone);
        let asks =
            section.choice("asks", &[("people", Asks::People), ("machine", Asks::Machine)]).unwrap_or(Asks::People);
        let answer_days = section.number("answer_days", 1..=60, 5);
        let appeal_days = section.number("appeal_days", 1..=60, 15);
        let back_check_share = section.share("back_check_share", 0.0);
        let back_check_by = section
            .choice("back_check_by", &[("call", BackCheckBy::Call), ("visit", BackCheckBy::Visit)])
            .unwrap_or(BackCheckBy::Call);
        let back_check_answer_days = section.number("back_check_answer_days", 1..=60, 5);
        let (ladder_period, ladder) = ladder::read(&mut section);
        let rectify_days = section.number("rectify_days", 1..=250, 15);
        let work_log_days = section.number("work_log_days", 1..=250, 10);
        let words = section.list("words", storage::path).unwrap_or_default();
        let instruments = section.list("instruments", storage::path).unwrap_or_default();
        let answer_sheet = section.flag("answer_sheet", false);
        let pdf_sheet = section.flag("pdf_sheet", false);
        let pdf_font = section.parsed("pdf_font", storage::path);
        let calendar_entry = section.flag("calendar_entry", false);
        let places = section.finish();
        let kept = id.clone();
        let office = || {
            Some(Office {
                id: id?,
                name: Name::new(name?, latin),
                parent,
                zone: zone?,
                language,
                letters_in,
                region,
                desk: desk?,
                head: head?,
                hours,
                sheet_by,
                seal_at,
                digest_at,
                duty_rule,
                days_on_post,
                wait_minutes,
                sick_leave_grace_hours,
                road_percent,
                road_speed,
                visit_minutes,
                reply_by,
                remind_after_minutes,
                close_days,
                call_attempts,
                call_refused_days,
                call_people,
                desk_phone,
                asks,
                answer_days,
                appeal_days,
                back_check_share,
                back_check_by,
                back_check_answer_days,
                ladder_period,
                ladder,
                rectify_days,
                work_log_days,
                words,
                instruments,
                answer_sheet,
                pdf_sheet,
                pdf_font,
                calendar_entry,
            })
        };
        Placed { id: kept, item: office(), places }
    }
}

fn time(section: &mut Section<'_>, key: &'static str, usual: NaiveTime) -> NaiveTime {
    section.parsed(key, shapes::clock_time).unwrap_or(usual)
}

fn working_hours(section: &mut Section<'_>) -> Vec<Hours> {
    let Some(hours) = section.list("hours", shapes::hours) else { return USUAL_HOURS.to_vec() };
    if hours.is_empty() || hours.windows(2).any(|pair| matches!(pair, [a, b] if a.to > b.from)) {
        section.trouble(
            "hours",
            said!(
                "expected at least one stretch, in order and without overlap, such as [\"08:30-12:00\", \"14:30-18:00\"]",
                "至少写一段，按先后排列且不重叠，如[\"08:30-12:00\", \"14:30-18:00\"]"
            ),
        );
    }
    hours
}

fn duty(section: &mut Section<'_>) -> (DutyRule, Option<DaysOnPost>) {
    let rule = section.parsed("duty_rule", DutyRule::parse).unwrap_or(DutyRule::Workdays);
    let days = match (section.maybe_number("days_a_month", 1..=31), section.maybe_number("days_a_year", 1..=366)) {
        (Some(_), Some(_)) => {
            let said = said!(
                "the allowance is counted by the month or by the year, not by both: remove one of the two",
                "天数按月或按年计，不能两者都写：请删去其一"
            );
            section.trouble("days_a_year", said);
            None
        }
        (Some(days), None) => Some(DaysOnPost::Month(days)),
        (None, Some(days)) => Some(DaysOnPost::Year(days)),
        (None, None) => None,
    };
    if (rule == DutyRule::DaysPerMonth) != days.is_some() {
        section.trouble(
            "duty_rule",
            said!(
                "days_a_month or days_a_year belongs to duty_rule = \"days_per_month\", and that rule needs one of them",
                "days_a_month或days_a_year与duty_rule = \"days_per_month\"须同时写明"
            ),
        );
    }
    (rule, days)
}
