//! What happened in a window, for the desk: sealed, drawn, handed out; or why not.

use super::void::void_reason;
use super::windows::damaged;
use super::{Context, Done};
use crate::draw::Frame;
use crate::model::{Kind, Line, Said, WindowId};
use crate::said;
use crate::words::states::{line_state, origin as origin_said};
use serde_json::{Value, json};

/// One window as it stands. Before its draw nothing of the list exists, so nothing of it is shown.
pub async fn window(ctx: &Context, id: &WindowId) -> Done<Option<(Value, Vec<Said>)>> {
    let mut tx = ctx.store.read().await?;
    let office = ctx.office(&id.office)?;
    let void = tx.voids(&id.office).await?.into_iter().find(|v| v.window == id.to_string());
    let Some(seal) = tx.seal(id).await? else {
        return Ok(void.map(|v| {
            let why = void_reason(&v.reason);
            let page = vec![Said::new(format!("{id}: void: {}", why.en), format!("{id}：作废：{}", why.zh))];
            (json!({"window": id.to_string(), "state": "void", "reason": v.reason}), page)
        }));
    };
    let frame = tx.blob(&seal.frame).await?.ok_or_else(|| damaged("frame"))?;
    let frame = Frame::decode(&frame).map_err(crate::model::Trouble::new)?;
    let (root, places, t) = (seal.root, seal.places, seal.chain_index);
    let sealed_at = seal.sealed_at.rfc3339(office.zone);
    let mut page = vec![said!(
        "{id}: sealed {sealed_at}, {places} places, root {root}, link {t}",
        "{id}：{sealed_at}封存，{places}个地点，根{root}，密钥链第{t}环"
    )];
    for reason in crate::draw::Reason::ALL {
        let count = frame.rows().iter().filter(|row| row.reason == Some(reason)).count();
        if count > 0 {
            let why = reason.said();
            page.push(Said::new(format!("  {count} × {}", why.en), format!("  {count} × {}", why.zh)));
        }
    }
    if let Some(void) = void {
        let why = void_reason(&void.reason);
        page.push(Said::new(format!("void: {}", why.en), format!("作废：{}", why.zh)));
        return Ok(Some((
            json!({"window": id.to_string(), "state": "void", "reason": void.reason, "root": root.hex()}),
            page,
        )));
    }
    let Some(draw) = tx.draw(id).await? else {
        let at = seal.draw_at.rfc3339(office.zone);
        page.push(said!("not drawn yet: the draw is at {at}", "尚未抽取：{at}抽取"));
        return Ok(Some((
            json!({"window": id.to_string(), "state": "sealed", "root": root.hex(), "draw_at": at}),
            page,
        )));
    };
    let drawn_at = draw.drawn_at.rfc3339(office.zone);
    page.push(said!("drawn {drawn_at}", "{drawn_at}抽取"));
    let mut rows = Vec::new();
    for line in tx.lines_of_window(id).await? {
        let detail: Option<Line> = line.detail.as_deref().and_then(|d| serde_json::from_str(d).ok());
        let name = detail.as_ref().map(|d| d.village.both()).unwrap_or_default();
        let kind = match line.kind {
            Kind::Visit => said!("visit", "走访"),
            Kind::Call => said!("call", "电话"),
        };
        let (place, assignment, code) =
            (&line.place, line.assignment.as_deref().unwrap_or("-"), line.code.as_deref().unwrap_or("-"));
        let (minute, state) = (line.minute, line_state(line.state.as_deref().unwrap_or("open")));
        let origin = origin_said(&line.origin);
        let chance = |p: i64| 100.0 * p as f64 / crate::draw::Chance::ONE.get() as f64;
        let (visit, call) = (chance(line.p_visit), chance(line.p_call));
        page.push(Said::new(
            format!("  {} {place} {name}: {assignment} {code}, minute {minute}, chance of a visit {visit:.2} %, of a call {call:.2} %, ticket {}, {}, {}", kind.en, line.ticket, origin.en, state.en),
            format!("  {} {place} {name}：{assignment} {code}，第{minute}分钟，走访概率{visit:.2}%，电话概率{call:.2}%，签号{}，{}，{}", kind.zh, line.ticket, origin.zh, state.zh),
        ));
        rows.push(json!({
            "place": place, "kind": line.kind, "origin": line.origin, "ticket": line.ticket, "minute": minute,
            "p_visit": line.p_visit, "p_call": line.p_call, "assignment": line.assignment, "line": line.code, "state": line.state,
        }));
    }
    let deals: Value = serde_json::from_str(&draw.deals).unwrap_or_default();
    let shown = json!({"window": id.to_string(), "state": "drawn", "root": root.hex(), "drawn_at": drawn_at, "list": draw.list_mac, "deals": deals, "lines": rows});
    Ok(Some((shown, page)))
}
