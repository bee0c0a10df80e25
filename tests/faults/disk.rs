//! A disk that is full in the middle of a day: it is said, nothing is lost, and with room again the day goes on.

use super::rig::Rig;
use super::steps::{goes_on, until_step};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system of a few megabytes.
struct Small(PathBuf);

fn as_root(command: &str, args: &[&str], path: &Path) -> bool {
    let root = String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0";
    let mut all = if root { Command::new(command) } else { Command::new("sudo") };
    if !root {
        all.args(["-n", command]);
    }
    all.args(args).arg(path).status().unwrap().success()
}

impl Small {
    fn on(path: &Path) -> Small {
        std::fs::create_dir(path).unwrap();
        let options = ["-t", "tmpfs", "-o", "size=24m,mode=777", "tmpfs"];
        assert!(
            as_root("mount", &options, path),
            "a small file system could not be mounted: run as root, or with sudo"
        );
        Small(path.to_owned())
    }

    /// Takes all the room there is but so many bytes.
    fn fill(&self, but: usize) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = File::create(&path).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length - u64::try_from(but).unwrap()).unwrap();
        path
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        as_root("umount", &["-l"], &self.0);
    }
}

#[test]
fn a_full_disk_is_told_and_with_room_again_the_day_goes_on() {
    for (share, left) in [(4, 0), (2, 64 << 10), (1, 16 << 10)] {
        let rig = Rig::new();
        let disk = Small::on(&rig.day());
        until_step(&rig, share);
        let filler = disk.fill(left);
        let stopped = rig.command().output().unwrap();
        let said = String::from_utf8_lossy(&stopped.stderr).into_owned();
        assert!(!stopped.status.success(), "there is no room for a day");
        let last = said.lines().rfind(|line| !line.is_empty()).unwrap_or_default();
        println!("full after a {share}th of the day, {left} bytes left: “{last}”");
        assert!(said.contains("the disk is full") || said.contains("there is no room left"), "{said}");
        std::fs::remove_file(filler).unwrap();
        goes_on(&rig, "with room again").unwrap_or_else(|trouble| panic!("{trouble}"));
    }
}
