//! Files that mean harm are refused before they cost anything, in words that a clerk understands.
//!
//! Each is read by a process that may not have more memory than an honest file needs; what time they take,
//! `benches/attendance.sh` measures.

use super::office::{File, Office};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/"#;
const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#;

/// Writes a workbook whose one sheet is what `body` writes, piece by piece.
fn book(body: impl FnOnce(&mut dyn Write)) -> Vec<u8> {
    let options = zip::write::SimpleFileOptions::default().large_file(true);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("_rels/.rels", format!(r#"{RELATIONS}officeDocument" Target="xl/workbook.xml"/></Relationships>"#)),
        ("xl/workbook.xml", BOOK.to_owned()),
        (
            "xl/_rels/workbook.xml.rels",
            format!(r#"{RELATIONS}worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
        ),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    zip.write_all(br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#)
        .unwrap();
    body(&mut zip);
    zip.write_all(b"</sheetData></worksheet>").unwrap();
    zip.finish().unwrap().into_inner()
}

fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}

fn far_cell() -> Vec<u8> {
    book(|sheet| {
        sheet
            .write_all(
                br#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#,
            )
            .unwrap();
    })
}

/// Half a gigabyte of one letter.
fn endless_cell() -> Vec<u8> {
    book(|sheet| {
        sheet.write_all(br#"<row r="1"><c r="A1" t="inlineStr"><is><t>"#).unwrap();
        let piece = vec![b'A'; 1 << 20];
        (0..512).for_each(|_| sheet.write_all(&piece).unwrap());
        sheet.write_all(b"</t></is></c></row>").unwrap();
    })
}

/// A header and a million rows with nothing in them.
fn empty_rows() -> Vec<u8> {
    book(|sheet| {
        sheet.write_all(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>official</t></is></c><c r="B1" t="inlineStr"><is><t>time</t></is></c></row>"#.as_bytes()).unwrap();
        let rows: Vec<String> = (2..=1_000_001).map(|row| format!(r#"<row r="{row}"/>"#)).collect();
        sheet.write_all(rows.concat().as_bytes()).unwrap();
    })
}

/// Reads a file in a process that may have so many KiB of address space.
fn read_within(kib: u32, file: &Path) -> (Option<i32>, String) {
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {kib}; exec \"$0\" mappings test \"$1\"")])
        .arg(env!("CARGO_BIN_EXE_spotcheck"))
        .arg(file)
        .current_dir(file.parent().unwrap())
        .env("SPOTCHECK_LANGUAGE", "en")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn bombs_are_refused_within_the_memory_of_an_honest_file() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = endless_cell();
    assert!(bomb.len() < 600_000, "{}", bomb.len());
    let far = far_cell();
    assert!(far.len() < 1_600, "{}", far.len());
    let zips = zipped("inner.zip", &zipped("innermost.zip", &bomb));
    for (name, bytes, words) in [
        ("far.xlsx", far, "something at XFD1048576, far outside any table"),
        ("bomb.xlsx", bomb, "far larger inside than outside"),
        ("empty.xlsx", empty_rows(), "empty rows"),
        ("blank.csv", ["official,time\n".to_owned(), ",\n".repeat(1_000_000)].concat().into_bytes(), "empty rows"),
        ("lines.csv", vec![b'\n'; 1_000_000], "empty"),
        ("zips.xlsx", zips, "a zip file without a spreadsheet in it"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let (code, text) = read_within(200_000, &path);
        assert_eq!(code, Some(2), "{name}: {text}");
        assert!(text.contains(words), "{name}: {text}");
    }
}

#[tokio::test]
async fn a_bomb_imports_nothing_and_the_next_file_goes_through() {
    let office = Office::new().await;
    for bytes in [far_cell(), empty_rows()] {
        let trouble = office.try_import(&File::new("punches", bytes)).await.unwrap_err();
        assert!(trouble.file.as_deref() == Some("from-office") && !trouble.said.zh.is_empty(), "{trouble}");
    }
    assert_eq!(office.import("punches", "official,time\nO1,2026-03-02 08:31\n").await.new, 1);
}

#[tokio::test]
async fn a_table_with_a_formatted_tail_is_no_bomb() {
    let office = Office::new().await;
    let bytes = book(|sheet| {
        let text = |cell: &str, text: &str| format!(r#"<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>"#);
        write!(sheet, r#"<row r="1">{}{}</row>"#, text("A1", "official"), text("B1", "time")).unwrap();
        write!(sheet, r#"<row r="2">{}{}</row>"#, text("A2", "O1"), text("B2", "2026-03-02 08:31")).unwrap();
        for row in 3..=20_000 {
            write!(sheet, r#"<row r="{row}"><c r="A{row}" s="0"/></row>"#).unwrap();
        }
    });
    assert_eq!(office.import("punches", bytes).await.new, 1);
}
