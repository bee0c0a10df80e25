//! Exif 2.3: the directories of a TIFF, of which six fields are looked at.

use crate::model::photo::{PhotoNote, Taken};
use crate::model::position::Position;
use chrono::NaiveDateTime;

const EXIF_DIRECTORY: u16 = 0x8769;
const GPS_DIRECTORY: u16 = 0x8825;
const TAKEN: u16 = 0x9003;
const DIGITIZED: u16 = 0x9004;
const OFFSET_OF_TAKEN: u16 = 0x9011;
const OFFSET_OF_DIGITIZED: u16 = 0x9012;
const LATITUDE: (u16, u16) = (1, 2);
const LONGITUDE: (u16, u16) = (3, 4);

const ASCII: u16 = 2;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

/// `None` where these bytes are no TIFF.
pub fn read(bytes: &[u8]) -> Option<PhotoNote> {
    let big = match bytes.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let tiff = Tiff { bytes, big };
    let first = tiff.long(4)?;
    let below = |tag| tiff.field(first, tag, LONG, 1).and_then(|at| tiff.long(at));
    Some(PhotoNote {
        taken: below(EXIF_DIRECTORY).and_then(|directory| tiff.taken(directory)),
        place: below(GPS_DIRECTORY).and_then(|directory| tiff.place(directory)),
    })
}

struct Tiff<'a> {
    bytes: &'a [u8],
    big: bool,
}

impl Tiff<'_> {
    fn number(&self, at: usize, width: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(width)?)?.iter();
        let sum = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
        Some(if self.big { bytes.fold(0, sum) } else { bytes.rev().fold(0, sum) })
    }

    fn short(&self, at: usize) -> Option<u16> {
        u16::try_from(self.number(at, 2)?).ok()
    }

    fn long(&self, at: usize) -> Option<usize> {
        usize::try_from(self.number(at, 4)?).ok()
    }

    /// Where the value of a field lies: of this type, with at least so many parts.
    fn field(&self, directory: usize, tag: u16, kind: u16, parts: usize) -> Option<usize> {
        let entries = usize::from(self.short(directory)?);
        let entry = |number: usize| directory.checked_add(2 + 12 * number);
        let at = (0..entries).map_while(entry).find(|at| self.short(*at) == Some(tag))?;
        if self.short(at + 2)? != kind || self.long(at + 4)? < parts {
            return None;
        }
        let width = match kind {
            RATIONAL => 8,
            LONG => 4,
            _ => 1,
        };
        if width * parts <= 4 { Some(at + 8) } else { self.long(at + 8) }
    }

    fn text(&self, directory: usize, tag: u16, length: usize) -> Option<&str> {
        let at = self.field(directory, tag, ASCII, length)?;
        std::str::from_utf8(self.bytes.get(at..at.checked_add(length)?)?).ok()
    }

    fn taken(&self, directory: usize) -> Option<Taken> {
        let time = |tag| {
            let text = self.text(directory, tag, "2026:03:12 10:20:00".len())?;
            NaiveDateTime::parse_from_str(text, "%Y:%m:%d %H:%M:%S").ok()
        };
        let (clock, tag) = match time(TAKEN) {
            Some(clock) => (clock, OFFSET_OF_TAKEN),
            None => (time(DIGITIZED)?, OFFSET_OF_DIGITIZED),
        };
        Some(Taken { clock, offset_minutes: self.text(directory, tag, "+08:00".len()).and_then(offset) })
    }

    fn place(&self, directory: usize) -> Option<Position> {
        let latitude = self.degrees(directory, LATITUDE, ('N', 'S'))?;
        let longitude = self.degrees(directory, LONGITUDE, ('E', 'W'))?;
        // What telephones write that do not know where they are.
        let nowhere = latitude == 0.0 && longitude == 0.0;
        Position::from_degrees(longitude, latitude).ok().filter(|_| !nowhere)
    }

    /// Degrees, minutes and seconds, each as a fraction, and on which side.
    fn degrees(&self, directory: usize, (side, value): (u16, u16), (plus, minus): (char, char)) -> Option<f64> {
        let side = self.text(directory, side, 1)?.chars().next()?.to_ascii_uppercase();
        let at = self.field(directory, value, RATIONAL, 3)?;
        let fraction = |number: usize| {
            let at = at.checked_add(8 * number)?;
            let (above, below) = (self.number(at, 4)?, self.number(at.checked_add(4)?, 4)?);
            (below != 0).then(|| f64::from(above) / f64::from(below))
        };
        let degrees = fraction(0)? + fraction(1)? / 60.0 + fraction(2)? / 3600.0;
        if side == plus { Some(degrees) } else { (side == minus).then_some(-degrees) }
    }
}

/// `+08:00` in minutes.
fn offset(text: &str) -> Option<i32> {
    let sign = match text.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let part = |text: &str, most: i32| text.parse::<u8>().ok().map(i32::from).filter(|n| *n <= most);
    Some(sign * (part(hours, 14)? * 60 + part(minutes, 59)?))
}
