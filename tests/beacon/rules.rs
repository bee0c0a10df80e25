//! What a seal awaits, what passes for it, and that nothing else does (DRAW 3).

use proptest::prelude::*;
use spotcheck::draw::beacon::find::{awaited_in, find_in};
use spotcheck::draw::beacon::{AtSeal, Drand, Lottery, LotteryDraw};
use spotcheck::draw::{Beacon, BeaconRule, Chain};
use spotcheck::model::sha::to_hex;
use spotcheck::model::{Sha256, Timestamp};
use std::sync::LazyLock;

/// Rounds as the network published them.
const ROUND_123: &str =
    "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";
pub const ROUND_1000: &str =
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
pub const RANDOMNESS_1000: &str = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";
/// Of another network of the same scheme.
const TESTNET_KEY: &str = "a1ee12542360bf75742bcade13d6134e7d5283d9eb782887c47d3d9725f05805d37b0106b7f744395bf82c175dd7434a169e998f188a657a030d588892c0cd2c01f996aaf331c4d8bc5b9734bbe261d09e7d2d39ef88b635077f262bd7bbb30f";

static CHAIN: LazyLock<Chain> = LazyLock::new(|| Chain::from_end([7; 32]));

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn second() -> BeaconRule {
    BeaconRule::Second { anchor: CHAIN.anchor() }
}

fn lottery() -> Lottery {
    Lottery { lottery: "体彩".into(), pattern: "99999+99999+999".into(), bits: 43 }
}

fn link(t: u32) -> String {
    format!("second:{}:{t}:{}", CHAIN.anchor(), to_hex(CHAIN.key(t).unwrap().reveal()))
}

fn window(draws: &[LotteryDraw]) -> AtSeal<'_> {
    AtSeal { t: 77, draw_at: at("2026-03-03T07:30:00+08:00"), digest_at: at("2026-03-02T18:30:00+08:00"), draws }
}

/// Every rule with the prefix that it seals, the beacon that came, and its proof.
fn genuine() -> Vec<(BeaconRule, String, String, Option<&'static str>)> {
    let quicknet = Drand::quicknet();
    let round = format!("drand:{}:1000:", quicknet.chain);
    let draws = [LotteryDraw { at: at("2026-03-02T21:15:00+08:00"), number: "26054".into() }];
    let sealed = |rule: &BeaconRule| rule.prefix(&window(&draws)).unwrap();
    let manual = BeaconRule::Manual(lottery());
    vec![
        (BeaconRule::Local, sealed(&BeaconRule::Local), format!("local:{}", "0a".repeat(32)), None),
        (second(), sealed(&second()), link(77), None),
        (BeaconRule::Drand(quicknet), round.clone(), format!("{round}{RANDOMNESS_1000}"), Some(ROUND_1000)),
        (manual.clone(), sealed(&manual), "manual:26054:01234+56789+012".into(), None),
    ]
}

#[test]
fn what_was_sealed_and_came_passes() {
    for (rule, prefix, beacon, proof) in genuine() {
        rule.check(&prefix, &beacon, proof).unwrap_or_else(|said| panic!("{beacon}: {said}"));
        assert!(beacon.starts_with(&prefix), "{prefix}");
        let there_and_back: BeaconRule = serde_json::from_str(&serde_json::to_string(&rule).unwrap()).unwrap();
        assert_eq!(there_and_back, rule);
    }
    assert_eq!(second().prefix(&window(&[])).unwrap(), format!("second:{}:77:", CHAIN.anchor()));
    assert_eq!(
        serde_json::to_string(&BeaconRule::Manual(lottery())).unwrap(),
        r#"{"rule":"manual","lottery":"体彩","pattern":"99999+99999+999","bits":43}"#
    );
}

#[test]
fn a_round_is_the_first_one_at_or_after_its_time() {
    let quicknet = Drand::quicknet();
    // Rounds as the network dates them: number 1 at its genesis, number 1000 so many periods later.
    for (instant, round) in [
        ("2023-08-23T15:09:27Z", 1),
        ("2023-08-23T15:09:27.001Z", 2),
        ("2023-08-23T15:09:30Z", 2),
        ("2023-08-23T15:59:24Z", 1000),
        ("2026-04-20T00:00:00Z", 27_946_612),
        ("2020-01-01T00:00:00Z", 1),
    ] {
        assert_eq!(quicknet.round_at(at(instant)), round, "{instant}");
    }
    let rule = BeaconRule::Drand(quicknet);
    let sealed = rule.prefix(&AtSeal { draw_at: at("2026-04-20T00:00:00Z"), ..window(&[]) }).unwrap();
    assert!(sealed.ends_with(":27946612:"), "{sealed}");
}

#[test]
fn only_the_networks_own_signature_of_that_very_round_counts() {
    let quicknet = Drand::quicknet();
    assert_eq!(quicknet.randomness(1000, ROUND_1000).unwrap().hex(), RANDOMNESS_1000);
    assert!(quicknet.randomness(123, ROUND_123).is_ok());
    let upper = ROUND_1000.to_uppercase();
    let infinity = format!("c0{}", "00".repeat(47));
    for (round, signature) in
        [(1001, ROUND_1000), (1000, ROUND_123), (1000, &upper), (1000, &infinity), (1000, ""), (1000, "zz")]
    {
        let said = quicknet.randomness(round, signature).unwrap_err();
        assert!(said.en.contains("not genuine") && said.zh.contains("不真实"), "{signature}");
    }
    let other = Drand { public_key: TESTNET_KEY.into(), ..quicknet.clone() };
    assert!(other.sound().is_ok() && other.randomness(1000, ROUND_1000).is_err());
    // A key under which everybody can sign, one that is no point, and one in another spelling.
    let anybodys = format!("c0{}", "00".repeat(95));
    for key in [anybodys, "83".repeat(96), quicknet.public_key.to_uppercase(), "ab".into()] {
        let network = Drand { public_key: key, ..quicknet.clone() };
        assert!(network.sound().is_err() && network.randomness(1000, &infinity).is_err());
        assert!(BeaconRule::Drand(network).prefix(&window(&[])).is_err());
    }
}

#[test]
fn another_rounds_draws_or_links_beacon_does_not_pass() {
    let quicknet = Drand::quicknet();
    let (chain, rule) = (quicknet.chain, BeaconRule::Drand(quicknet));
    let wrong_randomness = Sha256::of(b"steered");
    for (prefix, beacon, proof) in [
        (format!("drand:{chain}:100"), format!("drand:{chain}:1000:{RANDOMNESS_1000}"), Some(ROUND_1000)),
        (format!("drand:{chain}:999:"), format!("drand:{chain}:1000:{RANDOMNESS_1000}"), Some(ROUND_1000)),
        (format!("drand:{chain}:1000:"), format!("drand:{chain}:1000:{wrong_randomness}"), Some(ROUND_1000)),
        (format!("drand:{chain}:1000:"), format!("drand:{chain}:1000:{RANDOMNESS_1000}"), None),
        ("local:".into(), format!("local:{chain}"), None),
    ] {
        assert!(rule.check(&prefix, &beacon, proof).is_err(), "{beacon}");
    }
    let prefix = format!("second:{}:77:", CHAIN.anchor());
    let not_its_link = format!("{prefix}{}", to_hex(CHAIN.key(78).unwrap().reveal()));
    for beacon in [link(78), link(76), not_its_link, link(77).to_uppercase()] {
        assert!(second().check(&prefix, &beacon, None).is_err(), "{beacon}");
    }
    let elsewhere = BeaconRule::Second { anchor: Sha256::of(b"other") };
    assert!(elsewhere.check(&prefix, &link(77), None).is_err());
    let manual = BeaconRule::Manual(lottery());
    for result in ["01234+56789+01", "01234+56789+0123", "01234 56789+012", "0123456789+012", "01234+5678a+012"] {
        assert!(manual.check("manual:26054:", &format!("manual:26054:{result}"), None).is_err(), "{result}");
    }
    assert!(manual.check("manual:26054:", "manual:26055:01234+56789+012", None).is_err());
    assert!(manual.prefix(&window(&[])).unwrap_err().zh.contains("programme.manual.draws"));
}

#[test]
fn a_chain_of_a_second_office_serves_once() {
    let test_vectors = Chain::from_end(Sha256::of(b"test chain end").0);
    assert!(BeaconRule::Second { anchor: test_vectors.anchor() }.sound().is_err());
    let other = BeaconRule::Second { anchor: Sha256::of(b"other") };
    assert!(second().may_follow([&other, &BeaconRule::Local]).is_ok());
    assert!(second().may_follow([&other, &second()]).unwrap_err().en.contains("new chain"));
    assert!(BeaconRule::Local.may_follow([&BeaconRule::Local]).is_ok());
    let quicknet = BeaconRule::Drand(Drand::quicknet());
    assert!(quicknet.may_follow([&quicknet.clone()]).is_ok(), "its rounds have dates of their own");
}

#[test]
fn links_are_found_in_a_mail_and_prove_themselves() {
    let (good, later) = (link(77), link(90));
    let forged = format!("second:{}:77:{}", CHAIN.anchor(), "ab".repeat(32));
    let text = format!("> see below\r\n<{later}>, {forged};\r\n\t{good}\r\n信标：{good}。");
    assert_eq!(find_in(&text), [later.parse().unwrap(), good.parse::<Beacon>().unwrap()]);
    assert!(find_in(&format!("local:{} manual:1:2", "0a".repeat(32))).is_empty());
    let (root, anchor) = (Sha256::of(b"root"), CHAIN.anchor());
    let broken = format!("second:{anchor}:77:").replace(":77", "\r\n      :77");
    let digest = format!("08:30 | 120 |\r\n      {root}\r\n      {broken}\r\n| {root} second:{anchor}:77:");
    assert_eq!(awaited_in(&digest, &anchor), [(77, root)]);
    assert!(awaited_in(&digest, &root).is_empty() && awaited_in(&good, &anchor).is_empty());
    let quoted = good.replacen(":77:", ":77:\r\n> > ", 1);
    assert_eq!(find_in(&quoted), [good.parse::<Beacon>().unwrap()]);
}

fn beacons() -> impl Strategy<Value = Beacon> {
    let hash = any::<[u8; 32]>();
    prop_oneof![
        hash.prop_map(Beacon::Local),
        (hash, 1..=u32::MAX, hash).prop_map(|(a, t, link)| Beacon::Second { anchor: Sha256(a), t, link }),
        (hash, 1..=u64::MAX, hash).prop_map(|(c, round, r)| Beacon::Drand {
            chain: Sha256(c),
            round,
            randomness: Sha256(r)
        }),
        ("[A-Za-z0-9._-]{1,64}", "[A-Za-z0-9._,+/-]{1,64}")
            .prop_map(|(number, result)| Beacon::Manual { number, result }),
    ]
}

proptest! {
    #[test]
    fn a_beacon_has_one_spelling(beacon in beacons()) {
        let text = beacon.to_string();
        prop_assert_eq!(text.parse::<Beacon>().unwrap(), beacon);
    }

    #[test]
    fn whatever_parses_is_spelled_as_it_was_read(text in "(local|second|drand|manual|LOCAL):[0-9a-fA-F:+ .]{0,70}") {
        if let Ok(beacon) = text.parse::<Beacon>() {
            prop_assert_eq!(beacon.to_string(), text);
        }
    }

    #[test]
    fn other_spellings_are_refused(beacon in beacons(), at in any::<prop::sample::Index>(), extra in "[ \n\t:A-F０]") {
        let text = beacon.to_string();
        let mut with_more = text.clone();
        with_more.insert_str(at.index(text.len() + 1), &extra);
        if let Ok(read) = with_more.parse::<Beacon>() {
            prop_assert!(matches!(read, Beacon::Manual { .. }), "{}", with_more);
        }
        for numbered in [":0", ":+", ": "] {
            let counted = matches!(text.replacen(':', numbered, 2).parse(), Ok(Beacon::Second { .. } | Beacon::Drand { .. }));
            prop_assert!(!counted, "{}", text);
        }
    }

    #[test]
    fn no_text_breaks_the_search(text in ".{0,200}") {
        let _ = (find_in(&text), awaited_in(&text, &Sha256::of(b"")));
    }
}

proptest! {
    // A quarter of the cases check a signature.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_mutated_beacon_never_passes(which in 0usize..4, at in any::<prop::sample::Index>(), byte in "[0-9a-zA-Z:+]") {
        let (rule, prefix, beacon, proof) = genuine().swap_remove(which);
        let mut mutated = beacon.clone();
        let at = at.index(beacon.len());
        mutated.replace_range(at..=at, &byte);
        let another_result = prefix.len() <= at && matches!(rule, BeaconRule::Manual(_) | BeaconRule::Local);
        prop_assume!(mutated != beacon && !another_result);
        prop_assert!(rule.check(&prefix, &mutated, proof).is_err(), "{}", mutated);
        if let Some(proof) = proof {
            let mut forged = proof.to_owned();
            let at = at % proof.len();
            forged.replace_range(at..=at, "0");
            prop_assert_eq!(rule.check(&prefix, &beacon, Some(&forged)).is_ok(), forged == proof);
        }
    }
}
