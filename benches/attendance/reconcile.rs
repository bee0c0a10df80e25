//! Outcomes held against the records of their day.

use crate::nation::{self, id};
use crate::{Done, OFFICIALS, Server, failed, peak};
use spotcheck::clock::Stopwatch;
use spotcheck::model::register::{Name, Role};
use spotcheck::model::{AssignmentId, Kind, Line, LineCode, LineOfficial, Outcome, Timestamp, WindowId};
use spotcheck::store::{AssignmentRow, NewLine, NewOutcome};
use spotcheck::table::TemplateKind;
use spotcheck::work::judge::judge_due;
use spotcheck::work::records::{self, RecordFile};
use spotcheck::work::{Content, Context};
use std::path::Path;
use std::process::Command;

/// One official in so many was looked for: 50,000 of a nation's.
const LOOKED_FOR: usize = 18;
/// Officials of a team, and visits of an inspector.
const TEAM: usize = 4;
const VISITS: usize = 3;
/// One in so many was not there.
const ABSENT_EVERY: usize = 20;
/// Looks at one late leave; the fastest, the middle and the slowest are told.
const LATE: usize = 20;

pub async fn all() -> Done<()> {
    let place = tempfile::tempdir()?;
    let files = tempfile::tempdir()?;
    nation::generate(files.path(), OFFICIALS, 1)?;
    let url = format!("sqlite:{}", place.path().join("reconcile.db").display());
    measure(files.path(), place.path(), &url, OFFICIALS)?;
    let Some(server) = Server::open().await? else { return Ok(()) };
    let place = tempfile::tempdir()?;
    measure(files.path(), place.path(), &server.database, OFFICIALS)?;
    server.drop().await
}

/// The same with ten and a hundred times the rows.
pub fn growth() -> Done<()> {
    for (officials, days) in [(50_000, 1), (500_000, 1), (500_000, 10)] {
        let place = tempfile::tempdir()?;
        let files = tempfile::tempdir()?;
        nation::generate(files.path(), officials, days)?;
        let url = format!("sqlite:{}", place.path().join("reconcile.db").display());
        println!("{} rows", officials * 2 * days);
        measure(files.path(), place.path(), &url, officials)?;
    }
    Ok(())
}

/// A day's records and what was found on it, in a new database.
pub async fn fill(files: &Path, place: &Path, url: &str, officials: usize) -> Done<()> {
    let ctx = nation::create(place, url, officials).await?;
    let backend = ctx.store.backend();
    for (kind, name) in [(TemplateKind::Attendance, "attendance.csv"), (TemplateKind::Leave, "leave.csv")] {
        let watch = Stopwatch::start();
        import(&ctx, kind, name, &files.join(name)).await?;
        println!("spotcheck, {backend}: {name} imported: {:.2} s", watch.milliseconds() as f64 / 1e3);
    }
    let outcomes = look_for(&ctx, officials).await?;
    println!("spotcheck, {backend}: {outcomes} outcomes");
    ctx.store.close().await;
    Ok(())
}

/// By processes of their own: what an import needed is not counted as the judging's.
fn measure(files: &Path, place: &Path, url: &str, officials: usize) -> Done<()> {
    let alone = |what: &str, paths: &[&Path], words: &[&str]| -> Done<()> {
        let status = Command::new(std::env::current_exe()?).arg(what).args(paths).args(words).status()?;
        if status.success() { Ok(()) } else { Err(format!("{what} failed").into()) }
    };
    alone("fill", &[files, place], &[url, &officials.to_string()])?;
    alone("judge", &[place], &[])
}

/// Judges all that was found, and then late leaves, in a database that was filled.
pub async fn judge(place: &Path) -> Done<()> {
    let ctx = nation::open(place).await?;
    let backend = ctx.store.backend();
    let before = peak();
    let watch = Stopwatch::start();
    let judged = judge_due(&ctx).await.map_err(failed)?;
    println!(
        "spotcheck, {backend}: reconciled: {:.2} s, peak {:.0} MiB (before: {before:.0}); {} judged, {} flags",
        watch.milliseconds() as f64 / 1e3,
        peak(),
        judged.judged,
        judged.flags
    );
    let mut took = Vec::new();
    for number in 0..LATE {
        // An absent one's leave, filed the day after.
        let official = number * ABSENT_EVERY * LOOKED_FOR;
        let path = place.join("late.csv");
        std::fs::write(
            &path,
            format!(
                "official,kind,label,from,to,status,filed,filed_by\n\
                 P{official:06},leave,事假,2026-11-23,2026-11-23,approved,2026-11-24 07:{number:02},machine\n"
            ),
        )?;
        import(&ctx, TemplateKind::Leave, "late.csv", &path).await?;
        let watch = Stopwatch::start();
        let judged = judge_due(&ctx).await.map_err(failed)?;
        took.push((watch.milliseconds(), judged.judged, judged.changed));
    }
    took.sort_unstable();
    println!(
        "spotcheck, {backend}: a late leave re-judged, (milliseconds, judged, changed): {:?}, {:?}, {:?}",
        took.first(),
        took.get(LATE / 2),
        took.last()
    );
    ctx.store.close().await;
    Ok(())
}

async fn import(ctx: &Context, kind: TemplateKind, name: &str, path: &Path) -> Done<()> {
    let wanted = if kind == TemplateKind::Leave { "leave" } else { "punches" };
    let source = ctx.config.sources.iter().find(|s| s.source.id.as_str() == wanted).ok_or("source")?;
    let day = "2026-11-23".parse()?;
    let mut file = RecordFile::new(kind, source, name, Content::file(path));
    file.covers = (kind == TemplateKind::Leave).then_some((day, day)).into();
    let imported = records::import(ctx, &file).await.map_err(failed)?;
    if imported.rejected > 0 {
        return Err(format!("{} rows were rejected", imported.rejected).into());
    }
    Ok(())
}

/// Visits of a day and what was found; the number of outcomes.
async fn look_for(ctx: &Context, officials: usize) -> Done<usize> {
    let at = |text: &str| Timestamp::parse(text).ok_or("time");
    let (from, to) = (at("2026-11-23T09:00:00+08:00")?, at("2026-11-23T12:00:00+08:00")?);
    let window: WindowId = id("posts/nation/2026-11-23/am")?;
    let people: Vec<usize> = (0..officials).step_by(LOOKED_FOR).collect();
    let (mut assignments, mut lines, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for (team, members) in people.chunks(TEAM).enumerate() {
        let (number, visit) = (team / VISITS, team % VISITS + 1);
        let assignment = AssignmentId::parse(&format!("{:06}", 100_000 + number)).map_err(|said| said.en)?;
        if visit == 1 {
            assignments.push(AssignmentRow {
                id: assignment.clone(),
                office: id("nation")?,
                inspector: id(&format!("I{number}"))?,
                released: from,
                reply_by: to,
                closes: to,
                kid: 1,
                message_id: format!("{number}@nation.example"),
                reminded: None,
                closed: None,
            });
        }
        let code: LineCode = id(&format!("V{visit}"))?;
        let official = |number: &usize| -> Done<LineOfficial> {
            let name = Name::new(format!("队员{number}"), "");
            Ok(LineOfficial { official: id(&format!("P{number:06}"))?, name, role: Role::Member })
        };
        let name = || Name::new("滨河村", "");
        let line = Line {
            back_check: None,
            code: code.clone(),
            kind: Kind::Visit,
            window: window.clone(),
            from,
            to,
            place: id(&format!("L{team}"))?,
            village: name(),
            township: name(),
            team: name(),
            officials: members.iter().map(official).collect::<Done<_>>()?,
            contact: None,
            companion: None,
            instrument: None,
            attempt: None,
            travel: None,
        };
        for (place, number) in members.iter().enumerate() {
            outcomes.push(NewOutcome {
                assignment: assignment.clone(),
                line: code.to_string(),
                person: line.person_code(place + 1),
                official: Some(id(&format!("P{number:06}"))?),
                outcome: if (number / LOOKED_FOR).is_multiple_of(ABSENT_EVERY) {
                    Outcome::Absent
                } else {
                    Outcome::Present
                },
                stated: Some(from.plus(90 * 60_000)),
                remark: String::new(),
                by: "code".to_owned(),
                mail: None,
                received: to,
            });
        }
        lines.push(NewLine {
            window: window.clone(),
            place: line.place.clone(),
            kind: Kind::Visit,
            origin: "drawn".to_owned(),
            ticket: team as u64,
            minute: 0,
            p_visit: 1,
            p_call: 1,
            eligible: 1,
            given: Some((assignment, code, serde_json::to_string(&line)?)),
            state: None,
            credit: None,
        });
    }
    let mut tx = ctx.store.begin().await?;
    tx.add_assignments(&assignments).await?;
    tx.add_lines(&lines).await?;
    tx.add_outcomes(&outcomes).await?;
    tx.commit().await?;
    Ok(outcomes.len())
}
