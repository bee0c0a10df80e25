//! Who may do what: the one table from which the router is built, and which a test walks role by role.

use super::answer::Answer;
use super::call::Call;
use super::{account, actions};
use crate::model::AccountRole::{self, Administrator, Auditor, Dispatcher, Head, Viewer};
use crate::work::Done;
use std::pin::Pin;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Anybody,
    /// Whose password was right, code or not.
    Half,
    These(&'static [AccountRole]),
}

type Answering<'a> = Pin<Box<dyn Future<Output = Done<Answer>> + Send + 'a>>;

pub struct Route {
    pub method: Method,
    /// As axum writes paths.
    pub path: &'static str,
    pub who: Who,
    /// Files may come with it.
    pub files: bool,
    pub(super) handler: for<'a> fn(&'a Call<'a>) -> Answering<'a>,
}

const ALL: Who = Who::These(&AccountRole::ALL);
const READERS: Who = Who::These(&[Viewer, Dispatcher, Head, Auditor]);
const CASES: Who = Who::These(&[Dispatcher, Head, Auditor]);
const DESK: Who = Who::These(&[Dispatcher, Head]);
const SETUP: Who = Who::These(&[Head, Auditor, Administrator]);
const ADMINISTRATORS: Who = Who::These(&[Administrator]);

macro_rules! route {
    ($method:ident $path:literal $who:expr, $handler:path) => {
        Route {
            method: Method::$method,
            path: $path,
            who: $who,
            files: false,
            handler: |call| Box::pin($handler(call)),
        }
    };
    ($method:ident $path:literal $who:expr, $handler:path, files) => {
        Route { method: Method::$method, path: $path, who: $who, files: true, handler: |call| Box::pin($handler(call)) }
    };
}

/// A page of the console: what it shows, and to whom.
macro_rules! page {
    ($path:literal $who:expr, $page:ident) => {
        page!($path $who, $page::show)
    };
    ($path:literal $who:expr, $page:ident :: $show:ident) => {
        Route {
            method: Method::Get,
            path: $path,
            who: $who,
            files: false,
            handler: |call| {
                Box::pin(async move {
                    let signed = call.signed()?;
                    let asked = call.asked(signed);
                    Ok(Answer::Shown(crate::console::pages::$page::$show(&asked).await?))
                })
            },
        }
    };
}

pub const ROUTES: &[Route] = &[
    route!(Get "/console.css" Who::Anybody, account::css),
    route!(Get "/login" Who::Anybody, account::login),
    route!(Post "/login" Who::Anybody, account::sign_in),
    route!(Get "/login/second" Who::Half, account::second),
    route!(Post "/login/second" Who::Half, account::try_code),
    route!(Post "/logout" Who::Half, account::sign_out),
    route!(Get "/first/{secret}" Who::Anybody, account::first),
    route!(Post "/first/{secret}" Who::Anybody, account::set_password),
    route!(Get "/" ALL, account::home),
    route!(Post "/language" ALL, account::language),
    route!(Get "/account" ALL, account::own),
    route!(Post "/account/password" ALL, account::change_password),
    page!("/today" READERS, today),
    page!("/today/print" DESK, today::print),
    route!(Post "/today/resend" DESK, actions::today::resend),
    route!(Post "/today/remind" DESK, actions::today::remind),
    page!("/coverage" READERS, coverage),
    page!("/flags" READERS, flags),
    route!(Post "/flags/remind" DESK, actions::cases::remind),
    route!(Post "/flags/complaint" DESK, actions::cases::complain),
    page!("/cases/{id}" CASES, case),
    route!(Post "/cases/{id}/decide" DESK, actions::cases::decide, files),
    page!("/draws" READERS, draws),
    page!("/draws/{window}" READERS, draws),
    page!("/draws/{window}/bundle" READERS, draws::download),
    page!("/quarantine" CASES, quarantine),
    page!("/quarantine/{id}" CASES, quarantine),
    route!(Post "/quarantine/{id}/accept" DESK, actions::mail::accept),
    route!(Post "/quarantine/{id}/discard" DESK, actions::mail::discard),
    page!("/imports" CASES, imports),
    page!("/imports/{id}" CASES, imports),
    route!(Get "/imports/{id}/rejects" DESK, actions::imports::rejects),
    route!(Post "/imports/preview" DESK, actions::imports::preview, files),
    route!(Post "/imports/{id}/confirm" DESK, actions::imports::confirm),
    route!(Post "/imports/{id}/complete" DESK, actions::imports::complete),
    page!("/reports" READERS, reports),
    page!("/reports/{id}" READERS, reports),
    page!("/findings" CASES, findings),
    page!("/findings/{id}" CASES, findings),
    route!(Post "/findings/open" DESK, actions::findings::open),
    route!(Post "/findings/{id}/step" DESK, actions::findings::step, files),
    page!("/record" DESK, record),
    route!(Post "/record" DESK, actions::record::record),
    page!("/setup" SETUP, setup),
    page!("/setup/users" ADMINISTRATORS, users),
    route!(Post "/setup/users/add" ADMINISTRATORS, actions::users::add),
    route!(Post "/setup/users/disable" ADMINISTRATORS, actions::users::disable),
    route!(Post "/setup/users/reset" ADMINISTRATORS, actions::users::reset),
    route!(Post "/setup/tokens/add" ADMINISTRATORS, actions::users::add_token),
    route!(Post "/setup/tokens/end" ADMINISTRATORS, actions::users::end_token),
    page!("/setup/audit" SETUP, audit),
];
