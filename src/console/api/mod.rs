//! Doors for programs, each on an address of its own and closed unless the configuration names it: `punches` takes
//! records as JSON, `devices` hears attendance devices, `health` says how the daemon does. No page and no session
//! is behind them, and nothing that was drawn.

mod devices;
mod health;
mod punches;

use super::connections;
use crate::config::Api;
use crate::model::Trouble;
use crate::work::Context;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What this configuration opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Punches,
    Devices,
    Health,
}

impl Door {
    pub const ALL: [Door; 3] = [Door::Punches, Door::Devices, Door::Health];

    fn address(self, api: &Api) -> Option<SocketAddr> {
        match self {
            Door::Punches => api.listen,
            Door::Devices => api.devices,
            Door::Health => api.health,
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Door::Punches => "api.listen",
            Door::Devices => "api.devices",
            Door::Health => "api.health",
        }
    }

    fn router(self, ctx: Arc<Context>) -> axum::Router {
        match self {
            Door::Punches => punches::router(ctx),
            Door::Devices => devices::router(ctx),
            Door::Health => health::router(ctx),
        }
    }
}

/// Opens what the configuration names, until `stopped` says so.
pub async fn serve(ctx: Arc<Context>, stopped: watch::Receiver<bool>) {
    let mut doors = tokio::task::JoinSet::new();
    for door in Door::ALL {
        let Some(address) = door.address(&ctx.config.api) else { continue };
        let (router, mut stopped) = (door.router(Arc::clone(&ctx)), stopped.clone());
        doors.spawn(connections::open(router, address, door.setting(), async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        }));
    }
    doors.join_all().await;
}

/// One of them, on what is listened on already.
pub async fn listen(ctx: Arc<Context>, door: Door, listener: TcpListener, stop: impl Future<Output = ()>) {
    connections::answer(door.router(ctx), listener, stop).await;
}

fn answer(status: StatusCode, media: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Body> {
    answer(status, "application/json", value.to_string())
}

fn refused(status: StatusCode, trouble: &Trouble) -> Response<Body> {
    json_answer(status, &json!({"error": told(trouble)}))
}

fn told(trouble: &Trouble) -> Value {
    json!({"field": trouble.field, "en": trouble.said.en, "zh": trouble.said.zh})
}
