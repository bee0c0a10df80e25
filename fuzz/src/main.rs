//! A driver without a nightly toolchain: mutates its own seeds, and tells of every input that panics or takes longer
//! than [`LONGEST`] of processor time, and the slowest. It ends with 1 where there was one.
//! `drive TARGET SECONDS`, or `drive slow KILOBYTES`: inputs made to be slow, with how long each takes.

use spotcheck_fuzz::{TARGETS, decode, grammar, html};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Of processor time for one input.
const LONGEST: Duration = Duration::from_millis(50);

const SEEDS: &[&str] = &[
    "V1 present, C1 busy; rang 8 times\n> C1 CALL => no answer\n其余均在岗\n更正 V1.1 请假",
    "<div>C1</div><blockquote type=cite>V1 =&gt; present<br></blockquote><table><tr><td>a<td>b</table>",
    "dkim=pass (good; (really)) header.d=field.example; dmarc=pass reason=\"a;b\" header.from=field.example",
    "from a (relay.field.example [203.0.113.5]) by mx; Thu, 12 Mar 2026 17:45:00 +0800",
    "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\nMessage-ID: <k7q2m.1.9f3tx8w2hc5d7qkm@x>",
    "unavailable 3-5 Dec, family matter\n12月3日至5日请假，下周一起培训",
    "official,time\nO1,2026-03-02 08:31\nO2,\"次日01:05\"\n",
    "{\\rtf1\\ansi\\ansicpg936 V2 \\'d4\\'da\\par}",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("slow") => slow(arguments.get(1).and_then(|s| s.parse().ok()).unwrap_or(1024)),
        Some(name) => {
            let Some((_, target)) = TARGETS.iter().find(|(known, _)| *known == name) else {
                let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
                eprintln!("targets: {}, or slow", names.join(" "));
                std::process::exit(2);
            };
            let seconds = arguments.get(1).and_then(|s| s.parse().ok()).unwrap_or(10);
            if !drive(name, *target, Duration::from_secs(seconds)) {
                std::process::exit(1);
            }
        }
        None => {
            let well = TARGETS.iter().filter(|(name, target)| drive(name, *target, Duration::from_secs(10))).count();
            if well < TARGETS.len() {
                std::process::exit(1);
            }
        }
    }
}

/// What this thread has used of a processor so far, to the next tick of the clock.
fn used() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or_default())
}

/// Processor time of one input, the least of three: what else runs on the machine does not count.
fn cost(target: fn(&[u8]), input: &[u8]) -> Duration {
    let once = || {
        let before = used();
        drop(catch_unwind(AssertUnwindSafe(|| target(input))));
        used().saturating_sub(before)
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

/// Whether no input panicked or took too long.
fn drive(name: &str, target: fn(&[u8]), time: Duration) -> bool {
    let mut state = 1u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let mut pool: Vec<Vec<u8>> = SEEDS.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    let (begun, mut runs, mut slowest) = (Instant::now(), 0u64, Duration::ZERO);
    let (mut panics, mut slow) = (0u64, 0u64);
    while begun.elapsed() < time {
        let mut input = pool[next(pool.len())].clone();
        for _ in 0..=next(6) {
            let at = next(input.len() + 1);
            match next(4) {
                0 if at < input.len() => input[at] = next(256) as u8,
                1 if at < input.len() => drop(input.drain(at..(at + 1 + next(30)).min(at.max(input.len())))),
                2 => {
                    let other = pool[next(pool.len())].clone();
                    let start = next(other.len());
                    input.splice(at..at, other[start..(start + next(60)).min(other.len())].iter().copied());
                }
                _ => input.insert(at, next(256) as u8),
            }
        }
        let one = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
            panics += 1;
            println!("{name}: panics: \"{}\"", input.escape_ascii());
        }
        let mut took = one.elapsed();
        if took > LONGEST {
            // Another program may have had the processor meanwhile.
            took = cost(target, &input);
        }
        if took > LONGEST {
            slow += 1;
            println!("{name}: {took:?}: \"{}\"", input.escape_ascii());
        }
        slowest = slowest.max(took);
        runs += 1;
        if input.len() < 4000 && runs % 64 == 0 {
            let place = next(200).min(pool.len());
            if place == pool.len() { pool.push(input) } else { pool[place] = input }
        }
    }
    println!("{name}: {runs} inputs, {panics} panicked, {slow} over {LONGEST:?}, slowest {slowest:?}");
    panics == 0 && slow == 0
}

/// Each unit repeated to a size and to eight times that: eight times the bytes must not take much more than
/// eight times as long.
fn slow(kilobytes: usize) {
    let units = [
        "C1 ",
        "C1,",
        "C1 x, ",
        "C1 busy; ",
        "V1 present, ",
        "V1 present a b, ",
        "=> ",
        "C1 CALL => ",
        "在",
        "没",
        "没在",
        "V1 在岗 王 ",
        "no ",
        "rest present a ",
        "On 1 \n",
        "On 1 x\nwrote:\n",
        "From: a\n",
        "> C1 CALL x =>\n",
        "C1\n",
        "c1 call\n",
        "((((",
        "\u{301}",
        "x",
        "x ",
        "x\n",
        "10:42 ",
        "不不",
        "<tel:",
        "a@b <mailto:",
        ">",
        "> ",
        "=E4=B8",
        "\u{200b}",
        "Ref K7Q2M-9F3T\n",
    ];
    let tags = [
        "<",
        "<a ='",
        "<a =\"x>",
        "<div>",
        "</div>",
        "&amp;",
        "&",
        "<!--",
        "<blockquote>",
        "<div class=yahoo_quoted>",
        "</",
        "<script",
        "<td>",
    ];
    let parts = ["--B\n", "--B\n\n\n", "Content-Type: multipart/mixed; boundary=B\n\n--B\n", "=\n", "=E5", "QUJD\n"];
    for (name, target, units) in [
        ("grammar", grammar as fn(&[u8]), &units[..]),
        ("html", html as fn(&[u8]), &tags[..]),
        ("decode", decode as fn(&[u8]), &parts[..]),
    ] {
        for unit in units {
            let time = |size: usize| {
                let mut input = unit.repeat(size / unit.len());
                // As long as a line may be, or it is refused before it is read.
                if name == "grammar" && !unit.contains('\n') {
                    input = unit.repeat(90_000 / unit.len()) + "\n";
                    input = input.repeat(size / input.len());
                }
                let begun = Instant::now();
                target(input.as_bytes());
                begun.elapsed()
            };
            let (one, eight) = (time(kilobytes << 10), time(kilobytes << 13));
            let times = eight.as_secs_f64() / one.as_secs_f64().max(1e-6);
            println!("{name:8} {:34} {one:>10.1?} {eight:>10.1?}  {times:.1} times", format!("{unit:?}"));
        }
    }
}
