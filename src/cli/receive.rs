//! `spotcheck receive`: one mail from a mail program or a file, stored before anything else.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::mail::{Incoming, read_capped, read_stdin};
use crate::model::Trouble;
use crate::said;
use crate::work::{Context, Failure, answer, intake};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The mail; standard input by default.
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
    /// The mail came by an authenticated submission to this machine: its sender is proven.
    #[arg(long)]
    pub authenticated: bool,
}

/// Where the mail could not be stored, the mail program is told to try again later (exit code 75).
pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let done = block_on(async {
        let ctx = place.open().await?;
        store(&ctx, args).await
    });
    match done {
        Ok(said) => {
            terminal.say(said);
            Ok(Exit::Done)
        }
        Err(trouble) => {
            terminal.warn(trouble.text(terminal.language));
            Ok(Exit::TryAgain)
        }
    }
}

async fn store(ctx: &Context, args: &Args) -> Result<String, Trouble> {
    let failed = |e: std::io::Error| Trouble::new(said!("the mail cannot be read: {e}", "邮件无法读取：{e}"));
    let incoming = if args.file.as_os_str() == "-" {
        read_stdin().await
    } else {
        read_capped(tokio::fs::File::open(&args.file).await.map_err(failed)?).await
    };
    match incoming.map_err(failed)? {
        Incoming::TooLarge { .. } => {
            intake::note_too_large(ctx, &args.file.display().to_string()).await.map_err(Failure::trouble)?;
            Ok("too large: noted in quarantine".to_owned())
        }
        Incoming::Mail(bytes) => {
            let new =
                intake::store(ctx, &bytes, "pipe", args.authenticated, ctx.now()).await.map_err(Failure::trouble)?;
            // Stored is stored; a daemon that runs reads it at its next turn, and so does this command.
            let read = answer::answer_new(ctx).await;
            Ok(match (new, read) {
                (false, _) => "known".to_owned(),
                (true, Ok(_)) => "stored and read".to_owned(),
                (true, Err(failure)) => format!("stored; reading failed and is tried again: {failure}"),
            })
        }
    }
}
