//! A mail server that answers as it likes: enough of IMAP for one mailbox, and one bad habit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// No folder is opened to a client that did not say who it is.
    WantsId,
    /// Says this in place of its greeting.
    Greets(&'static str),
    /// The answer about this mail cannot be parsed.
    Garbles(u32),
    /// Announces more than there can be.
    Boasts(u32),
    /// This mail has no bytes.
    Nil(u32),
    /// Says goodbye at this mail, so often.
    Leaves(u32, usize),
    /// Refuses to hand over a set that holds this mail.
    Refuses(u32),
    /// Hangs at this mail.
    Hangs(u32),
    /// Does not know of this mail any more.
    Forgets(u32),
    /// Tells so often of new mail before each answer.
    Floods(usize),
    /// Floods without an end.
    FloodsForEver,
    /// UIDVALIDITY 0, and UIDs that differ from connection to connection.
    Renumbers,
    /// Flags cannot be set.
    KeepsFlags,
    ReadOnly,
}

#[derive(Default)]
struct State {
    mails: BTreeMap<u32, Vec<u8>>,
    seen: BTreeSet<u32>,
    connections: usize,
    commands: Vec<String>,
    left: usize,
}

pub struct Rude {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Rude {
    /// With mails of the UIDs 1, 2, …
    pub async fn start(habit: Habit, mails: Vec<Vec<u8>>) -> Rude {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State { mails: (1..).zip(mails).collect(), ..State::default() }));
        let shared = state.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                shared.lock().unwrap().connections += 1;
                let (shared, habit) = (shared.clone(), habit);
                tokio::spawn(async move { Talk::new(stream, habit, shared).run().await });
            }
        });
        Rude { port, state }
    }

    pub fn seen(&self) -> Vec<u32> {
        self.state.lock().unwrap().seen.iter().copied().collect()
    }

    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// How often a command came that holds this.
    pub fn heard(&self, word: &str) -> usize {
        self.state.lock().unwrap().commands.iter().filter(|command| command.contains(word)).count()
    }
}

struct Talk {
    stream: BufReader<TcpStream>,
    habit: Habit,
    state: Arc<Mutex<State>>,
    /// Added to every UID on this connection.
    shift: u32,
    known: bool,
}

/// UIDs of a set such as `1:3,7`.
fn uids(set: &str) -> Vec<u32> {
    set.split(',')
        .flat_map(|part| {
            let (first, last) = part.split_once(':').unwrap_or((part, part));
            let (first, last): (u32, u32) = (first.parse().unwrap(), last.parse().unwrap());
            first..=last.min(first + 100_000)
        })
        .collect()
}

impl Talk {
    fn new(stream: TcpStream, habit: Habit, state: Arc<Mutex<State>>) -> Talk {
        let shift = match habit {
            Habit::Renumbers => u32::try_from(state.lock().unwrap().connections).unwrap() * 10,
            _ => 0,
        };
        Talk { stream: BufReader::new(stream), habit, state, shift, known: false }
    }

    async fn say(&mut self, bytes: impl AsRef<[u8]>) -> Option<()> {
        self.stream.write_all(bytes.as_ref()).await.ok()
    }

    async fn run(mut self) -> Option<()> {
        let greeting = match self.habit {
            Habit::Greets(text) => text,
            _ => "* OK ready\r\n",
        };
        self.say(greeting).await?;
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let (tag, command) = line.trim_end().split_once(' ')?;
            self.state.lock().unwrap().commands.push(command.to_owned());
            match self.habit {
                Habit::Floods(times) => self.say("* 9 EXISTS\r\n* 3 RECENT\r\n".repeat(times)).await?,
                Habit::FloodsForEver if command.contains("BODY.PEEK") => loop {
                    self.say("* 9 EXISTS\r\n".repeat(1000)).await?;
                },
                _ => {}
            }
            let end = self.answer(command).await?;
            self.say(format!("{tag} {end}\r\n")).await?;
        }
    }

    /// Answers a command; how it ends.
    async fn answer(&mut self, command: &str) -> Option<&'static str> {
        let words: Vec<&str> = command.split(' ').collect();
        match words.as_slice() {
            ["ID", ..] => self.known = true,
            ["CAPABILITY"] => self.say("* CAPABILITY IMAP4rev1\r\n").await?,
            ["SELECT", ..] if self.habit == Habit::WantsId && !self.known => return Some("NO SELECT Unsafe Login"),
            ["SELECT", ..] => {
                let validity = if self.habit == Habit::Renumbers { 0 } else { 7 };
                self.say(format!("* 3 EXISTS\r\n* OK [UIDVALIDITY {validity}] UIDs\r\n")).await?;
                if self.habit == Habit::ReadOnly {
                    return Some("OK [READ-ONLY] done");
                }
            }
            ["UID", "SEARCH", criteria @ ..] => {
                let found = self.search(criteria);
                self.say(format!("* SEARCH{found}\r\n")).await?;
            }
            ["UID", "FETCH", set, "(UID", "RFC822.SIZE)"] => {
                for (uid, mail) in self.there(set) {
                    let size = mail.len();
                    self.say(format!("* {uid} FETCH (UID {uid} RFC822.SIZE {size})\r\n")).await?;
                }
            }
            ["UID", "FETCH", set, "(UID", "BODY.PEEK[])"] => return self.fetch(set).await,
            ["UID", "STORE", ..] if self.habit == Habit::KeepsFlags => return Some("NO flags are mine"),
            ["UID", "STORE", set, ..] => {
                let set = uids(set);
                let mut state = self.state.lock().unwrap();
                state.seen.extend(set.iter().map(|uid| uid - self.shift));
            }
            ["LOGIN" | "NOOP" | "LOGOUT" | "LIST", ..] => {}
            _ => return Some("BAD what"),
        }
        Some("OK done")
    }

    /// The mails of a set, by their UIDs on this connection.
    fn there(&self, set: &str) -> Vec<(u32, Vec<u8>)> {
        let state = self.state.lock().unwrap();
        let mail = |uid: u32| Some((uid, state.mails.get(&uid.checked_sub(self.shift)?)?.clone()));
        uids(set).into_iter().filter_map(mail).collect()
    }

    /// `UNSEEN` and `UID n:m`, as they are asked for.
    fn search(&self, criteria: &[&str]) -> String {
        let state = self.state.lock().unwrap();
        let above = criteria.iter().position(|word| *word == "UID").map(|at| {
            let (first, _) = criteria[at + 1].split_once(':').unwrap();
            first.parse::<u32>().unwrap()
        });
        let unseen = criteria.contains(&"UNSEEN");
        let found = state.mails.keys().map(|uid| uid + self.shift).filter(|uid| {
            let is_unseen = !state.seen.contains(&(uid - self.shift));
            unseen && is_unseen || above.map_or(criteria.contains(&"SINCE"), |first| *uid >= first)
        });
        found.map(|uid| format!(" {uid}")).collect()
    }

    async fn fetch(&mut self, set: &str) -> Option<&'static str> {
        let asked = self.there(set);
        if matches!(self.habit, Habit::Refuses(bad) if asked.iter().any(|(uid, _)| *uid == bad)) {
            return Some("NO [SERVERBUG] Internal error");
        }
        for (uid, mail) in asked {
            match self.habit {
                Habit::Garbles(bad) if bad == uid => {
                    self.say(format!("* {uid} FETCH (UID {uid} BODY[] {{zwölf}}\r\n)\r\n")).await?;
                    continue;
                }
                Habit::Boasts(bad) if bad == uid => {
                    self.say(format!("* {uid} FETCH (UID {uid} BODY[] {{400000000}}\r\n")).await?;
                    std::future::pending::<()>().await;
                }
                Habit::Nil(bad) if bad == uid => {
                    self.say(format!("* {uid} FETCH (UID {uid} BODY[] NIL)\r\n")).await?;
                    continue;
                }
                Habit::Leaves(bad, times) if bad == uid && self.state.lock().unwrap().left < times => {
                    self.state.lock().unwrap().left += 1;
                    self.say("* BYE so long\r\n").await?;
                    return None;
                }
                Habit::Hangs(bad) if bad == uid => std::future::pending::<()>().await,
                Habit::Forgets(bad) if bad == uid => continue,
                _ => {}
            }
            let size = mail.len();
            self.say(format!("* {uid} FETCH (FLAGS (\\Recent) UID {uid} BODY[] {{{size}}}\r\n")).await?;
            self.say(mail).await?;
            self.say(format!(")\r\n* {uid} FETCH (UID {uid} FLAGS (\\Recent $Other))\r\n")).await?;
        }
        Some("OK done")
    }
}
