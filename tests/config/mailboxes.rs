//! `[intake.imap]`: one mailbox, or several.

use super::{SMALL, read};
use spotcheck::config::{After, Security};
use spotcheck::model::Language;

#[test]
fn mailboxes_are_one_or_several_and_each_mistake_is_told() {
    const LOGIN: &str = "host = \"mx.example\"\nuser = \"desk@county.example\"\npassword_file = \"secret\"\n";
    let with = |lines: &str| read(&SMALL.replace("[[office]]", &format!("[intake.imap]\n{lines}\n[[office]]")));
    let one = |lines: &str| with(&format!("{LOGIN}{lines}")).unwrap().intake.imap.remove(0);
    let plain = one("");
    assert_eq!(
        (plain.security, plain.port, plain.folders.as_slice()),
        (Security::Implicit, 993, &["INBOX".into()][..])
    );
    assert_eq!((plain.after, plain.idle, plain.poll_seconds), (After::Seen, true, 60));
    assert_eq!(one("security = \"starttls\"\nfolders = [\"inbox\", \"回复\"]").folders, ["INBOX", "回复"]);
    assert_eq!(one("after = \"move\"\nmove_to = \"已处理\"").after, After::MoveTo("已处理".to_owned()));
    for (lines, field, words) in [
        ("host = \"mx.example\"\nuser = \"d\"", "intake.imap.password_file", "is missing"),
        (&format!("{LOGIN}security = \"none\""), "intake.imap.security", "this machine"),
        (&format!("{LOGIN}after = \"move\""), "intake.imap.after", "move_to"),
        (&format!("{LOGIN}move_to = \"Done\""), "intake.imap.move_to", "after = \"move\""),
        (&format!("{LOGIN}after = \"move\"\nmove_to = \"Inbox\""), "intake.imap.move_to", "not among folders"),
        (&format!("{LOGIN}folders = []"), "intake.imap.folders", "at least one"),
        (&format!("{LOGIN}folders = [\"INBOX\", \"inbox\"]"), "intake.imap.folders", "each once"),
        (&format!("{LOGIN}poll_seconds = 1"), "intake.imap.poll_seconds", "from 10 to 3600"),
    ] {
        let troubles = with(lines).unwrap_err();
        let text = troubles[0].text(Language::En);
        assert_eq!((troubles.len(), troubles[0].field.as_deref()), (1, Some(field)), "{text}");
        assert!(text.contains(words), "{text}");
    }
    let several = |second: &str| {
        let both = format!("[[intake.imap]]\n{LOGIN}[[intake.imap]]\n{second}{LOGIN}");
        read(&SMALL.replace("[[office]]", &format!("{both}[[office]]")))
    };
    assert_eq!(several("id = \"other\"\n").unwrap().intake.imap.len(), 2);
    assert_eq!(several("").unwrap_err()[0].field.as_deref(), Some("intake.imap.id"));
}
