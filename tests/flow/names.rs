//! A name server of the test's own, on a free port of this machine.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Answers questions for TXT records until it is dropped.
pub struct NameServer {
    pub address: SocketAddr,
    state: Arc<State>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    records: Mutex<HashMap<String, String>>,
    broken: AtomicBool,
    ended: AtomicBool,
    asked: AtomicUsize,
}

impl NameServer {
    pub fn start() -> NameServer {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let state = Arc::new(State::default());
        let inner = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            let mut question = [0; 2048];
            while let Ok((length, from)) = socket.recv_from(&mut question) {
                if inner.ended.load(Ordering::SeqCst) {
                    return;
                }
                if let Some(answer) = inner.answer(&question[..length]) {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        NameServer { address, state, thread: Some(thread) }
    }

    pub fn publish(&self, name: &str, text: &str) {
        self.state.records.lock().unwrap().insert(name.to_owned(), text.to_owned());
    }

    /// It says that it failed, to every question.
    pub fn broken(&self, broken: bool) {
        self.state.broken.store(broken, Ordering::SeqCst);
    }

    pub fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        let waker = UdpSocket::bind("127.0.0.1:0").unwrap();
        let _ = waker.send_to(b"end", self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl State {
    fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
        let (mut name, mut at) = (String::new(), 12);
        loop {
            let length = usize::from(*question.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            let label = String::from_utf8_lossy(question.get(at..at + length)?).to_lowercase();
            name = if name.is_empty() { label } else { format!("{name}.{label}") };
            at += length;
        }
        let asked = question.get(12..at + 4)?;
        self.asked.fetch_add(1, Ordering::SeqCst);
        let text = self.records.lock().unwrap().get(&name).cloned();
        let (code, answers) = match (self.broken.load(Ordering::SeqCst), &text) {
            (true, _) => (2, 0),
            (false, Some(_)) => (0, 1),
            (false, None) => (3, 0),
        };
        let mut out = question.get(..2)?.to_vec();
        out.extend([0x81, 0x80 | code, 0, 1, 0, answers, 0, 0, 0, 0]);
        out.extend_from_slice(asked);
        if let (1, Some(text)) = (answers, text) {
            let data: Vec<u8> = text
                .as_bytes()
                .chunks(255)
                .flat_map(|chunk| [&[u8::try_from(chunk.len()).unwrap()][..], chunk].concat())
                .collect();
            out.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
            out.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            out.extend(data);
        }
        Some(out)
    }
}
