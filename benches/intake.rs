//! Replies taken in: read in the process, and from a mailbox of Dovecot to recorded outcomes. See `intake.sh`.

use spotcheck::clock::{Clock, Stopwatch};
use spotcheck::config::Config;
use spotcheck::demo::client::{Answer, Client, Setting};
use spotcheck::demo::letter::Letter;
use spotcheck::entropy::Entropy;
use spotcheck::model::{AssignmentId, Timestamp};
use spotcheck::registry::Mode;
use spotcheck::reply::{self, Authentication, Earlier, Intake, Lexicon, Policy, Sent};
use spotcheck::table::TemplateKind;
use spotcheck::work::roster::{self, Roster};
use spotcheck::work::turn::turn;
use spotcheck::work::{Context, Secrets, answer, mailbox, mailbox_watch, sent};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::error::Error;
use std::fmt::Write;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinSet;

type Done<T> = Result<T, Box<dyn Error>>;

/// Assignments of one morning; each inspector makes three visits to two people.
const INSPECTORS: usize = 1000;
const VISITS: usize = 3;
/// A mail for each visit, then corrections.
const SAYS: [&str; 5] = [
    "V1 在岗",
    "V2.1 present\nV2.2 请假",
    "V3.1 不在岗；门锁着\nV3.2 present",
    "更正 V1.2 外勤",
    "correction V3.1 present",
];
const EVENING: &str = "2026-03-02T17:30:00+08:00";
const MORNING: &str = "2026-03-03T07:30:00+08:00";
const LATER: &str = "2026-03-03T11:30:00+08:00";

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [port, maildir, uid, gid, mails] = arguments.as_slice() else {
        println!("benches/intake.sh runs this beside a mail server");
        return Ok(());
    };
    let port = port.parse()?;
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(async {
        let folder = tempfile::tempdir()?;
        let ctx = open(&format!("sqlite:{}", folder.path().join("intake.db").display()), folder.path(), port).await?;
        let replies = replies(&ctx).await?;
        let bytes: usize = replies.iter().map(|(_, mail)| mail.len()).sum();
        println!("{} replies of {} bytes, as eight mail programs write them", replies.len(), bytes / replies.len());
        for (number, (_, mail)) in replies.iter().enumerate() {
            std::fs::write(Path::new(mails).join(format!("{number:06}.eml")), mail)?;
            let file = Path::new(maildir).join(format!("new/{}.M{number:06}.bench", 1_772_000_000 + number));
            std::fs::write(&file, mail)?;
            chown(&file, Some(uid.parse()?), Some(gid.parse()?))?;
        }
        read_in_process(&ctx, &replies).await?;
        take_in(&ctx, replies.len()).await?;
        let folder = tempfile::tempdir()?;
        let ctx = open(&format!("sqlite:{}", folder.path().join("intake.db").display()), folder.path(), port).await?;
        side_by_side(ctx, replies.len()).await?;
        if let Ok(server) = std::env::var("SPOTCHECK_TEST_POSTGRES") {
            for beside in [false, true] {
                let url = postgres(&server).await?;
                let folder = tempfile::tempdir()?;
                let ctx = open(&url, folder.path(), port).await?;
                if beside {
                    side_by_side(ctx, replies.len()).await?;
                } else {
                    take_in(&ctx, replies.len()).await?;
                    ctx.store.close().await;
                }
            }
        }
        Ok(())
    })
}

async fn postgres(server: &str) -> Done<String> {
    let mut connection = PgConnection::connect(server).await?;
    for statement in ["DROP DATABASE IF EXISTS spotcheck_intake WITH (FORCE)", "CREATE DATABASE spotcheck_intake"] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
    }
    let (address, query) = server.split_once('?').map_or((server, String::new()), |(a, q)| (a, format!("?{q}")));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    Ok(format!("{base}/spotcheck_intake{query}"))
}

fn at(ctx: &Context, moment: &str) -> Done<()> {
    ctx.clock.set(Timestamp::parse(moment).ok_or("time")?);
    Ok(())
}

/// A county whose letters of the morning are out.
async fn open(url: &str, folder: &Path, port: u16) -> Done<Context> {
    let text = format!(
        "[storage]\nurl = \"{url}\"\n[mail]\ntransport = \"folder\"\nfrom = \"desk@yunling.example\"\n\
         [intake]\nauthserv_id = \"mx.yunling.example\"\n[intake.imap]\nhost = \"127.0.0.1\"\nport = {port}\n\
         security = \"none\"\nuser = \"desk\"\npassword_file = \"secret\"\n\
         [[office]]\nid = \"yunling\"\nname = \"云岭县督查办\"\nzone = \"Asia/Shanghai\"\n\
         desk = \"desk@yunling.example\"\nhead = \"head@yunling.example\"\n\
         [[programme]]\nid = \"posts\"\noffice = \"yunling\"\nname = \"在岗检查\"\nlo = 0.9999999\nhi = 0.9999999\n\
         m = 1\np_call = 0.0000001\n[[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Mon-Fri\"\nlength_minutes = 180\n"
    );
    let path = folder.join("spotcheck.toml");
    std::fs::write(&path, text)?;
    std::fs::write(folder.join("secret"), "t\n")?;
    let config = Config::load(&path, &[]).map_err(|troubles| format!("{:?}", troubles.first()))?;
    std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir)?;
    let entropy = Entropy::seeded(b"intake");
    Secrets::create(&config.keys.dir, &entropy).map_err(|e| e.to_string())?;
    let clock = Clock::simulated(Timestamp::parse(EVENING).ok_or("time")?);
    let ctx = Context::open(config, clock, entropy).await.map_err(failed)?;
    fill(&ctx).await?;
    ctx.mailboxes.watched.store(true, std::sync::atomic::Ordering::SeqCst);
    for moment in [EVENING, MORNING] {
        at(&ctx, moment)?;
        let done = turn(&ctx, true).await;
        if let Some((step, failure)) = done.failures.into_iter().next() {
            return Err(format!("{step}: {failure}").into());
        }
    }
    at(&ctx, LATER)?;
    ctx.mailboxes.watched.store(false, std::sync::atomic::Ordering::SeqCst);
    Ok(ctx)
}

async fn fill(ctx: &Context) -> Done<()> {
    let mut villages = "id,name,name_latin,township_code,township,township_latin\n".to_owned();
    let mut teams = "id,village,name,name_latin,sending_unit\n".to_owned();
    let mut officials = "id,team,name,name_latin,role,phone,device_number\n".to_owned();
    let mut inspectors = "id,name,name_latin,email,language,visits,calls\n".to_owned();
    for n in 1..=INSPECTORS * VISITS {
        writeln!(villages, "V{n},滨河村{n},Binhe {n},520699001,青山镇,Qingshan")?;
        writeln!(teams, "T{n},V{n},驻滨河村{n}工作队,Binhe team {n},县水利局")?;
        writeln!(officials, "O{n}1,T{n},王建国{n},Wang Jianguo {n},lead,13800{n:06},{n}1")?;
        writeln!(officials, "O{n}2,T{n},刘敏{n},Liu Min {n},member,13900{n:06},{n}2")?;
    }
    for n in 1..=INSPECTORS {
        writeln!(inspectors, "I{n},赵新{n},Zhao Xin {n},i{n}@field.example,zh-Hans,{VISITS},0")?;
    }
    for (kind, text) in [
        (TemplateKind::Villages, villages),
        (TemplateKind::Teams, teams),
        (TemplateKind::Officials, officials),
        (TemplateKind::Inspectors, inspectors),
    ] {
        let file = format!("{}.csv", kind.code());
        let day = ctx.now().day(chrono_tz::Asia::Shanghai);
        let (bytes, mode) = (text.as_bytes(), Mode::Full);
        let roster = Roster { kind, file: &file, bytes, mode, day, complete: true, dry_run: false };
        let imported = roster::import(ctx, &roster).await.map_err(failed)?;
        if imported.new == 0 {
            return Err(format!("{file}: {imported:?}").into());
        }
    }
    Ok(())
}

/// Five replies to each letter, in the order in which they are sent.
async fn replies(ctx: &Context) -> Done<Vec<(AssignmentId, Vec<u8>)>> {
    let mut tx = ctx.store.read().await?;
    let mut letters = Vec::new();
    for row in tx.letters(None, i64::MAX).await? {
        if row.kind == "assignment" {
            let bytes = tx.blob(&row.bytes.parse().map_err(|_| "hash")?).await?.ok_or("letter")?;
            letters.push(Letter::read(&bytes).ok_or("letter")?);
        }
    }
    let mut mails = Vec::new();
    for (round, said) in SAYS.into_iter().enumerate() {
        for (number, letter) in letters.iter().enumerate() {
            let (_, rest) = letter.subject.split_once('[').ok_or("subject")?;
            let (id, _) = rest.split_once(']').ok_or("subject")?;
            let id = AssignmentId::parse(id).map_err(|_| "assignment")?;
            mails.push((id.clone(), reply_to(ctx, letter, &id, Client::ALL[number % 8], round, said).await?));
        }
    }
    Ok(mails)
}

async fn reply_to(
    ctx: &Context,
    letter: &Letter,
    id: &AssignmentId,
    client: Client,
    round: usize,
    said: &str,
) -> Done<Vec<u8>> {
    let file = sent::export(ctx, id).await.map_err(failed)?.ok_or("assignment")?;
    let from = file.inspector.addresses.first().ok_or("address")?.clone();
    let boundary = format!("=_{id}_{round}");
    let setting = Setting {
        letter,
        letter_sent: Timestamp::parse(MORNING).ok_or("time")?,
        to: &format!("赵新 <{from}>"),
        language: spotcheck::model::Language::ZhHans,
        boundary: &boundary,
    };
    let body = client.body(&setting, &Answer::Above(said.to_owned()));
    let replied = format!("<{}>", letter.message_id);
    Ok(body.mail(&[
        ("Return-Path", format!("<{from}>")),
        ("Received", "from mail.field.example by mx.yunling.example; Tue, 03 Mar 2026 11:00:00 +0800".to_owned()),
        ("Authentication-Results", "mx.yunling.example; dkim=pass header.d=field.example; dmarc=pass".to_owned()),
        ("From", format!("<{from}>")),
        ("To", "<desk@yunling.example>".to_owned()),
        ("Subject", format!("Re: [{id}]")),
        ("Date", "Tue, 03 Mar 2026 11:00:00 +0800".to_owned()),
        ("Message-ID", format!("<{id}.{round}@field.example>")),
        ("In-Reply-To", replied.clone()),
        ("References", replied),
    ]))
}

fn row(what: &str, number: usize, milliseconds: i64) {
    let seconds = milliseconds as f64 / 1000.0;
    println!("{what:<62} {number:>7} {seconds:>8.2} s {:>9.0} /s", number as f64 / seconds);
}

/// What is done to a mail without any database: parts, text, key, sender, lines, outcomes.
async fn read_in_process(ctx: &Context, replies: &[(AssignmentId, Vec<u8>)]) -> Done<()> {
    let lexicon = Lexicon::shipped();
    let mut all = Vec::new();
    for (id, mail) in replies {
        let file = sent::export(ctx, id).await.map_err(failed)?.ok_or("assignment")?;
        all.push((Sent::try_from(file).map_err(|e| e.to_string())?, mail));
    }
    let intake = Intake {
        vouched: false,
        received: ctx.now(),
        authentication: Authentication {
            policy: Policy::Require,
            authserv_id: Some("mx.yunling.example".to_owned()),
            local_submission: false,
            dkim_verified: Vec::new(),
            trusted_relays: Vec::new(),
        },
    };
    let watch = Stopwatch::start();
    let mut results = 0;
    for (sent, bytes) in &all {
        let mail = reply::envelope(bytes).map_err(|_| "caps")?;
        results += reply::read(&mail, sent, &Earlier::default(), &intake, &lexicon).results.len();
    }
    row("read in the process, one core", all.len(), watch.milliseconds());
    println!("  {results} outcomes");
    Ok(())
}

/// From the mailbox to recorded outcomes, durably, one after the other.
async fn take_in(ctx: &Context, number: usize) -> Done<()> {
    let on = ctx.store.backend();
    let (watch, mut taken) = (Stopwatch::start(), 0);
    for (_, done) in mailbox::collect(ctx).await {
        taken += done.map_err(failed)?.new;
    }
    let fetched = watch.milliseconds();
    row(&format!("{on}: fetched by IMAP, stored, marked"), taken, fetched);
    let read = answer::answer_new(ctx).await.map_err(failed)?;
    let all = watch.milliseconds();
    row(&format!("{on}: read, outcomes and receipts committed"), read, all - fetched);
    row(&format!("{on}: from the mailbox to outcomes"), read, all);
    for (state, reason, n) in ctx.store.read().await?.inbox_counts().await? {
        println!("  {n} {state} {reason}");
    }
    if taken != number {
        return Err(format!("{taken} mails came in of {number}").into());
    }
    Ok(())
}

/// The same as a daemon does it: a task of its own watches the mailbox while what has come is read.
async fn side_by_side(ctx: Context, number: usize) -> Done<()> {
    let (ctx, wake, watch) = (Arc::new(ctx), Arc::new(Notify::new()), Stopwatch::start());
    let mut watching = JoinSet::new();
    let (of_watch, waker) = (Arc::clone(&ctx), Arc::clone(&wake));
    watching.spawn(async move { mailbox_watch::watch(&of_watch, &waker).await });
    let mut read = 0;
    while read < number {
        wake.notified().await;
        read += answer::answer_new(&ctx).await.map_err(failed)?;
    }
    let on = ctx.store.backend();
    row(&format!("{on}: watched and read side by side, to outcomes"), read, watch.milliseconds());
    watching.shutdown().await;
    ctx.store.close().await;
    Ok(())
}

fn failed(failure: spotcheck::work::Failure) -> Box<dyn Error> {
    failure.to_string().into()
}
