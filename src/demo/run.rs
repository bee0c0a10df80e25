//! The demo's engine: simulated time goes on in steps, and at each step the real use cases run.
//!
//! Every step can be done again without harm, so a run that was killed goes on from the last step
//! that was finished, and ends in the same state.

use super::attendance::{Arrival, Attendance, Rhythm};
use super::county::{County, Size, ZONE};
use super::dice::Dice;
use super::mails::Mails;
use super::mishaps::{Away, Mishaps};
use super::people::People;
use super::place::{Place, Run};
use super::report::{Report, report};
use super::sheets;
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::mail::Maildir;
use crate::model::time::{DAY, MINUTE};
use crate::model::{Timestamp, Trouble};
use crate::registry::Mode;
use crate::registry::merger::Running;
use crate::said;
use crate::table::TemplateKind;
use crate::timing::{Calendar, DayKind};
use crate::work::away::{self, Absence};
use crate::work::merge::{Request, merge};
use crate::work::records::{self, RecordFile};
use crate::work::roster::{self, Roster};
use crate::work::turn::turn;
use crate::work::{Content, Context, Done, Failure, Secrets, dispatch};
use chrono::{NaiveDate, NaiveTime};
use std::collections::BTreeSet;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// The hours of the day in which anything happens.
const DAY_STARTS: i64 = 6 * 60 * MINUTE;
const DAY_ENDS: i64 = 21 * 60 * MINUTE;
/// A run that has not settled by then is broken.
const MOST_DAYS_AFTER: i64 = 120;
/// Setting: the last step that was finished.
const FINISHED_STEP: &str = "demo.step";

/// The fictional world of one run.
struct World {
    county: County,
    dice: Dice,
    calendar: Calendar,
    rhythm: Rhythm,
    first_day: NaiveDate,
    last_day: NaiveDate,
}

/// Runs a demo from wherever it stands to its end. `progress` hears of every day: how many of how many.
///
/// `environment`: settings laid over those of the folder, as for every command: other mail servers, say.
pub async fn run(
    dir: &Path,
    run: &Run,
    environment: &[(String, String)],
    progress: &mut dyn FnMut(NaiveDate, u32),
) -> Result<Report, Trouble> {
    let (place, _) = Place::open(dir, run)?;
    let world = World::new(run)?;
    let is_workday = |day| world.calendar.is_workday(day).unwrap_or(false);
    let attendance = Attendance::new(&world.county, &world.dice, world.rhythm, &is_workday);
    let mut player = Player::new(&place, run, environment, &world, &attendance).await?;
    player.play(progress).await.map_err(Failure::trouble)?;
    place.write("README.md", place.readme().as_bytes())?;
    let report = report(&player.ctx, &world.dice, run.days).await.map_err(Failure::trouble)?;
    place.write_run(&Run { finished: true, ..run.clone() })?;
    Ok(report)
}

/// A run that has ended, at the moment at which it did: to be looked at.
pub async fn reopened(dir: &Path) -> Result<Context, Trouble> {
    let config = Config::load(&dir.join("spotcheck.toml"), &[]).map_err(|mut troubles| troubles.remove(0))?;
    let mut ctx = Context::at(config, None).await?;
    let step = async { ctx.store.read().await?.setting(FINISHED_STEP).await };
    let step = step.await.map_err(|e| Failure::from(e).trouble())?;
    if let Some(at) = step.and_then(|text| text.parse().ok()) {
        ctx.clock = Clock::simulated(Timestamp(at));
    }
    Ok(ctx)
}

impl World {
    fn new(run: &Run) -> Result<World, Trouble> {
        let calendar = if run.mishaps { with_its_neighbours(Calendar::shipped()) } else { Calendar::shipped() };
        let dice = Dice::new(run.seed.as_bytes());
        let rhythm = match run.cadence.as_str() {
            "daily" => Rhythm::Daily,
            "monthly" => Rhythm::Monthly,
            _ => Rhythm::Mixed,
        };
        let outside = |e: crate::timing::OutsideCalendar| Trouble::new(e.said()).in_field("--start, --days");
        let mut first_day = run.start;
        if !calendar.is_workday(first_day).map_err(outside)? {
            first_day = calendar.next_workday(first_day).map_err(outside)?;
        }
        let mut last_day = first_day;
        for _ in 1..run.days {
            last_day = calendar.next_workday(last_day).map_err(outside)?;
        }
        let county =
            County::new(&dice, Size { teams: run.teams, ..Size::default() }, first_day).map_err(Trouble::new)?;
        Ok(World { county, dice, calendar, rhythm, first_day, last_day })
    }
}

/// A whole year begins on an eve and ends with what is still open: the years about the published ones, with weekends only.
fn with_its_neighbours(calendar: Calendar) -> Calendar {
    let known: Vec<i32> = calendar.years().collect();
    let about = [known.iter().min().map(|year| year - 1), known.iter().max().map(|year| year + 1)];
    let about: Vec<i32> = about.into_iter().flatten().collect();
    calendar.clone().merge(Calendar::of_days(&about, &[], &[])).unwrap_or(calendar)
}

/// Configuration, keys and database; made where they are missing.
async fn open(
    place: &Place,
    run: &Run,
    environment: &[(String, String)],
    world: &World,
    attendance: &Attendance<'_>,
) -> Result<Context, Trouble> {
    let text = place.config_text(attendance, &world.county, run).map_err(Trouble::new)?;
    place.write("spotcheck.toml", text.as_bytes())?;
    let config = Config::load(&place.config_file(), environment).map_err(|mut troubles| troubles.remove(0))?;
    let entropy = Entropy::seeded(run.seed.as_bytes());
    if !config.keys.dir.exists() {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.keys.dir);
        made.map_err(|e| Failure::File("the folder of keys", e).trouble())?;
    }
    Secrets::create(&config.keys.dir, &entropy).map_err(Failure::trouble)?;
    let mut ctx = Context::open(config, Clock::simulated(Timestamp(0)), entropy).await.map_err(Failure::trouble)?;
    "demo".clone_into(&mut ctx.owner);
    ctx.calendar = world.calendar.clone();
    ctx.last_day = Some(world.last_day);
    let mark = async {
        let mut tx = ctx.store.begin().await?;
        tx.put_setting(crate::work::context::SIMULATED, &run.seed).await?;
        tx.commit().await
    };
    mark.await.map_err(|e| Failure::from(e).trouble())?;
    Ok(ctx)
}

/// One run under way.
struct Player<'a> {
    place: &'a Place,
    run: &'a Run,
    environment: &'a [(String, String)],
    world: &'a World,
    attendance: &'a Attendance<'a>,
    arrivals: Vec<Arrival>,
    people: People<'a>,
    mishaps: Mishaps<'a>,
    mails: Mails,
    ctx: Context,
}

impl<'a> Player<'a> {
    async fn new(
        place: &'a Place,
        run: &'a Run,
        environment: &'a [(String, String)],
        world: &'a World,
        attendance: &'a Attendance<'a>,
    ) -> Result<Player<'a>, Trouble> {
        let mishaps = Mishaps::new(&world.dice, run.mishaps);
        let mut arrivals = attendance.arrivals(world.first_day, world.last_day);
        for arrival in &mut arrivals {
            arrival.at = arrival.at.plus(mishaps.late_by(&arrival.name) * DAY);
        }
        let people = People::new(&world.county, &world.dice);
        let ctx = open(place, run, environment, world, attendance).await?;
        let mails = Mails::default();
        Ok(Player { place, run, environment, world, attendance, arrivals, people, mishaps, mails, ctx })
    }

    async fn play(&mut self, progress: &mut dyn FnMut(NaiveDate, u32)) -> Done<()> {
        let world = self.world;
        let eve = world.calendar.previous_workday(world.first_day).map_err(|e| Trouble::new(e.said()))?;
        let done = self.ctx.store.read().await?.setting(FINISHED_STEP).await?;
        let done: i64 = done.and_then(|text| text.parse().ok()).unwrap_or(i64::MIN);
        let (mut started, mut workdays, mut day) = (false, 0, eve);
        loop {
            if day > world.last_day + chrono::Duration::days(MOST_DAYS_AFTER) {
                return Err(Trouble::new(said!(
                    "the demo did not settle: some source or assignment stays open",
                    "演示未能结束：仍有来源或任务未完结"
                ))
                .into());
            }
            let midnight = Timestamp::from_local(day.and_time(NaiveTime::MIN), ZONE);
            let mut at = midnight.plus(DAY_STARTS);
            while at <= midnight.plus(DAY_ENDS) {
                if at.0 > done {
                    if !std::mem::replace(&mut started, true) {
                        self.start(at).await?;
                        self.mails = Mails::since_the_start(&self.ctx, self.place, &self.people, at).await?;
                        import_register(&self.ctx, self.place, world, eve).await?;
                    } else if self.mishaps.killed_before(at) {
                        self.ctx.let_go().await;
                        self.ctx.store.close().await;
                        self.ctx = open(self.place, self.run, self.environment, world, self.attendance).await?;
                        self.start(at).await?;
                    }
                    self.step(at).await?;
                }
                at = at.plus(i64::from(self.run.step.max(1)) * MINUTE);
            }
            if day >= world.first_day && day <= world.last_day && world.calendar.is_workday(day).unwrap_or(false) {
                workdays += 1;
            }
            progress(day, workdays);
            if day > world.last_day && !self.is_cut_off() && settled(&self.ctx, &self.arrivals, at).await? {
                return Ok(());
            }
            let Some(next) = day.succ_opt() else { return Ok(()) };
            day = next;
        }
    }

    /// What a process does first, whatever the one before was doing.
    async fn start(&mut self, at: Timestamp) -> Done<()> {
        self.ctx.clock.set(at);
        let days = self.world.first_day.iter_days().take_while(|day| *day <= at.day(ZONE));
        let mishaps = self.mishaps;
        for day in days.filter(|day| mishaps.storm(*day)) {
            self.storm(day)?;
        }
        dispatch::rescue(&self.ctx, false).await?;
        self.in_the_way(at)?;
        Ok(())
    }

    fn storm(&mut self, day: NaiveDate) -> Done<()> {
        let closed = self.ctx.calendar.overrule(day, DayKind::Holiday, "台风 typhoon");
        closed.map_err(|e| Trouble::new(e.said()).into())
    }

    /// Files that have come by now are imported, mails that are due reach the mailbox, and the house does
    /// its turn.
    async fn step(&mut self, now: Timestamp) -> Done<()> {
        self.ctx.clock.set(now);
        if let Some(day) = self.mishaps.announces(now) {
            self.storm(day)?;
        }
        self.absences(now).await?;
        self.mergers(now).await?;
        for arrival in self.arrivals.iter().filter(|a| a.at <= now && a.at > now.minus(24 * 60 * MINUTE)) {
            import_file(&self.ctx, self.place, self.attendance, arrival).await?;
        }
        let no_mailbox = self.in_the_way(now)?;
        if !no_mailbox {
            let maildir = Maildir::open(self.place.mailbox()).await.map_err(|e| Failure::File("the mailbox", e))?;
            self.mails.deliver(&maildir, now).await?;
        }
        let turn = turn(&self.ctx, true).await;
        let failed = turn.failures.into_iter().find(|(step, _)| !(no_mailbox && *step == "intake"));
        if let Some((_, failure)) = failed {
            return Err(failure);
        }
        self.mails.read_letters(&self.ctx, self.place, &self.people, (now, now.plus(1))).await?;
        let mut tx = self.ctx.store.begin().await?;
        tx.put_setting(FINISHED_STEP, &now.0.to_string()).await?;
        Ok(tx.commit().await?)
    }

    /// Puts what is away out of reach, and what is back into its place; whether the mailbox is away.
    fn in_the_way(&self, now: Timestamp) -> Done<bool> {
        let no_mailbox = self.mishaps.mailbox_is_away(now);
        for (folder, away) in
            [(self.place.letters(), self.mishaps.relay_is_away(now)), (self.place.mailbox(), no_mailbox)]
        {
            put_away(&folder, away).map_err(|e| Failure::File("a folder of the demo", e))?;
        }
        Ok(no_mailbox)
    }

    /// What is away is still to come back, with all that waits for it.
    fn is_cut_off(&self) -> bool {
        [self.place.letters(), self.place.mailbox()].iter().any(|folder| folder.is_file())
    }

    /// The day, where it begins now.
    fn morning(now: Timestamp) -> Option<NaiveDate> {
        let day = now.day(ZONE);
        (now == Timestamp::from_local(day.and_time(NaiveTime::MIN), ZONE).plus(DAY_STARTS)).then_some(day)
    }

    async fn mergers(&self, now: Timestamp) -> Done<()> {
        let found = Self::morning(now).and_then(|day| self.mishaps.merger(day, &self.world.county));
        let Some((part, into)) = found else { return Ok(()) };
        let lineage = self.ctx.store.read().await?.lineage().await?;
        // A step that was cut off is played again.
        if lineage.merger(part).is_some() || lineage.merger(into).is_some() {
            return Ok(());
        }
        let request = Request {
            parts: BTreeSet::from([part.clone()]),
            into: into.clone(),
            name: None,
            township: None,
            position: None,
            exclusions: Some(Running::Carry),
            reason: "撤并",
            by: "督查办 沈洁",
            write: true,
        };
        merge(&self.ctx, &request).await.map(drop)
    }

    async fn absences(&self, now: Timestamp) -> Done<()> {
        let Some(day) = Self::morning(now) else { return Ok(()) };
        if let Some(Away { inspector, from, to }) = self.mishaps.away(day, &self.world.county) {
            let (reason, by) = ("病假", "督查办 沈洁");
            away::note(&self.ctx, &Absence { inspector, from, to, half: None, reason, by }).await?;
        }
        Ok(())
    }
}

/// A file stands in the place of a folder that is away.
fn put_away(folder: &Path, away: bool) -> std::io::Result<()> {
    let aside = folder.with_extension("away");
    match (away, folder.is_file()) {
        (true, false) => {
            if folder.exists() {
                std::fs::rename(folder, &aside)?;
            }
            std::fs::write(folder, "away")
        }
        (false, true) => {
            std::fs::remove_file(folder)?;
            if aside.exists() { std::fs::rename(&aside, folder) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// Every assignment is closed, every file has come, and no verdict waits any more.
async fn settled(ctx: &Context, arrivals: &[Arrival], now: Timestamp) -> Done<bool> {
    let mut tx = ctx.store.read().await?;
    if tx.count_open_assignments().await? > 0 || arrivals.iter().any(|a| a.at >= now) {
        return Ok(false);
    }
    let waiting = tx
        .current_verdicts()
        .await?
        .into_iter()
        .any(|v| v.judgement.verdict == Some(crate::model::VerdictCode::Waiting));
    Ok(!waiting)
}

async fn import_register(ctx: &Context, place: &Place, world: &World, day: NaiveDate) -> Done<()> {
    for sheet in sheets::register(&world.county) {
        let name = format!("{}.csv", sheet.kind);
        place.write(&format!("register/{name}"), sheet.csv.as_bytes())?;
        let kind: TemplateKind = sheet
            .kind
            .parse()
            .map_err(|()| Trouble::new(said!("no kind of roster", "没有这种名册")).in_file(name.clone()))?;
        let roster = Roster {
            kind,
            file: &name,
            bytes: sheet.csv.as_bytes(),
            mode: Mode::Full,
            day,
            complete: true,
            dry_run: false,
        };
        let imported = roster::import(ctx, &roster).await?;
        if let Some(reject) = imported.rejects.into_iter().next() {
            return Err(reject.trouble.into());
        }
    }
    Ok(())
}

async fn import_file(ctx: &Context, place: &Place, attendance: &Attendance<'_>, arrival: &Arrival) -> Done<()> {
    let path = place.files().join(&arrival.name);
    if path.exists() {
        return Ok(());
    }
    let Some(source) = ctx.config.sources.iter().find(|s| s.source.id.as_str() == arrival.feed.id()) else {
        return Ok(());
    };
    let kind: TemplateKind = arrival
        .feed
        .template()
        .parse()
        .map_err(|()| Trouble::new(said!("no kind of record", "没有这种记录")).in_file(arrival.name.clone()))?;
    let bytes = attendance.file(arrival);
    let file = RecordFile {
        covers: Some((arrival.from, arrival.to)).into(),
        complete: true,
        ..RecordFile::new(kind, source, &arrival.name, Content::bytes(bytes.clone()))
    };
    records::import(ctx, &file).await?;
    // Only now: a file that is there has been imported.
    place.write(&format!("files/{}", arrival.name), &bytes)?;
    Ok(())
}
