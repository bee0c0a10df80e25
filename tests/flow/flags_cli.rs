//! `spotcheck flags` and `spotcheck complaints` as the desk uses them, in both languages.

use super::due_process::{VILLAGER, flagged, tells_nothing_of_the_villager};
use super::house::{House, Setting, time};
use std::process::Command;

/// Exit code, what it said and what it said beside.
pub fn run(house: &House, moment: &str, line: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
        .args(["--now", &time(moment).to_string(), "--config"])
        .arg(house.path("spotcheck.toml"))
        .args(line)
        .env("SPOTCHECK_LOG", "error")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn a_flag_from_the_list_to_its_end_on_paper() {
    let house = House::new(Setting::default()).await;
    house.simulated().await;
    let case = flagged(&house, "", "").await;
    let id = case.as_str();
    let en = |moment: &str, line: &[&str]| run(&house, moment, &[&["--lang", "en", "flags"], line].concat());
    let zh = |moment: &str, line: &[&str]| run(&house, moment, &[&["--lang", "zh", "flags"], line].concat());
    let by = ["--by", "Li Hua", "--reason", "nobody there"];
    let wednesday = "2026-03-04 09:00";

    assert!(zh(wednesday, &["list"]).1.contains(&format!("{id}  2026-03-04 06:00  待处理")));
    let (code, _, trouble) = zh(wednesday, &["decide", "F-1", "ask", by[0], by[1], by[2], by[3]]);
    assert!(code == 2 && trouble.contains("不是疑点、投诉或复查编号"), "{trouble}");
    let (code, _, trouble) = en(wednesday, &["decide", "F-00000000", "ask", by[0], by[1], by[2], by[3]]);
    assert!(code == 2 && trouble.contains("there is no F-00000000"), "{trouble}");
    let (code, _, trouble) = zh(wednesday, &["decide", id, "punish", by[0], by[1], by[2], by[3]]);
    assert!(code == 2 && trouble.contains("ask（要求说明）") && trouble.contains("apply（落实处理）"), "{trouble}");
    let (code, _, trouble) = en(wednesday, &["print", id]);
    assert!(code == 2 && trouble.contains("no letter"), "{trouble}");
    assert_eq!(en(wednesday, &["decide", id, "ask", by[0], by[1], by[2], by[3]]).1, format!("{id}  asked\n"));
    assert!(en(wednesday, &["list"]).1.contains("[please-explain letter to be handed over]"));

    let page = house.path("letter.html");
    let out = page.to_str().unwrap();
    assert_eq!(zh(wednesday, &["print", id, "--out", out]).0, 0);
    let printed = std::fs::read_to_string(&page).unwrap();
    tells_nothing_of_the_villager(&printed);
    assert_eq!(en(wednesday, &["print", &id.to_lowercase()]).1, printed);
    let (code, _, trouble) = zh(wednesday, &["print", id, "--out", out]);
    assert!(code == 2 && trouble.contains("文件已存在"), "nothing is overwritten: {trouble}");

    for (on, expected) in [("soon", "“soon”不是日期"), ("2026-03-05", "送达日期应在两者之间")] {
        let (code, _, trouble) = zh(wednesday, &["handed", id, "--by", "Li Hua", "--on", on]);
        assert!(code == 2 && trouble.contains("--on") && trouble.contains(expected), "{trouble}");
    }
    let (code, said, _) = en(wednesday, &["handed", id, "--by", "Li Hua", "--on", "2026-03-04"]);
    assert_eq!((code, said.as_str()), (0, "entered; the answer is awaited until 2026-03-11\n"));
    assert_eq!(en(wednesday, &["list", "--due"]).1, "no flags\n");
    let thursday = "2026-03-12 09:00";
    assert!(zh(thursday, &["list", "--due"]).1.contains("[逾期未说明（期限2026-03-11）]"));
    let (_, json, _) = en(thursday, &["list", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let fields = |name: &str| json[0][name].clone();
    assert_eq!((fields("overdue"), fields("answer_by")), (true.into(), "2026-03-11".into()));
    assert_eq!((json[0]["ladder"]["number"].as_i64(), json[0]["ladder"]["stands"].as_bool()), (Some(1), Some(false)));
    assert!(json[0]["ladder"]["consequence"]["zh-Hans"].as_str().unwrap().contains("优秀"));

    let (code, _, trouble) = en(thursday, &["answer", id, "--by", "Li Hua", "--from", "Liu Min"]);
    assert!(code == 2 && trouble.contains("nothing to file"), "{trouble}");
    let missing = ["answer", id, "--by", "Li Hua", "--from", "Liu Min", "--file", "/nowhere/scan.pdf"];
    let (code, _, trouble) = zh(thursday, &missing);
    assert!(code == 2 && trouble.contains("/nowhere/scan.pdf") && trouble.contains("无法读取"), "{trouble}");
    let scan = house.path("scan of 3 March.pdf");
    std::fs::write(&scan, b"a scan").unwrap();
    let scan = scan.to_str().unwrap();
    let files = ["answer", id, "--by", "Li Hua", "--from", "Liu Min", "--file", scan, "--text", "Fetching seed."];
    assert_eq!(zh(thursday, &files).1, format!("{id}  已说明\n"));
    let shown = en(thursday, &["show", id]).1;
    for seen in
        ["Letters", "on paper", "1. 2026-03-12 09:00  explanation  Liu Min  (entered by Li Hua)", "| Fetching seed."]
    {
        assert!(shown.contains(seen), "{seen} is missing in\n{shown}");
    }
    assert!(shown.contains("1) scan_of_3_March.pdf  6 bytes  SHA-256 ") && shown.contains("If confirmed: 1st absence"));
    let folder = house.path("papers");
    std::fs::create_dir(&folder).unwrap();
    let saved = en(thursday, &["save", id, folder.to_str().unwrap()]).1;
    assert_eq!(saved, format!("{id}-1.txt\n{id}-1-1-scan_of_3_March.pdf\n"));
    assert_eq!(std::fs::read(folder.join(format!("{id}-1-1-scan_of_3_March.pdf"))).unwrap(), b"a scan");

    let (code, _, trouble) = zh(thursday, &["decide", id, "appeal", by[0], by[1], by[2], by[3]]);
    assert!(code == 2 && trouble.contains("flags appeal"), "{trouble}");
    let reason = format!("{} says so", VILLAGER[0]);
    let (code, _, trouble) = zh(thursday, &["decide", id, "confirm", "--by", "Li Hua", "--reason", &reason]);
    assert!(code == 2 && trouble.contains("不得透露消息来源") && !trouble.contains(VILLAGER[0]), "{trouble}");
    assert_eq!(en(thursday, &["decide", id, "dismiss", by[0], by[1], by[2], by[3]]).1, format!("{id}  dismissed\n"));
    let (code, _, warned) = en(thursday, &["answer", id, "--by", "Li Hua", "--from", "Liu Min", "--text", "And more."]);
    assert!(code == 1 && warned.contains("after the decision"), "{warned}");
    assert!(en(thursday, &["show", id]).1.contains("(too late to count)"));
}

#[tokio::test]
async fn a_complaint_is_entered_listed_and_asked_about() {
    let house = House::new(Setting::default()).await;
    house.simulated().await;
    let now = "2026-03-02 10:00";
    let run = |language: &str, line: &[&str]| run(&house, now, &[&["--lang", language, "complaints"], line].concat());
    assert_eq!(run("zh", &["list"]).1, "没有投诉\n");
    let open = |inspector: &'static str, by: &'static str| {
        ["open", "--inspector", inspector, "--by", by, "--from", VILLAGER[0], "--text", "never left the car"]
    };
    let (code, _, trouble) = run("en", &open("I9", "Li Hua"));
    assert!(code == 2 && trouble.contains("no inspector I9"), "{trouble}");
    let (code, _, trouble) = run("zh", &open("I1", "赵新"));
    assert!(code == 2 && trouble.contains("被投诉检查员以外的人"), "{trouble}");
    let (code, id, hint) = run("zh", &open("I1", "Li Hua"));
    let id = id.trim();
    assert!(code == 0 && id.starts_with("C-") && hint.contains("检查员会看到"), "{id}{hint}");
    assert!(run("en", &["list", "--state", "open"]).1.contains("open  赵新 Zhao Xin"));
    let shown = run("en", &["show", id]).1;
    assert!(shown.contains("For the office alone") && shown.contains("| never left the car"), "{shown}");
    let ask = ["decide", id, "ask", "--by", "Li Hua", "--reason", "Did you enter the village?"];
    assert_eq!(run("zh", &ask).1, format!("{id}  已要求说明\n"));
    let page = run("en", &["print", id]).1;
    assert!(page.contains("Did you enter the village?"), "{page}");
    tells_nothing_of_the_villager(&page);
    let json: serde_json::Value = serde_json::from_str(&run("en", &["list", "--json"]).1).unwrap();
    assert_eq!((json[0]["state"].as_str(), json[0]["answer_by"].as_str()), (Some("asked"), Some("2026-03-09")));
    assert!(run("en", &["handed", id, "--by", "Li Hua", "--on", "2026-03-02"]).2.contains("went out by mail"));
}
