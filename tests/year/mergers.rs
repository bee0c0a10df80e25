//! Villages become one: nothing is lost, nobody is hidden, and what was sealed is drawn as it was sealed.

use super::house::{EVE, House, Setting, ZONE, office, on_both, time, window};
use super::post::reply;
use super::records::{attendance, leave};
use spotcheck::draw::bundle::BundleKind;
use spotcheck::draw::verify;
use spotcheck::evidence::flag::Step;
use spotcheck::model::register::Name;
use spotcheck::model::{FlagState, PlaceId, ProgrammeId, Subject};
use spotcheck::registry::merger::Running;
use spotcheck::store::{HazardRow, looking};
use spotcheck::table::TemplateKind;
use spotcheck::work::bundles::{Selection, bundle, listed};
use spotcheck::work::decide::{Decision, decide};
use spotcheck::work::merge::{Merged, Request, merge};
use spotcheck::work::{Failure, explain, flags, person, reveal, setback};
use std::collections::BTreeSet;
use std::process::{Command, Output};

fn setting(teams: usize) -> Setting {
    Setting { teams, capacity: 1, programme: "place = \"village\"\n", ..Setting::default() }
}

fn request(parts: &[&str], into: &str) -> Request<'static> {
    Request {
        parts: parts.iter().map(|id| id.parse().unwrap()).collect(),
        into: into.parse().unwrap(),
        name: Some(Name::new("滨河新村", "")),
        township: None,
        position: None,
        exclusions: None,
        reason: "decision 12 of 2026",
        by: "Zhou Min",
        write: true,
    }
}

async fn merged(house: &House, request: &Request<'_>) -> Merged {
    merge(&house.ctx, request).await.unwrap_or_else(|failure| panic!("{failure:?}"))
}

async fn refused(house: &House, request: &Request<'_>) -> String {
    let trouble = merge(&house.ctx, request).await.map_err(Failure::trouble).expect_err("refused");
    assert!(!trouble.said.zh.is_empty());
    format!("{}: {}", trouble.field.unwrap_or_default(), trouble.said.en)
}

fn posts() -> ProgrammeId {
    "posts".parse().unwrap()
}

async fn waited(house: &House, place: &str) -> Option<u32> {
    let mut tx = house.ctx.store.read().await.unwrap();
    let sealed = tx.count_seals(&posts(), &office()).await.unwrap();
    let row: Option<HazardRow> = tx.hazard_of(&posts(), &office(), &place.parse::<PlaceId>().unwrap()).await.unwrap();
    row.map(|row| row.age(sealed))
}

/// Of each team and village: `T1 V9`, `V1 ..2026-03-03`.
async fn register(house: &House) -> Vec<String> {
    let mut tx = house.ctx.store.read().await.unwrap();
    let villages = tx.villages().await.unwrap().into_iter().map(|village| {
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        format!("{} {}..{}", village.id, day(village.active.from), day(village.active.to))
    });
    let teams = tx.teams().await.unwrap();
    villages.chain(teams.into_iter().map(|team| format!("{} {}", team.id, team.village))).collect()
}

#[tokio::test]
async fn teams_keep_their_ids_and_the_next_digest_names_who_left() {
    on_both(setting(3), |house| async move {
        house.import(TemplateKind::Contacts, "id,village,role,name,phone\nC1,V1,cadre,周强,13700130001\n").await;
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let drawn = house.lines(&window("2026-03-03", "am")).await;
        assert_eq!(drawn.len(), 3, "{drawn:?}");
        house.ctx.clock.set(time("2026-03-03 10:00"));
        let (before, log) = (register(&house).await, house.log().await.len());
        let told = merged(&house, &Request { write: false, ..request(&["V1", "V2"], "V9") }).await;
        assert_eq!(register(&house).await, before, "told, and nothing done");
        assert_eq!(house.log().await.len(), log);
        let done = merged(&house, &request(&["V1", "V2"], "V9")).await;
        assert!(done.written && !told.written);
        for found in [&told, &done] {
            assert_eq!(found.from.to_string(), "2026-03-04");
            assert_eq!((found.change.teams.len(), found.officials.len(), found.change.contacts.len()), (2, 4, 1));
            let open: BTreeSet<&str> = found.open.iter().map(|line| line.place.as_str()).collect();
            assert_eq!(open, BTreeSet::from(["V1", "V2"]), "lines in hand are named");
        }
        assert_eq!(
            register(&house).await,
            ["V1 ..2026-03-03", "V2 ..2026-03-03", "V3 ..", "V9 2026-03-04..", "T1 V9", "T2 V9", "T3 V3"]
        );
        house.at("2026-03-03 17:30").await;
        house.at("2026-03-03 18:31").await;
        let digest = house.letters("digest").await.pop().unwrap().text;
        let digest = digest.split_whitespace().collect::<Vec<_>>().join(" ");
        for wanted in ["Binhe 1", "Binhe 2", "Binhexin", "decision 12 of 2026"] {
            assert!(digest.contains(wanted), "{wanted}: {digest}");
        }
        house.at("2026-03-04 07:30").await;
        let places: Vec<String> = house.lines(&window("2026-03-04", "am")).await;
        assert!(places.len() == 2 && places[0].starts_with("V3 ") && places[1].starts_with("V9 "), "{places:?}");
        assert_eq!(house.lines(&window("2026-03-03", "am")).await, drawn, "history stays under the old names");
        house.at("2026-03-04 18:31").await;
        let digest = house.letters("digest").await.pop().unwrap().text;
        assert!(!digest.contains("Binhe 1"), "named once");
        let log = house.log().await;
        let entry = log.iter().find(|entry| entry.contains("\"kind\":\"merger\"")).unwrap();
        assert!(entry.contains("[\"V1\",\"V2\"]") && !entry.contains("Zhou"), "{entry}");
        let mergers = house.ctx.store.read().await.unwrap().mergers().await.unwrap();
        assert!(mergers.iter().all(|one| one.by == "Zhou Min" && one.reason == "decision 12 of 2026"));
        house.log_is_whole().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_sealed_before_is_drawn_under_the_old_names_with_the_people_of_then() {
    on_both(Setting { capacity: 2, ..setting(2) }, |house| async move {
        house.at(EVE).await;
        house.ctx.clock.set(time("2026-03-02 20:00"));
        let done = merged(&house, &request(&["V1"], "V2")).await;
        assert_eq!(done.sealed, [window("2026-03-03", "am")]);
        assert_eq!((done.from.to_string(), done.change.new), ("2026-03-04".to_owned(), false));
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1);
        let letter = house.letters("assignment").await.pop().unwrap().text;
        let of = |village: &str| {
            let mut tail = letter.split("滨河村").filter(|part| part.starts_with(village)).map(str::to_owned);
            tail.next().unwrap_or_else(|| panic!("{village}: {letter}"))
        };
        assert!(of("1").contains("王建国1") && !of("1").contains("王建国2"), "{letter}");
        assert!(of("2").contains("王建国2") && !of("2").contains("王建国1"), "{letter}");
        house.at("2026-03-03 17:30").await;
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1);
        assert_eq!(house.lines(&window("2026-03-04", "am")).await.len(), 1);
        let letter = house.letters("assignment").await.pop().unwrap().text;
        assert!(letter.contains("王建国1") && letter.contains("王建国2"), "{letter}");
        house.at("2026-03-18 12:00").await;
        house.ctx.clock.set(time("2026-03-20 17:00"));
        reveal::reveal_due(&house.ctx).await.unwrap();
        let all = listed(&house.ctx, &Selection::default()).await.unwrap();
        for day in ["2026-03-03", "2026-03-04"] {
            let of = all.iter().find(|listed| listed.window == window(day, "am")).unwrap();
            for kind in [BundleKind::Auditor, BundleKind::Public] {
                let text = bundle(&house.ctx, of, kind).await.unwrap();
                assert!(verify::check(&serde_json::from_str(&text).unwrap()).findings.is_empty(), "{day}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_longest_wait_is_handed_on_and_no_late_result_shortens_it() {
    on_both(setting(3), |house| async move {
        house.at(EVE).await;
        for day in ["2026-03-03", "2026-03-04", "2026-03-05"] {
            house.at(&format!("{day} 17:30")).await;
        }
        let executed = async |place: &str| {
            let mut tx = house.ctx.store.begin().await.unwrap();
            let row = tx.hazard_of(&posts(), &office(), &place.parse().unwrap()).await.unwrap().unwrap();
            let sealed = tx.count_seals(&posts(), &office()).await.unwrap();
            let (posts, office, place) = (posts(), office(), place.parse().unwrap());
            tx.mark_executed(&[(&posts, &office, &place, row.eligible(sealed))]).await.unwrap();
            tx.commit().await.unwrap();
        };
        executed("V2").await;
        executed("V3").await;
        let longest = waited(&house, "V1").await.unwrap();
        assert!(longest > 0 && waited(&house, "V2").await == Some(0), "{longest}");
        let done = merged(&house, &request(&["V1", "V2"], "V3")).await;
        assert_eq!((done.waits.len(), done.waits[0].part.as_str(), done.waits[0].windows), (1, "V1", longest));
        assert_eq!(waited(&house, "V3").await, Some(longest));
        executed("V1").await;
        assert_eq!(waited(&house, "V3").await, Some(longest), "a late result of a part");
        house.at("2026-03-06 17:30").await;
        house.at("2026-03-09 17:30").await;
        assert_eq!(waited(&house, "V3").await, Some(longest + 2));
        executed("V3").await;
        assert_eq!(waited(&house, "V3").await, Some(0), "a visit of the whole");
    })
    .await;
}

#[tokio::test]
async fn bars_hold_for_the_whole_and_what_is_out_of_the_draw_is_decided_by_a_person() {
    on_both(setting(4), |house| async move {
        house.at(EVE).await;
        house.import(TemplateKind::Recusals, "inspector,scope,target,reason\nI1,village,V1,brother\n").await;
        let out = "place,reason,from,to\nV1,road closed,2026-03-01,2026-03-31\nV2,old,2026-02-01,2026-02-20\n";
        house.import(TemplateKind::Exclusions, out).await;
        house
            .import(TemplateKind::Signals, "place,kind,reason,from,to\nV2,complaint,no 7,2026-03-01,2026-06-30\n")
            .await;
        let asked = request(&["V1", "V2"], "V9");
        let told = refused(&house, &asked).await;
        assert!(told.starts_with("--exclusions: ") && told.contains("road closed") && !told.contains("old"), "{told}");
        let carried =
            merged(&house, &Request { write: false, exclusions: Some(Running::Carry), ..asked.clone() }).await;
        let of = |found: &Merged| -> Vec<String> {
            let day = |day: Option<chrono::NaiveDate>| day.unwrap().to_string();
            let all = found.change.exclusions.iter();
            all.map(|one| format!("{} {}..{}", one.place, day(one.span.from), day(one.span.to))).collect()
        };
        assert_eq!(of(&carried), ["V1 2026-03-01..2026-03-03", "V9 2026-03-04..2026-03-31"]);
        let done = merged(&house, &Request { exclusions: Some(Running::End), ..asked }).await;
        assert_eq!(of(&done), ["V1 2026-03-01..2026-03-03"]);
        let mut tx = house.ctx.store.read().await.unwrap();
        let bars: Vec<String> = tx.recusals().await.unwrap().iter().map(|one| one.scope.value().to_owned()).collect();
        assert_eq!(bars, ["V1", "V9"]);
        let signals: Vec<String> = tx.all_signals().await.unwrap().iter().map(|one| one.place.to_string()).collect();
        assert_eq!(signals, ["V2", "V9"]);
        drop(tx);
        // The one inspector is barred from it by now.
        let why = explain::day(&house.ctx, &"V9".parse().unwrap(), Some("2026-03-04".parse().unwrap())).await.unwrap();
        assert!(why.json.to_string().contains("no_inspector"), "{}", why.json);
    })
    .await;
}

#[tokio::test]
async fn an_old_file_opens_no_merged_village_again_and_says_so() {
    on_both(setting(4), |house| async move {
        house.at(EVE).await;
        merged(&house, &request(&["V1", "V2"], "V9")).await;
        let before = register(&house).await;
        let villages = "id,name,name_latin,township_code,township,township_latin\nV1,滨河村1,Binhe 1,520699001,青山镇,Qingshan\n\
                        V2,滨河村2,Binhe 2,520699001,青山镇,Qingshan\nV3,滨河村3,Binhe 3,520699001,青山镇,Qingshan\n\
                        V4,滨河村4,Binhe 4,520699001,青山镇,Qingshan\n";
        let found = house.import(TemplateKind::Villages, villages).await;
        let warned: Vec<&str> = found.warnings.iter().map(|one| one.said.en.as_str()).collect();
        assert!(warned.len() == 2 && warned[0].contains("“V1” became part of “V9” on 2026-03-04"), "{warned:?}");
        assert_eq!(register(&house).await, before, "the whole is not ended either, though the file lacks it");
        let teams = "id,village,name,name_latin,sending_unit\nT1,V1,驻滨河村1工作队,Binhe team 1,县水利局\n\
                     T2,V2,驻滨河村2工作队,Binhe team 2,县水利局\nT3,V3,驻滨河村3工作队,Binhe team 3,县水利局\n\
                     T4,V4,驻滨河村4工作队,Binhe team 4,县水利局\n";
        let found = house.import(TemplateKind::Teams, teams).await;
        assert_eq!((found.warnings.len(), found.changed), (2, 0), "{found:?}");
        assert_eq!(register(&house).await, before);
        for (asked, field, word) in [
            (request(&["V1"], "V3"), "VILLAGES", "already"),
            (request(&["V7"], "V3"), "VILLAGES", "not in the register"),
            (request(&["V3"], "V3"), "VILLAGES", "at least one other"),
            (Request { name: None, ..request(&["V3"], "V8") }, "--name", "how is the new village called"),
            (Request { township: Some("999".into()), ..request(&["V3"], "V8") }, "--township", "no township"),
            (Request { by: " ", ..request(&["V3"], "V8") }, "--by", ""),
        ] {
            let told = refused(&house, &asked).await;
            assert!(told.starts_with(&format!("{field}: ")) && told.contains(word), "{told}");
        }
        // A merged village becomes part of another one in its turn.
        merged(&house, &request(&["V9"], "V3")).await;
        let found = house.import(TemplateKind::Teams, teams).await;
        assert!(found.warnings.iter().all(|one| one.said.zh.contains("“V3”")), "{:?}", found.warnings);
        assert!(register(&house).await.contains(&"T1 V3".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn open_cases_and_records_go_through_a_move_and_a_merger() {
    on_both(Setting { teams: 3, capacity: 4, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let letter = house.letter("assignment").await;
        house.ctx.clock.set(time("2026-03-03 10:40"));
        let lines = house.lines(&window("2026-03-03", "am")).await;
        assert!(lines.iter().all(|line| line.contains(" visit ")), "{lines:?}");
        house.deliver(&reply(&letter, "a", "V1.1 10:20 absent\nV2.1 10:40 absent\nV3.1 10:50 absent").bytes()).await;
        house.at("2026-03-03 10:40").await;
        house.ctx.clock.set(time("2026-03-04 06:00"));
        house.records("punches", &attendance(&[]), "2026-03-03").await;
        house.records("leave", &leave(&[]), "2026-03-03").await;
        house.at("2026-03-04 06:10").await;
        let cases = async || {
            let mut all: Vec<String> = flags::cases(&house.ctx, Some(FlagState::Open), true)
                .await
                .unwrap()
                .iter()
                .map(|case| format!("{} {}", case.standing.flag.official, case.village.own))
                .collect();
            all.sort();
            all
        };
        let open = cases().await;
        assert_eq!(open, ["O11 滨河村1", "O21 滨河村2", "O31 滨河村3"]);
        let record = async |team: &str| {
            let subject = Subject::Team(team.parse().unwrap());
            let (from, to) = ("2026-03-01".parse().unwrap(), "2026-03-31".parse().unwrap());
            person::record(&house.ctx, &subject, from, to).await.unwrap()
        };
        let before = (record("T1").await.checks, record("T2").await.checks);
        assert!(!before.0.is_empty());
        // T1 moves to V3 by a register, T2 with its village.
        let teams = "id,village,name,name_latin,sending_unit\nT1,V3,驻滨河村1工作队,Binhe team 1,县水利局\n\
                     T2,V2,驻滨河村2工作队,Binhe team 2,县水利局\nT3,V3,驻滨河村3工作队,Binhe team 3,县水利局\n";
        assert_eq!(house.import(TemplateKind::Teams, teams).await.changed, 1);
        merged(&house, &request(&["V2"], "V9")).await;
        assert_eq!(cases().await, open, "what was seen was seen there");
        assert_eq!((record("T1").await.checks, record("T2").await.checks), before);
        assert_eq!(record("T2").await.village.own, "滨河新村");
        let case = flags::cases(&house.ctx, Some(FlagState::Open), true).await.unwrap();
        let case = case.iter().find(|case| case.standing.flag.official.as_str() == "O21").unwrap();
        let id = case.standing.flag.id.parse().unwrap();
        let asked = Decision { case: &id, step: Step::Ask, by: "Li Hua", reason: "nobody there" };
        assert_eq!(decide(&house.ctx, &asked).await.unwrap(), Some(FlagState::Asked));
    })
    .await;
}

#[tokio::test]
async fn the_command_tells_first_and_does_it_when_it_is_told_to() {
    let house = House::new(setting(3)).await;
    house.at(EVE).await;
    house.simulated().await;
    let run = |language: &str, more: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
        command.args(["village", "merge", "V1,V2", "--into", "V9", "--name", "滨河新村", "--by", "周敏"]);
        command.args(["--reason", "县政府2026年第12号文", "--lang", language]).args(more);
        command.arg("--config").arg(house.path("spotcheck.toml"));
        command.args(["--now", &house.ctx.now().rfc3339(ZONE)]).output().unwrap()
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    for (language, wanted, told) in [("en", "2 teams, 4 officials", "--yes"), ("zh", "工作队2支、队员4人", "尚未写入")]
    {
        let done = run(language, &[]);
        assert!(done.status.success() && text(&done.stdout).contains(wanted), "{}", text(&done.stdout));
        assert!(text(&done.stderr).contains(told), "{}", text(&done.stderr));
    }
    assert!(!register(&house).await.iter().any(|line| line.starts_with("V9")));
    let done = run("en", &["--yes", "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((told["written"].as_bool(), told["into"].as_str()), (Some(true), Some("V9")));
    assert!(register(&house).await.contains(&"T2 V9".to_owned()));
    assert_eq!(run("en", &["--yes"]).status.code(), Some(2), "once");
}

#[tokio::test]
async fn what_a_command_logs_and_marks_during_a_look_is_no_database_that_was_set_back() {
    let house = House::new(setting(3)).await;
    house.at(EVE).await;
    house.simulated().await;
    // As between two runs from cron: nobody holds the chains.
    house.ctx.let_go().await;
    looking(async {
        let before = house.ctx.store.read().await.unwrap().villages().await.unwrap().len();
        let done = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
            .args(["village", "merge", "V1,V2", "--into", "V9", "--name", "滨河新村", "--by", "周敏"])
            .args(["--reason", "县政府2026年第12号文", "--yes", "--config"])
            .arg(house.path("spotcheck.toml"))
            .args(["--now", &house.ctx.now().rfc3339(ZONE)])
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let seen = house.ctx.store.read().await.unwrap().villages().await.unwrap().len();
        assert_eq!(seen, before, "the look goes on");
        let noticed = setback::notice(&house.ctx).await.unwrap();
        assert!(!noticed.set_back && noticed.unasked.is_none(), "{noticed:?}");
    })
    .await;
    assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1);
    assert!(house.voids().await.is_empty());
}
