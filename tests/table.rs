//! Files as offices have them, and files that mean harm, through the one way in.

use proptest::prelude::*;
use spotcheck::model::{Language, Trouble};
use spotcheck::table::reject::{reject_csv, reject_xlsx};
use spotcheck::table::{Reject, Row, TemplateKind, read_rows, read_table, write};
use std::io::{Read, Write};
use std::ops::ControlFlow;

fn rows(bytes: &[u8]) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    read_rows("f", &mut &*bytes, &mut |row| {
        rows.push(row.clone());
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

/// `number: cell|cell`, with `!` before a damaged row.
fn shown(bytes: &[u8]) -> Vec<String> {
    let line = |row: &Row| {
        let mark = if row.damage.is_some() { "!" } else { "" };
        format!("{mark}{}: {}", row.number, row.cells.join("|"))
    };
    rows(bytes).unwrap().iter().map(line).collect()
}

fn refused(bytes: &[u8]) -> String {
    let trouble = rows(bytes).map(|rows| rows.len()).unwrap_err();
    assert_eq!(trouble.file.as_deref(), Some("f"));
    assert!(!trouble.said.zh.is_empty());
    trouble.said.en
}

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
    assert_eq!(shown(b"a,b\n\"1\n2\",\"say \"\"hi\"\"\"\n3,5\" pipe\n"), ["1: a|b", "2: 1\n2|say \"hi\"", "3: 3|5\" pipe"]);
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

// ---- workbooks ----

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/"#;
const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#;

/// A workbook of one sheet, with more parts beside it.
fn book(sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let top = format!(r#"{RELATIONS}officeDocument" Target="xl/workbook.xml"/></Relationships>"#);
    let inner = format!(r#"{RELATIONS}worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#);
    let sheet = format!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{sheet}</worksheet>"#);
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("_rels/.rels", top.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", inner.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    parts.extend(more);
    zip(&parts)
}

fn data(rows: &str) -> String {
    format!("<sheetData>{rows}</sheetData>")
}

#[test]
fn a_plain_workbook_is_read_with_its_gaps() {
    let sheet = data(
        r#"<row r="1"><c r="A1" t="inlineStr"><is><t>编号</t></is></c></row><row r="900000"><c r="B900000"><v>13800138000</v></c></row>"#,
    );
    assert_eq!(shown(&book(&sheet, &[])), ["1: 编号", "900000: |13800138000"]);
    // Formats reach to the last column in many real files, and dimensions claim everything.
    let formatted = format!(
        r#"<dimension ref="A1:XFD1048576"/>{}"#,
        data(r#"<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row>"#)
    );
    assert_eq!(shown(&book(&formatted, &[])), ["1: 1"]);
}

#[test]
fn bombs_are_refused() {
    let far = data(r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#);
    let bytes = book(&far, &[]);
    assert!(bytes.len() < 2_000);
    assert!(refused(&bytes).contains("XFD1048576"));
    let cells = [
        r#"<row r="1"><c r="A99999999999"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="ZZZZZZZZZ1"><v>1</v></c></row>"#,
        r#"<row r="99999999999"><c><v>1</v></c></row>"#,
        r#"<row r="0"><c r="A0"><v>1</v></c></row>"#,
    ];
    for cell in cells {
        assert!(rows(&book(&data(cell), &[])).is_err(), "{cell}");
    }
    for dimension in ["B9:A1", "A1:XFE1", "A1:A9999999", "", "A1:B2:C3"] {
        let sheet = format!(r#"<dimension ref="{dimension}"/>{}"#, data(""));
        assert!(rows(&book(&sheet, &[])).is_err(), "{dimension}");
    }
    let unnumbered = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(600));
    assert!(refused(&book(&data(&unnumbered), &[])).contains("column 512"));
    let strings = br#"<sst uniqueCount="99999999999999"><si><t>x</t></si></sst>"#;
    assert!(rows(&book(&data(""), &[("xl/sharedStrings.xml", strings)])).is_err());
    let entity = br#"<!DOCTYPE x [<!ENTITY a "aaaa">]><sst><si><t>&a;</t></si></sst>"#;
    assert!(rows(&book(&data(""), &[("xl/sharedStrings.xml", entity)])).is_err());
    let twice = book(&data(""), &[("XL/worksheets/SHEET1.xml", b"<worksheet/>")]);
    assert!(rows(&twice).is_err());
}

#[test]
fn what_unpacks_without_end_is_refused() {
    let text = format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>"#, "A".repeat(20 << 20));
    let bytes = book(&data(&text), &[]);
    assert!(bytes.len() < 100_000);
    assert!(rows(&bytes).is_err());
    let blank = format!("{}<row/>", " ".repeat(400_000)).repeat(60);
    assert!(refused(&book(&data(&blank), &[])).contains("larger inside"));
}

#[test]
fn a_string_shared_by_many_cells_costs_no_memory() {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "A".repeat(30_000));
    let cells: String = (0..100).map(|_| r#"<c t="s"><v>0</v></c>"#).collect();
    let bytes = book(&data(&format!("<row>{cells}</row><row><c><v>7</v></c></row>")), &[("xl/sharedStrings.xml", strings.as_bytes())]);
    let rows = rows(&bytes).unwrap();
    assert!(rows[0].damage.is_some() && rows[0].cells.iter().map(String::len).sum::<usize>() <= 1 << 20);
    assert_eq!((rows[1].number, rows[1].cells[0].as_str()), (2, "7"));
}

#[test]
fn half_an_xlsx_is_refused() {
    let whole = write::xlsx("s", &["id"], (0..500).map(|i| vec![i.to_string()])).unwrap();
    assert_eq!(rows(&whole).unwrap().len(), 501);
    assert!(rows(&whole[..whole.len() / 2]).is_err());
}

#[test]
fn excel_dates_are_iso_text() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("empty").unwrap();
    let hidden = workbook.add_worksheet();
    hidden.set_hidden(true).write_string(0, 0, "hidden").unwrap();
    let sheet = workbook.add_worksheet();
    let day = ExcelDateTime::from_ymd(2026, 3, 2).unwrap();
    let moment = ExcelDateTime::from_ymd(2026, 3, 2).unwrap().and_hms(8, 31, 5).unwrap();
    sheet.write_datetime_with_format(0, 0, &day, &Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"")).unwrap();
    sheet.write_datetime_with_format(0, 1, &moment, &Format::new().set_num_format("yyyy/m/d h:mm")).unwrap();
    sheet.write_datetime_with_format(0, 2, &ExcelDateTime::from_hms(8, 31, 5).unwrap(), &Format::new().set_num_format("h:mm")).unwrap();
    sheet.write_boolean(0, 3, true).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    assert_eq!(shown(&bytes), ["1: 2026-03-02|2026-03-02 08:31:05|08:31:05|TRUE"]);
}

#[test]
fn an_old_xls_with_many_strings_dates_and_formulas() {
    let rows = rows(&std::fs::read("tests/files/attendance.xls").unwrap()).unwrap();
    assert_eq!(rows[0].cells, ["2026年3月考勤表"]);
    assert_eq!((rows[1].number, rows[1].cells.join("|").as_str()), (3, "人员|时间|方向|设备|备注"));
    for (i, row) in rows[2..302].iter().enumerate() {
        let minute = 31 + i;
        let time = format!("2026-03-02 {:02}:{:02}:05", 8 + minute / 60, minute % 60);
        let direction = if i % 2 == 0 { "上班" } else { "out" };
        let note = format!("备注{i} ").repeat(6);
        assert_eq!(row.cells, [(1000 + i).to_string(), time, direction.into(), format!("设备{i}号"), note]);
        assert_eq!(row.number, 4 + i as u64);
    }
    assert_eq!(rows[302].cells, ["S-1", "2026-03-02"]);
    assert_eq!(rows[303].cells.last().map(String::as_str), Some("0.5"));
    assert_eq!(rows[303].cells[1], "TRUE");
}

fn ods(table: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content><office:body><office:spreadsheet>\
         <table:table table:name=\"e\"><table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table>\
         <table:table table:name=\"s\">{table}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
}

#[test]
fn ods_with_its_repeats() {
    let cell = |text: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>");
    let table = format!(
        "<table:table-row>{}{}</table:table-row><table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"2\"/>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2026-03-02T08:31:05\"><text:p>3月2日</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"float\" office:value=\"13800138000\" table:number-columns-repeated=\"2\"><text:p>1.38E10</text:p></table:table-cell>\
         <table:table-cell table:number-columns-repeated=\"16379\"/></table:table-row>",
        cell("编号"),
        cell("a<text:s text:c=\"2\"/>b &amp; c<office:annotation><text:p>note</text:p></office:annotation>")
    );
    let expected = ["1: 编号|a  b & c", "5: ||2026-03-02 08:31:05|13800138000|13800138000", "6: ||2026-03-02 08:31:05|13800138000|13800138000"];
    assert_eq!(shown(&ods(&table)), expected);
    for bomb in [
        format!("<table:table-row table:number-rows-repeated=\"1048576\">{}</table:table-row>", cell("x")),
        "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"16384\"/></table:table-row>".to_owned(),
    ] {
        assert!(rows(&ods(&bomb)).is_err(), "{bomb}");
    }
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
    fn any_sheet_is_rows_or_a_trouble(sheet in "(<(row|c|v|is|t|f)( (r|t|s)=\"[A-Z0-9s]{0,8}\")?/?>|</(row|c|v|is|t)>|[0-9a]{0,5}){0,30}") {
        let _ = rows(&book(&data(&sheet), &[]));
    }

    #[test]
    fn a_damaged_xls_is_rows_or_a_trouble(at in 0usize..58_000, with in proptest::collection::vec(any::<u8>(), 1..12)) {
        let mut bytes = std::fs::read("tests/files/attendance.xls").unwrap();
        bytes[at..at + with.len()].copy_from_slice(&with);
        let _ = rows(&bytes);
    }

    #[test]
    fn any_xml_in_an_ods_is_rows_or_a_trouble(table in "(<table:(table-row|table-cell)( [a-z:-]{1,8}=\"[0-9]{0,8}\")?/?>|</table:(table-row|table-cell)>|[a-z&;]{0,5}){0,30}") {
        let _ = rows(&ods(&table));
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
}

// ---- headers, templates, reject files ----

fn table(kind: TemplateKind, bytes: &[u8]) -> Result<(u64, u64, Vec<String>), Trouble> {
    let mut count = 0;
    let (columns, warnings) = read_table(kind, "f", &mut &*bytes, &mut |_, _| {
        count += 1;
        ControlFlow::Continue(())
    })?;
    Ok((columns.row, count, warnings.into_iter().map(|warning| warning.said.en).collect()))
}

#[test]
fn every_template_reads_back_in_every_form() {
    for kind in TemplateKind::ALL {
        let columns = kind.template().columns;
        assert_eq!(kind.code().parse(), Ok(kind));
        let sample = vec!["the template's sample row was left out".to_owned(), "there is no row below the header".to_owned()];
        assert_eq!(table(kind, &write::template_xlsx(kind).unwrap()).unwrap(), (1, 0, sample.clone()), "{kind:?}");
        assert_eq!(table(kind, &write::template_csv(kind).unwrap()).unwrap(), (1, 0, sample), "{kind:?}");
        let halves: [Vec<String>; 3] = [
            columns.iter().map(|column| column.key.to_uppercase().replace('_', " ")).collect(),
            columns.iter().map(|column| format!(" {} ", column.zh)).collect(),
            columns.iter().map(|column| format!("{}／{}", column.zh, column.key.replace('_', "-"))).collect(),
        ];
        for header in halves {
            let row = columns.iter().map(|column| format!("x{}", column.sample)).collect();
            let bytes = write::csv(&header, [row]).unwrap();
            assert_eq!(table(kind, &bytes).unwrap(), (1, 1, vec![]), "{kind:?} {header:?}");
        }
    }
}

#[test]
fn a_header_may_stand_below_a_title_and_columns_may_be_unknown() {
    let text = "2026年3月驻村工作队名单,,,\n制表:张三,,,\n\n编号,村,名称,备注二\nT1,V1,滨河村工作队,x\n";
    let (row, count, warnings) = table(TemplateKind::Teams, text.as_bytes()).unwrap();
    assert_eq!((row, count), (4, 1));
    assert_eq!(warnings, ["these columns are not known and were left out: 备注二"]);
}

#[test]
fn a_missing_column_is_named_with_what_was_found() {
    let trouble = table(TemplateKind::Teams, "编号,名称,备注\n1,2,3\n".as_bytes()).unwrap_err();
    assert_eq!(trouble.row, Some(1));
    assert!(trouble.said.en.contains("village / 村") && trouble.said.en.contains("备注"), "{trouble}");
    let other = table(TemplateKind::Inspectors, "id,village,role,name,phone,do not call\n1,V1,cadre,x,,\n".as_bytes()).unwrap_err();
    assert!(other.said.en.contains("looks like a file of contacts"), "{other}");
    let none = table(TemplateKind::Rota, b"a,b\n1,2\n").unwrap_err();
    assert!(none.said.en.contains("official / 人员"), "{none}");
    let twice = table(TemplateKind::Teams, "id,编号,village,name\n1,1,2,3\n".as_bytes()).unwrap_err();
    assert!(twice.said.en.contains("twice"), "{twice}");
}

#[test]
fn a_reject_file_goes_back_as_it_came_and_comes_again() {
    let row = Row { number: 7, cells: vec!["=1".into(), "V1".into(), "x".into(), "more".into()], damage: None };
    let trouble = Trouble::new(spotcheck::said!("wrong", "有误")).in_field("id");
    let rejects = [Reject::new(&row, trouble, "teams.csv")];
    let header = ["id".to_owned(), "village".to_owned(), "name".to_owned()];
    let csv = reject_csv(&header, &rejects, Language::En).unwrap();
    assert_eq!(shown(&csv), ["1: id|village|name||reason / 原因", "2: '=1|V1|x|more|row 7, field id: wrong"]);
    assert_eq!(table(TemplateKind::Teams, &csv).unwrap().1, 1);
    let xlsx = reject_xlsx(&header, &rejects, Language::ZhHans).unwrap();
    assert_eq!(shown(&xlsx)[1], "2: =1|V1|x|more|第7行 “id”栏:有误");
    let again = reject_csv(&["id".into(), write::REASON_HEADER.into()], &rejects, Language::En).unwrap();
    assert_eq!(shown(&again)[0], "1: id|||reason / 原因");
}
