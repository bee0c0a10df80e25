//! What a browser sends: addresses, cookies, fields, files.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use std::collections::BTreeMap;

/// Most bytes of a form.
pub const FORM: usize = 64 * 1024;
/// Most bytes of a form with files.
pub const UPLOAD: usize = 64 * 1024 * 1024;
/// Most fields and files.
const PARTS: usize = 500;

/// The fields of a form, in their order.
#[derive(Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    /// Field, name of the file, bytes. A file that was not chosen is none.
    pub files: Vec<(String, String, Vec<u8>)>,
}

impl Form {
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// A field that was filled in.
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// Everything that was chosen of several.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The body of a request, as fields; files only where they are `wanted`.
    pub async fn read(request: Request, wanted: bool) -> Result<Form, StatusCode> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") && wanted {
            return Form::parts(request).await;
        }
        if !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let body = to_bytes(request.into_body(), FORM).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let fields: Vec<_> = form_urlencoded::parse(&body).into_owned().take(PARTS + 1).collect();
        if fields.len() > PARTS {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Ok(Form { fields, files: Vec::new() })
    }

    async fn parts(request: Request<Body>) -> Result<Form, StatusCode> {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| StatusCode::BAD_REQUEST)?;
        let mut form = Form::default();
        while let Some(part) = parts.next_field().await.map_err(|error| error.status())? {
            if form.fields.len() + form.files.len() >= PARTS {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(last_part);
            let bytes = part.bytes().await.map_err(|error| error.status())?;
            match file {
                Some(file) if file.is_empty() && bytes.is_empty() => {}
                Some(file) => form.files.push((name, file, bytes.to_vec())),
                None if bytes.len() > FORM => return Err(StatusCode::PAYLOAD_TOO_LARGE),
                None => form.fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        Ok(form)
    }
}

/// A browser may send a path; nothing is ever written under this name.
fn last_part(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(120).collect()
}

/// What follows the question mark; of a name that comes twice the last counts.
pub fn query(text: Option<&str>) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.unwrap_or_default().as_bytes()).into_owned().take(PARTS).collect()
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|one| one.trim().strip_prefix(name)?.strip_prefix('='))
}
