//! `spotcheck export`: empty templates, an assignment as its reply is read, and what outsiders verify.

use super::export_bundles::{self, BundlesArgs, LogArgs, ProofArgs};
use super::export_record;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{AssignmentId, Trouble};
use crate::said;
use crate::table::TemplateKind;
use crate::table::write::{template_csv, template_xlsx};
use crate::work::{Failure, answer_sheet, sent};
use std::io::Write;
use std::path::PathBuf;

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
    },
    /// An assignment as JSON, for `spotcheck reply --assignment`. It holds the key: handle it so.
    Assignment { id: String },
    /// An assignment as an xlsx sheet, to be printed, or filled in and sent back with a reply.
    Sheet {
        id: String,
        /// Name of the file; otherwise spotcheck-ID.xlsx.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
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
        What::Template { kind, out } => template(kind, out.clone(), terminal),
        What::Sheet { id, out } => answer_sheet(id, out.clone(), place, terminal),
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

fn template(kind: &str, out: Option<PathBuf>, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let kind: TemplateKind = kind.parse().map_err(|()| {
        let known: Vec<&str> = TemplateKind::ALL.iter().map(|k| k.code()).collect();
        let known = known.join(", ");
        Trouble::new(said!("“{kind}” is no kind of file: {known}", "没有“{kind}”这种文件：{known}"))
    })?;
    let path = out.unwrap_or_else(|| PathBuf::from(format!("{}.xlsx", kind.code())));
    let failed = |e: std::io::Error| {
        Trouble::new(said!("the template could not be written: {e}", "模板无法写入：{e}"))
            .in_file(path.display().to_string())
    };
    let bytes = match path.extension().and_then(|e| e.to_str()) {
        Some("csv") => template_csv(kind).map_err(failed)?,
        _ => template_xlsx(kind).map_err(Trouble::new)?,
    };
    write_new(path, &bytes, terminal)
}

fn answer_sheet(id: &str, out: Option<PathBuf>, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let id = AssignmentId::parse(&id.to_ascii_uppercase()).map_err(Trouble::new)?;
    let sheet = block_on(async {
        let ctx = place.open().await?;
        answer_sheet::export(&ctx, &id).await.map_err(Failure::trouble)
    })?;
    let bytes = sheet.ok_or_else(|| Trouble::new(said!("there is no assignment {id}", "没有任务{id}")))?;
    write_new(out.unwrap_or_else(|| PathBuf::from(answer_sheet::file_name(&id))), &bytes, terminal)
}

/// A file of that name may be filled in already: it is never written over.
fn write_new(path: PathBuf, bytes: &[u8], terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let failed = |e: std::io::Error| {
        Trouble::new(said!("the file could not be written: {e}", "文件无法写入：{e}"))
            .in_file(path.display().to_string())
    };
    match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(mut file) => file.write_all(bytes).map_err(failed)?,
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Trouble::new(said!(
                "the file is there already and was left as it is: name another with --out",
                "文件已存在，未作改动：请用--out另取文件名"
            ))
            .in_file(path.display().to_string()));
        }
        Err(e) => return Err(failed(e)),
    }
    terminal.say(path.display().to_string());
    Ok(Exit::Done)
}
