//! Deletion: what the dry run says goes, and nothing else; what must outlive it does.

use super::house::{House, on_both, time};
use super::support;
use super::world::{self, GRANNY_PHONE, Seen, WORDS, spring};
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::evidence::finding::Step;
use spotcheck::evidence::flag;
use spotcheck::evidence::retention::Standing;
use spotcheck::model::{Days, FlagState, OfficeId, Sha256, Timestamp};
use spotcheck::store::{Arrival, FindingFilter, PeriodReportRow, Reading, Tx};
use spotcheck::table::TemplateKind;
use spotcheck::work::findings::{self, Doing};
use spotcheck::work::findings_told;
use spotcheck::work::retention::{Group, apply, journal, plan};
use spotcheck::work::turn::turn;
use spotcheck::work::{Context, digest, dispatch};
use std::path::Path;
use std::process::{Command, Output};

fn mail() -> Vec<u8> {
    format!("From: zhaoxin@field.example\r\nSubject: Re: [K7Q2A]\r\n\r\n{WORDS}\r\n").into_bytes()
}

/// A mail that was read and a letter that went out, on that day.
async fn post(house: &House, day: &str, assignment: &str) {
    house.at(&format!("{day} 19:00"));
    let mut bytes = mail();
    bytes.extend_from_slice(day.as_bytes());
    let mut tx = house.ctx.store.begin().await.unwrap();
    let arrival = Arrival::new(&bytes, "file", true, house.ctx.now()).unwrap();
    tx.take_in(&[arrival]).await.unwrap();
    let id = Sha256::of(&bytes).hex();
    let reading = Reading {
        state: "done".to_owned(),
        disposition: "recorded".to_owned(),
        reason: "ok".to_owned(),
        assignment: (!assignment.is_empty()).then(|| assignment.to_owned()),
        content_sha: Some(id.clone()),
        recorded: !assignment.is_empty(),
        ..Reading::default()
    };
    tx.finish_mails(&[(&id, reading)], house.ctx.now()).await.unwrap();
    let photo = tx.put_blob(format!("photo of {assignment}").as_bytes()).await.unwrap();
    tx.add_attachment(&id, 1, "image/jpeg", &photo, 20).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(digest::digest_due(&house.ctx).await.unwrap(), 1, "{day}");
    assert_eq!(dispatch::dispatch(&house.ctx).await.unwrap().acked, 1, "{day}");
}

/// Two years of it.
pub async fn years(house: &House) {
    house.at("2025-11-05 10:00");
    for seen in [
        Seen { day: "2025-11-04", assignment: "K7Q2X", team: "T1", what: &["V1 O11 absent", "C1 villager absent"] },
        Seen { day: "2025-11-05", assignment: "K7Q2Y", team: "T2", what: &["V1 O21 present"] },
    ] {
        world::report(house, &seen).await;
    }
    world::decide_flag(
        house,
        "F-00K7Q2X0",
        &[
            (flag::Step::Ask, FlagState::Asked),
            (flag::Step::Explain, FlagState::Explained),
            (flag::Step::Dismiss, FlagState::Dismissed),
        ],
    )
    .await;
    spring(house).await;
    // Who moved away, and whose number had changed before.
    for row in ["P1,V1,villager,赵大娘,13900130009,", "P1,V1,villager,赵大娘,13900130001,2026-04-15"] {
        house.roster(TemplateKind::Contacts, &format!("id,village,role,name,phone,to\n{row}\n")).await;
    }
    for (day, assignment) in [("2026-03-03", "K7Q2A"), ("2026-03-20", ""), ("2026-04-30", "K7Q2D")] {
        post(house, day, assignment).await;
    }
    let mut tx = house.ctx.store.begin().await.unwrap();
    for id in ["K7Q2X", "K7Q2Y", "K7Q2A", "K7Q2B", "K7Q2C"] {
        tx.mark_closed(&id.parse().unwrap(), house.ctx.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let all = findings_told::list(&house.ctx, &FindingFilter::default(), false).await.unwrap();
    let fire = all.iter().find(|e| e.finding.code == "fire").unwrap();
    for step in [Step::Verify, Step::Close] {
        let doing = Doing { finding: &fire.finding.id, step, by: "李主任", reason: WORDS, file: None };
        findings::step(&house.ctx, &doing).await.unwrap().unwrap();
    }
}

/// As if the year's report had been closed.
async fn close(tx: &mut Tx, office: &OfficeId, year: i32) {
    let row = PeriodReportRow {
        number: 1,
        closed_at: Timestamp(0),
        closed_by: "李主任".into(),
        reason: String::new(),
        sha256: String::new(),
        body: "{}".into(),
    };
    tx.add_period_report(office, Days::parse(&year.to_string()).unwrap(), &row).await.unwrap();
}

pub async fn close_year(house: &House, year: i32) {
    let mut tx = house.ctx.store.begin().await.unwrap();
    close(&mut tx, &"yunling".parse().unwrap(), year).await;
    tx.commit().await.unwrap();
}

fn of(groups: &[Group], wanted: &[Standing]) -> Vec<String> {
    groups
        .iter()
        .filter(|group| wanted.contains(&group.standing))
        .map(|g| format!("{} {} {} {}", g.part.code(), g.year, g.items, g.standing.code()))
        .collect()
}

#[tokio::test]
async fn what_is_told_is_what_goes() {
    let all = [Standing::Young, Standing::YearOpen, Standing::Kept];
    // Months of each class, closed years, today.
    for (months, closed, today) in [
        ([1, 1, 1, 1], &[2025, 2026][..], "2027-01-05 09:00"),
        ([1, 1, 1, 1], &[2025], "2027-01-05 09:00"),
        ([1, 1, 1, 1], &[2026], "2026-05-10 09:00"),
        ([12, 2, 0, 6], &[2025, 2026], "2026-06-10 09:00"),
        ([0, 0, 0, 0], &[2025, 2026], "2030-01-05 09:00"),
        ([2, 1, 8, 3], &[], "2026-12-31 23:00"),
    ] {
        on_both("zh-Hans", "", |mut house| async move {
            years(&house).await;
            let retention = &mut house.ctx.config.retention;
            [retention.phones_months, retention.mail_months, retention.work_months, retention.flags_months] = months;
            for year in closed {
                close_year(&house, *year).await;
            }
            house.at(today);
            let told = plan(&house.ctx).await.unwrap();
            assert_eq!(plan(&house.ctx).await.unwrap(), told, "a dry run changes nothing");
            let due: Vec<Group> = told.iter().filter(|g| g.standing == Standing::Due).cloned().collect();
            if closed.is_empty() || months == [0; 4] {
                assert_eq!(due, []);
            }
            let done = apply(&house.ctx, "李主任").await.unwrap();
            assert_eq!(done.groups, due, "{months:?} {closed:?} {today}");
            let after = plan(&house.ctx).await.unwrap();
            assert_eq!(of(&after, &[Standing::Due]), Vec::<String>::new());
            assert_eq!(of(&after, &all), of(&told, &all), "what was not due is there");
            let rows = journal(&house.ctx).await.unwrap();
            let journalled: Vec<_> = rows.iter().map(|r| (r.class.clone(), r.year, r.items, r.actor.clone())).collect();
            let expected: Vec<_> = due
                .iter()
                .map(|g| (g.part.code().to_owned(), i64::from(g.year), g.items.cast_signed(), "李主任".to_owned()))
                .collect();
            assert_eq!(journalled, expected);
            assert_eq!(apply(&house.ctx, "李主任").await.unwrap().groups, []);
            assert_eq!(journal(&house.ctx).await.unwrap().len(), due.len());
        })
        .await;
    }
}

#[tokio::test]
async fn each_class_says_why() {
    on_both("zh-Hans", "", |mut house| async move {
        years(&house).await;
        let retention = &mut house.ctx.config.retention;
        [retention.phones_months, retention.mail_months, retention.work_months, retention.flags_months] = [1, 8, 1, 0];
        close_year(&house, 2025).await;
        house.at("2026-11-26 09:00");
        let told = plan(&house.ctx).await.unwrap();
        use Standing::{Due, Kept, YearOpen, Young};
        assert_eq!(
            of(&told, &[Due, Kept, Young, YearOpen]),
            [
                "phones 2026 1 year_open",
                "register_history 2026 2 year_open",
                "mails 2026 1 year_open",
                "mails 2026 1 year_open",
                "mails 2026 1 young",
                "remarks 2025 3 due",
                "remarks 2026 7 year_open",
                "remarks 2026 2 young",
                "letters 2026 3 year_open",
                "assignments 2025 2 due",
                "assignments 2026 3 year_open",
                "flags 2025 1 kept",
                "flags 2026 2 kept",
                "findings 2026 2 kept",
            ]
        );
        assert!(apply(&house.ctx, " ").await.unwrap_err().trouble().to_string().contains("--by"));
    })
    .await;
}

#[tokio::test]
async fn the_first_digest_of_a_month_tells_what_is_due() {
    on_both("en", "", |house| async move {
        years(&house).await;
        for year in [2025, 2026] {
            close_year(&house, year).await;
        }
        house.at("2026-05-06 19:00");
        spotcheck::work::retention::look_due(&house.ctx).await.unwrap();
        assert_eq!(told_in_digest(&house).await, 0, "nothing is old enough");
        let mut house = house;
        house.ctx.config.retention.flags_months = 1;
        house.ctx.config.retention.mail_months = 0;
        house.ctx.config.retention.work_months = 0;
        for (moment, expected) in [("2026-06-01 19:00", 1), ("2026-06-02 19:00", 0)] {
            house.at(moment);
            spotcheck::work::retention::look_due(&house.ctx).await.unwrap();
            assert!(!spotcheck::work::retention::look_due(&house.ctx).await.unwrap(), "once a month");
            assert_eq!(told_in_digest(&house).await, expected, "{moment}");
        }
    })
    .await;
}

async fn told_in_digest(house: &House) -> usize {
    assert_eq!(digest::digest_due(&house.ctx).await.unwrap(), 1);
    let mut tx = house.ctx.store.read().await.unwrap();
    let letters = tx.letters(None, 1).await.unwrap();
    let bytes = tx.blob(&letters[0].bytes.parse().unwrap()).await.unwrap().unwrap();
    let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    mail.body_text(0).unwrap().matches("have had their time").count()
}

fn holds(folder: &Path, needle: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("spotcheck.db"))
        .filter(|path| std::fs::read(path).unwrap().windows(needle.len()).any(|w| w == needle.as_bytes()))
        .map(|path| path.display().to_string())
        .collect()
}

#[tokio::test]
async fn the_file_really_loses_the_number() {
    let mut house = House::new("sqlite:spotcheck.db", "zh-Hans", "").await;
    years(&house).await;
    let case = "F-00K7Q2C0".parse().unwrap();
    let decision = spotcheck::work::decide::Decision {
        case: &case,
        step: flag::Step::Uphold,
        by: "王局长",
        reason: "一个月没来，理由不成立",
    };
    spotcheck::work::decide::decide(&house.ctx, &decision).await.unwrap().unwrap();
    let mut tx = house.ctx.store.begin().await.unwrap();
    tx.mark_closed(&"K7Q2D".parse().unwrap(), house.ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
    let retention = &mut house.ctx.config.retention;
    [retention.phones_months, retention.mail_months, retention.work_months, retention.flags_months] = [1; 4];
    house.at("2027-06-05 09:00");
    for year in [2025, 2026] {
        close_year(&house, year).await;
    }
    // The register's history is as young as the import.
    for number in [GRANNY_PHONE, "13900130009"] {
        assert!(!holds(house.folder.path(), number).is_empty(), "{number} was planted");
    }
    assert!(apply(&house.ctx, "李主任").await.unwrap().compacted);
    for number in [GRANNY_PHONE, "13900130009", "一个月没来"] {
        assert_eq!(holds(house.folder.path(), number), Vec::<String>::new(), "{number}");
    }
    // Who is still there keeps the number.
    assert!(!holds(house.folder.path(), "13900130002").is_empty());
}

#[tokio::test]
async fn what_must_stay_stays() {
    on_both("zh-Hans", "", |mut house| async move {
        years(&house).await;
        let retention = &mut house.ctx.config.retention;
        [retention.phones_months, retention.mail_months, retention.work_months, retention.flags_months] = [1; 4];
        for year in [2025, 2026] {
            close_year(&house, year).await;
        }
        let read = async |house: &House| {
            let mut tx = house.ctx.store.read().await.unwrap();
            let verdicts =
                tx.current_verdicts().await.unwrap().into_iter().map(|v| (v.judgement.person, v.judgement.verdict));
            let verdicts: Vec<_> = verdicts.collect();
            let flags: Vec<_> = tx.flags(None).await.unwrap();
            let mut steps = Vec::new();
            for flag in &flags {
                let all = tx.flag_steps(&flag.id).await.unwrap();
                steps.extend(all.into_iter().map(|s| (flag.id.clone(), s.seq, s.step, s.at, s.state)));
            }
            let outcomes = tx.outcomes_released(time("2020-01-01 00:00"), time("2030-01-01 00:00")).await.unwrap();
            // Their remarks go.
            let outcomes: Vec<_> =
                outcomes.into_iter().map(|o| (o.line, o.person, o.seq, o.outcome, o.received)).collect();
            (verdicts, flags, steps, outcomes)
        };
        let before = read(&house).await;
        house.at("2027-06-05 09:00");
        let done = apply(&house.ctx, "李主任").await.unwrap();
        // Three mails and their photos, three letters, the picture of a finding.
        assert_eq!(done.files, 10);
        assert_eq!(read(&house).await, before);
        let mut tx = house.ctx.store.read().await.unwrap();
        let flag = tx.flag_steps("F-00K7Q2A1").await.unwrap();
        assert!(flag.iter().all(|s| s.actor.is_empty() && s.reason.is_empty()), "{flag:?}");
        let open = tx.flag_steps("F-00K7Q2C0").await.unwrap();
        assert!(open.iter().all(|s| !s.actor.is_empty()), "a flag that is open keeps everything");
        drop(tx);
        // The same mail once more is the same mail.
        let mut bytes = mail();
        bytes.extend_from_slice(b"2026-03-03");
        let mut tx = house.ctx.store.begin().await.unwrap();
        let again = Arrival::new(&bytes, "file", true, house.ctx.now()).unwrap();
        assert_eq!(tx.take_in(&[again]).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(apply(&house.ctx, "李主任").await.unwrap().files, 1, "and its bytes go again");
        // Names are gone, and the record can still be told; who could have been rung is not known any more, so no
        // inquiry is.
        let subject = spotcheck::model::Subject::parse("team", "T1").unwrap();
        let (from, to) = ("2026-01-01".parse().unwrap(), "2026-12-31".parse().unwrap());
        let told = spotcheck::work::person::record(&house.ctx, &subject, from, to).await.unwrap();
        assert_eq!(told.figures().map(|(_, _, n)| n), [6, 2, 1, 1, 0, 1, 1]);
    })
    .await;
}

fn spotcheck(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.current_dir(folder).env_remove("SPOTCHECK_LANGUAGE").env("LC_ALL", "C").args(args).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

async fn opened(dir: &Path, now: &str) -> Context {
    let config = Config::load(&dir.join("spotcheck.toml"), &[]).unwrap();
    Context::open(config, Clock::simulated(time(now)), Entropy::seeded(b"1")).await.unwrap()
}

#[tokio::test]
async fn draws_still_prove_themselves() {
    proves(&[]).await;
    proves(&["--database", &support::postgres_url().await]).await;
}

async fn proves(database: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let demo = ["demo", "--days", "2", "--teams", "20", "--seed", "1", "--dir", "county", "--no-serve"];
    let output = spotcheck(folder.path(), &[&demo, database].concat());
    assert!(output.status.success(), "{}", told(&output));
    let file = folder.path().join("county/spotcheck.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    let months = "[retention]\nphones_months = 1\nmail_months = 1\nwork_months = 1\nflags_months = 1\n";
    std::fs::write(&file, format!("{months}{config}")).unwrap();
    let county = |args: &[&str]| {
        let output = spotcheck(
            folder.path(),
            &[&["--config", "county/spotcheck.toml", "--now", "2026-10-08T09:00:00+08:00"], args].concat(),
        );
        assert!(output.status.success(), "{args:?}: {}", told(&output));
        told(&output)
    };
    let export = |name: &str| {
        county(&["export", "bundles", "--kind", "auditor", "--out", name]);
        std::fs::read_to_string(folder.path().join(name)).unwrap()
    };
    let before = export("before.jsonl");
    let office = {
        let ctx = opened(&folder.path().join("county"), "2026-10-08 09:00").await;
        let office = ctx.config.offices[0].id.to_string();
        let mut tx = ctx.store.begin().await.unwrap();
        for office in &ctx.config.offices {
            close(&mut tx, &office.id, 2026).await;
        }
        tx.commit().await.unwrap();
        ctx.store.close().await;
        office
    };
    let dry = county(&["retention", "--dry-run"]);
    assert!(dry.contains("due: before 2026-09-08, and the report of 2026 is closed"), "{dry}");
    let done = county(&["retention", "apply", "--by", "head"]);
    assert!(done.contains("letters sent") && done.contains("deleted: "), "{done}");
    assert!(county(&["retention", "journal"]).contains("head  letters sent"));
    county(&["export", "log", "--office", &office, "--out", "log.jsonl"]);
    assert_eq!(export("after.jsonl"), before);
    let first: serde_json::Value = serde_json::from_str(before.lines().next().unwrap()).unwrap();
    let programme: serde_json::Value = serde_json::from_str(first["log"][0]["entry"].as_str().unwrap()).unwrap();
    let anchor = programme["terms"]["anchors"][0].as_str().unwrap();
    let output = spotcheck(folder.path(), &["verify", "log.jsonl", "after.jsonl", "--anchor", anchor]);
    assert!(output.status.success(), "{}", told(&output));
    // And life goes on.
    let ctx = opened(&folder.path().join("county"), "2026-10-08 09:05").await;
    assert!(turn(&ctx, true).await.failures.is_empty());
    ctx.store.close().await;
}
