//! The demo's engine: simulated time goes on in steps, and at each step the real use cases run.
//!
//! Every step can be done again without harm, so a run that was killed goes on from the last step
//! that was finished, and ends in the same state.

use super::attendance::{Arrival, Attendance, Rhythm};
use super::county::{County, OFFICE, Size, ZONE};
use super::dice::Dice;
use super::people::{Delivery, People, Posted};
use super::place::{AUTHSERV_ID, Place, Run};
use super::report::{Report, report};
use super::sheets;
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::letter::MessageId;
use crate::mail::{FolderTransport, Maildir};
use crate::model::time::MINUTE;
use crate::model::{OfficeId, Sha256, Timestamp, Trouble};
use crate::registry::Mode;
use crate::said;
use crate::table::TemplateKind;
use crate::timing::Calendar;
use crate::work::Content;
use crate::work::records::{self, RecordFile};
use crate::work::release::load_assignment;
use crate::work::roster::{self, Roster};
use crate::work::turn::turn;
use crate::work::{Context, Done, Failure, Secrets, dispatch};
use chrono::{NaiveDate, NaiveTime};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Between steps, and the hours of the day in which there are any.
const STEP: i64 = 30 * MINUTE;
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

/// Mails on their way: due instant and file name in the mailbox.
type OnTheWay = BTreeMap<(Timestamp, String), Delivery>;

/// Runs a demo from wherever it stands to its end. `progress` hears of every day: how many of how many.
pub async fn run(dir: &Path, run: &Run, progress: &mut dyn FnMut(NaiveDate, u32)) -> Result<Report, Trouble> {
    let (place, _) = Place::open(dir, run)?;
    let world = World::new(run)?;
    let is_workday = |day| world.calendar.is_workday(day).unwrap_or(false);
    let attendance = Attendance::new(&world.county, &world.dice, world.rhythm, &is_workday);
    let ctx = open(&place, run, &world, &attendance).await?;
    play(&ctx, &place, &world, &attendance, progress).await.map_err(Failure::trouble)?;
    place.write("README.md", place.readme().as_bytes())?;
    let report = report(&ctx, &world.dice, run.days).await.map_err(Failure::trouble)?;
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
        let calendar = Calendar::shipped();
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

/// Configuration, keys and database; made where they are missing.
async fn open(place: &Place, run: &Run, world: &World, attendance: &Attendance<'_>) -> Result<Context, Trouble> {
    let text = place.config_text(attendance, &world.county, run).map_err(Trouble::new)?;
    place.write("spotcheck.toml", text.as_bytes())?;
    let config = Config::load(&place.config_file(), &[]).map_err(|mut troubles| troubles.remove(0))?;
    let entropy = Entropy::seeded(run.seed.as_bytes());
    if !config.keys.dir.exists() {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.keys.dir);
        made.map_err(|e| Failure::File("the folder of keys", e).trouble())?;
    }
    Secrets::create(&config.keys.dir, &entropy).map_err(Failure::trouble)?;
    let mut ctx = Context::open(config, Clock::simulated(Timestamp(0)), entropy).await.map_err(Failure::trouble)?;
    "demo".clone_into(&mut ctx.owner);
    ctx.last_day = Some(world.last_day);
    let mark = async {
        let mut tx = ctx.store.begin().await?;
        tx.put_setting(crate::work::context::SIMULATED, &run.seed).await?;
        tx.commit().await
    };
    mark.await.map_err(|e| Failure::from(e).trouble())?;
    Ok(ctx)
}

async fn play(
    ctx: &Context,
    place: &Place,
    world: &World,
    attendance: &Attendance<'_>,
    progress: &mut dyn FnMut(NaiveDate, u32),
) -> Done<()> {
    let people = People::new(&world.county, &world.dice);
    let maildir = Maildir::open(place.mailbox()).await.map_err(|e| Failure::File("the mailbox", e))?;
    let arrivals = attendance.arrivals(world.first_day, world.last_day);
    let eve = world.calendar.previous_workday(world.first_day).map_err(|e| Trouble::new(e.said()))?;
    let done: i64 =
        ctx.store.read().await?.setting(FINISHED_STEP).await?.and_then(|t| t.parse().ok()).unwrap_or(i64::MIN);
    let mut on_the_way = OnTheWay::new();
    let mut started = false;
    let mut workdays = 0;
    let mut day = eve;
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
                ctx.clock.set(at);
                if !started {
                    started = true;
                    dispatch::rescue(ctx).await?;
                    import_register(ctx, place, world, eve).await?;
                    // Mails that earlier steps brought about, as far as they are not in the mailbox yet.
                    let delivered = delivered(place)?;
                    on_the_way = gather_mails(ctx, place, &people, Timestamp(0), at).await?;
                    on_the_way.retain(|(_, name), _| !delivered.contains(name));
                }
                step(ctx, place, attendance, &arrivals, &maildir, &mut on_the_way, at).await?;
                on_the_way.append(&mut gather_mails(ctx, place, &people, at, at.plus(1)).await?);
                let mut tx = ctx.store.begin().await?;
                tx.put_setting(FINISHED_STEP, &at.0.to_string()).await?;
                tx.commit().await?;
            }
            at = at.plus(STEP);
        }
        if day >= world.first_day && day <= world.last_day && world.calendar.is_workday(day).unwrap_or(false) {
            workdays += 1;
        }
        progress(day, workdays);
        if day > world.last_day && settled(ctx, &arrivals, at).await? {
            return Ok(());
        }
        let Some(next) = day.succ_opt() else { return Ok(()) };
        day = next;
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

/// Files that have come by now are imported, mails that are due reach the mailbox, and the house does
/// its turn.
async fn step(
    ctx: &Context,
    place: &Place,
    attendance: &Attendance<'_>,
    arrivals: &[Arrival],
    maildir: &Maildir,
    on_the_way: &mut OnTheWay,
    now: Timestamp,
) -> Done<()> {
    for arrival in arrivals.iter().filter(|a| a.at <= now && a.at > now.minus(24 * 60 * MINUTE)) {
        import_file(ctx, place, attendance, arrival).await?;
    }
    while let Some(first) = on_the_way.first_entry() {
        if first.key().0 > now {
            break;
        }
        let ((_, name), delivery) = first.remove_entry();
        maildir.deliver(&name, &delivery.raw).await.map_err(|e| Failure::File("the mailbox", e))?;
    }
    let turn = turn(ctx, true).await;
    match turn.failures.into_iter().next() {
        Some((_, failure)) => Err(failure),
        None => Ok(()),
    }
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

/// What the letters of assignments released in `[from, to)` bring about: mails that are yet to come.
async fn gather_mails(
    ctx: &Context,
    place: &Place,
    people: &People<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Done<OnTheWay> {
    let office: OfficeId = OFFICE.parse().map_err(Trouble::new)?;
    let mut tx = ctx.store.read().await?;
    let folder = FolderTransport::new(place.letters());
    let mut mails = OnTheWay::new();
    for row in tx.assignments_between(&office, from, to).await? {
        let (Some(assignment), Some(message_id)) =
            (load_assignment(&mut tx, &row).await?, MessageId::parse(&row.message_id))
        else {
            continue;
        };
        let path = folder.path_of(&message_id, row.released.day(ZONE));
        let letter = std::fs::read(&path).map_err(|e| Failure::File("a letter that was sent", e))?;
        for delivery in people.mails(Posted { letter: &letter, assignment: &assignment, authserv_id: AUTHSERV_ID }) {
            let name = format!("{}.{}", delivery.at.0, &Sha256::of(&delivery.raw).hex()[..16]);
            mails.insert((delivery.at, name), delivery);
        }
    }
    Ok(mails)
}

/// Names of the mails that are in the mailbox, read or not.
fn delivered(place: &Place) -> Done<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in ["new", "cur"] {
        let listing = std::fs::read_dir(place.mailbox().join(folder)).map_err(|e| Failure::File("the mailbox", e))?;
        for entry in listing.filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            names.insert(name.split(':').next().unwrap_or_default().to_owned());
        }
    }
    Ok(names)
}
