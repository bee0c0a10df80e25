//! A mail server that takes every letter, writes it where a folder transport would, and remembers every copy.

use chrono::DateTime;
use spotcheck::demo::county::ZONE;
use spotcheck::letter::MessageId;
use spotcheck::mail::FolderTransport;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Every copy of every letter that was taken over, by Message-ID.
pub type Taken = BTreeMap<String, Vec<Vec<u8>>>;

/// What the server does with a final dot, by how many it has heard.
pub type Mood = dyn Fn(usize) -> Answer + Send + Sync;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Takes,
    /// Takes the letter over and hangs up without a word.
    TakesAndHangsUp,
}

#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    letters: PathBuf,
    taken: Mutex<Taken>,
    dots: Mutex<usize>,
    mood: Box<Mood>,
}

impl Sink {
    /// `letters`: the folder in which people find their letters.
    pub fn start(letters: &Path, mood: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (taken, dots) = (Mutex::default(), Mutex::default());
        let inner = Arc::new(Inner { letters: letters.to_owned(), taken, dots, mood: Box::new(mood) });
        let shared = inner.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let inner = shared.clone();
                // A client that is killed is no trouble of the server's.
                std::thread::spawn(move || drop(inner.serve(stream)));
            }
        });
        Sink { port, inner }
    }

    pub fn taken(&self) -> Taken {
        self.inner.taken.lock().unwrap().clone()
    }

    pub fn copies(&self) -> usize {
        self.inner.taken.lock().unwrap().values().map(Vec::len).sum()
    }
}

impl Inner {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut out = stream.try_clone()?;
        let mut lines = BufReader::new(stream);
        out.write_all(b"220 sink ESMTP\r\n")?;
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            match line.split([' ', '\r']).next().unwrap() {
                "EHLO" => out.write_all(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")?,
                "QUIT" => return out.write_all(b"221 bye\r\n"),
                "DATA" => {
                    out.write_all(b"354 go on\r\n")?;
                    let mut content = Vec::new();
                    while !content.ends_with(b"\r\n.\r\n") {
                        if lines.read_until(b'\n', &mut content)? == 0 {
                            return Ok(());
                        }
                    }
                    let heard = {
                        let mut dots = self.dots.lock().unwrap();
                        *dots += 1;
                        *dots
                    };
                    let answer = (self.mood)(heard);
                    self.take(&content)?;
                    if answer == Answer::TakesAndHangsUp {
                        return Ok(());
                    }
                    out.write_all(b"250 2.0.0 queued\r\n")?;
                }
                _ => out.write_all(b"250 2.0.0 ok\r\n")?,
            }
        }
    }

    /// A disk that is full takes nothing over.
    fn take(&self, content: &[u8]) -> std::io::Result<()> {
        let text = std::str::from_utf8(content).unwrap().replace("\r\n..", "\r\n.");
        let text = text.strip_suffix(".\r\n").unwrap();
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        let id = header("Message-ID: ");
        let day = DateTime::parse_from_rfc2822(&header("Date: ")).unwrap().with_timezone(&ZONE).date_naive();
        let file = FolderTransport::new(&self.letters).path_of(&MessageId::parse(&id).unwrap(), day);
        std::fs::create_dir_all(file.parent().unwrap())?;
        std::fs::write(&file, text)?;
        self.taken.lock().unwrap().entry(id).or_default().push(text.as_bytes().to_vec());
        Ok(())
    }
}
