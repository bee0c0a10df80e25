//! What goes back to a browser, and the headers that every answer has.

use crate::console::shown::Shown;
use crate::model::Said;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};

/// How a handler ended.
pub enum Answer {
    Page {
        status: StatusCode,
        html: String,
    },
    /// Go there; what a session's secret becomes, where it changes.
    See {
        to: String,
        session: Option<Session>,
    },
    /// Done: go there, where this is said.
    Done {
        to: String,
        said: Said,
    },
    Shown(Shown),
    Css(&'static str),
    Forbidden,
    Missing,
}

/// What becomes of the browser's session.
pub enum Session {
    Is(String),
    Ends,
}

impl Answer {
    pub fn page(html: String) -> Answer {
        Answer::Page { status: StatusCode::OK, html }
    }

    pub fn see(to: impl Into<String>) -> Answer {
        Answer::See { to: to.into(), session: None }
    }

    pub fn done(to: impl Into<String>, said: Said) -> Answer {
        Answer::Done { to: to.into(), said }
    }
}

const HEADERS: [(HeaderName, &str); 9] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // With no-referrer browsers would send `Origin: null` with our own forms.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// On every answer, whatever it says.
pub fn secured(mut response: Response<Body>, tls: bool) -> Response<Body> {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

pub fn html(status: StatusCode, html: String) -> Response<Body> {
    with(status, "text/html; charset=utf-8", Body::from(html))
}

pub fn with(status: StatusCode, media: &str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Ok(media) = HeaderValue::from_str(media) {
        response.headers_mut().insert(header::CONTENT_TYPE, media);
    }
    response
}

pub fn see(to: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    // An address of ours is ASCII; anything else leads home.
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, to);
    response
}

/// A file to be saved. Browsers take its name as bytes of UTF-8 in percent signs (RFC 8187).
pub fn file(name: &str, media: &str, bytes: Vec<u8>) -> Response<Body> {
    let mut response = with(StatusCode::OK, media, Body::from(bytes));
    let disposition = format!("attachment; filename*=UTF-8''{}", encoded(name));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// An address of this console that somebody may be sent to.
pub fn local(next: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%?=&+".contains(&byte);
    let fits = next.starts_with('/') && !next.starts_with("//") && next.len() < 300 && next.bytes().all(plain);
    if fits && !next.starts_with("/login") { next } else { "/" }
}

/// One part of a path, or a name, in percent signs.
pub fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
