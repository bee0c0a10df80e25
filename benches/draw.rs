//! What draws cost, beside the SHA-256 that they cannot do without. `benches/draw.sh` runs this.
//!
//! The floor of a row is its number of 64-byte blocks at the bulk rate of the same hash in the same run, on
//! one core. Every time is the best of several runs; the memory is the most that the process held until then.
//! What takes longer than a moment is measured in time of the processor, where the system tells it, so that
//! other programs on the machine do not count.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail this way")]

use sha2::Digest;
use spotcheck::draw::deal::deal;
use spotcheck::draw::merkle;
use spotcheck::draw::order::{decide, select};
use spotcheck::draw::{
    Bar, Chance, Decision, Detail, Frame, Ground, Label, Limits, PerTarget, Pool, Pools, Round, Row, Salts, Seed,
    Ticket,
};
use spotcheck::model::{InspectorId, OfficeId, PlaceId};
use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Teams and villages of the country, rounded up.
const SIZES: [usize; 2] = [255_000, 1_000_000];
const COUNTIES: usize = 2_900;
const WINDOWS_A_YEAR: usize = 500;
/// Most that auditing a year may take here; beyond it ten windows stand for the year.
const PATIENCE: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_millis(30);

struct Table {
    bulk: Vec<u8>,
    /// Shortest time of a block in bulk until now: measured again beside every row, as machines have moods.
    block: Cell<f64>,
}

impl Table {
    fn new() -> Table {
        let table = Table { bulk: vec![0x5a; 4 << 20], block: Cell::new(f64::MAX) };
        table.measure_floor(50);
        let block = table.block.get();
        println!("SHA-256 in bulk: {:.1} ns a block of 64 bytes, {:.0} MB/s", block * 1e9, 64.0 / block / 1e6);
        println!("{:<46} {:>10} {:>11} {:>9} {:>7} {:>6} {:>7}", "", "N", "ms", "ns/unit", "blocks", "ratio", "MiB");
        table
    }

    fn measure_floor(&self, times: usize) {
        let time = best(times, || sha2::Sha256::digest(&self.bulk)).as_secs_f64();
        self.block.set(self.block.get().min(time / (self.bulk.len() / 64) as f64));
    }

    /// `blocks`: how many of them the hashing of all units needs.
    fn row(&self, what: &str, n: usize, time: Duration, blocks: usize) {
        self.measure_floor(5);
        let (seconds, floor) = (time.as_secs_f64(), blocks as f64 * self.block.get());
        let (a_unit, ratio) = match blocks {
            0 => ("-".to_owned(), "-".to_owned()),
            _ => (format!("{:.1}", blocks as f64 / n as f64), format!("{:.2}", seconds / floor)),
        };
        let (ms, ns) = (seconds * 1e3, seconds * 1e9 / n as f64);
        println!("{what:<46} {n:>10} {ms:>11.2} {ns:>9.1} {a_unit:>7} {ratio:>6} {:>7.1}", peak_memory());
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let (start, busy_before) = (Instant::now(), processor_time());
    let result = black_box(work());
    let (by_the_clock, busy) = (start.elapsed(), processor_time().saturating_sub(busy_before));
    // The system counts in steps of some milliseconds.
    let time = if by_the_clock < MOMENT || busy.is_zero() { by_the_clock } else { busy };
    (time, result)
}

fn processor_time() -> Duration {
    let counters = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = counters.split_whitespace().next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

fn best<T>(times: usize, mut work: impl FnMut() -> T) -> Duration {
    (0..times).map(|_| timed(&mut work).0).min().unwrap()
}

fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
}

fn seed(number: u64) -> Seed {
    let mut bytes = [0x42; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Seed::from_bytes(bytes)
}

/// Places with the twelve digits of an official code, most at the lower chance, a tenth at the higher.
fn rows(size: usize, salts: Option<&Salts>, pools: &mut Pools) -> Vec<Row> {
    let chance = |p: f64| Chance::new((p * Chance::ONE.get() as f64) as u64).unwrap();
    let (lower, higher, call) = (chance(0.004), chance(0.02), chance(0.02));
    let numbers: Vec<u16> =
        (0..COUNTIES).map(|i| pools.number_of(&OfficeId::parse(&format!("c{i}")).unwrap()).unwrap()).collect();
    let row = |i: usize| {
        let id = PlaceId::parse(&format!("{:012}", 110_101_000_000 + i * 37)).unwrap();
        let detail = Detail {
            age: (i * 7919 % 140) as u32,
            risk: 1000,
            eligible: (i * 104_729 % 600) as i64,
            pool: numbers[i * COUNTIES / size],
        };
        let salt = salts.map(|salts| salts.of(&id));
        let row = Row::new(id, if i.is_multiple_of(10) { higher } else { lower }, call).with(detail);
        salt.map_or(row.clone(), |salt| row.salted(salt))
    };
    (0..size).map(row).collect()
}

fn frame(size: usize, salts: Option<&Salts>) -> Frame {
    let mut pools = Pools::default();
    let rows = rows(size, salts, &mut pools);
    Frame::with_pools(rows, pools).unwrap()
}

fn hashing_and_selection(table: &Table, size: usize) {
    let frame = frame(size, None);
    let tickets = seed(1).tickets(Label::Ticket);
    let all = || {
        let mut sum = 0;
        tickets.of_each(frame.rows().iter().map(|row| &row.id), |ticket| sum ^= ticket.0);
        sum
    };
    table.row("tickets", size, best(9, all), 2 * size);
    let units: Vec<(Ticket, Chance)> = frame.rows().iter().map(|row| (tickets.of(&row.id), row.visit)).collect();
    table.row("selection, independent", size, best(5, || select(&units, Limits::INDEPENDENT)), 0);
    let hits = select(&units, Limits::INDEPENDENT).len();
    for exactly in [1000, hits + 1000] {
        let name = format!("selection, exactly {exactly} (hits: {hits})");
        table.row(&name, size, best(5, || select(&units, Limits::exactly(exactly))), 0);
    }
}

fn frames(table: &Table, size: usize) {
    let salts = Salts::of_window(&[7; 32]);
    let places: Vec<PlaceId> = frame(size, None).rows().iter().map(|row| row.id.clone()).collect();
    let first = salts.of(&places[0]);
    let all = || {
        let mut same = 0;
        salts.of_each(&places, |salt| same += usize::from(salt == first));
        same
    };
    table.row("salts", size, best(3, all), 2 * size);
    drop(places);
    for (name, salts, blocks) in [("plain", None, 1), ("salted", Some(&salts), 2)] {
        let whole = frame(size, salts);
        let fresh = || (whole.rows().to_vec(), whole.pools().clone());
        let build = |(rows, pools)| timed(|| Frame::with_pools(rows, pools)).0;
        let time = (0..3).map(|_| build(fresh())).min().unwrap();
        table.row(&format!("frame with its root, {name}"), size, time, (blocks + 2) * size);
        let packed = whole.encode();
        let mib = packed.len() as f64 / f64::from(1 << 20);
        table.row(&format!("stored ({mib:.1} MiB), {name}"), size, best(3, || whole.encode()), 0);
        let middle = whole.rows()[size / 2].id.clone();
        table.row(
            &format!("proof of one place, {name}"),
            size,
            best(3, || whole.proof_of(&middle)),
            (blocks + 2) * size,
        );
        table.row(&format!("digest of details, {name}"), size, best(3, || whole.digest_of_details()), 0);
        drop(whole);
        table.row(
            &format!("read back, {name}"),
            size,
            best(3, || Frame::decode(&packed).unwrap()),
            (blocks + 2) * size,
        );
    }
}

/// One pool a county: four inspectors with two slots each, three targets, each barred for one inspector.
fn deals(table: &Table) {
    let place = |county: usize, i: usize| PlaceId::parse(&format!("C{county:04}-{i}")).unwrap();
    let inspector = |i: usize| InspectorId::parse(&format!("I{i}")).unwrap();
    let pool = |county: usize| {
        let bars = (0..3).map(|i| Bar {
            place: place(county, i),
            inspector: inspector((county + i) % 4),
            ground: Ground::Recusal,
        });
        Pool::new(&format!("c{county}"), (0..4).map(|i| (inspector(i), 2)).collect(), bars.collect()).unwrap()
    };
    let pools: Vec<(Pool, Vec<PlaceId>)> =
        (0..COUNTIES).map(|county| (pool(county), (0..3).map(|i| place(county, i)).collect())).collect();
    let seed = seed(3);
    let deal_all = || {
        let dealt = pools.iter().map(|(pool, targets)| deal(&seed, pool, Round::First, targets, PerTarget::One));
        dealt.filter(|dealt| dealt.overflow.is_empty()).count()
    };
    table.row("deals: pools with 3 targets, 8 slots, 3 bars", COUNTIES, best(3, deal_all), 0);
}

/// Pools that shuffles cannot serve: the deal tries all that the specification allows, then falls back.
fn hard_deals(table: &Table) {
    let place = |i: usize| PlaceId::parse(&format!("T{i:02}")).unwrap();
    let inspector = |i: usize| InspectorId::parse(&format!("i110101-{i:02}")).unwrap();
    let barred = |i: usize, who: usize| Bar { place: place(i), inspector: inspector(who), ground: Ground::Recusal };
    let pool = |people: usize, capacity: u32, bars: Vec<Bar>| {
        Pool::new("c110101", (0..people).map(|i| (inspector(i), capacity)).collect(), bars).unwrap()
    };
    let everybody = pool(12, 1, (0..12).map(|who| barred(0, who)).collect());
    let foreign = (0..12).flat_map(|i| (0..12).filter(move |who| *who != i).map(move |who| barred(i, who)));
    let narrow = pool(12, 1, foreign.collect());
    // The last target alone is hard: the first one never ends an attempt early.
    let last = pool(
        12,
        3,
        (0..12).flat_map(|i| (0..=i / 2 * 2).map(move |who| barred(i, who))).filter(|b| b.place != place(0)).collect(),
    );
    let targets: Vec<PlaceId> = (0..12).map(place).collect();
    let seed = seed(4);
    for (name, pool) in [
        ("one target barred from everybody", everybody),
        ("12 targets with one inspector each", narrow),
        ("12 targets with ever fewer inspectors", last),
        ("nobody on duty", pool(0, 0, Vec::new())),
    ] {
        let dealt = deal(&seed, &pool, Round::First, &targets, PerTarget::One);
        let attempts = dealt.first.attempt.map_or("fallback".to_owned(), |attempt| format!("attempt {attempt}"));
        let time = best(3, || deal(&seed, &pool, Round::First, &targets, PerTarget::One));
        table.row(&format!("deal: {name}, {attempts}"), targets.len(), time, 0);
    }
}

/// What an auditor recomputes of a window: root, tickets, decisions. How many places were drawn.
fn audited(frame: &Frame, number: usize) -> usize {
    let root = merkle::root(Row::leaves(frame.rows()));
    let tickets = seed(number as u64).tickets(Label::Ticket);
    let mut rows = frame.rows().iter();
    let mut drawn = 0;
    tickets.of_each(frame.rows().iter().map(|row| &row.id), |ticket| {
        let decision = rows.next().map(|row| decide(ticket, row.visit, row.call));
        drawn += usize::from(decision.is_some_and(|decision| decision != Decision::Nothing));
    });
    if root == *frame.root() { drawn } else { 0 }
}

/// The windows of a year shared out among the processors, as in verifying a series: the time of the busiest.
fn audit_side_by_side(table: &Table, frame: &Frame) {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share =
        |worker: usize| timed(|| (worker..WINDOWS_A_YEAR).step_by(workers).map(|n| audited(frame, n)).sum::<usize>()).0;
    let busiest = std::thread::scope(|scope| {
        let started: Vec<_> = (0..workers).map(|worker| scope.spawn(move || share(worker))).collect();
        started.into_iter().map(|worker| worker.join().unwrap()).max().unwrap()
    });
    let n = WINDOWS_A_YEAR * frame.rows().len();
    table.row(&format!("audit, a year of 500 windows, {workers} processors"), n, busiest, 5 * n);
}

/// What an auditor recomputes of each window: root, tickets, decisions.
fn audit(table: &Table, size: usize) {
    let frame = frame(size, None);
    let (ten, _) = timed(|| (0..10).map(|number| audited(&frame, number)).sum::<usize>());
    table.row("audit, ten windows, measured", 10 * size, ten, 5 * 10 * size);
    let year = ten * WINDOWS_A_YEAR as u32 / 10;
    if year <= PATIENCE {
        let (year, _) = timed(|| (0..WINDOWS_A_YEAR).map(|number| audited(&frame, number)).sum::<usize>());
        table.row("audit, a year of 500 windows, measured", WINDOWS_A_YEAR * size, year, 5 * WINDOWS_A_YEAR * size);
    } else {
        table.row("audit, a year of 500 windows, extrapolated", WINDOWS_A_YEAR * size, year, 5 * WINDOWS_A_YEAR * size);
    }
    audit_side_by_side(table, &frame);
}

fn main() {
    let table = Table::new();
    for size in SIZES {
        hashing_and_selection(&table, size);
        frames(&table, size);
        if size == SIZES[0] {
            deals(&table);
            hard_deals(&table);
            audit(&table, size);
        }
    }
}
