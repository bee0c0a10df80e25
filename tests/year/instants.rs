//! Fifty instants: a backup, more work, the machine lost, the backup restored on another machine with the
//! chains and marks of the moment of loss. Nothing is drawn again, and what was lost is published.

use super::backups::new_key;
use super::house::{House, Setting, office, time};
use super::post;
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::draw::log::{EMPTY, next_head};
use spotcheck::entropy::Entropy;
use spotcheck::model::WindowId;
use spotcheck::work::backup::{self, restore};
use spotcheck::work::turn::turn;
use spotcheck::work::{Context, dispatch};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const CASES: usize = 50;
const HOURS: [&str; 10] = ["07:30", "08:10", "09:20", "10:30", "11:30", "12:30", "14:10", "15:40", "17:30", "18:40"];

fn moments() -> Vec<String> {
    let days = ["03-03", "03-04", "03-05", "03-06"];
    let working = days.iter().flat_map(|day| HOURS.iter().map(move |hour| format!("2026-{day} {hour}")));
    std::iter::once("2026-03-02 17:30".to_owned()).chain(working).collect()
}

struct Case {
    backed_up: usize,
    lost: usize,
    /// While the turn of that moment runs, not after it.
    within: bool,
    folder: PathBuf,
}

fn cases(below: &Path, moments: usize) -> Vec<Case> {
    let chance = Entropy::seeded(b"fifty instants");
    let case = |n: usize| {
        let [a, b, c, ..] = chance.bytes("instant", &n.to_string()).unwrap();
        // The programme is sealed, and a day is left to go on in. (Before its first seal a database cannot say which
        // windows the marks speak of: then the log alone tells that something is lost.)
        let backed_up = 1 + usize::from(a) % (moments - HOURS.len() - 3);
        let lost = (backed_up + 1 + usize::from(b) % 12).min(moments - HOURS.len() - 1);
        Case { backed_up, lost, within: c % 2 == 0, folder: below.join(format!("case-{n}")) }
    };
    (0..CASES).map(case).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// What the world knew when the machine was lost.
#[derive(Clone, Default)]
struct World {
    /// Lists of windows that were drawn.
    drawn: BTreeMap<WindowId, String>,
    /// Windows whose beacon is fixed.
    bound: BTreeSet<WindowId>,
    /// Letters that left, with their bytes.
    letters: BTreeMap<String, String>,
}

async fn world(ctx: &Context) -> World {
    let mut tx = ctx.store.read().await.unwrap();
    let letters = tx.letters(Some("acked"), 10_000).await.unwrap();
    let (mut drawn, mut bound) = (BTreeMap::new(), BTreeSet::new());
    for day in ["03", "04", "05", "06", "09"] {
        for slot in ["am", "pm"] {
            let id: WindowId = format!("posts/yunling/2026-03-{day}/{slot}").parse().unwrap();
            if tx.beacon(&id).await.unwrap().is_some() {
                bound.insert(id.clone());
            }
            if let Some(draw) = tx.draw(&id).await.unwrap() {
                drawn.insert(id, draw.list_mac);
            }
        }
    }
    World { drawn, bound, letters: letters.into_iter().map(|row| (row.message_id, row.bytes)).collect() }
}

/// The inspector answers everything that came to hand.
async fn answer(house: &House, answered: &mut BTreeSet<String>) {
    for letter in house.letters("assignment").await {
        if answered.insert(letter.message_id.clone()) {
            let name = format!("m{}", answered.len());
            house.deliver(&post::reply(&letter, &name, "rest present").bytes()).await;
        }
    }
}

#[tokio::test]
async fn fifty_instants_of_backup_loss_and_restore() {
    let setting = Setting { teams: 4, capacity: 2, afternoon: true, ..Setting::default() };
    let house = House::new(setting).await;
    new_key(&house);
    let (moments, elsewhere) = (moments(), tempfile::tempdir().unwrap());
    let cases = cases(elsewhere.path(), moments.len());
    let (mut files, mut worlds, mut answered) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    for (now, moment) in moments.iter().enumerate() {
        let due: Vec<usize> = (0..CASES).filter(|n| cases[*n].backed_up == now).collect();
        for n in &due {
            std::fs::create_dir_all(&cases[*n].folder).unwrap();
        }
        house.ctx.clock.set(time(moment));
        let within: Vec<usize> = due.iter().copied().filter(|n| cases[*n].within).collect();
        let together = async {
            for n in &within {
                files.insert(*n, backup::make(&house.ctx.to_back_up(), &cases[*n].folder).await.unwrap().file);
            }
        };
        let (done, ()) = tokio::join!(turn(&house.ctx, true), together);
        assert!(done.failures.is_empty(), "{moment}: {:?}", done.failures);
        for n in due.iter().filter(|n| !within.contains(n)) {
            files.insert(*n, backup::make(&house.ctx.to_back_up(), &cases[*n].folder).await.unwrap().file);
        }
        if moment.ends_with("10:30") || moment.ends_with("15:40") {
            answer(&house, &mut answered).await;
        }
        for n in (0..CASES).filter(|n| cases[*n].lost == now) {
            copy(&house.path("keys"), &cases[n].folder.join("keys"));
            for file in ["spotcheck.toml", "backup-key"] {
                std::fs::copy(house.path(file), cases[n].folder.join(file)).unwrap();
            }
            worlds.insert(n, world(&house.ctx).await);
        }
    }
    assert_eq!(world(&house.ctx).await.drawn.len(), 8, "two windows a day");
    let (mut lost, mut resent) = (0, 0);
    for (n, case) in cases.iter().enumerate() {
        let (a, b) = goes_on(n, case, &files[&n], &worlds[&n], &moments).await;
        lost += a;
        resent += b;
    }
    assert!(lost > 20, "{lost} windows were lost: the instants are worth something");
    println!(
        "{CASES} restores: {lost} windows lost and published, none drawn twice; {resent} letters sent again, each listed"
    );
}

/// Restores, lives on for a day, and compares: (windows lost, letters sent again).
async fn goes_on(n: usize, case: &Case, file: &Path, before: &World, moments: &[String]) -> (usize, usize) {
    let at = time(&moments[case.lost]);
    let config = Config::load(&case.folder.join("spotcheck.toml"), &[]).unwrap();
    restore::restore(&config, file, at, false).await.unwrap();
    // Another machine, another chance: a second draw could not come out the same.
    let entropy = Entropy::seeded(format!("another machine {n}").as_bytes());
    let ctx = Context::open(config, Clock::simulated(at), entropy).await.unwrap();
    dispatch::rescue(&ctx, false).await.unwrap();
    let known = world(&ctx).await;
    for moment in &moments[case.lost..=(case.lost + HOURS.len()).min(moments.len() - 1)] {
        ctx.clock.set(time(moment));
        let done = turn(&ctx, true).await;
        assert!(done.failures.is_empty(), "case {n}, {moment}: {:?}", done.failures);
    }
    let after = world(&ctx).await;
    let mut tx = ctx.store.read().await.unwrap();
    let voids: BTreeMap<WindowId, String> =
        tx.voids(&office()).await.unwrap().into_iter().map(|v| (v.window.parse().unwrap(), v.reason)).collect();
    let mut lost = 0;
    for (window, list) in &before.drawn {
        match (known.drawn.get(window), after.drawn.get(window)) {
            (Some(kept), Some(now)) => assert!(kept == list && now == list, "case {n}: {window} was drawn again"),
            (None, None) => {
                assert_eq!(voids.get(window).map(String::as_str), Some("lost_in_restore"), "case {n}: {window}");
                let beacon = tx.beacon(window).await.unwrap();
                assert!(beacon.is_none() || known.bound.contains(window), "case {n}: {window} has a second beacon");
                lost += 1;
            }
            other => panic!("case {n}: {window}: {other:?}"),
        }
    }
    assert!(after.drawn.keys().all(|window| !voids.contains_key(window)), "case {n}: drawn and void");
    assert!(after.drawn.len() > known.drawn.len(), "case {n}: it draws on");

    let log = tx.log_entries(&office()).await.unwrap();
    let mut head = EMPTY;
    for entry in &log {
        head = next_head(&head, entry.entry.as_bytes());
        assert_eq!(entry.head, head, "case {n}");
    }
    let told: Vec<_> = log.iter().filter(|e| e.entry.contains("\"kind\":\"restored\"")).collect();
    assert!(told.len() <= 1 && (lost == 0 || told.len() == 1), "case {n}: the log says so once");
    assert!(told.iter().all(|e| e.entry.contains("\"head\"")), "case {n}");
    if lost > 0 {
        let notices = tx.letters(Some("acked"), 10_000).await.unwrap().into_iter().filter(|l| l.kind == "void");
        assert!(notices.count() >= 2, "case {n}: desk and head are told");
    }

    let doubtful: BTreeSet<String> =
        tx.ambiguous_letters(10_000).await.unwrap().into_iter().map(|l| l.message_id).collect();
    let mut resent = 0;
    for row in tx.letters(Some("acked"), 10_000).await.unwrap() {
        let Some(bytes) = before.letters.get(&row.message_id) else { continue };
        if known.letters.contains_key(&row.message_id) {
            assert!(row.done_at.unwrap() <= at.0, "case {n}: a {} that was acknowledged left again", row.kind);
        } else if doubtful.contains(&row.message_id) {
            assert_eq!(&row.bytes, bytes, "case {n}: sent again with other bytes");
            resent += 1;
        } else {
            // What the house writes by the day or by the answer it writes again, under the same name.
            assert!(row.kind != "assignment", "case {n}: an assignment was written a second time");
        }
    }
    drop(tx);
    ctx.store.close().await;
    std::fs::remove_dir_all(&case.folder).unwrap();
    (lost, resent)
}
