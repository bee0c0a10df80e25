//! What a person meets who writes `spotcheck.toml`: defaults, errors with line and hint, overrides, secrets.

#![cfg(test)]

#[path = "config/api.rs"]
mod api;
#[path = "config/calls.rs"]
mod calls;
#[path = "config/console.rs"]
mod console;
#[path = "config/duty.rs"]
mod duty;
#[path = "config/flags.rs"]
mod flags;
#[path = "config/imports.rs"]
mod imports;
#[path = "config/mailboxes.rs"]
mod mailboxes;
#[path = "config/retention.rs"]
mod retention;

use proptest::prelude::*;
use spotcheck::config::{
    Addressing, Answers, Authentication, BeaconSettings, Config, DEFAULT, Database, LettersIn, Question, Security,
    Transport, write_new,
};
use spotcheck::model::record::DutyRule;
use spotcheck::model::{Language, Trouble};
use std::collections::BTreeMap;
use std::path::PathBuf;

const SMALL: &str = r#"[mail]
from = "desk@county.example"
[[office]]
id = "north"
name = "北县督查办"
zone = "Asia/Shanghai"
desk = "desk@county.example"
head = "head@county.example"
[[programme]]
id = "posts"
office = "north"
name = "在岗检查"
[[programme.window]]
slot = "am"
rule = "30 8 * * Mon-Fri"
[[source]]
id = "leave"
office = "north"
kind = "leave"
cadence = "weekly"
"#;

fn read(text: &str) -> Result<Config, Vec<Trouble>> {
    Config::parse(text, "spotcheck.toml", &[])
}

fn read_with(text: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<Trouble>> {
    let environment: Vec<(String, String)> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::parse(text, "spotcheck.toml", &environment)
}

/// The one trouble of a small configuration in which `old` was replaced.
fn trouble(old: &str, new: &str) -> Trouble {
    assert!(SMALL.contains(old), "{old:?} is not in the sample");
    let troubles = read(&SMALL.replacen(old, new, 1)).unwrap_err();
    assert_eq!(troubles.len(), 1, "{troubles:#?}");
    troubles.into_iter().next().unwrap()
}

#[test]
fn the_default_file_reads_and_its_notes_show_the_true_defaults() {
    let shipped = read(DEFAULT).unwrap();
    let prose = |line: &str| !line.contains(" = ") && !line.starts_with("# [");
    let every_setting: String = DEFAULT
        .lines()
        .filter(|line| !line.starts_with("# days_a_") && !line.contains("min_visits") && !line.contains("max_visits"))
        .filter(|line| !line.contains("_instrument = ") && !line.contains("\"backups\""))
        .filter(|line| {
            !["parent", "region", "maildir", "authserv_id", "move_to", "ca_file", "words", "mappings", "instruments"]
                .iter()
                .any(|k| line.starts_with(&format!("# {k}")))
        })
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if !prose(line) && setting.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => {
                setting
            }
            _ => line,
        })
        .filter(|line| !line.starts_with("password_file = \"postgres"))
        .map(|line| format!("{line}\n"))
        .collect();
    let mut spelled_out = read(&every_setting).unwrap_or_else(|troubles| panic!("{troubles:#?}\n{every_setting}"));
    // Examples of what is absent by default.
    assert_eq!(spelled_out.intake.imap.drain(..).map(|imap| imap.port).collect::<Vec<_>>(), [993]);
    let programme = &mut spelled_out.programmes[0];
    assert_eq!(std::mem::take(&mut programme.custodians).len(), 2);
    assert_eq!(programme.backstop.take().map(|rule| rule.visits), Some(2));
    assert_eq!(spelled_out.mail.dkim.take().map(|dkim| dkim.selector).as_deref(), Some("spotcheck"));
    assert_eq!(std::mem::take(&mut spelled_out.sources[0].senders), ["hr@yunling.example"]);
    assert_eq!(std::mem::take(&mut spelled_out.sources[0].devices), ["CKJ1234560001"]);
    assert!(std::mem::take(&mut spelled_out.api).health.is_some_and(|health| health.ip().is_loopback()));
    assert_eq!(spelled_out.offices[0].desk_phone.take().as_deref(), Some("0857-555-0100"));
    assert_eq!(spelled_out.console.take().map(|console| console.idle_minutes), Some(30));
    assert_eq!(spelled_out, shipped);
}

#[test]
fn a_small_file_is_enough() {
    let config = read(SMALL).unwrap();
    assert_eq!(config.storage.database, Database::Sqlite(PathBuf::from("spotcheck.db")));
    assert_eq!(config.mail.transport, Transport::Folder(PathBuf::from("letters")));
    assert_eq!((config.mail.host.as_str(), config.mail.addressing), ("county.example", Addressing::Single));
    assert_eq!(config.intake.authentication, Authentication::Flag);
    let office = &config.offices[0];
    assert_eq!((office.language, office.letters_in), (Language::ZhHans, LettersIn::Both));
    assert_eq!((office.duty_rule, office.days_on_post), (DutyRule::Workdays, None));
    assert_eq!(office.seal_at.to_string(), "17:30:00");
    let programme = &config.programmes[0];
    assert_eq!((programme.lo, programme.hi, programme.m, programme.p_call), (0.008, 0.04, 125, 0.04));
    assert_eq!((programme.lead_minutes, programme.windows[0].length_minutes), (90, 240));
    assert_eq!(config.sources[0].usual_rows_share, 0.5);
    assert!(config.sources[0].senders.is_empty() && config.imports.mappings.is_none());
}

#[test]
fn each_mistake_is_told_with_its_line_and_what_to_write() {
    let cases = [
        // (what stands there, what a person wrote, line, field, words of the message)
        ("name = \"北", "nmae = \"x\"\nname = \"北", 5, "office.nmae", "did you mean “name”"),
        ("[[source]]", "[storge]\nurl = \"sqlite:x\"\n[[source]]", 16, "storge", "did you mean “storage”"),
        ("from = \"desk@county.example\"", "from = 5", 2, "mail.from", "expected text"),
        ("from = \"desk@county.example\"", "from = \"desk\"", 2, "mail.from", "name@host"),
        ("Asia/Shanghai", "Asia/Shanghia", 6, "office.zone", "Asia/Shanghai"),
        ("office = \"north\"", "office = \"nroth\"", 11, "programme.office", "did you mean “north”"),
        ("\"leave\"\noffice = \"north\"", "\"leave\"\noffice = \"west\"", 18, "source.office", "no office “west”"),
        ("30 8 * * Mon-Fri", "30 8 * * 1-5", 15, "programme.window.rule", "write names"),
        ("30 8 * * Mon-Fri", "30 8 * *", 15, "programme.window.rule", "five fields"),
        ("kind = \"leave\"", "kind = \"leaves\"", 19, "source.kind", "none of: punch, leave"),
        ("id = \"posts\"", "id = \"posts\"\nlo = 0.0", 11, "programme.lo", "above 0"),
        ("id = \"posts\"", "id = \"posts\"\nhi = 0.004", 11, "programme.hi", "lo <= hi < 1"),
        ("id = \"posts\"", "id = \"posts\"\nhi = 4", 11, "programme.hi", "from 0 to 1"),
        ("id = \"posts\"", "id = \"posts\"\np_call = 0.97", 11, "programme.p_call", "exceed 1"),
        ("id = \"posts\"", "id = \"posts\"\nm = 1.5", 11, "programme.m", "whole number from 1"),
        ("id = \"posts\"", "id = \"posts\"\nmin_visits = 3\nmax_visits = 2", 11, "programme.min_visits", "lower it"),
        ("id = \"posts\"", "id = \"posts\"\nsalted_leaves = 1", 11, "programme.salted_leaves", "true or false"),
        ("id = \"posts\"", "id = \"posts\"\ninspectors_a_visit = 3", 11, "programme.inspectors_a_visit", "from 1 to 2"),
        ("id = \"posts\"", "id = \"posts\"\npools = \"all\"", 11, "programme.pools", "none of: one, offices"),
        ("id = \"posts\"", "id = \"posts\"\nrisk = \"signals\"", 11, "programme.risk", "plain/1, signals/1"),
        (
            "id = \"posts\"",
            "id = \"posts\"\nbeacon = \"moon\"",
            11,
            "programme.beacon",
            "none of: local, second, drand",
        ),
        ("id = \"posts\"", "id = \"posts\"\nbeacon = \"second\"", 11, "programme.beacon", "programme.second"),
        ("id = \"posts\"", "id = \"posts\"\nbeacon = \"manual\"", 11, "programme.beacon", "programme.manual"),
        ("id = \"north\"", "id = \"north\"\nparent = \"north\"", 5, "office.parent", "above itself"),
        ("id = \"north\"", "id = \"north\"\nseal_at = \"18:30\"", 5, "office.seal_at", "before digest_at"),
        ("id = \"north\"", "id = \"north\"\nhours = [\"14:30-18:00\", \"08:30-12:00\"]", 5, "office.hours", "in order"),
        ("id = \"north\"", "id = \"north\"\nhours = [\"8:30-12:00\"]", 5, "office.hours", "HH:MM"),
        ("id = \"north\"", "id = \"north\"\nhours = \"08:30-12:00\"", 5, "office.hours", "a list"),
        ("id = \"north\"", "id = \"north\"\nduty_rule = \"days_per_month\"", 5, "office.duty_rule", "days_a_month"),
        ("id = \"north\"", "id = \"north\"\nregion = \"52 06\"", 5, "office.region", "12 digits"),
        (
            "[[office]]",
            "[intake]\nauthentication = \"require\"\ndns = \"none\"\n[[office]]",
            3,
            "intake.authserv_id",
            "authserv_id",
        ),
        (
            "[[office]]",
            "[mail.smtp]\nsecurity = \"none\"\nhost = \"mx.example\"\n[[office]]",
            4,
            "mail.smtp.security",
            "this machine",
        ),
        (
            "[[office]]",
            "[mail.smtp]\nhost = \"mx.example\"\nuser = \"me\"\n[[office]]",
            3,
            "mail.smtp.password_file",
            "name the file",
        ),
        ("[mail]", "[storage]\nurl = \"mysql://x\"\n[mail]", 2, "storage.url", "expected sqlite:FILE"),
        ("[mail]", "storage = 1\n[mail]", 1, "storage", "a section: [storage]"),
        ("cadence = \"weekly\"", "cadence = weekly", 20, "", "not TOML"),
    ];
    for (old, new, line, field, words) in cases {
        let found = trouble(old, new);
        let text = found.text(Language::En);
        assert_eq!(found.file.as_deref(), Some("spotcheck.toml"), "{text}");
        assert_eq!((found.row, found.field.as_deref().unwrap_or("")), (Some(line), field), "{new}\n{text}");
        assert!(text.contains(words), "{new}\n{text}");
        assert!(found.said.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", found.said.zh);
    }
}

#[test]
fn a_beacon_is_chosen_with_its_section() {
    let with =
        |beacon: &str| read(&SMALL.replacen("[[programme.window]]", &format!("{beacon}\n[[programme.window]]"), 1));
    let chosen = |beacon: &str| with(beacon).unwrap().programmes.remove(0).beacon;
    assert_eq!(chosen(""), BeaconSettings::Local);
    let anchor = "ab".repeat(32);
    let second = format!("beacon = \"second\"\n[programme.second]\nanchor = \"{anchor}\"");
    assert_eq!(chosen(&second), BeaconSettings::Second { anchor: anchor.parse().unwrap() });
    let BeaconSettings::Drand(drand) = chosen("beacon = \"drand\"") else { panic!() };
    assert!(drand.network.is_none() && drand.urls.len() == 4 && drand.urls[0] == "https://api.drand.sh");
    let manual = "beacon = \"manual\"\n[programme.manual]\nlottery = \"3D\"\npattern = \"9999999999999\"\nbits = 40\ndraws = \"d.csv\"";
    assert!(matches!(chosen(manual), BeaconSettings::Manual(manual) if manual.bits == 40));
    for (wrong, field, words) in [
        ("[programme.second]\nanchor = \"ab\"", "programme.second.anchor", "64 hex digits"),
        ("[programme.drand]\nurls = []", "programme.drand.urls", "at least one"),
        ("[programme.drand]\nurls = [\"api.drand.sh\"]", "programme.drand.urls", "https://api.drand.sh"),
        ("[programme.drand]\nperiod = 3", "programme.drand.chain", "write all four"),
        ("[programme.manual]\npattern = \"999999\"", "programme.manual.pattern", "at least 13"),
        ("[programme.manual]\nbits = 24", "programme.manual.bits", "from 40"),
    ] {
        let troubles = with(wrong).unwrap_err();
        let text = troubles[0].text(Language::En);
        assert_eq!((troubles.len(), troubles[0].field.as_deref()), (1, Some(field)), "{text}");
        assert!(text.contains(words), "{text}");
    }
    let other = "[[programme]]\nid = \"more\"\noffice = \"north\"\nname = \"x\"\n";
    let window = "[[programme.window]]\nslot = \"am\"\nrule = \"30 8 * * Mon-Fri\"\n";
    let twice = SMALL.replacen("[[programme.window]]", &format!("{second}\n[[programme.window]]"), 1);
    let troubles = read(&format!("{twice}{other}{second}\n{window}")).unwrap_err();
    assert_eq!(troubles[0].field.as_deref(), Some("programme.second"), "{troubles:?}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = SMALL.replace("zone = \"Asia/Shanghai\"\n", "").replace("kind = \"leave\"", "knd = \"leave\"");
    let fields: Vec<String> = read(&text).unwrap_err().into_iter().filter_map(|t| t.field).collect();
    assert_eq!(fields, ["office.zone", "source.kind", "source.knd"], "an office in trouble is still known to others");
}

#[test]
fn ids_and_regions_belong_to_one_office_each() {
    let second =
        "[[office]]\nid = \"north\"\nname = \"n\"\nzone = \"UTC\"\ndesk = \"d@x.example\"\nhead = \"h@x.example\"\n";
    let fields = |text: String| -> Vec<_> { read(&text).unwrap_err().into_iter().filter_map(|t| t.field).collect() };
    assert_eq!(fields(format!("{SMALL}{second}")), ["office.id", "office.region"]);
    let other = second.replace("\"north\"", "\"south\"\nregion = \"5206\"");
    assert!(read(&format!("{SMALL}{other}")).is_ok());
    let circle = SMALL.replace("id = \"north\"", "id = \"north\"\nparent = \"south\"");
    let other = other.replace("\"south\"", "\"south\"\nparent = \"north\"");
    assert_eq!(fields(format!("{circle}{other}")), ["office.parent", "office.parent"]);
    let doubled =
        SMALL.replace("[[source]]", "[[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Sat\"\n[[source]]");
    assert_eq!(fields(doubled), ["programme.window.slot"]);
}

#[test]
fn an_office_may_have_words_of_its_own() {
    let text = SMALL.replace("id = \"north\"", "id = \"north\"\nwords = [\"dialect.toml\", \"more.toml\"]");
    assert_eq!(read(&text).unwrap().offices[0].words, [PathBuf::from("dialect.toml"), PathBuf::from("more.toml")]);
    assert_eq!(read(SMALL).unwrap().offices[0].words, [] as [PathBuf; 0]);
    let wrong = read(&text.replace("[\"dialect.toml\", \"more.toml\"]", "7")).unwrap_err();
    assert_eq!(wrong[0].field.as_deref(), Some("office.words"));
}

#[test]
fn smtp_ports_follow_the_security_unless_given() {
    let with = |lines: &str| {
        let text = SMALL.replace("[[office]]", &format!("transport = \"smtp\"\n[mail.smtp]\n{lines}\n[[office]]"));
        match read(&text).unwrap().mail.transport {
            Transport::Smtp(smtp) => (smtp.security, smtp.port),
            Transport::Folder(_) => panic!("smtp was asked for"),
        }
    };
    assert_eq!(with("host = \"mx.example\""), (Security::Implicit, 465));
    assert_eq!(with("host = \"mx.example\"\nsecurity = \"starttls\""), (Security::StartTls, 587));
    assert_eq!(with("host = \"localhost\"\nsecurity = \"none\""), (Security::None, 25));
    assert_eq!(with("host = \"127.0.0.1\"\nsecurity = \"none\"\nport = 2525"), (Security::None, 2525));
    let missing = read(&SMALL.replace("[[office]]", "transport = \"smtp\"\n[[office]]")).unwrap_err();
    assert_eq!(missing[0].field.as_deref(), Some("mail.smtp.host"));
}

#[test]
fn the_environment_overrides_the_file() {
    let config = read_with(
        SMALL,
        &[
            ("SPOTCHECK__MAIL__TRANSPORT", "smtp"),
            ("SPOTCHECK__MAIL__SMTP__HOST", "mx.example"),
            ("SPOTCHECK__MAIL__SMTP__PORT", "2525"),
            ("SPOTCHECK__OFFICE__NORTH__DESK", "other@county.example"),
            ("SPOTCHECK__OFFICE__NORTH__HOURS", "09:00-12:00, 13:00-17:00"),
            ("SPOTCHECK__PROGRAMME__POSTS__HI", "0.05"),
            ("SPOTCHECK__PROGRAMME__POSTS__WINDOW__AM__LENGTH_MINUTES", "180"),
            ("SPOTCHECK_LANGUAGE", "en"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert!(matches!(&config.mail.transport, Transport::Smtp(smtp) if smtp.port == 2525));
    assert_eq!(config.offices[0].desk, "other@county.example");
    assert_eq!(config.offices[0].hours.len(), 2);
    assert_eq!(config.programmes[0].hi, 0.05);
    assert_eq!(config.programmes[0].windows[0].length_minutes, 180);
}

#[test]
fn an_override_that_fits_nothing_is_told_by_its_name() {
    for (name, value) in [
        ("SPOTCHECK__MAIL__FRM", "x@y.example"),
        ("SPOTCHECK__OFFICE__SOUTH__DESK", "x@y.example"),
        ("SPOTCHECK__MAIL__FROM__X", "1"),
        ("SPOTCHECK__MAIL____FROM", "x@y.example"),
        ("SPOTCHECK__PROGRAMME__POSTS__M", "many"),
    ] {
        let troubles = read_with(SMALL, &[(name, value)]).unwrap_err();
        assert_eq!(troubles.len(), 1, "{troubles:#?}");
        assert_eq!((troubles[0].file.as_deref(), troubles[0].row), (Some(name), None));
    }
}

#[test]
fn a_password_stands_in_a_file_only_and_is_never_shown() {
    let in_url = "[storage]\nurl = \"postgres://me:hunter2@db.example/spotcheck\"\n";
    let troubles = read(&format!("{in_url}{SMALL}")).unwrap_err();
    assert!(!format!("{troubles:?}").contains("hunter2"), "{troubles:?}");
    let plain = SMALL.replace("[[office]]", "[mail.smtp]\nhost = \"mx.example\"\npassword = \"hunter2\"\n[[office]]");
    let troubles = read(&plain).unwrap_err();
    assert!(troubles[0].said.en.contains("did you mean “password_file”"), "{troubles:?}");
    assert!(!format!("{troubles:?}").contains("hunter2"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spotcheck.toml");
    let storage = "[storage]\nurl = \"postgres://me@db.example/spotcheck\"\npassword_file = \"pg\"\n";
    std::fs::write(&file, format!("\u{feff}{storage}{SMALL}")).unwrap();
    let config = Config::load(&file, &[]).unwrap();
    let missing = config.storage.connection().unwrap_err().text(Language::En);
    assert!(missing.contains("cannot read this file"), "{missing}");
    std::fs::write(folder.path().join("pg"), "a b/ü\n").unwrap();
    let url = config.storage.connection().unwrap();
    assert_eq!(url.reveal(), "postgres://me@db.example/spotcheck?password=a%20b%2F%C3%BC");
    assert!(!format!("{url:?} {config:?}").contains("%20"));

    let credentials = tempfile::tempdir().unwrap();
    std::fs::write(credentials.path().join("pg"), "other\n").unwrap();
    let handed = [("CREDENTIALS_DIRECTORY".to_owned(), credentials.path().display().to_string())];
    let config = Config::load(&file, &handed).unwrap();
    assert!(config.storage.connection().unwrap().reveal().ends_with("password=other"));
}

#[test]
fn relative_paths_start_from_the_folder_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spotcheck.toml");
    let calendar = "[calendar]\nfiles = [\"cal.csv\", \"/etc/cal.csv\"]\n[intake]\nmaildir = \"in\"\n";
    std::fs::write(&file, format!("{calendar}{SMALL}")).unwrap();
    let config = Config::load(&file, &[]).unwrap();
    assert_eq!(config.storage.database, Database::Sqlite(folder.path().join("spotcheck.db")));
    assert_eq!(config.keys.dir, folder.path().join("keys"));
    assert_eq!(config.calendar.folder, folder.path().join("calendars"));
    assert_eq!(config.calendar.files, [folder.path().join("cal.csv"), PathBuf::from("/etc/cal.csv")]);
    assert_eq!(config.intake.maildir, Some(folder.path().join("in")));
    let absent = Config::load(&folder.path().join("none.toml"), &[]).unwrap_err();
    assert!(absent[0].text(Language::ZhHans).contains("spotcheck init"));
}

fn answers(pairs: &[(Question, &str)]) -> Result<Answers, Vec<Trouble>> {
    let given: BTreeMap<Question, String> = pairs.iter().map(|(q, a)| (*q, (*a).to_owned())).collect();
    Answers::collect(&given, Language::ZhHans)
}

const FEW: [(Question, &str); 4] = [
    (Question::County, "青山县“督查”办 \"A\\B\""),
    (Question::Office, "qingshan"),
    (Question::Desk, "desk@qingshan.example"),
    (Question::Head, "head@qingshan.example"),
];

#[test]
fn a_few_answers_make_a_whole_configuration() {
    let config = read(&write_new(&answers(&FEW).unwrap())).unwrap();
    let office = &config.offices[0];
    assert_eq!((office.id.as_str(), office.name.own.as_str()), ("qingshan", FEW[0].1));
    assert_eq!(office.name.latin, "", "no other county's name is left over");
    assert_eq!((office.desk.as_str(), office.head.as_str()), (FEW[2].1, FEW[3].1));
    assert_eq!(config.mail.from, FEW[2].1);
    assert!(matches!(config.mail.transport, Transport::Folder(_)));
    assert_eq!(config.intake.authentication, Authentication::Flag, "without an authserv-id");

    let more = [
        (Question::Smtp, "smtp.qingshan.example"),
        (Question::AuthservId, "mx.qingshan.example"),
        (Question::Zone, "Asia/Urumqi"),
        (Question::Language, "en"),
    ];
    let text = write_new(&answers(&[&FEW[..], &more[..]].concat()).unwrap());
    let config = read(&text).unwrap();
    let Transport::Smtp(smtp) = &config.mail.transport else { panic!("smtp was asked for") };
    assert_eq!((smtp.host.as_str(), smtp.login.as_ref().unwrap().user.as_str()), ("smtp.qingshan.example", FEW[2].1));
    assert_eq!(config.intake.authentication, Authentication::Require, "with an authserv-id");
    assert_eq!((config.offices[0].zone.name(), config.offices[0].language), ("Asia/Urumqi", Language::En));
    assert!(text.contains("工作时间") && text.contains("Working hours"), "the notes stay");
    assert!(!text.replace(FEW[0].1, "").contains("id = \"yunling\""));
}

#[test]
fn wrong_answers_are_told_at_once_by_their_names() {
    let mut wrong = FEW.to_vec();
    wrong[2].1 = "desk";
    wrong.push((Question::Zone, "China"));
    wrong.remove(0);
    let keys: Vec<String> = answers(&wrong).unwrap_err().into_iter().filter_map(|t| t.field).collect();
    assert_eq!(keys, ["county", "zone", "desk"]);
    for question in Question::ALL {
        let asked = question.asked();
        assert!(!asked.en.is_empty() && !asked.zh.is_ascii(), "{question:?}");
        if let Some(usual) = question.usual(Language::En) {
            assert!(question.check(usual).is_ok(), "{question:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fall(text in "(?s).{0,200}") {
        let _ = read(&text);
        let _ = read(&format!("{SMALL}{text}"));
    }

    #[test]
    fn no_edit_of_the_default_makes_the_reader_fall(at in 0usize..DEFAULT.len(), put in "[\\[\\]\"=\n.0-9a-z一]{0,6}") {
        let at = (0..=at).rev().find(|i| DEFAULT.is_char_boundary(*i)).unwrap_or(0);
        let (before, after) = DEFAULT.split_at(at);
        if let Err(troubles) = read(&format!("{before}{put}{after}")) {
            prop_assert!(!troubles.is_empty());
        }
    }

    #[test]
    fn any_name_survives_being_written(name in "[^\\p{C}]{1,40}") {
        prop_assume!(!name.trim().is_empty());
        let mut pairs = FEW.to_vec();
        pairs[0].1 = &name;
        let config = read(&write_new(&answers(&pairs).unwrap())).unwrap();
        prop_assert_eq!(config.offices[0].name.own.as_str(), name.trim());
    }
}
