//! Quotas, rounds, intervals, rosters, leaks and favours: each is found by the check that is made for it.

use crate::world::{Band, Dice, Schedule, World, leak};
use spotcheck::draw::fairness::{Came, Predictor, Programme, Standing, Verdict};
use spotcheck::model::Said;

const PLACES: usize = 200;
const A_DAY: usize = 8;
const WORLD: World = World { places: PLACES, days: 500, seed: 5 };

fn claimed() -> Vec<f64> {
    vec![A_DAY as f64 / PLACES as f64; PLACES]
}

fn hits(chosen: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut hits = vec![false; PLACES];
    chosen.into_iter().for_each(|i| hits[i] = true);
    hits
}

struct Quota {
    cool_down: usize,
    last: Vec<Option<usize>>,
}

impl Quota {
    fn with(cool_down: usize) -> Quota {
        Quota { cool_down, last: vec![None; PLACES] }
    }
}

impl Schedule for Quota {
    fn day(&mut self, day: usize, dice: &mut Dice) -> (Vec<f64>, Vec<bool>) {
        let rested = |last: &Option<usize>| last.is_none_or(|last| day - last > self.cool_down);
        let mut free: Vec<usize> = (0..PLACES).filter(|i| rested(&self.last[*i])).collect();
        dice.shuffle(&mut free);
        free.truncate(A_DAY);
        free.iter().for_each(|i| self.last[*i] = Some(day));
        (claimed(), hits(free))
    }
}

#[derive(Default)]
struct Round(Vec<usize>);

impl Schedule for Round {
    fn day(&mut self, _: usize, dice: &mut Dice) -> (Vec<f64>, Vec<bool>) {
        if self.0.is_empty() {
            self.0 = (0..PLACES).collect();
            dice.shuffle(&mut self.0);
        }
        (claimed(), hits(self.0.split_off(self.0.len() - A_DAY)))
    }
}

/// Every 25 workdays, give or take `jitter`.
struct Interval {
    jitter: usize,
    next: Vec<usize>,
}

impl Schedule for Interval {
    fn day(&mut self, day: usize, dice: &mut Dice) -> (Vec<f64>, Vec<bool>) {
        if self.next.is_empty() {
            self.next = (0..PLACES).map(|i| i % 25).collect();
        }
        let due: Vec<usize> = (0..PLACES).filter(|i| self.next[*i] == day).collect();
        for i in &due {
            self.next[*i] = day + 25 - self.jitter + dice.below(2 * self.jitter + 1);
        }
        (claimed(), hits(due))
    }
}

fn verdict(run: &Programme, code: &str) -> Verdict {
    run.check(code).unwrap().verdict
}

fn plain(schedule: &mut dyn Schedule) -> Programme {
    WORLD.watch(schedule, Vec::new(), |_, _, _| {})
}

#[test]
fn a_quota_is_found_by_its_even_days() {
    let run = plain(&mut Quota::with(0));
    assert_eq!(verdict(&run, "days"), Verdict::Look);
    assert!(run.check("days").unwrap().said.en.contains("varies too little"));
    assert!(run.check("days").unwrap().figure("dispersion").unwrap() < 1e-9);
}

#[test]
fn a_cool_down_a_round_an_interval_and_a_roster_are_found_by_their_gaps() {
    let all: [(&str, Box<dyn Schedule>); 4] = [
        ("cool-down", Box::new(Quota::with(10))),
        ("round", Box::<Round>::default()),
        ("interval", Box::new(Interval { jitter: 5, next: Vec::new() })),
        ("roster", Box::new(Interval { jitter: 0, next: Vec::new() })),
    ];
    for (name, mut schedule) in all {
        let run = plain(schedule.as_mut());
        assert_eq!(verdict(&run, "gaps"), Verdict::Look, "{name}");
        assert_eq!(verdict(&run, "z_since"), Verdict::Look, "{name}");
        assert!(run.check("z_since").unwrap().figure("evidence").unwrap() > 1e3, "{name}");
    }
}

/// Half of the drawn places are warned and come in.
#[test]
fn a_leak_is_found_and_without_a_leak_nothing_is() {
    let run = |warned: f64| {
        let mut band = Band::new(300, 0.008, 0.04, 125);
        World { places: 300, days: 500, seed: 77 }.watch(&mut band, vec![leak()], |_, window, dice| {
            let present = |hit: bool, dice: &mut Dice| dice.share() < 0.7 || hit && dice.share() < warned;
            window.scores =
                vec![window.units.iter().map(|u| Some(f64::from(u8::from(present(u.hit, dice))))).collect()];
        })
    };
    let (leaking, tight) = (run(0.5), run(0.0));
    assert_eq!(verdict(&leaking, "z_present"), Verdict::Look);
    assert!(leaking.check("z_present").unwrap().figure("z").unwrap() > 4.0);
    assert_eq!(verdict(&tight, "z_present"), Verdict::Fine);
}

/// Who may draw again keeps the draw with fewer visits to friends.
#[test]
fn steering_by_a_second_draw_is_found() {
    struct TwoDraws(Band);
    impl Schedule for TwoDraws {
        fn day(&mut self, day: usize, dice: &mut Dice) -> (Vec<f64>, Vec<bool>) {
            let before = self.0.ages.clone();
            let first = self.0.day(day, dice);
            let after = std::mem::replace(&mut self.0.ages, before);
            let second = self.0.day(day, dice);
            let friends = |draw: &(Vec<f64>, Vec<bool>)| draw.1.iter().take(60).filter(|hit| **hit).count();
            if friends(&second) < friends(&first) {
                return second;
            }
            self.0.ages = after;
            first
        }
    }
    let friend = Predictor { code: "friend", name: Said::new("A friend's place", "熟人所在地") };
    let mut two = TwoDraws(Band::new(300, 0.008, 0.04, 125));
    let run = World { places: 300, days: 500, seed: 3 }.watch(&mut two, vec![friend], |_, window, _| {
        window.scores = vec![(0..300).map(|i| Some(f64::from(u8::from(i < 60)))).collect()];
    });
    assert_eq!(verdict(&run, "z_friend"), Verdict::Look);
    assert!(run.check("z_friend").unwrap().figure("z").unwrap() < -4.0);
}

#[test]
fn a_swap_on_the_list_is_found_by_the_tickets() {
    let mut band = Band::new(300, 0.008, 0.04, 125);
    let run = World { places: 300, days: 60, seed: 8 }.watch(&mut band, Vec::new(), |day, window, _| {
        if day == 30
            && let Some(hit) = window.units.iter().position(|u| u.hit)
        {
            window.units[hit].came = Came::Nothing;
            let other = (hit + 1) % 300;
            window.units[other].came = Came::Executed;
        }
    });
    assert_eq!(verdict(&run, "lists"), Verdict::Look);
    assert_eq!(run.check("lists").unwrap().figure("unexplained"), Some(2.0));
}

/// Windows that draw a friend are declared void.
#[test]
fn voids_for_what_they_drew_are_found() {
    let mut band = Band::new(300, 0.008, 0.04, 125);
    let run = World { places: 300, days: 500, seed: 4 }.watch(&mut band, Vec::new(), |_, window, _| {
        if window.units.iter().filter(|u| u.hit).count() >= 7 {
            window.standing = Standing::Void { reason: "calendar".into(), tickets_known: true };
        }
    });
    assert_eq!(verdict(&run, "void_tickets"), Verdict::Look);
    assert!(run.check("number").unwrap().figure("z").unwrap() < -2.0);
}

#[test]
fn places_left_out_or_turned_into_calls_are_found() {
    let mut band = Band::new(300, 0.03, 0.06, 20);
    let run = World { places: 300, days: 250, seed: 9 }.watch(&mut band, Vec::new(), |day, window, dice| {
        if day % 3 != 0 {
            window.units[17].p = 0.0;
            window.units[17].hit = false;
            window.units[17].came = Came::Nothing;
        }
        for (i, unit) in window.units.iter_mut().enumerate() {
            if unit.hit && (i == 40 || dice.share() < 0.05) {
                unit.came = Came::Downgraded;
            }
        }
    });
    assert_eq!(verdict(&run, "eligible"), Verdict::Look);
    assert_eq!(run.check("eligible").unwrap().figure("places_under_half"), Some(1.0));
    assert_eq!(verdict(&run, "downgrades"), Verdict::Look);
}
