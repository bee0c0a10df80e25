//! Days of rest and work of one region: for its office's windows, for places below, for verdicts.

use super::house::{EVE, House, Setting, ZONE, office, on_both, time, window};
use super::post::reply;
use super::records::{attendance, leave};
use spotcheck::draw::bundle::BundleKind;
use spotcheck::draw::verify;
use spotcheck::table::TemplateKind;
use spotcheck::work::bundles::{Selection, bundle, listed};
use spotcheck::work::merge::{Request, merge};
use spotcheck::work::{Failure, calendars, keys, reveal};
use std::process::Command;

const HEAD: &str = "date,kind,name,source,region\n";

/// T1 and T2 in two townships of the office's county; the calendar says something of each.
fn setting(calendar: &'static str) -> Setting {
    Setting { teams: 2, capacity: 2, office: "region = \"520699\"\n", calendar: Some(calendar), ..Setting::default() }
}

async fn two_townships(house: House) -> House {
    let villages = "id,name,name_latin,township_code,township,township_latin\nV1,滨河村1,Binhe 1,520699001,青山镇,Qingshan\n\
                    V2,滨河村2,Binhe 2,520699002,白水乡,Baishui\n";
    house.import(TemplateKind::Villages, villages).await;
    house.restarted().await
}

#[tokio::test]
async fn an_office_rests_and_works_by_the_days_of_its_own_region() {
    let calendar = "date,kind,name,source,region\n2026-03-04,holiday,四月八,county,520699\n\
                    2026-03-07,workday,四月八,county,520699\n2026-03-03,holiday,other,county,520698\n";
    on_both(setting(calendar), |house| async move {
        house.at(EVE).await;
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1, "the day of another county");
        house.at("2026-03-03 17:30").await;
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 0);
        assert_eq!(house.at("2026-03-05 07:30").await.drawn, 1, "sealed on the eve of the day of rest");
        for moment in ["2026-03-05 17:30", "2026-03-06 07:30", "2026-03-06 17:30"] {
            house.at(moment).await;
        }
        assert_eq!(house.at("2026-03-07 07:30").await.drawn, 1, "a Saturday that is worked");
        assert!(house.voids().await.is_empty());
        let log = house.log().await;
        let terms = log.iter().find(|entry| entry.contains("\"kind\":\"programme\"")).unwrap();
        assert!(terms.contains("\"2026-03-04\"") && terms.contains("\"2026-03-07\""), "{terms}");
        assert!(!terms.contains("\"2026-03-03\""), "the other county's");
        house.at("2026-03-20 12:00").await;
        house.ctx.clock.set(time("2026-03-30 17:00"));
        reveal::reveal_due(&house.ctx).await.unwrap();
        let all = listed(&house.ctx, &Selection::default()).await.unwrap();
        for day in ["2026-03-03", "2026-03-05", "2026-03-06", "2026-03-07"] {
            let of = all.iter().find(|listed| listed.window == window(day, "am")).unwrap();
            let text = bundle(&house.ctx, of, BundleKind::Public).await.unwrap();
            assert!(verify::check(&serde_json::from_str(&text).unwrap()).findings.is_empty(), "{}", of.window);
        }
        // Whoever verifies the series awaits the windows of that calendar, and no other.
        house.simulated().await;
        let anchor = keys::states(&house.ctx).await.unwrap()[0].terms.anchors[0].hex();
        let run = |args: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
            command.current_dir(house.folder.path()).args(args).args(["--lang", "en"]);
            if args[0] == "export" {
                command.args(["--config", "spotcheck.toml", "--now", &house.ctx.now().rfc3339(ZONE)]);
            }
            let done = command.output().unwrap();
            let text = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
            (done.status.code().unwrap(), text)
        };
        for (what, file, more) in
            [("bundles", "bundles.jsonl", &[][..]), ("log", "log.jsonl", &["--office", "yunling"][..])]
        {
            let (code, text) = run(&[&["export", what, "--out", file], more].concat());
            assert_eq!(code, 0, "{text}");
        }
        let span = ["--from", "2026-03-03", "--to", "2026-03-07"];
        let (code, text) = run(&[&["verify", "bundles.jsonl", "log.jsonl", "--anchor", &anchor], &span[..]].concat());
        assert_eq!(code, 0, "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_region_below_rests_while_the_office_works() {
    let calendar = "date,kind,name,source,region\n2026-03-04,holiday,火把节,county,白水乡\n";
    on_both(setting(calendar), |house| async move {
        let house = two_townships(house).await;
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        assert_eq!(house.lines(&window("2026-03-03", "am")).await.len(), 2);
        house.at("2026-03-03 17:30").await;
        house.at("2026-03-03 18:31").await;
        let digest = house.letters("digest").await.pop().unwrap().text;
        assert!(digest.contains("Baishui") && digest.contains("火把节"), "{digest}");
        house.at("2026-03-04 07:30").await;
        assert_eq!(house.lines(&window("2026-03-04", "am")).await, ["T1 visit open"]);
        // Known only after the seal: nobody is sent there.
        house.at("2026-03-04 17:30").await;
        let later = "2026-03-05,holiday,火把节,county,520699002\n2026-03-06,holiday,火把节,county,520699002\n";
        let house = house
            .changed(|folder| {
                let file = folder.join("calendar.csv");
                std::fs::write(&file, format!("{HEAD}{}", &later[..later.len() / 2])).unwrap();
            })
            .await;
        house.at("2026-03-05 07:30").await;
        let lines = house.lines(&window("2026-03-05", "am")).await;
        assert_eq!(lines, ["T1 visit open", "T2 visit blackout"]);
        // And after the letter: who is absent on a day of rest is not absent without leave.
        house.at("2026-03-05 17:30").await;
        house.at("2026-03-06 07:30").await;
        let letter = house.letters("assignment").await.pop().unwrap();
        let house = house
            .changed(|folder| std::fs::write(folder.join("calendar.csv"), format!("{HEAD}{later}")).unwrap())
            .await;
        house.ctx.clock.set(time("2026-03-06 10:40"));
        house.deliver(&reply(&letter, "a", "V1.1 10:20 absent\nV2.1 10:25 absent").bytes()).await;
        house.at("2026-03-06 10:40").await;
        house.ctx.clock.set(time("2026-03-09 06:00"));
        house.records("punches", &attendance(&[]), "2026-03-06").await;
        house.records("leave", &leave(&[]), "2026-03-06").await;
        house.at("2026-03-09 06:10").await;
        let verdicts = house.verdicts().await;
        let of = |who: &str| verdicts.iter().find(|one| one.starts_with(who)).unwrap_or_else(|| panic!("{verdicts:?}"));
        assert!(of("O11 ").contains("unexcused") && !of("O21 ").contains("unexcused"), "{verdicts:?}");
    })
    .await;
}

#[tokio::test]
async fn evidence_of_an_official_counts_wherever_the_village_belongs_by_now() {
    on_both(Setting { calendar: None, ..setting("") }, |house| async move {
        let house = two_townships(house).await;
        // Devices stand in the first township only.
        let house = house
            .changed(|folder| {
                let file = folder.join("spotcheck.toml");
                let config = std::fs::read_to_string(&file).unwrap();
                let source = "id = \"punches\"\n";
                std::fs::write(&file, config.replace(source, &format!("{source}regions = [\"520699001\"]\n"))).unwrap();
            })
            .await;
        house.at(EVE).await;
        let absent = async |day: &str, text: &str| {
            house.at(&format!("{day} 07:30")).await;
            let letter = house.letters("assignment").await.pop().unwrap();
            house.ctx.clock.set(time(&format!("{day} 10:40")));
            house.deliver(&reply(&letter, day, text).bytes()).await;
            house.at(&format!("{day} 10:40")).await;
        };
        let came = async |day: &str, next: &str| {
            house.ctx.clock.set(time(&format!("{next} 06:00")));
            let (came, left) = (format!("{day} 07:30:00"), format!("{day} 18:00:00"));
            let punches = attendance(&[("O11", &came, "in"), ("O11", &left, "out")]);
            house.records("punches", &punches, day).await;
            let other = ("O22", came.as_str(), left.as_str(), came.as_str());
            house.records("leave", &leave(&[other]), day).await;
            house.at(&format!("{next} 06:10")).await;
        };
        let verdicts = async || {
            let mut of: Vec<String> = house.verdicts().await;
            of.retain(|one| one.starts_with("O11 ") || one.starts_with("O21 "));
            of.sort();
            of
        };
        absent("2026-03-03", "V1.1 10:20 absent\nV2.1 10:25 absent").await;
        let villages = Request {
            parts: ["V1".parse().unwrap()].into(),
            into: "V2".parse().unwrap(),
            name: None,
            township: None,
            position: None,
            exclusions: None,
            reason: "decision 12 of 2026",
            by: "Zhou Min",
            write: true,
        };
        came("2026-03-03", "2026-03-04").await;
        let before = verdicts().await;
        assert!(before[0].contains("punch_contradicts") && before[1].contains("unexcused"), "{before:?}");
        house.ctx.clock.set(time("2026-03-04 06:30"));
        merge(&house.ctx, &villages).await.unwrap();
        // Something of both comes late: they are judged again.
        let papers = [("O11", "2026-02-09 08:00", "2026-02-09 18:00", "2026-02-08 08:00")];
        let papers = [papers[0], ("O21", papers[0].1, papers[0].2, papers[0].3)];
        house.records("leave", &leave(&papers), "2026-02-09").await;
        house.at("2026-03-04 06:40").await;
        assert_eq!(verdicts().await, before, "what was seen there before is judged by what was heard from there");
        house.at("2026-03-04 17:30").await;
        absent("2026-03-05", "V1.1 10:20 absent\nV2.1 10:25 absent").await;
        came("2026-03-05", "2026-03-06").await;
        let after = verdicts().await;
        assert_eq!(after.len(), 4, "{after:?}");
        let contradicted = after.iter().filter(|one| one.starts_with("O11 ") && one.contains("punch_contradicts"));
        assert_eq!(contradicted.count(), 2, "a device that is still there is heard: {after:?}");
    })
    .await;
}

#[tokio::test]
async fn names_of_regions_are_looked_up_and_a_wrong_one_is_told() {
    let house = House::new(setting("date,kind,name,source,region\n2026-03-04,holiday,x,county,云岭县督查办\n")).await;
    let day = "2026-03-04".parse().unwrap();
    let calendar = &house.ctx.calendar;
    assert_eq!(calendar.of("520699001").is_workday(day), Ok(false), "an office's name is its region's");
    assert_eq!((calendar.of("520698").is_workday(day), calendar.is_workday(day)), (Ok(true), Ok(true)));
    for (name, word) in [("无名乡", "no region"), ("青山镇", "")] {
        std::fs::write(house.path("calendar.csv"), format!("{HEAD}2026-03-04,holiday,x,county,{name}\n")).unwrap();
        let mut read = calendars::calendar(&house.ctx.config).unwrap();
        let done = calendars::name_regions(&mut read, &house.ctx.config, &house.ctx.store).await;
        match word {
            "" => assert_eq!(read.named_regions().collect::<Vec<_>>(), ["520699001"]),
            _ => {
                let trouble = done.map_err(Failure::trouble).err().unwrap();
                assert!(trouble.said.en.contains(word) && trouble.said.zh.contains(name), "{trouble:?}");
            }
        }
    }
    assert!(house.ctx.office(&office()).is_ok());
}
