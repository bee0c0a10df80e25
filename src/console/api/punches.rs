//! `POST /api/v1/punches`: punches of one source, as JSON, by the token that was made for it.

use super::{answer, json_answer, refused, told};
use crate::evidence::pushed::{Pushed, json};
use crate::model::{Sha256, Trouble};
use crate::said;
use crate::store::TokenRow;
use crate::work::pushed::{self, Before, Taken, answered, remember};
use crate::work::{Context, Done, Failure, tokens};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::sync::Arc;

/// A thousand punches take a tenth of it.
const LARGEST: usize = 1 << 20;
const LONGEST_KEY: usize = 128;
const OPENAPI: &str = include_str!("openapi.json");

pub(super) fn router(ctx: Arc<Context>) -> Router {
    Router::new()
        .route("/api/v1/punches", post(take))
        .route("/api/v1/openapi.json", get(async || answer(StatusCode::OK, "application/json", OPENAPI)))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(ctx)
}

async fn take(State(ctx): State<Arc<Context>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let response = match answer_to(&ctx, &headers, &body).await {
        Ok(response) => response,
        Err(Failure::Trouble(trouble)) => refused(StatusCode::UNPROCESSABLE_ENTITY, &trouble),
        Err(failure) => {
            tracing::error!(%failure, "punches were not taken");
            let trouble = Trouble::new(said!(
                "nothing was taken, and the fault is here: send it again later",
                "未接收，原因在本系统：请稍后重新发送"
            ));
            refused(StatusCode::SERVICE_UNAVAILABLE, &trouble)
        }
    };
    tracing::info!(status = response.status().as_u16(), "punches handed in");
    response
}

async fn answer_to(ctx: &Context, headers: &HeaderMap, body: &[u8]) -> Done<Response<Body>> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token = match bearer {
        Some(secret) => tokens::of(ctx, secret.trim()).await?,
        None => None,
    };
    let Some(token) = token else {
        let said =
            said!("this needs a token that holds: Authorization: Bearer …", "须提供有效令牌：Authorization: Bearer …");
        let mut response = refused(StatusCode::UNAUTHORIZED, &Trouble::new(said));
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return Ok(response);
    };
    let key = match headers.get("idempotency-key").map(|key| key.to_str()) {
        None => None,
        Some(Ok(key)) if (1..=LONGEST_KEY).contains(&key.len()) => Some(key),
        Some(_) => {
            let said =
                said!("expected at most {LONGEST_KEY} plain characters", "此处应为不超过{LONGEST_KEY}个的普通字符");
            return Ok(refused(StatusCode::BAD_REQUEST, &Trouble::new(said).in_field("Idempotency-Key")));
        }
    };
    let sha = Sha256::of(body);
    if let Some(key) = key {
        match answered(ctx, &token.id, key, &sha).await? {
            Before::Never => {}
            Before::Answered(before) if all_taken(&before) => {
                return Ok(answer(StatusCode::OK, "application/json", before));
            }
            // What was rejected is looked at again: the register may have been put right since.
            Before::Answered(_) => {}
            Before::Other => {
                let said = said!(
                    "another request had this key: each takes a new one, and only the same request may use it again",
                    "该标识已用于另一请求：每个请求应使用新的标识，仅重发同一请求时可重复使用"
                );
                return Ok(refused(StatusCode::CONFLICT, &Trouble::new(said).in_field("Idempotency-Key")));
            }
        }
    }
    let pushed = match json(body) {
        Ok(pushed) => pushed,
        Err(trouble) => return Ok(refused(StatusCode::BAD_REQUEST, &trouble)),
    };
    let said = taken(ctx, &token, &pushed).await?;
    if let Some(key) = key {
        remember(ctx, &token.id, key, &sha, &said.to_string()).await?;
    }
    Ok(json_answer(StatusCode::OK, &said))
}

fn all_taken(answer: &str) -> bool {
    serde_json::from_str::<Value>(answer).is_ok_and(|before| before["rejected"] == 0)
}

async fn taken(ctx: &Context, token: &TokenRow, push: &Pushed) -> Done<Value> {
    let source = ctx.config.sources.iter().find(|one| one.source.id == token.source && one.office == token.office);
    let source = source.ok_or_else(|| {
        let id = &token.source;
        Trouble::new(said!(
            "the source “{id}” of this token is no longer in the configuration",
            "此令牌所属来源“{id}”已不在配置中"
        ))
    })?;
    let Taken { imported, covered } = pushed::take(ctx, source, &format!("api {}", token.id), push).await?;
    let mut results: Vec<Option<Value>> = vec![None; push.items()];
    let mut reject = |place: usize, trouble: &Trouble| {
        if let Some(result) = results.get_mut(place) {
            let told = told(trouble);
            *result = Some(json!({"index": place, "status": "rejected", "reason": told}));
        }
    };
    push.refused.iter().for_each(|(place, trouble)| reject(*place, trouble));
    for one in imported.iter().flat_map(|imported| &imported.rejects) {
        if let Some(place) = one.trouble.row.and_then(|row| push.place(row)) {
            reject(place, &one.trouble);
        }
    }
    let rejected = results.iter().flatten().count();
    let accepted = results.len() - rejected;
    let results: Vec<Value> = (0..)
        .zip(results)
        .map(|(index, result)| result.unwrap_or_else(|| json!({"index": index, "status": "accepted"})))
        .collect();
    let covers = covered.map(|covered| {
        let waits = covered.warnings.first().map(told);
        json!({"complete": covered.complete, "waits": waits})
    });
    let batch = imported.map(|imported| imported.batch);
    Ok(json!({"accepted": accepted, "rejected": rejected, "batch": batch, "covers": covers, "results": results}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_json_and_names_the_fields_that_are_read() {
        let openapi: Value = serde_json::from_str(OPENAPI).unwrap();
        assert_eq!(openapi["openapi"], "3.1.0");
        let punch = &openapi["components"]["schemas"]["Punch"]["properties"];
        let fields: Vec<&String> = punch.as_object().unwrap().keys().collect();
        let all = fields.iter().map(|field| match field.as_str() {
            "in_range" => format!("\"{field}\": true"),
            _ => format!("\"{field}\": \"x\""),
        });
        let body = format!("{{\"punches\": [{{{}}}]}}", all.collect::<Vec<_>>().join(", "));
        assert_eq!(json(body.as_bytes()).unwrap().refused, []);
        assert_eq!(fields.len(), 6);
    }
}
