//! A nation and a year of it: offices in a tree, register and inspectors by the program's own ways, what is over by
//! `year.sql` and `once.sql`. Everything is invented and follows from numbers, so that two runs are alike.

use crate::Done;
use chrono::{Datelike, Days, NaiveDate};
use spotcheck::clock::{Clock, Stopwatch};
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::model::register::{Inspector, Name, Official, Posting, Region, Role, Team, Village};
use spotcheck::model::{Language, Phone, Said, Timestamp};
use spotcheck::work::{Context, Secrets};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::fmt::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::str::FromStr;

pub const TEAMS_A_COUNTY: usize = 90;
const VILLAGES_A_TOWNSHIP: usize = 6;
const PROVINCES: usize = 31;
const PREFECTURES: usize = 11;
const INSPECTORS: usize = 3;
const FIRST: &str = "2026-01-05";
/// The day that people look at: its windows are sealed and drawn by the program itself.
pub const TODAY: &str = "2026-12-22";
pub const EVENING_BEFORE: &str = "2026-12-21T18:05:00+08:00";
pub const MORNING: &str = "2026-12-22T07:31:00+08:00";
const CROCKFORD: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

pub struct County {
    pub province: String,
    pub prefecture: String,
    pub code: String,
}

/// Eight or nine counties a prefecture: 2,842 in all.
pub fn counties(most: usize) -> Vec<County> {
    let mut all = Vec::new();
    for province in 11..11 + PROVINCES {
        for prefecture in 1..=PREFECTURES {
            for county in 1..=8 + usize::from(all.len() % 3 == 0) {
                let (province, prefecture) = (format!("{province}"), format!("{province}{prefecture:02}"));
                all.push(County { code: format!("{prefecture}{county:02}"), province, prefecture });
            }
        }
    }
    all.truncate(most);
    all
}

fn office(text: &mut String, id: &str, name: &str, parent: Option<&str>, region: Option<&str>) {
    let parent = parent.map_or_else(String::new, |parent| format!("parent = \"{parent}\"\n"));
    let region = region.map_or_else(String::new, |region| format!("region = \"{region}\"\n"));
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "[[office]]\nid = \"{id}\"\nname = \"{name}\"\nzone = \"Asia/Shanghai\"\n{parent}{region}\
         desk = \"desk@{id}.example\"\nhead = \"head@{id}.example\""
    );
}

fn configuration(url: &str, counties: &[County]) -> String {
    let mut text =
        format!("[storage]\nurl = \"{url}\"\n[mail]\ntransport = \"folder\"\nfrom = \"desk@nation.example\"\n");
    office(&mut text, "nation", "国家督查办", None, None);
    let mut known = std::collections::BTreeSet::new();
    for County { province, prefecture, code } in counties {
        if known.insert(province.clone()) {
            office(&mut text, &format!("s{province}"), &format!("{province}省督查办"), Some("nation"), Some(province));
        }
        if known.insert(prefecture.clone()) {
            let above = format!("s{province}");
            office(
                &mut text,
                &format!("d{prefecture}"),
                &format!("{prefecture}市督查办"),
                Some(&above),
                Some(prefecture),
            );
        }
        let above = format!("d{prefecture}");
        office(&mut text, &format!("c{code}"), &format!("{code}县督查办"), Some(&above), Some(code));
        for (kind, letter, cadence) in [("punch", 'a', "weekly"), ("leave", 'l', "monthly")] {
            let _ = writeln!(
                text,
                "[[source]]\nid = \"{letter}{code}\"\noffice = \"c{code}\"\nkind = \"{kind}\"\ncadence = \"{cadence}\""
            );
        }
    }
    text.push_str(
        "[[programme]]\nid = \"posts\"\noffice = \"nation\"\nname = \"在岗检查\"\nlo = 0.008\nhi = 0.04\nm = 125\n\
         p_call = 0.04\npools = \"offices\"\n",
    );
    for (slot, hour) in [("am", 9), ("pm", 14)] {
        let _ = writeln!(
            text,
            "[[programme.window]]\nslot = \"{slot}\"\nrule = \"0 {hour} * * Mon-Fri\"\nlength_minutes = 180"
        );
    }
    text
}

/// Opens what a run before left in the folder, or makes it.
pub async fn open(folder: &Path, url: &str, counties: &[County], days: usize) -> Done<Context> {
    let path = folder.join("spotcheck.toml");
    let is_made = |stage: &str| folder.join(stage).exists();
    let made = |stage: &str| std::fs::write(folder.join(stage), "");
    if !path.exists() {
        std::fs::create_dir_all(folder)?;
        std::fs::write(&path, configuration(url, counties))?;
    }
    let config = Config::load(&path, &[]).map_err(|troubles| format!("{:?}", troubles.first()))?;
    let entropy = Entropy::seeded(b"console");
    if !config.keys.dir.exists() {
        std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir)?;
        Secrets::create(&config.keys.dir, &entropy).map_err(|e| e.to_string())?;
    }
    let at = |text: &str| Timestamp::parse(text).ok_or("time");
    let ctx = Context::open(config, Clock::simulated(at(MORNING)?), entropy).await.map_err(|e| e.to_string())?;
    let mut watch = Stopwatch::start();
    if !is_made("register") {
        register(&ctx, counties).await?;
        made("register")?;
        println!("the register: {} s", watch.milliseconds() / 1000);
    }
    if !is_made("year") {
        watch = Stopwatch::start();
        year(url, &ctx, counties, days).await?;
        made("year")?;
        println!("a year of it: {} s", watch.milliseconds() / 1000);
    }
    for when in [EVENING_BEFORE, MORNING].into_iter().filter(|when| !is_made(when)) {
        ctx.clock.set(at(when)?);
        watch = Stopwatch::start();
        let done = spotcheck::work::turn::turn(&ctx, true).await;
        let said = done.said().map(|said| said.en).unwrap_or_default();
        println!("the turn of {when}: {} s; {said} {:?}", watch.milliseconds() / 1000, done.failures);
        made(when)?;
    }
    Ok(ctx)
}

fn id<T: FromStr<Err = Said>>(text: &str) -> Done<T> {
    text.parse().map_err(|said: Said| said.en.into())
}

async fn register(ctx: &Context, counties: &[County]) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    let mut regions = std::collections::BTreeMap::new();
    let region = |code: &str, level, parent: Option<&str>, name: &str| Region {
        code: code.to_owned(),
        name: Name::new(format!("{code}{name}"), ""),
        level,
        parent: parent.map(str::to_owned),
    };
    for (at, County { province, prefecture, code }) in counties.iter().enumerate() {
        regions.insert(province.clone(), region(province, 1, None, "省"));
        regions.insert(prefecture.clone(), region(prefecture, 2, Some(province), "市"));
        regions.insert(code.clone(), region(code, 3, Some(prefecture), "县"));
        let (mut villages, mut teams, mut officials, mut inspectors) = (vec![], vec![], vec![], vec![]);
        for n in 0..TEAMS_A_COUNTY {
            let number = at * TEAMS_A_COUNTY + n;
            let township = format!("{code}{:03}", n / VILLAGES_A_TOWNSHIP + 1);
            regions.insert(township.clone(), region(&township, 4, Some(code), "乡"));
            let village = format!("{township}{:03}", n % VILLAGES_A_TOWNSHIP + 1);
            villages.push(Village {
                id: id(&village)?,
                region: township,
                name: Name::new(format!("{village}村"), ""),
                active: Posting::default(),
            });
            let team = Team {
                id: id(&format!("T{number:06}"))?,
                village: id(&village)?,
                name: Name::new(format!("{village}村工作队"), ""),
                sending_unit: format!("单位{}", number % 4_000),
                posting: Posting::default(),
            };
            for member in 1..=if n % 5 < 3 { 4 } else { 3 } {
                officials.push(Official {
                    id: id(&format!("P{number:06}{member}"))?,
                    team: team.id.clone(),
                    name: Name::new(format!("队员{number:06}{member}"), ""),
                    role: if member == 1 { Role::Lead } else { Role::Member },
                    phone: Some(Phone {
                        dial: format!("+86138{number:06}{member:02}"),
                        extension: None,
                        shown: format!("138{number:06}{member:02}"),
                    }),
                    email: None,
                    sending_unit: team.sending_unit.clone(),
                    device_number: None,
                    posting: Posting::default(),
                });
            }
            teams.push(team);
        }
        for n in 0..INSPECTORS {
            inspectors.push(Inspector {
                id: id(&format!("i{code}-{n}"))?,
                office: id(&format!("c{code}"))?,
                name: Name::new(format!("检查员{code}{n}"), ""),
                addresses: vec![format!("i{n}@c{code}.example")],
                phone: None,
                language: Language::ZhHans,
                visits_a_window: 2,
                calls_a_window: 8,
                home_county: None,
                active: Posting::default(),
            });
        }
        tx.put_villages(&villages).await?;
        tx.put_teams(&teams).await?;
        tx.put_officials(&officials).await?;
        tx.put_inspectors(&inspectors).await?;
    }
    tx.put_regions(&regions.into_values().collect::<Vec<_>>()).await?;
    Ok(tx.commit().await?)
}

/// The database beside the program's own connections.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    pub async fn connect(url: &str) -> Done<Raw> {
        if url.starts_with("postgres") {
            return Ok(Raw::Postgres(PgConnection::connect(url).await?));
        }
        let mut raw = Raw::Sqlite(SqliteConnection::connect(url).await?);
        raw.run("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY;").await?;
        Ok(raw)
    }

    pub async fn run(&mut self, text: &str) -> Done<()> {
        let text = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
        match self {
            Raw::Sqlite(connection) => text.execute(connection).await.map(drop)?,
            Raw::Postgres(connection) => text.execute(connection).await.map(drop)?,
        }
        Ok(())
    }

    async fn analyze(&mut self) -> Done<()> {
        match self {
            // The program itself keeps none either.
            Raw::Sqlite(_) => Ok(()),
            Raw::Postgres(_) => self.run("ANALYZE").await,
        }
    }
}

fn put_in(text: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

async fn year(url: &str, ctx: &Context, counties: &[County], days: usize) -> Done<()> {
    let mut raw = Raw::connect(url).await?;
    raw.run(include_str!("tables.sql")).await?;
    let first: NaiveDate = FIRST.parse()?;
    let today: NaiveDate = TODAY.parse()?;
    let all: Vec<NaiveDate> = first
        .iter_days()
        .take_while(|day| *day < today)
        .filter(|d| ctx.calendar.is_workday(*d).unwrap_or(false))
        .collect();
    let over = all.get(all.len().saturating_sub(days)..).unwrap_or_default();
    let rows: Vec<String> = counties.iter().enumerate().map(|(n, c)| format!("({n}, '{0}', 'c{0}')", c.code)).collect();
    raw.run(&format!("INSERT INTO bench_county (county, code, office) VALUES {}", rows.join(", "))).await?;
    let moment =
        |day: NaiveDate, time: &str| Timestamp::parse(&format!("{day}T{time}:00+08:00")).map(|at| at.0).ok_or("time");
    let mut weeks = Vec::new();
    for (n, monday) in over.iter().filter(|day| day.weekday().num_days_from_monday() == 0).enumerate() {
        let until = *monday + Days::new(4);
        weeks.push(format!("({n}, '{monday}', '{until}', {})", moment(until + Days::new(1), "09:00")?));
    }
    raw.run(&format!("INSERT INTO bench_week (n, day, until, at) VALUES {}", weeks.join(", "))).await?;
    raw.analyze().await?;
    let shared = [
        ("ABC", CROCKFORD.to_owned()),
        ("SHA", "ab".repeat(32)),
        ("COUNTIES", counties.len().to_string()),
        ("LAST", (over.len() * 2).to_string()),
        ("TAB", "\t".to_owned()),
        ("LF", "\n".to_owned()),
    ];
    for (n, day) in over.iter().enumerate() {
        raw.run("BEGIN").await?;
        for (slot, (name, drawn, start, end)) in
            [("am", "07:30", "09:00", "12:00"), ("pm", "12:30", "14:00", "17:00")].into_iter().enumerate()
        {
            let mut values = shared.to_vec();
            values.extend([
                ("W", (n * 2 + slot).to_string()),
                ("ID", format!("posts/nation/{day}/{name}")),
                ("DAY", day.to_string()),
                ("SLOT", name.to_owned()),
                ("START", moment(*day, start)?.to_string()),
                ("END", moment(*day, end)?.to_string()),
                ("DRAWN", moment(*day, drawn)?.to_string()),
                ("CLOSED", moment(*day + Days::new(1), end)?.to_string()),
                ("DUE", (*day + Days::new(14)).to_string()),
            ]);
            raw.run(&put_in(include_str!("year.sql"), &values)).await?;
        }
        raw.run("COMMIT").await?;
        if n == 10 || n + 1 == over.len() {
            raw.analyze().await?;
        }
        if n % 25 == 0 {
            println!("  {day}");
        }
    }
    let mut values = shared.to_vec();
    values.push(("DRAWN", moment(first, "07:30")?.to_string()));
    raw.run(&put_in(include_str!("once.sql"), &values)).await?;
    raw.run(&format!(
        "INSERT INTO reveal (programme, office, generation, t, at) VALUES ('posts', 'nation', 0, {}, {}); \
         DROP TABLE bench_team; DROP TABLE bench_person; DROP TABLE bench_county; DROP TABLE bench_week",
        over.len() * 2,
        moment(today, "06:00")?
    ))
    .await?;
    raw.analyze().await
}
