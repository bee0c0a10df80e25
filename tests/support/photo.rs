//! Photos as cameras write them, made byte by byte: nothing in them but their notes.

/// A note of a camera; `None` where it does not say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Note<'a> {
    /// `2026:03:03 10:20:00`
    pub taken: Option<&'a str>,
    /// `+08:00`
    pub offset: Option<&'a str>,
    /// Degrees east and north; south and west below 0.
    pub place: Option<(f64, f64)>,
    /// The highest byte first.
    pub big: bool,
}

struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

impl Note<'_> {
    fn short(&self, n: u16) -> [u8; 2] {
        if self.big { n.to_be_bytes() } else { n.to_le_bytes() }
    }

    fn long(&self, n: u32) -> [u8; 4] {
        if self.big { n.to_be_bytes() } else { n.to_le_bytes() }
    }

    fn text(&self, tag: u16, text: &str) -> Entry {
        let value = [text.as_bytes(), b"\0"].concat();
        Entry { tag, kind: 2, count: value.len() as u32, value }
    }

    fn degrees(&self, tag: u16, degrees: f64) -> Entry {
        let whole = degrees.abs().floor();
        let minutes = ((degrees.abs() - whole) * 60.0).floor();
        let seconds = (degrees.abs() - whole - minutes / 60.0) * 3600.0;
        let parts = [(whole as u32, 1), (minutes as u32, 1), ((seconds * 10_000.0).round() as u32, 10_000)];
        let value = parts.iter().flat_map(|(a, b)| [self.long(*a), self.long(*b)].concat()).collect();
        Entry { tag, kind: 5, count: 3, value }
    }

    /// A directory at `at`, and behind it the values that do not fit into its entries.
    fn directory(&self, at: usize, entries: &[Entry]) -> Vec<u8> {
        let mut values = at + 2 + entries.len() * 12 + 4;
        let (mut head, mut tail) = (self.short(entries.len() as u16).to_vec(), Vec::new());
        for Entry { tag, kind, count, value } in entries {
            head.extend([self.short(*tag), self.short(*kind)].concat());
            head.extend(self.long(*count));
            if value.len() <= 4 {
                head.extend(value.iter().copied().chain([0; 4]).take(4));
            } else {
                head.extend(self.long(values as u32));
                tail.extend(value);
                values += value.len();
            }
        }
        head.extend([0; 4]);
        [head, tail].concat()
    }

    pub fn tiff(&self) -> Vec<u8> {
        let pointer = |tag, to: usize| Entry { tag, kind: 4, count: 1, value: self.long(to as u32).to_vec() };
        let camera = self.taken.map(|taken| self.text(0x9003, taken));
        let camera: Vec<Entry> = camera.into_iter().chain(self.offset.map(|o| self.text(0x9011, o))).collect();
        let place = self.place.map_or(Vec::new(), |(east, north)| {
            let side = |degrees: f64, sides: [&'static str; 2]| sides[usize::from(degrees < 0.0)];
            vec![
                self.text(1, side(north, ["N", "S"])),
                self.degrees(2, north),
                self.text(3, side(east, ["E", "W"])),
                self.degrees(4, east),
            ]
        });
        let first = 8;
        let camera_at = first + 2 + 3 * 12 + 4 + "invented\0".len();
        let camera = self.directory(camera_at, &camera);
        let place_at = camera_at + camera.len();
        let place = self.directory(place_at, &place);
        let entries = [self.text(0x010f, "invented"), pointer(0x8769, camera_at), pointer(0x8825, place_at)];
        let mark: &[u8] = if self.big { b"MM\0*" } else { b"II*\0" };
        [mark, &self.long(first as u32), &self.directory(first, &entries), &camera, &place].concat()
    }

    pub fn jpeg(&self) -> Vec<u8> {
        let note = [b"Exif\0\0", &self.tiff()[..]].concat();
        let length = (note.len() as u16 + 2).to_be_bytes();
        let before = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
        [before, &b"\xff\xe1"[..], &length, &note, b"\xff\xda\0\x02 picture \xff\xd9"].concat()
    }

    pub fn png(&self) -> Vec<u8> {
        let chunk =
            |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32).to_be_bytes()[..], kind, body, b"crc!"].concat();
        [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &[0; 13]), &chunk(b"eXIf", &self.tiff()), &chunk(b"IEND", b"")]
            .concat()
    }

    pub fn webp(&self) -> Vec<u8> {
        let chunk = |kind: &[u8; 4], body: &[u8]| {
            [&kind[..], &(body.len() as u32).to_le_bytes(), body, &[0][..body.len() % 2]].concat()
        };
        let body = [chunk(b"VP8 ", b"odd"), chunk(b"EXIF", &self.tiff())].concat();
        [&b"RIFF"[..], &(body.len() as u32 + 4).to_le_bytes(), b"WEBP", &body].concat()
    }

    pub fn heif(&self) -> Vec<u8> {
        let boxed = |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat();
        let held = [&[0, 0, 0, 6][..], b"Exif\0\0", &self.tiff()].concat();
        let about = |id: u8, kind: &[u8; 4]| boxed(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0][..], kind, b"\0"].concat());
        let items = boxed(b"iinf", &[&[0, 0, 0, 0, 0, 2][..], &about(1, b"hvc1"), &about(7, b"Exif")].concat());
        let place = |id: u8, at: u32, length: u32| {
            [&[0, id, 0, 0, 0, 0, 0, 1][..], &at.to_be_bytes(), &length.to_be_bytes()].concat()
        };
        let meta = |at: u32| {
            let places = [place(1, 0, 8), place(7, at, held.len() as u32)].concat();
            let places = boxed(b"iloc", &[&[1, 0, 0, 0, 0x44, 0, 0, 2][..], &places].concat());
            boxed(b"meta", &[&[0, 0, 0, 0][..], &items, &places].concat())
        };
        let kind = boxed(b"ftyp", b"heic\0\0\0\0mif1");
        let at = kind.len() + meta(0).len() + 8;
        [kind, meta(at as u32), boxed(b"mdat", &held)].concat()
    }
}
