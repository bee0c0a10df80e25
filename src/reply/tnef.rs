//! winmail.dat (TNEF): the body that Outlook packs into it where the mail has no other (REPLIES 4).

use super::{charset, html, rtf};

const SIGNATURE: u32 = 0x223e_9f78;
/// Attributes of the message.
const BODY: u32 = 0x0002_800c;
const PROPERTIES: u32 = 0x0006_9003;
const CODE_PAGE: u32 = 0x0006_9007;

/// Property ids of the body as text, as compressed RTF and as HTML.
const TEXT: u16 = 0x1000;
const RTF: u16 = 0x1009;
const HTML: u16 = 0x1013;

/// Attributes and properties beyond these are not looked at.
const MOST: usize = 2000;

/// The body as lines; `None` where there is none.
pub fn body(bytes: &[u8]) -> Option<charset::Decoded> {
    let mut reader = Reader { bytes, at: 0 };
    if reader.long()? != SIGNATURE {
        return None;
    }
    reader.take(2)?;
    let mut found = Bodies { page: 0, text: None, html: None, rtf: None };
    for _ in 0..MOST {
        // A stream that was cut off still has what came before.
        let Some((id, data)) = attribute(&mut reader) else { break };
        match id {
            CODE_PAGE => found.page = Reader { bytes: data, at: 0 }.long().unwrap_or_default(),
            BODY => found.text = Some(charset::decode(until_zero(data), label(found.page))),
            PROPERTIES => {
                properties(data, &mut found);
            }
            _ => {}
        }
    }
    found.best()
}

struct Bodies {
    page: u32,
    text: Option<charset::Decoded>,
    html: Option<charset::Decoded>,
    rtf: Option<charset::Decoded>,
}

impl Bodies {
    fn best(self) -> Option<charset::Decoded> {
        let says = |decoded: &charset::Decoded| decoded.unreadable || !decoded.text.trim().is_empty();
        [self.text, self.html, self.rtf].into_iter().flatten().find(says)
    }
}

fn attribute<'a>(reader: &mut Reader<'a>) -> Option<(u32, &'a [u8])> {
    reader.take(1)?;
    let id = reader.long()?;
    let length = usize::try_from(reader.long()?).ok()?;
    let data = reader.take(length)?;
    reader.take(2)?;
    Some((id, data))
}

/// The MAPI properties: a count, then type, id, and a value of a length that hangs on the type.
fn properties(data: &[u8], found: &mut Bodies) -> Option<()> {
    let mut reader = Reader { bytes: data, at: 0 };
    let count = reader.long()?;
    for _ in 0..usize::try_from(count).ok()?.min(MOST) {
        let (kind, id) = (reader.short()?, reader.short()?);
        if id >= 0x8000 {
            named(&mut reader)?;
        }
        // A flag marks lists of values; strings and bytes carry a count of their own in any case.
        let counted = kind & 0x1000 != 0 || matches!(kind & 0xfff, 0x1e | 0x1f | 0x0d | 0x102);
        let values = if counted { usize::try_from(reader.long()?).ok()?.min(MOST) } else { 1 };
        for _ in 0..values {
            let value = value(&mut reader, kind & 0xfff)?;
            let utf_16 = kind & 0xfff == 0x1f;
            let page = if utf_16 { Some("utf-16le") } else { label(found.page) };
            match id {
                TEXT => found.text = Some(charset::decode(if utf_16 { value } else { until_zero(value) }, page)),
                HTML => {
                    let decoded = charset::decode(value, page);
                    found.html =
                        Some(charset::Decoded { text: html::to_lines(&decoded.text), unreadable: decoded.unreadable });
                }
                // Once: a few bytes may unpack to megabytes.
                RTF if found.rtf.is_none() => found.rtf = rtf::decompressed(value).map(|bytes| rtf::to_lines(&bytes)),
                _ => {}
            }
        }
    }
    Some(())
}

/// The name of a property that has no number: a GUID, then a number or a padded text.
fn named(reader: &mut Reader<'_>) -> Option<()> {
    reader.take(16)?;
    if reader.long()? == 0 {
        reader.take(4)?;
    } else {
        let length = usize::try_from(reader.long()?).ok()?;
        reader.padded(length)?;
    }
    Some(())
}

fn value<'a>(reader: &mut Reader<'a>, kind: u16) -> Option<&'a [u8]> {
    match kind {
        0x02 | 0x0b => reader.take(4),
        0x03 | 0x04 | 0x0a | 0x01 => reader.take(4),
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => reader.take(8),
        0x48 => reader.take(16),
        0x1e | 0x1f | 0x0d | 0x102 => {
            let length = usize::try_from(reader.long()?).ok()?;
            reader.padded(length)
        }
        _ => None,
    }
}

fn until_zero(data: &[u8]) -> &[u8] {
    data.split(|b| *b == 0).next().unwrap_or_default()
}

/// The charset of a Windows code page.
pub fn label(page: u32) -> Option<&'static str> {
    Some(match page {
        936 | 54936 => "gb18030",
        950 => "big5",
        1252 => "windows-1252",
        65001 => "utf-8",
        _ => return None,
    })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    /// Up to a multiple of four bytes.
    fn padded(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.take(length)?;
        self.take(length.wrapping_neg() % 4)?;
        Some(taken)
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(id: u32, data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap();
        [&[1][..], &id.to_le_bytes(), &length.to_le_bytes(), data, &[0, 0]].concat()
    }

    fn stream(attributes: &[Vec<u8>]) -> Vec<u8> {
        [&SIGNATURE.to_le_bytes()[..], &[1, 0], &attributes.concat()].concat()
    }

    fn property(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(value.len()).unwrap();
        let padding = vec![0; value.len().wrapping_neg() % 4];
        [&kind.to_le_bytes()[..], &id.to_le_bytes(), &1u32.to_le_bytes(), &length.to_le_bytes(), value, &padding]
            .concat()
    }

    fn read(bytes: &[u8]) -> Option<String> {
        body(bytes).map(|decoded| decoded.text.trim().to_owned())
    }

    #[test]
    fn a_body_is_found_in_every_form() {
        let gbk = encoding_rs::GBK.encode("C1 占线").0.into_owned();
        let page = attribute(CODE_PAGE, &936u64.to_le_bytes());
        let plain = stream(&[page, attribute(BODY, &[&gbk[..], b"\0"].concat())]);
        assert_eq!(read(&plain).as_deref(), Some("C1 占线"));
        let wide: Vec<u8> = "C1 占线".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let named = [&3u16.to_le_bytes()[..], &0x8001u16.to_le_bytes(), &[7; 16], &[0; 4], &[9; 4], &[5; 4]].concat();
        let all = [&2u32.to_le_bytes()[..], &named, &property(0x1f, TEXT, &wide)].concat();
        assert_eq!(read(&stream(&[attribute(PROPERTIES, &all)])).as_deref(), Some("C1 占线"));
        let html = [&1u32.to_le_bytes()[..], &property(0x102, HTML, "<p>C1<p>占线".as_bytes())].concat();
        assert_eq!(read(&stream(&[attribute(PROPERTIES, &html)])).as_deref(), Some("C1\n占线"));
        assert_eq!(read(b"not a stream of this kind"), None);
        assert_eq!(read(&plain[..plain.len() - 3]), None, "cut off within the body");
    }
}
