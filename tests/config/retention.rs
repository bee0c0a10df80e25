//! How long things are kept, where backups go, and how soon something is to be rectified.

use super::{SMALL, read, trouble};
use std::path::{Path, PathBuf};

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

#[test]
fn backups_are_made_where_a_folder_is_named() {
    let backup = read(SMALL).unwrap().backup;
    assert_eq!((backup.folder, backup.at.to_string().as_str(), backup.keep), (None, "02:30:00", 14));
    assert_eq!(backup.key_file.path(), Path::new("backup-key"));
    let set = read(&format!("{SMALL}[backup]\nfolder = \"/mnt/copies\"\nat = \"23:15\"\nkeep = 30\n")).unwrap().backup;
    assert_eq!(
        (set.folder, set.at.to_string().as_str(), set.keep),
        (Some(PathBuf::from("/mnt/copies")), "23:15:00", 30)
    );
}

#[test]
fn what_is_wrong_with_backups_is_named() {
    for (line, told) in [("keep = 1", "from 2 to 1000"), ("at = \"2:30\"", "backup.at"), ("fodler = \"x\"", "“folder”")]
    {
        let troubles = read(&format!("{SMALL}[backup]\n{line}\n")).unwrap_err();
        assert!(troubles.len() == 1 && troubles[0].to_string().contains(told), "{line}: {troubles:?}");
    }
}
