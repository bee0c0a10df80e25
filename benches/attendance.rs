//! A day of a country's attendance: 1,836,000 punches and 18,360 leaves imported. See `attendance.sh`.

use spotcheck::clock::{Clock, Stopwatch};
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::model::register::{Name, Official, Posting, Role, Team, Village};
use spotcheck::model::{Said, Timestamp};
use spotcheck::table::TemplateKind;
use spotcheck::work::records::{self, RecordFile};
use spotcheck::work::{Content, Context, Secrets};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::error::Error;
use std::io::{BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::str::FromStr;

type Done<T> = Result<T, Box<dyn Error>>;

const OFFICIALS: usize = 918_000;
/// One in so many is on leave.
const LEAVE_EVERY: usize = 50;
const NOW: &str = "2026-11-24T08:00:00+08:00";

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", folder] => generate(Path::new(folder)),
        ["import", folder] => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(measure_all(Path::new(folder)))
        }
        _ => {
            println!("benches/attendance.sh runs this");
            Ok(())
        }
    }
}

/// The same files in every run: numbers follow from the row alone.
fn generate(folder: &Path) -> Done<()> {
    let mut file = BufWriter::with_capacity(1 << 20, std::fs::File::create(folder.join("attendance.csv"))?);
    writeln!(file, "official,time,direction,origin,in_range,device,filed,filed_by")?;
    for official in 0..OFFICIALS {
        for (half, (hour, direction)) in [(8, "in"), (17, "out")].into_iter().enumerate() {
            let mixed = (official * 2 + half).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
            let (minute, second) = (mixed % 60, mixed / 60 % 60);
            let (origin, range) = if mixed % 10 < 7 { ("device", "") } else { ("phone", "yes") };
            let at = format!("2026-11-23 {hour:02}:{minute:02}:{second:02}");
            writeln!(file, "P{official:06},{at},{direction},{origin},{range},D{},,", official / 180)?;
        }
    }
    file.flush()?;
    let mut file = BufWriter::new(std::fs::File::create(folder.join("leave.csv"))?);
    writeln!(file, "official,kind,label,from,to,status,filed,filed_by")?;
    for official in (0..OFFICIALS).step_by(LEAVE_EVERY) {
        let first = 15 + official / LEAVE_EVERY % 10;
        let last = first + official / 7 % 5;
        writeln!(file, "P{official:06},leave,年休假,2026-11-{first},2026-11-{last},approved,2026-11-12 09:10,machine")?;
    }
    Ok(file.flush()?)
}

async fn measure_all(folder: &Path) -> Done<()> {
    let place = tempfile::tempdir()?;
    measure(folder, place.path(), &format!("sqlite:{}", place.path().join("attendance.db").display())).await?;
    let Ok(server) = std::env::var("SPOTCHECK_TEST_POSTGRES") else { return Ok(()) };
    let mut connection = PgConnection::connect(&server).await?;
    for statement in
        ["DROP DATABASE IF EXISTS spotcheck_attendance WITH (FORCE)", "CREATE DATABASE spotcheck_attendance"]
    {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
    }
    let (address, query) =
        server.split_once('?').map_or((server.as_str(), String::new()), |(a, q)| (a, format!("?{q}")));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    let place = tempfile::tempdir()?;
    measure(folder, place.path(), &format!("{base}/spotcheck_attendance{query}")).await?;
    sqlx::query("DROP DATABASE spotcheck_attendance WITH (FORCE)").execute(&mut connection).await?;
    Ok(())
}

fn id<T: FromStr<Err = Said>>(text: &str) -> Done<T> {
    text.parse().map_err(|said: Said| said.en.into())
}

async fn open(folder: &Path, url: &str) -> Done<Context> {
    let text = format!(
        "[storage]\nurl = \"{url}\"\n[mail]\ntransport = \"folder\"\nfrom = \"desk@nation.example\"\n\
         [[office]]\nid = \"nation\"\nname = \"国家督查办\"\nzone = \"Asia/Shanghai\"\ndesk = \"desk@nation.example\"\nhead = \"head@nation.example\"\n\
         [[programme]]\nid = \"posts\"\noffice = \"nation\"\nname = \"在岗检查\"\n\
         [[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Mon-Fri\"\nlength_minutes = 180\n\
         [[source]]\nid = \"punches\"\noffice = \"nation\"\nkind = \"punch\"\ncadence = \"daily\"\n\
         [[source]]\nid = \"leave\"\noffice = \"nation\"\nkind = \"leave\"\ncadence = \"daily\"\n"
    );
    let path = folder.join("spotcheck.toml");
    std::fs::write(&path, text)?;
    let config = Config::load(&path, &[]).map_err(|troubles| format!("{:?}", troubles.first()))?;
    std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir)?;
    let entropy = Entropy::seeded(b"attendance");
    Secrets::create(&config.keys.dir, &entropy).map_err(|e| e.to_string())?;
    let clock = Clock::simulated(Timestamp::parse(NOW).ok_or("time")?);
    let ctx = Context::open(config, clock, entropy).await.map_err(failed)?;
    let mut tx = ctx.store.begin().await?;
    let village = Village {
        id: id("V1")?,
        region: "999999101".into(),
        name: Name::new("滨河村", ""),
        active: Posting::default(),
    };
    tx.put_villages(std::slice::from_ref(&village)).await?;
    let name = || Name::new("驻滨河村工作队", "");
    let team = Team {
        id: id("T1")?,
        village: village.id,
        name: name(),
        sending_unit: "单位".into(),
        posting: Posting::default(),
    };
    tx.put_teams(std::slice::from_ref(&team)).await?;
    for first in (0..OFFICIALS).step_by(10_000) {
        let official = |number: usize| -> Done<Official> {
            Ok(Official {
                id: id(&format!("P{number:06}"))?,
                team: team.id.clone(),
                name: Name::new(format!("队员{}", number % 90_000), ""),
                role: Role::Member,
                phone: None,
                sending_unit: "单位".into(),
                device_number: None,
                posting: Posting::default(),
            })
        };
        let chunk: Vec<Official> = (first..(first + 10_000).min(OFFICIALS)).map(official).collect::<Done<_>>()?;
        tx.put_officials(&chunk).await?;
    }
    tx.commit().await?;
    Ok(ctx)
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
    let ctx = open(place, url).await?;
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
