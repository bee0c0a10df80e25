//! An invented county whose windows are sealed, drawn and logged as the program does it, and its bundles.

use serde_json::{Value, json};
use spotcheck::draw::bundle::{Bound, Bundle};
use spotcheck::draw::log::{EMPTY, list_line, list_mac, next_head};
use spotcheck::draw::verify::{deals, lines, redeal};
use spotcheck::draw::{
    Bar, Chain, ChainKey, Chance, Dealing, Frame, Ground, Inputs, Limits, PerTarget, Pool, Reason, Row, Salt, draw,
};
use spotcheck::model::{InspectorId, PlaceId, Sha256, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

const M: u64 = 1 << 32;
const POOLS: [&str; 2] = ["north", "west"];

pub struct County {
    pub chains: Vec<Chain>,
    pub terms: Value,
    pub log: Vec<Bound>,
    /// Whether two inspectors go to each visit.
    pub two: bool,
    /// Whether who falls out has reported a line by then.
    pub reported: bool,
    /// By which beacons come, from the window's name and its t.
    pub source: Source,
}

/// What the beacon of a window begins with, its text, and its proof.
pub type Source = fn(&str, u32) -> (String, String, Option<String>);

fn local(window: &str, _: u32) -> (String, String, Option<String>) {
    ("local:".to_owned(), format!("local:{}", hash(&format!("beacon {window}")).hex()), None)
}

/// What one window's bundle is made of.
pub struct Made {
    pub auditor: Bundle,
    pub public: Bundle,
}

struct Place {
    id: PlaceId,
    visit: u64,
    call: u64,
    reason: &'static str,
    salt: String,
    age: u32,
    pool: &'static str,
}

pub fn hash(text: &str) -> Sha256 {
    Sha256::of(text.as_bytes())
}

impl County {
    pub fn new(two: bool) -> County {
        County::with_beacons(two, &json!({"rule": "local"}), local)
    }

    pub fn with_beacons(two: bool, rule: &Value, source: Source) -> County {
        let chains: Vec<Chain> =
            ["head", "discipline"].iter().map(|name| Chain::with_length(hash(name).0, 400)).collect();
        let terms = json!({
            "programme": "stationed", "office": "yunling", "generation": 1, "why": "start",
            "custodians": ["head", "discipline"],
            "anchors": chains.iter().map(|c| c.anchor().hex()).collect::<Vec<_>>(),
            "sealed_at": "2026-03-01T08:00:00Z", "zone": "Asia/Shanghai", "place": "team",
            "lo": M / 10, "hi": M * 2 / 5, "m": 10, "p_call": M / 5, "min_visits": 0, "max_visits": 12,
            "inspectors_a_visit": if two { 2 } else { 1 }, "pools": "offices", "met_within": 0,
            "windows": [["am", "0 9 * * Mon-Fri", 180], ["pm", "30 14 * * Mon-Fri", 150]],
            "lead_minutes": 90, "draw_at": "each", "beacon": rule, "risk": {"rule": "plain/1"},
            "salted": true, "reveal_delay_days": 7,
            "calendar": {"years": [2026], "holidays": ["2026-03-04"], "makeups": ["2026-03-07"]},
        });
        let mut county = County { chains, terms, log: Vec::new(), two, reported: false, source };
        let terms = county.terms.clone();
        county.enter(&json!({"kind": "programme", "terms": terms}));
        county
    }

    pub fn enter(&mut self, entry: &Value) -> Bound {
        let before = self.log.last().map_or(EMPTY, |last| last.head);
        let entry = entry.to_string();
        let bound = Bound { before, head: next_head(&before, entry.as_bytes()), entry };
        self.log.push(bound.clone());
        bound
    }

    /// The log as it is exported.
    pub fn log_file(&self) -> String {
        let line = |(at, bound): (usize, &Bound)| {
            json!({"seq": at + 1, "entry": bound.entry, "head": bound.head.hex()}).to_string() + "\n"
        };
        self.log.iter().enumerate().map(line).collect()
    }

    /// Seals a window that starts at that time of UTC.
    pub fn seal(&mut self, day: &str, slot: &str) -> (String, Bound) {
        let (start, end) = times(day, slot);
        let window = format!("stationed/yunling/{day}/{slot}");
        let places = places(&window);
        let frame = frame(&places);
        let duty = duty();
        let mut excluded: BTreeMap<&str, u64> = BTreeMap::new();
        for place in places.iter().filter(|place| !place.reason.is_empty()) {
            *excluded.entry(place.reason).or_default() += 1;
        }
        let details: String =
            places.iter().map(|p| format!("{}\n{}\n{}\n1000\n{}\n", p.id, p.reason, p.age, p.pool)).collect();
        let slots = |which: &str| {
            let one =
                |pool: &Value, slot: &Value| format!("{}\n{}\n{}\n", text(&pool["name"]), text(&slot[0]), slot[1]);
            let all = list(&duty).iter().flat_map(|pool| list(&pool[which]).iter().map(move |slot| one(pool, slot)));
            hash(&all.collect::<String>()).hex()
        };
        let bars: String = list(&duty)
            .iter()
            .flat_map(|pool| list(&pool["bars"]).iter().map(move |bar| (pool, bar)))
            .map(|(pool, bar)| format!("{}\n{}\n{}\n", text(&pool["name"]), text(&bar[0]), text(&bar[1])))
            .collect();
        let entry = json!({
            "kind": "seal", "window": window, "generation": 1, "t": t_of(&start), "start": start, "end": end,
            "draw_at": Timestamp::parse(&start).unwrap().minus(90 * 60_000).to_string(),
            "root": frame.root().hex(), "places": places.len(), "sum_p": frame.sum_of_visits(), "excluded": excluded,
            "details": hash(&details).hex(), "bars": hash(&bars).hex(), "slots": slots("visits"),
            "call_slots": slots("calls"), "announced": hash("").hex(), "beacon": (self.source)(&window, t_of(&start)).0,
        });
        let bound = self.enter(&entry);
        (window, bound)
    }

    pub fn void(&mut self, window: &str, reason: &str) -> Bound {
        self.enter(&json!({"kind": "void", "window": window, "reason": reason, "uncheckable": false}))
    }

    /// Publishes the links up to that window's.
    pub fn reveal(&mut self, day: &str, slot: &str) {
        let t = t_of(&times(day, slot).0);
        let links: Vec<String> =
            self.chains.iter().map(|chain| Sha256(*chain.key(t).unwrap().reveal()).hex()).collect();
        self.enter(&json!({"kind": "reveal", "programme": "stationed", "generation": 1, "t": t, "links": links}));
    }

    /// Seals and draws a window.
    pub fn draw(&mut self, day: &str, slot: &str) -> Made {
        self.draw_and_deal_again(day, slot, &[])
    }

    /// The same, and then inspectors fall out, one time after the other.
    pub fn draw_and_deal_again(&mut self, day: &str, slot: &str, fallen: &[&[&str]]) -> Made {
        let programme = self.log[0].clone();
        let (window, seal) = self.seal(day, slot);
        let (start, end) = times(day, slot);
        let t = t_of(&start);
        let places = places(&window);
        let frame = frame(&places);
        let keys: Vec<ChainKey> = self.chains.iter().map(|chain| chain.key(t).unwrap()).collect();
        let (_, beacon, proof) = (self.source)(&window, t);
        let key = ChainKey::joint(&keys).unwrap();
        let duty_now = duty();
        let (visits, calls) = (pools(&duty_now, "", "visits"), pools(&duty_now, "calls/", "calls"));
        let pool_of = |place: &PlaceId| {
            let pool = places.iter().find(|p| p.id == *place)?.pool;
            POOLS.iter().position(|name| *name == pool)
        };
        let per_target = if self.two { PerTarget::Two } else { PerTarget::One };
        let mut drawn = draw(&Inputs {
            frame: &frame,
            key: &key,
            window: &window,
            beacon: &beacon,
            limits: Limits::new(0, Some(12)).unwrap(),
            length_minutes: if slot == "am" { 180 } else { 150 },
            dealing: Some(Dealing { pools: &visits, per_target, pool_of: &pool_of }),
        })
        .unwrap();
        drawn.deal_calls(Dealing { pools: &calls, per_target: PerTarget::One, pool_of: &pool_of });
        let shown = lines(&drawn);
        let list: Vec<String> = shown.iter().map(|line| list_line(&line.kind, &line.id, &line.inspectors)).collect();
        let mac = list_mac(&drawn.seed, &list).unwrap();
        let logged = self.enter(&json!({"kind": "draw", "window": window, "t": t, "list": mac.hex(), "late": false}));
        let mut log = vec![programme, seal, logged];
        let (mut later, mut gone, mut redeals) = (drawn.clone(), BTreeSet::new(), Vec::new());
        for (out, round) in fallen.iter().zip(1..) {
            let out: Vec<InspectorId> = out.iter().map(|id| InspectorId::parse(id).unwrap()).collect();
            gone.extend(out.iter().cloned());
            let mut theirs = shown.iter().filter(|line| line.inspectors.iter().any(|who| gone.contains(who)));
            let done: Vec<PlaceId> =
                theirs.next().filter(|_| self.reported).map(|l| l.id.clone()).into_iter().collect();
            let visits = Dealing { pools: &visits, per_target, pool_of: &pool_of };
            let calls = Dealing { pools: &calls, per_target: PerTarget::One, pool_of: &pool_of };
            let (told, now) = redeal(&mut later, (round, &out, &done), &gone, (visits, calls));
            let list: Vec<String> = now.iter().map(|line| list_line(&line.kind, &line.id, &line.inspectors)).collect();
            let mac = list_mac(&drawn.seed, &list).unwrap();
            log.push(self.enter(&json!({"kind": "redeal", "window": window, "round": round, "list": mac.hex()})));
            redeals.push(told);
        }
        let drawn_ids: Vec<&PlaceId> = shown.iter().map(|line| &line.id).collect();
        let bundle = |public: bool| -> Bundle {
            let row = |p: &Place| match (public, drawn_ids.contains(&&p.id)) {
                (false, _) => json!([p.id, p.visit, p.call, p.salt, p.pool, p.reason, p.age, 1000]),
                (true, true) => json!([p.id, p.visit, p.call, p.salt, p.pool]),
                (true, false) => json!(frame.row(&p.id).unwrap().leaf().hex()),
            };
            let mut pools = duty();
            if public {
                for pool in pools.as_array_mut().unwrap() {
                    for bar in pool["bars"].as_array_mut().unwrap() {
                        bar.as_array_mut().unwrap().pop();
                    }
                }
            }
            let mut bundle = json!({
                "format": "spotcheck bundle/1", "kind": if public { "public" } else { "auditor" }, "window": window,
                "log": log,
                "draw": {
                    "start": start, "end": end, "t": t,
                    "links": keys.iter().map(|key| Sha256(*key.reveal()).hex()).collect::<Vec<_>>(),
                    "beacon": beacon, "frame": places.iter().map(row).collect::<Vec<_>>(), "pools": pools,
                    "announced": [], "drawn": shown, "deals": deals(&drawn), "redeals": redeals,
                },
            });
            if let Some(proof) = &proof {
                bundle["draw"]["proof"] = json!(proof);
            }
            serde_json::from_value(bundle).unwrap()
        };
        Made { auditor: bundle(false), public: bundle(true) }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn times(day: &str, slot: &str) -> (String, String) {
    let (start, end) = if slot == "am" { ("01:00", "04:00") } else { ("06:30", "09:00") };
    (format!("{day}T{start}:00Z"), format!("{day}T{end}:00Z"))
}

fn t_of(start: &str) -> u32 {
    let since = Timestamp::parse(start).unwrap().0 - Timestamp::parse("2026-03-01T08:00:00Z").unwrap().0;
    u32::try_from(1 + since / 1_800_000).unwrap()
}

fn places(window: &str) -> Vec<Place> {
    (0..40u32)
        .map(|i| {
            let age = (i * 7) % 23;
            let reason = match i {
                5 => "no_posting",
                11 => "no_phone",
                17 => "excluded",
                _ => "",
            };
            let out = i == 5 || i == 17;
            let visit = if age < 10 { M / 10 } else { M * 2 / 5 };
            Place {
                id: PlaceId::parse(&format!("组{i:02}")).unwrap(),
                visit: if out { 0 } else { visit },
                call: if out || i == 11 { 0 } else { M / 5 },
                reason,
                salt: hash(&format!("{window} {i}")).hex()[..32].to_owned(),
                age,
                pool: POOLS[usize::from(i % 3 == 0)],
            }
        })
        .collect()
}

fn frame(places: &[Place]) -> Frame {
    let row = |p: &Place| Row {
        reason: Reason::from_code(p.reason),
        salt: Salt::from_hex(&p.salt),
        ..Row::new(p.id.clone(), Chance::new(p.visit).unwrap(), Chance::new(p.call).unwrap())
    };
    Frame::new(places.iter().map(row).collect()).unwrap()
}

fn duty() -> Value {
    json!([
        {"name": "north", "visits": [["n1", 2], ["n2", 2], ["n3", 3]], "calls": [["n1", 4], ["n2", 6]],
         "bars": [["组01", "n1", "recusal"], ["组02", "n2", "home_county"], ["组07", "n1", "met_recently"],
                  ["组13", "n3", "recusal"], ["组14", "n1", "recusal"], ["组14", "n2", "recusal"], ["组14", "n3", "recusal"]]},
        {"name": "west", "visits": [["w1", 1], ["w2", 1]], "calls": [["w1", 3]], "bars": [["组03", "w1", "former_unit"]]},
    ])
}

fn pools(duty: &Value, prefix: &str, which: &str) -> Vec<Pool> {
    let who = |value: &Value| InspectorId::parse(text(value)).unwrap();
    let one = |pool: &Value| {
        let slots = list(&pool[which]).iter().map(|s| (who(&s[0]), s[1].as_u64().unwrap() as u32)).collect();
        let bars = list(&pool["bars"]).iter().map(|bar| Bar {
            place: PlaceId::parse(text(&bar[0])).unwrap(),
            inspector: who(&bar[1]),
            ground: Ground::Listed,
        });
        Pool::new(&format!("{prefix}{}", text(&pool["name"])), slots, bars.collect()).unwrap()
    };
    list(duty).iter().map(one).collect()
}
