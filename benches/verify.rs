//! What it costs to verify national windows from their bundles: `cargo bench --bench verify`.
//!
//! A few windows of 255,000 places in 2,900 pools are sealed, drawn and written as bundles; then
//! `spotcheck verify` reads them as an auditor would. A year of 500 windows is told as a multiple.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail this way")]

use serde_json::json;
use spotcheck::clock::Stopwatch;
use spotcheck::draw::bundle::{
    Bound, Bundle, BundleKind, BundlePool, Evidence, FORMAT, FrameLine, FrameRow, RowDetail,
};
use spotcheck::draw::log::{EMPTY, list_line, list_mac, next_head};
use spotcheck::draw::verify::{deals, lines};
use spotcheck::draw::{
    Chain, Chance, Dealing, Detail, Drawn, Frame, Inputs, Limits, PerTarget, Pool, Pools, Row, Salts, draw,
};
use spotcheck::model::{InspectorId, OfficeId, PlaceId, Sha256, Timestamp};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const PLACES: usize = 255_000;
const POOLS: usize = 2_900;
const WINDOWS: u32 = 8;
const WINDOWS_A_YEAR: u32 = 500;
const SEALED_AT: &str = "2026-03-01T08:00:00Z";

fn main() {
    let folder = std::env::temp_dir().join(format!("spotcheck-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let chain = Chain::with_length([7; 32], 4000);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{WINDOWS} windows of {PLACES} places in {POOLS} pools, {cores} cores");
    println!(
        "{:<10} {:>8} {:>9} {:>13} {:>17} {:>9}",
        "bundle", "MB each", "s in all", "ns a place", "s for 500 windows", "peak MiB"
    );
    for kind in [BundleKind::Auditor, BundleKind::Public] {
        let path = folder.join("bundles.jsonl");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
        for number in 1..=WINDOWS {
            serde_json::to_writer(&mut file, &window(&chain, number, kind)).unwrap();
            file.write_all(b"\n").unwrap();
        }
        file.flush().unwrap();
        let size = std::fs::metadata(&path).unwrap().len() as f64 / f64::from(WINDOWS) / 1e6;
        let (time, peak) = verified(&path, &chain.anchor());
        let (all, a_place) = (time.as_secs_f64(), time.as_nanos() as f64 / f64::from(WINDOWS) / PLACES as f64);
        let year = all / f64::from(WINDOWS) * f64::from(WINDOWS_A_YEAR);
        let name = if kind == BundleKind::Auditor { "auditor" } else { "public" };
        println!("{name:<10} {size:>8.1} {all:>9.2} {a_place:>13.0} {year:>17.0} {peak:>9}");
    }
    println!("The last but one column is a multiple of what was measured.");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Time of the command and its most memory in MiB, where the system tells it.
fn verified(path: &Path, anchor: &Sha256) -> (Duration, u64) {
    let watch = Stopwatch::start();
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.arg("verify").arg(path).args(["--anchor", &anchor.hex()]).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut peak = 0;
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let most =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak = most.unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(2));
    };
    // 1: there is no log, so completeness was not checked.
    assert_eq!(code, Some(1), "the bundles follow");
    (Duration::from_millis(watch.milliseconds().unsigned_abs()), peak / 1024)
}

fn window(chain: &Chain, number: u32, kind: BundleKind) -> Bundle {
    let start = Timestamp::parse(SEALED_AT).unwrap().plus(i64::from(number) * 86_400_000);
    let (end, draw_at) = (start.plus(240 * 60_000), start.minus(90 * 60_000));
    let t = 1 + number * 48;
    let id = format!("posts/nation/2026-03-{:02}/am", number + 1);
    let (lo, hi, call) = (17_248_169, 86_769_597, 86_769_597);
    let frame = frame(&id, lo, hi, call);
    let duty = duty();
    let pools = |prefix: &str| -> Vec<Pool> {
        duty.iter()
            .map(|one| Pool::new(&format!("{prefix}{}", one.name), one.visits.clone(), Vec::new()).unwrap())
            .collect()
    };
    let (visits, calls) = (pools(""), pools("calls/"));
    let pool_of = |place: &PlaceId| {
        let name = frame.pool_of(frame.row(place)?);
        duty.binary_search_by(|one| one.name.as_str().cmp(name)).ok()
    };
    let beacon = format!("local:{}", Sha256::of(id.as_bytes()));
    let key = chain.key(t).unwrap();
    let mut drawn = draw(&Inputs {
        frame: &frame,
        key: &key,
        window: &id,
        beacon: &beacon,
        limits: Limits::INDEPENDENT,
        length_minutes: 240,
        dealing: Some(Dealing { pools: &visits, per_target: PerTarget::One, pool_of: &pool_of }),
    })
    .unwrap();
    drawn.deal_calls(Dealing { pools: &calls, per_target: PerTarget::One, pool_of: &pool_of });
    let slots: String =
        duty.iter().flat_map(|one| one.visits.iter().map(|(who, n)| format!("{}\n{who}\n{n}\n", one.name))).collect();
    let (slots, none) = (Sha256::of(slots.as_bytes()), Sha256::of(b""));
    let list: Vec<String> = lines(&drawn).iter().map(|l| list_line(&l.kind, &l.id, &l.inspectors)).collect();
    let entries = [
        json!({"kind": "programme", "terms": {
            "programme": "posts", "office": "nation", "generation": 1, "why": "start", "custodians": ["nation"],
            "anchors": [chain.anchor()], "sealed_at": SEALED_AT, "zone": "Asia/Shanghai", "place": "team", "lo": lo,
            "hi": hi, "m": 250, "p_call": call, "min_visits": 0, "max_visits": null, "windows": [],
            "lead_minutes": 90, "beacon": {"rule": "local"}, "risk": {"rule": "plain/1"}, "salted": true,
            "reveal_delay_days": 7,
        }}),
        json!({
            "kind": "seal", "window": id, "generation": 1, "t": t, "start": start.to_string(), "end": end.to_string(),
            "draw_at": draw_at.to_string(), "root": frame.root(), "places": PLACES, "sum_p": frame.sum_of_visits(),
            "excluded": {}, "details": frame.digest_of_details(), "bars": none, "slots": slots, "call_slots": slots,
            "announced": none, "beacon": "local:",
        }),
        json!({"kind": "draw", "window": id, "t": t, "list": list_mac(&drawn.seed, &list).unwrap(), "late": false}),
    ];
    let mut before = EMPTY;
    let bound = |entry: &serde_json::Value| {
        let entry = entry.to_string();
        let bound = Bound { before, head: next_head(&before, entry.as_bytes()), entry };
        before = bound.head;
        bound
    };
    Bundle {
        format: FORMAT.to_owned(),
        kind,
        window: id.parse().unwrap(),
        log: entries.iter().map(bound).collect(),
        draw: Some(Evidence {
            start: start.to_string(),
            end: end.to_string(),
            t,
            links: vec![Sha256(*key.reveal())],
            beacon,
            proof: None,
            frame: shown(&frame, &drawn, kind),
            pools: duty,
            announced: Vec::new(),
            drawn: lines(&drawn),
            deals: deals(&drawn),
            redeals: Vec::new(),
        }),
    }
}

fn frame(window: &str, lo: u64, hi: u64, call: u64) -> Frame {
    let salts = Salts::of_window(&Sha256::of(window.as_bytes()).0);
    let mut pools = Pools::default();
    let row = |i: usize| {
        let id = PlaceId::parse(&format!("520{:03}{i:06}", i % 1000)).unwrap();
        let office: OfficeId = name(i % POOLS).parse().unwrap();
        let age = if i.is_multiple_of(10) { 300 } else { 100 };
        let detail = Detail { age, pool: pools.number_of(&office).unwrap(), ..Detail::default() };
        let visit = if age < 250 { lo } else { hi };
        let salt = salts.of(&id);
        Row::new(id, Chance::new(visit).unwrap(), Chance::new(call).unwrap()).with(detail).salted(salt)
    };
    let rows = (0..PLACES).map(row).collect();
    Frame::with_pools(rows, pools).unwrap()
}

fn name(pool: usize) -> String {
    format!("c{pool:04}")
}

fn duty() -> Vec<BundlePool> {
    let slots = |pool: usize| {
        (1..=3).map(|i| (InspectorId::parse(&format!("{}-{i}", name(pool))).unwrap(), 2)).collect::<Vec<_>>()
    };
    (0..POOLS)
        .map(|pool| BundlePool { name: name(pool), visits: slots(pool), calls: slots(pool), bars: Vec::new() })
        .collect()
}

fn shown(frame: &Frame, drawn: &Drawn, kind: BundleKind) -> Vec<FrameLine> {
    let mut ids: Vec<&PlaceId> = drawn.targets.iter().map(|target| &target.id).collect();
    ids.sort_unstable();
    let line = |row: &Row| {
        if kind == BundleKind::Public && ids.binary_search(&&row.id).is_err() {
            return FrameLine::Leaf(row.leaf());
        }
        let Detail { age, risk, .. } = row.detail;
        FrameLine::Row(FrameRow {
            id: row.id.clone(),
            visit: row.visit.get(),
            call: row.call.get(),
            salt: row.salt.map(|salt| salt.hex()).unwrap_or_default(),
            pool: frame.pool_of(row).to_owned(),
            detail: (kind == BundleKind::Auditor).then(|| RowDetail { reason: String::new(), age, risk }),
        })
    };
    frame.rows().iter().map(line).collect()
}
