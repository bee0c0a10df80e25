//! A day of the demo, killed after every durable step and at any moment: it ends as if nothing had been.

use super::auditor::{Audit, Found, Way, audit};
use super::rig::Rig;
use super::sink::Answer;
use spotcheck::store::Store;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

/// Steps that `cargo test` tries: a sample of them. `SPOTCHECK_FAULTS=all` tries every step, and some five hundred
/// moments.
const STEPS: u64 = 40;
/// Days that are killed once to three times.
const DAYS: u64 = 12;
const ALL_DAYS: u64 = 400;

pub fn all() -> bool {
    std::env::var("SPOTCHECK_FAULTS").is_ok_and(|how| how == "all")
}

/// The same seed gives the same sample; `SPOTCHECK_FAULTS_SEED=n` gives another, or one moment or year again.
pub fn seed() -> Option<u64> {
    std::env::var("SPOTCHECK_FAULTS_SEED").ok().map(|seed| seed.parse().expect("SPOTCHECK_FAULTS_SEED is a number"))
}

/// SplitMix64: numbers for a seed.
pub fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

pub fn audited(rig: &Rig) -> Audit {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::as_it_is(&rig.url()).await.unwrap();
        let audit = audit(&store, &rig.day().join("keys"), &rig.sink.taken(), rig.mailbox.counts()).await;
        store.close().await;
        audit
    })
}

/// A day without any fault, played once: its steps, and what it came to.
fn undisturbed() -> &'static (Vec<String>, Found) {
    static DAY: OnceLock<(Vec<String>, Found)> = OnceLock::new();
    DAY.get_or_init(|| {
        let rig = Rig::new();
        let steps = rig.traced();
        let audit = audited(&rig);
        assert!(audit.troubles.is_empty(), "{:?}", audit.troubles);
        assert_eq!(audit.way.copies, audit.found.letters);
        assert!(audit.found.draws == 2 && audit.found.letters > 10 && audit.found.mails > 3, "{audit}");
        println!("undisturbed: {audit}");
        (steps, audit.found)
    })
}

/// Runs cases on two threads and adds up what the auditor found; any trouble ends the test, all cases told.
pub fn side_by_side(cases: u64, case: impl Fn(u64) -> Result<Way, String> + Sync) -> Way {
    let (next, sum, troubles) = (AtomicUsize::new(0), Mutex::new(Way::default()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = u64::try_from(next.fetch_add(1, Ordering::SeqCst)).unwrap();
                    if number >= cases {
                        return;
                    }
                    match case(number) {
                        Ok(way) => {
                            let mut sum = sum.lock().unwrap();
                            sum.copies += way.copies;
                            sum.listed += way.listed;
                            sum.lost += way.lost;
                            sum.drawn_again += way.drawn_again;
                            sum.unlisted += way.unlisted;
                            sum.early_sheets += way.early_sheets;
                        }
                        Err(trouble) => {
                            eprintln!("{trouble}");
                            troubles.lock().unwrap().push(trouble);
                        }
                    }
                }
            });
        }
    });
    let troubles = troubles.into_inner().unwrap();
    assert!(troubles.is_empty(), "{} of {cases} cases failed:\n{}", troubles.len(), troubles.join("\n"));
    sum.into_inner().unwrap()
}

/// Plays to the end and looks whether it came to the same.
pub fn goes_on(rig: &Rig, told: &str) -> Result<Way, String> {
    to_the_end(rig, told)?;
    same(rig, told)
}

/// Plays to the end, unless it was killed with its last word written: then there is nothing to go on with.
pub fn to_the_end(rig: &Rig, told: &str) -> Result<(), String> {
    if rig.is_finished() {
        return Ok(());
    }
    let done = rig.command().output().unwrap();
    if !done.status.success() {
        return Err(format!("{told}: it does not go on: {}", String::from_utf8_lossy(&done.stderr)));
    }
    Ok(())
}

/// Plays a part of a day: the first half, or a quarter; the last steps are left out in any case.
pub fn until_step(rig: &Rig, share: u64) {
    let steps = u64::try_from(undisturbed().0.len()).unwrap();
    assert!(rig.until(steps * 3 / (4 * share)).code().is_none());
}

/// Whether it came to what a day without faults comes to.
pub fn same(rig: &Rig, told: &str) -> Result<Way, String> {
    match same_but_for_sheets(rig, told)? {
        way if way.early_sheets == 0 => Ok(way),
        way => Err(format!("{told}: {} sheets more", way.early_sheets)),
    }
}

/// The same where one step of a turn may fail and the others go on: then a sheet may go out before its release.
pub fn same_but_for_sheets(rig: &Rig, told: &str) -> Result<Way, String> {
    let audit = audited(rig);
    if !audit.troubles.is_empty() {
        return Err(format!("{told}: {}", audit.troubles.join("; ")));
    }
    let usual = &undisturbed().1;
    if audit.found.is_with_early_sheets(usual) {
        return Ok(Way { early_sheets: audit.found.sheets - usual.sheets, ..audit.way });
    }
    if audit.found != *usual {
        return Err(format!("{told}: it came to something else: {audit}\n{:?}", audit.found));
    }
    Ok(audit.way)
}

#[test]
fn killed_after_any_durable_step_the_day_ends_the_same() {
    let (steps, found) = undisturbed();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for step in steps {
        *kinds.entry(step).or_default() += 1;
    }
    let number = u64::try_from(steps.len()).unwrap();
    let mut draw = numbers(seed().unwrap_or(1));
    let chosen: Vec<u64> =
        if all() { (1..=number).collect() } else { (0..STEPS).map(|_| draw() % number + 1).collect() };
    let sum = side_by_side(u64::try_from(chosen.len()).unwrap(), |index| {
        let step = chosen[usize::try_from(index).unwrap()];
        let rig = Rig::new();
        let told = format!("killed after step {step} of {number} ({})", steps[usize::try_from(step - 1).unwrap()]);
        // Letters share commits as it happens, so a day may have a few steps less than another one: only then may it end by itself.
        match rig.until(step).code() {
            None => goes_on(&rig, &told),
            Some(0) if step > number - number / 20 => same(&rig, &told),
            Some(code) => Err(format!("{told}: it came to an end of its own, with {code}")),
        }
    });
    println!(
        "{number} durable steps {kinds:?}, {} kills: state {} each time; lost {}, drawn again {}, copies {} for {} letters, listed {}, unlisted {}",
        chosen.len(),
        &found.hash[..12],
        sum.lost,
        sum.drawn_again,
        sum.copies,
        found.letters * chosen.len(),
        sum.listed,
        sum.unlisted
    );
}

/// Kills a day at moments that a seed chooses, until it ends by itself.
fn killed_at_random(seed: u64, kills: &AtomicUsize) -> Result<Way, String> {
    let mut draw = numbers(seed);
    // The server may well take a letter and not live to say so.
    let hangs_up = draw() % 20 + 1;
    let rig = Rig::with(None, move |heard| match heard % 20 {
        0 if hangs_up.is_multiple_of(2) => Answer::TakesAndHangsUp,
        _ => Answer::Takes,
    });
    let steps = u64::try_from(undisturbed().0.len()).unwrap();
    for _ in 0..draw() % 3 + 1 {
        let mut child = rig.spawn();
        let (at, patience) = (usize::try_from(draw() % (steps / 8)).unwrap(), draw() % 40);
        let copies = rig.sink.copies();
        // So many letters and then some milliseconds on: what happens in between is as the machine is.
        while child.try_wait().unwrap().is_none() && rig.sink.copies() < copies + at % 12 {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        std::thread::park_timeout(Duration::from_millis(patience * 10));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills.fetch_add(1, Ordering::SeqCst);
        }
        child.wait().unwrap();
    }
    goes_on(&rig, &format!("seed {seed} (again: SPOTCHECK_FAULTS_SEED={seed})"))
}

#[test]
fn killed_at_any_moment_the_day_ends_the_same() {
    let (_, found) = undisturbed();
    let kills = AtomicUsize::new(0);
    let (first, number) = match (seed(), all()) {
        (Some(seed), _) => (seed, 1),
        (None, true) => (1, ALL_DAYS),
        (None, false) => (1, DAYS),
    };
    let sum = side_by_side(number, |index| killed_at_random(first + index, &kills));
    println!(
        "{number} days, {} kills at random: state {} each time; lost {}, drawn again {}, listed {}, unlisted {}",
        kills.load(Ordering::SeqCst),
        &found.hash[..12],
        sum.lost,
        sum.drawn_again,
        sum.listed,
        sum.unlisted
    );
}
