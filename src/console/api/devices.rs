//! ZKTeco attendance devices push their records (ADMS): plain HTTP, no login, known by their serial numbers alone.
//!
//! A device asks how it is to behave, sends lines of its `ATTLOG` table, and asks for commands every half minute, of
//! which there are none. Everything else that it would send (people, fingerprints, photos) is answered and dropped.

use super::answer;
use crate::config::OfficeSource;
use crate::evidence::pushed::attlog;
use crate::model::Timestamp;
use crate::model::time::MINUTE;
use crate::work::{Context, Done, pushed};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{Method, Response, StatusCode};
use axum::routing::any;
use chrono::Offset;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// A device sends some hundred lines at once.
const LARGEST: usize = 4 << 20;
/// A device that only asks is written down so often.
const WRITTEN_EVERY: i64 = 5 * MINUTE;

struct Devices {
    ctx: Arc<Context>,
    /// When each was written down last.
    written: Mutex<HashMap<String, Timestamp>>,
}

type Asked = Query<BTreeMap<String, String>>;

pub(super) fn router(ctx: Arc<Context>) -> Router {
    let devices = Arc::new(Devices { ctx, written: Mutex::default() });
    Router::new()
        .route("/iclock/cdata", any(cdata))
        .route("/iclock/getrequest", any(quiet))
        .route("/iclock/devicecmd", any(quiet))
        .route("/iclock/ping", any(quiet))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(devices)
}

fn text(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    answer(status, "text/plain", body)
}

impl Devices {
    fn source(&self, serial: &str) -> Option<&OfficeSource> {
        self.ctx.config.sources.iter().find(|source| source.devices.iter().any(|known| known == serial))
    }

    /// Whether it is time to write down that a device was there.
    fn is_time(&self, serial: &str) -> bool {
        let now = self.ctx.now();
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.get(serial).is_some_and(|last| (now.0 - last.0).abs() < WRITTEN_EVERY) {
            return false;
        }
        written.insert(serial.to_owned(), now);
        true
    }
}

async fn cdata(State(devices): State<Arc<Devices>>, method: Method, query: Asked, body: Bytes) -> Response<Body> {
    of_known(&devices, &query, async |source, serial| {
        if method != Method::POST {
            let stamp = pushed::stamp(&devices.ctx, source, serial).await?;
            return options(&devices.ctx, source, serial, stamp.as_deref());
        }
        let is = |wanted: &str| query.get("table").is_some_and(|table| table.eq_ignore_ascii_case(wanted));
        if !is("ATTLOG") {
            return Ok("OK: 0".to_owned());
        }
        let sent = attlog(serial, &String::from_utf8_lossy(&body));
        if !sent.refused.is_empty() {
            tracing::warn!(lines = sent.refused.len(), "a device sent lines that are no punches");
        }
        pushed::take(&devices.ctx, source, &format!("device {serial}"), &sent).await?;
        let stamp = query.get("Stamp").filter(|stamp| stamp.len() <= 20 && stamp.bytes().all(|b| b.is_ascii_digit()));
        pushed::heard(&devices.ctx, source, serial, stamp.map(String::as_str), Some(&sent)).await?;
        Ok(format!("OK: {}", sent.items()))
    })
    .await
}

async fn quiet(State(devices): State<Arc<Devices>>, query: Asked) -> Response<Body> {
    of_known(&devices, &query, async |source, serial| {
        if devices.is_time(serial) {
            pushed::heard(&devices.ctx, source, serial, None, None).await?;
        }
        Ok("OK".to_owned())
    })
    .await
}

/// Answers a device that a source names. What fails here is sent again by the device.
async fn of_known(
    devices: &Devices,
    query: &Asked,
    work: impl AsyncFnOnce(&OfficeSource, &str) -> Done<String>,
) -> Response<Body> {
    let serial = query.get("SN").map_or("", String::as_str);
    let Some(source) = devices.source(serial) else {
        tracing::warn!("a device that no source names was refused ([[source]] devices)");
        return text(StatusCode::FORBIDDEN, "unknown device\n");
    };
    match work(source, serial).await {
        Ok(said) => text(StatusCode::OK, said),
        Err(failure) => {
            tracing::error!(%failure, "what a device sent was not taken; it sends it again");
            text(StatusCode::SERVICE_UNAVAILABLE, "later\n")
        }
    }
}

/// How a device is to behave: punches at once, nothing of people, from where it ended.
fn options(ctx: &Context, source: &OfficeSource, serial: &str, stamp: Option<&str>) -> Done<String> {
    let zone = ctx.office(&source.office)?.zone;
    let hours = ctx.now().in_zone(zone).offset().fix().local_minus_utc() / 3600;
    let stamp = stamp.unwrap_or("None");
    Ok(format!(
        "GET OPTION FROM: {serial}\nATTLOGStamp={stamp}\nOPERLOGStamp=9999\nATTPHOTOStamp=9999\nErrorDelay=30\nDelay=30\n\
         TransTimes=00:00;12:00\nTransInterval=1\nTransFlag=TransData AttLog\nTimeZone={hours}\nRealtime=1\nEncrypt=None\n"
    ))
}
