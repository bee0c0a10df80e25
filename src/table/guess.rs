//! What a file is, by its first bytes.

use crate::model::Said;
use crate::said;

/// How many bytes of the start are looked at.
pub(super) const ENOUGH: usize = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Empty,
    /// CSV in some charset.
    Text,
    /// xlsx, ods, or some other zip.
    Zip,
    /// xls, or an encrypted xlsx.
    Compound,
}

const PICTURES: [&[u8]; 7] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF"];
const ARCHIVES: [&[u8]; 5] = [b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"];

/// # Errors
/// Says what the file is instead of a table, and what to do.
pub(super) fn guess(start: &[u8]) -> Result<Format, Said> {
    if start.iter().all(|b| b.is_ascii_whitespace()) || matches!(start, b"\xef\xbb\xbf" | b"\xff\xfe" | b"\xfe\xff") {
        return Ok(Format::Empty);
    }
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Format::Zip);
    }
    if start.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(Format::Compound);
    }
    if start.starts_with(b"%PDF") {
        return Err(said!(
            "this is a PDF, not a table: ask for the Excel or CSV file it was made from",
            "这是PDF，不是表格：请索取生成它的Excel或CSV文件"
        ));
    }
    // A text may begin with BM as well; a picture holds zero bytes.
    let has_zero = start.contains(&0);
    if PICTURES.iter().any(|magic| start.starts_with(magic)) && (has_zero || !start.is_ascii()) {
        return Err(said!(
            "this is a picture, not a table: send the file as Excel or CSV",
            "这是图片，不是表格：请发送Excel或CSV文件"
        ));
    }
    if ARCHIVES.iter().any(|magic| start.starts_with(magic)) {
        return Err(said!(
            "this is a packed archive: unpack it and send the table itself",
            "这是压缩包：请解压后发送表格本身"
        ));
    }
    if is_markup(start) {
        return Err(said!(
            "this is a web page or XML with the name of a table: open it in Excel and save it as .xlsx",
            "这是网页或XML，只是用了表格的文件名：请用Excel打开后另存为.xlsx"
        ));
    }
    let utf16 = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    if has_zero && !utf16 {
        return Err(said!(
            "this is not a table but some other kind of file: expected .xlsx, .xls, .ods or CSV",
            "这不是表格，而是其他类型的文件：应为.xlsx、.xls、.ods或CSV"
        ));
    }
    Ok(Format::Text)
}

fn is_markup(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start.get(..512).unwrap_or(start)).to_lowercase();
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    ["<!doctype", "<html", "<head", "<meta", "<table", "<?xml", "<!--", "<body", "<style", "mime-version:"]
        .iter()
        .any(|tag| text.starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_named() {
        let cases: [(&[u8], &str); 7] = [
            (b"%PDF-1.7\n", "PDF"),
            (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "picture"),
            (b"Rar!\x1a\x07", "archive"),
            (b"\r\n <HTML><table>", "web page"),
            (b"<?xml version=\"1.0\"?><Workbook>", "XML"),
            (b"\x7fELF\x02\x01\0\0", "other kind"),
        ];
        for (bytes, word) in cases {
            let said = guess(bytes).unwrap_err();
            assert!(said.en.contains(word), "{}", said.en);
        }
        assert_eq!(guess(b"BMI,name\n1,A\n"), Ok(Format::Text));
        assert_eq!(guess(b" \r\n"), Ok(Format::Empty));
    }
}
