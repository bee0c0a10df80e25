//! What somebody who takes an office over must know: one document to read, print and sign, with its SHA-256 in
//! the public log.

use super::accounts::{self, Begun, folded};
use super::custody::Chains;
use super::{Context, Done, audit, backup, case_todo, findings_told, generation, health, keys};
use crate::config::{Config, Database, Office, PlaceKind, Transport};
use crate::letter::page::{Page, Section, Table, render};
use crate::letter::{HeaderText, Languages, plain};
use crate::model::{FindingState, OfficeId, Said, Sha256, Timestamp, Trouble};
use crate::said;
use crate::store::{AccountRow, FindingFilter, TokenRow, Tx};
use chrono::NaiveDate;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

/// A document for one office.
#[derive(Debug, Clone)]
pub struct Handover {
    pub text: String,
    pub html: String,
    /// Of the text.
    pub sha: Sha256,
    /// Number of its entry in the public log.
    pub entry: i64,
}

/// Writes it down, and its hash into the log.
///
/// # Errors
/// There is no such office; the database.
pub async fn handover(ctx: &Context, id: &OfficeId) -> Done<Handover> {
    let office = ctx.office(id)?;
    let page = page(ctx, office).await?;
    let title = said!("Handover", "工作交接");
    let day = ctx.now().day(office.zone);
    let subject = HeaderText::of(&format!("{} / {}  {day}", title.en, title.zh));
    let (text, html) = render(&page, &subject, Languages::Both);
    let sha = Sha256::of(text.as_bytes());
    let mut tx = ctx.store.begin().await?;
    let (entry, _) = ctx.log(&mut tx, id, &json!({"kind": "handover", "sha256": sha.hex()})).await?;
    tx.commit().await?;
    for programme in ctx.config.programmes.iter().filter(|p| p.office == *id) {
        let newest = generation::newest(&mut ctx.store.read().await?, &programme.id, id).await?;
        // A daemon that runs holds the chains, and keeps the head with its next entry.
        if let Some(terms) = newest
            && let Err(failure) = ctx.keep_head(&Chains::of(&terms)?).await
        {
            tracing::debug!(%failure, "the head of the log is kept by whoever holds the chains");
        }
    }
    Ok(Handover { text, html: html.unwrap_or_default(), sha, entry })
}

/// What is to be done with the accounts of the console at a handover.
#[derive(Debug, Clone, Default)]
pub struct Rotation {
    /// Of those who leave, as they sign in: closed.
    pub leaves: Vec<String>,
    /// Everybody else of the office sets a new password.
    pub new_passwords: bool,
}

/// Closes accounts and takes passwords away, before the document is written; returns how the others begin anew.
///
/// # Errors
/// An account that is not there or not of this office: nothing is done then.
pub async fn rotate_accounts(
    ctx: &Context,
    id: &OfficeId,
    rotation: &Rotation,
    by: &audit::Line<'_>,
) -> Done<Vec<Begun>> {
    let office = ctx.office(id)?;
    let all = of_office(ctx, &mut ctx.store.read().await?, office).await?;
    let leaves: BTreeSet<String> = rotation.leaves.iter().map(|login| folded(login)).collect();
    if let Some(unknown) = leaves.iter().find(|login| !all.iter().any(|account| account.id == **login)) {
        let said = said!(
            "this office has no account “{unknown}”: `spotcheck account list` shows them",
            "本单位没有账户“{unknown}”：用“spotcheck account list”查看"
        );
        return Err(Trouble::new(said).in_field("--leaves").into());
    }
    for login in &leaves {
        accounts::disable(ctx, login, by).await?;
    }
    let mut begun = Vec::new();
    let stay = all.iter().filter(|account| rotation.new_passwords && account.active && !leaves.contains(&account.id));
    for account in stay {
        begun.extend(accounts::reset(ctx, &account.id, by).await?);
    }
    Ok(begun)
}

/// Accounts that see the office, and those of offices below it.
async fn of_office(ctx: &Context, tx: &mut Tx, office: &Office) -> Done<Vec<AccountRow>> {
    let below = accounts::scope(&ctx.config, Some(&office.id));
    let concerns = |account: &AccountRow| {
        let sees = accounts::scope(&ctx.config, account.office.as_ref()).sees(&office.id);
        sees || account.office.as_ref().is_some_and(|of| below.sees(of))
    };
    let mut all = tx.accounts().await?;
    all.retain(concerns);
    Ok(all)
}

async fn accounts_of(ctx: &Context, tx: &mut Tx, office: &Office) -> Done<Section> {
    let last = tx.last_sign_ins().await?;
    let mut rows = Vec::new();
    for account in of_office(ctx, tx, office).await? {
        let all = said!("all", "全部");
        let signed_in = last.get(&account.id).map(|at| plain(&minute(*at, office)));
        rows.push(vec![
            plain(&account.id),
            plain(&account.name),
            account.role.said(),
            account.office.as_ref().map_or(all, |of| plain(of.as_str())),
            signed_in.unwrap_or_else(|| said!("not lately", "近期未登录")),
            if account.second_on { said!("yes", "有") } else { said!("no", "无") },
            account.state().said(),
        ]);
    }
    let columns = vec![
        said!("Account", "账户"),
        said!("Name", "姓名"),
        said!("Role", "角色"),
        said!("Office", "单位"),
        said!("Last sign-in", "最近登录"),
        said!("Second factor", "动态码"),
        said!("State", "状态"),
    ];
    Ok(section(said!("Accounts of the console", "网页账户"), columns, rows))
}

/// Programs that hand in records: each holds a token.
async fn programs(tx: &mut Tx, office: &Office) -> Done<Section> {
    let held = tx.tokens().await?.into_iter().filter(|token| token.office == office.id && token.ended_at.is_none());
    let row = |token: TokenRow| {
        let made = minute(token.created_at, office);
        vec![plain(&token.id), plain(&token.name), plain(token.source.as_str()), plain(&token.created_by), plain(&made)]
    };
    let columns = vec![
        said!("Token", "令牌"),
        said!("For", "用途"),
        said!("Source", "来源"),
        said!("Made by", "创建人"),
        said!("Made on", "创建时间"),
    ];
    Ok(section(said!("Programs that hand in records", "提交记录的程序"), columns, held.map(row).collect()))
}

async fn page(ctx: &Context, office: &Office) -> Done<Page> {
    let now = ctx.now();
    let (name, at) = (office.name.both(), minute(now, office));
    let mut tx = ctx.store.read().await?;
    let sections = vec![
        waiting(ctx, &mut tx, office).await?,
        findings(ctx, office).await?,
        out_of_the_draw(&mut tx, office, now.day(office.zone)).await?,
        recusals(&mut tx, office, now.day(office.zone)).await?,
        chains(ctx, office).await?,
        calendar(ctx, office),
        accounts_of(ctx, &mut tx, office).await?,
        programs(&mut tx, office).await?,
        servers(&ctx.config),
        copies(ctx, &mut tx, office).await?,
        to_see_to(ctx, office).await?,
        rotate(),
    ];
    Ok(Page {
        lead: vec![
            said!("Handover of {name}, as of {at}.", "{name}工作交接，截至{at}。"),
            said!(
                "Read it together, try a restore together, and sign below. The SHA-256 of this text stands in the public log, so that nobody can change it later.",
                "请双方共同阅读、共同试恢复一次备份，并在下方签字。本文的SHA-256已写入公开日志，事后无法改动。"
            ),
        ],
        sections,
        foot: vec![
            said!(
                "Handed over by: ____________________   day: __________",
                "移交人：____________________   日期：__________"
            ),
            said!(
                "Taken over by: ____________________   day: __________",
                "接收人：____________________   日期：__________"
            ),
        ],
    })
}

fn minute(at: Timestamp, office: &Office) -> String {
    at.local(office.zone).format("%Y-%m-%d %H:%M").to_string()
}

/// A table, or a sentence where nothing is in it.
fn section(heading: Said, columns: Vec<Said>, rows: Vec<Vec<Said>>) -> Section {
    if rows.is_empty() {
        return Section { heading, paragraphs: vec![said!("None.", "无。")], table: None };
    }
    Section { table: Some(Table { caption: heading.clone(), columns, rows }), heading, paragraphs: Vec::new() }
}

async fn waiting(ctx: &Context, tx: &mut Tx, office: &Office) -> Done<Section> {
    let rows = case_todo::todo(ctx, tx, office).await?.into_iter().map(|todo| vec![todo.code, todo.what]).collect();
    let heading = said!("Flags and complaints that wait for somebody", "待办的疑点和投诉");
    Ok(section(heading, vec![said!("Number", "编号"), said!("What to do", "处理要求")], rows))
}

async fn findings(ctx: &Context, office: &Office) -> Done<Section> {
    let all = findings_told::list(ctx, &FindingFilter::default(), false).await?;
    let open = all.into_iter().filter(|e| e.finding.office == office.id && e.finding.state != FindingState::Closed);
    let row = |entry: findings_told::Entry| {
        let deadline = entry.finding.deadline.map(|day| day.to_string()).unwrap_or_default();
        let late = if entry.overdue { said!("overdue", "逾期") } else { said!("", "") };
        let state = crate::evidence::finding::state_said(entry.finding.state);
        vec![plain(&entry.finding.id), plain(&entry.team.both()), state, plain(&deadline), late]
    };
    let columns = vec![
        said!("Number", "编号"),
        said!("Team", "工作队"),
        said!("State", "状态"),
        said!("Deadline", "期限"),
        said!("Late", "逾期"),
    ];
    Ok(section(said!("Findings to be rectified", "整改台账"), columns, open.map(row).collect()))
}

async fn out_of_the_draw(tx: &mut Tx, office: &Office, day: NaiveDate) -> Done<Section> {
    let mut rows = Vec::new();
    for kind in [PlaceKind::Team, PlaceKind::Village] {
        for one in tx.excluded(kind, &office.region, day).await? {
            rows.push(vec![plain(one.place.as_str()), plain(&one.village.both()), plain(&one.reason)]);
        }
    }
    let heading = said!("Places that a person took out of the draw", "人工移出抽取范围的地点");
    let columns = vec![said!("Place", "地点"), said!("Village", "村"), said!("Reason", "原因")];
    Ok(section(heading, columns, rows))
}

async fn recusals(tx: &mut Tx, office: &Office, day: NaiveDate) -> Done<Section> {
    let inspectors = tx.inspectors_of(&office.id).await?;
    let mut rows = Vec::new();
    for recusal in tx.recusals().await?.into_iter().filter(|one| one.span.holds_on(day)) {
        let Some(inspector) = inspectors.iter().find(|i| i.id == recusal.inspector) else { continue };
        let (kind, value) = (recusal.scope.kind(), recusal.scope.value());
        let until = recusal.span.to.map(|day| day.to_string()).unwrap_or_default();
        rows.push(vec![
            plain(&inspector.name.both()),
            plain(&format!("{kind} {value}")),
            plain(&recusal.reason),
            plain(&until),
        ]);
    }
    let columns = vec![
        said!("Inspector", "检查员"),
        said!("Whom not", "回避对象"),
        said!("Reason", "原因"),
        said!("Until", "截止"),
    ];
    Ok(section(said!("Recusals in force", "现行回避"), columns, rows))
}

async fn chains(ctx: &Context, office: &Office) -> Done<Section> {
    let mut rows = Vec::new();
    for state in keys::states(ctx).await? {
        if state.terms.office != office.id.as_str() {
            continue;
        }
        let terms = &state.terms;
        let name = format!("{} {}", terms.programme, terms.generation);
        let ends = state.ends.day(office.zone).to_string();
        let there = match (state.in_place, &state.exposed) {
            (_, Some(_)) => said!("exposed", "已登记泄露"),
            (true, None) => said!("in place", "在位"),
            (false, None) => said!("missing or damaged", "缺失或损坏"),
        };
        for (custodian, anchor) in terms.custodians.iter().zip(&terms.anchors) {
            rows.push(vec![plain(&name), plain(custodian), plain(&anchor.hex()), plain(&ends), there.clone()]);
        }
    }
    let columns = vec![
        said!("Programme, generation", "项目、代"),
        said!("Custodian", "保管人"),
        said!("Anchor", "锚值"),
        said!("Good until", "有效至"),
        said!("Where", "状态"),
    ];
    Ok(section(said!("Chains and their custodians", "密钥链及保管人"), columns, rows))
}

fn calendar(ctx: &Context, office: &Office) -> Section {
    let today = ctx.now().day(office.zone);
    let until = ctx.calendar.of(&office.region).covered_until(today).map(|day| day.to_string()).unwrap_or_default();
    let said = said!("Holidays and make-up workdays are known until {until}.", "节假日和调休已录入至{until}。");
    Section { heading: said!("Calendar", "日历"), paragraphs: vec![said], table: None }
}

/// Without secrets: names of files, never what is in them.
fn servers(config: &Config) -> Section {
    let mut rows = Vec::new();
    let file = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (first, folder) = match &config.mail.transport {
        Transport::Smtp(smtp) => (Some(smtp), None),
        Transport::Folder(folder) => (None, Some(folder)),
    };
    if let Some(folder) = folder {
        rows.push(vec![said!("letters into a folder", "信件写入文件夹"), plain(&file(folder)), plain("")]);
    }
    for smtp in first.into_iter().chain(&config.mail.second) {
        let password = smtp.login.as_ref().map(|login| file(login.password.path())).unwrap_or_default();
        rows.push(vec![said!("sends", "发信"), plain(&format!("{}:{}", smtp.host, smtp.port)), plain(&password)]);
    }
    for imap in &config.intake.imap {
        let password = file(imap.login.password.path());
        rows.push(vec![said!("receives", "收信"), plain(&format!("{}:{}", imap.host, imap.port)), plain(&password)]);
    }
    if let Some(maildir) = &config.intake.maildir {
        rows.push(vec![said!("receives from a folder", "从文件夹收信"), plain(&file(maildir)), plain("")]);
    }
    if let Database::Postgres(_) = &config.storage.database {
        let password = config.storage.password_file.as_ref().map(|f| file(f.path())).unwrap_or_default();
        rows.push(vec![said!("database", "数据库"), plain("PostgreSQL"), plain(&password)]);
    }
    let columns = vec![said!("What", "用途"), said!("Server", "服务器"), said!("Password in the file", "密码所在文件")];
    section(said!("Mail and database", "邮件与数据库"), columns, rows)
}

async fn copies(ctx: &Context, tx: &mut Tx, office: &Office) -> Done<Section> {
    let known = backup::remembered(ctx).await?;
    let never = || ("never".to_owned(), "从未".to_owned());
    let said = |at: Option<Timestamp>| at.map_or_else(never, |at| (minute(at, office), minute(at, office)));
    let ((last, last_zh), (tried, tried_zh)) = (said(known.last), said(known.rehearsed));
    let file = known.file;
    let mut paragraphs = vec![
        said!("Last backup: {last} {file}", "最近一次备份：{last_zh} {file}"),
        said!(
            "Last trial (spotcheck restore --verify): {tried}",
            "最近一次试恢复（spotcheck restore --verify）：{tried_zh}"
        ),
    ];
    if let Some((at, from)) = backup::restore::known(tx).await? {
        let [at, from] = [at, from].map(|at| minute(at, office));
        paragraphs.push(said!("Restored on {at} from a backup of {from}.", "{at}由{from}的备份恢复。"));
    }
    Ok(Section { heading: said!("Backups", "备份"), paragraphs, table: None })
}

async fn to_see_to(ctx: &Context, office: &Office) -> Done<Section> {
    let needs = health::look(ctx).await?.into_iter().filter(|cause| cause.concerns(office));
    let rows = needs.map(|cause| vec![plain(&cause.code), cause.said]).collect();
    let heading = said!("To see to at once", "需要立即处理");
    Ok(section(heading, vec![said!("Matter", "事项"), said!("What to do", "处理要求")], rows))
}

/// What whoever leaves may still know or hold.
fn rotate() -> Section {
    let paragraphs = vec![
        said!(
            "1. Passwords of mailboxes, mail servers and the database: change them at their servers, then in their files.",
            "1. 邮箱、发信服务器、数据库的密码：先在服务器上更改，再改密码文件。"
        ),
        said!(
            "2. Chains: spotcheck keys renew PROGRAMME --office ID --by NAME --reason handover; if whoever leaves may have read them: spotcheck keys expose. Custodians take over the new files.",
            "2. 密钥链：spotcheck keys renew 项目 --office 编号 --by 姓名 --reason 交接；离任者可能读取过的，用spotcheck keys expose。由保管人接管新文件。"
        ),
        said!(
            "3. The key of backups: move the old one away and keep it as long as its backups, then spotcheck backup --new-key.",
            "3. 备份密钥：先移走旧密钥（旧备份仍需用它），再spotcheck backup --new-key。"
        ),
        said!(
            "4. Accounts of the console: spotcheck handover --leaves LOGIN closes those of who leaves, --new-passwords has everybody else set a new one; tokens of programs that who leaves may know: end them on the page of users.",
            "4. 网页账户：spotcheck handover --leaves 登录名，停用离任者的账户；加--new-passwords，其余人员重设口令；离任者可能知道的程序令牌，在用户页面终止。"
        ),
        said!(
            "5. Addresses of head and desk in the configuration; accounts on this machine; keys of rooms and safes.",
            "5. 配置中的负责人、调度员邮箱；本机账户；房间和保险柜钥匙。"
        ),
    ];
    Section { heading: said!("To rotate after the handover", "交接后应更换"), paragraphs, table: None }
}
