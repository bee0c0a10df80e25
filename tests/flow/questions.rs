//! Questions through the whole house: in the letter, answered in any style, recorded, asked back, failed answers.

use super::house::{EVE, House, Setting, on_both, time};
use super::post::{Read, reply};
use mail_parser::{MessageParser, MimeHeaders};
use spotcheck::model::AssignmentId;
use spotcheck::store::{FindingFilter, Ids};
use spotcheck::table::read_rows;
use spotcheck::table::write::xlsx;
use std::ops::ControlFlow;

/// One visit (V1) and two calls (C1, C2), with questions.
fn asking() -> Setting {
    let programme = "visit_instrument = \"village-visit\"\ncall_instrument = \"progress-call\"\n";
    Setting { teams: 3, programme, ..Setting::default() }
}

async fn released(house: &House) -> Read {
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    house.letter("assignment").await
}

/// The office wants sheets with its letters.
async fn with_sheets(house: House) -> House {
    house
        .changed(|folder| {
            let path = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, text.replace("language = \"en\"", "language = \"en\"\nanswer_sheet = true")).unwrap();
        })
        .await
}

async fn answered(house: &House, moment: &str, mail: Vec<u8>) {
    house.ctx.clock.set(time(moment));
    house.deliver(&mail).await;
    house.at(moment).await;
}

/// Everything that counts: results of persons, then `V1.Q4 no (remark)`.
async fn records(house: &House, letter: &Read) -> Vec<String> {
    let id = AssignmentId::parse(&letter.assignment()).unwrap();
    let mut records = house.recorded(id.as_str()).await;
    let rows = house.ctx.store.read().await.unwrap().answers_among(&Ids::new([id.as_str()])).await.unwrap();
    records.extend(rows.iter().map(|a| format!("{}.{} {} ({})", a.line, a.question, a.value, a.remark)));
    records
}

/// The sheet that came with a letter, row by row.
fn sheet(letter: &Read) -> Vec<Vec<String>> {
    let mail = MessageParser::default().parse(letter.raw.as_bytes()).unwrap();
    let file = mail.attachment(0).unwrap();
    assert_eq!(file.attachment_name(), Some(format!("spotcheck-{}.xlsx", letter.assignment()).as_str()));
    let mut rows = Vec::new();
    let mut bytes = file.contents();
    read_rows("sheet.xlsx", &mut bytes, &mut |row| {
        rows.push(row.cells.clone());
        ControlFlow::Continue(())
    })
    .unwrap();
    rows
}

/// A sheet with answers, times and remarks behind these codes, as a spreadsheet program saves it.
fn filled(rows: &[Vec<String>], answers: &[(&str, [&str; 3])]) -> Vec<u8> {
    let filled = rows.iter().skip(1).map(|row| {
        let mut row = row.clone();
        row.resize(6, String::new());
        if let Some((_, cells)) = answers.iter().find(|(code, _)| *code == row[0]) {
            row.splice(3..6, cells.iter().map(|cell| (*cell).to_owned()));
        }
        row
    });
    xlsx("sheet", &rows[0], filled.collect::<Vec<_>>()).unwrap()
}

/// A reply with a file.
fn with_file(to: &Read, name: &str, body: &str, bytes: &[u8]) -> Vec<u8> {
    let plain = String::from_utf8(reply(to, name, body).bytes()).unwrap();
    let (head, body) = plain.split_once("\r\n\r\n").unwrap();
    let head = head.replace(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit",
        "Content-Type: multipart/mixed; boundary=\"b\"",
    );
    let hex: String = bytes.iter().map(|byte| format!("={byte:02X}")).collect();
    let lines: Vec<&str> = hex.as_bytes().chunks(72).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!(
        "{head}\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n\
         --b\r\nContent-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet; name=\"a.xlsx\"\r\n\
         Content-Disposition: attachment; filename=\"a.xlsx\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--b--\r\n",
        lines.join("=\r\n")
    )
    .into_bytes()
}

/// What is meant in all three styles: everybody of V1 present but one, all in order but Q4.
const EXPECTED: [&str; 13] = [
    "C1 reached",
    "C2 busy",
    "V1.1 present",
    "V1.2 on_leave",
    "V1.Q1 yes ()",
    "V1.Q2 yes ()",
    "V1.Q3 yes ()",
    "V1.Q4 no (自2月起未开)",
    "V1.Q5 yes ()",
    "V1.Q6 yes ()",
    "V1.Q7 yes ()",
    "V1.Q8 yes ()",
    "V1.Q9 yes ()",
];

#[tokio::test]
async fn the_same_records_from_chinese_from_inline_english_and_from_a_sheet() {
    on_both(asking(), |house| async move {
        let house = with_sheets(house).await;
        let letter = released(&house).await;
        for code in ["   V1.Q1 * 考勤登记到当日", "   V1.Q9 意外险在保", "   C1.Q3 *", "   C2.Q7 "] {
            assert!(letter.text.contains(code), "{code} in {}", letter.text);
        }
        assert!(letter.text.lines().all(|line| line.chars().count() < 78));

        let chinese = "V1.1 在岗，V1.2 请假\nV1.Q1-Q9 是，Q4 否；自2月起未开\nC1 接通，C2 占线";
        answered(&house, "2026-03-03 10:30", reply(&letter, "zh", chinese).bytes()).await;
        let first = records(&house, &letter).await;
        assert_eq!(first[..13], EXPECTED);

        // Inline, behind the lines of the letter as it came.
        let behind = |line: &str| match line.split_whitespace().next().unwrap_or_default() {
            "V1.1" => "present",
            "V1.2" => "on leave",
            "V1.Q4" => "no; 自2月起未开",
            "C1" => "reached",
            "C2" => "busy",
            code if code.starts_with("V1.Q") => "yes",
            _ => "",
        };
        // A line that goes on in the next one has its `=>` there.
        let mut answer = "";
        let mut inline = String::new();
        for line in letter.text.lines() {
            if !behind(line).is_empty() {
                answer = behind(line);
            }
            let ends = line.ends_with("=>");
            inline.push_str(&format!("> {line}{}\n", if ends { format!(" {answer}") } else { String::new() }));
            answer = if ends { "" } else { answer };
        }
        answered(&house, "2026-03-03 10:40", reply(&letter, "en", &inline).bytes()).await;
        let second = records(&house, &letter).await;
        let of = |all: &[String]| {
            let last = |n: usize| all.iter().rev().find(|r| r.starts_with(&format!("V1.Q{n} "))).unwrap().clone();
            all[..4].iter().cloned().chain((1..=9).map(last)).collect::<Vec<_>>()
        };
        assert_eq!((second.len(), of(&second)), (4 + 18, EXPECTED.map(str::to_owned).to_vec()));

        let rows = sheet(&letter);
        assert_eq!(rows[0][0], format!("Spotcheck {}", letter.assignment()));
        let phone = rows.iter().find(|row| row[0] == "C1").unwrap();
        assert!(phone[2].contains("0013"), "{phone:?}");
        let yes = ["是 yes", "", ""];
        let mut answers = vec![
            ("V1.1", ["在岗 present", "", ""]),
            ("V1.2", ["请假", "", ""]),
            ("C1", ["reached", "", ""]),
            ("C2", ["占线 busy", "", ""]),
            ("V1.Q4", ["否", "", "自2月起未开"]),
        ];
        let codes: Vec<String> = (1..=9).map(|n| format!("V1.Q{n}")).collect();
        answers.extend(codes.iter().filter(|code| *code != "V1.Q4").map(|code| (code.as_str(), yes)));
        let bytes = filled(&rows, &answers);
        answered(&house, "2026-03-03 10:50", with_file(&letter, "x", "", &bytes)).await;
        let third = records(&house, &letter).await;
        assert_eq!((third.len(), of(&third)), (4 + 27, EXPECTED.map(str::to_owned).to_vec()));
    })
    .await;
}

#[tokio::test]
async fn required_questions_are_asked_back_and_a_correction_replaces() {
    on_both(asking(), |house| async move {
        let letter = released(&house).await;
        let first = "V1 在岗，Q1-Q5 是，Q4 否\nC1 接通；Q1 是\nC2 占线";
        answered(&house, "2026-03-03 10:30", reply(&letter, "a", first).bytes()).await;
        let receipt = house.letter("receipt").await;
        let open: Vec<&str> = receipt.text.lines().filter(|line| line.trim_start().starts_with(['V', 'C'])).collect();
        let codes: Vec<&str> = open.iter().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(codes, ["V1", "V1.Q6", "V1.Q7", "C1", "C1.Q3"], "{}", receipt.text);
        assert!(receipt.text.contains("V1.Q4 例会按期召开：否"), "{}", receipt.text);
        assert!(!receipt.text.contains("V1.Q9"), "optional ones keep nothing open: {}", receipt.text);

        answered(&house, "2026-03-03 10:40", reply(&letter, "b", "更正 V1.Q4 是\nV1 其余 是\nC1.Q3 b").bytes()).await;
        let receipts = house.letters("receipt").await;
        assert!(receipts[1].text.contains("取代原“否”"), "{}", receipts[1].text);
        assert!(receipts[1].text.contains("全部完成"), "{}", receipts[1].text);
        let records = records(&house, &letter).await;
        let of_four: Vec<&String> = records.iter().filter(|r| r.starts_with("V1.Q4")).collect();
        assert_eq!(of_four, ["V1.Q4 no ()", "V1.Q4 yes ()"], "nothing is overwritten");
        house.at("2026-03-03 19:00").await;
        assert!(house.letters("reminder").await.is_empty());

        // The failed answer opened a finding; that it was answered otherwise since closes nothing.
        let mut tx = house.ctx.store.read().await.unwrap();
        let findings = tx.findings(&FindingFilter::default()).await.unwrap();
        let told: Vec<String> = findings.iter().map(|f| format!("{} {} {}", f.code, f.state.code(), f.text)).collect();
        assert_eq!(told, ["no_meeting open 例会按期召开 – 否"]);
    })
    .await;
}

#[tokio::test]
async fn a_sheet_and_a_text_that_differ_are_asked_back_and_bad_cells_are_told() {
    let house = with_sheets(House::new(asking()).await).await;
    let letter = released(&house).await;
    let rows = sheet(&letter);
    let bytes = filled(
        &rows,
        &[
            ("V1.1", ["请假 on leave", "", ""]),
            ("V1.2", ["在岗 present", "9:30:00", "门口"]),
            ("V1.Q1", ["yes", "", ""]),
            ("V1.Q2", ["maybe", "", ""]),
            ("V1.Q3", ["", "", "看不清"]),
            ("V1.Q4", ["是；V1.1 不在岗", "", ""]),
            ("C1", ["present", "25:99", ""]),
            ("C1.Q2", ["40", "", ""]),
            ("C2", ["=cmd|' /C calc'!A0", "", ""]),
        ],
    );
    answered(&house, "2026-03-03 10:30", with_file(&letter, "x", "V1.1 在岗\nV1.Q1 否", &bytes)).await;
    assert_eq!(records(&house, &letter).await, ["V1.2 present"]);
    let receipt = house.letter("receipt").await;
    for code in ["V1.1", "V1.Q1", "V1.Q2", "V1.Q3", "V1.Q4", "C1：", "C1.Q2", "C2"] {
        assert!(receipt.text.contains(code), "{code} in {}", receipt.text);
    }
    // Another day's sheet says nothing here.
    let mut others = rows.clone();
    others[0][0] = "Spotcheck ZZZZZ".to_owned();
    let bytes = filled(&others, &[("V1.1", ["在岗", "", ""])]);
    answered(&house, "2026-03-03 10:40", with_file(&letter, "y", "", &bytes)).await;
    assert_eq!(records(&house, &letter).await, ["V1.2 present"]);
}

#[tokio::test]
async fn answers_are_reported_by_question_with_ranges_and_no_few_calls() {
    on_both(asking(), |house| async move {
        let letter = released(&house).await;
        let said = "V1 在岗，Q1-Q9 是，Q4 否\nC1 接通；Q1 是，Q3 b\nC2 接通；Q1 是，Q3 a";
        answered(&house, "2026-03-03 10:30", reply(&letter, "a", said).bytes()).await;
        house.at("2026-03-04 08:00").await;
        let days = spotcheck::model::Days::parse("2026-03").unwrap();
        let report = spotcheck::work::questions::questions(&house.ctx, &super::house::office(), days).await.unwrap();
        let json = report.json();
        let of = |instrument: &str, code: &str| {
            let all = json["questions"].as_array().unwrap();
            all.iter().find(|q| q["instrument"] == instrument && q["question"] == code).unwrap().clone()
        };
        let four = of("village-visit", "Q4");
        assert_eq!((four["answered"].as_u64(), four["kind"].as_str()), (Some(1), Some("visit")));
        let no = &four["answers"][1];
        assert_eq!(
            (no["answer"].as_str(), no["given"].as_u64(), no["value"].as_f64()),
            (Some("no"), Some(1), Some(1.0))
        );
        assert!(no["low"].as_f64().unwrap() < 1.0, "one visit has a wide range: {no}");
        // Calls are never added to visits; here they were visits that nobody had time for, in no estimate.
        assert!(
            json["questions"]
                .as_array()
                .unwrap()
                .iter()
                .all(|q| q["kind"] == "visit" || q["answers"] == serde_json::json!([]))
        );
        assert!(report.page().iter().all(|line| !line.en.contains("王建国") && !line.zh.contains("刘敏")));
    })
    .await;
}

#[tokio::test]
async fn a_file_of_questions_that_broke_keeps_no_letter_back() {
    let house = House::new(asking()).await;
    house.at(EVE).await;
    let house = house
        .changed(|folder| {
            let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/config/instruments/village-visit.toml");
            std::fs::copy(shipped, folder.join("own.toml")).unwrap();
            let path = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&path).unwrap();
            let own = "language = \"en\"\ninstruments = [\"own.toml\"]";
            std::fs::write(&path, text.replace("language = \"en\"", own)).unwrap();
        })
        .await;
    std::fs::write(house.folder.path().join("own.toml"), "id = \"own\"\nkind = ").unwrap();
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    assert!(letter.text.contains("V1.1") && !letter.text.contains("V1.Q1"), "{}", letter.text);
}

#[tokio::test]
async fn the_desk_enters_answers_in_the_words_of_a_reply() {
    use spotcheck::work::record_answers::{Answers, names_question, record_answers};
    on_both(asking(), |house| async move {
        let letter = released(&house).await;
        let id = AssignmentId::parse(&letter.assignment()).unwrap();
        let entry = |text| Answers { assignment: &id, text, said_by: "赵新", typed_by: "Li Hua" };
        let early = record_answers(&house.ctx, &entry("V1.Q1 no")).await;
        answered(&house, "2026-03-03 10:30", reply(&letter, "a", "V1 present").bytes()).await;
        assert!(early.is_ok() || records(&house, &letter).await.len() == 2, "{early:?}");
        let codes = record_answers(&house.ctx, &entry("V1.Q1-Q9 是，Q4 否；自2月起未开")).await.unwrap();
        assert_eq!(codes, (1..=9).map(|n| format!("V1.Q{n}")).collect::<Vec<_>>());
        let rows = house.ctx.store.read().await.unwrap().answers_among(&Ids::new([id.as_str()])).await.unwrap();
        let fourth = rows.iter().rfind(|row| row.question.to_string() == "Q4").unwrap();
        assert_eq!((fourth.value.as_str(), fourth.remark.as_str()), ("no", "自2月起未开"));
        assert_eq!((fourth.by.as_str(), &fourth.mail), ("desk: 赵新 / Li Hua", &None), "who said it and who typed it");
        let findings = house.ctx.store.read().await.unwrap().findings(&FindingFilter::default()).await.unwrap();
        assert!(
            findings.iter().any(|one| one.code == "no_meeting"),
            "a failed answer opens its finding, whoever typed it"
        );
        house.at("2026-03-03 10:31").await;
        let receipt = house.letters("receipt").await.pop().unwrap();
        assert!(receipt.text.contains("V1.Q4"), "{}", receipt.text);

        let before = rows.len();
        for bad in ["V1.Q12 yes", "V1.Q4 perhaps", "V1.Q4 yes, V1 absent", "V1.Q4"] {
            assert!(record_answers(&house.ctx, &entry(bad)).await.is_err(), "{bad}");
        }
        let rows = house.ctx.store.read().await.unwrap().answers_among(&Ids::new([id.as_str()])).await.unwrap();
        assert_eq!(rows.len(), before, "what is not understood whole is not recorded in part");
        assert!(
            names_question("v1.q4") && names_question("C2.Q1-Q9") && !names_question("V1.2") && !names_question("V1")
        );
    })
    .await;
}
