//! When and where photos were taken, from their bytes.

use super::photo::Note;
use proptest::prelude::*;
use spotcheck::model::photo::PhotoNote;
use spotcheck::reply::photo;

const NOTE: Note<'_> =
    Note { taken: Some("2026:03:03 10:20:00"), offset: Some("+08:00"), place: Some((106.630_5, 26.647_2)), big: false };

fn every_kind(note: &Note<'_>) -> [(&'static str, Vec<u8>); 4] {
    [("JPEG", note.jpeg()), ("PNG", note.png()), ("WebP", note.webp()), ("HEIF", note.heif())]
}

/// `2026-03-03 10:20:00 Some(480) 106.630500,26.647200`
fn told(bytes: &[u8]) -> String {
    let Some(PhotoNote { taken, place }) = photo(bytes) else { return "no photo".to_owned() };
    let taken = taken.map_or("-".to_owned(), |taken| format!("{} {:?}", taken.clock, taken.offset_minutes));
    let place = place.map_or("-".to_owned(), |at| format!("{:.6},{:.6}", at.degrees().0, at.degrees().1));
    format!("{taken} {place}")
}

#[test]
fn time_and_place_are_read_from_every_kind_of_photo() {
    for big in [false, true] {
        for (kind, bytes) in every_kind(&Note { big, ..NOTE }) {
            assert_eq!(told(&bytes), "2026-03-03 10:20:00 Some(480) 106.630500,26.647200", "{kind}, {big}");
        }
    }
    let west = Note { place: Some((-70.25, -33.5)), offset: Some("-03:30"), ..NOTE };
    assert_eq!(told(&west.jpeg()), "2026-03-03 10:20:00 Some(-210) -70.250000,-33.500000");
}

#[test]
fn what_is_not_in_it_is_not_made_up() {
    assert_eq!(told(&Note { offset: None, place: None, ..NOTE }.jpeg()), "2026-03-03 10:20:00 None -");
    assert_eq!(told(&Note { taken: None, ..NOTE }.jpeg()), "- 106.630500,26.647200");
    assert_eq!(told(&Note::default().heif()), "- -");
    assert_eq!(told(b"\xff\xd8\xff\xda\0\x02 picture \xff\xd9"), "- -", "no note at all");
    for bytes in [&b""[..], b"PK\x03\x04", b"JPEG", b"%PDF-1.7", b"GIF89a"] {
        assert_eq!(told(bytes), "no photo");
    }
    // What cameras write that do not know.
    for taken in ["0000:00:00 00:00:00", "    :  :     :  :  ", "2026:02:30 10:20:00", "yesterday, 10 o'clock"] {
        assert_eq!(told(&Note { taken: Some(taken), place: Some((0.0, 0.0)), ..NOTE }.jpeg()), "- -", "{taken}");
    }
    let odd = Note { offset: Some("Beijing"), ..NOTE };
    assert_eq!(told(&odd.jpeg()), "2026-03-03 10:20:00 None 106.630500,26.647200");
}

#[test]
fn a_note_whose_numbers_point_anywhere_is_no_note() {
    let whole = NOTE.tiff();
    for at in (4..whole.len() - 4).step_by(2) {
        for far in [u32::MAX, 0, 8, whole.len() as u32, 0x7fff_ffff] {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&far.to_le_bytes());
            let length = (bytes.len() as u16 + 8).to_be_bytes();
            let _ = told(&[&b"\xff\xd8\xff\xe1"[..], &length, b"Exif\0\0", &bytes].concat());
        }
    }
    for (kind, bytes) in every_kind(&NOTE) {
        for end in 0..bytes.len() {
            let cut = told(&bytes[..end]);
            assert!(cut == "no photo" || cut.starts_with('-') || cut.starts_with("2026"), "{kind} {end}: {cut}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_panics_whatever_the_bytes_are(
        kind in 0..4usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        more in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let (_, mut bytes) = every_kind(&NOTE).into_iter().nth(kind).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.extend(more);
        // Whatever is read is a place on earth.
        if let Some(place) = photo(&bytes).and_then(|note| note.place) {
            let (east, north) = place.degrees();
            prop_assert!(east.abs() <= 180.0 && north.abs() <= 90.0);
        }
    }
}
