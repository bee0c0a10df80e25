//! From bytes to text, whatever the label says (REPLIES 4).

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

pub struct Decoded {
    pub text: String,
    /// More than 1 % of the characters could not be read: a person has to look.
    pub unreadable: bool,
}

/// Valid UTF-8 with a multibyte sequence wins over any label; the gb family is read as gb18030; then
/// the label; then a guess among gb18030, big5, utf-8 and windows-1252.
pub fn decode(bytes: &[u8], label: Option<&str>) -> Decoded {
    if let Ok(text) = std::str::from_utf8(bytes)
        && (!text.is_ascii() || label.is_none())
    {
        return Decoded::new(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned());
    }
    // A byte order mark says more than a label: `utf-16` alone does not tell which of the two it is.
    if let Some((encoding, mark)) = Encoding::for_bom(bytes).filter(|(e, _)| *e == UTF_16LE || *e == UTF_16BE) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
        return Decoded::new(text.into_owned());
    }
    let encoding = label.and_then(by_label).unwrap_or_else(|| guess(bytes));
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    Decoded::new(text.into_owned())
}

impl Decoded {
    fn new(text: String) -> Decoded {
        let all = text.chars().count();
        let lost = text.chars().filter(|c| *c == '\u{fffd}').count();
        Decoded { unreadable: lost * 100 > all, text }
    }
}

fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    match label.as_str() {
        "gb2312" | "gbk" | "x-gbk" | "cp936" | "ms936" | "windows-936" | "gb_2312-80" | "gb18030" => Some(GB18030),
        // Says nothing about bytes above 127, and those were not UTF-8.
        "us-ascii" | "ascii" | "ansi_x3.4-1968" => None,
        other => Encoding::for_label(other.as_bytes()),
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(Some(b"cn"), Utf8Detection::Allow);
    match guessed {
        e if e == UTF_8 || e == BIG5 || e == WINDOWS_1252 => guessed,
        e if e == encoding_rs::GBK || e == GB18030 => GB18030,
        _ if !GB18030.decode_without_bom_handling(bytes).1 => GB18030,
        _ => WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_believed_only_where_they_can_be_right() {
        let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
        let big5 = encoding_rs::BIG5.encode("工作隊員在崗，其餘請假").0.into_owned();
        let utf8 = "V1 在岗".as_bytes().to_vec();
        let cases: [(Vec<u8>, Option<&str>, &str); 10] = [
            (utf8.clone(), Some("gb2312"), "V1 在岗"),
            (utf8.clone(), Some("us-ascii"), "V1 在岗"),
            (utf8.clone(), Some("big5"), "V1 在岗"),
            (utf8, None, "V1 在岗"),
            (gb("V1 王喆在岗𠮷"), Some("GB2312"), "V1 王喆在岗𠮷"),
            (gb("V1 在岗"), Some("x-gbk"), "V1 在岗"),
            (gb("工作队员在岗，其余请假"), None, "工作队员在岗，其余请假"),
            (gb("工作队员在岗，其余请假"), Some("us-ascii"), "工作队员在岗，其余请假"),
            (gb("工作队员在岗，其余请假"), Some("no-such-charset"), "工作队员在岗，其余请假"),
            (big5, Some("big5"), "工作隊員在崗，其餘請假"),
        ];
        for (bytes, label, expected) in cases {
            let decoded = decode(&bytes, label);
            assert_eq!((decoded.text.as_str(), decoded.unreadable), (expected, false), "{label:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_so() {
        let gb = encoding_rs::GB18030.encode("第一村全部在岗").0.into_owned();
        assert!(decode(&gb, Some("utf-8")).unreadable);
        assert!(decode(b"~{VPND~}", Some("hz-gb-2312")).unreadable);
        assert!(!decode(b"V1 present", Some("utf-8")).unreadable);
    }
}
