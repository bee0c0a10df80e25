//! What runs the daemon: systemd's unit, the container's files, the archive of a release.

use super::house::{House, Setting};
use serde_json::Value;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

#[tokio::test]
async fn the_manager_is_told_when_it_is_ready_alive_and_stopping() {
    let house = House::new(Setting::default()).await;
    house.ctx.store.close().await;
    let path = house.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    // Longer than any start takes; the next sign of life comes with the next turn.
    socket.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
    let mut serving = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
        .args(["serve", "--config"])
        .arg(house.path("spotcheck.toml"))
        .env("NOTIFY_SOCKET", &path)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let heard = || {
        let mut buffer = [0; 256];
        let n = socket.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..n]).into_owned()
    };
    assert!(heard().starts_with("READY=1\n"));
    assert_eq!(heard(), "WATCHDOG=1\n");
    let sent = Command::new("kill").args(["-TERM", &serving.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let last = std::iter::repeat_with(heard).find(|told| told != "WATCHDOG=1\n").unwrap();
    assert_eq!(last, "STOPPING=1\n");
    assert_eq!(serving.wait().unwrap().code(), Some(0));
}

/// The unit as it would be installed, but for the program, which is the one that was built.
fn unit(folder: &Path) -> PathBuf {
    let built =
        text("packaging/spotcheck.service").replace("/usr/local/bin/spotcheck", env!("CARGO_BIN_EXE_spotcheck"));
    let file = folder.join("spotcheck.service");
    std::fs::write(&file, built).unwrap();
    file
}

#[test]
fn systemd_takes_the_unit_and_finds_it_well_locked_up() {
    let folder = tempfile::tempdir().unwrap();
    let unit = unit(folder.path());
    let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit).output().unwrap();
    let told = String::from_utf8_lossy(&verified.stderr).into_owned();
    assert!(verified.status.success() && !told.contains("spotcheck.service:"), "{told}");
    let rated = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=30", "--no-pager"])
        .arg(&unit)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&rated.stdout).into_owned();
    assert!(rated.status.success(), "{told}{}", String::from_utf8_lossy(&rated.stderr));
    let level = told.lines().find(|line| line.contains("Overall exposure level")).unwrap();
    let level: f64 = level.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
    println!("exposure {level}");
    assert!(level <= 3.0, "{level}");
}

#[test]
fn what_the_unit_names_is_what_the_program_knows() {
    let unit = text("packaging/spotcheck.service");
    let line = |key: &str| unit.lines().find_map(|line| line.strip_prefix(&format!("{key}="))).unwrap().to_owned();
    assert_eq!(line("Type"), "notify");
    assert!(line("ExecStart").contains(" serve --config "));
    let guide = text("packaging/README.md");
    let folder = format!("/var/lib/{}", line("StateDirectory"));
    assert!(line("ExecStart").contains(&folder) && line("WorkingDirectory") == folder && guide.contains(&folder));
    let user = line("User");
    assert!(text("packaging/spotcheck.sysusers").contains(&format!("u {user} - ")));
}

#[test]
fn the_containers_files_are_read_and_name_what_exists() {
    let compose = Command::new("python3")
        .args(["-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"])
        .stdin(std::fs::File::open(root().join("packaging/compose.yaml")).unwrap())
        .output()
        .unwrap();
    assert!(compose.status.success(), "{}", String::from_utf8_lossy(&compose.stderr));
    let compose: Value = serde_json::from_slice(&compose.stdout).unwrap();
    let ours = &compose["services"]["spotcheck"];
    let context = root().join("packaging").join(ours["build"]["context"].as_str().unwrap());
    let dockerfile = std::fs::read_to_string(context.join(ours["build"]["dockerfile"].as_str().unwrap())).unwrap();
    for name in ours["depends_on"].as_object().unwrap().keys() {
        assert!(compose["services"][name]["healthcheck"].is_object(), "{name} is waited for until it is healthy");
    }
    for service in ["postgres", "spotcheck"] {
        for secret in compose["services"][service]["secrets"].as_array().unwrap() {
            assert!(compose["secrets"][secret.as_str().unwrap()]["file"].is_string());
        }
    }
    let mut copied = Vec::new();
    for line in dockerfile.lines().filter_map(|line| line.strip_prefix("COPY ")) {
        if let Some(from_build) = line.strip_prefix("--from=build ") {
            assert!(from_build.contains("/source/target/release/spotcheck "));
            continue;
        }
        let mut words: Vec<&str> = line.split(' ').collect();
        words.pop();
        for word in words {
            assert!(context.join(word).exists(), "COPY {word}");
            copied.push(word.to_owned());
        }
    }
    // What the program takes in when it is built must be copied.
    for needed in ["Cargo.toml", "Cargo.lock", "build.rs", "askama.toml", "src", "config", "migrations", "benches"] {
        assert!(copied.iter().any(|one| one == needed), "{needed} is not copied");
    }
    let wanted = text("Cargo.toml").lines().find_map(|l| l.strip_prefix("rust-version = ").map(str::to_owned)).unwrap();
    assert!(dockerfile.contains(&format!("FROM rust:{}-", wanted.trim_matches('"'))));
    assert!(dockerfile.contains("\nUSER spotcheck\n"), "not as root");
}

#[test]
fn an_archive_holds_what_an_office_needs_and_comes_out_the_same_twice() {
    let folder = tempfile::tempdir().unwrap();
    let build = |name: &str| {
        let out = folder.path().join(name);
        let done = Command::new(root().join("packaging/release.sh"))
            .args(["--binary", env!("CARGO_BIN_EXE_spotcheck")])
            .arg(&out)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let told = String::from_utf8(done.stdout).unwrap();
        let archive =
            std::fs::read_dir(&out).unwrap().map(|e| e.unwrap().path()).find(|p| p.extension().unwrap() == "gz");
        (archive.unwrap(), told)
    };
    let ((first, told), (second, _)) = (build("one"), build("two"));
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(second).unwrap(), "byte by byte");
    for line in ["archive   ", "sha256    ", "program   ", "needs     GLIBC_2."] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let list = Command::new("tar").arg("-tzf").arg(&first).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    for wanted in [
        "/spotcheck\n",
        "/spotcheck.1\n",
        "/completions/spotcheck.bash\n",
        "/config/spotcheck.toml\n",
        "/docs/RUNBOOK.md\n",
        "/docs/verify.py\n",
        "/INSTALL.md\n",
        "/spotcheck.service\n",
        "/LICENSE-MIT\n",
    ] {
        assert!(list.contains(wanted), "{wanted}: {list}");
    }
    let checked = Command::new("sha256sum")
        .args(["-c", "--quiet"])
        .arg(first.with_extension("gz.sha256"))
        .current_dir(first.parent().unwrap())
        .status()
        .unwrap();
    assert!(checked.success());
}

#[test]
fn every_command_that_the_guides_name_is_one() {
    use clap::CommandFactory;
    let all = spotcheck::cli::Cli::command();
    let mut named = 0;
    for guide in ["docs/RUNBOOK.md", "packaging/README.md"] {
        let text = text(guide).replace('\n', " ");
        for part in text.split("`").filter(|part| part.starts_with("spotcheck ")) {
            let words: Vec<&str> = part.split_whitespace().skip(1).collect();
            let Some(first) = all.get_subcommands().find(|one| one.get_name() == words[0]) else {
                panic!("{guide}: {part}")
            };
            if let Some(second) = words.get(1).filter(|_| first.get_subcommands().next().is_some()) {
                assert!(first.get_subcommands().any(|one| one.get_name() == *second), "{guide}: {part}");
            }
            for option in words.iter().filter_map(|word| word.strip_prefix("--")) {
                let below = first.get_subcommands().flat_map(clap::Command::get_arguments);
                let known = first.get_arguments().chain(below).chain(all.get_arguments());
                assert!(known.into_iter().any(|arg| arg.get_long() == Some(option)), "{guide}: {part}: --{option}");
            }
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}
