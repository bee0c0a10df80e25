//! `spotcheck backup`: the whole database in one locked file.

use super::setup::{Place, block_on, first};
use super::{Exit, Terminal};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::model::Trouble;
use crate::said;
use crate::work::backup::{self, BackupKey};
use crate::work::{Failure, backup::Made};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to write into (by default that of the configuration).
    #[arg(value_name = "FOLDER", conflicts_with = "new_key")]
    pub folder: Option<PathBuf>,
    /// Makes the key that locks backups: once, before the first.
    #[arg(long)]
    pub new_key: bool,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    if args.new_key {
        return new_key(place, terminal);
    }
    let made = block_on(async {
        let ctx = place.open().await?;
        let folder = args.folder.clone().or_else(|| ctx.config.backup.folder.clone()).ok_or_else(|| {
            Trouble::new(said!(
                "name the folder: spotcheck backup FOLDER, or set backup.folder in the configuration",
                "请指定文件夹：spotcheck backup 文件夹，或在配置中设置backup.folder"
            ))
        })?;
        let made = backup::make_now(&ctx, &folder).await.map_err(Failure::trouble)?;
        ctx.store.close().await;
        Ok(made)
    })?;
    tell(&made, args.json, terminal);
    Ok(Exit::Done)
}

fn new_key(place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let config = place.config().map_err(first)?;
    BackupKey::create(&config.backup, &Entropy::System, Clock::System.now()).map_err(Failure::trouble)?;
    let path = config.backup.key_file.path().display();
    let said = said!(
        "{path} written. Without it no backup can be read: keep a copy where neither this machine nor the backups are, such as on paper in a safe.",
        "已生成{path}。没有它，任何备份都无法读取：请另存一份，既不在本机，也不与备份放在一起，例如打印后存入保险柜。"
    );
    terminal.say(said.in_language(terminal.language));
    Ok(Exit::Done)
}

fn tell(made: &Made, json: bool, terminal: &mut Terminal<'_>) {
    let rows: i64 = made.header.rows.iter().map(|(_, n)| n).sum();
    if json {
        let header = &made.header;
        terminal.say(
            serde_json::json!({
                "file": made.file, "bytes": made.bytes, "schema": header.schema, "created_at": header.created_at,
                "rows": rows, "key": header.key,
            })
            .to_string(),
        );
        return;
    }
    let (file, bytes, tables, key) = (made.file.display(), made.bytes, made.header.rows.len(), &made.header.key);
    let said = said!(
        "{file} written: {rows} rows of {tables} tables, {bytes} bytes, locked with key {key}.\n\
         Not in it: keys.dir with the chains and their marks, passwords, and the key of backups. Try it with spotcheck restore --verify.",
        "已写入{file}：{tables}张表，{rows}行，{bytes}字节，密钥{key}。\n\
         其中不含：keys.dir（密钥链及其使用记录）、各类密码、备份密钥。可用spotcheck restore --verify试恢复。"
    );
    terminal.say(said.in_language(terminal.language));
}
