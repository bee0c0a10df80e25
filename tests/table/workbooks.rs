//! xlsx, xls and ods, honest and hostile.

use super::{refused, rows, shown, zip};
use proptest::prelude::*;
use spotcheck::table::{TemplateKind, write};

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/"#;
const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#;

/// A workbook of one sheet, with more parts beside it.
fn book(sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let top = format!(r#"{RELATIONS}officeDocument" Target="xl/workbook.xml"/></Relationships>"#);
    let inner = format!(r#"{RELATIONS}worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#);
    let sheet =
        format!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{sheet}</worksheet>"#);
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
    let bytes = book(
        &data(&format!("<row>{cells}</row><row><c><v>7</v></c></row>")),
        &[("xl/sharedStrings.xml", strings.as_bytes())],
    );
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
    sheet
        .write_datetime_with_format(
            0,
            2,
            ExcelDateTime::from_hms(8, 31, 5).unwrap(),
            &Format::new().set_num_format("h:mm"),
        )
        .unwrap();
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
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let table = format!(
        "<table:table-row>{}{}</table:table-row><table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"2\"/>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2026-03-02T08:31:05\"><text:p>3月2日</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"float\" office:value=\"13800138000\" table:number-columns-repeated=\"2\"><text:p>1.38E10</text:p></table:table-cell>\
         <table:table-cell table:number-columns-repeated=\"16379\"/></table:table-row>",
        cell("编号"),
        cell("a<text:s text:c=\"2\"/>b &amp; c<office:annotation><text:p>note</text:p></office:annotation>")
    );
    let expected = [
        "1: 编号|a  b & c",
        "5: ||2026-03-02 08:31:05|13800138000|13800138000",
        "6: ||2026-03-02 08:31:05|13800138000|13800138000",
    ];
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
    fn any_sheet_is_rows_or_a_trouble(sheet in "(<(row|c|v|is|t|f)( (r|t|s)=\"[A-Z0-9s]{0,8}\")?/?>|</(row|c|v|is|t)>|[0-9a]{0,5}){0,30}") {
        let _ = rows(&book(&data(&sheet), &[]));
    }

    #[test]
    fn a_workbook_with_a_damaged_part_is_rows_or_a_trouble(
        part in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        with in "[<>/\"=A-Z0-9a-z :;&-]{0,10}",
        cut in 0usize..20,
    ) {
        let whole = write::template_xlsx(TemplateKind::Leave).unwrap();
        let mut zip = ::zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
        let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
        let damaged = part.index(names.len());
        let mut parts = Vec::new();
        for (i, name) in names.iter().enumerate() {
            let mut text = std::io::read_to_string(zip.by_name(name).unwrap()).unwrap();
            if i == damaged {
                let from = text.floor_char_boundary(at.index(text.len()));
                let to = text.floor_char_boundary((from + cut).min(text.len())).max(from);
                text.replace_range(from..to, &with);
            }
            parts.push((name.clone(), text));
        }
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        let _ = rows(&super::zip(&parts));
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
}
