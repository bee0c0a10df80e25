//! `[console]`.

use super::{SMALL, read, trouble};
use spotcheck::config::SecondFactor;

fn with(lines: &str) -> String {
    SMALL.replacen("[[office]]", &format!("[console]\n{lines}\n[[office]]"), 1)
}

#[test]
fn without_an_address_to_listen_on_there_are_no_pages() {
    assert_eq!(read(SMALL).unwrap().console, None);
    assert_eq!(read(&with("idle_minutes = 20")).unwrap().console, None);
}

#[test]
fn pages_are_served_on_this_machine_or_behind_tls() {
    let console = read(&with("listen = \"127.0.0.1:8080\"")).unwrap().console.unwrap();
    assert_eq!((console.idle_minutes, console.absolute_hours), (30, 12));
    assert_eq!(console.second_factor, SecondFactor::Optional);
    assert_eq!((console.public().as_str(), console.secure()), ("http://127.0.0.1:8080", false));
    let lines = "listen = \"0.0.0.0:80\"\naddress = \"https://spotcheck.county.example\"\nsecond_factor = \"required\"";
    let console = read(&with(lines)).unwrap().console.unwrap();
    assert!(console.secure() && console.second_factor == SecondFactor::Required);
}

#[test]
fn what_would_show_passwords_to_the_network_is_refused() {
    for (lines, row, field, words) in [
        ("listen = \"0.0.0.0:80\"", 4, "console.listen", "in the clear"),
        ("listen = \"10.0.0.1:80\"\naddress = \"http://x.example\"", 4, "console.listen", "in the clear"),
        ("listen = \"8080\"", 4, "console.listen", "127.0.0.1:8080"),
        ("address = \"https://x.example/console\"", 4, "console.address", "without a path"),
        ("idle_minutes = 0", 4, "console.idle_minutes", "from 5"),
        ("second_factor = \"yes\"", 4, "console.second_factor", "none of: off"),
    ] {
        let trouble = trouble("[[office]]", &format!("[console]\n{lines}\n[[office]]"));
        assert_eq!((trouble.row, trouble.field.as_deref()), (Some(row), Some(field)), "{lines}");
        assert!(trouble.said.en.contains(words), "{lines}: {}", trouble.said.en);
    }
}
