//! A county's console on a free port, and browsers that look at it.

use super::house::House;
use spotcheck::config::{Console, SecondFactor};
use spotcheck::console::web;
use spotcheck::model::{AccountRole, Language};
use spotcheck::work::accounts::{self, NewAccount};
use spotcheck::work::{Context, audit};
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use ureq::http::{Request, Response};

/// As browsers know it; a proxy with TLS would stand before it.
pub const ADDRESS: &str = "https://console.example";
pub const COOKIE: &str = "__Host-spotcheck";
pub const PASSWORD: &str = "six quiet lanterns, no moth";
/// Where browsers are, unless a test says otherwise.
pub const DESK: &str = "10.1.1.5";

pub struct Site {
    pub ctx: Arc<Context>,
    pub listen: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    _folder: TempDir,
}

impl Site {
    pub async fn of(house: House) -> Site {
        Site::with(house, SecondFactor::Optional).await
    }

    pub async fn with(house: House, second_factor: SecondFactor) -> Site {
        let House { ctx, folder } = house;
        let ctx = Arc::new(ctx);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listen = listener.local_addr().unwrap();
        let console =
            Console { listen, address: Some(ADDRESS.to_owned()), idle_minutes: 30, absolute_hours: 12, second_factor };
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(web::listen(Arc::clone(&ctx), console, listener, async move { drop(stopped.await) }));
        Site { ctx, listen, stop: Some(stop), _folder: folder }
    }

    /// The one-time secret of a new account.
    pub async fn begun(&self, id: &str, role: AccountRole, office: Option<&str>) -> String {
        let office = office.map(|office| office.parse().unwrap());
        let new = NewAccount { id, name: id, role, office: office.as_ref(), language: Some(Language::En) };
        accounts::add(&self.ctx, &new, &audit::Line::default()).await.unwrap().secret
    }

    /// An account with the usual password.
    pub async fn account(&self, id: &str, role: AccountRole, office: Option<&str>) {
        let secret = self.begun(id, role, office).await;
        assert!(accounts::begin_with(&self.ctx, &secret, PASSWORD, DESK).await.unwrap());
    }

    pub fn browser(&self) -> Browser {
        self.browser_at(DESK)
    }

    pub fn browser_at(&self, from: &str) -> Browser {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let base = format!("http://{}", self.listen);
        Browser { agent: config.into(), base, from: from.to_owned(), cookie: None, csrf: String::new() }
    }

    /// Somebody of the whole county who has signed in.
    pub async fn signed_in(&self, id: &str, role: AccountRole) -> Browser {
        self.account(id, role, None).await;
        let mut browser = self.browser();
        assert_eq!(browser.sign_in(id, PASSWORD).status, 303);
        browser
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
    }
}

pub struct Browser {
    agent: ureq::Agent,
    base: String,
    pub from: String,
    pub cookie: Option<String>,
    pub csrf: String,
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub to: String,
    pub body: String,
    pub headers: ureq::http::HeaderMap,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> Option<String> {
        let rest = self.body.split_once(&format!("name=\"{name}\" value=\""))?.1;
        Some(rest.split('"').next().unwrap().to_owned())
    }
}

impl Browser {
    pub fn get(&mut self, path: &str) -> Got {
        let request = Request::get(format!("{}{path}", self.base));
        let request = self.dressed(request).body(()).unwrap();
        let got = tokio::task::block_in_place(|| self.agent.run(request));
        self.taken(got.unwrap())
    }

    /// What a form of the console's own page would send.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        let csrf = self.csrf.clone();
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        self.post_as(path, &fields, &[("origin", ADDRESS), ("sec-fetch-site", "same-origin")])
    }

    /// Exactly these fields and headers.
    pub fn post_as(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Got {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post_bytes(path, "application/x-www-form-urlencoded", body.into_bytes(), headers)
    }

    /// A form with one file.
    pub fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Got {
        let mut body = Vec::new();
        for (name, value) in fields.iter().copied().chain([("csrf", self.csrf.as_str())]) {
            body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        let (name, bytes) = file;
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n--b--\r\n"));
        self.post_bytes(path, "multipart/form-data; boundary=b", body, &[("origin", ADDRESS)])
    }

    pub fn post_bytes(&mut self, path: &str, kind: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Got {
        let mut request = Request::post(format!("{}{path}", self.base)).header("content-type", kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = self.dressed(request).body(body).unwrap();
        let got = tokio::task::block_in_place(|| self.agent.run(request));
        self.taken(got.unwrap())
    }

    fn dressed(&self, request: ureq::http::request::Builder) -> ureq::http::request::Builder {
        let request = request.header("x-forwarded-for", &self.from).header("accept-language", "en");
        match &self.cookie {
            Some(cookie) => request.header("cookie", format!("{COOKIE}={cookie}")),
            None => request,
        }
    }

    fn taken(&mut self, got: Response<ureq::Body>) -> Got {
        let (parts, mut body) = got.into_parts();
        for cookie in parts.headers.get_all("set-cookie") {
            let value = cookie.to_str().unwrap().strip_prefix(&format!("{COOKIE}=")).expect("no other cookie");
            let value = value.split(';').next().unwrap();
            self.cookie = Some(value.to_owned()).filter(|value| !value.is_empty());
        }
        let to = parts.headers.get("location").map_or("", |to| to.to_str().unwrap()).to_owned();
        let body = body.with_config().limit(50_000_000).read_to_vec().unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        Got { status: parts.status.as_u16(), to, body, headers: parts.headers }
    }

    /// Tries a password; what pages would put into forms is known afterwards.
    pub fn sign_in(&mut self, account: &str, password: &str) -> Got {
        let got = self.post("/login", &[("account", account), ("password", password)]);
        if got.status == 303 {
            self.read_csrf();
        }
        got
    }

    /// What this session's own forms carry.
    pub fn read_csrf(&mut self) {
        self.csrf = self.get("/login/second").field("csrf").unwrap();
    }
}
