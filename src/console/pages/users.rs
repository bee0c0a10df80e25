//! Accounts and tokens: who may sign in, which programs hand in records; and the forms that make and end them.

use super::draft::{Draft, address};
use super::form::{Choice, Field, Form};
use super::parts::{Button, Marks, Tone};
use super::shell::Tab;
use super::words::{OFFICES, named, plain};
use crate::console::shown::{Asked, Shown};
use crate::measure::document::{Cell, Form as Kind, Section, Table};
use crate::model::typed::LONGEST_WHO;
use crate::model::{AccountRole, AccountState, Language, Said, Timestamp};
use crate::said;
use crate::store::{AccountRow, TokenRow};
use crate::words::letters::common;
use crate::work::look::in_sight;
use crate::work::look::users::users;
use crate::work::{Done, accounts, owner};
use chrono_tz::Tz;

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    let (ctx, scope) = (asked.ctx, &asked.viewer.scope);
    let get = |name: &str| asked.query.get(name).map(String::as_str).unwrap_or_default();
    let from = accounts::folded(get("from"));
    let after = get("after").split_once('.').and_then(|(at, id)| Some((Timestamp(at.parse().ok()?), id)));
    let found = users(ctx, scope, &from, after).await?;
    let all = from.is_empty() && found.next.is_none();
    let mut page = Draft::new(asked, Tab::Setup, "/setup/users", &said!("Accounts", "账户"));
    page.heading(&said!("People", "人员"));
    if !all {
        let label = said!("From this name on", "从此登录名起");
        page.form(
            Form::choose(said!("What is shown", "显示范围"), "/setup/users")
                .field(Field::search("from", label).value(from.as_str())),
        );
    }
    let (table, mut marks) = people(asked, &found.accounts);
    marks.more = found
        .next
        .as_ref()
        .map(|next| (address("/setup/users", [("from", next.as_str())]), said!("Next page", "下一页")));
    page.table(table, &marks, &said!("No accounts.", "没有账户。"));
    page.form(new_account(asked));
    let others = found.accounts.iter().filter(|account| account.active && account.id != asked.viewer.account);
    let others: Vec<Choice> = others.map(|account| Choice::new(account.id.as_str(), called(account))).collect();
    if !others.is_empty() {
        let form = Form::post(said!("End an account", "停用账户"), "/setup/users/disable", said!("Disable it", "停用"));
        page.form(form.grave().field(Field::select("account", said!("Account", "账户"), others)));
    }
    page.heading(&said!("Programs", "程序"));
    let (table, mut marks) = handing_in(&found.tokens, zone(asked));
    if let Some(last) = found.tokens.last().filter(|_| found.more_tokens) {
        let after = format!("{}.{}", last.created_at.0, last.id);
        marks.more = Some((address("/setup/users", [("after", after.as_str())]), said!("Later ones", "更晚的令牌")));
    }
    page.table(table, &marks, &said!("No program hands in records.", "没有程序提交记录。"));
    let sources = ctx.config.sources.iter().filter(|source| owner::may_give(scope, Some(&source.office)));
    let sources: Vec<Choice> =
        sources.map(|one| Choice::new(one.source.id.as_str(), plain(one.source.id.to_string()))).collect();
    if !sources.is_empty() {
        page.form(new_token(sources));
    }
    page.finish()
}

/// One of a few, or the id of one of many.
fn choose(name: &'static str, label: Said, choices: Vec<Choice>) -> Field {
    match choices.len() {
        0..=OFFICES => Field::select(name, label, choices),
        _ => Field::text(name, label).hint(said!("Its id, as the configuration has it.", "填配置中的编号。")),
    }
}

fn zone(asked: &Asked<'_>) -> Tz {
    crate::work::look::chosen(asked.ctx, &asked.viewer.scope, None).map_or(Tz::UTC, |office| office.zone)
}

fn called(account: &AccountRow) -> Said {
    let (id, name) = (&account.id, &account.name);
    if id == name { plain(id.as_str()) } else { said!("{id} ({name})", "{id}（{name}）") }
}

fn people(asked: &Asked<'_>, users: &[AccountRow]) -> (Section, Marks) {
    let mut table = Table::new(&[
        ("account", Kind::Words, said!("Signs in as", "登录名")),
        ("name", Kind::Words, said!("Name", "姓名")),
        ("role", Kind::Words, said!("Role", "角色")),
        ("office", Kind::Words, said!("Sees", "可见单位")),
        ("second", Kind::Words, said!("Second factor", "动态码")),
        ("state", Kind::Words, said!("State", "状态")),
    ]);
    let mut marks = Marks::default();
    for (at, account) in users.iter().enumerate() {
        let office = match &account.office {
            Some(id) => asked.ctx.config.office(id).map_or_else(|| plain(id.to_string()), |office| named(&office.name)),
            None => said!("all offices", "全部单位"),
        };
        let state = account.state();
        let tone = match state {
            AccountState::Disabled => Tone::Quiet,
            AccountState::Begun => Tone::Late,
            AccountState::Active => Tone::Fine,
        };
        let second = if account.second_on { said!("on", "已启用") } else { said!("off", "未启用") };
        marks.tones.insert((at, 5), tone);
        let id = &account.id;
        marks.buttons.insert(
            at,
            Button {
                action: "/setup/users/reset".to_owned(),
                fields: vec![("account", id.clone())],
                label: said!("New one-time address", "重新生成一次性地址"),
                described: said!("New one-time address for {id}", "为{id}重新生成一次性地址"),
            },
        );
        let cells =
            [plain(id.as_str()), plain(account.name.as_str()), account.role.said(), office, second, state.said()];
        table.rows.push(cells.into_iter().map(Cell::Words).collect());
    }
    (Section::new("accounts", said!("Accounts", "账户")).with(table), marks)
}

fn new_account(asked: &Asked<'_>) -> Form {
    let roles = AccountRole::ALL.into_iter().map(|role| Choice::new(role.as_str(), role.said())).collect();
    let seen = in_sight(asked.ctx, &asked.viewer.scope);
    let mut offices: Vec<Choice> =
        seen.iter().map(|office| Choice::new(office.id.as_str(), named(&office.name))).collect();
    if owner::may_give(&asked.viewer.scope, None) {
        offices.insert(0, Choice::new("", said!("all offices", "全部单位")));
    }
    let languages = Language::ALL.into_iter().map(|language| {
        let name = language.pick("English", "中文");
        Choice::new(language.tag(), plain(name)).chosen_if(language == asked.viewer.language)
    });
    Form::post(said!("A new account", "新建账户"), "/setup/users/add", said!("Make it", "新建"))
        .hint(said!(
            "You get a one-time address for that person, who sets the password. Nobody else ever knows it.",
            "将生成交给本人的一次性地址，由本人设定口令，他人不得而知。"
        ))
        .field(
            Field::text("account", said!("Name to sign in with", "登录名"))
                .required()
                .hint(said!("Letters and digits, such as wangmin.", "字母、汉字或数字，如wangmin。")),
        )
        .field(
            Field::text("name", said!("Name of the person", "姓名"))
                .hint(said!("As decisions and entries give it.", "用于办理和登记。")),
        )
        .field(Field::select("role", said!("Role", "角色"), roles))
        .field(choose("office", said!("Sees this office and those below it", "可见单位（含下级）"), offices))
        .field(Field::select("language", said!("Language", "语言"), languages.collect()))
}

fn handing_in(programs: &[TokenRow], zone: Tz) -> (Section, Marks) {
    let mut table = Table::new(&[
        ("name", Kind::Words, said!("What for", "用途")),
        ("source", Kind::Words, said!("Source", "来源")),
        ("made", Kind::Words, said!("Made", "生成")),
        ("by", Kind::Words, said!("By", "办理人")),
        ("state", Kind::Words, said!("State", "状态")),
    ]);
    let mut marks = Marks::default();
    for (at, token) in programs.iter().enumerate() {
        let (state, tone) = match token.ended_at {
            Some(_) => (said!("ended", "已作废"), Tone::Quiet),
            None => (said!("active", "有效"), Tone::Fine),
        };
        marks.tones.insert((at, 4), tone);
        if token.ended_at.is_none() {
            let name = &token.name;
            marks.buttons.insert(
                at,
                Button {
                    action: "/setup/tokens/end".to_owned(),
                    fields: vec![("token", token.id.clone())],
                    label: said!("End it", "作废"),
                    described: said!("End the token {name}", "作废令牌{name}"),
                },
            );
        }
        let made = common::short_day(token.created_at.day(zone));
        let cells =
            [plain(token.name.as_str()), plain(token.source.to_string()), made, plain(&*token.created_by), state];
        table.rows.push(cells.into_iter().map(Cell::Words).collect());
    }
    (Section::new("tokens", said!("Tokens of programs", "程序令牌")).with(table), marks)
}

fn new_token(sources: Vec<Choice>) -> Form {
    Form::post(said!("A new token", "新建令牌"), "/setup/tokens/add", said!("Make it", "新建"))
        .hint(said!(
            "A program that has it hands in records of this one source, and can do nothing else. It is shown once.",
            "持有令牌的程序只能提交这一来源的记录，不能做其他任何事。令牌只显示一次。"
        ))
        .field(choose("source", said!("Source", "来源"), sources).required())
        .field(Field::area("name", said!("What for", "用途"), LONGEST_WHO).required())
}
