//! CSV in every charset, and files that are no table.

use super::{refused, rows, shown, zip};
use proptest::prelude::*;
use spotcheck::model::Timestamp;
use spotcheck::table::{read_rows, when, write};
use std::io::Read;
use std::ops::ControlFlow;

const TEXT: &str = "编号,姓名\r\nA1,王建国\r\nA2,欧阳静\r\n";
const READ: [&str; 3] = ["1: 编号|姓名", "2: A1|王建国", "3: A2|欧阳静"];

#[test]
fn every_charset_of_the_house() {
    let utf16 = |big: bool| -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        "\u{feff}".encode_utf16().chain(TEXT.encode_utf16()).flat_map(bytes).collect()
    };
    let gbk = encoding_rs::GBK.encode(TEXT).0.into_owned();
    for bytes in [TEXT.into(), [b"\xef\xbb\xbf", TEXT.as_bytes()].concat(), gbk, utf16(true), utf16(false)] {
        assert_eq!(shown(&bytes), READ);
    }
    // A character that only GB18030 has, in four bytes.
    let rare = encoding_rs::GB18030.encode("姓名\n王𠮷\n").0.into_owned();
    assert_eq!(shown(&rare), ["1: 姓名", "2: 王𠮷"]);
}

#[test]
fn chinese_that_begins_late_is_still_understood() {
    let mut text = "id,name\n".to_owned();
    for i in 0..20_000 {
        text.push_str(&format!("{i},plain\n"));
    }
    text.push_str("20000,王建国\n");
    let gbk = encoding_rs::GBK.encode(&text).0.into_owned();
    for bytes in [text.as_bytes(), &gbk] {
        let last = rows(bytes).unwrap().pop().unwrap();
        assert_eq!((last.number, last.cells), (20_002, vec!["20000".to_owned(), "王建国".to_owned()]));
    }
}

#[test]
fn one_broken_byte_spoils_one_row() {
    let mut bytes = "编号,姓名\nA1,王建国\nA2,X\nA3,欧阳静\n".as_bytes().to_vec();
    let at = bytes.iter().position(|b| *b == b'X').unwrap();
    bytes[at] = 0xff;
    assert_eq!(shown(&bytes), ["1: 编号|姓名", "2: A1|王建国", "!3: A2|\u{fffd}", "4: A3|欧阳静"]);
}

#[test]
fn delimiters_quotes_and_line_ends() {
    assert_eq!(shown(b"a;b\r1;2,5\n\n3;4\r\n"), ["1: a|b", "2: 1|2,5", "4: 3|4"]);
    assert_eq!(shown(b"a\tb\n1\t\"x\ty\"\n"), ["1: a|b", "2: 1|x\ty"]);
    assert_eq!(
        shown(b"a,b\n\"1\n2\",\"say \"\"hi\"\"\"\n3,5\" pipe\n"),
        ["1: a|b", "2: 1\n2|say \"hi\"", "3: 3|5\" pipe"]
    );
    assert_eq!(shown(b"sep=;\na;b,c\n"), ["1: a|b,c"]);
    assert_eq!(shown(b"a,b"), ["1: a|b"]);
    assert_eq!(shown(b"a\n,,\n \nb"), ["1: a", "4: b"]);
}

#[test]
fn a_quote_that_never_closes_costs_one_row() {
    let text = "id,name\n1,\"open\n2,good\n3,good\n";
    assert_eq!(shown(text.as_bytes()), ["1: id|name", "!2: 1|\"open", "3: 2|good", "4: 3|good"]);
    let long = format!("id,name\n1,\"open\n{}", "2,good\n".repeat(20_000));
    let rows = rows(long.as_bytes()).unwrap();
    assert_eq!(rows.len(), 20_002);
    assert_eq!(rows.iter().filter(|row| row.damage.is_some()).count(), 1);
}

#[test]
fn a_row_without_end_is_damaged_and_the_next_is_read() {
    let text = format!("id\n{}\n7\n", "x".repeat(5 << 20));
    let rows = rows(text.as_bytes()).unwrap();
    assert!(rows[1].damage.is_some() && rows[1].cells[0].len() < 1 << 20);
    assert_eq!((rows[2].number, rows[2].cells[0].as_str()), (3, "7"));
    let wide = format!("id\n{}\n7\n", ",x".repeat(600));
    assert_eq!(shown(wide.as_bytes()).len(), 3);
}

#[test]
fn reading_stops_when_told_to() {
    let mut count = 0;
    let text = "a\n".repeat(10_000);
    let stop = read_rows("f", &mut text.as_bytes(), &mut |_| {
        count += 1;
        if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((stop, count), (Ok(()), 3));
}

#[test]
fn what_is_no_table_says_so() {
    assert!(refused(b"").contains("empty"));
    assert!(refused(b"\xef\xbb\xbf\r\n \r\n").contains("empty"));
    assert!(refused(b"%PDF-1.4 x").contains("PDF"));
    assert!(refused(b"<html><body><table><tr><td>1</td></tr></table>").contains("web page"));
    assert!(refused(b"PK\x03\x04 cut off").contains("damaged"));
    assert!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off").contains("damaged"));
    assert!(refused(&zip(&[("word/document.xml", b"<w/>")])).contains("Word"));
    assert!(refused(&zip(&[("a.txt", b"x")])).contains("without a spreadsheet"));
    assert!(refused(&zip(&[("xl/workbook.bin", b"x")])).contains("xlsb"));
    let mut locked = std::fs::read("tests/files/attendance.xls").unwrap();
    let name: Vec<u8> = "Workbook".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let at = locked.windows(name.len()).position(|window| window == name).unwrap();
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    locked[at..at + encrypted.len()].copy_from_slice(&encrypted);
    locked[at + 64] = 34;
    assert!(refused(&locked).contains("password"));
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("disk"))
    }
}

#[test]
fn a_disk_that_fails_is_a_trouble() {
    let mut input = "a,b\n".as_bytes().chain(Broken);
    let trouble = read_rows("f", &mut input, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(trouble.said.en.contains("disk"), "{trouble}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_rows_or_a_trouble(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = rows(&bytes);
    }

    #[test]
    fn any_bytes_behind_a_magic_number_are_rows_or_a_trouble(
        magic in prop_oneof![Just(&b"PK\x03\x04"[..]), Just(&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..]), Just(&b"\xff\xfe"[..]), Just(&b"a,\""[..])],
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let _ = rows(&[magic, &bytes].concat());
    }

    #[test]
    fn a_csv_that_we_write_reads_back(table in proptest::collection::vec(proptest::collection::vec("[a-z0-9一-三,;\"\n=+@ -]{1,12}", 3), 1..8)) {
        let header = ["h1".to_owned(), "h2".to_owned(), "h3".to_owned()];
        let bytes = write::csv(&header, table.clone()).unwrap();
        let read = rows(&bytes).unwrap();
        prop_assert_eq!(&read[0].cells, &header);
        let expected: Vec<Vec<String>> = table.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty()))
            .map(|row| row.iter().map(|cell| write::guard(cell).into_owned()).collect()).collect();
        let found: Vec<Vec<String>> = read[1..].iter().map(|row| row.cells.clone()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_text_is_a_time_or_none(text in "[0-9年月日时分秒次上下午:./ TZ+-]{0,24}|.{0,20}") {
        let base = chrono::NaiveDate::from_ymd_opt(2026, 3, 2);
        if let Some(when::Moment::At(at)) = when::moment(&text, chrono_tz::Tz::Asia__Shanghai) {
            let again = when::moment(&at.rfc3339(chrono_tz::Tz::Asia__Shanghai), chrono_tz::Tz::UTC);
            prop_assert_eq!(again, Some(when::Moment::At(Timestamp(at.0.div_euclid(1000) * 1000))));
        }
        let _ = (when::local(&text, base), spotcheck::table::span::span(&text), when::date(&text), spotcheck::registry::latin::person(&text), spotcheck::registry::latin::place(&text));
    }
}
