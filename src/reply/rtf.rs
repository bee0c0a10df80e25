//! Rich text as Outlook packs it into winmail.dat: compressed, and perhaps wrapped around HTML.

use super::{charset, html, tnef};

/// What a compressed body may grow to.
const LARGEST: usize = 4 * 1024 * 1024;

/// What the window holds before the first byte.
const PRELOADED: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const WINDOW: usize = 4096;

/// Undoes the compression: runs of literal bytes and of references into the last 4096 bytes.
pub fn decompressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = usize::try_from(u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?)).ok()?.min(LARGEST);
    match bytes.get(8..12)? {
        b"MELA" => return Some(bytes.get(16..)?.iter().take(size).copied().collect()),
        b"LZFu" => {}
        _ => return None,
    }
    let mut out = PRELOADED.to_vec();
    let mut packed = bytes.get(16..)?.iter().copied();
    'all: while let Some(control) = packed.next() {
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some(byte) = packed.next() else { break 'all };
                out.push(byte);
            } else {
                let (Some(high), Some(low)) = (packed.next(), packed.next()) else { break 'all };
                let reference = usize::from(high) << 8 | usize::from(low);
                let (place, length) = (reference >> 4, (reference & 15) + 2);
                let written = out.len() % WINDOW;
                let back = match (written + WINDOW - place) % WINDOW {
                    // A reference to the place that is written next ends the text.
                    0 => break 'all,
                    back => back,
                };
                for _ in 0..length {
                    let byte = out.len().checked_sub(back).and_then(|at| out.get(at)).copied().unwrap_or(b' ');
                    out.push(byte);
                }
            }
            if out.len() >= PRELOADED.len() + size {
                break 'all;
            }
        }
    }
    out.drain(..PRELOADED.len());
    out.truncate(size);
    Some(out)
}

/// The text of it; where HTML was wrapped into it, the lines of that.
pub fn to_lines(bytes: &[u8]) -> charset::Decoded {
    let mut reader =
        Rtf { bytes, at: 0, groups: vec![Group::default()], held: Vec::new(), out: String::new(), page: None };
    let wraps_html = bytes.windows(10).take(4000).any(|window| window == b"\\fromhtml1");
    while let Some(&byte) = bytes.get(reader.at) {
        reader.at += 1;
        match byte {
            b'{' => reader.open(),
            b'}' => reader.close(),
            b'\\' => reader.control(wraps_html),
            b'\r' | b'\n' => {}
            _ => reader.byte(byte),
        }
    }
    reader.flush();
    let text = if wraps_html { html::to_lines(&reader.out) } else { reader.out };
    let lost =
        text.contains('\u{fffd}') && text.chars().filter(|c| *c == '\u{fffd}').count() * 100 > text.chars().count();
    charset::Decoded { text, unreadable: lost }
}

#[derive(Clone, Copy, Default)]
struct Group {
    /// What stands in it is no text.
    skipped: bool,
    /// Within HTML: a tag stands here.
    tag: bool,
    /// Within HTML: what stands here repeats a tag in RTF.
    repeats: bool,
    /// How many characters follow a `\u` for readers that do not know it.
    fallback: usize,
}

struct Rtf<'a> {
    bytes: &'a [u8],
    at: usize,
    groups: Vec<Group>,
    /// Bytes that are not decoded yet: a character may take several.
    held: Vec<u8>,
    out: String,
    page: Option<&'static str>,
}

/// Deeper nesting is read as if it were flat.
const DEEPEST: usize = 100;

impl Rtf<'_> {
    fn group(&mut self) -> Group {
        self.groups.last().copied().unwrap_or_default()
    }

    fn open(&mut self) {
        let group = self.group();
        if self.groups.len() < DEEPEST {
            self.groups.push(group);
        }
    }

    fn close(&mut self) {
        self.flush();
        if self.groups.len() > 1 {
            self.groups.pop();
        }
    }

    fn set(&mut self, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.last_mut() {
            change(group);
        }
    }

    fn byte(&mut self, byte: u8) {
        let group = self.group();
        if !group.skipped && (group.tag || !group.repeats) {
            self.held.push(byte);
        }
    }

    fn flush(&mut self) {
        if !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            self.out.push_str(&charset::decode(&held, self.page).text);
        }
    }

    fn text(&mut self, text: &str) {
        let group = self.group();
        if !group.skipped && (group.tag || !group.repeats) {
            self.flush();
            self.out.push_str(text);
        }
    }

    fn control(&mut self, wraps_html: bool) {
        let Some(&first) = self.bytes.get(self.at) else { return };
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            match first {
                b'\'' => {
                    let digits = self.bytes.get(self.at..self.at + 2).and_then(|d| std::str::from_utf8(d).ok());
                    if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                        self.byte(byte);
                    }
                    self.at += 2;
                }
                b'*' => self.set(|group| group.skipped = true),
                b'~' => self.text(" "),
                b'\\' | b'{' | b'}' => self.byte(first),
                _ => {}
            }
            return;
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let letters = rest.iter().take(32).take_while(|b| b.is_ascii_alphabetic()).count();
        let word: String = rest.iter().take(letters).map(|b| char::from(*b)).collect();
        let tail = rest.get(letters..).unwrap_or_default();
        let digits =
            tail.iter().take(11).enumerate().take_while(|(i, b)| b.is_ascii_digit() || *i == 0 && **b == b'-').count();
        let number: Option<i32> =
            tail.get(..digits).and_then(|d| std::str::from_utf8(d).ok()).and_then(|d| d.parse().ok());
        self.at += letters + digits;
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        self.word(&word, number, wraps_html);
    }

    fn word(&mut self, word: &str, number: Option<i32>, wraps_html: bool) {
        match word {
            "htmltag" => self.set(|group| (group.skipped, group.tag) = (false, true)),
            "htmlrtf" => {
                self.flush();
                self.set(|group| group.repeats = number != Some(0));
            }
            "fonttbl" | "colortbl" | "stylesheet" | "info" | "pict" | "object" => {
                self.set(|group| group.skipped = true)
            }
            "ansicpg" => self.page = number.and_then(|n| u32::try_from(n).ok()).and_then(tnef::label),
            "uc" => {
                let fallback = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
                self.set(|group| group.fallback = fallback + 1);
            }
            "u" => {
                let code = number.unwrap_or_default().rem_euclid(0x1_0000);
                let c = u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
                self.text(c.encode_utf8(&mut [0; 4]));
                self.skip_fallback();
            }
            "par" | "line" if wraps_html => {}
            "par" | "line" | "row" => self.text("\n"),
            "tab" | "cell" => self.text(" "),
            _ => {}
        }
    }

    /// The characters after `\u` that stand there for readers that do not know it; one unless `\uc` says otherwise.
    fn skip_fallback(&mut self) {
        for _ in 0..self.group().fallback.checked_sub(1).unwrap_or(1).min(8) {
            match self.bytes.get(self.at..).unwrap_or_default() {
                [b'\\', b'\'', ..] => self.at += 4,
                [b'\\' | b'{' | b'}', ..] | [] => return,
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(kind: &[u8], text: &[u8]) -> Vec<u8> {
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        let mut out = [&[0; 4][..], &size, kind, &[0; 4]].concat();
        if kind == b"MELA" {
            out.extend(text);
        } else {
            for chunk in text.chunks(8) {
                out.push(0);
                out.extend(chunk);
            }
        }
        out
    }

    #[test]
    fn compression_is_undone() {
        let text = b"{\\rtf1\\ansi C1 busy\\par}";
        for kind in [b"MELA", b"LZFu"] {
            assert_eq!(decompressed(&packed(kind, text)).as_deref(), Some(&text[..]));
        }
        // The example of the format's own description: "{\rtf1\ansi\ansicpg1252\pard hello world}\r\n".
        let example = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0, 0x0a, 0, 0x72, 0x63,
            0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0, 0x20, 0x62, 0x77,
            0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
        ];
        let read = decompressed(&example).unwrap();
        assert_eq!(String::from_utf8_lossy(&read), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert_eq!(decompressed(b"short"), None);
    }

    #[test]
    fn text_is_read() {
        let gbk = "{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0 Arial;}}\\pard V2 \\'d4\\'da\\'b8\\'da\\par C1 \\u21344?\\u32447?\\par}";
        assert_eq!(to_lines(gbk.as_bytes()).text, "V2 在岗\nC1 占线\n");
        let wrapped = "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf \\par \\htmlrtf0 C1 busy{\\*\\htmltag72 </p>}{\\*\\generator x}{\\*\\htmltag64 <p>}C2 no answer}";
        assert_eq!(to_lines(wrapped.as_bytes()).text, "C1 busy\nC2 no answer\n");
    }
}
