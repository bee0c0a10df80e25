//! The doors for programs, over HTTP on this machine: punches as JSON, devices that push, health and metrics.

#![cfg(test)]

mod devices;
mod health;
#[expect(dead_code, reason = "written for imports of files: not all of it is used here")]
#[path = "../imports/office.rs"]
mod office;
mod punches;

use office::Office;
use spotcheck::console::api::{Door, listen};
use spotcheck::model::Timestamp;
use spotcheck::work::Context;
use std::sync::Arc;
use tokio::net::TcpListener;

/// A door of an office, open for as long as this lives.
pub struct Open {
    pub ctx: Arc<Context>,
    pub url: String,
    agent: ureq::Agent,
    _folder: tempfile::TempDir,
    _stop: tokio::sync::oneshot::Sender<()>,
}

pub struct Said {
    pub status: u16,
    pub body: String,
    pub authenticate: Option<String>,
}

impl Said {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

impl Open {
    pub async fn new(door: Door, office: Office) -> Open {
        let Office { ctx, folder } = office;
        let ctx = Arc::new(ctx);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        tokio::spawn(listen(Arc::clone(&ctx), door, listener, async move { drop(stopped.await) }));
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Open { ctx, url, agent, _folder: folder, _stop: stop }
    }

    pub async fn get(&self, path: &str) -> Said {
        let (agent, url) = (self.agent.clone(), format!("{}{path}", self.url));
        tokio::task::spawn_blocking(move || said(agent.get(url).call().unwrap())).await.unwrap()
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Said {
        let mut request = self.agent.post(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.into();
        tokio::task::spawn_blocking(move || said(request.send(&body[..]).unwrap())).await.unwrap()
    }

    /// Sets the clock: `2026-04-01 10:00`, of the office.
    pub fn at(&self, text: &str) {
        self.ctx.clock.set(Timestamp::parse(&format!("{}:00+08:00", text.replace(' ', "T"))).unwrap());
    }

    /// `2026-03-31..2026-03-31`, or with `?` where a person is asked first.
    pub async fn covering(&self) -> Vec<String> {
        let batches = self.ctx.store.read().await.unwrap().batches().await.unwrap();
        let batches = batches.iter().filter_map(|row| row.batch().unwrap());
        batches.map(|b| format!("{}..{}{}", b.covers_from, b.covers_to, if b.complete { "" } else { "?" })).collect()
    }

    pub async fn punches(&self, official: &str) -> usize {
        let mut tx = self.ctx.store.read().await.unwrap();
        tx.punches_of(&[official].into(), Timestamp(0), Timestamp(i64::MAX)).await.unwrap().len()
    }
}

fn said(mut response: ureq::http::Response<ureq::Body>) -> Said {
    let authenticate = response.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
    Said { status: response.status().as_u16(), body: response.body_mut().read_to_string().unwrap(), authenticate }
}
