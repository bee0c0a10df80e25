//! `spotcheck restore`: a database out of a backup, or a trial of one.

use super::setup::{Place, block_on, first};
use super::{Exit, Terminal};
use crate::clock::Clock;
use crate::config::Database;
use crate::model::Trouble;
use crate::said;
use crate::work::Failure;
use crate::work::backup::note_trial;
use crate::work::backup::restore::{Checked, Restored, restore, verify};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file that `spotcheck backup` wrote.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where to, if not where storage.url says: sqlite:FILE, or postgres://… of an empty database.
    #[arg(long, value_name = "DATABASE")]
    pub to: Option<String>,
    /// Only tries it: restores into a temporary database, looks it over, counts, and deletes it again.
    #[arg(long, conflicts_with = "hold")]
    pub verify: bool,
    /// Holds letters that may have left after the backup, instead of sending them again as they are.
    #[arg(long)]
    pub hold: bool,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let mut config = place.config().map_err(first)?;
    if let Some(to) = &args.to {
        config.storage.database = Database::parse(to).map_err(|said| Trouble::new(said).in_field("--to"))?;
    }
    if args.verify {
        let checked = block_on(async {
            let checked = verify(&config, &args.file).await.map_err(Failure::trouble)?;
            // On another machine there may be no database to remember it.
            if let Ok(ctx) = place.open().await {
                note_trial(&ctx).await.map_err(Failure::trouble)?;
                ctx.store.close().await;
            }
            Ok(checked)
        })?;
        tell_checked(&checked, args.json, terminal);
        return Ok(Exit::Done);
    }
    let restored = block_on(async {
        restore(&config, &args.file, Clock::System.now(), args.hold).await.map_err(Failure::trouble)
    })?;
    if args.json {
        let Restored { checked, letters, held, missing } = &restored;
        let mut value = json(checked);
        value["letters"] = (*letters).into();
        value["held"] = (*held).into();
        value["missing"] = serde_json::json!(missing);
        terminal.say(value.to_string());
    } else {
        tell_checked(&restored.checked, false, terminal);
        tell(&restored, terminal);
    }
    Ok(if restored.missing.is_empty() { Exit::Done } else { Exit::Warnings })
}

fn json(checked: &Checked) -> serde_json::Value {
    let header = &checked.header;
    serde_json::json!({
        "created_at": header.created_at, "schema": header.schema, "program": header.program, "bytes": checked.bytes,
        "log_entries": checked.entries, "rows": header.rows.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "heads": header.heads,
    })
}

fn tell_checked(checked: &Checked, as_json: bool, terminal: &mut Terminal<'_>) {
    if as_json {
        terminal.say(json(checked).to_string());
        return;
    }
    let Checked { header, bytes, entries } = checked;
    let (at, schema, tables) = (&header.created_at, header.schema, header.rows.len());
    let rows: i64 = header.rows.iter().map(|(_, n)| n).sum();
    let said = said!(
        "whole and sound: made {at}, schema {schema}, {bytes} bytes, {rows} rows of {tables} tables, {entries} entries of public logs, each following from the one before",
        "备份完整无误：生成于{at}，结构{schema}，{bytes}字节，{tables}张表共{rows}行，公开日志{entries}条逐条衔接"
    );
    terminal.say(said.in_language(terminal.language));
    for (table, n) in header.rows.iter().filter(|(_, n)| *n > 0) {
        terminal.say(format!("  {n:>10}  {table}"));
    }
}

fn tell(restored: &Restored, terminal: &mut Terminal<'_>) {
    let n = restored.letters;
    let letters = if restored.held {
        said!(
            "{n} letters may have left after the backup and are held: look at spotcheck outbox list --doubtful",
            "{n}封信可能在备份后已发出，现暂缓：请查看spotcheck outbox list --doubtful"
        )
    } else {
        said!(
            "{n} letters may have left after the backup; they go again with the same bytes, and are listed by spotcheck outbox list --doubtful",
            "{n}封信可能在备份后已发出，将按原样重发，可用spotcheck outbox list --doubtful查看"
        )
    };
    terminal.say(letters.in_language(terminal.language));
    let next = said!(
        "What happened after the backup is not in it. Windows drawn since are published as lost and never drawn again, as the marks in keys.dir know them: \
         put the newest chains and marks there, never older ones; if they are lost, use spotcheck keys expose. \
         Mails that came since: move them from the folder of read mail back into the inbox; what is known is recognised by its bytes and counts once.",
        "备份之后发生的事不在其中。此后抽取过的时段按丢失公布，绝不重抽，依据是keys.dir中的使用记录：请放入最新的密钥链和使用记录，切勿用旧的；若已丢失，请用spotcheck keys expose。\
         此后收到的邮件：请从已读文件夹移回收件箱；已登记过的会按内容识别，只计一次。"
    );
    terminal.say(next.in_language(terminal.language));
    for path in &restored.missing {
        let path = path.display();
        let said = said!(
            "{path} is missing: bring it back before spotcheck serve",
            "缺少{path}：请先取回，再运行spotcheck serve"
        );
        terminal.warn(said.in_language(terminal.language));
    }
}
