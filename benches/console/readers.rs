//! Readers: connections that are kept open, each a browser somebody signed in with, who opens page after page.

use crate::Done;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Somebody who signed in, and what they look at in turn: a name of the page and its address.
pub struct Person {
    pub who: String,
    pub cookie: String,
    pub pages: Vec<(String, String)>,
}

/// What came of one page: microseconds to the first byte, and how large it was.
#[derive(Debug, Clone, Copy)]
pub struct Got {
    pub first_byte: u64,
    pub status: u16,
    pub bytes: usize,
}

pub type Heard = BTreeMap<String, Vec<Got>>;

pub struct Browser {
    stream: TcpStream,
    cookie: String,
}

impl Browser {
    pub async fn open(at: SocketAddr, cookie: &str) -> Done<Browser> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        Ok(Browser { stream, cookie: cookie.to_owned() })
    }

    pub async fn get(&mut self, path: &str) -> Done<Got> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: console\r\ncookie: spotcheck={}\r\n\r\n", self.cookie);
        let began = Instant::now();
        self.stream.write_all(request.as_bytes()).await?;
        let mut buffer = vec![0; 1 << 16];
        let mut n = self.stream.read(&mut buffer).await?;
        let first_byte = u64::try_from(began.elapsed().as_micros())?;
        let mut text = buffer.get(..n).unwrap_or_default().to_vec();
        let head = loop {
            if n == 0 {
                return Err(format!("{path}: the connection ended").into());
            }
            match text.windows(4).position(|four| four == b"\r\n\r\n") {
                Some(end) => break end,
                None => {
                    n = self.stream.read(&mut buffer).await?;
                    text.extend_from_slice(buffer.get(..n).unwrap_or_default());
                }
            }
        };
        let lines = String::from_utf8_lossy(text.get(..head).unwrap_or_default()).to_lowercase();
        let length = lines.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        let length = length.ok_or_else(|| format!("{path}: no length in {lines}"))?;
        let status = lines.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or("no status")?;
        while text.len() < head + 4 + length {
            n = self.stream.read(&mut buffer).await?;
            if n == 0 {
                return Err(format!("{path}: the page ended").into());
            }
            text.extend_from_slice(buffer.get(..n).unwrap_or_default());
        }
        Ok(Got { first_byte, status, bytes: length })
    }
}

/// So many readers at once for a while, on a thread of their own. `pause`: between two pages of one reader, on average.
pub fn read(at: SocketAddr, people: Arc<Vec<Person>>, readers: usize, lasts: Duration, pause: Duration) -> Done<Heard> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let heard = Arc::new(Mutex::new(Heard::new()));
    runtime.block_on(async {
        let mut all = tokio::task::JoinSet::new();
        for number in 0..readers {
            all.spawn(reader(at, Arc::clone(&people), number, (lasts, pause), Arc::clone(&heard)));
        }
        while let Some(done) = all.join_next().await {
            done.map_err(|e| e.to_string())?.map_err(|e: String| e)?;
        }
        Ok::<(), Box<dyn std::error::Error>>(())
    })?;
    Ok(Arc::into_inner(heard).ok_or("a reader is left")?.into_inner())
}

async fn reader(
    at: SocketAddr,
    people: Arc<Vec<Person>>,
    number: usize,
    (lasts, pause): (Duration, Duration),
    heard: Arc<Mutex<Heard>>,
) -> Result<(), String> {
    let person = people.get(number % people.len()).ok_or("nobody")?;
    let mut browser = Browser::open(at, &person.cookie).await.map_err(|e| e.to_string())?;
    // Pauses from half to one and a half of the average, the same in every run; readers begin apart.
    let mut dice = u32::try_from(number).unwrap_or(0).wrapping_mul(2_654_435_761);
    let mut wait = |pause: Duration| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        pause.mul_f64(0.5 + f64::from(dice >> 8) / f64::from(1 << 24))
    };
    tokio::time::sleep(wait(pause)).await;
    let began = Instant::now();
    let mut turn = number;
    while began.elapsed() < lasts {
        let Some((name, path)) = person.pages.get(turn % person.pages.len()) else { break };
        turn += 1;
        let got = browser.get(path).await.map_err(|e| e.to_string())?;
        heard.lock().await.entry(format!("{} {name}", person.who)).or_default().push(got);
        tokio::time::sleep(wait(pause)).await;
    }
    Ok(())
}
