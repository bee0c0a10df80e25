//! A nation: its register in a database of its own, and the files that its attendance systems write.

use crate::{Done, NOW, failed};
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::model::register::{Name, Official, Posting, Role, Team, Village};
use spotcheck::model::{Said, Timestamp};
use spotcheck::work::{Context, Secrets};
use std::io::{BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::str::FromStr;

/// One in so many is on leave.
const LEAVE_EVERY: usize = 50;

/// The same files in every run: numbers follow from the row alone. Days end with the 23rd.
pub fn generate(folder: &Path, officials: usize, days: usize) -> Done<()> {
    let mut file = BufWriter::with_capacity(1 << 20, std::fs::File::create(folder.join("attendance.csv"))?);
    writeln!(file, "official,time,direction,origin,in_range,device,filed,filed_by")?;
    for day in 24 - days..24 {
        for official in 0..officials {
            for (half, (hour, direction)) in [(8, "in"), (17, "out")].into_iter().enumerate() {
                let mixed = (official * 2 + half + day).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
                let (minute, second) = (mixed % 60, mixed / 60 % 60);
                let (origin, range) = if mixed % 10 < 7 { ("device", "") } else { ("phone", "yes") };
                let at = format!("2026-11-{day:02} {hour:02}:{minute:02}:{second:02}");
                writeln!(file, "P{official:06},{at},{direction},{origin},{range},D{},,", official / 180)?;
            }
        }
    }
    file.flush()?;
    let mut file = BufWriter::new(std::fs::File::create(folder.join("leave.csv"))?);
    writeln!(file, "official,kind,label,from,to,status,filed,filed_by")?;
    for official in (0..officials).step_by(LEAVE_EVERY) {
        let first = 15 + official / LEAVE_EVERY % 10;
        let last = first + official / 7 % 5;
        writeln!(file, "P{official:06},leave,年休假,2026-11-{first},2026-11-{last},approved,2026-11-12 09:10,machine")?;
    }
    Ok(file.flush()?)
}

pub fn id<T: FromStr<Err = Said>>(text: &str) -> Done<T> {
    text.parse().map_err(|said: Said| said.en.into())
}

/// Opens the database that [`create`] made in this folder.
pub async fn open(folder: &Path) -> Done<Context> {
    let config =
        Config::load(&folder.join("spotcheck.toml"), &[]).map_err(|troubles| format!("{:?}", troubles.first()))?;
    let clock = Clock::simulated(Timestamp::parse(NOW).ok_or("time")?);
    Context::open(config, clock, Entropy::seeded(b"attendance")).await.map_err(failed)
}

/// A new database with so many officials in it.
pub async fn create(folder: &Path, url: &str, officials: usize) -> Done<Context> {
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
    Secrets::create(&config.keys.dir, &Entropy::seeded(b"attendance")).map_err(|e| e.to_string())?;
    let ctx = open(folder).await?;
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
    for first in (0..officials).step_by(10_000) {
        let official = |number: usize| -> Done<Official> {
            Ok(Official {
                id: id(&format!("P{number:06}"))?,
                team: team.id.clone(),
                name: Name::new(format!("队员{}", number % 90_000), ""),
                role: Role::Member,
                phone: None,
                sending_unit: "单位".into(),
                email: None,
                device_number: None,
                posting: Posting::default(),
            })
        };
        let chunk: Vec<Official> = (first..(first + 10_000).min(officials)).map(official).collect::<Done<_>>()?;
        tx.put_officials(&chunk).await?;
    }
    tx.commit().await?;
    Ok(ctx)
}
