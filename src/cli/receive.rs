//! `spotcheck receive`: mails from a mail program or from files, stored before anything else.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::files;
use crate::mail::{Incoming, read_capped, read_stdin};
use crate::model::{Said, Trouble};
use crate::said;
use crate::work::intake::{self, BATCH_BYTES, BATCH_MAILS, Piece, TakenIn, Way};
use crate::work::{Context, Failure, answer};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The mails, a file each; standard input by default.
    #[arg(value_name = "FILE", default_value = "-")]
    pub files: Vec<PathBuf>,
    /// They came by an authenticated submission to this machine: their senders are proven.
    #[arg(long)]
    pub authenticated: bool,
    #[arg(long)]
    pub json: bool,
}

/// Where the mails could not be stored, the mail program is told to try again later (exit code 75):
/// nothing of this installation's own may make it send a mail back.
pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let done = block_on(async {
        let ctx = place.open().await?;
        Ok(receive(&ctx, args).await)
    });
    match done {
        Ok(Received { stored, read, troubles }) => {
            if let Ok(TakenIn { new, known, left }) = &stored {
                let told =
                    serde_json::json!({"stored": new, "known": known, "too_large": left, "read": read.is_none()});
                let said = said_of(*new, *known, *left, read.as_ref());
                terminal.say(if args.json { told.to_string() } else { said.in_language(terminal.language).to_owned() });
            }
            for (_, trouble) in &troubles {
                terminal.warn(trouble.text(terminal.language));
            }
            match stored {
                Ok(_) => Ok(troubles.into_iter().map(|(exit, _)| exit).next().unwrap_or(Exit::Done)),
                Err(trouble) => {
                    terminal.warn(trouble.text(terminal.language));
                    Ok(Exit::TryAgain)
                }
            }
        }
        Err(trouble) => {
            terminal.warn(trouble.text(terminal.language));
            Ok(Exit::TryAgain)
        }
    }
}

/// What became of what was handed over.
struct Received {
    stored: Result<TakenIn, Trouble>,
    /// Why what is stored is not read yet; the daemon reads it at its next turn.
    read: Option<Failure>,
    /// Of single files.
    troubles: Vec<(Exit, Trouble)>,
}

async fn receive(ctx: &Context, args: &Args) -> Received {
    let mut received = Received { stored: Ok(TakenIn::default()), read: None, troubles: Vec::new() };
    let is_pipe = args.files.iter().any(|file| is_stdin(file));
    let way = Way { source: if is_pipe { "pipe" } else { "file" }, authenticated: args.authenticated };
    let (mut pieces, mut bytes) = (Vec::new(), 0);
    for (number, file) in (1..).zip(&args.files) {
        match take(file).await {
            Ok(piece) => {
                if let Piece::Mail(mail) = &piece {
                    bytes += mail.len() as u64;
                }
                pieces.push(piece);
            }
            Err(trouble) => received.troubles.push(trouble),
        }
        if pieces.len() >= BATCH_MAILS || bytes >= BATCH_BYTES || number == args.files.len() {
            match (intake::store(ctx, way, &std::mem::take(&mut pieces), None).await, &mut received.stored) {
                (Ok(taken), Ok(all)) => all.add(taken),
                (done, stored) => {
                    *stored = done.map_err(Failure::trouble);
                    return received;
                }
            }
            bytes = 0;
        }
    }
    // Stored is stored; a daemon that runs reads it at its next turn, and so does this command.
    received.read = answer::answer_new(ctx).await.err();
    received
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

async fn take(file: &Path) -> Result<Piece, (Exit, Trouble)> {
    let name = file.display().to_string();
    let opened = async {
        if is_stdin(file) {
            return read_stdin().await.map_err(|e| files::unreadable(file, &e));
        }
        let opened = tokio::fs::File::from_std(files::open(file)?);
        read_capped(opened).await.map_err(|e| files::unreadable(file, &e))
    };
    match opened.await {
        Ok(Incoming::Mail(bytes)) if bytes.is_empty() => {
            let said = said!("empty: hand over a whole mail, headers first", "内容为空：请交入完整邮件，从邮件头开始");
            Err((Exit::NoMail, Trouble::new(said).in_file(name)))
        }
        Ok(Incoming::Mail(bytes)) => Ok(Piece::Mail(bytes)),
        Ok(Incoming::TooLarge { .. }) => Ok(Piece::TooLarge(name)),
        Err(trouble) => Err((Exit::NoInput, trouble)),
    }
}

fn said_of(new: usize, known: usize, left: usize, read: Option<&Failure>) -> Said {
    let stored = said!(
        "stored: {new}, known before: {known}, too large: {left}",
        "已存入{new}封，此前已有{known}封，过大{left}封"
    );
    match read {
        None => stored,
        Some(failure) => Said::new(
            format!("{}; reading failed and is tried again: {failure}", stored.en),
            format!("{}；读取未成功，将自动重试：{failure}", stored.zh),
        ),
    }
}
