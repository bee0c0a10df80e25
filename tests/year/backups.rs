//! A backup is the whole database, opens with its key alone, and comes back where nothing is.

use super::house::{EVE, House, Setting, on_both, time};
use super::support;
use spotcheck::clock::Clock;
use spotcheck::config::{Config, Database};
use spotcheck::entropy::Entropy;
use spotcheck::work::backup::restore::{restore, verify};
use spotcheck::work::backup::{self, BackupKey, Made};
use spotcheck::work::{Context, Failure};
use std::path::{Path, PathBuf};

pub fn new_key(house: &House) {
    BackupKey::create(&house.ctx.config.backup, &Entropy::System, house.ctx.now()).unwrap();
}

async fn made(house: &House) -> Made {
    let folder = house.path("copies");
    std::fs::create_dir_all(&folder).unwrap();
    backup::make_now(&house.ctx, &folder).await.unwrap()
}

/// The same configuration, and a database that is not there yet, or is empty.
async fn elsewhere(house: &House) -> Config {
    let mut config = house.ctx.config.clone();
    config.storage.database = match &config.storage.database {
        Database::Sqlite(_) => Database::Sqlite(house.path("again.db")),
        Database::Postgres(_) => Database::Postgres(support::postgres_url().await),
    };
    config
}

fn told(failure: Failure) -> String {
    failure.trouble().said.en
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

async fn after_a_draw(house: &House) {
    house.at(EVE).await;
    assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1);
    new_key(house);
}

#[tokio::test]
async fn what_comes_back_is_what_was_there() {
    on_both(Setting { teams: 3, ..Setting::default() }, |house| async move {
        after_a_draw(&house).await;
        let hash = house.ctx.store.read().await.unwrap().state_hash().await.unwrap();
        let made = made(&house).await;
        let count = |table: &str| made.header.rows.iter().find(|(name, _)| name == table).unwrap().1;
        assert_eq!((count("team"), count("draw"), count("official")), (3, 1, 6));
        house.at("2026-03-03 18:40").await;

        let config = elsewhere(&house).await;
        let checked = verify(&config, &made.file).await.unwrap();
        assert_eq!(checked.header, made.header);
        let before = names(house.folder.path());
        let restored = restore(&config, &made.file, house.ctx.now(), false).await.unwrap();
        assert_eq!((restored.letters, restored.missing), (0, Vec::<PathBuf>::new()));
        let ctx = Context::open(config.clone(), Clock::simulated(house.ctx.now()), Entropy::System).await.unwrap();
        assert_eq!(ctx.store.read().await.unwrap().state_hash().await.unwrap(), hash);
        ctx.store.close().await;
        let again = restore(&config, &made.file, house.ctx.now(), false).await.unwrap_err();
        assert!(told(again).contains("never overwrites"));
        let mut after = names(house.folder.path());
        after.retain(|name| !name.starts_with("again.db"));
        assert_eq!(before, after, "nothing is left behind");
    })
    .await;
}

#[tokio::test]
async fn nothing_in_it_can_be_read_and_no_chain_is_in_it() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    after_a_draw(&house).await;
    let made = made(&house).await;
    let bytes = std::fs::read(&made.file).unwrap();
    for secret in ["王建国", "zhaoxin@field.example", "1380013", "滨河村"] {
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&made.file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let config = elsewhere(&house).await;
    restore(&config, &made.file, house.ctx.now(), false).await.unwrap();
    let plain = std::fs::read(house.path("again.db")).unwrap();
    let chain = std::fs::read_to_string(house.path("keys/posts@yunling.chain")).unwrap();
    let end = chain.lines().nth(1).unwrap();
    let raw = spotcheck::model::sha::from_hex(end).unwrap();
    assert!(!plain.windows(end.len()).any(|w| w == end.as_bytes()) && !plain.windows(32).any(|w| w == raw));
}

#[tokio::test]
async fn a_file_that_was_touched_or_cut_off_is_refused_whole() {
    let house = House::new(Setting::default()).await;
    after_a_draw(&house).await;
    let made = made(&house).await;
    let (bytes, config) = (std::fs::read(&made.file).unwrap(), elsewhere(&house).await);
    let header = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(1).unwrap().0;
    let broken = house.path("broken.backup");
    let mut cases: Vec<(String, Vec<u8>)> = vec![
        ("cut off in a piece".into(), bytes[..bytes.len() - 9].to_vec()),
        ("cut off after the header".into(), bytes[..=header].to_vec()),
        ("something behind it".into(), [&bytes[..], b"x"].concat()),
    ];
    for at in [30, header + 2, header + 10, header + 5000, bytes.len() - 100, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        cases.push((format!("byte {at} of {}", bytes.len()), changed));
    }
    // The pieces end where their lengths say: the last one left out.
    let mut ends = vec![header + 1];
    while let Some(length) = bytes.get(*ends.last().unwrap()..).filter(|rest| rest.len() >= 4) {
        let length = u32::from_be_bytes(length[..4].try_into().unwrap()) as usize;
        ends.push(ends.last().unwrap() + 4 + length);
    }
    cases.push(("without its last piece".into(), bytes[..ends[ends.len() - 2]].to_vec()));
    for (what, content) in cases {
        std::fs::write(&broken, content).unwrap();
        let refused = restore(&config, &broken, house.ctx.now(), false).await.err().map(told);
        let said = refused.unwrap_or_else(|| panic!("{what} was restored"));
        assert!(said.contains("changed or cut off") || said.contains("no backup"), "{what}: {said}");
        assert!(!house.path("again.db").exists(), "{what}");
    }
}

#[tokio::test]
async fn another_key_another_kind_and_no_key_are_told_apart() {
    let house = House::new(Setting::default()).await;
    after_a_draw(&house).await;
    let made = made(&house).await;
    let config = elsewhere(&house).await;
    let mut other = config.clone();
    other.storage.database = Database::Postgres("postgres://nobody@localhost/none".into());
    assert!(told(verify(&other, &made.file).await.unwrap_err()).contains("a backup of sqlite"));
    std::fs::rename(house.path("backup-key"), house.path("old-key")).unwrap();
    assert!(told(verify(&config, &made.file).await.unwrap_err()).contains("the key of backups is not here"));
    new_key(&house);
    assert!(told(verify(&config, &made.file).await.unwrap_err()).contains("bring the older key back"));
    let again = BackupKey::create(&config.backup, &Entropy::System, house.ctx.now()).unwrap_err();
    assert!(told(again).contains("older backups may need it"));
}

#[tokio::test]
async fn letters_that_may_have_left_since_are_listed_and_go_again_or_are_held() {
    on_both(Setting { teams: 2, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        // The folder for letters cannot be written: everything waits.
        std::fs::remove_dir_all(house.path("letters")).unwrap();
        std::fs::write(house.path("letters"), "in the way").unwrap();
        house.ctx.clock.set(time("2026-03-03 07:30"));
        spotcheck::work::turn::turn(&house.ctx, true).await;
        new_key(&house);
        let made = made(&house).await;
        for (hold, state) in [(false, "queued"), (true, "ambiguous")] {
            let config = elsewhere(&house).await;
            let restored = restore(&config, &made.file, house.ctx.now(), hold).await.unwrap();
            assert!(restored.letters > 0);
            let ctx = Context::open(config, Clock::simulated(house.ctx.now()), Entropy::System).await.unwrap();
            let mut tx = ctx.store.read().await.unwrap();
            let waiting = tx.letters(Some(state), 100).await.unwrap();
            assert_eq!(waiting.len() as u64, restored.letters, "{state}");
            assert_eq!(tx.ambiguous_letters(100).await.unwrap().len(), waiting.len(), "each is listed");
            drop(tx);
            ctx.store.close().await;
            let _ = std::fs::remove_file(house.path("again.db"));
        }
    })
    .await;
}

#[tokio::test]
async fn the_nights_backup_is_made_once_kept_so_long_and_its_failure_is_remembered() {
    let house = House::new(Setting::default()).await;
    let house = house
        .changed(|folder| {
            let file = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(&file, format!("[backup]\nfolder = \"copies\"\nkeep = 2\nat = \"03:00\"\n{text}")).unwrap();
        })
        .await;
    let turn = async |moment: &str| {
        house.ctx.clock.set(time(moment));
        spotcheck::work::turn::turn(&house.ctx, true).await
    };
    let failed = turn("2026-03-02 12:00").await;
    assert_eq!(failed.failures.iter().map(|(step, _)| *step).collect::<Vec<_>>(), ["backup"]);
    let known = backup::remembered(&house.ctx).await.unwrap();
    assert!(known.last.is_none() && known.failing.unwrap().2.en.contains("--new-key"));
    new_key(&house);
    std::fs::create_dir(house.path("copies")).unwrap();
    assert_eq!(turn("2026-03-02 12:30").await.backups, 0, "it is tried again after an hour");
    assert_eq!(turn("2026-03-02 13:01").await.backups, 1);
    assert!(backup::remembered(&house.ctx).await.unwrap().failing.is_none());
    assert_eq!(turn("2026-03-03 02:59").await.backups, 0);
    for (moment, kept) in [("2026-03-03 03:00", 2), ("2026-03-04 03:00", 2), ("2026-03-05 03:01", 2)] {
        assert_eq!(turn(moment).await.backups, 1, "{moment}");
        assert_eq!(turn(moment).await.backups, 0, "once a night");
        assert_eq!(names(&house.path("copies")).len(), kept);
    }
    let newest = house.path("copies").join(names(&house.path("copies")).pop().unwrap());
    assert!(newest.display().to_string().contains("spotcheck-20260304-190100Z"), "{}", newest.display());
    let mut config = house.ctx.config.clone();
    config.storage.database = Database::Sqlite(house.path("again.db"));
    verify(&config, &newest).await.unwrap();
}
