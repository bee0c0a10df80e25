//! Windows that are not drawn: published at once, and told to desk and head in one letter a turn.

use super::post::Direction;
use super::{Context, Done};
use crate::config::Office;
use crate::letter::{Auto, Languages, LetterKind, MessageId, VoidInput, VoidWindow, void_notice};
use crate::model::{OfficeId, Said, Sha256, Window};
use crate::said;
use crate::store::{Tx, UntoldVoid};
use serde_json::json;
use std::collections::BTreeMap;

/// Writes a void into the public log; `false` where it was void before.
pub(super) async fn declare_void(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    window: &Window,
    reason: &'static str,
) -> Done<bool> {
    let id = &window.id;
    if !tx.add_void(window, reason, ctx.now()).await? {
        return Ok(false);
    }
    let entry = json!({"kind": "void", "window": id.to_string(), "reason": reason, "uncheckable": reason == "late"});
    ctx.log(tx, &office.id, &entry).await?;
    Ok(true)
}

/// Tells desk and head of every office the windows that became void since they were last told; returns the
/// number of windows.
///
/// After weeks without the machine that is one letter, not one a window.
///
/// # Errors
/// An address that is none; the database.
pub async fn tell_voids(ctx: &Context) -> Done<usize> {
    // Mostly there is nothing to tell: then nothing is to be locked either.
    if ctx.store.read().await?.untold_voids().await?.is_empty() {
        return Ok(0);
    }
    let mut tx = ctx.store.begin().await?;
    let mut of_office: BTreeMap<OfficeId, Vec<UntoldVoid>> = BTreeMap::new();
    for void in tx.untold_voids().await? {
        of_office.entry(void.window.office.clone()).or_default().push(void);
    }
    let mut told = 0;
    for (id, voids) in of_office {
        // An office that was taken out of the configuration has nobody to be told.
        let Some(office) = ctx.config.office(&id) else { continue };
        tell(ctx, &mut tx, office, &voids).await?;
        tx.note_voids_told(&voids, ctx.now()).await?;
        told += voids.len();
    }
    tx.commit().await?;
    Ok(told)
}

async fn tell(ctx: &Context, tx: &mut Tx, office: &Office, voids: &[UntoldVoid]) -> Done<()> {
    let windows = voids.iter().map(|void| VoidWindow {
        start: void.start,
        end: void.end,
        programme: match ctx.config.programmes.iter().find(|p| p.id == void.window.programme) {
            Some(programme) => programme.name.clone(),
            None => void.window.programme.to_string(),
        },
        reason: void_reason(&void.reason),
    });
    let letter = void_notice(&VoidInput {
        windows: windows.collect(),
        zone: office.zone,
        languages: Languages::One(office.language),
    });
    let host = ctx.mail_host()?;
    let names: Vec<String> = voids.iter().map(|void| void.window.to_string()).collect();
    for to in [&office.desk, &office.head] {
        let [a, b, c, d, ..] = Sha256::of(format!("{}\n{to}", names.join("\n")).as_bytes()).0;
        let number = u32::from_be_bytes([a, b, c, d]);
        let direction = Direction {
            office,
            to,
            message_id: MessageId::office(LetterKind::Void, &office.id, ctx.now().day(office.zone), number, &host),
            auto: Auto::Generated,
            in_reply_to: None,
            references: Vec::new(),
            about: None,
            null_sender: false,
        };
        ctx.post(tx, &letter, direction).await?;
    }
    Ok(())
}

/// Why a window is void, in words.
pub fn void_reason(code: &str) -> Said {
    match code {
        "not_sealed" => said!(
            "it was not sealed in time before its draw: the machine was not running, or the draw is set earlier than the evening's seal allows (`spotcheck check` tells)",
            "抽签前未及时封存：机器未运行，或设定的抽签时间早于前一晚封存（可用“spotcheck check”查看）"
        ),
        "late" => said!(
            "the machine came too late: no beacon had been fixed and nothing could be carried out any more",
            "机器启动过晚：未及确定随机数，且已来不及执行"
        ),
        "lost_in_restore" => said!(
            "the database was put back to a state older than this window's draw (restored from a backup, or a copy took over): it is never drawn again",
            "数据库回到了该时段抽签之前的状态（由备份恢复，或由副本接替）：不再重抽"
        ),
        "no_beacon" => said!(
            "the beacon that its seal awaits did not come within a week of its end",
            "封存时约定的信标在时段结束一周后仍未得到"
        ),
        "keys_lost" => said!(
            "the chains under which it was sealed are lost: nobody can draw it",
            "封存所用的密钥链已丢失，无法抽取"
        ),
        "calendar_changed" => said!("the day is no longer a workday", "当日已不是工作日"),
        other => said!("{other}", "{other}"),
    }
}
