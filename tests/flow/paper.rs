//! Sheets on paper: the PDF beside a letter, as a person who prints it sees it.

use super::house::{EVE, House, Setting};
use super::post::Read;
use mail_parser::{MessageParser, MimeHeaders};
use spotcheck::model::AssignmentId;
use spotcheck::work::paper::export;
use std::path::Path;
use std::process::Command;

/// Two visits and calls, with questions.
fn asking(office: &'static str) -> Setting {
    let programme = "visit_instrument = \"village-visit\"\ncall_instrument = \"progress-call\"\n";
    Setting { teams: 6, capacity: 2, programme, office, ..Setting::default() }
}

async fn released(setting: Setting) -> (House, Read) {
    let house = House::new(setting).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    (house, letter)
}

/// The PDF files that came with a letter: name and bytes.
fn pages(letter: &Read) -> Vec<(String, Vec<u8>)> {
    let mail = MessageParser::default().parse(letter.raw.as_bytes()).unwrap();
    let all = mail.attachments().map(|file| (file.attachment_name().unwrap().to_owned(), file.contents().to_vec()));
    all.filter(|(name, _)| name.ends_with(".pdf")).collect()
}

fn told(program: &str, args: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(args).arg(file).arg("-").output();
    let output = output.unwrap_or_else(|e| panic!("{program} of poppler-utils is needed: {e}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn every_line_stands_on_a_page_of_a4_and_can_be_read_by_programs() {
    let office = "pdf_sheet = true\ndesk_phone = \"0851 8561 2345\"\n";
    let (house, letter) = released(asking(office)).await;
    let pdf = pages(&letter);
    let [(name, bytes)] = &pdf[..] else { panic!("{} files", pdf.len()) };
    assert_eq!(*name, format!("spotcheck-{}.pdf", letter.assignment()));
    let file = house.path("sheet.pdf");
    std::fs::write(&file, bytes).unwrap();
    let info = Command::new("pdfinfo").arg(&file).output().unwrap();
    let info = String::from_utf8(info.stdout).unwrap();
    assert!(
        info.contains("(A4)") && info.contains(&format!("Title:           Spotcheck {}", letter.assignment())),
        "{info}"
    );
    assert!(bytes.len() < 200_000, "{} bytes: the font goes along as far as it is used", bytes.len());

    let text = told("pdftotext", &["-layout", "-enc", "UTF-8"], &file);
    for code in letter.text.lines().filter_map(|line| line.split_whitespace().next()) {
        let is_code = code.starts_with(['V', 'C']) && code[1..].starts_with(|c: char| c.is_ascii_digit());
        assert!(!is_code || text.contains(code), "{code} in {text}");
    }
    for said in [
        "Visit sheet / 走访单",
        "Call sheet / 电话单",
        "滨河村",
        "138 0013",
        "phone / 电话",
        "0851 8561 2345",
        "在岗 present",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    // No word is cut: what a page shows ends within its margins.
    let boxes = told("pdftotext", &["-bbox"], &file);
    let right = boxes.lines().filter_map(|line| line.split("xMax=\"").nth(1)?.split('"').next()?.parse::<f64>().ok());
    assert!(right.fold(0.0, f64::max) < 595.28 - 30.0);

    let id = AssignmentId::parse(&letter.assignment()).unwrap();
    assert_eq!(export(&house.ctx, &id).await.unwrap().as_ref(), Some(bytes), "printed later it is the same");
}

#[tokio::test]
async fn it_goes_along_where_the_office_asks_and_never_holds_a_letter_back() {
    let (_, letter) = released(asking("")).await;
    assert!(pages(&letter).is_empty(), "nobody asked");
    let (house, letter) = released(asking("pdf_sheet = true\npdf_font = \"/no/such/font.ttc\"\n")).await;
    assert!(pages(&letter).is_empty(), "without a font the letter goes out alone");
    let id = AssignmentId::parse(&letter.assignment()).unwrap();
    let refused = export(&house.ctx, &id).await.unwrap_err().to_string();
    assert!(refused.contains("no font with Chinese characters"), "{refused}");
}

#[tokio::test]
async fn an_entry_for_the_calendar_is_off_and_reveals_nothing() {
    let (_, plain) = released(asking("")).await;
    assert!(!plain.raw.contains(".ics") && !plain.raw.contains("text/calendar"));
    let (house, letter) = released(asking("calendar_entry = true\n")).await;
    let mail = MessageParser::default().parse(letter.raw.as_bytes()).unwrap();
    let file = mail.attachment(0).unwrap();
    assert_eq!(file.attachment_name(), Some(format!("spotcheck-{}.ics", letter.assignment()).as_str()));
    let entry = String::from_utf8(file.contents().to_vec()).unwrap();
    // The working hours of the day, in UTC.
    assert!(entry.contains("DTSTART:20260303T003000Z\r\n") && entry.contains("DTEND:20260303T100000Z\r\n"), "{entry}");
    assert!(entry.contains("SUMMARY:工作安排 Work today\r\n"), "{entry}");
    let key = letter.message_id.split('.').nth(2).unwrap().split('@').next().unwrap();
    let lower = entry.to_lowercase();
    for secret in
        [key, &letter.assignment().to_lowercase(), "滨河", "binhe", "赵新", "zhao", "王建国", "督查", "inspect"]
    {
        assert!(!lower.contains(secret), "{secret} in {entry}");
    }
    // Another house writes the same letter and the same entry.
    let (_, again) = released(asking("calendar_entry = true\n")).await;
    assert_eq!(letter.raw, again.raw);
    drop(house);
}
