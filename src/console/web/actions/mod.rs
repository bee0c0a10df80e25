//! What people do: each form calls the use case that the command of the same name calls, within what its account sees.

pub mod cases;
pub mod findings;
pub mod imports;
pub mod mail;
pub mod record;
pub mod today;
pub mod users;

use super::answer::{Answer, local};
use super::call::Call;
use crate::console::pages::shell::{self, Inside, Tab};
use crate::model::{AssignmentId, Said, Trouble};
use crate::said;
use crate::work::Done;
use chrono::NaiveDate;

/// What people type, and what a page calls it that gives it back to be put right.
pub fn label(field: &str) -> Option<Said> {
    Some(match field {
        "reason" => said!("Reason", "理由"),
        "text" => said!("What it says", "内容"),
        "from" => said!("Who wrote it", "提交人"),
        "day" => said!("Day", "日期"),
        "outcome" => said!("Result", "结果"),
        "at" => said!("Seen at", "时刻"),
        "remark" => said!("Remark", "备注"),
        "said_by" => said!("Who said so", "报告人"),
        "code" => said!("Line", "任务行"),
        "assignment" => said!("Assignment", "任务编号"),
        "account" => said!("Name to sign in with", "登录名"),
        "name" => said!("Name", "姓名"),
        "deadline" => said!("Deadline", "期限"),
        "owner" => said!("Who has to rectify it", "整改责任人"),
        "inspector" => said!("Inspector (id)", "检查员编号"),
        "subject" => said!("Id in the register", "登记册编号"),
        _ => return None,
    })
}

/// The page that a form stands on: the address without what the form does.
pub fn back(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((page, _)) if !page.is_empty() => page,
        _ => path,
    }
}

/// The page of the console on which a form stood, as it was chosen there.
fn here(call: &Call<'_>, page: &str) -> String {
    let from = local(call.came_from);
    let same = from.split('?').next() == Some(page);
    if same { from.to_owned() } else { page.to_owned() }
}

/// A page that answers a form, within the shell.
fn page(call: &Call<'_>, tab: Tab, title: &Said, body: &str) -> Done<Answer> {
    let signed = call.signed()?;
    let title = title.in_language(signed.viewer.language);
    let inside = Inside { tab: Some(tab), title, body, foot: "" };
    let html = shell::page(&call.asked(signed), &inside);
    Ok(Answer::page(html.unwrap_or_else(|| super::plain::failed(&"shell"))))
}

fn day(call: &Call<'_>, field: &str) -> Result<Option<NaiveDate>, Trouble> {
    let Some(text) = call.form.filled(field) else { return Ok(None) };
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Some).map_err(|_| {
        Trouble::new(said!("“{text}” is no day: write it as 2026-03-12", "“{text}”不是日期：请写成2026-03-12"))
    })
}

fn assignment(text: &str) -> Option<AssignmentId> {
    AssignmentId::parse(&text.trim().to_ascii_uppercase()).ok()
}
