//! A mail server of a few lines that does at each step what a script says, and remembers what it took.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a server does when it has heard something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// What servers do.
    Go,
    Say(&'static str),
    /// Hangs up without an answer.
    Cut,
    /// Says nothing any more, and keeps the line.
    Stall,
    /// Bytes that are no answer.
    Garbage,
    /// Ends its own side only.
    HalfClose,
}

/// Connect, EHLO, MAIL, RCPT, DATA, `in content`, `.` and QUIT: the script is asked at each.
pub type Script = dyn Fn(&str) -> Act + Send + Sync;

#[derive(Default)]
pub struct Seen {
    /// Contents that were taken over, by Message-ID.
    pub taken: BTreeMap<String, Vec<Vec<u8>>>,
    /// In the order in which they were taken.
    pub order: Vec<String>,
    /// Envelope senders and recipients.
    pub envelopes: Vec<(String, String)>,
    pub connections: usize,
    pub open: usize,
    pub most_open: usize,
    pub quits: usize,
}

pub struct Peer {
    pub port: u16,
    pub seen: Arc<Mutex<Seen>>,
}

impl Peer {
    pub async fn start(pipelining: bool, script: impl Fn(&str) -> Act + Send + Sync + 'static) -> Peer {
        Peer::on("127.0.0.1:0", pipelining, script).await
    }

    pub async fn on(address: &str, pipelining: bool, script: impl Fn(&str) -> Act + Send + Sync + 'static) -> Peer {
        let listener = TcpListener::bind(address).await.unwrap();
        let peer = Peer { port: listener.local_addr().unwrap().port(), seen: Arc::default() };
        let (seen, script): (_, Arc<Script>) = (peer.seen.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (seen, script) = (seen.clone(), script.clone());
                tokio::spawn(async move {
                    {
                        let mut seen = seen.lock().unwrap();
                        seen.connections += 1;
                        seen.open += 1;
                        seen.most_open = seen.most_open.max(seen.open);
                    }
                    let _ = serve(socket, pipelining, &*script, &seen).await;
                    seen.lock().unwrap().open -= 1;
                });
            }
        });
        peer
    }

    pub fn taken(&self) -> BTreeMap<String, Vec<Vec<u8>>> {
        self.seen.lock().unwrap().taken.clone()
    }
}

/// Does what the script says, or answers; false where the conversation is over.
async fn act(stream: &mut BufReader<TcpStream>, act: Act, usual: &str) -> std::io::Result<bool> {
    let text = match act {
        Act::Go => usual.to_owned(),
        Act::Say(words) => words.to_owned(),
        Act::Cut => return Ok(false),
        Act::Stall => {
            let mut rest = Vec::new();
            while stream.read_until(b'\n', &mut rest).await? > 0 {}
            return Ok(false);
        }
        Act::Garbage => "\u{1}\u{2}garbage without sense".to_owned(),
        Act::HalfClose => {
            stream.get_mut().shutdown().await?;
            let mut rest = Vec::new();
            while stream.read_until(b'\n', &mut rest).await? > 0 {}
            return Ok(false);
        }
    };
    stream.write_all(format!("{text}\r\n").as_bytes()).await?;
    Ok(!text.starts_with("421"))
}

async fn serve(socket: TcpStream, pipelining: bool, script: &Script, seen: &Mutex<Seen>) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut stream = BufReader::new(socket);
    if !act(&mut stream, script("connect"), "220 peer ESMTP").await? {
        return Ok(());
    }
    let (mut sender, mut recipient) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.split([' ', '\r']).next().unwrap().to_owned();
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let usual = match verb.as_str() {
            "EHLO" if pipelining => "250-peer\r\n250-PIPELINING\r\n250 8BITMIME",
            "EHLO" => "250-peer\r\n250 8BITMIME",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 ok",
        };
        match verb.as_str() {
            "MAIL" => sender = address(),
            "RCPT" => recipient = address(),
            "QUIT" => seen.lock().unwrap().quits += 1,
            _ => {}
        }
        let what = script(&verb);
        if !act(&mut stream, what, usual).await? {
            return Ok(());
        }
        let invites = match what {
            Act::Go => verb == "DATA",
            Act::Say(words) => words.starts_with("354"),
            _ => false,
        };
        if !invites {
            continue;
        }
        let mut content = Vec::new();
        while !content.ends_with(b"\r\n.\r\n") {
            if stream.read_until(b'\n', &mut content).await? == 0 {
                return Ok(());
            }
            if content.iter().filter(|byte| **byte == b'\n').count() == 3 && script("in content") == Act::Cut {
                return Ok(());
            }
        }
        let what = script(".");
        let refused = matches!(what, Act::Say(words) if !words.starts_with('2'));
        if !refused {
            // Taken over, whatever the other side gets to hear of it.
            let text = String::from_utf8(content).unwrap().replace("\r\n..", "\r\n.");
            let text = text.strip_suffix(".\r\n").unwrap().to_owned();
            let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned();
            let mut seen = seen.lock().unwrap();
            seen.order.push(id.clone());
            seen.envelopes.push((sender.clone(), recipient.clone()));
            seen.taken.entry(id).or_default().push(text.into_bytes());
        }
        if !act(&mut stream, what, "250 2.0.0 queued").await? {
            return Ok(());
        }
        if script("answered") == Act::Cut {
            return Ok(());
        }
    }
}
