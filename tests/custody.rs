//! Custody of a chain's end, its mark and its lock, on a real file system.

#![expect(clippy::unwrap_used, reason = "a test may fail this way")]

use spotcheck::custody::{ChainFile, CommittedBeacon, Custodians, Custody, Keeping, KeyRefused};
use spotcheck::draw::Chain;
use spotcheck::model::{OfficeId, ProgrammeId, Sha256};
use std::fs;
use std::path::PathBuf;

struct Place {
    dir: tempfile::TempDir,
    programme: ProgrammeId,
    office: OfficeId,
}

impl Place {
    fn new() -> Place {
        Place { dir: tempfile::tempdir().unwrap(), programme: "att.1".parse().unwrap(), office: "jk".parse().unwrap() }
    }

    fn with_chain() -> Place {
        let place = Place::new();
        place.create([9; 32]).unwrap();
        place
    }

    fn keeping(&self) -> Keeping {
        Keeping::new(self.dir.path(), &self.programme, &self.office)
    }

    fn create(&self, end: [u8; 32]) -> Result<ChainFile, String> {
        ChainFile::create(&self.keeping(), end).map_err(|e| e.said.zh)
    }

    fn open(&self) -> Result<Custody, String> {
        Custody::open(&self.keeping()).map_err(|e| e.said.zh)
    }

    fn file(&self, kind: &str) -> PathBuf {
        self.dir.path().join(format!("att.1@jk.{kind}"))
    }
}

fn beacon(window: &str, beacon: &str) -> CommittedBeacon {
    CommittedBeacon { window: window.parse().unwrap(), beacon: beacon.to_owned() }
}

fn monday() -> CommittedBeacon {
    beacon("att.1/jk/2026-03-02/am", "local:aa")
}

#[test]
fn a_key_is_marked_before_it_is_read_and_once_marked_tied_to_its_beacon() {
    let place = Place::with_chain();
    let chain = Chain::from_end([9; 32]);
    let mut custody = place.open().unwrap();
    assert_eq!(custody.anchor(), &chain.anchor());
    assert!(!custody.uses(27));
    let key = custody.key_for(27, &monday()).unwrap();
    assert_eq!(key, chain.key(27).unwrap());
    assert!(fs::read_to_string(place.file("mark")).unwrap().contains("\nused 27 "));
    assert_eq!(custody.key_for(27, &monday()).unwrap(), key, "asking again is harmless");
    drop(custody);
    let mut restored = place.open().unwrap();
    assert!(restored.uses(27) && !restored.uses(28));
    assert_eq!(restored.key_for(27, &monday()).unwrap(), key);
    let other = beacon("att.1/jk/2026-03-02/am", "local:bb");
    assert_eq!(restored.key_for(27, &other), Err(KeyRefused::UsedBefore { t: 27 }));
    let other = beacon("att.1/jk/2026-03-02/pm", "local:aa");
    assert_eq!(restored.key_for(27, &other), Err(KeyRefused::UsedBefore { t: 27 }));
    assert_eq!(fs::read_to_string(place.file("mark")).unwrap().lines().count(), 2);
    for t in [0, (1 << 18) + 1] {
        assert_eq!(restored.key_for(t, &monday()), Err(KeyRefused::NoLink { t }));
    }
}

#[test]
fn one_custodian_at_a_time() {
    let place = Place::with_chain();
    let first = place.open().unwrap();
    assert!(place.open().unwrap_err().contains("另一进程"));
    drop(first);
    assert!(place.open().is_ok());
}

#[test]
fn a_chain_without_its_mark_or_with_another_mark_is_refused() {
    let place = Place::with_chain();
    let mark = fs::read(place.file("mark")).unwrap();
    fs::remove_file(place.file("mark")).unwrap();
    assert!(place.open().unwrap_err().contains("缺少密钥链的使用记录"));
    let other = Place::new();
    other.create([8; 32]).unwrap();
    fs::copy(other.file("mark"), place.file("mark")).unwrap();
    assert!(place.open().unwrap_err().contains("另一条密钥链"));
    fs::write(place.file("mark"), mark).unwrap();
    assert!(place.open().is_ok());
}

#[test]
fn a_torn_last_line_never_counted() {
    let place = Place::with_chain();
    place.open().unwrap().key_for(5, &monday()).unwrap();
    let whole = fs::read(place.file("mark")).unwrap();
    for torn in ["used 61", "used 6 00", "\0\0\0"] {
        fs::write(place.file("mark"), [&whole[..], torn.as_bytes()].concat()).unwrap();
        let mut custody = place.open().unwrap();
        assert!(custody.uses(5) && !custody.uses(6) && !custody.uses(61));
        custody.key_for(7, &monday()).unwrap();
        drop(custody);
        let custody = place.open().unwrap();
        assert!(custody.uses(5) && custody.uses(7), "the next line begins where the torn one began");
    }
    fs::write(place.file("mark"), [&whole[..], b"used x\n"].concat()).unwrap();
    assert!(place.open().unwrap_err().contains("已损坏"));
}

#[test]
fn the_logs_last_head_outlives_a_restored_database() {
    let place = Place::with_chain();
    let mut custody = place.open().unwrap();
    assert_eq!(custody.last_head(), None);
    custody.keep_head(1, Sha256::of(b"1")).unwrap();
    custody.keep_head(2, Sha256::of(b"2")).unwrap();
    custody.keep_head(2, Sha256::of(b"2")).unwrap();
    drop(custody);
    assert_eq!(place.open().unwrap().last_head(), Some((2, Sha256::of(b"2"))));
    assert_eq!(fs::read_to_string(place.file("mark")).unwrap().lines().count(), 3);
}

#[test]
fn creating_overwrites_nothing_and_names_no_secret() {
    let place = Place::with_chain();
    assert!(place.create([7; 32]).unwrap_err().contains("不会覆盖"));
    let names: Vec<String> =
        fs::read_dir(place.dir.path()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.len() == 2 && names.contains(&"att.1@jk.chain".into()) && names.contains(&"att.1@jk.mark".into()));
    let shown = format!("{:?}", place.open().unwrap());
    assert!(!shown.contains(&"09".repeat(8)) && !shown.contains("9, 9"), "{shown}");
    place.open().unwrap().key_for(27, &monday()).unwrap();
    fs::write(place.file("chain"), "spotcheck chain/1\n0909\n").unwrap();
    assert!(place.open().unwrap_err().contains("已损坏"));
    fs::remove_file(place.file("chain")).unwrap();
    assert!(place.open().unwrap_err().contains("缺少密钥链文件"));
    assert!(place.create([7; 32]).unwrap_err().contains("不会覆盖"), "a mark may stand for draws that were made");
}

#[test]
fn a_mark_whose_chain_never_came_to_be_makes_room() {
    let place = Place::with_chain();
    fs::remove_file(place.file("chain")).unwrap();
    // And what a killed process had begun beside it.
    let begun = place.dir.path().join(format!(".{}.0.att.1@jk.chain", std::process::id()));
    fs::write(&begun, "spotcheck chain/1\n0707").unwrap();
    let made = place.create([7; 32]).unwrap();
    assert_eq!(place.open().unwrap().anchor(), &made.anchor);
    assert_eq!(fs::read_to_string(place.file("mark")).unwrap().lines().count(), 1);
}

#[test]
fn the_chain_of_the_test_vectors_serves_nobody() {
    let place = Place::new();
    let end = Sha256::of(b"test chain end");
    assert!(place.create(end.0).unwrap_err().contains("测试向量"));
    place.create([9; 32]).unwrap();
    fs::write(place.file("chain"), format!("spotcheck chain/1\n{end}\n")).unwrap();
    assert!(place.open().unwrap_err().contains("测试向量"));
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_a_chain() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with_chain();
    for kind in ["chain", "mark"] {
        assert_eq!(fs::metadata(place.file(kind)).unwrap().permissions().mode() & 0o777, 0o600, "{kind}");
    }
    fs::set_permissions(place.file("chain"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(place.open().unwrap_err().contains("600"));
}

#[test]
fn several_custodians_make_one_key_and_one_alone_makes_none() {
    let place = Place::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let of = |dir: &std::path::Path, name| Keeping::new(dir, &place.programme, &place.office).of_custodian(name);
    let keepings = [of(place.dir.path(), "office"), of(elsewhere.path(), "discipline")];
    ChainFile::create(&keepings[0], [9; 32]).unwrap();
    assert!(Custodians::open(&keepings).is_err(), "the other chain is missing");
    ChainFile::create(&keepings[1], [8; 32]).unwrap();
    let mut both = Custodians::open(&keepings).unwrap();
    let chains = [Chain::from_end([9; 32]), Chain::from_end([8; 32])];
    assert_eq!(both.anchors(), chains.each_ref().map(Chain::anchor));
    let links = both.links_for(12, &monday()).unwrap();
    assert_eq!(links, chains.each_ref().map(|chain| chain.key(12).unwrap()));
    assert!(both.uses(12));
    for (dir, name) in [(place.dir.path(), "att.1@jk@office"), (elsewhere.path(), "att.1@jk@discipline")] {
        let mark = fs::read_to_string(dir.join(format!("{name}.mark"))).unwrap();
        assert!(mark.contains("\nused 12 "), "{name}");
    }
    drop(both);
    // One mark that has seen another beacon is enough to refuse.
    let mut alone = Custody::open(&keepings[1]).unwrap();
    alone.key_for(13, &beacon("att.1/jk/2026-03-02/pm", "local:cc")).unwrap();
    drop(alone);
    let mut both = Custodians::open(&keepings).unwrap();
    let other = beacon("att.1/jk/2026-03-02/pm", "local:dd");
    assert_eq!(both.links_for(13, &other), Err(KeyRefused::UsedBefore { t: 13 }));
}

#[test]
fn a_later_generation_has_files_of_its_own_and_a_credential_stands_for_the_folder() {
    let place = Place::with_chain();
    let credentials = tempfile::tempdir().unwrap();
    let second = place.keeping().of_generation(2);
    ChainFile::create(&second, [5; 32]).unwrap();
    assert!(place.dir.path().join("att.1@jk.2.chain").exists() && place.dir.path().join("att.1@jk.2.mark").exists());
    assert_eq!(Custody::open(&second).unwrap().anchor(), &Chain::from_end([5; 32]).anchor());
    assert_eq!(place.open().unwrap().anchor(), &Chain::from_end([9; 32]).anchor());
    fs::rename(place.file("chain"), credentials.path().join("att.1@jk.chain")).unwrap();
    assert!(place.open().is_err());
    let handed_over = place.keeping().with_credentials(Some(credentials.path()));
    assert_eq!(Custody::open(&handed_over).unwrap().anchor(), &Chain::from_end([9; 32]).anchor());
}
