//! Frames: what stands in them, their form in storage, their digests and proofs (DRAW 2, 3).

use super::*;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;
use spotcheck::draw::{Detail, FrameError, Pools, Reason, Salt, Salts, leaf_salt};
use spotcheck::model::OfficeId;
use std::io::{Read, Write};

const M: u64 = 1 << 32;

fn pools(names: &[&str]) -> Pools {
    let mut pools = Pools::default();
    names.iter().for_each(|name| assert!(pools.number_of(&OfficeId::parse(name).unwrap()).is_ok()));
    pools
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    DeflateDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

/// Three rows, one of each kind.
fn example() -> Frame {
    let rows = vec![
        Row::ineligible(place("滨河村"), Reason::NoPosting),
        Row::new(place("Z 9"), chance(7), Chance::ZERO).salted(Salt::from_bytes([0xab; 16])),
        Row::new(place("V1"), chance(M - 9), chance(9)).with(Detail { age: 130, risk: 2500, eligible: 400, pool: 2 }),
    ];
    Frame::with_pools(rows, pools(&["north", "south"])).unwrap()
}

#[test]
fn a_frame_refuses_ids_that_people_could_confuse() {
    let rows = |ids: &[&str]| Frame::new(ids.iter().map(|id| Row::new(place(id), chance(1), chance(1))).collect());
    assert_eq!(rows(&["V1", "V2", "V1"]).unwrap_err(), FrameError::Twice(place("V1")));
    let wide = "\u{ff36}1";
    assert_eq!(rows(&["V1", wide]).unwrap_err(), FrameError::Alike(place("V1"), place(wide)));
    assert_eq!(rows(&["V1", "V①"]).unwrap_err(), FrameError::Alike(place("V1"), place("V①")));
    assert_eq!(rows(&["㈠", "㊀"]).map(|_| ()), Ok(()), "both odd, yet (一) is not 一");
    assert!(matches!(rows(&["V①", "\u{ff36}①"]).unwrap_err(), FrameError::Alike(..)), "neither is plain");
    assert!(rows(&["河村", "湖村", "V1", "v1"]).is_ok());
    let sum = Frame::new(vec![Row::new(place("V1"), chance(M), chance(1))]);
    assert_eq!(sum.unwrap_err(), FrameError::TooMuch(place("V1")));
}

#[test]
fn the_salts_of_a_window_are_stored_as_one() {
    let rows = || ["V1", "V2"].map(|id| Row::new(place(id), chance(1), chance(1))).to_vec();
    let salts = Salts::of_window(&[0x5a; 32]);
    let frame = Frame::salted(rows(), Pools::default(), salts.clone()).unwrap();
    let by_hand = rows().into_iter().map(|row| Row { salt: Some(leaf_salt(&[0x5a; 32], &row.id)), ..row }).collect();
    assert_eq!(frame.rows(), Frame::new(by_hand).unwrap().rows());
    let text = unpacked(&frame.encode());
    let head = text.lines().next().unwrap();
    assert_eq!(head, format!("frame/1\t2\t0\t{}", "5a".repeat(32)));
    assert_eq!(text.matches("5a").count(), 32, "no row holds a salt of its own");
    assert_eq!(Frame::decode(&frame.encode()).unwrap(), frame);
    for broken in [head.replace("5a5a", "5a"), format!("{head}5a"), format!("{head}\t"), head.replace("5a5a", "5g5a")] {
        assert!(Frame::decode(&packed(text.replace(head, &broken).as_bytes())).is_err(), "{broken}");
    }
    let both = text.replacen("V1\t1\t1\t\t\t", &format!("V1\t1\t1\t\t{}\t", "ab".repeat(16)), 1);
    assert_ne!(both, text);
    assert!(Frame::decode(&packed(both.as_bytes())).is_err(), "a row with a salt of its own beside that of the window");
}

#[test]
fn a_pool_that_the_frame_does_not_have_is_refused() {
    let row = Row::new(place("V1"), chance(1), chance(1)).with(Detail { pool: 1, ..Detail::default() });
    assert_eq!(Frame::new(vec![row.clone()]).unwrap_err(), FrameError::NoPool(place("V1")));
    let frame = Frame::with_pools(vec![row], pools(&["north"])).unwrap();
    assert_eq!(frame.pool_of(&frame.rows()[0]), "north");
}

#[test]
fn a_frame_in_storage_is_deflated_lines() {
    let frame = example();
    let bytes = frame.encode();
    assert_eq!(Frame::decode(&bytes).unwrap(), frame);
    let salt = "ab".repeat(16);
    let expected = [
        "frame/1\t3\t2",
        "north",
        "south",
        "V1\t4294967287\t9\t\t\t130\t2500\t400\t2",
        &format!("Z 9\t7\t0\t\t{salt}\t0\t1000\t0\t0"),
        "滨河村\t0\t0\tno_posting\t\t0\t1000\t0\t0",
        "",
    ];
    assert_eq!(unpacked(&bytes), expected.join("\n"));
    let none = Frame::new(Vec::new()).unwrap();
    assert_eq!(Frame::decode(&none.encode()).unwrap(), none);
}

#[test]
fn a_damaged_frame_names_the_line() {
    let text = unpacked(&example().encode());
    let cases = [
        ("frame/1", "frame/2", 1),
        ("frame/1\t3\t2", "frame/1\t3", 1),
        ("frame/1\t3\t2", "frame/1\t2\t2", 6),
        ("frame/1\t3\t2", "frame/1\t4\t2", 7),
        ("frame/1\t3\t2", "frame/1\t3\t1", 3),
        ("north\nsouth", "north\nnorth", 3),
        ("north\nsouth", "no,rth\nsouth", 2),
        ("4294967287", "4294967297", 4),
        ("\t9\t", "\t+9\t", 4),
        ("\t9\t", "\t09\t", 4),
        ("\t400\t2", "\t400\t2\t", 4),
        ("\t400\t2", "\t400\t65536", 4),
        ("\tabab", "\tab", 5),
        ("Z 9", "Z\u{200b}9", 5),
        ("no_posting", "no_reason", 6),
        ("滨河村", &"村".repeat(99), 6),
        ("\t0\n", "\t0", 5),
    ];
    for (good, bad, line) in cases {
        assert!(text.contains(good), "{good:?}");
        let said = Frame::decode(&packed(text.replace(good, bad).as_bytes())).unwrap_err();
        assert!(
            said.en.contains(&format!("line {line}:")) && said.zh.contains(&format!("第{line}行")),
            "{bad:?}: {said}"
        );
    }
    let more_chance = text.replace("\t9\t", "\t10\t");
    assert!(Frame::decode(&packed(more_chance.as_bytes())).unwrap_err().en.contains("V1"), "the rules of a frame hold");
    let bytes = example().encode();
    assert!(Frame::decode(&bytes[..bytes.len() - 5]).is_err(), "cut off");
    assert!(Frame::decode(b"").is_err());
    assert!(Frame::decode(text.as_bytes()).is_err(), "not deflated");
}

#[test]
fn a_small_file_that_unpacks_without_end_is_refused() {
    let line_without_end = packed(&vec![b'x'; 1 << 24]);
    assert!(line_without_end.len() < 1 << 15);
    assert!(Frame::decode(&line_without_end).unwrap_err().en.contains("line 1:"));
    let rows: String = (0..1 << 16).map(|_| "V1\t0\t0\t\t\t0\t0\t0\t0\n").collect();
    let said = Frame::decode(&packed(format!("frame/1\t65537\t0\n{rows}").as_bytes())).unwrap_err();
    assert!(said.en.contains("line 65538:"), "{said}");
}

#[test]
fn the_details_have_a_digest_and_leaves_do_not_hold_them() {
    let frame = example();
    let text = "V1\n\n130\n2500\nsouth\nZ 9\n\n0\n1000\n\n滨河村\nno_posting\n0\n1000\n\n";
    assert_eq!(frame.digest_of_details(), Sha256::of(text.as_bytes()));
    let plain = frame.rows().iter().map(|row| row.clone().with(Detail::default())).collect();
    assert_eq!(Frame::new(plain).unwrap().root(), frame.root());
    let salted = format!("\0Z 9\n7\n0\n{}", "ab".repeat(16));
    assert_eq!(frame.row(&place("Z 9")).unwrap().leaf(), Sha256::of(salted.as_bytes()));
}

/// By Python: `hmac.new(bytes(range(32)), b"salt\nV0007", "sha256").hexdigest()[:32]`.
#[test]
fn a_salt_follows_from_the_salt_of_its_window() {
    let window: [u8; 32] = std::array::from_fn(|i| i as u8);
    let salt = leaf_salt(&window, &place("V0007"));
    assert_eq!(salt.hex(), "a8a4fb78023eb60a7676255768388d58");
    assert_eq!(Salts::of_window(&window).of(&place("V0007")), salt);
    assert_eq!(Salt::from_hex(&salt.hex()), Some(salt));
    assert_ne!(leaf_salt(&window, &place("V0008")), salt);
    assert_eq!(Salt::from_hex("ab01"), None);
    assert!(!format!("{salt:?}").contains(&salt.hex()[..8]));
}

fn any_row() -> impl Strategy<Value = Row> {
    let chances = (0..=M).prop_flat_map(|visit| (Just(visit), 0..=M - visit));
    let reason = prop_oneof![Just(None), prop::sample::select(&Reason::ALL[..]).prop_map(Some)];
    let detail = (any::<u32>(), any::<u32>(), any::<i64>(), 0u16..3).prop_map(|(age, risk, eligible, pool)| Detail {
        age,
        risk,
        eligible,
        pool,
    });
    ("[A-Z]{1,3}[0-9]{1,6}|[一-龟]{1,13}", chances, reason, any::<Option<[u8; 16]>>(), detail).prop_map(
        |(id, (visit, call), reason, salt, detail)| Row {
            reason,
            salt: salt.map(Salt::from_bytes),
            ..Row::new(place(&id), chance(visit), chance(call)).with(detail)
        },
    )
}

proptest! {
    #[test]
    fn a_frame_survives_storage(rows in prop::collection::vec(any_row(), 0..60)) {
        prop_assume!(Frame::with_pools(rows.clone(), pools(&["a", "b.c"])).is_ok());
        let frame = Frame::with_pools(rows, pools(&["a", "b.c"])).unwrap();
        let bytes = frame.encode();
        let back = Frame::decode(&bytes).unwrap();
        prop_assert_eq!(&back, &frame);
        prop_assert_eq!(back.encode(), bytes);
        prop_assert_eq!(back.digest_of_details(), frame.digest_of_details());
    }

    #[test]
    fn reading_a_frame_never_ends_badly(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "frame/1\t[0-9\t\nA-Z]{0,80}") {
        let _ = Frame::decode(&bytes);
        let _ = Frame::decode(&packed(text.as_bytes()));
    }

    #[test]
    fn every_place_of_a_frame_can_be_proved(rows in prop::collection::vec(any_row(), 1..40), at in any::<prop::sample::Index>()) {
        prop_assume!(Frame::with_pools(rows.clone(), pools(&["a", "b"])).is_ok());
        let frame = Frame::with_pools(rows, pools(&["a", "b"])).unwrap();
        let row = &frame.rows()[at.index(frame.rows().len())];
        let proof = frame.proof_of(&row.id).unwrap();
        prop_assert_eq!(proof.root(), Some(*frame.root()));
        prop_assert_eq!((&proof.leaf, proof.places), (&row.leaf_text(), frame.rows().len()));
        prop_assert_eq!(Sha256::of(format!("\0{}", proof.leaf).as_bytes()), row.leaf());
        let mut other = proof.clone();
        other.leaf.push('0');
        prop_assert_ne!(other.root(), Some(*frame.root()));
        prop_assert!(frame.proof_of(&place("nowhere")).is_none());
    }
}
