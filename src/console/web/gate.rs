//! From a request to its answer: session, role, origin, handler, audit log.

use super::answer::{self, Answer, Session, encoded, html, secured, see, with};
use super::call::Call;
use super::form::{Form, UPLOAD, cookie, query};
use super::plain::{Again, Plain, Told, around, render};
use super::routes::{Method, ROUTES, Route, Who};
use crate::clock::Stopwatch;
use crate::config::Console;
use crate::console::connections::Peer;
use crate::console::shown::{Page, Shown};
use crate::model::{Language, Said, Sha256, Timestamp};
use crate::said;
use crate::work::audit::{self, Line};
use crate::work::sign_in;
use crate::work::{Context, Done, Failure};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::{get, post};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long an answer may take; with files, or a draw that is computed again.
const TIME: Duration = Duration::from_secs(60);
const LONG_TIME: Duration = Duration::from_secs(600);
/// Files are held in memory until they are understood; a draw that is computed again takes a processor.
const HEAVY_AT_ONCE: usize = 2;

pub struct Server {
    ctx: Arc<Context>,
    console: Console,
    /// Files that come, and draws that are computed again.
    heavy: Semaphore,
    /// Sessions of which it is still to be written that they are in use.
    seen: Mutex<BTreeMap<Sha256, Timestamp>>,
}

impl Server {
    pub fn new(ctx: Arc<Context>, console: Console) -> Arc<Server> {
        Arc::new(Server { ctx, console, heavy: Semaphore::new(HEAVY_AT_ONCE), seen: Mutex::default() })
    }

    /// Everything of [`ROUTES`], and a page for everything else.
    pub(super) fn router(self: &Arc<Server>) -> Router {
        let mut router: Router<Arc<Server>> = Router::new();
        for route in ROUTES {
            let handle = move |State(server): State<Arc<Server>>, params: RawPathParams, request: Request| async move {
                let id = params.iter().next().map(|(_, value)| value.to_owned());
                server.answer(Some(route), id.as_deref(), request).await
            };
            router = router.route(
                route.path,
                match route.method {
                    Method::Get => get(handle),
                    Method::Post => post(handle),
                },
            );
        }
        let other = |State(server): State<Arc<Server>>, request: Request| async move {
            server.answer(None, None, request).await
        };
        router
            .fallback(other)
            .method_not_allowed_fallback(other)
            .layer(DefaultBodyLimit::max(UPLOAD))
            .with_state(Arc::clone(self))
    }

    fn seen(&self) -> MutexGuard<'_, BTreeMap<Sha256, Timestamp>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has it written that a session is in use. No page waits for that: another writer may be at work for seconds.
    fn note_seen(self: &Arc<Server>, session: Sha256) {
        let (server, at) = (Arc::clone(self), self.ctx.now());
        self.seen().insert(session, at);
        tokio::spawn(async move {
            if let Err(failure) = sign_in::seen(&server.ctx, &session, at).await {
                tracing::warn!(%failure, "it was not written that a session is in use");
            }
            // What came later is written by a task of its own.
            let mut seen = server.seen();
            if seen.get(&session).is_some_and(|last| *last <= at) {
                seen.remove(&session);
            }
        });
    }

    async fn answer(
        self: &Arc<Server>,
        route: Option<&'static Route>,
        id: Option<&str>,
        request: Request,
    ) -> Response<Body> {
        let watch = Stopwatch::start();
        let method = request.method().clone();
        let response = match route {
            Some(route) => {
                let long = route.files || request.uri().query().is_some_and(|query| query.contains("verify"));
                let time = if long { LONG_TIME } else { TIME };
                let done = tokio::time::timeout(time, self.routed(route, id, request)).await;
                done.unwrap_or_else(|_| self.plainly(StatusCode::SERVICE_UNAVAILABLE, Language::ZhHans))
            }
            None => self.plainly(StatusCode::NOT_FOUND, language_of(request.headers())),
        };
        let (path, status) = (route.map_or("-", |route| route.path), response.status().as_u16());
        tracing::info!(%method, route = path, status, ms = watch.milliseconds(), "request");
        secured(response, self.console.secure())
    }

    async fn routed(self: &Arc<Server>, route: &'static Route, id: Option<&str>, request: Request) -> Response<Body> {
        let (headers, uri) = (request.headers().clone(), request.uri().clone());
        let address = self.address(&request);
        let secret = cookie(&headers, self.cookie_name()).map(str::to_owned);
        let signed = match &secret {
            Some(secret) => {
                let noted = |hash: &Sha256| self.seen().get(hash).copied();
                sign_in::session(&self.ctx, &self.console, secret, noted).await
            }
            None => Ok(None),
        };
        let signed = match signed {
            Ok(signed) => signed,
            Err(failure) => return self.failed(failure, language_of(&headers)),
        };
        if let Some(signed) = signed.as_ref().filter(|signed| signed.to_note) {
            self.note_seen(signed.hash);
        }
        let language = signed.as_ref().map_or_else(|| language_of(&headers), |signed| signed.viewer.language);
        let query = query(uri.query());
        let mut call = Call {
            ctx: &self.ctx,
            console: &self.console,
            route,
            path: uri.path(),
            came_from: came_from(&headers),
            signed: signed.as_ref(),
            secret: secret.as_deref(),
            id,
            query: &query,
            form: &Form::default(),
            address: &address,
            language,
        };
        if let Some(refused) = self.let_in(&call).await {
            return refused;
        }
        let heavy = route.files || query.contains_key("verify");
        let _turn = if heavy { self.heavy.acquire().await.ok() } else { None };
        let form;
        if route.method == Method::Post {
            if !self.own_origin(&headers) {
                return self.refused(&call, "origin").await;
            }
            form = match Form::read(request, route.files).await {
                Ok(form) => form,
                Err(status) => return self.plainly(status, language),
            };
            if signed.as_ref().is_some_and(|signed| !same(form.get("csrf"), &signed.csrf)) && route.who != Who::Anybody
            {
                return self.refused(&call, "form").await;
            }
            call.form = &form;
        }
        let answer = (route.handler)(&call).await;
        match self.told(&call, answer).await {
            Ok(response) => response,
            Err(failure) => self.failed(failure, language),
        }
    }

    /// What somebody gets who may not come in.
    async fn let_in(&self, call: &Call<'_>) -> Option<Response<Body>> {
        match (call.route.who, call.signed) {
            (Who::Anybody, _) | (Who::Half, Some(_)) => None,
            (Who::These(roles), Some(signed)) if signed.signed_in => {
                if roles.contains(&signed.viewer.role) {
                    return None;
                }
                Some(self.refused(call, "role").await)
            }
            (_, Some(_)) => Some(see("/login/second")),
            (_, None) if call.route.method == Method::Get && call.path != "/" => {
                Some(see(&format!("/login?next={}", encoded(call.path))))
            }
            (_, None) => Some(see("/login")),
        }
    }

    async fn refused(&self, call: &Call<'_>, why: &str) -> Response<Body> {
        let line = Line { action: "refused", subject: call.route.path, detail: why, ..call.line() };
        match audit::note(&self.ctx, &line).await {
            Ok(()) => self.plainly(StatusCode::FORBIDDEN, call.language),
            Err(failure) => self.failed(failure, call.language),
        }
    }

    /// The answer as bytes, once what it tells stands in the audit log.
    async fn told(&self, call: &Call<'_>, answer: Done<Answer>) -> Done<Response<Body>> {
        let action = call.route.method == Method::Post;
        let line = Line { action: call.route.path, subject: call.id.unwrap_or_default(), ..call.line() };
        let acts = action && matches!(call.route.who, Who::These(_));
        let answer = match answer {
            Ok(answer) => answer,
            Err(Failure::Trouble(trouble)) if acts => {
                audit::note(&self.ctx, &Line { detail: "not done", ..line }).await?;
                return Ok(self.again(call, &trouble.said));
            }
            Err(failure) => return Err(failure),
        };
        let refused = match &answer {
            Answer::Missing | Answer::Shown(Shown::Missing) => Some("not there"),
            Answer::Forbidden => Some("role"),
            _ => None,
        };
        match refused {
            // Of an address that tells who may open it the address is nobody's business.
            Some(why) if call.signed.is_some() => {
                audit::note(&self.ctx, &Line { action: "refused", subject: call.route.path, detail: why, ..line })
                    .await?;
            }
            Some(_) => {}
            None if acts => audit::note(&self.ctx, &Line { detail: &what(call), ..line }).await?,
            None => {}
        }
        Ok(match answer {
            Answer::Page { status, html } => answer::html(status, html),
            Answer::See { to, session } => self.with_session(see(&to), session),
            Answer::Done { to, said } => {
                if let Some(signed) = call.signed {
                    sign_in::notice(&self.ctx, signed, Some(&said)).await?;
                }
                see(&to)
            }
            Answer::Css(css) => with(StatusCode::OK, "text/css; charset=utf-8", Body::from(css)),
            Answer::Forbidden => self.plainly(StatusCode::FORBIDDEN, call.language),
            Answer::Missing | Answer::Shown(Shown::Missing) => self.plainly(StatusCode::NOT_FOUND, call.language),
            Answer::Shown(Shown::Page(Page { html, targets })) => {
                if targets {
                    audit::note(&self.ctx, &Line { action: "view", subject: call.path, ..line }).await?;
                }
                if let Some(signed) = call.signed.filter(|signed| signed.notice.is_some()) {
                    sign_in::notice(&self.ctx, signed, None).await?;
                }
                answer::html(StatusCode::OK, html)
            }
            Answer::Shown(Shown::File { name, media, bytes }) => {
                audit::note(&self.ctx, &Line { action: "file", subject: call.path, ..line }).await?;
                answer::file(&name, media, bytes)
            }
        })
    }

    fn cookie_name(&self) -> &'static str {
        if self.console.secure() { "__Host-spotcheck" } else { "spotcheck" }
    }

    fn with_session(&self, mut response: Response<Body>, session: Option<Session>) -> Response<Body> {
        let (name, secure) = (self.cookie_name(), if self.console.secure() { "; Secure" } else { "" });
        let cookie = match session {
            None => return response,
            Some(Session::Is(secret)) => format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}"),
            Some(Session::Ends) => format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"),
        };
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }

    /// Where the browser is: behind a proxy, where the proxy says it is.
    fn address(&self, request: &Request) -> String {
        let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back();
        let forwarded = forwarded.and_then(|line| line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
        let address = forwarded.filter(|_| self.console.secure()).or(peer);
        address.map(|address: std::net::IpAddr| address.to_string()).unwrap_or_default()
    }

    /// Whether a form comes from a page of this console, as far as the browser says.
    fn own_origin(&self, headers: &HeaderMap) -> bool {
        let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let site = text(header::HeaderName::from_static("sec-fetch-site"));
        if site.is_some_and(|site| site != "same-origin") {
            return false;
        }
        let Some(origin) = text(header::ORIGIN) else { return true };
        match &self.console.address {
            Some(address) => origin == address,
            // Without a name of its own it is on this machine, by whichever of its names.
            None => text(header::HOST).is_some_and(|host| origin.strip_prefix("http://") == Some(host)),
        }
    }

    fn failed(&self, failure: Failure, language: Language) -> Response<Body> {
        // Who looks is told what a command would tell; the log has it for the administrator.
        tracing::error!(trouble = failure.to_string(), "a page could not be made");
        let page = Plain::new(language, &said!("This did not work", "操作未完成"));
        let said = failure.trouble().said;
        self.page(StatusCode::INTERNAL_SERVER_ERROR, page, &said)
    }

    fn plainly(&self, status: StatusCode, language: Language) -> Response<Body> {
        let (title, said) = match status {
            StatusCode::NOT_FOUND => (
                said!("Not found", "未找到"),
                said!(
                    "There is nothing at this address, or nothing that you may see.",
                    "此地址没有内容，或您无权查看。"
                ),
            ),
            StatusCode::FORBIDDEN => (
                said!("Not allowed", "无权操作"),
                said!(
                    "Your role does not allow this, or the page was open too long: open it again. What was tried stands in the audit log.",
                    "您的角色无权进行此操作，或页面打开过久：请重新打开页面。此次尝试已记入审计日志。"
                ),
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                said!("Too large", "内容过大"),
                said!(
                    "A form takes 64 kB, a file 64 MB. Larger files are imported with `spotcheck import`.",
                    "表单最多64 kB，文件最多64 MB；更大的文件请用“spotcheck import”导入。"
                ),
            ),
            StatusCode::SERVICE_UNAVAILABLE => (
                said!("It takes too long", "处理超时"),
                said!("Nothing was changed. Try again in a while.", "未作任何更改，请稍后再试。"),
            ),
            _ => (
                said!("Not understood", "无法识别"),
                said!("What the browser sent is no form of this console.", "浏览器发送的内容不是本网页的表单。"),
            ),
        };
        self.page(status, Plain::new(language, &title), &said)
    }

    fn page(&self, status: StatusCode, page: Plain, said: &Said) -> Response<Body> {
        let language = page.language;
        let link = Some(("/".to_owned(), language.pick("To the first page", "返回首页").to_owned()));
        let body = render(&Told { said: said.in_language(language), secret: None, link });
        html(status, around(&page, &body))
    }

    /// What was typed comes back beside what is wrong with it.
    fn again(&self, call: &Call<'_>, said: &Said) -> Response<Body> {
        let page = Plain::new(call.language, &said!("This was not done", "未办理"));
        let (mut shown, mut hidden) = (Vec::new(), Vec::new());
        for (name, value) in call.form.fields().iter().filter(|(name, _)| name != "csrf") {
            match super::actions::label(name) {
                Some(label) => shown.push((name.as_str(), label.in_language(call.language).to_owned(), value.as_str())),
                None => hidden.push((name.as_str(), value.as_str())),
            }
        }
        let back = super::actions::back(call.path);
        let body = render(&Again {
            language: call.language,
            said: said.in_language(call.language),
            csrf: call.signed.map_or("", |signed| signed.csrf.as_str()),
            action: call.form.files.is_empty().then_some(call.path),
            hidden,
            shown,
            back,
        });
        html(StatusCode::UNPROCESSABLE_ENTITY, around(&page, &body))
    }
}

/// Path and query of the page that a form stood on, whatever its host: nobody is sent to another one.
fn came_from(headers: &HeaderMap) -> &str {
    let page = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let from = page.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    from.unwrap_or_default()
}

/// What was done, in a word of the form's own.
fn what(call: &Call<'_>) -> String {
    let word = ["action", "step"].into_iter().find_map(|name| call.form.filled(name));
    let word = word.filter(|word| word.len() <= 20 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    word.map_or_else(|| "done".to_owned(), |word| format!("done: {word}"))
}

fn same(one: &str, other: &str) -> bool {
    use subtle::ConstantTimeEq;
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// Before anybody has signed in: what the browser prefers.
fn language_of(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = |tag: &str| wanted.find(tag).unwrap_or(usize::MAX);
    if first("en") < first("zh") { Language::En } else { Language::ZhHans }
}
