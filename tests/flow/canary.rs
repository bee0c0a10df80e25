//! Before a draw nothing that follows from its beacon is in any byte of the house, and never in a log (DRAW 3).
//!
//! The test knows the coming beacon, since it gave the chance; the program runs as processes of its own.

use super::drand::{Answer, Network, RANDOMNESS};
use super::house::{EVE, House, SEED, Setting, on_both, time, window};
use super::process::{Ended, told_all_at};
use flate2::read::{DeflateDecoder, ZlibDecoder};
use regex::bytes::{Regex, RegexBuilder};
use spotcheck::draw::log::list_mac;
use spotcheck::draw::{Beacon, Chain, ChainKey, Drawn, Frame, Label, Terms};
use spotcheck::entropy::derived;
use spotcheck::model::sha::{from_hex, to_hex};
use spotcheck::model::{Kind, WindowId};
use spotcheck::plan::SealedDuty;
use spotcheck::work::draw::{draw_sealed, list_of};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

const UNTIL_A_MINUTE_BEFORE: [&str; 5] =
    [EVE, "2026-03-02 18:30", "2026-03-02 23:59", "2026-03-03 00:00", "2026-03-03 07:29"];
const FROM_THE_DRAW_ON: [&str; 3] = ["2026-03-03 07:30", "2026-03-03 07:45", "2026-03-03 12:30"];

fn am() -> WindowId {
    window("2026-03-03", "am")
}

/// What nobody may find, with its name.
struct Canaries {
    all: Vec<(Vec<u8>, String)>,
    any: Regex,
}

impl Canaries {
    fn of(named: impl IntoIterator<Item = (String, Vec<u8>)>) -> Canaries {
        let all: Vec<_> = named.into_iter().map(|(name, bytes)| (bytes, name)).collect();
        let literal = |bytes: &[u8]| bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
        let any: Vec<String> = all.iter().map(|(bytes, _)| literal(bytes)).collect();
        let any = RegexBuilder::new(&any.join("|")).unicode(false).dot_matches_new_line(true).build().unwrap();
        Canaries { all, any }
    }

    fn named(&self, kinds: &[&str]) -> Canaries {
        let kept = self.all.iter().filter(|(_, name)| kinds.iter().any(|kind| name.starts_with(kind)));
        Canaries::of(kept.map(|(bytes, name)| (name.clone(), bytes.clone())))
    }

    /// Names of those that are in there.
    fn found_in(&self, bytes: &[u8]) -> BTreeSet<String> {
        let found = self.any.find_iter(bytes).map(|found| found.as_bytes().to_vec());
        found
            .flat_map(|found| self.all.iter().filter(move |(bytes, _)| *bytes == found))
            .map(|(_, n)| n.clone())
            .collect()
    }
}

fn bytes_and_hex(name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let hex = to_hex(bytes);
    vec![
        (format!("{name} raw"), bytes.to_vec()),
        (format!("{name} hex"), hex.clone().into_bytes()),
        (format!("{name} HEX"), hex.to_uppercase().into_bytes()),
    ]
}

/// The coming draw, from what is sealed, what the custodian holds and the chance that the test gave.
async fn coming(house: &House) -> (Canaries, Drawn) {
    let id = am();
    let mut tx = house.ctx.store.read().await.unwrap();
    let seal = tx.seal(&id).await.unwrap().unwrap();
    let frame = Frame::decode(&tx.blob(&seal.frame).await.unwrap().unwrap()).unwrap();
    let duty: SealedDuty = serde_json::from_slice(&tx.blob(&seal.duty).await.unwrap().unwrap()).unwrap();
    let terms = Terms::read(&tx.programme_seals(&id.programme, &id.office).await.unwrap()[0].content).unwrap();
    drop(tx);
    let link: ChainKey = Chain::from_end(secret(house, "posts@yunling.chain")).key(seal.chain_index).unwrap();
    let random = derived(SEED.as_bytes(), "beacon", &id.to_string());
    let beacon = Beacon::Local(random).to_string();
    let drawn = draw_sealed(&terms, &seal, &frame, &duty, &link, &beacon).unwrap();
    let lines = list_of(&drawn);
    let mac = list_mac(&drawn.seed, &lines).unwrap();
    let mut all = bytes_and_hex("beacon", &random);
    all.extend(bytes_and_hex("link", link.reveal()));
    all.extend(bytes_and_hex("seed", drawn.seed.reveal()));
    all.extend(bytes_and_hex("list", &mac.0));
    all.extend(lines.iter().map(|line| (format!("line {line}"), line.clone().into_bytes())));
    for row in frame.rows() {
        for label in [Label::Ticket, Label::Minute, Label::Contact] {
            let ticket = drawn.seed.ticket(label, &row.id).0;
            all.extend(bytes_and_hex(&format!("ticket {label} {}", row.id), &ticket.to_be_bytes()));
            all.push((format!("ticket {label} {} decimal", row.id), ticket.to_string().into_bytes()));
        }
    }
    (Canaries::of(all), drawn)
}

/// The secret in a file of the folder of keys.
fn secret(house: &House, file: &str) -> [u8; 32] {
    let text = std::fs::read_to_string(house.path("keys").join(file)).unwrap();
    from_hex(text.split_whitespace().last().unwrap()).unwrap().try_into().unwrap()
}

fn keys(house: &House) -> Canaries {
    let files = ["posts@yunling.chain", "reply.keys"];
    Canaries::of(files.iter().flat_map(|file| bytes_and_hex(file, &secret(house, file))))
}

/// Every file below a folder: its name and its bytes.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

/// Blobs as they were before they were packed, and once more where what is in them is packed too.
fn unpacked(blobs: Vec<(Vec<u8>,)>) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (blob,) in blobs {
        let mut bytes = Vec::new();
        ZlibDecoder::new(blob.as_slice()).read_to_end(&mut bytes).unwrap();
        let mut inner = Vec::new();
        if DeflateDecoder::new(bytes.as_slice()).read_to_end(&mut inner).is_ok() {
            all.push(inner);
        }
        all.push(bytes);
    }
    all
}

/// What a database holds beyond the bytes of its files.
async fn database(house: &House) -> Vec<Vec<u8>> {
    let url = house.ctx.config.storage.connection().unwrap().reveal().to_owned();
    let blobs = "SELECT bytes FROM blob";
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        return unpacked(sqlx::query_as(blobs).fetch_all(&mut connection).await.unwrap());
    }
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let mut all = unpacked(sqlx::query_as(blobs).fetch_all(&mut connection).await.unwrap());
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<(String,)> = sqlx::query_as(tables).fetch_all(&mut connection).await.unwrap();
    for (table,) in tables {
        let rows = AssertSqlSafe(format!("SELECT CAST(r.* AS TEXT) FROM {table} r"));
        let rows: Vec<(String,)> = sqlx::query_as(rows).fetch_all(&mut connection).await.unwrap();
        all.extend(rows.into_iter().map(|(row,)| row.into_bytes()));
    }
    all
}

/// Letters as people see them.
fn letters(house: &House) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&house.path("letters"), &mut found);
    found.iter().map(|(_, bytes)| super::post::read(bytes)).map(|letter| (letter.subject, letter.whole)).collect()
}

/// Where which canaries are: in every file, file name, row, blob and letter.
async fn anywhere(house: &House, canaries: &Canaries) -> BTreeSet<String> {
    let mut all = Vec::new();
    files(&house.path(""), &mut all);
    let in_files = all.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]).map(|bytes| canaries.found_in(bytes));
    let in_database = database(house).await;
    let in_letters = letters(house);
    let others = in_database.iter().map(Vec::as_slice).chain(in_letters.iter().map(|(_, whole)| whole.as_bytes()));
    in_files.chain(others.map(|bytes| canaries.found_in(bytes))).flatten().collect()
}

/// A county in which some are drawn and some are not.
async fn county(house: House) -> House {
    let change = |folder: &Path| {
        let file = folder.join("spotcheck.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let every = "lo = 0.9999999\nhi = 0.9999999\nm = 1\np_call = 0.0000001\n";
        assert!(text.contains(every));
        std::fs::write(file, text.replace(every, "lo = 0.3\nhi = 0.3\nm = 1\np_call = 0.2\n")).unwrap();
    };
    house.simulated().await;
    house.changed(change).await
}

fn run(house: &House, moments: &[&str], drawn: usize) -> Vec<u8> {
    let ended: Vec<Ended> = moments.iter().map(|moment| told_all_at(house, moment)).collect();
    assert!(ended.iter().all(|one| one.code == Some(0)), "{ended:?}");
    assert_eq!(ended.iter().filter(|one| one.drew(1)).count(), drawn);
    ended.iter().flat_map(|one| [one.said.as_bytes(), one.beside.as_bytes()].concat()).collect()
}

#[tokio::test]
async fn nothing_of_a_draw_is_in_any_byte_before_it() {
    let setting = Setting { teams: 40, capacity: 5, ..Setting::default() };
    on_both(setting, |house| async move {
        let house = county(house).await;
        let mut log = run(&house, &UNTIL_A_MINUTE_BEFORE, 0);
        let (canaries, drawn) = coming(&house).await;
        assert!(!drawn.targets.is_empty() && drawn.targets.len() < 40, "{}", drawn.targets.len());
        assert_eq!(anywhere(&house, &canaries).await, BTreeSet::new());
        assert_eq!(canaries.found_in(&log), BTreeSet::new());
        assert!(letters(&house).len() >= 3, "a sheet and two digests");

        log.extend(run(&house, &FROM_THE_DRAW_ON, 1));
        // The same eyes see them now: what was found nowhere would have been found.
        let seen = anywhere(&house, &canaries).await;
        for known in ["beacon hex", "link hex", "seed hex", "list hex"] {
            assert!(seen.contains(known), "{known}: {seen:?}");
        }
        let lines = house.ctx.store.read().await.unwrap().lines_of_window(&am()).await.unwrap();
        assert_eq!(lines.len(), drawn.targets.len(), "the coming draw was known to the test");
        assert!(lines.iter().any(|line| line.kind == Kind::Visit));
        // Secrets stay out of letters and logs; names of places and people out of subjects, file names and logs.
        let secret = canaries.named(&["beacon", "link", "seed", "ticket", "line"]);
        assert_eq!(secret.found_in(&log), BTreeSet::new());
        let targets = Regex::new(
            r"滨河|Binhe|青山|Qingshan|王建国|Jianguo|刘敏|\bT\d+\b|\bV\d+\b|\bO\d+\b|13[89]0013|zhaoxin|赵新",
        )
        .unwrap();
        let told: Vec<_> =
            targets.find_iter(&log).map(|m| String::from_utf8_lossy(m.as_bytes()).into_owned()).collect();
        assert_eq!(told, [""; 0], "in a log");
        let mut names = Vec::new();
        files(&house.path(""), &mut names);
        let folder = house.path("").display().to_string();
        for (name, _) in &names {
            let name = name.strip_prefix(&folder).unwrap().as_bytes();
            assert!(!targets.is_match(name) && secret.found_in(name).is_empty(), "a file's name tells");
        }
        for (subject, whole) in letters(&house) {
            assert!(!targets.is_match(subject.as_bytes()), "{subject}");
            assert_eq!(
                canaries.named(&["beacon", "link", "seed", "ticket"]).found_in(whole.as_bytes()),
                BTreeSet::new()
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_round_that_was_fetched_is_in_no_log() {
    let network = Network::that(Answer::Down);
    let setting = Setting { programme: network.lines(time(FROM_THE_DRAW_ON[0])), teams: 3, ..Setting::default() };
    let house = House::new(setting).await;
    house.simulated().await;
    let mut log = run(&house, &UNTIL_A_MINUTE_BEFORE, 0);
    log.extend(run(&house, &FROM_THE_DRAW_ON[..1], 0));
    network.now(Answer::Round);
    log.extend(run(&house, &FROM_THE_DRAW_ON[1..], 1));
    let beacon = Canaries::of(bytes_and_hex("beacon", &from_hex(RANDOMNESS).unwrap()));
    assert!(anywhere(&house, &beacon).await.contains("beacon hex"));
    assert_eq!(beacon.found_in(&log), BTreeSet::new());
    let said = String::from_utf8_lossy(&log);
    assert!(said.contains("no server gave the round") && said.contains("TRACE"), "a log of all there is: {said}");
}

#[tokio::test]
async fn keys_are_in_no_log_no_letter_and_no_database() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    house.simulated().await;
    let mut log = run(&house, &UNTIL_A_MINUTE_BEFORE, 0);
    log.extend(run(&house, &FROM_THE_DRAW_ON, 1));
    let keys = keys(&house);
    assert_eq!(keys.found_in(&log), BTreeSet::new());
    for (_, whole) in letters(&house) {
        assert_eq!(keys.found_in(whole.as_bytes()), BTreeSet::new());
    }
    for bytes in database(&house).await {
        assert_eq!(keys.found_in(&bytes), BTreeSet::new());
    }
    let mut all = Vec::new();
    files(&house.path(""), &mut all);
    let holding: BTreeSet<_> =
        all.iter().filter(|(_, bytes)| !keys.found_in(bytes).is_empty()).map(|(n, _)| n).collect();
    let own: BTreeSet<_> =
        ["posts@yunling.chain", "reply.keys"].map(|f| house.path("keys").join(f).display().to_string()).into();
    assert_eq!(holding, own.iter().collect(), "each in its own file alone");
}
