//! `[api]`, and the devices of a `[[source]]`.

use super::{SMALL, read, trouble};

#[test]
fn every_door_is_closed_unless_it_is_named() {
    assert_eq!(read(SMALL).unwrap().api, spotcheck::config::Api::default());
    let open = "[api]\nlisten = \"0.0.0.0:8081\"\nbehind_tls = true\ndevices = \"0.0.0.0:8082\"\n[[office]]";
    let api = read(&SMALL.replacen("[[office]]", open, 1)).unwrap().api;
    assert!(api.listen.is_some() && api.devices.is_some() && api.health.is_none());
}

#[test]
fn what_would_show_tokens_or_numbers_to_the_network_is_refused() {
    for (line, field, words) in [
        ("listen = \"0.0.0.0:8081\"", "api.listen", "in the clear"),
        ("health = \"10.0.0.1:8083\"", "api.health", "this machine only"),
        ("devices = \"8082\"", "api.devices", "127.0.0.1:8080"),
    ] {
        let trouble = trouble("[[office]]", &format!("[api]\n{line}\n[[office]]"));
        assert_eq!((trouble.row, trouble.field.as_deref()), (Some(4), Some(field)), "{line}");
        assert!(trouble.said.en.contains(words), "{line}: {}", trouble.said.en);
    }
}

#[test]
fn a_device_sends_punches_for_one_source() {
    let source = |id: &str, kind: &str, serial: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\noffice = \"north\"\nkind = \"{kind}\"\ncadence = \"daily\"\ndevices = [\"{serial}\"]\n"
        )
    };
    let with = |sources: &[String]| read(&format!("{SMALL}\n{}", sources.concat()));
    assert!(with(&[source("a", "punch", "CKJ1"), source("b", "punch", "CKJ2")]).is_ok());
    for (sources, words) in [
        ([source("a", "punch", "CKJ1"), source("b", "punch", "CKJ1")], "belongs to “a”"),
        ([source("a", "punch", "CKJ1"), source("b", "leave", "CKJ2")], "something else"),
        ([source("a", "punch", "CKJ1"), source("b", "punch", "CKJ 2")], "serial number"),
    ] {
        let troubles = with(&sources).unwrap_err();
        assert_eq!(troubles.len(), 1, "{troubles:?}");
        assert!(troubles[0].said.en.contains(words), "{}", troubles[0].said.en);
        assert!(
            troubles[0].row.is_some() && troubles[0].field.as_deref() == Some("source.devices"),
            "{:?}",
            troubles[0]
        );
    }
}
