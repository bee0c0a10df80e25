//! The dry runs of `spotcheck draw` and `spotcheck plan`, as a person runs them (DESIGN 7).

use super::{P, chance, place};
use spotcheck::draw::{Frame, Row, Salt};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

const KEY_1: &str = "2d314042e6373e34aa0224ed5e762711a80104f7ccff34a89662e9bc1ca93789";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        let rows: Vec<String> = P.iter().zip(1..).map(|(p, i)| format!("V{i:04},{p},{}\r\n", p / 4)).collect();
        folder.write("frame.csv", &format!("\u{feff}id,p_visit,p_call\r\n{}", rows.concat()));
        folder.write("slots.csv", "inspector,capacity\nA,2\nB,1\nC,1\n");
        folder
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, args: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
        command.current_dir(self.0.path()).env_remove("SPOTCHECK_LANGUAGE").env("LC_ALL", "C");
        command.args(args.split_whitespace()).output().unwrap()
    }

    fn stdout(&self, args: &str) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, args: &str) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(2), "{args}");
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    }
}

fn v3(rest: &str) -> String {
    format!("draw --frame frame.csv --key {KEY_1} --window 2026-03-02/am --beacon beacon-0001 {rest}")
}

#[test]
fn v3_to_the_byte() {
    let folder = Folder::new();
    assert_eq!(
        folder.stdout(&v3("--json")),
        concat!(
            r#"{"root":"fe42abc3772b232aa7160cb993400dc7b44f7693fcb837c4c6dfb792d1dc0deb","#,
            r#""seed":"cfc9d845e6addbd8856fca6a9dae6dc97eafccd97266d784ca080288be5b93ee","#,
            r#""drawn":[{"id":"V0007","kind":"visit","origin":"ticket","ticket":"75468cc06e44bdd6","#,
            r#""key":"3630902345","minute":42}],"deal":null}"#,
            "\n"
        )
    );
    let json: serde_json::Value = serde_json::from_str(&folder.stdout(&v3("--min 4 --max 4 --json"))).unwrap();
    let shown: Vec<String> =
        json["drawn"].as_array().unwrap().iter().map(|t| format!("{} {}", t["id"], t["origin"])).collect();
    let exact = |id: &str| format!("{id:?} \"exact\"");
    assert_eq!(shown, ["\"V0007\" \"ticket\"".to_owned(), exact("V0001"), exact("V0003"), exact("V0004")]);
    let hour: serde_json::Value = serde_json::from_str(&folder.stdout(&v3("--length 60 --json"))).unwrap();
    assert_eq!(hour["drawn"][0]["minute"], 10);
}

#[test]
fn v5_a_deal_with_overflow_and_bars() {
    let folder = Folder::new();
    folder.write("barred.csv", "id,inspector\nV0003,A\nV0007,A\nV0001,A\nV0001,B\nV0001,C\n");
    let deal = "--min 4 --max 4 --pool county-7 --slots slots.csv --barred barred.csv --json";
    let json: serde_json::Value = serde_json::from_str(&folder.stdout(&v3(deal))).unwrap();
    let kinds: Vec<String> =
        json["drawn"].as_array().unwrap().iter().map(|t| format!("{}{}", t["id"], t["kind"])).collect();
    assert_eq!(kinds, [r#""V0007""visit""#, r#""V0003""visit""#, r#""V0004""visit""#, r#""V0001""none""#]);
    assert!(json["deal"]["attempt"].is_u64());
    let pairs: Vec<&str> = json["deal"]["pairs"].as_array().unwrap().iter().map(|p| p[0].as_str().unwrap()).collect();
    assert_eq!(pairs, ["V0003", "V0004", "V0007"]);
    folder.write("one.csv", "capacity,inspector\n1,B\n");
    let json = folder.stdout(&v3("--min 2 --max 2 --pool county-7 --slots one.csv --json"));
    assert!(json.contains(r#""id":"V0001","kind":"call","origin":"overflow""#), "{json}");
    assert!(json.ends_with("\"deal\":{\"attempt\":0,\"pairs\":[[\"V0007\",\"B\"]]}}\n"), "{json}");
}

#[test]
fn a_frame_may_have_a_column_of_salts() {
    let folder = Folder::new();
    let salts = ["ab".repeat(16), String::new()];
    let text: String = salts.iter().zip(1..).map(|(salt, i)| format!("V{i},{salt},7,{i}\n")).collect();
    folder.write("salted.csv", &format!("id,salt,p_call,p_visit\n{text}"));
    let json: serde_json::Value =
        serde_json::from_str(&folder.stdout(&v3("--json").replace("frame.csv", "salted.csv"))).unwrap();
    let rows = [(1, Some(Salt::from_bytes([0xab; 16]))), (2, None)];
    let row = |(i, salt)| Row { salt, ..Row::new(place(&format!("V{i}")), chance(i), chance(7)) };
    let root = Frame::new(rows.map(row).to_vec()).unwrap().root().hex();
    assert_eq!(json["root"], root);
    folder.write("salted.csv", "id,p_visit,p_call,salt\nV1,1,7,abab\n");
    let said = folder.refused(&v3("--json").replace("frame.csv", "salted.csv"));
    assert!(said.starts_with("salted.csv, row 2, field salt"), "{said}");
}

#[test]
fn v7_calls_and_a_visit_over_a_call() {
    let folder = Folder::new();
    let key = spotcheck::model::sha::to_hex(super::key(3).reveal());
    let args = format!("draw --frame frame.csv --key {key} --window 2026-03-06/am --beacon beacon-6am --json");
    let alone = folder.stdout(&args);
    assert!(alone.contains("9321443ab741991631853dab85f18b96a24471f3d8aaf909084d88b6842bee65"));
    assert!(alone.contains(r#"{"id":"V0006","kind":"call","origin":"ticket","ticket":"6ef924b1f449e6ff""#));
    assert!(!alone.contains("visit"));
    let three = folder.stdout(&format!("{args} --min 3 --max 3"));
    assert!(!three.contains("call") && three.matches("\"exact\"").count() == 3, "{three}");
}

#[test]
fn v1_as_a_plan() {
    let folder = Folder::new();
    let weights: Vec<String> = [1, 1, 2, 3, 5, 8, 13, 40].iter().zip(1..).map(|(w, i)| format!("P{i},{w}\n")).collect();
    folder.write("weights.csv", &format!("id,weight\n{}", weights.concat()));
    let (total, lo, hi) = (2u64 << 32, (1u64 << 32) / 10, 1u64 << 31);
    let p: Vec<String> = P.iter().zip(1..).map(|(p, i)| format!("[\"P{i}\",{p}]")).collect();
    let args = format!("plan --weights weights.csv --total {total} --lo {lo} --hi {hi}");
    assert_eq!(folder.stdout(&format!("{args} --json")), format!("{{\"p\":[{}]}}\n", p.join(",")));
    assert!(folder.stdout(&args).contains("visits expected in a window: 2.000"));
    let small = folder.refused(&format!("plan --weights weights.csv --total 5 --lo {lo} --hi {hi} --json"));
    assert!(small.contains("--total") && small.contains("3435973832"), "{small}");
    assert!(
        folder.refused(&format!("plan --weights weights.csv --total {total} --lo {hi} --hi {lo}")).contains("--lo")
    );
    assert!(folder.refused("plan --weights weights.csv --lo 1 --hi 2").contains("--total"));
    assert!(folder.refused("plan").contains("spotcheck init"), "without weights it explains an installation");
}

#[test]
fn people_read_tables_in_their_language() {
    let folder = Folder::new();
    let english = folder.stdout(&v3("--pool county-7 --slots slots.csv"));
    assert!(english.contains("visit V0007  minute 42  ticket 75468cc06e44bdd6 (its ticket is below 50.000 %)"));
    let chinese = folder.stdout(&v3("--lang zh"));
    assert!(chinese.contains("走访  V0007  第42分钟"), "{chinese}");
    let none = folder.stdout(&v3("--max 0 --min 0").replace("beacon-0001", "x-2"));
    assert!(none.contains("call") || none.contains("nothing is drawn"), "{none}");
}

#[test]
fn bad_input_names_file_row_and_field_and_draws_nothing() {
    let folder = Folder::new();
    let cases = [
        ("id,p_visit,p_call\nV1,1,1\nV1,1,1\n", "bad.csv, row 3, field id"),
        ("id,p_visit,p_call\nV①,1,1\nV2,1,1\nV1,1,1\n", "bad.csv, row 2, field id"),
        ("id,p_visit,p_call\nV1,4294967297,0\n", "bad.csv, row 2, field p_visit"),
        ("id,p_visit,p_call\nV1,4294967296,1\n", "bad.csv, row 2, field id"),
        ("id,p_visit,p_call\nV1,0.5,1\n", "bad.csv, row 2, field p_visit"),
        ("id,p_visit,p_call\nV1,1,-1\n", "bad.csv, row 2, field p_call"),
        ("id,p_visit,p_call\n V1,1,1\n", "bad.csv, row 2, field id"),
        ("id,p_visit,p_call\n\"V\n1\",1,1\n", "bad.csv, row 2, field id"),
        ("\u{feff}id,p_visit,p_call\r\nV1,1,1\r\n\r\nV2,x,1\r\n", "bad.csv, row 4, field p_visit"),
        ("id,p_visit\nV1,1\n", "bad.csv, row 1, field p_call"),
        ("id,p_visit,p_call\nV1,1\n", "bad.csv, row 2"),
    ];
    for (text, place) in cases {
        folder.write("bad.csv", text);
        let said = folder.refused(&v3("--json").replace("frame.csv", "bad.csv"));
        assert!(said.starts_with(place), "{text:?}: {said}");
    }
    assert!(folder.refused(&v3("--json").replace("frame.csv", "none.csv")).starts_with("none.csv: "));
    let short = folder.refused(&v3("").replace(KEY_1, &KEY_1[2..]));
    assert!(short.starts_with("--key") && !short.contains(&KEY_1[2..]), "{short}");
    assert!(folder.refused(&v3("--min 3 --max 2")).contains("--min"));
    assert!(folder.refused("draw --frame frame.csv --window w --beacon b").contains("--key"));
    assert!(folder.refused("draw").contains("--frame"));
    folder.write("slots.csv", "inspector,capacity\nA,1\nA,2\n");
    assert!(folder.refused(&v3("--pool p --slots slots.csv")).starts_with("slots.csv, row 3, field inspector"));
    folder.write("slots.csv", "inspector,capacity\nA,4000000000\n");
    assert!(folder.refused(&v3("--pool p --slots slots.csv")).starts_with("slots.csv, row 2, field capacity"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    let args = ["draw", "--frame", "frame.csv", "--key", KEY_1, "--window", "a\nb", "--beacon", "c", "--lang", "zh"];
    let output = command.current_dir(folder.0.path()).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("换行"));
}
