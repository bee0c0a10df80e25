//! `spotcheck account`: who may sign in to the console, and the audit log of what they did.

use super::setup::{Place, block_on};
use super::{Exit, Terminal, listing};
use crate::model::{AccountRole, Language, OfficeId, Said, Timestamp, Trouble};
use crate::said;
use crate::store::AccountRow;
use crate::work::accounts::{self, Begun, NewAccount};
use crate::work::audit::{self, Chain, Entry, Line};
use crate::work::{Context, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Makes an account and prints the one-time address by which its password is set.
    Add {
        /// What the person types to sign in: wangmin
        id: String,
        /// viewer, dispatcher, head, auditor or administrator.
        #[arg(long, value_parser = role)]
        role: AccountRole,
        /// The person's name, as decisions and entries give it; else the name to sign in with.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Sees this office and those below it; else all.
        #[arg(long, value_name = "ID")]
        office: Option<String>,
        /// Language of the pages: en or zh; else the office's.
        #[arg(long, value_parser = super::parse_language)]
        language: Option<Language>,
        #[arg(long)]
        json: bool,
    },
    /// Accounts, with role and office.
    List {
        #[arg(long)]
        json: bool,
    },
    /// Nobody signs in with it any more; it stays in the audit log.
    Disable { id: String },
    /// A new one-time address: the old password and second factor are gone. Brings back a disabled account.
    Reset {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// The audit log, and whether every line of it follows from the one before.
    Audit {
        #[arg(long)]
        json: bool,
    },
}

fn role(text: &str) -> Result<AccountRole, String> {
    AccountRole::parse(text).ok_or_else(|| AccountRole::ALL.map(AccountRole::as_str).join(", "))
}

/// Whoever has this command line has everything; the log says that it was here.
pub(super) const HERE: Line<'static> =
    Line { account: "", address: "command line", action: "", subject: "", detail: "" };

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::Add { id, role, name, office, language, json } => {
            let office = office.as_deref().map(OfficeId::parse).transpose();
            let office = office.map_err(|said| Trouble::new(said).in_field("--office"))?;
            let name = name.as_deref().unwrap_or(id);
            let new = NewAccount { id, name, role: *role, office: office.as_ref(), language: *language };
            let (public, begun) = block_on(async {
                let ctx = place.open().await?;
                Ok((public(&ctx), accounts::add(&ctx, &new, &HERE).await.map_err(Failure::trouble)?))
            })?;
            tell(&begun, public.as_deref(), *json, terminal);
            Ok(Exit::Done)
        }
        What::Reset { id, json } => {
            let (public, begun) = block_on(async {
                let ctx = place.open().await?;
                Ok((public(&ctx), accounts::reset(&ctx, id, &HERE).await.map_err(Failure::trouble)?))
            })?;
            tell(&begun.ok_or_else(|| no_account(id))?, public.as_deref(), *json, terminal);
            Ok(Exit::Done)
        }
        What::Disable { id } => {
            let done =
                block_on(async { accounts::disable(&place.open().await?, id, &HERE).await.map_err(Failure::trouble) })?;
            if !done {
                return Err(no_account(id));
            }
            terminal.say(
                terminal.pick("disabled; whoever was signed in with it is so no more", "已停用，已登录的会话同时结束"),
            );
            Ok(Exit::Done)
        }
        What::List { json } => {
            let found = block_on(async { accounts::list(&place.open().await?).await.map_err(Failure::trouble) })?;
            list(&found, *json, terminal);
            Ok(Exit::Done)
        }
        What::Audit { json } => {
            let json = *json;
            let chain = block_on(async {
                let ctx = place.open().await?;
                let zone = ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |office| office.zone);
                let each = |entry: &Entry| terminal.say(if json { as_json(entry) } else { as_line(entry, zone) });
                audit::verify(&ctx, each).await.map_err(Failure::trouble)
            })?;
            let (said, exit) = match chain {
                Chain::Whole { lines, head } => (
                    said!(
                        "{lines} lines, each follows from the one before; the last is {head}",
                        "共{lines}行，逐行衔接；末行校验码{head}"
                    ),
                    Exit::Done,
                ),
                Chain::Broken { seq } => (
                    said!(
                        "line {seq} does not follow from the one before: it, or what stood there, was changed outside this program",
                        "第{seq}行与前一行不衔接：该行或其原有内容曾在本程序之外被改动"
                    ),
                    Exit::NotDone,
                ),
            };
            terminal.warn(said.in_language(terminal.language));
            Ok(exit)
        }
    }
}

/// Where the console is, if there is one.
pub(super) fn public(ctx: &Context) -> Option<String> {
    ctx.config.console.as_ref().map(crate::config::Console::public)
}

pub(super) fn tell(begun: &Begun, public: Option<&str>, json: bool, terminal: &mut Terminal<'_>) {
    let address = format!("{}/first/{}", public.unwrap_or_default(), begun.secret);
    if json {
        let ends = begun.ends.to_string();
        terminal.say(serde_json::json!({"account": begun.account, "address": address, "ends": ends}).to_string());
        return;
    }
    terminal.say(&address);
    terminal.warn(terminal.pick(
        "For that person alone: whoever opens it sets the password. It works once, within 24 hours, and is shown here only now.",
        "只交给本人：打开此地址的人即可设定口令。24小时内有效，只能用一次，此后不再显示。",
    ));
    if public.is_none() {
        terminal.warn(terminal.pick(
            "No console is served yet: write listen = \"127.0.0.1:8080\" under [console]; the address above follows after its own.",
            "尚未启用网页：请在[console]下写明listen = \"127.0.0.1:8080\"；上面的地址接在网页地址之后。",
        ));
    }
}

fn list(found: &[AccountRow], json: bool, terminal: &mut Terminal<'_>) {
    if json {
        for account in found {
            let office = account.office.as_ref().map(OfficeId::as_str);
            let told = serde_json::json!({
                "account": account.id, "name": account.name, "role": account.role.as_str(), "office": office,
                "second_factor": account.second_on, "state": account.state().code(),
            });
            terminal.say(told.to_string());
        }
        return;
    }
    if found.is_empty() {
        terminal.warn(terminal.pick(
            "no accounts; the first: spotcheck account add NAME --role administrator",
            "没有账户；首个账户：spotcheck account add 登录名 --role administrator",
        ));
        return;
    }
    let heads = [
        said!("ACCOUNT", "账户"),
        said!("NAME", "姓名"),
        said!("ROLE", "角色"),
        said!("OFFICE", "单位"),
        said!("STATE", "状态"),
    ];
    let language = terminal.language;
    let all = said!("all", "全部");
    let row = |account: &AccountRow| {
        let said = |said: Said| said.in_language(language).to_owned();
        let office = account.office.as_ref().map_or_else(|| said(all.clone()), |office| office.as_str().to_owned());
        [account.id.clone(), account.name.clone(), said(account.role.said()), office, said(account.state().said())]
    };
    listing::print(heads, &found.iter().map(row).collect::<Vec<_>>(), terminal);
}

fn as_json(entry: &Entry) -> String {
    serde_json::to_string(entry).unwrap_or_default()
}

fn as_line(entry: &Entry, zone: chrono_tz::Tz) -> String {
    let at = Timestamp(entry.at).local(zone).format("%Y-%m-%d %H:%M:%S");
    let Entry { seq, account, address, action, subject, detail, .. } = entry;
    format!("{seq}  {at}  {account}  {address}  {action}  {subject}  {detail}").trim_end().to_owned()
}

fn no_account(id: &str) -> Trouble {
    Trouble::new(said!(
        "there is no account “{id}”: `spotcheck account list` shows them",
        "没有账户“{id}”：用“spotcheck account list”查看"
    ))
}
