//! How long things are kept, and how soon something is to be rectified.

use super::{SMALL, read, trouble};

#[test]
fn what_is_usual() {
    let config = read(SMALL).unwrap();
    let kept = config.retention;
    assert_eq!(
        (kept.phones_months, kept.mail_months, kept.work_months, kept.flags_months),
        (12, 24, 24, 36),
        "nothing has to be written"
    );
    assert_eq!((config.offices[0].rectify_days, config.offices[0].work_log_days), (15, 10));
    let forever = read(&format!("{SMALL}[retention]\nmail_months = 0\n")).unwrap();
    assert_eq!((forever.retention.mail_months, forever.retention.work_months), (0, 24));
}

#[test]
fn what_is_wrong_is_named() {
    let told = trouble("zone = ", "rectify_days = 0\nzone = ").to_string();
    assert!(told.contains("rectify_days") && told.contains("1 to 250"), "{told}");
    let told = trouble("zone = ", "work_log_days = 251\nzone = ").to_string();
    assert!(told.contains("work_log_days") && told.contains("1 to 250"), "{told}");
    for (line, field) in [("phones_months = 601", "phones_months"), ("mails_months = 3", "mails_months")] {
        let troubles = read(&format!("{SMALL}[retention]\n{line}\n")).unwrap_err();
        assert!(troubles[0].to_string().contains(field), "{troubles:?}");
    }
    let told = trouble("kind = \"leave\"", "kind = \"work_logs\"").to_string();
    assert!(told.contains("work_log, health_check, insurance, allowance"), "{told}");
}
