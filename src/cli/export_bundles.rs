//! `spotcheck export bundles | log | proof`: what outsiders need to verify draws.

use super::output::Force;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::draw::bundle::BundleKind;
use crate::files::{Draft, unwritable};
use crate::model::{Language, OfficeId, PlaceId, Said, Trouble, WindowId};
use crate::said;
use crate::work::bundles::{self, Selection, Stage};
use crate::work::{Context, Failure};
use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct BundlesArgs {
    /// Only this programme.
    #[arg(long, value_name = "ID")]
    pub programme: Option<String>,
    /// First day.
    #[arg(long, value_name = "DAY")]
    pub from: Option<NaiveDate>,
    /// Last day.
    #[arg(long, value_name = "DAY")]
    pub to: Option<NaiveDate>,
    /// auditor: every row; public: drawn rows, the others as hashes.
    #[arg(long, value_enum, default_value_t = Shown::Public)]
    pub kind: Shown,
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub force: Force,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Shown {
    Auditor,
    Public,
}

#[derive(Debug, clap::Args)]
pub struct LogArgs {
    #[arg(long, value_name = "ID")]
    pub office: String,
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub force: Force,
}

#[derive(Debug, clap::Args)]
pub struct ProofArgs {
    /// The place, by its id in the register.
    pub place: String,
    /// PROGRAMME/OFFICE/YYYY-MM-DD/SLOT.
    #[arg(long, value_name = "ID")]
    pub window: String,
}

/// How many windows of each stage there were.
#[derive(Debug, Default)]
struct Counts {
    written: usize,
    secret: usize,
    pending: usize,
}

/// Bundles of every window that can be shown.
pub fn bundles(args: &BundlesArgs, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let programme =
        args.programme.as_deref().map(|text| text.parse().map_err(|said| Trouble::new(said).in_field("--programme")));
    let selection = Selection { programme: programme.transpose()?, from: args.from, to: args.to };
    let kind = match args.kind {
        Shown::Auditor => BundleKind::Auditor,
        Shown::Public => BundleKind::Public,
    };
    let counts = block_on(async {
        let ctx = place.open().await?;
        write_bundles(&ctx, &selection, kind, (&args.out, args.force)).await
    })?;
    let Counts { written, secret, pending } = counts;
    terminal.say(
        said!(
            "windows written: {written}; drawn, keys not public yet: {secret}; not drawn yet: {pending}",
            "已写出时段{written}个；已抽取但密钥尚未公开{secret}个；尚未抽取{pending}个"
        )
        .in_language(terminal.language),
    );
    if kind == BundleKind::Auditor {
        let warning = terminal.pick(
            "This file names every place and the grounds of recusals: for auditors only.",
            "本文件列出全部地点及回避原因：仅供审计人员使用。",
        );
        terminal.say(warning);
    }
    Ok(if written == 0 { Exit::Warnings } else { Exit::Done })
}

async fn write_bundles(
    ctx: &Context,
    selection: &Selection,
    kind: BundleKind,
    (out, force): (&Path, Force),
) -> Result<Counts, Trouble> {
    let listed = bundles::listed(ctx, selection).await.map_err(Failure::trouble)?;
    let (mut file, mut counts) = (Draft::begin(out, force.how())?, Counts::default());
    let bar = progress(listed.len());
    for one in &listed {
        match one.stage() {
            Stage::Ready => {
                let line = bundles::bundle(ctx, one, kind).await.map_err(Failure::trouble)?;
                writeln!(file, "{line}").map_err(|e| unwritable(out, &e))?;
                let again = bundles::back_check_bundle(ctx, one, kind).await.map_err(Failure::trouble)?;
                if let Some(line) = again {
                    writeln!(file, "{line}").map_err(|e| unwritable(out, &e))?;
                }
                counts.written += 1;
            }
            Stage::Secret => counts.secret += 1,
            Stage::Pending => counts.pending += 1,
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    file.finish()?;
    Ok(counts)
}

fn progress(windows: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(windows as u64).with_style(style)
}

/// The public log of an office.
pub fn log(args: &LogArgs, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let office: OfficeId = args.office.parse().map_err(|said| Trouble::new(said).in_field("--office"))?;
    let lines = block_on(async {
        let ctx = place.open().await?;
        ctx.office(&office).map_err(Failure::trouble)?;
        bundles::log(&ctx, &office).await.map_err(Failure::trouble)
    })?;
    let mut file = Draft::begin(&args.out, args.force.how())?;
    for line in &lines {
        writeln!(file, "{line}").map_err(|e| unwritable(&args.out, &e))?;
    }
    file.finish()?;
    let entries = lines.len();
    terminal.say(said!("{entries} entries written", "已写出{entries}条").in_language(terminal.language));
    Ok(Exit::Done)
}

/// The inclusion proof of one place.
pub fn proof(args: &ProofArgs, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let id = PlaceId::parse(&args.place).map_err(|said| Trouble::new(said).in_field("place"))?;
    let window: WindowId = args.window.parse().map_err(|said| Trouble::new(said).in_field("--window"))?;
    let proof = block_on(async {
        let ctx = place.open().await?;
        bundles::proof(&ctx, &id, &window).await.map_err(Failure::trouble)
    })?;
    let missing = || -> Said {
        said!(
            "the window {window} was not sealed, or “{id}” does not stand in its frame",
            "时段{window}未封存，或其抽样框中没有“{id}”"
        )
    };
    let proof = proof.ok_or_else(|| Trouble::new(missing()))?;
    terminal.say(proof.to_string());
    let hint = match terminal.language {
        Language::En => "docs/VERIFY.md tells how to check it in a shell.",
        Language::ZhHans => "核对方法见docs/VERIFY.md。",
    };
    terminal.warn(hint);
    Ok(Exit::Done)
}
