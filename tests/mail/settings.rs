//! What a person meets who writes `[mail]`: more than one server, limits, signatures.

use spotcheck::config::{Config, OnAmbiguous};
use spotcheck::model::{Language, Trouble};

/// A small configuration with these lines in `[mail]`, which begins on line 2 after `from`.
fn read(lines: &str) -> Result<Config, Vec<Trouble>> {
    let text = format!(
        "[mail]\nfrom = \"desk@county.example\"\n{lines}\n[[office]]\nid = \"north\"\nname = \"北县督查办\"\n\
         zone = \"Asia/Shanghai\"\ndesk = \"desk@county.example\"\nhead = \"head@county.example\"\n"
    );
    Config::parse(&text, "spotcheck.toml", &[])
}

#[test]
fn each_mistake_is_told_with_its_line_and_what_to_write() {
    let server = "[mail.smtp]\nhost = \"mx.example\"";
    let dkim = "[mail.dkim]\nselector = \"s\"";
    for (lines, line, field, words) in [
        (format!("{server}\nconnections = 0"), 5, "mail.smtp.connections", "from 1 to 64"),
        (
            format!("{server}\nper_day = 9\nper_day_for_assignments = 10"),
            6,
            "mail.smtp.per_day_for_assignments",
            "part of",
        ),
        ("[mail.second]\nport = 25".to_owned(), 3, "mail.second.host", "missing"),
        (
            "[mail.second]\nhost = \"mx.example\"\nsecurity = \"none\"".to_owned(),
            5,
            "mail.second.security",
            "this machine",
        ),
        (format!("{dkim}\nkey_file = \"k\"\ndomain = \"other.example\""), 6, "mail.dkim.domain", "county.example"),
        (dkim.to_owned(), 3, "mail.dkim.key_file", "missing"),
        ("on_ambiguous = \"ask\"".to_owned(), 3, "mail.on_ambiguous", "none of: resend, hold"),
    ] {
        let troubles = read(&lines).unwrap_err();
        let text = troubles[0].text(Language::En);
        assert_eq!(
            (troubles.len(), troubles[0].row, troubles[0].field.as_deref()),
            (1, Some(line), Some(field)),
            "{text}"
        );
        assert!(text.contains(words), "{text}");
        assert!(troubles[0].said.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{:?}", troubles[0].said);
    }
}

#[test]
fn a_second_server_has_the_settings_of_the_first_and_counts_with_it_only() {
    let second = "[mail.second]\nhost = \"mx2.example\"\nper_day = 500\nca_file = \"ca.pem\"\n";
    let with = |lines: &str| read(lines).unwrap().mail.second;
    let read = with(&format!("transport = \"smtp\"\n[mail.smtp]\nhost = \"mx.example\"\n{second}")).unwrap();
    assert_eq!((read.host.as_str(), read.port, read.per_day, read.connections), ("mx2.example", 465, Some(500), 4));
    assert_eq!((read.per_minute, read.letters_a_connection, read.per_day_for_assignments), (None, 100, 0));
    assert_eq!(with(second), None, "letters become files");
}

#[test]
fn a_signature_is_of_the_senders_domain_or_of_one_above() {
    let dkim = |lines: &str| read(&format!("[mail.dkim]\nselector = \"s\"\nkey_file = \"k\"\n{lines}")).unwrap().mail;
    assert_eq!(dkim("").dkim.unwrap().domain, "county.example");
    assert_eq!(dkim("domain = \"example\"").dkim.unwrap().domain, "example");
    assert_eq!(dkim("").on_ambiguous, OnAmbiguous::Resend);
}
