//! What happened to a place in one window: its chance as sealed, its ticket after the draw and never
//! before, and why this inspector went and not that one (DRAW 2, 6).

use super::calls::told;
use super::explain::{Explained, contributions, frame, indented, shown_row, signals_for, why_row};
use super::redeal::rounds_of;
use super::void::void_reason;
use super::windows::damaged;
use super::{Context, Done, Failure, generation, photos};
use crate::draw::bundle::RedealLine;
use crate::draw::why::{self, PoolDeal};
use crate::draw::why_again::WhyAgain;
use crate::draw::{Contribution, Field, Frame, Hand, Label, Row, Seed};
use crate::model::{InspectorId, Kind, PlaceId, Said, Trouble, WindowId, sha};
use crate::plan::SealedDuty;
use crate::said;
use crate::store::{DrawRow, LineRow, SealRow, Tx};
use crate::words::states::{line_state, origin};
use serde::Deserialize;
use serde_json::{Value, json};

/// The deals of a window, as they were written at its draw.
#[derive(Deserialize, Default)]
struct Deals {
    visits: Vec<StoredDeal>,
    calls: Vec<StoredDeal>,
}

#[derive(Deserialize)]
struct StoredDeal {
    pool: String,
    first: StoredHand,
    second: Option<StoredHand>,
}

#[derive(Deserialize)]
struct StoredHand {
    attempt: Option<u32>,
    pairs: Vec<(PlaceId, InspectorId)>,
}

impl From<StoredHand> for Hand {
    fn from(stored: StoredHand) -> Hand {
        Hand { attempt: stored.attempt, pairs: stored.pairs }
    }
}

/// # Errors
/// A window that was never sealed, or a place that is not in its frame.
pub async fn window(ctx: &Context, place: &PlaceId, id: &WindowId, inspector: Option<&InspectorId>) -> Done<Explained> {
    let mut tx = ctx.store.read().await?;
    let office = ctx.office(&id.office)?;
    let seal = tx.seal(id).await?.ok_or_else(|| never_sealed(id))?;
    let frame = frame(&mut tx, &seal.frame).await?;
    let row = frame.row(place).ok_or_else(|| not_in_frame(id, place))?;
    let generations = generation::all(&mut tx, &id.programme, &id.office).await?;
    let terms = generations.into_iter().find(|terms| terms.generation == seal.generation);
    let terms = terms.ok_or_else(|| damaged("programme seal"))?;
    let reasons = match ctx.config.programmes.iter().find(|p| p.id == id.programme) {
        Some(programme) => {
            let signals = signals_for(ctx, &mut tx, programme, office, &terms.risk, id.day).await?;
            contributions(&terms.risk, &signals, row)
        }
        None => Vec::<Contribution>::new(),
    };
    let sealed_at = seal.sealed_at.rfc3339(office.zone);
    let (visit, call) = (row.visit, row.call);
    let mut page = vec![said!(
        "{place} in {id}, as sealed {sealed_at}: a visit {visit}, a call {call}",
        "{place}，{id}，{sealed_at}封存：走访概率{visit}，电话概率{call}"
    )];
    page.extend(why_row(&terms.policy().map_err(Trouble::new)?, row, &reasons));
    let mut json = shown_row(row, &reasons);
    json["window"] = json!(id);
    json["place"] = json!(place);
    let duty = duty(&mut tx, &seal).await?;
    let announced = duty.announced.contains(place);
    json["announced"] = json!(announced);
    if announced {
        page.push(indented(said!(
            "an announced visit, because the rule's number was not reached by chance: not part of estimates",
            "事先通知的走访，用于补足规定次数：不计入推算"
        )));
    }
    let mut answer = Explained { page, json };
    let void = tx.voids(&id.office).await?.into_iter().find(|v| v.window == id.to_string());
    match (void, tx.draw(id).await?) {
        (Some(void), _) => answer.void(&void.reason),
        (None, Some(draw)) => {
            let line = tx.lines_of_window(id).await?.into_iter().find(|line| line.place == *place);
            answer.drawn(row, &draw, line.as_ref())?;
            let kind = line.as_ref().map_or(Kind::Visit, |line| line.kind);
            let deal = pool_deal(&frame, row, &duty, Some(&draw), kind)?;
            let now = holder(&mut tx, line.as_ref()).await?;
            answer.inspectors(place, &deal, inspector, now.as_ref());
            answer.dealt_again(place, &deal, inspector, &rounds_of(&mut tx, id).await?);
            let photos = match line.as_ref().and_then(|line| Some((line.assignment.as_ref()?, line.code.as_ref()?))) {
                Some((assignment, code)) if kind == Kind::Visit => {
                    tx.photos_of_line(&assignment.parse().map_err(Trouble::new)?, code).await?
                }
                _ => Vec::new(),
            };
            for photo in &photos {
                let fit = photos::said(photo);
                answer.page.push(indented(Said::new(format!("photo: {}", fit.en), format!("照片：{}", fit.zh))));
            }
            if kind == Kind::Visit {
                answer.json["photos"] = photos.iter().map(photos::form).collect();
            }
            if kind == Kind::Call {
                let (tries, rows) = told::explained(&mut tx, (id, place), office.zone).await?;
                answer.page.extend(tries.into_iter().map(indented));
                answer.json["tries"] = rows;
            }
        }
        (None, None) => {
            let at = seal.draw_at.rfc3339(office.zone);
            answer.json["state"] = json!("sealed");
            answer.page.push(indented(said!(
                "not drawn yet: the draw is at {at}; before it nobody has a ticket, the machine included",
                "尚未抽取：{at}抽取；此前任何人（包括本机）都没有签号"
            )));
            if let Some(inspector) = inspector {
                let deal = pool_deal(&frame, row, &duty, None, Kind::Visit)?;
                answer.inspectors(place, &deal, Some(inspector), None);
            }
        }
    }
    Ok(answer)
}

fn never_sealed(id: &WindowId) -> Failure {
    Failure::from(Trouble::new(said!(
        "the window {id} was not sealed: `spotcheck explain PLACE --day {}` shows what it would be",
        "时段{id}未封存：可用“spotcheck explain 地点 --day {}”查看预计情况",
        id.day
    )))
}

fn not_in_frame(id: &WindowId, place: &PlaceId) -> Failure {
    Failure::from(Trouble::new(said!(
        "the place “{place}” is not in the frame of {id}: it was not in the register then, or the programme draws the other kind of place",
        "{id}的抽样框中没有“{place}”：当时未登记，或该项目抽取的是另一类地点"
    )))
}

async fn duty(tx: &mut Tx, seal: &SealRow) -> Done<SealedDuty> {
    let bytes = tx.blob(&seal.duty).await?.ok_or_else(|| damaged("duty list"))?;
    serde_json::from_slice(&bytes).map_err(|_| damaged("duty list"))
}

/// The pool of a place: who was on duty and barred there, and what was dealt.
fn pool_deal(frame: &Frame, row: &Row, duty: &SealedDuty, draw: Option<&DrawRow>, kind: Kind) -> Done<PoolDeal> {
    let name = frame.pool_of(row);
    let Some(pool) = duty.pools.iter().find(|pool| pool.name == name) else { return Ok(PoolDeal::default()) };
    let deals: Deals = match draw {
        Some(draw) => serde_json::from_str(&draw.deals).map_err(|_| damaged("draw"))?,
        None => Deals::default(),
    };
    let (slots, deals, dealt_as) = match kind {
        Kind::Visit => (&pool.visits, deals.visits, name.to_owned()),
        Kind::Call => (&pool.calls, deals.calls, format!("calls/{name}")),
    };
    let dealt = deals.into_iter().find(|deal| deal.pool == dealt_as);
    let hands = dealt.map(|deal| std::iter::once(deal.first).chain(deal.second).map(Hand::from).collect());
    Ok(PoolDeal { pool: dealt_as, slots: slots.clone(), bars: pool.bars.clone(), hands: hands.unwrap_or_default() })
}

/// Who has the line now.
async fn holder(tx: &mut Tx, line: Option<&LineRow>) -> Done<Option<InspectorId>> {
    let Some(id) = line.and_then(|line| line.assignment.as_deref()) else { return Ok(None) };
    let assignment = tx.assignment(&id.parse().map_err(Trouble::new)?).await?;
    Ok(assignment.map(|assignment| assignment.inspector))
}

impl Explained {
    fn void(&mut self, reason: &str) {
        let why = void_reason(reason);
        self.page.push(indented(Said::new(format!("void: {}", why.en), format!("作废：{}", why.zh))));
        self.json["state"] = json!("void");
        self.json["void"] = json!(reason);
    }

    fn drawn(&mut self, row: &Row, draw: &DrawRow, line: Option<&LineRow>) -> Done<()> {
        let seed = sha::from_hex(&draw.seed).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let seed = Seed::from_bytes(seed.ok_or_else(|| damaged("draw"))?);
        let ticket = seed.ticket(Label::Ticket, Field::from(&row.id));
        self.page.push(indented(why::ticket(ticket, row.visit, row.call)));
        self.json["state"] = json!("drawn");
        self.json["ticket"] = json!(ticket.to_string());
        self.json["line"] = Value::Null;
        let Some(line) = line else { return Ok(()) };
        let kind = match line.kind {
            Kind::Visit => said!("a visit", "走访"),
            Kind::Call => said!("a call", "电话"),
        };
        let (how, state) = (origin(&line.origin), line_state(line.state.as_deref().unwrap_or("open")));
        self.page.push(indented(Said::new(
            format!("became {}: {}; {}", kind.en, how.en, state.en),
            format!("安排为{}：{}；{}", kind.zh, how.zh, state.zh),
        )));
        self.json["line"] = json!({
            "kind": line.kind, "origin": line.origin, "state": line.state, "assignment": line.assignment,
            "line": line.code, "minute": line.minute,
        });
        Ok(())
    }

    /// Who goes and why; where one inspector is asked for, why that one does or does not.
    fn inspectors(&mut self, place: &PlaceId, deal: &PoolDeal, asked: Option<&InspectorId>, now: Option<&InspectorId>) {
        let dealt: Vec<InspectorId> = deal.inspectors_of(place).into_iter().cloned().collect();
        let mut told: Vec<&InspectorId> = dealt.iter().collect();
        told.extend(asked.filter(|asked| !dealt.contains(asked)));
        let mut answers = Vec::new();
        for inspector in told {
            let why = deal.why(place, inspector);
            let said = why.said();
            self.page
                .push(indented(Said::new(format!("{inspector} {}", said.en), format!("{inspector}：{}", said.zh))));
            answers.push(json!({"inspector": inspector, "why": why.code(), "en": said.en, "zh": said.zh}));
        }
        if let Some(now) = now.filter(|now| !dealt.is_empty() && !dealt.contains(now)) {
            self.page.push(indented(said!(
                "dealt again since: {now} has it now, because an inspector fell out after the seal",
                "封存后有检查员不能前往，已重新分派：现由{now}负责"
            )));
        }
        self.json["pool"] = json!(deal.pool);
        self.json["inspectors"] = json!(answers);
        self.json["now"] = json!(now);
    }

    /// What later deals changed at the place, for those who had it, those who got it and whoever is asked for.
    fn dealt_again(&mut self, place: &PlaceId, deal: &PoolDeal, asked: Option<&InspectorId>, rounds: &[RedealLine]) {
        let mut goes: Vec<InspectorId> = deal.inspectors_of(place).into_iter().cloned().collect();
        let mut answers = Vec::new();
        for round in rounds {
            let Some((_, _, now)) = round.lines.iter().find(|(at, ..)| at == place) else { continue };
            let mut told: Vec<&InspectorId> = goes.iter().chain(now).chain(asked).collect();
            told.sort_unstable();
            told.dedup();
            for inspector in told {
                let had = goes.contains(inspector);
                let Some(why) = WhyAgain::of(round, &deal.pool, place, inspector, had) else { continue };
                let said = why.said();
                self.page
                    .push(indented(Said::new(format!("{inspector} {}", said.en), format!("{inspector}：{}", said.zh))));
                answers.push(json!({
                    "inspector": inspector, "round": round.round, "why": why.code(), "en": said.en, "zh": said.zh,
                }));
            }
            goes.clone_from(now);
        }
        self.json["dealt_again"] = json!(answers);
    }
}
