//! `spotcheck handover`: what somebody who takes an office over must know, as a text and a page to sign.

use super::output::Force;
use super::setup::{Place, block_on};
use super::{Exit, Terminal, account};
use crate::files;
use crate::model::{OfficeId, Trouble};
use crate::said;
use crate::work::handover::Rotation;
use crate::work::{Failure, handover};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The office; the first one of the configuration by default.
    #[arg(long, value_name = "ID")]
    pub office: Option<String>,
    /// Where to write: FILE.txt and FILE.html.
    #[arg(long, value_name = "FILE", default_value = "handover")]
    pub out: PathBuf,
    /// Who leaves: closes these accounts of the console first.
    #[arg(long, value_name = "LOGIN", value_delimiter = ',')]
    pub leaves: Vec<String>,
    /// Everybody else of the office sets a new password for the console: prints a one-time address for each.
    #[arg(long)]
    pub new_passwords: bool,
    #[command(flatten)]
    pub force: Force,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let asked = args.office.as_deref().map(str::parse::<OfficeId>).transpose();
    let asked = asked.map_err(|said| Trouble::new(said).in_field("--office"))?;
    let [text, page] = ["txt", "html"].map(|end| args.out.with_extension(end));
    // Before the log says that it exists.
    for path in [&text, &page] {
        if path.exists() && !args.force.force {
            files::write(path, b"", args.force.private())?;
        }
    }
    let done = block_on(async {
        let ctx = place.open().await?;
        let office = asked.or_else(|| ctx.config.offices.first().map(|office| office.id.clone()));
        let office = office.ok_or_else(|| Trouble::new(said!("there is no office", "没有单位")))?;
        let rotation = Rotation { leaves: args.leaves.clone(), new_passwords: args.new_passwords };
        let done = async {
            let begun = handover::rotate_accounts(&ctx, &office, &rotation, &account::HERE).await?;
            Ok((handover::handover(&ctx, &office).await?, begun))
        };
        let done = done.await.map_err(Failure::trouble);
        let public = account::public(&ctx);
        ctx.store.close().await;
        done.map(|(done, begun)| (done, begun, public))
    })?;
    let (done, begun, public) = done;
    // First of all: they are shown only now.
    for one in &begun {
        if !args.json {
            terminal.say(format!("{}:", one.account));
        }
        account::tell(one, public.as_deref(), args.json, terminal);
    }
    files::write(&text, done.text.as_bytes(), args.force.private())?;
    files::write(&page, done.html.as_bytes(), args.force.private())?;
    let (sha, entry) = (done.sha.hex(), done.entry);
    if args.json {
        terminal.say(serde_json::json!({"text": text, "page": page, "sha256": sha, "entry": entry}).to_string());
        return Ok(Exit::Done);
    }
    let (text, page) = (text.display(), page.display());
    let said = said!(
        "{text} and {page} written.\nSHA-256 of the text: {sha}\nIt is entry {entry} of the public log. For the office only: names stand in it.",
        "已写入{text}和{page}。\n文本的SHA-256：{sha}\n已记入公开日志第{entry}条。含姓名，仅供本单位使用。"
    );
    terminal.say(said.in_language(terminal.language));
    Ok(Exit::Done)
}
