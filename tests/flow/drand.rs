//! A network of randomness on this machine: one round, given, held back or refused.

use spotcheck::draw::beacon::drand::{QUICKNET_CHAIN, QUICKNET_KEY};
use spotcheck::model::Timestamp;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// As the network published it.
const SIGNATURE: &str =
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
pub const RANDOMNESS: &str = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";
const ROUND: i64 = 1000;
const PERIOD: i64 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Takes the request, and says nothing until it is told to say something else.
    Silence,
    Down,
    Round,
}

pub struct Network {
    url: String,
    answer: Arc<(Mutex<Answer>, Condvar)>,
    asked: Receiver<String>,
}

impl Network {
    pub fn that(answers: Answer) -> Network {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = channel();
        let answer = Arc::new((Mutex::new(answers), Condvar::new()));
        let shared = answer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, tell) = (shared.clone(), tell.clone());
                std::thread::spawn(move || serve(stream.unwrap(), &shared, |path| drop(tell.send(path))));
            }
        });
        Network { url, answer, asked }
    }

    pub fn now(&self, answers: Answer) {
        *self.answer.0.lock().unwrap() = answers;
        self.answer.1.notify_all();
    }

    /// Waits until somebody asks.
    pub fn is_asked(&self) {
        self.asked.recv_timeout(Duration::from_secs(120)).unwrap();
    }

    /// What was asked for so far, each path once.
    pub fn asked(&self) -> Vec<String> {
        let mut all: Vec<String> = self.asked.try_iter().collect();
        all.sort();
        all.dedup();
        all
    }

    /// Lines of a programme whose only round is awaited by the draw at this moment. The address stands
    /// there often, so that a server that says nothing is waited for long enough.
    pub fn lines(&self, draw_at: Timestamp) -> &'static str {
        let urls = vec![format!("\"{}\"", self.url); 9].join(", ");
        let genesis = draw_at.0 / 1000 - (ROUND - 1) * PERIOD;
        let lines = format!(
            "beacon = \"drand\"\n[programme.drand]\nurls = [{urls}]\nchain = \"{QUICKNET_CHAIN}\"\n\
             public_key = \"{QUICKNET_KEY}\"\ngenesis = {genesis}\nperiod = {PERIOD}\n"
        );
        Box::leak(lines.into_boxed_str())
    }
}

fn serve(mut stream: TcpStream, answer: &(Mutex<Answer>, Condvar), tell: impl Fn(String)) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let path = lines.next().unwrap_or_default().split(' ').nth(1).unwrap_or_default().to_owned();
    lines.find(|line| line.is_empty());
    let known = path.ends_with(&format!("/public/{ROUND}"));
    tell(path);
    let (now, changed) = answer;
    let now = *changed.wait_while(now.lock().unwrap(), |now| *now == Answer::Silence).unwrap();
    let (status, body) = match now {
        Answer::Round if known => {
            ("200 OK", format!(r#"{{"round":{ROUND},"randomness":"{RANDOMNESS}","signature":"{SIGNATURE}"}}"#))
        }
        Answer::Round => ("404 Not Found", "{}".to_owned()),
        _ => ("503 Service Unavailable", "{}".to_owned()),
    };
    // The other side may be dead by now.
    let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
}
