//! Where the formats of photos keep what the camera wrote: JPEG, PNG, WebP, HEIF.

/// Segments, chunks or boxes beyond these are not looked at.
const MOST: usize = 1000;
const EXIF: &[u8] = b"Exif\0\0";

/// The camera's note (a TIFF), if there is one; `None` where these bytes are no photo of a known kind.
pub fn find(bytes: &[u8]) -> Option<Option<&[u8]>> {
    if bytes.starts_with(b"\xff\xd8") {
        Some(jpeg(bytes))
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(png(bytes))
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(webp(bytes))
    } else if bytes.get(4..8) == Some(b"ftyp") {
        Some(heif(bytes))
    } else {
        None
    }
}

fn bare(note: &[u8]) -> &[u8] {
    note.strip_prefix(EXIF).unwrap_or(note)
}

fn jpeg(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 2;
    for _ in 0..MOST {
        while bytes.get(at)? == &0xff && bytes.get(at + 1)? == &0xff {
            at += 1;
        }
        let (0xff, marker) = (*bytes.get(at)?, *bytes.get(at + 1)?) else { return None };
        // The picture itself begins.
        if matches!(marker, 0xd9 | 0xda) {
            return None;
        }
        let length = usize::from(u16(bytes, at + 2)?);
        let segment = bytes.get(at + 4..(at + 2).checked_add(length)?)?;
        if marker == 0xe1 && segment.starts_with(EXIF) {
            return Some(bare(segment));
        }
        at = (at + 2).checked_add(length)?;
    }
    None
}

fn png(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 8;
    for _ in 0..MOST {
        let length = usize::try_from(u32(bytes, at)?).ok()?;
        let end = (at + 8).checked_add(length)?;
        if bytes.get(at + 4..at + 8)? == b"eXIf" {
            return bytes.get(at + 8..end).map(bare);
        }
        at = end.checked_add(4)?;
    }
    None
}

fn webp(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 12;
    for _ in 0..MOST {
        let length = bytes.get(at + 4..at + 8)?.iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let end = (at + 8).checked_add(length)?;
        if bytes.get(at..at + 4)? == b"EXIF" {
            return bytes.get(at + 8..end).map(bare);
        }
        at = end.checked_add(length % 2)?;
    }
    None
}

/// HEIF keeps it as an item of its own, and a table of where items lie.
fn heif(bytes: &[u8]) -> Option<&[u8]> {
    let meta = boxes(bytes).find(|(kind, _)| kind == b"meta")?.1.get(4..)?;
    let (mut item, mut places) = (None, None);
    for (kind, body) in boxes(meta) {
        match kind {
            b"iinf" => item = item_of_note(body),
            b"iloc" => places = Some(body),
            _ => {}
        }
    }
    let (offset, length) = place_of(places?, item?)?;
    let held = bytes.get(offset..offset.checked_add(length)?)?;
    // It begins with how far off its TIFF is.
    let skip = usize::try_from(u32(held, 0)?).ok()?.checked_add(4)?;
    held.get(skip..).map(bare)
}

fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let kind = rest.get(4..8)?;
        let (head, size) = match u32(rest, 0)? {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(number(rest, 8, 8)?).ok()?),
            size => (8, usize::try_from(size).ok()?),
        };
        let body = rest.get(head..size)?;
        rest = rest.get(size..)?;
        Some((kind, body))
    })
    .take(MOST)
}

fn item_of_note(iinf: &[u8]) -> Option<u64> {
    let entries = iinf.get(if iinf.first()? == &0 { 6 } else { 8 }..)?;
    boxes(entries).filter(|(kind, _)| kind == b"infe").find_map(|(_, body)| {
        let wide = match body.first()? {
            2 => 2,
            3 => 4,
            _ => return None,
        };
        (body.get(6 + wide..10 + wide)? == b"Exif").then(|| number(body, 4, wide))?
    })
}

/// Offset and length of an item's first piece, counted from the beginning of the file.
fn place_of(iloc: &[u8], item: u64) -> Option<(usize, usize)> {
    let version = *iloc.first()?;
    let widths = u16(iloc, 4)?;
    let width = |shift: u32| usize::from(widths >> shift & 0xf);
    let (offset, length, base) = (width(12), width(8), width(4));
    let index = if version == 0 { 0 } else { width(0) };
    let id = if version < 2 { 2 } else { 4 };
    let mut at = 6 + id;
    let method = if version == 0 { 0 } else { 2 };
    for _ in 0..number(iloc, 6, id)?.min(MOST as u64) {
        let found = number(iloc, at, id)? == item;
        at += id;
        let in_file = number(iloc, at, method)? & 0xf == 0;
        at += method + 2;
        let begins = number(iloc, at, base)?;
        at += base;
        let pieces = usize::from(u16(iloc, at)?);
        at += 2;
        if found {
            let offset_of = begins.checked_add(number(iloc, at + index, offset)?)?;
            let length_of = number(iloc, at + index + offset, length)?;
            return in_file.then_some((usize::try_from(offset_of).ok()?, usize::try_from(length_of).ok()?));
        }
        at += pieces * (index + offset + length);
    }
    None
}

/// A number of up to 8 bytes, the first one highest; of none it is 0.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(width)?).filter(|_| width <= 8)?;
    Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
