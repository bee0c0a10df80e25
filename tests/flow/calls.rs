//! Calls that come back: in their slot, to whoever may be rung, until something settles them.

use super::house::{EVE, House, Setting, ZONE, office, on_both, time, window};
use super::post::{Read, Reply, reply};
use spotcheck::model::{AssignmentId, InspectorId, Line, Outcome};
use spotcheck::store::Ids;
use spotcheck::table::TemplateKind;
use spotcheck::work::away::{Absence, note};
use spotcheck::work::calls::told;
use spotcheck::work::explain_window;
use spotcheck::work::record::{Entry, record};
use std::process::Command;

const DAY: &str = "2026-03-03";

/// One visit (V1) and one call (C1).
fn one_call() -> Setting {
    Setting { teams: 2, ..Setting::default() }
}

async fn released(house: &House) -> Read {
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    assert!(letter.text.contains("C1 CALL"), "{letter:?}");
    letter
}

async fn answered(house: &House, moment: &str, mail: Reply<'_>) {
    house.ctx.clock.set(time(moment));
    house.deliver(&mail.bytes()).await;
    house.at(moment).await;
}

/// Letters of assignments, newest last, that were not there yet.
async fn new_letters(house: &House, known: usize) -> Vec<Read> {
    house.letters("assignment").await.split_off(known)
}

/// The further tries of a day's calls: `2 03-03 10:15-12:00 I1`.
async fn tries(house: &House) -> Vec<String> {
    let mut tx = house.ctx.store.read().await.unwrap();
    let am = window(DAY, "am");
    let lines = tx.lines_of_window(&am).await.unwrap();
    let all = tx.call_tries(lines.iter().map(|line| (&am, &line.place))).await.unwrap();
    let mut told: Vec<String> = Vec::new();
    for one in all.values().flatten().filter(|one| one.number > 1) {
        let line: Line = serde_json::from_str(&one.detail).unwrap();
        let (from, to) = (line.from.local(ZONE).format("%m-%d %H:%M"), line.to.local(ZONE).format("%H:%M"));
        told.push(format!("{} {from}-{to} {}", one.number, one.inspector));
    }
    told
}

/// Calls that are not over: `due 1`.
async fn open(house: &House) -> Vec<String> {
    let mut tx = house.ctx.store.read().await.unwrap();
    let all = told::list(&house.ctx, &mut tx, &Ids::new([office().as_str()])).await.unwrap();
    all.iter().map(|one| format!("{} {}", one.task.state, one.tries)).collect()
}

/// How the call of the first day ended.
async fn state(house: &House) -> String {
    let lines = house.lines(&window(DAY, "am")).await;
    lines.iter().find(|line| line.contains(" call ")).unwrap().rsplit(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_busy_line_is_tried_again_the_same_morning_and_an_appointment_is_kept() {
    on_both(one_call(), |house| async move {
        let letter = released(&house).await;
        answered(&house, "2026-03-03 09:40", reply(&letter, "a", "V1 present\nC1 busy")).await;
        assert_eq!(open(&house).await, ["due 1"]);
        assert!(new_letters(&house, 1).await.is_empty(), "its slot has not come");
        house.at("2026-03-03 09:45").await;
        let again = new_letters(&house, 1).await.remove(0);
        assert_eq!(tries(&house).await, ["2 03-03 10:15-12:00 I1"]);
        assert!(again.text.contains("Call times: 10:15-12:00.") && again.text.contains("try 2"), "{}", again.text);
        assert_ne!(again.assignment(), letter.assignment(), "a letter of its own, with its own reference");
        let sheets = house.letters("sheet").await;
        assert!(sheets.last().unwrap().text.contains("Calls that come back"), "{:?}", sheets.last());
        house.at("2026-03-03 09:50").await;
        assert_eq!(new_letters(&house, 2).await, [], "given out once");

        answered(&house, "2026-03-03 10:40", reply(&again, "b", "C1 callback 15:30")).await;
        house.at("2026-03-03 14:59").await;
        assert_eq!(new_letters(&house, 2).await, []);
        house.at("2026-03-03 15:00").await;
        let third = new_letters(&house, 2).await.remove(0);
        assert!(third.text.contains("Call times: 15:30-16:00.") && third.text.contains("try 3"), "{}", third.text);

        // The next morning's letter comes first: the try goes with it.
        answered(&house, "2026-03-03 15:50", reply(&third, "c", "C1 no answer")).await;
        house.at("2026-03-03 17:30").await;
        house.at("2026-03-03 18:30").await;
        let digest = house.letters("digest").await.pop().unwrap();
        assert!(digest.text.contains("1 to be tried again"), "{}", digest.text);
        house.at("2026-03-04 07:30").await;
        let morning = new_letters(&house, 3).await;
        assert_eq!(morning.len(), 1, "{morning:?}");
        assert!(morning[0].text.contains("V1 VISIT") && morning[0].text.contains("try 4"), "{}", morning[0].text);
        assert_eq!(tries(&house).await.last().unwrap(), "4 03-04 08:30-10:15 I1");
        answered(&house, "2026-03-04 09:00", reply(&morning[0], "d", "C2 reached, present")).await;
        assert_eq!(open(&house).await, [""; 0]);
        house.at("2026-03-17 00:00").await;
        assert_eq!(state(&house).await, "open", "its last letter can still be answered");
        house.at("2026-03-18 00:00").await;
        assert_eq!(state(&house).await, "answered");
    })
    .await;
}

#[tokio::test]
async fn attempts_are_used_up_after_six_and_only_then_is_somebody_unreachable() {
    on_both(one_call(), |house| async move {
        let letter = released(&house).await;
        answered(&house, "2026-03-03 09:40", reply(&letter, "a", "V1 present\nC1 no answer")).await;
        let (mut at, mut round) = (time("2026-03-03 09:45"), 0);
        while tries(&house).await.len() < 5 {
            let known = tries(&house).await.len();
            at = at.plus(15 * 60_000);
            let moment = at.local(ZONE).format("%Y-%m-%d %H:%M").to_string();
            house.at(&moment).await;
            let all = tries(&house).await;
            let Some(last) = all.get(known) else { continue };
            let letter = house.letters("assignment").await.pop().unwrap();
            let number = format!("try {}", last.split(' ').next().unwrap());
            let line = letter.text.lines().find(|line| line.starts_with('C') && line.contains(&number));
            let code = line.unwrap_or_else(|| panic!("{}", letter.text)).split(' ').next().unwrap().to_owned();
            assert!(house.verdicts().await.iter().all(|v| !v.contains("unreachable")), "attempts are left");
            round += 1;
            at = at.plus(45 * 60_000);
            let moment = at.local(ZONE).format("%Y-%m-%d %H:%M").to_string();
            let said = format!("{code} no answer");
            answered(&house, &moment, reply(&letter, &format!("r{round}"), &said)).await;
        }
        assert_eq!(open(&house).await, [""; 0]);
        let verdicts = house.verdicts().await;
        assert_eq!(verdicts.iter().filter(|v| v.ends_with("unreachable low")).count(), 1, "{verdicts:?}");
        house.at("2026-03-31 00:00").await;
        assert_eq!(state(&house).await, "attempts_used_up");
    })
    .await;
}

#[tokio::test]
async fn one_try_that_nobody_answered_is_no_answer_of_anybody() {
    on_both(one_call(), |house| async move {
        let letter = released(&house).await;
        answered(&house, "2026-03-03 09:40", reply(&letter, "a", "V1 present\nC1 no answer")).await;
        house.at("2026-03-03 14:00").await;
        assert_eq!(tries(&house).await, ["2 03-03 14:30-16:15 I1"]);
        house.at("2026-03-31 00:00").await;
        assert_eq!(state(&house).await, "no_reply", "the inspector never said what came of the second");
        assert!(house.verdicts().await.iter().all(|v| !v.contains("unreachable")));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_number_leads_to_the_next_one_and_a_villager_rests() {
    on_both(one_call(), |house| async move {
        let contacts = "id,village,name,name_latin,role,phone\nK1,V1,李娜,Li Na,villager,13700130001\nK2,V1,周明,Zhou Ming,office,010-5550-0101\n\
                        K3,V2,吴兰,Wu Lan,villager,13700130003\nK4,V2,郑和,Zheng He,office,010-5550-0102\n";
        assert!(house.import(TemplateKind::Contacts, contacts).await.rejects.is_empty());
        let mut letter = released(&house).await;
        let mut rung = Vec::new();
        let mut at = time("2026-03-03 09:30");
        // Two officials, a villager, the village's office: everybody once, in order after the first.
        for round in 0..4 {
            let moment = at.local(ZONE).format("%Y-%m-%d %H:%M").to_string();
            let line = letter.text.lines().find(|line| line.starts_with("C1 CALL")).unwrap().to_owned();
            rung.push(line.clone());
            answered(&house, &moment, reply(&letter, &format!("w{round}"), "C1 wrong number")).await;
            at = at.plus(5 * 60_000);
            house.at(&at.local(ZONE).format("%Y-%m-%d %H:%M").to_string()).await;
            let known = round + 1;
            match new_letters(&house, known).await.pop() {
                Some(next) => letter = next,
                None => assert_eq!(round, 3, "{rung:?}"),
            }
        }
        let said = |word: &str| rung.iter().filter(|line| line.contains(word)).count();
        assert_eq!((said("villager"), said("village office"), said("team lead"), said("member")), (1, 1, 1, 1), "{rung:?}");
        assert_eq!(open(&house).await, [""; 0], "nobody is left");
        house.at("2026-03-31 00:00").await;
        assert_eq!(state(&house).await, "answered");
    })
    .await;
}

#[tokio::test]
async fn a_villager_who_was_rung_rests_and_one_who_refused_is_left_alone() {
    on_both(Setting { teams: 6, ..Setting::default() }, |house| async move {
        // Only villagers can be rung.
        let mut contacts = "id,village,name,name_latin,role,phone\n".to_owned();
        let mut officials = "id,team,name,name_latin,role,phone,device_number\n".to_owned();
        for n in 1..=6 {
            contacts.push_str(&format!("K{n},V{n},李娜{n},Li Na {n},villager,1370013000{n}\n"));
            officials.push_str(&format!(
                "O{n}1,T{n},王建国{n},Wang Jianguo {n},lead,,{n}1\nO{n}2,T{n},刘敏{n},Liu Min {n},member,,{n}2\n"
            ));
        }
        assert!(house.import(TemplateKind::Officials, &officials).await.rejects.is_empty());
        assert!(house.import(TemplateKind::Contacts, &contacts).await.rejects.is_empty());
        let letter = released(&house).await;
        answered(&house, "2026-03-03 09:40", reply(&letter, "a", "V1 present\nC1 reached\nC2 refused\nC3 not done"))
            .await;
        let quiet = async |day: &str| {
            let all: Vec<String> = (1..=6).map(|n| format!("K{n}")).collect();
            let ids = Ids::new(all.iter().map(String::as_str));
            house.ctx.store.read().await.unwrap().quiet_among(&ids, day.parse().unwrap()).await.unwrap().len()
        };
        assert_eq!(quiet("2026-03-04").await, 2, "whoever was not rung does not rest");
        assert_eq!((quiet("2026-06-01").await, quiet("2026-06-02").await), (2, 1), "ninety days, or for ever");
        assert_eq!(quiet("2036-06-02").await, 1);
        house.at("2026-03-03 17:30").await;
        house.at("2026-03-04 07:30").await;
        let morning = new_letters(&house, 1).await.pop().unwrap();
        let calls = morning.text.lines().filter(|line| line.starts_with('C') && line.contains(" CALL")).count();
        assert!(calls <= 4, "two of six villagers are left alone: {}", morning.text);
        answered(&house, "2026-03-04 09:00", reply(&letter, "k", "correction C2 not done")).await;
        assert_eq!(quiet("2026-06-02").await, 0, "what is taken back leaves nobody alone");
    })
    .await;
}

#[tokio::test]
async fn the_inspectors_word_hands_a_call_to_the_office_and_the_desk_ends_it() {
    on_both(one_call(), |house| async move {
        let letter = released(&house).await;
        answered(&house, "2026-03-03 09:40", reply(&letter, "a", "V1 present\nC1 no answer; supervisor")).await;
        assert_eq!(open(&house).await, ["office 1"]);
        house.at("2026-03-03 14:30").await;
        assert!(new_letters(&house, 1).await.is_empty(), "nobody is asked to ring");
        house.at("2026-03-03 18:30").await;
        let digest = house.letters("digest").await.pop().unwrap();
        let command = format!("spotcheck record {} C1", letter.assignment());
        assert!(digest.text.replace('\n', " ").contains(&command), "{}", digest.text);
        let id = AssignmentId::parse(&letter.assignment()).unwrap();
        let entry = Entry {
            assignment: &id,
            code: "C1",
            outcome: Outcome::Reached,
            at: None,
            remark: "",
            said_by: "Chen Fang",
            typed_by: "Chen Fang",
        };
        record(&house.ctx, &entry).await.unwrap();
        house.at("2026-03-03 19:00").await;
        assert_eq!(open(&house).await, [""; 0]);
        house.at("2026-03-17 00:00").await;
        assert_eq!(state(&house).await, "answered");
    })
    .await;
}

#[tokio::test]
async fn where_the_inspector_is_away_somebody_rings_whom_nothing_bars() {
    on_both(one_call(), |house| async move {
        let staff = "id,name,name_latin,email,language,visits,calls\nI1,赵新,Zhao Xin,zhaoxin@field.example,en,1,20\n\
                     I2,钱进,Qian Jin,qianjin@field.example,en,0,20\nI3,孙立,Sun Li,sunli@field.example,en,0,20\n";
        assert!(house.import(TemplateKind::Inspectors, staff).await.rejects.is_empty());
        let recused = "inspector,scope,target,reason\nI2,village,V1,kin\nI2,village,V2,kin\n";
        let recused = house.import(TemplateKind::Recusals, recused).await;
        assert!(recused.rejects.is_empty(), "{recused:?}");
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let letters = house.letters("assignment").await;
        let letter = letters.iter().find(|letter| letter.text.contains("C1 CALL")).unwrap().clone();
        let mut mail = reply(&letter, "a", "C1 no answer");
        (mail.from, mail.proof) =
            (&letter.to, "dkim=pass header.d=field.example; dmarc=pass header.from=field.example");
        answered(&house, "2026-03-03 09:40", mail).await;
        let first = if letter.to.starts_with("zhaoxin") { "I1" } else { "I3" };
        let day = DAY.parse().unwrap();
        let who = first.parse().unwrap();
        note(&house.ctx, &Absence { inspector: &who, from: day, to: day, half: None, reason: "ill", by: "desk" })
            .await
            .unwrap();
        house.at("2026-03-03 14:00").await;
        let other = if first == "I1" { "I3" } else { "I1" };
        assert_eq!(tries(&house).await, [format!("2 03-03 14:30-16:15 {other}")]);

        // That one falls ill too, with the letter in hand.
        let ill: InspectorId = other.parse().unwrap();
        note(&house.ctx, &Absence { inspector: &ill, from: day, to: day, half: None, reason: "ill", by: "desk" })
            .await
            .unwrap();
        house.at("2026-03-03 15:00").await;
        assert_eq!(tries(&house).await, [""; 0], "taken back, and nobody else may ring today");
        let told = house.letters("change").await.pop().unwrap();
        assert!(told.text.contains("C1 of your assignment"), "{}", told.text);
        house.at("2026-03-04 09:45").await;
        assert_eq!(tries(&house).await, [format!("2 03-04 10:15-12:00 {first}")], "tomorrow the first one is back");
    })
    .await;
}

#[tokio::test]
async fn a_try_is_taken_back_when_a_late_word_settles_the_call() {
    on_both(one_call(), |house| async move {
        let letter = released(&house).await;
        answered(&house, "2026-03-03 09:40", reply(&letter, "a", "V1 present\nC1 no answer")).await;
        house.at("2026-03-03 14:00").await;
        assert_eq!(tries(&house).await.len(), 1);
        answered(&house, "2026-03-03 14:10", reply(&letter, "b", "correction C1 reached")).await;
        assert_eq!((open(&house).await, tries(&house).await), (vec![], vec![]));
        let told = house.letter("change").await;
        assert!(told.text.contains("settled by what was reported"), "{}", told.text);
        house.at("2026-03-04 09:00").await;
        house.at("2026-03-31 09:00").await;
        assert_eq!(state(&house).await, "answered");
        let about = told.assignment();
        assert!(
            house.letters("reminder").await.iter().all(|one| one.assignment() != about),
            "nobody is reminded of it"
        );
    })
    .await;
}

#[tokio::test]
async fn several_people_are_asked_and_what_they_say_is_compared_and_no_verdict() {
    on_both(Setting { office: "call_people = 2\n", ..one_call() }, |house| async move {
        let letter = released(&house).await;
        let first = letter.text.lines().find(|line| line.starts_with("C1 CALL")).unwrap().to_owned();
        answered(&house, "2026-03-03 10:20", reply(&letter, "a", "V1 present\nC1 present")).await;
        house.at("2026-03-03 11:00").await;
        let second = new_letters(&house, 1).await.remove(0);
        let line = second.text.lines().find(|line| line.starts_with("C1 CALL")).unwrap().to_owned();
        assert!(line.contains("team lead") != first.contains("team lead"), "somebody else: {first} {line}");
        answered(&house, "2026-03-03 11:20", reply(&second, "b", "C1 absent")).await;
        assert_eq!(open(&house).await, [""; 0], "two were asked");
        house.at("2026-03-03 18:30").await;
        let digest = house.letters("digest").await.pop().unwrap();
        assert!(digest.text.replace('\n', " ").contains("say different things"), "{}", digest.text);
        let calls = house.verdicts().await.into_iter().filter(|v| v.contains(" - ")).count();
        assert!(calls >= 2, "no verdict on anybody by telephone");
        assert!(house.ctx.store.read().await.unwrap().flags(None).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn open_calls_are_listed_and_explained_without_names() {
    let house = House::new(one_call()).await;
    house.simulated().await;
    let letter = released(&house).await;
    answered(&house, "2026-03-03 09:40", reply(&letter, "a", "V1 present\nC1 no answer")).await;
    let config = house.path("spotcheck.toml");
    let said = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
        command.arg("--config").arg(&config).args(["--now", "2026-03-03T10:00:00+08:00"]).args(args);
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    let listed: serde_json::Value = serde_json::from_str(&said(&["calls", "--json"])).unwrap();
    assert_eq!((listed[0]["tries"].as_u64(), listed[0]["state"].as_str()), (Some(1), Some("due")), "{listed}");
    assert_eq!(listed[0]["from"], "2026-03-03T14:30:00+08:00");
    let (english, chinese) = (said(&["--lang", "en", "calls"]), said(&["--lang", "zh", "calls"]));
    assert!(english.contains("to be tried again") && chinese.contains("待再次拨打"), "{english}{chinese}");
    assert!(!english.contains("Binhe") && !english.contains("Liu Min"), "{english}");
    let lines = house.lines(&window(DAY, "am")).await;
    let place = lines.iter().find(|line| line.contains(" call ")).unwrap().split(' ').next().unwrap().to_owned();
    let why = explain_window::window(&house.ctx, &place.parse().unwrap(), &window(DAY, "am"), None).await.unwrap();
    assert_eq!(why.json["tries"][0]["outcome"], "no_answer", "{}", why.json);
}
