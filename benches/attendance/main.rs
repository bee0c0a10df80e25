//! A day of a country's attendance: 1,836,000 punches and 18,360 leaves imported. See `attendance.sh`.

mod nation;
mod reconcile;

use spotcheck::clock::Stopwatch;
use spotcheck::table::TemplateKind;
use spotcheck::work::Content;
use spotcheck::work::records::{self, RecordFile};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::error::Error;
use std::path::Path;

type Done<T> = Result<T, Box<dyn Error>>;

const OFFICIALS: usize = 918_000;
const NOW: &str = "2026-11-24T08:00:00+08:00";

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", folder] => nation::generate(Path::new(folder), OFFICIALS, 1),
        ["import", folder] => runtime()?.block_on(measure_all(Path::new(folder))),
        ["fill", files, place, url, officials] => {
            runtime()?.block_on(reconcile::fill(Path::new(files), Path::new(place), url, officials.parse()?))
        }
        ["judge", place] => runtime()?.block_on(reconcile::judge(Path::new(place))),
        ["reconcile"] => runtime()?.block_on(reconcile::all()),
        ["growth"] => reconcile::growth(),
        _ => {
            println!("benches/attendance.sh runs this");
            Ok(())
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

async fn measure_all(folder: &Path) -> Done<()> {
    let place = tempfile::tempdir()?;
    measure(folder, place.path(), &format!("sqlite:{}", place.path().join("attendance.db").display())).await?;
    let Some(server) = Server::open().await? else { return Ok(()) };
    let place = tempfile::tempdir()?;
    measure(folder, place.path(), &server.database).await?;
    server.drop().await
}

/// A database of our own on the PostgreSQL server of `SPOTCHECK_TEST_POSTGRES`, where that is set.
struct Server {
    connection: PgConnection,
    database: String,
}

impl Server {
    async fn open() -> Done<Option<Server>> {
        let Ok(server) = std::env::var("SPOTCHECK_TEST_POSTGRES") else { return Ok(None) };
        let mut connection = PgConnection::connect(&server).await?;
        for statement in
            ["DROP DATABASE IF EXISTS spotcheck_attendance WITH (FORCE)", "CREATE DATABASE spotcheck_attendance"]
        {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
        }
        let (address, query) =
            server.split_once('?').map_or((server.as_str(), String::new()), |(a, q)| (a, format!("?{q}")));
        let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
        Ok(Some(Server { connection, database: format!("{base}/spotcheck_attendance{query}") }))
    }

    async fn drop(mut self) -> Done<()> {
        sqlx::query("DROP DATABASE spotcheck_attendance WITH (FORCE)").execute(&mut self.connection).await?;
        Ok(())
    }
}

fn failed(failure: spotcheck::work::Failure) -> Box<dyn Error> {
    failure.to_string().into()
}

/// The most memory since the last call, in MiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

async fn measure(folder: &Path, place: &Path, url: &str) -> Done<()> {
    let ctx = nation::create(place, url, OFFICIALS).await?;
    let watch = Stopwatch::start();
    ctx.registers.everybody(&ctx, "2026-11-24".parse()?).await.map_err(failed)?;
    // Whichever file comes first after a start, or after a change of the register, waits for that as well.
    println!(
        "spotcheck, {}: the register of {OFFICIALS} officials, read once: {:.2} s",
        ctx.store.backend(),
        watch.milliseconds() as f64 / 1000.0
    );
    for (kind, name) in [(TemplateKind::Attendance, "attendance.csv"), (TemplateKind::Leave, "leave.csv")] {
        for what in ["new", "the same rows in another file"] {
            let mut path = folder.join(name);
            if what != "new" {
                // One byte more: another file by its hash.
                let bytes = [std::fs::read(&path)?, b"\n".to_vec()].concat();
                path = place.join(name);
                std::fs::write(&path, bytes)?;
            }
            let _ = std::fs::write("/proc/self/clear_refs", "5");
            let source = ctx
                .config
                .sources
                .iter()
                .find(|s| s.source.id.as_str() != if kind == TemplateKind::Leave { "punches" } else { "leave" });
            let file = RecordFile::new(kind, source.ok_or("source")?, name, Content::file(&path));
            let watch = Stopwatch::start();
            let imported = records::import(&ctx, &file).await.map_err(failed)?;
            let seconds = watch.milliseconds() as f64 / 1000.0;
            println!(
                "spotcheck, {}: {name}, {what}: {seconds:.2} s, peak {:.0} MiB ({} read, {} new, {} known, {} rejected)",
                ctx.store.backend(),
                peak(),
                imported.read,
                imported.new,
                imported.known,
                imported.rejected
            );
        }
    }
    ctx.store.close().await;
    Ok(())
}
