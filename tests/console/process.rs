//! The built program: an account from the command line, the console beside the daemon, the end of both.

use super::serving::Serving;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn spotcheck(config: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.args(arguments).arg("--config").arg(config).args(["--lang", "en"]);
    command.env("SPOTCHECK_LOG", "info").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(config: &Path, arguments: &[&str]) -> Output {
    spotcheck(config, arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// An installation as `init` leaves it, with a console on this port.
fn fresh(folder: &Path, port: u16) -> PathBuf {
    let config = folder.join("spotcheck.toml");
    let answers = ["county=Yunling County", "office=yunling", "desk=desk@yunling.example", "head=head@yunling.example"];
    let mut init = spotcheck(&config, &["init"]);
    for answer in answers {
        init.args(["--answer", answer]);
    }
    said(&init.output().unwrap());
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}\n[console]\nlisten = \"127.0.0.1:{port}\"\n")).unwrap();
    config
}

fn get(url: &str) -> u16 {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
    let agent: ureq::Agent = config.into();
    agent.get(url).call().unwrap().status().as_u16()
}

#[test]
fn an_account_is_made_here_and_the_console_is_served_beside_the_daemon() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = fresh(folder.path(), port);
    let address = said(&run(&config, &["account", "add", "wangmin", "--role", "administrator"]));
    let address = address.trim();
    assert!(address.starts_with(&format!("http://127.0.0.1:{port}/first/")), "{address}");
    let listed = said(&run(&config, &["account", "list", "--json"]));
    assert!(listed.contains("\"role\":\"administrator\"") && listed.contains("\"state\":\"begun\""), "{listed}");
    assert_eq!(run(&config, &["account", "add", "WangMin", "--role", "head"]).status.code(), Some(2), "taken");
    assert_eq!(run(&config, &["account", "add", "li hua", "--role", "head"]).status.code(), Some(2), "no name");

    let mut serving = Serving::start(spotcheck(&config, &["serve"]));
    serving.says("console");
    assert_eq!(get(&format!("http://127.0.0.1:{port}/login")), 200);
    assert_eq!(get(&format!("http://127.0.0.1:{port}/today?day=2026-03-03")), 303);
    assert_eq!(get(address), 200);
    let (code, log) = serving.stop();
    assert_eq!(code, Some(0), "{log}");
    // A request's line: method, route, status, milliseconds; never what the address named.
    let secret = address.rsplit('/').next().unwrap();
    assert!(log.contains("/first/{secret}") && !log.contains(secret) && !log.contains("2026-03-03"), "{log}");
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok(), "nobody listens any more");

    said(&run(&config, &["account", "reset", "wangmin"]));
    said(&run(&config, &["account", "disable", "wangmin"]));
    let audit = run(&config, &["account", "audit"]);
    let lines = said(&audit);
    assert!(lines.contains("account_add") && lines.contains("account_disable"), "{lines}");
    assert!(String::from_utf8_lossy(&audit.stderr).contains("each follows from the one before"));
}

#[test]
fn the_daemon_goes_on_where_the_consoles_address_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = fresh(folder.path(), taken.local_addr().unwrap().port());
    let mut serving = Serving::start(spotcheck(&config, &["serve"]));
    serving.says("the address cannot be listened on");
    serving.says("leading");
    assert_eq!(serving.stop().0, Some(0));
}
