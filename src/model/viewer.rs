//! Who looks at the console, and what of it an account may see.

use super::{Language, OfficeId, Said};
use crate::said;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What somebody is to the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountRole {
    /// Numbers, reports, draws: no list of targets, no names.
    Viewer,
    /// The desk: today's lists, imports, results.
    Dispatcher,
    /// Answers for the office: also decides.
    Head,
    /// Reads everything that is over, changes nothing.
    Auditor,
    /// Accounts and tokens; nothing about people.
    Administrator,
}

/// Whether somebody can sign in with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    Disabled,
    /// No password is set yet.
    Begun,
    Active,
}

impl AccountState {
    pub fn code(self) -> &'static str {
        match self {
            AccountState::Disabled => "disabled",
            AccountState::Begun => "begun",
            AccountState::Active => "active",
        }
    }

    pub fn said(self) -> Said {
        match self {
            AccountState::Disabled => said!("disabled", "已停用"),
            AccountState::Begun => said!("no password yet", "尚未设定口令"),
            AccountState::Active => said!("active", "正常"),
        }
    }
}

impl AccountRole {
    pub const ALL: [AccountRole; 5] = [
        AccountRole::Viewer,
        AccountRole::Dispatcher,
        AccountRole::Head,
        AccountRole::Auditor,
        AccountRole::Administrator,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            AccountRole::Viewer => "viewer",
            AccountRole::Dispatcher => "dispatcher",
            AccountRole::Head => "head",
            AccountRole::Auditor => "auditor",
            AccountRole::Administrator => "administrator",
        }
    }

    pub fn parse(text: &str) -> Option<AccountRole> {
        AccountRole::ALL.into_iter().find(|role| role.as_str() == text)
    }

    pub fn said(self) -> Said {
        match self {
            AccountRole::Viewer => said!("viewer", "查看人员"),
            AccountRole::Dispatcher => said!("dispatcher", "调度员"),
            AccountRole::Head => said!("head", "负责人"),
            AccountRole::Auditor => said!("auditor", "审计人员"),
            AccountRole::Administrator => said!("administrator", "系统管理员"),
        }
    }
}

impl fmt::Display for AccountRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AccountRole {
    type Err = ();

    fn from_str(text: &str) -> Result<AccountRole, ()> {
        AccountRole::parse(text).ok_or(())
    }
}

/// Whose places, letters and cases somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    All,
    /// These offices: an account's own, and those below it.
    Offices(BTreeSet<OfficeId>),
}

impl Scope {
    pub fn sees(&self, office: &OfficeId) -> bool {
        match self {
            Scope::All => true,
            Scope::Offices(offices) => offices.contains(office),
        }
    }
}

/// Somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    pub account: String,
    /// As decisions and entries name them.
    pub name: String,
    pub role: AccountRole,
    pub scope: Scope,
    pub language: Language,
}
