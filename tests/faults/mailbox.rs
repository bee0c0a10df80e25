//! A mail server for one mailbox, whose mails lie in a Maildir: enough of IMAP to search, fetch and mark.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

pub struct Mailbox {
    pub port: u16,
    state: Arc<State>,
}

struct State {
    maildir: PathBuf,
    /// Names of mails by UID, in the order in which they were first seen.
    names: Mutex<BTreeMap<u32, String>>,
}

impl Mailbox {
    pub fn start(maildir: &Path) -> Mailbox {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State { maildir: maildir.to_owned(), names: Mutex::default() });
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = shared.clone();
                std::thread::spawn(move || drop(state.serve(stream)));
            }
        });
        Mailbox { port, state }
    }

    /// Mails that were ever delivered, and those that are marked.
    pub fn counts(&self) -> (usize, usize) {
        let mails = self.state.mails();
        (mails.len(), mails.iter().filter(|mail| mail.seen).count())
    }
}

struct Mail {
    uid: u32,
    path: PathBuf,
    seen: bool,
}

fn uids(set: &str) -> BTreeSet<u32> {
    let part = |part: &str| {
        let (first, last) = part.split_once(':').unwrap_or((part, part));
        first.parse::<u32>().unwrap()..=last.parse().unwrap()
    };
    set.split(',').flat_map(part).collect()
}

impl State {
    fn mails(&self) -> Vec<Mail> {
        let mut there = BTreeMap::new();
        for (folder, seen) in [("new", false), ("cur", true)] {
            let Ok(entries) = fs::read_dir(self.maildir.join(folder)) else { continue };
            for entry in entries.map(Result::unwrap) {
                let name = entry.file_name().into_string().unwrap();
                there.insert(name.split(':').next().unwrap().to_owned(), (entry.path(), seen));
            }
        }
        let mut names = self.names.lock().unwrap();
        let known: BTreeSet<String> = names.values().cloned().collect();
        for name in there.keys().filter(|name| !known.contains(*name)) {
            let uid = u32::try_from(names.len()).unwrap() + 1;
            names.insert(uid, name.clone());
        }
        names
            .iter()
            .filter_map(|(uid, name)| there.remove(name).map(|(path, seen)| Mail { uid: *uid, path, seen }))
            .collect()
    }

    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut out = stream.try_clone()?;
        let mut lines = BufReader::new(stream);
        out.write_all(b"* OK ready\r\n")?;
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let Some((tag, command)) = line.trim_end().split_once(' ') else { return Ok(()) };
            let mut answer = Vec::new();
            let words: Vec<&str> = command.split(' ').collect();
            match words.as_slice() {
                ["CAPABILITY"] => answer.extend(b"* CAPABILITY IMAP4rev1\r\n"),
                ["SELECT", ..] => answer.extend(b"* OK [UIDVALIDITY 7] UIDs\r\n"),
                ["UID", "SEARCH", criteria @ ..] => {
                    let above = criteria.iter().position(|word| *word == "UID");
                    let above = above.map_or(0, |at| criteria[at + 1].split(':').next().unwrap().parse().unwrap());
                    answer.extend(b"* SEARCH");
                    for mail in self.mails().iter().filter(|mail| !mail.seen || mail.uid >= above) {
                        answer.extend(format!(" {}", mail.uid).as_bytes());
                    }
                    answer.extend(b"\r\n");
                }
                ["UID", "FETCH", set, what @ ..] => {
                    let set = uids(set);
                    for Mail { uid, path, .. } in self.mails().into_iter().filter(|mail| set.contains(&mail.uid)) {
                        let bytes = fs::read(path)?;
                        let size = bytes.len();
                        if what.contains(&"RFC822.SIZE)") {
                            answer.extend(format!("* {uid} FETCH (UID {uid} RFC822.SIZE {size})\r\n").as_bytes());
                        } else {
                            answer.extend(format!("* {uid} FETCH (UID {uid} BODY[] {{{size}}}\r\n").as_bytes());
                            answer.extend(bytes);
                            answer.extend(b")\r\n");
                        }
                    }
                }
                ["UID", "STORE", set, ..] => {
                    let set = uids(set);
                    for mail in self.mails().iter().filter(|mail| !mail.seen && set.contains(&mail.uid)) {
                        let name = mail.path.file_name().unwrap().to_str().unwrap();
                        fs::rename(&mail.path, self.maildir.join("cur").join(format!("{name}:2,S")))?;
                    }
                }
                _ => {}
            }
            answer.extend(format!("{tag} OK done\r\n").as_bytes());
            out.write_all(&answer)?;
        }
    }
}
