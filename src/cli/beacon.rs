//! `spotcheck beacon`: what a window awaits, the entry of a lottery's result or a second office's link, and
//! the second office's own chain.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::files;
use crate::model::{Trouble, WindowId};
use crate::said;
use crate::work::beacon::{awaited, enter};
use crate::work::{Failure, second};
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::PathBuf;

/// The largest digest mail that is read.
const LARGEST: u64 = 16 << 20;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// What the seal of a window awaits, and whether it is there.
    Show {
        /// PROGRAMME/OFFICE/YYYY-MM-DD/SLOT
        window: String,
        #[arg(long)]
        json: bool,
    },
    /// Enters a lottery's result or a second office's link, once and for ever.
    Enter {
        /// PROGRAMME/OFFICE/YYYY-MM-DD/SLOT
        window: String,
        /// manual:DRAWNUMBER:RESULT or second:ANCHOR:t:LINK
        text: String,
        /// Who enters it.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// The same text again; on a terminal it is asked for.
        #[arg(long, value_name = "TEXT")]
        again: Option<String>,
    },
    /// The second office makes its chain, one for each programme.
    Create {
        /// The file to write, readable by its owner alone.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// The second office gives the link that a digest mail awaits.
    Release {
        /// The file that `create` wrote.
        #[arg(long, value_name = "FILE")]
        chain: PathBuf,
        /// The number of the link, as the digest names it.
        #[arg(long, value_name = "N")]
        t: u32,
        /// The digest mail, saved as a whole.
        #[arg(long, value_name = "FILE")]
        mail: PathBuf,
    },
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::Show { window, json } => show(&parse(window)?, *json, place, terminal),
        What::Enter { window, text, by, again } => {
            let window = parse(window)?;
            type_again(text, again.as_deref(), terminal)?;
            block_on(async { enter(&place.open().await?, &window, text, by).await.map_err(Failure::trouble) })?;
            let said = said!(
                "entered for {window}; it is never changed, and the daemon draws at its next tick",
                "已录入{window}；不再更改，后台程序将在下次运行时抽取"
            );
            terminal.say(said.in_language(terminal.language));
            Ok(Exit::Done)
        }
        What::Create { out } => {
            let end = Entropy::System.bytes("second chain", &out.display().to_string());
            let end = end.map_err(|e| Failure::from(e).trouble())?;
            let anchor = second::create(out, end, Clock::System.now())?;
            terminal.say(anchor.hex());
            let said = said!(
                "this is the anchor: publish it and send it to the other office, for its [programme.second]. Keep both files, {file} and {file}.released, to yourself and back them up apart",
                "以上为锚点：请公布，并发给对方填入[programme.second]。{file}和{file}.released两个文件不得外传，请另行备份",
                file = out.display()
            );
            terminal.warn(said.in_language(terminal.language));
            Ok(Exit::Done)
        }
        What::Release { chain, t, mail } => {
            let beacon = second::release(chain, *t, &files::read(mail, LARGEST)?, Clock::System.now())?;
            terminal.say(beacon.to_string());
            Ok(Exit::Done)
        }
    }
}

fn parse(window: &str) -> Result<WindowId, Trouble> {
    window.parse().map_err(Trouble::new)
}

fn show(window: &WindowId, json: bool, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let (found, zone) = block_on(async {
        let ctx = place.open().await?;
        let zone = ctx.office(&window.office).map_err(Failure::trouble)?.zone;
        Ok((awaited(&ctx, window).await.map_err(Failure::trouble)?, zone))
    })?;
    let Some(awaited) = found else {
        let said = said!("the window {window} is not sealed", "时段{window}尚未封存");
        return Err(Trouble::new(said));
    };
    if json {
        let value = serde_json::json!({
            "window": window, "rule": awaited.rule.kind(), "begins": awaited.prefix,
            "draw_at": awaited.draw_at.rfc3339(zone), "earliest": awaited.earliest.rfc3339(zone),
            "there_since": awaited.there.map(|at| at.rfc3339(zone)),
        });
        terminal.say(value.to_string());
        return Ok(Exit::Done);
    }
    let (rule, begins) = (awaited.rule.kind(), &awaited.prefix);
    let at = |at: crate::model::Timestamp| at.local(zone).format("%Y-%m-%d %H:%M").to_string();
    let said = said!(
        "rule {rule}; awaited: {begins}…; draw at {draw_at}",
        "规则{rule}；等待：{begins}…；抽取时间{draw_at}",
        draw_at = at(awaited.draw_at)
    );
    terminal.say(said.in_language(terminal.language));
    let there = match awaited.there {
        Some(since) => said!("there since {since}", "已有，{since}到", since = at(since)),
        None => said!("not there yet", "尚未到"),
    };
    terminal.say(there.in_language(terminal.language));
    Ok(Exit::Done)
}

/// Asks for the same text a second time: what is wrong once stays wrong.
fn type_again(text: &str, again: Option<&str>, terminal: &mut Terminal<'_>) -> Result<(), Trouble> {
    let again = match again {
        Some(again) => again.to_owned(),
        None if std::io::stdin().is_terminal() => {
            let said = said!("type it again, it can never be changed:", "请再输入一遍，录入后不能更改：");
            terminal.warn(said.in_language(terminal.language));
            line(terminal)?
        }
        None => {
            return Err(Trouble::new(said!("give the same text again with --again", "请用--again再写一遍同样的内容")));
        }
    };
    if again == text {
        return Ok(());
    }
    Err(Trouble::new(said!(
        "the two texts differ, and nothing was entered: look at the source again",
        "两次内容不一致，未录入：请再核对来源"
    )))
}

fn line(terminal: &mut Terminal<'_>) -> Result<String, Trouble> {
    let mut line = String::new();
    let read = BufReader::new(&mut *terminal.input).read_line(&mut line);
    read.map_err(|e| Trouble::new(said!("the input cannot be read: {e}", "无法读取输入：{e}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
