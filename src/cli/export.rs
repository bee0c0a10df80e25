//! `spotcheck export`: empty templates, an assignment as its reply is read, and what outsiders verify.

use super::export_bundles::{self, BundlesArgs, LogArgs, ProofArgs};
use super::export_record;
use super::output::Force;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::files;
use crate::model::{AssignmentId, Trouble};
use crate::said;
use crate::table::TemplateKind;
use crate::table::write::{template_csv, template_xlsx};
use crate::work::{Failure, answer_sheet, sent};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// An empty file of a kind, with headers in both languages and a sample row.
    Template {
        /// villages, teams, officials, contacts, inspectors, recusals, exclusions, signals, blackouts, away, positions, distances, attendance, leave, rota or notes.
        kind: String,
        /// Name of the file; .csv for CSV, else xlsx.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        force: Force,
    },
    /// An assignment as JSON, for `spotcheck reply --assignment`. It holds the key: handle it so.
    Assignment { id: String },
    /// An assignment as an xlsx sheet, to be printed, or filled in and sent back with a reply.
    Sheet {
        id: String,
        /// Name of the file; otherwise spotcheck-ID.xlsx.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        force: Force,
    },
    /// What proves the draws of windows whose keys are public, for `spotcheck verify`.
    Bundles(BundlesArgs),
    /// The record of one official or team over one period: checks, what was rectified, good practice. For whom it
    /// speaks of: no villager stands in it.
    Record(export_record::RecordArgs),
    /// The public log of an office, with every head.
    Log(LogArgs),
    /// That a place stood in the sealed frame of a window, with which chances. Shows nothing of the draw.
    Proof(ProofArgs),
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::Bundles(args) => export_bundles::bundles(args, place, terminal),
        What::Record(args) => export_record::run(args, place, terminal),
        What::Log(args) => export_bundles::log(args, place, terminal),
        What::Proof(args) => export_bundles::proof(args, place, terminal),
        What::Template { kind, out, force } => template(kind, out.clone(), *force, terminal),
        What::Sheet { id, out, force } => answer_sheet(id, out.clone(), *force, place, terminal),
        What::Assignment { id } => {
            let id = AssignmentId::parse(&id.to_ascii_uppercase()).map_err(Trouble::new)?;
            let file = block_on(async {
                let ctx = place.open().await?;
                sent::export(&ctx, &id).await.map_err(Failure::trouble)
            })?;
            match file {
                Some(file) => {
                    let json = serde_json::to_string_pretty(&file);
                    terminal.say(json.map_err(|e| Trouble::new(said!("no JSON: {e}", "无法生成JSON：{e}")))?);
                    Ok(Exit::Done)
                }
                None => Err(Trouble::new(said!("there is no assignment {id}", "没有任务{id}"))),
            }
        }
    }
}

fn template(kind: &str, out: Option<PathBuf>, force: Force, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let kind: TemplateKind = kind.parse().map_err(|()| {
        let known: Vec<&str> = TemplateKind::ALL.iter().map(|k| k.code()).collect();
        let known = known.join(", ");
        Trouble::new(said!("“{kind}” is no kind of file: {known}", "没有“{kind}”这种文件：{known}"))
    })?;
    let path = out.unwrap_or_else(|| PathBuf::from(format!("{}.xlsx", kind.code())));
    let bytes = match path.extension().and_then(|e| e.to_str()) {
        Some("csv") => template_csv(kind).map_err(|e| files::unwritable(&path, &e))?,
        _ => template_xlsx(kind).map_err(Trouble::new)?,
    };
    write(&path, &bytes, force, terminal)
}

fn answer_sheet(
    id: &str,
    out: Option<PathBuf>,
    force: Force,
    place: &Place,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Trouble> {
    let id = AssignmentId::parse(&id.to_ascii_uppercase()).map_err(Trouble::new)?;
    let sheet = block_on(async {
        let ctx = place.open().await?;
        answer_sheet::export(&ctx, &id).await.map_err(Failure::trouble)
    })?;
    let bytes = sheet.ok_or_else(|| Trouble::new(said!("there is no assignment {id}", "没有任务{id}")))?;
    write(&out.unwrap_or_else(|| PathBuf::from(answer_sheet::file_name(&id))), &bytes, force, terminal)
}

fn write(path: &Path, bytes: &[u8], force: Force, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    files::write(path, bytes, force.how())?;
    terminal.say(path.display().to_string());
    Ok(Exit::Done)
}
