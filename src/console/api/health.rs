//! `/healthz` (the process), `/readyz` (database and lead), `/metrics`: of this machine only, counts and nothing else.

use super::{answer, json_answer};
use crate::store::StoreError;
use crate::work::Context;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::routing::get;
use serde_json::json;
use std::fmt::Write;
use std::sync::Arc;

pub(super) fn router(ctx: Arc<Context>) -> Router {
    Router::new()
        .route("/healthz", get(async || answer(StatusCode::OK, "text/plain", "ok\n")))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(ctx)
}

/// Whether the database answers, and some daemon leads.
async fn ready(State(ctx): State<Arc<Context>>) -> Response<Body> {
    let until = async { ctx.store.read().await?.lease_until("daemon").await }.await;
    let (database, leads) = match until {
        Ok(until) => (true, until.is_some_and(|until| until > ctx.now())),
        Err(error) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            (false, false)
        }
    };
    let status = if database && leads { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json_answer(status, &json!({"database": database, "daemon": leads}))
}

async fn metrics(State(ctx): State<Arc<Context>>) -> Response<Body> {
    match gathered(&ctx).await {
        Ok(text) => answer(StatusCode::OK, "text/plain; version=0.0.4", text),
        Err(error) => {
            tracing::warn!(%error, "no metrics: the database does not answer");
            answer(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "the database does not answer\n")
        }
    }
}

async fn gathered(ctx: &Context) -> Result<String, StoreError> {
    let mut tx = ctx.store.read().await?;
    let mut out = Metrics::default();
    for (kind, state, n) in tx.outbox_counts().await? {
        out.gauge("letters", "Letters by kind and state.", &[("kind", &kind), ("state", &state)], n);
    }
    for (state, reason, n) in tx.inbox_counts().await? {
        out.gauge("mails", "Mails received by state and reason.", &[("state", &state), ("reason", &reason)], n);
    }
    out.gauge("assignments_open", "Assignments that are not closed.", &[], tx.count_open_assignments().await?);
    out.gauge("draws", "Windows that were drawn.", &[], tx.count_draws().await?);
    out.gauge("flags", "Flags that were opened.", &[], tx.count_flags().await?);
    out.gauge("ambiguous_ends", "Letters that were perhaps sent twice.", &[], tx.count_ambiguous().await?);
    let lease = tx.lease_until("daemon").await?.map_or(0, |until| (until.0 - ctx.now().0) / 1000);
    out.gauge("lead_seconds", "Until the lead of some daemon runs out.", &[], lease.max(0));
    for office in &ctx.config.offices {
        let today = ctx.now().day(office.zone);
        let left = ctx.calendar.covered_until(today).map_or(0, |last| (last - today).num_days());
        out.gauge("calendar_days", "Until the calendar ends.", &[("office", office.id.as_str())], left.max(0));
    }
    Ok(out.text)
}

/// The text form of Prometheus.
#[derive(Default)]
struct Metrics {
    text: String,
    last: &'static str,
}

impl Metrics {
    fn gauge(&mut self, name: &'static str, help: &str, labels: &[(&str, &str)], value: i64) {
        if self.last != name {
            let _ = writeln!(self.text, "# HELP spotcheck_{name} {help}\n# TYPE spotcheck_{name} gauge");
            self.last = name;
        }
        let quoted = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}=\"{}\"", quoted(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "spotcheck_{name}{labels} {value}");
    }
}
