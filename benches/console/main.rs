//! What the console costs over a year of a nation: every page alone, then many readers at once while the daemon's turns
//! go on. See `benches/console.sh`.

mod nation;
mod pages;
mod raw;
mod readers;

use nation::{MORNING, TODAY};
use readers::{Browser, Got, Heard, Person};
use spotcheck::clock::Stopwatch;
use spotcheck::config::{Console, SecondFactor};
use spotcheck::console::web;
use spotcheck::model::Timestamp;
use spotcheck::work::Context;
use spotcheck::work::turn::turn;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

type Done<T> = Result<T, Box<dyn std::error::Error>>;

/// Looks at a page alone.
const ALONE: usize = 40;
/// What a page may weigh, and how long the first byte may take.
const HEAVY: usize = 100_000;
const SLOW: u64 = 50_000;
const BETWEEN_TURNS: Duration = Duration::from_secs(5);

struct Wanted {
    folder: PathBuf,
    postgres: Option<String>,
    counties: usize,
    days: usize,
    readers: usize,
    seconds: u64,
    pause: u64,
    /// Moments to which the clock jumps, one after the other, each with its own readers.
    moments: Vec<String>,
}

impl Wanted {
    fn parse() -> Done<Option<Wanted>> {
        let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
        let Some(folder) = args.next() else { return Ok(None) };
        let mut wanted = Wanted {
            folder: folder.into(),
            postgres: None,
            counties: 2_842,
            days: 245,
            readers: 50,
            seconds: 60,
            pause: 1_000,
            moments: vec!["09:40".to_owned()],
        };
        while let Some(arg) = args.next() {
            let value = args.next().ok_or("a value is missing")?;
            match arg.as_str() {
                "--postgres" => wanted.postgres = Some(value),
                "--counties" => wanted.counties = value.parse()?,
                "--days" => wanted.days = value.parse()?,
                "--readers" => wanted.readers = value.parse()?,
                "--seconds" => wanted.seconds = value.parse()?,
                "--pause" => wanted.pause = value.parse()?,
                "--moments" => wanted.moments = value.split(',').map(str::to_owned).collect(),
                _ => return Err(format!("{arg} is no option").into()),
            }
        }
        Ok(Some(wanted))
    }
}

fn main() -> Done<()> {
    let Some(wanted) = Wanted::parse()? else {
        println!("benches/console.sh runs this with a folder for the nation");
        return Ok(());
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure(wanted))
}

fn at(time: &str) -> Done<Timestamp> {
    Ok(Timestamp::parse(&format!("{TODAY}T{time}:00+08:00")).ok_or("time")?)
}

async fn measure(wanted: Wanted) -> Done<()> {
    let counties = nation::counties(wanted.counties);
    let folder = std::path::absolute(&wanted.folder)?;
    let url = wanted.postgres.clone().unwrap_or_else(|| format!("sqlite:{}", folder.join("nation.db").display()));
    let ctx = Arc::new(nation::open(&folder, &url, &counties, wanted.days).await?);
    ctx.clock.set(Timestamp::parse(MORNING).ok_or("time")?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let listen = listener.local_addr()?;
    let second_factor = SecondFactor::Optional;
    let console = Console { listen, address: None, idle_minutes: 1_000, absolute_hours: 48, second_factor };
    let people = Arc::new(pages::people(&ctx, &console, &counties).await?);
    tokio::spawn(web::listen(Arc::clone(&ctx), console, listener, std::future::pending()));
    println!(
        "\n{}: {} teams in {} counties, {} workdays; {} readers, {} ms between two pages of one",
        ctx.store.backend(),
        counties.len() * nation::TEAMS_A_COUNTY,
        counties.len(),
        wanted.days,
        wanted.readers,
        wanted.pause
    );
    alone(listen, &people).await?;
    raw::table(&ctx, &url, &counties).await?;
    for moment in &wanted.moments {
        ctx.clock.set(at(moment)?);
        crowd(&ctx, &wanted, (moment, listen), &people).await?;
    }
    Ok(())
}

/// Milliseconds that this process had a processor.
fn busy() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    // The system counts in hundredths of a second.
    after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}

fn percentile(sorted: &[u64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(at.saturating_sub(1).min(last)).copied().unwrap_or_default() as f64 / 1000.0
}

/// Every page again and again, with nothing else going on.
async fn alone(listen: SocketAddr, people: &[Person]) -> Done<()> {
    println!("\n{:<52} {:>8} {:>9} {:>9} {:>9}", "alone", "kB", "least ms", "median", "CPU ms");
    for person in people {
        let mut browser = Browser::open(listen, &person.cookie).await?;
        for (name, path) in &person.pages {
            let watch = Stopwatch::start();
            let first = browser.get(path).await?;
            let times = if watch.milliseconds() > 2_000 { 1 } else { ALONE };
            let (before, mut got) = (busy(), vec![first]);
            for _ in 0..times {
                got.push(browser.get(path).await?);
            }
            let processor = (busy() - before) as f64 / times as f64;
            let mut sorted: Vec<u64> = got.iter().skip(1).map(|got| got.first_byte).collect();
            sorted.sort_unstable();
            let Got { status, bytes, .. } = first;
            let marks = [(status != 200, "NO PAGE"), (bytes > HEAVY, "HEAVY")];
            let marks: Vec<&str> = marks.into_iter().filter_map(|(is, mark)| is.then_some(mark)).collect();
            println!(
                "{:<52} {:>8.1} {:>9.1} {:>9.1} {:>9.1} {}",
                format!("{} {name}", person.who),
                bytes as f64 / 1000.0,
                percentile(&sorted, 0.0),
                percentile(&sorted, 0.5),
                processor,
                marks.join(" ")
            );
        }
    }
    Ok(())
}

/// Readers at once, while turns go on as the daemon takes them.
async fn crowd(
    ctx: &Arc<Context>,
    wanted: &Wanted,
    (moment, listen): (&str, SocketAddr),
    people: &Arc<Vec<Person>>,
) -> Done<()> {
    let (readers, lasts) = (wanted.readers, Duration::from_secs(wanted.seconds));
    let (everybody, pause) = (Arc::clone(people), Duration::from_millis(wanted.pause));
    let before = busy();
    let reading = std::thread::spawn(move || {
        readers::read(listen, everybody, readers, lasts, pause).map_err(|failure| failure.to_string())
    });
    // The daemon too takes its turns on the thread that started it, beside those that answer.
    let (mut turns, mut longest, mut done) = (0, 0, Vec::new());
    while !reading.is_finished() {
        let watch = Stopwatch::start();
        let turn = turn(ctx, true).await;
        turns += 1;
        longest = longest.max(watch.milliseconds());
        done.extend(turn.said().map(|said| said.en));
        tokio::time::sleep(BETWEEN_TURNS).await;
        ctx.clock.set(ctx.now().plus(5_000));
    }
    let processor = (busy() - before) as f64 / 1e3;
    let heard = reading.join().map_err(|_| "the readers fell over")??;
    table(&heard);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "from {moment}: {turns} turns, the longest {longest} ms; {}\nthis process had {processor:.1} s of processor in {} s; load of the machine {}",
        done.join("; "),
        wanted.seconds,
        load.split(' ').take(3).collect::<Vec<_>>().join(" ")
    );
    Ok(())
}

fn table(heard: &Heard) {
    println!("\n{:<52} {:>6} {:>8} {:>8} {:>8}", "readers at once", "pages", "p50 ms", "p99 ms", "max ms");
    let mut all: Vec<u64> = heard.values().flatten().map(|got| got.first_byte).collect();
    all.sort_unstable();
    let rows = heard.iter().map(|(name, got)| {
        let mut sorted: Vec<u64> = got.iter().map(|got| got.first_byte).collect();
        sorted.sort_unstable();
        (name.as_str(), sorted)
    });
    for (name, sorted) in rows.chain([("ALL", all)]) {
        let late = sorted.iter().filter(|time| **time > SLOW).count();
        println!(
            "{name:<52} {:>6} {:>8.1} {:>8.1} {:>8.1}  {late} over 50 ms",
            sorted.len(),
            percentile(&sorted, 0.5),
            percentile(&sorted, 0.99),
            percentile(&sorted, 1.0)
        );
    }
}
