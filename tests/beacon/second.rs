//! The second office: which links it gives, and which never.

use clap::Parser;
use spotcheck::cli::{Cli, Exit, Terminal, run};
use spotcheck::draw::beacon::{AtSeal, BeaconRule};
use spotcheck::model::time::DAY;
use spotcheck::model::{Language, Sha256, Timestamp};
use spotcheck::work::second::{create, release};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const MADE: &str = "2026-02-20T09:00:00+08:00";
/// The evening of a digest; eleven days after the chain was made.
const EVENING: &str = "2026-03-03T19:30:00+08:00";

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

struct Office {
    folder: tempfile::TempDir,
    anchor: Sha256,
}

impl Office {
    fn new() -> Office {
        let folder = tempfile::tempdir().unwrap();
        let anchor = create(&folder.path().join("north.chain"), [5; 32], at(MADE)).unwrap();
        Office { folder, anchor }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A digest as it stands in the mailbox, its long lines broken as letters break them.
    fn digest(&self, awaited: &[(u32, &str)]) -> Vec<u8> {
        let rows = awaited.iter().map(|(t, frame)| {
            let line = format!("{} second:{}:{t}:", Sha256::of(frame.as_bytes()), self.anchor);
            format!("   3 March 08:30-12:00 | 120 |\r\n      {}\r\n      {}\r\n", &line[..71], &line[71..])
        });
        let head = "From: desk@yunling.example\r\nTo: second@office.example\r\nSubject: [Digest]\r\n\
                    MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
        format!("{head}Sealed for tomorrow\r\n{}", rows.collect::<String>()).into_bytes()
    }

    fn release(&self, t: u32, mail: &[u8], now: &str) -> Result<String, String> {
        let given = release(&self.file("north.chain"), t, mail, at(now));
        given.map(|beacon| beacon.to_string()).map_err(|trouble| trouble.said.en)
    }
}

#[test]
fn a_link_is_given_for_the_root_in_the_mail_and_passes_the_rule() {
    let office = Office::new();
    let mail = office.digest(&[(480, "am"), (491, "pm")]);
    let beacon = office.release(480, &mail, EVENING).unwrap();
    let rule = BeaconRule::Second { anchor: office.anchor };
    let window = AtSeal { t: 480, draw_at: at(EVENING), digest_at: at(EVENING), draws: &[] };
    rule.check(&rule.prefix(&window).unwrap(), &beacon, None).unwrap();
    assert_eq!(office.release(480, &mail, EVENING).unwrap(), beacon, "asking again is harmless");
    assert!(office.release(491, &mail, EVENING).is_ok());
    let list = fs::read_to_string(office.file("north.chain.released")).unwrap();
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(list.contains(&format!("released 480 {} 2026-03-03T11:30:00Z", Sha256::of(b"am"))), "{list}");
}

#[test]
fn no_link_without_its_mail() {
    let office = Office::new();
    let mail = office.digest(&[(480, "am")]);
    let cases = [
        (481, mail.clone(), "awaits no link 481"),
        (480, b"Subject: x\r\n\r\nplease send link 480".to_vec(), "awaits no link 480"),
        (480, office.digest(&[(480, "am"), (480, "another")]), "two roots"),
        (480, Vec::new(), "cannot be read"),
    ];
    for (t, mail, words) in cases {
        let said = office.release(t, &mail, EVENING).unwrap_err();
        assert!(said.contains(words), "{said}");
    }
    let other = Office { folder: tempfile::tempdir().unwrap(), anchor: Sha256::of(b"other") };
    assert!(office.release(480, &other.digest(&[(480, "am")]), EVENING).unwrap_err().contains("awaits no link"));
    assert_eq!(fs::read_to_string(office.file("north.chain.released")).unwrap().lines().count(), 1);
}

#[test]
fn no_link_that_would_give_others_away_or_prove_nothing() {
    let office = Office::new();
    office.release(480, &office.digest(&[(480, "am")]), EVENING).unwrap();
    let again = office.release(480, &office.digest(&[(480, "steered")]), EVENING).unwrap_err();
    assert!(again.contains("two frames"), "{again}");
    let before = office.release(470, &office.digest(&[(470, "am")]), EVENING).unwrap_err();
    assert!(before.contains("link 480 was given"), "{before}");
    // Two weeks and a day ahead of what is known, at half an hour a link.
    let farthest = 480 + 15 * 48;
    let far = office.release(farthest + 1, &office.digest(&[(farthest + 1, "am")]), EVENING).unwrap_err();
    assert!(far.contains("far in the future"), "{far}");
    assert!(office.release(farthest, &office.digest(&[(farthest, "am")]), EVENING).is_ok());
    // The first link of all is bounded by the day on which the chain was made.
    let fresh = Office::new();
    let bound = 1 + u32::try_from((at(EVENING).0 - at(MADE).0 + 14 * DAY) / (30 * 60_000)).unwrap();
    assert!(fresh.release(bound + 1, &fresh.digest(&[(bound + 1, "am")]), EVENING).is_err());
    assert!(fresh.release(bound, &fresh.digest(&[(bound, "am")]), EVENING).is_ok());
}

#[test]
fn damaged_missing_and_open_files_are_refused() {
    let office = Office::new();
    let mail = office.digest(&[(480, "am")]);
    let (chain, list) = (office.file("north.chain"), office.file("north.chain.released"));
    let whole = fs::read_to_string(&list).unwrap();
    for torn in [format!("{whole}released x\n"), "released/1\n".into(), String::new()] {
        fs::write(&list, torn).unwrap();
        assert!(office.release(480, &mail, EVENING).unwrap_err().contains("damaged"));
    }
    fs::remove_file(&list).unwrap();
    assert!(office.release(480, &mail, EVENING).is_err());
    fs::write(&list, whole).unwrap();
    assert!(office.release(480, &mail, EVENING).is_ok());
    assert!(create(&chain, [6; 32], at(MADE)).unwrap_err().said.en.contains("never overwritten"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&chain).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&chain, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(office.release(480, &mail, EVENING).unwrap_err().contains("mode to 600"));
    }
}

#[test]
fn a_power_cut_at_any_step_is_put_right_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let chain = folder.path().join("north.chain");
    let run = |fault: Option<u32>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
        command.args(["beacon", "create", "--out"]).arg(&chain);
        command.envs(fault.map(|step| ("SPOTCHECK_FAULT_AT", step.to_string())));
        command.output().unwrap()
    };
    let list = folder.path().join("north.chain.released");
    assert!(!run(Some(1)).status.success() && list.exists() && !chain.exists(), "the list alone");
    let before = fs::read_to_string(&list).unwrap();
    assert!(run(None).status.success());
    let made = fs::read_to_string(&list).unwrap();
    assert!(made != before && chain.exists(), "of the chain that came to be");
    assert_eq!(run(None).status.code(), Some(2), "and then never again");
    fs::remove_file(&chain).unwrap();
    fs::write(&list, format!("{made}released 480 {} 2026-03-03T11:30:00Z\n", Sha256::of(b"am"))).unwrap();
    assert_eq!(run(None).status.code(), Some(2), "a list of links that were given stays");
    assert!(fs::read_to_string(&list).unwrap().contains("released 480"));

    // A line that was cut while it was written: its link was given to nobody.
    let office = Office::new();
    let (mail, list) = (office.digest(&[(480, "am")]), office.file("north.chain.released"));
    let whole = fs::read_to_string(&list).unwrap();
    fs::write(&list, format!("{whole}released 480 ab")).unwrap();
    let given = office.release(480, &mail, EVENING).unwrap();
    let lines: Vec<String> = fs::read_to_string(&list).unwrap().lines().map(str::to_owned).collect();
    assert_eq!((lines.len(), lines[0].as_str()), (2, whole.trim_end()));
    assert_eq!(office.release(480, &mail, EVENING).unwrap(), given);
}

/// Runs a command line; gives how it ended, its output and what it said beside.
pub fn command(line: &[&str]) -> (Exit, String, String) {
    let cli = Cli::try_parse_from([&["spotcheck"], line].concat()).unwrap();
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let exit = run(
        &cli,
        &mut Terminal {
            input: &mut std::io::empty(),
            output: &mut output,
            errors: &mut errors,
            language: Language::En,
        },
    );
    (exit, String::from_utf8(output).unwrap(), String::from_utf8(errors).unwrap())
}

#[test]
fn the_commands_print_anchor_and_link_and_keep_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (exit, anchor, beside) = command(&["beacon", "create", "--out", &path("own.chain")]);
    assert_eq!(exit, Exit::Done);
    let secret = fs::read_to_string(path("own.chain")).unwrap();
    let end = secret.lines().nth(2).unwrap();
    assert!(anchor.trim().len() == 64 && !anchor.contains(end) && !beside.contains(end));
    let office = Office { folder: tempfile::tempdir().unwrap(), anchor: anchor.trim().parse().unwrap() };
    fs::write(path("digest.eml"), office.digest(&[(300, "am")])).unwrap();
    let release = ["beacon", "release", "--chain", &path("own.chain"), "--mail", &path("digest.eml"), "--t"];
    let (exit, beacon, _) = command(&[&release[..], &["300"]].concat());
    assert_eq!(exit, Exit::Done);
    assert!(beacon.starts_with(&format!("second:{}:300:", anchor.trim())), "{beacon}");
    let (exit, _, beside) = command(&[&release[..], &["301"]].concat());
    assert_eq!(exit, Exit::NotDone);
    assert!(beside.contains("awaits no link 301"), "{beside}");
}
