//! A round fetched from servers that behave and servers that do not, all of them on this machine.

use super::rules::{RANDOMNESS_1000, ROUND_1000};
use spotcheck::beacon::{Fault, Fetched, Servers};
use spotcheck::draw::beacon::Drand;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a server answers to one request.
#[derive(Clone)]
pub enum Answer {
    Round(String),
    Status(u16),
    Raw(Vec<u8>),
    /// Takes the request and says nothing until the other side has gone.
    Silence,
}

/// A server with its answers, one a request; the last one goes on for ever.
pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn with(answers: impl IntoIterator<Item = Answer>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (mut answers, seen): (VecDeque<Answer>, _) = (answers.into_iter().collect(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
                answer_one(stream.unwrap(), &answer.unwrap(), &seen);
            }
        });
        Server { url, asked }
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer_one(mut stream: TcpStream, answer: &Answer, seen: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    seen.lock().unwrap().push(request.split(' ').nth(1).unwrap_or_default().to_owned());
    lines.by_ref().find(|line| line.is_empty());
    let with = |status: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    let bytes = match answer {
        Answer::Round(json) => with("200 OK", json.as_bytes()),
        Answer::Status(code) => with(&format!("{code} No"), b"{\"error\":\"no\"}"),
        Answer::Raw(bytes) => bytes.clone(),
        Answer::Silence => {
            lines.for_each(drop);
            return;
        }
    };
    // The other side may have hung up: it reads no more than it wants.
    let _ = stream.write_all(&bytes);
}

pub fn round(number: u64, randomness: &str, signature: &str) -> Answer {
    Answer::Round(format!(r#"{{"round":{number},"randomness":"{randomness}","signature":"{signature}"}}"#))
}

pub fn good() -> Answer {
    round(1000, RANDOMNESS_1000, ROUND_1000)
}

fn fetch(servers: &[&Server], patience: Duration) -> Fetched {
    let network = Drand::quicknet();
    let urls = servers.iter().map(|server| server.url.clone()).collect();
    Servers { urls, patience }.fetch(&network.chain.hex(), 1000, |given| {
        network.randomness(given.round, &given.signature).is_ok_and(|r| r.hex() == given.randomness)
    })
}

fn asked_in_vain(answer: Answer) -> Fault {
    let server = Server::with([answer]);
    match fetch(&[&server], Duration::from_secs(60)) {
        Fetched::Down(faults) => faults[0],
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_round_comes_from_the_first_server_that_has_it() {
    let server = Server::with([good()]);
    let Fetched::Here(round) = fetch(&[&server], Duration::from_secs(60)) else { panic!() };
    assert_eq!((round.round, round.signature.as_str()), (1000, ROUND_1000));
    assert_eq!(server.asked(), [format!("/{}/public/1000", Drand::quicknet().chain)]);
    assert!(!format!("{round:?}").contains(RANDOMNESS_1000));
    let (wrong, late) = (Server::with([Answer::Status(500)]), Server::with([Answer::Status(404)]));
    assert!(matches!(fetch(&[&wrong, &late, &server], Duration::from_secs(60)), Fetched::Here(_)));
    assert_eq!((wrong.asked().len(), late.asked().len(), server.asked().len()), (1, 1, 2));
}

#[test]
fn what_is_not_genuine_is_not_taken() {
    let other = "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";
    for answer in [
        round(1000, &"ab".repeat(32), ROUND_1000),
        round(1000, RANDOMNESS_1000, other),
        round(1001, RANDOMNESS_1000, ROUND_1000),
        round(123, RANDOMNESS_1000, other),
    ] {
        assert_eq!(asked_in_vain(answer), Fault::NotGenuine);
    }
}

#[test]
fn each_fault_of_a_server_is_told_apart() {
    assert_eq!(asked_in_vain(Answer::Status(503)), Fault::Status(503));
    assert_eq!(asked_in_vain(Answer::Round("<html>log in to the guest network</html>".into())), Fault::Unreadable);
    assert_eq!(asked_in_vain(Answer::Round(r#"{"round":1000}"#.into())), Fault::Unreadable);
    assert_eq!(asked_in_vain(Answer::Raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec())), Fault::Unreadable);
    let huge = format!(r#"{{"round":1000,"randomness":"{}""#, "a".repeat(4 << 20));
    assert_eq!(asked_in_vain(Answer::Round(huge)), Fault::Unreadable);
    let silent = Server::with([Answer::Silence]);
    assert_eq!(fetch(&[&silent], Duration::from_millis(50)), Fetched::Down(vec![Fault::TooSlow]));
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Servers { urls: vec![format!("http://{gone}")], patience: Duration::from_secs(60) };
    assert_eq!(nobody.fetch("00", 1, |_| true), Fetched::Down(vec![Fault::Unreachable]));
    // Nobody speaks TLS there.
    let plain = Server::with([good()]);
    let mixed_up = plain.url.replace("http:", "https:");
    let asked = Servers { urls: vec![mixed_up], patience: Duration::from_millis(200) }.fetch("00", 1, |_| true);
    assert!(matches!(asked, Fetched::Down(_)), "{asked:?}");
}

#[test]
fn a_round_that_is_not_there_yet_is_no_fault() {
    for code in [404, 425] {
        let server = Server::with([Answer::Status(code), good()]);
        assert_eq!(fetch(&[&server], Duration::from_secs(60)), Fetched::NotYet);
        assert!(matches!(fetch(&[&server], Duration::from_secs(60)), Fetched::Here(_)), "the same round, later");
        assert_eq!(server.asked().len(), 2);
    }
}
