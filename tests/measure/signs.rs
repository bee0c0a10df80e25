//! Signs in what inspectors write: how often honest writing shows one, and that planted ones are seen.

use spotcheck::measure::signs::{Photo, Sign, SignKind, Written, signs};
use spotcheck::model::photo::{PhotoFit, PlaceFit, TimeFit};

/// Small numbers that look like chance, the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn of_100(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

const REMARKS: [&str; 8] = [
    "登记簿在村委会，已核对",
    "met at the school, both names on the board",
    "队长入户，电话联系后返回",
    "road works, arrived late",
    "工作日志记到昨天",
    "office locked at first, key with the clerk",
    "会议记录完整",
    "talked to two households",
];

/// A month of somebody who writes honestly: visits half a day apart or some villages on, times rounded as people do.
fn honest(dice: &mut Dice) -> Written {
    let rounds = [1, 5, 5, 10, 10, 15][dice.below(6) as usize];
    let rest = dice.below(35);
    let mut one = Written::default();
    for day in 0..20i64 {
        let mut minute = 540 + dice.below(60) as i64;
        for visit in 0..1 + dice.below(3) {
            let place = format!("{day}.{visit}");
            let people = 2 + dice.below(3);
            one.results += people;
            if dice.of_100(rest) {
                one.by_rest += people;
            }
            if dice.of_100(70) {
                one.times.push((day * 1440 + minute / rounds * rounds, place.clone()));
            }
            if dice.of_100(30) {
                let said = REMARKS[dice.below(REMARKS.len() as u64) as usize];
                let own = if dice.of_100(50) { said.to_owned() } else { format!("{said} {}", dice.below(9_000)) };
                one.remarks.push((place, own));
            }
            minute += 35 + dice.below(90) as i64;
        }
    }
    one
}

#[test]
fn honest_writing_hardly_ever_shows_a_sign() {
    let mut dice = Dice(20_261_127);
    let (mut people, mut shown) = (0, Vec::new());
    for _ in 0..200 {
        let office: Vec<Written> = (0..10).map(|_| honest(&mut dice)).collect();
        people += office.len();
        shown.extend(signs(&office).into_iter().flatten());
    }
    for kind in [SignKind::TooFast, SignKind::TooRound, SignKind::Copied, SignKind::ByRest] {
        let n = shown.iter().filter(|sign| sign.kind == kind).count();
        println!("{kind:?}: {n} of {people} honest months");
        assert!(n * 200 <= people, "{kind:?}: {n} of {people}, more than one in two hundred");
    }
}

#[test]
fn what_is_made_up_is_seen() {
    let mut dice = Dice(7);
    let mut office: Vec<Written> = (0..9).map(|_| honest(&mut dice)).collect();
    let mut lazy = Written { results: 90, by_rest: 84, ..Written::default() };
    for day in 0..20i64 {
        lazy.times.extend([(day * 1440 + 540, format!("{day}.a")), (day * 1440 + 540, format!("{day}.b"))]);
        lazy.remarks.push((format!("{day}.a"), "一切正常，按要求开展工作。".to_owned()));
    }
    office.push(lazy);
    let found = signs(&office);
    let kinds: Vec<SignKind> = found[9].iter().map(|sign| sign.kind).collect();
    assert_eq!(kinds, [SignKind::TooFast, SignKind::TooRound, SignKind::Copied, SignKind::ByRest]);
    assert!(found[9].iter().all(|sign| sign.n > 0 && sign.n <= sign.of), "{:?}", found[9]);
}

fn photo(visit: &str, time: TimeFit, place: PlaceFit) -> Photo {
    Photo { visit: visit.to_owned(), fit: Some(PhotoFit { time, place, metres: None }), alike: false }
}

fn shown(photos: &[Photo]) -> Vec<Sign> {
    signs(&[Written { photos: photos.to_vec(), ..Written::default() }]).remove(0)
}

#[test]
fn photos_without_time_and_place_and_a_single_odd_one_are_no_sign() {
    use PlaceFit::{Away, Fits, Nothing, Unlocated};
    let stripped: Vec<Photo> = (0..40).map(|n| photo(&n.to_string(), TimeFit::Nothing, Nothing)).collect();
    assert_eq!(shown(&stripped), []);
    let untied = Photo { visit: "a".to_owned(), fit: None, alike: false };
    assert_eq!(shown(&[untied, photo("b", TimeFit::OtherDay, Away), photo("c", TimeFit::Fits, Unlocated)]), []);
    // One from the gallery beside one of the day.
    let mixed = ["a", "b", "c"].map(|v| [photo(v, TimeFit::OtherDay, Away), photo(v, TimeFit::Fits, Fits)]).concat();
    assert_eq!(shown(&mixed), []);
    assert_eq!(shown(&["a", "b"].map(|v| photo(v, TimeFit::OtherHour, Nothing))), []);
}

#[test]
fn photos_that_belong_elsewhere_are_a_sign() {
    let elsewhere: Vec<Photo> = ["a", "a", "b", "c"]
        .iter()
        .map(|visit| photo(visit, TimeFit::OtherDay, if *visit == "c" { PlaceFit::Fits } else { PlaceFit::Away }))
        .collect();
    let sign = |kind, n, of| Sign { kind, n, of };
    assert_eq!(shown(&elsewhere), [sign(SignKind::PhotoOtherDay, 3, 3), sign(SignKind::PhotoAway, 2, 3)]);
    let again = Photo { alike: true, ..photo("a", TimeFit::Fits, PlaceFit::Fits) };
    assert_eq!(shown(&[again, photo("b", TimeFit::Fits, PlaceFit::Fits)]), [sign(SignKind::SamePhoto, 1, 2)]);
}
