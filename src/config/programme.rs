//! `[[programme]]` and `[[programme.window]]`: what is checked, how often, and when a check may fall.

use super::beacon::BeaconSettings;
use super::reader::{Placed, Section};
use super::shapes;
use crate::model::{Backstop, DrawAt, OfficeId, Pools, ProgrammeId, SlotName};
use crate::said;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A draw of one office. The hazards are those of a workday, in the user's decimals; the seal turns
/// them into integers (DRAW 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Programme {
    pub id: ProgrammeId,
    pub office: OfficeId,
    pub name: String,
    pub name_latin: String,
    pub place: PlaceKind,
    /// Least chance of a visit on a workday.
    pub lo: f64,
    /// Greatest.
    pub hi: f64,
    /// Workdays since the last executed visit after which `hi` holds.
    pub m: u32,
    /// Chance of a call on a workday.
    pub p_call: f64,
    pub inspectors_a_visit: u32,
    pub pools: Pools,
    /// A pair that met within so many visits of the place is barred; 0 bars none.
    pub met_within: u32,
    pub risk: RiskChoice,
    /// Each place so many visits in a period; the last workdays are for announced ones.
    pub backstop: Option<Backstop>,
    /// The draw is made this long before its window opens.
    pub lead_minutes: u32,
    pub draw_at: DrawAt,
    /// Leaves of the frame's tree carry a salt, so that a public bundle tells nothing of undrawn places.
    pub salted: bool,
    /// Who keeps the chains of keys, in the published order; empty: the office alone.
    pub custodians: Vec<Custodian>,
    pub reveal_delay_days: u32,
    pub beacon: BeaconSettings,
    /// Where a rule demands a number of visits in every window.
    pub min_visits: Option<u32>,
    pub max_visits: Option<u32>,
    /// What visits look at and calls ask beside presence, by the id of an instrument.
    pub visit_instrument: Option<String>,
    pub call_instrument: Option<String>,
    pub windows: Vec<WindowRule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    Team,
    Village,
}

/// What moves a place's chance inside the band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskChoice {
    /// Nothing but the time since the last visit.
    Plain,
    /// Confirmed flags, registered complaints, patterns, remoteness, visits to make up.
    Signals,
}

/// One of several keepers of a programme's chains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custodian {
    pub name: SlotName,
    /// Folder of its chain; `None`: that of all keys.
    pub dir: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRule {
    pub slot: SlotName,
    /// Five cron fields, weekdays by name, in the office's local time: when the window opens.
    pub rule: String,
    pub length_minutes: u32,
}

impl Programme {
    pub(super) fn read(mut section: Section<'_>) -> Placed<ProgrammeId, Programme> {
        let id = section.required("id", ProgrammeId::parse);
        let office = section.required("office", OfficeId::parse);
        let name = section.required("name", shapes::line);
        let name_latin = section.parsed("name_latin", shapes::line).unwrap_or_default();
        let place = section
            .choice("place", &[("team", PlaceKind::Team), ("village", PlaceKind::Village)])
            .unwrap_or(PlaceKind::Team);
        let lo = section.share("lo", 0.008);
        let hi = section.share("hi", 0.04);
        let m = section.number("m", 1..=2500, 125);
        let p_call = section.share("p_call", 0.04);
        check_band(&section, lo, hi, p_call);
        let inspectors_a_visit = section.number("inspectors_a_visit", 1..=2, 1);
        let pools = section.choice("pools", &[("one", Pools::One), ("offices", Pools::Offices)]).unwrap_or_default();
        let met_within = section.number("met_within", 0..=100, 0);
        let risk = section.choice("risk", &[("plain/1", RiskChoice::Plain), ("signals/1", RiskChoice::Signals)]);
        let backstop = Backstop::read(section.section("backstop"));
        let lead_minutes = section.number("lead_minutes", 15..=720, 90);
        let draw_at = section.choice("draw_at", &[("each", DrawAt::Each), ("morning", DrawAt::Morning)]);
        let salted = section.flag("salted_leaves", true);
        let reveal_delay_days = section.number("reveal_delay_days", 0..=365, 7);
        let beacon = BeaconSettings::read(&mut section);
        let min_visits = section.maybe_number("min_visits", 0..=10_000);
        let max_visits = section.maybe_number("max_visits", 0..=10_000);
        if let (Some(least), Some(most)) = (min_visits, max_visits)
            && least > most
        {
            let said = said!("min_visits is above max_visits: lower it", "min_visits大于max_visits：请调低");
            section.trouble("min_visits", said);
        }
        let visit_instrument = section.parsed("visit_instrument", shapes::line);
        let call_instrument = section.parsed("call_instrument", shapes::line);
        let custodians = custodians(&mut section);
        let windows = windows(&mut section);
        let places = section.finish();
        let kept = id.clone();
        let programme = || {
            Some(Programme {
                id: id?,
                office: office?,
                name: name?,
                name_latin,
                place,
                lo,
                hi,
                m,
                p_call,
                inspectors_a_visit,
                pools,
                met_within,
                risk: risk.unwrap_or(RiskChoice::Plain),
                backstop,
                lead_minutes,
                draw_at: draw_at.unwrap_or_default(),
                salted,
                custodians: custodians?,
                reveal_delay_days,
                beacon: beacon?,
                min_visits,
                max_visits,
                visit_instrument,
                call_instrument,
                windows: windows?,
            })
        };
        Placed { id: kept, item: programme(), places }
    }
}

fn check_band(section: &Section<'_>, lo: f64, hi: f64, p_call: f64) {
    if lo <= 0.0 {
        section.trouble(
            "lo",
            said!(
                "a place must never be safe for sure: set lo above 0, such as 0.008",
                "任何地点都不能确定不被抽到：lo须大于0，如0.008"
            ),
        );
    }
    if hi >= 1.0 || lo > hi {
        section.trouble(
            "hi",
            said!(
                "expected lo <= hi < 1, such as lo = 0.008 and hi = 0.04",
                "须满足lo <= hi < 1，如lo = 0.008，hi = 0.04"
            ),
        );
    } else if hi + p_call > 1.0 {
        section.trouble(
            "p_call",
            said!("hi and p_call together exceed 1: lower one of them", "hi与p_call之和超过1：请调低其一"),
        );
    }
}

/// Several keepers, none of whom can foresee a draw alone.
fn custodians(section: &mut Section<'_>) -> Option<Vec<Custodian>> {
    let mut names = BTreeSet::new();
    let read: Vec<Option<Custodian>> = section
        .sections("custodian")
        .into_iter()
        .map(|mut one| {
            let name = one.required("name", SlotName::parse);
            if let Some(name) = &name
                && !names.insert(name.clone())
            {
                let said = said!("there is a custodian “{name}” already", "已有保管人“{name}”");
                one.trouble("name", said);
            }
            let dir = one.parsed("dir", |text| shapes::line(text).map(PathBuf::from));
            one.finish();
            Some(Custodian { name: name?, dir })
        })
        .collect();
    let read: Vec<Custodian> = read.into_iter().collect::<Option<_>>()?;
    let mut folders = BTreeSet::new();
    if read.iter().any(|one| !folders.insert(one.dir.clone())) {
        section.trouble(
            "custodian",
            said!(
                "two custodians keep their chains in one folder, so whoever reads it has both: give each a dir of its own",
                "两位保管人的密钥链在同一文件夹，读到者即同时掌握两者：请分别填写dir"
            ),
        );
    }
    Some(read)
}

fn windows(section: &mut Section<'_>) -> Option<Vec<WindowRule>> {
    let below = section.sections("window");
    if below.is_empty() {
        section.trouble(
            "window",
            said!(
                "a programme needs at least one window: add [[programme.window]] with slot, rule and length_minutes",
                "每个项目至少要有一个时段：请补上[[programme.window]]，写明slot、rule、length_minutes"
            ),
        );
    }
    let mut slots = BTreeSet::new();
    let read: Vec<Option<WindowRule>> = below
        .into_iter()
        .map(|mut window| {
            let slot = window.required("slot", SlotName::parse);
            if let Some(slot) = &slot
                && !slots.insert(slot.clone())
            {
                let said = said!("this programme has a window “{slot}” already", "本项目已有时段“{slot}”");
                window.trouble("slot", said);
            }
            let rule = window.required("rule", shapes::cron_rule);
            let length_minutes = window.number("length_minutes", 30..=1440, 240);
            window.finish();
            Some(WindowRule { slot: slot?, rule: rule?, length_minutes })
        })
        .collect();
    read.into_iter().collect()
}
