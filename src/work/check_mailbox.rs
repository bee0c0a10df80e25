//! Tries the mailboxes on mail servers: logs in, looks at the folders, changes nothing.

use super::check::Finding;
use super::mailbox::trouble;
use crate::config::{After, Config, Imap};
use crate::mail::imap::{Abilities, ImapFailure, Patience, Session};
use crate::model::{Said, Trouble};
use crate::said;

/// Folders that are named at most.
const NAMED: usize = 20;

/// What each mailbox is like, and what the daemon will do there.
pub async fn try_mailboxes(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    for settings in &config.intake.imap {
        let password = match settings.login.password.read() {
            Ok(password) => password,
            Err(trouble) => {
                found.push(Finding::broken(trouble));
                continue;
            }
        };
        match Session::open(settings, password.reveal(), Patience::default()).await {
            Ok(mut session) => {
                if let Err(failure) = look(settings, &mut session, &mut found).await {
                    found.push(Finding::broken(trouble(settings, &failure)));
                }
                session.leave().await;
            }
            Err(failure) => found.push(Finding::broken(trouble(settings, &failure))),
        }
    }
    found
}

async fn look(settings: &Imap, session: &mut Session, found: &mut Vec<Finding>) -> Result<(), ImapFailure> {
    let id = &settings.id;
    let there = session.folders().await?;
    let named = there.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let can =
        [("IDLE", session.abilities.idle), ("MOVE", session.abilities.moves), ("UIDPLUS", session.abilities.uidplus)];
    let can: Vec<&str> = can.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect();
    let (can, count) = (if can.is_empty() { "-".to_owned() } else { can.join(", ") }, there.len());
    found.push(Finding::well(said!(
        "mailbox {id}: logged in; {count} folders: {named}; of use here: {can}",
        "邮箱{id}：登录成功；共{count}个文件夹：{named}；可用功能：{can}"
    )));
    for folder in &settings.folders {
        let selected = match session.select(folder).await {
            Ok(selected) => selected,
            Err(failure) if failure.ends_connection() => return Err(failure),
            Err(failure) => {
                let Trouble { said: Said { en, zh }, .. } = trouble(settings, &failure);
                let said = Said::new(format!("{folder}: {en}"), format!("{folder}：{zh}"));
                found.push(Finding::broken(Trouble::new(said).in_field(format!("intake.imap {id}"))));
                continue;
            }
        };
        let unread = session.search("UNSEEN").await?.len();
        found.push(Finding::well(said!(
            "mailbox {id}: {folder}: {unread} unread",
            "邮箱{id}：{folder}：未读{unread}封"
        )));
        if selected.read_only {
            found.push(Finding::warning(said!(
                "mailbox {id}: {folder} can only be read: mails are taken in, and stay unread there",
                "邮箱{id}：{folder}只读：邮件照常读入，但在信箱中仍为未读"
            )));
        }
        if selected.validity == 0 {
            found.push(Finding::warning(said!(
                "mailbox {id}: {folder} has no lasting numbers: mails are looked through anew at each connection",
                "邮箱{id}：{folder}没有固定的邮件编号：每次连接都重新查看"
            )));
        }
    }
    found.push(will_do(settings, session.abilities));
    Ok(())
}

fn will_do(settings: &Imap, can: Abilities) -> Finding {
    let (id, seconds) = (&settings.id, settings.poll_seconds);
    let told = if can.idle && settings.idle {
        said!("new mail is told at once", "新邮件即到即收")
    } else {
        said!("looked for every {seconds} s", "每{seconds}秒查看一次")
    };
    let (then, well) = match &settings.after {
        After::Seen => (said!("mails that are stored are marked as read", "存入后标为已读"), true),
        After::MoveTo(target) if can.moves || can.uidplus => {
            (said!("mails that are stored go to {target}", "存入后移到{target}"), true)
        }
        After::MoveTo(_) => (
            said!(
                "this server cannot move mails (MOVE or UIDPLUS): they are marked as read only",
                "此服务器不能移动邮件（缺少MOVE或UIDPLUS）：只标为已读"
            ),
            false,
        ),
    };
    let said =
        Said::new(format!("mailbox {id}: {}; {}", told.en, then.en), format!("邮箱{id}：{}；{}", told.zh, then.zh));
    if well { Finding::well(said) } else { Finding::warning(said) }
}
