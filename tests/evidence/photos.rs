//! Photos beside visits: day, hour, distance, and to which visit one belongs (EVIDENCE 5).

use chrono::NaiveDateTime;
use spotcheck::evidence::photo::{Visit, fit, visit_of};
use spotcheck::model::photo::{PhotoNote, Taken};
use spotcheck::model::position::Position;
use spotcheck::model::{LineCode, Timestamp};
use spotcheck::words::photos;

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

fn clock(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_local(clock(text), ZONE)
}

fn place(north: f64) -> Option<Position> {
    Some(Position::from_degrees(106.6, north).unwrap())
}

fn visit(code: &str, from: &str, to: &str, north: Option<f64>) -> Visit {
    let day = |time: &str| at(&format!("2026-03-12 {time}"));
    let code = LineCode::parse(code).unwrap();
    Visit { code, from: day(from), to: day(to), stated: Vec::new(), place: north.and_then(place) }
}

fn note(taken: Option<&str>, offset_minutes: Option<i32>, north: Option<f64>) -> PhotoNote {
    PhotoNote { taken: taken.map(|text| Taken { clock: clock(text), offset_minutes }), place: north.and_then(place) }
}

fn told(note: &PhotoNote, visit: &Visit) -> String {
    let fit = fit(note, visit, ZONE);
    format!("{} {} {:?}", fit.time.code(), fit.place.code(), fit.metres)
}

#[test]
fn a_photo_fits_by_its_day_its_hour_and_its_distance() {
    let mut v1 = visit("V1", "09:00", "11:30", Some(26.6));
    let time = |text: &str, v1: &Visit| told(&note(Some(text), None, None), v1);
    assert_eq!(time("2026-03-12 10:20", &v1), "fits nothing None");
    assert_eq!(time("2026-03-12 12:30", &v1), "fits nothing None", "an hour after it still belongs to it");
    assert_eq!(time("2026-03-12 12:31", &v1), "other_hour nothing None");
    assert_eq!(time("2026-03-11 10:20", &v1), "other_day nothing None");
    // A visit that was made later than planned, as the inspector says.
    v1.stated.push(at("2026-03-12 14:00"));
    assert_eq!(time("2026-03-12 14:40", &v1), "fits nothing None");
    v1.stated.push(at("2026-03-13 09:00"));
    assert_eq!(time("2026-03-13 18:00", &v1), "other_hour nothing None");
    // By a clock of another zone, which it names.
    let utc = note(Some("2026-03-12 02:20"), Some(0), None);
    assert_eq!(told(&utc, &v1), "fits nothing None");
    let away = |north: f64| told(&note(None, None, Some(north)), &v1);
    assert_eq!(away(26.6), "nothing fits Some(0)");
    assert_eq!(away(26.644), "nothing fits Some(4893)");
    assert_eq!(away(26.646), "nothing away Some(5115)");
    assert_eq!(told(&note(None, None, Some(26.6)), &visit("V2", "09:00", "11:30", None)), "nothing unlocated None");
}

#[test]
fn a_photo_belongs_to_the_visit_that_it_fits_and_to_none_where_that_is_a_guess() {
    let visits = [
        visit("V1", "09:00", "11:30", Some(26.6)),
        visit("V2", "09:00", "11:30", Some(26.9)),
        visit("V3", "14:30", "17:00", None),
    ];
    let of = |note: &PhotoNote, name: Option<&str>, visits: &[Visit]| {
        visit_of(note, name, visits, ZONE).map_or("-".to_owned(), |visit| visit.code.to_string())
    };
    let nothing = PhotoNote::default();
    assert_eq!(of(&nothing, None, &visits), "-");
    assert_eq!(of(&nothing, None, &visits[..1]), "V1", "there is no other");
    assert_eq!(of(&nothing, Some("v2 门口.jpg"), &visits), "V2");
    assert_eq!(of(&nothing, Some("V21.jpg"), &visits), "-");
    assert_eq!(of(&nothing, Some("IMG_V1.jpg"), &visits), "-");
    assert_eq!(of(&note(None, None, Some(26.89)), None, &visits), "V2");
    assert_eq!(of(&note(Some("2026-03-12 15:00"), None, None), None, &visits), "V3");
    assert_eq!(of(&note(Some("2026-03-12 10:00"), None, None), None, &visits), "-", "two at that time");
    // Far from both that are known: it may well be of the third, of which nobody knows where it lies.
    assert_eq!(of(&note(None, None, Some(27.5)), None, &visits), "-");
}

#[test]
fn it_is_said_in_both_languages_and_accuses_nobody() {
    let v1 = visit("V1", "09:00", "11:30", Some(26.6));
    let said = |note: &PhotoNote, alike| photos::photo(Some(&fit(note, &v1, ZONE)), alike);
    let far = said(&note(Some("2026-03-11 10:20"), None, Some(26.7)), true);
    assert_eq!(far.en, "taken on another day; 11 km away from the place; the very same photo came with another visit");
    assert_eq!(far.zh, "不是走访当天拍摄；距该地点11公里；同一张照片也随另一次走访提交过");
    let bare = said(&PhotoNote::default(), false);
    assert!(bare.en.contains("often take them out") && bare.zh.contains("常会去除"), "{bare:?}");
    assert_eq!(photos::photo(None, false).en, "not clear to which visit it belongs");
}
