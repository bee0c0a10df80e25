//! One request, as handlers see it.

use super::form::Form;
use super::routes::Route;
use crate::config::Console;
use crate::console::shown::Asked;
use crate::model::{Language, Trouble};
use crate::said;
use crate::work::audit::Line;
use crate::work::sign_in::Signed;
use crate::work::{Context, Done};
use std::collections::BTreeMap;

pub struct Call<'a> {
    pub ctx: &'a Context,
    pub console: &'a Console,
    pub route: &'static Route,
    /// Its path as it came, without what follows the question mark.
    pub path: &'a str,
    /// Path and query of the page before, as far as the browser tells.
    pub came_from: &'a str,
    pub signed: Option<&'a Signed>,
    /// What the browser showed as its session, whether it is one or not.
    pub secret: Option<&'a str>,
    pub id: Option<&'a str>,
    pub query: &'a BTreeMap<String, String>,
    pub form: &'a Form,
    pub address: &'a str,
    pub language: Language,
}

impl Call<'_> {
    /// # Errors
    /// Nobody signed in; routes that need somebody let nobody else in.
    pub fn signed(&self) -> Done<&Signed> {
        self.signed.ok_or_else(|| Trouble::new(said!("sign in first", "请先登录")).into())
    }

    pub fn asked<'b>(&'b self, signed: &'b Signed) -> Asked<'b> {
        Asked {
            ctx: self.ctx,
            viewer: &signed.viewer,
            id: self.id,
            query: self.query,
            csrf: &signed.csrf,
            notice: signed.notice.clone(),
        }
    }

    pub fn id(&self) -> &str {
        self.id.unwrap_or_default()
    }

    /// Who acts, for the audit log.
    pub fn line(&self) -> Line<'_> {
        let account = self.signed.map_or("", |signed| signed.account.id.as_str());
        Line { account, address: self.address, ..Line::default() }
    }
}
