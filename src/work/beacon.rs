//! The beacon of a window: what its seal awaits, where it comes from, and the desk that enters one.
//!
//! Whatever the rule, a beacon is fixed in a row of its own before anything is computed from it, and a
//! row that is there is never replaced: a wrong entry is never corrected (DRAW 3).

use super::post::at_clock;
use super::seal::SEAL_BEFORE_BEACON;
use super::signed::signed;
use super::windows::damaged;
use super::{Context, Done, generation};
use crate::beacon::{Fetched, PATIENCE, Servers};
use crate::config::{BeaconSettings, Office};
use crate::draw::beacon::{AtSeal, Drand, Lottery, LotteryDraw};
use crate::draw::{Beacon, BeaconRule, Terms};
use crate::files;
use crate::model::{Timestamp, Trouble, WindowId};
use crate::said;
use crate::store::{BeaconRow, SealRow};
use chrono::NaiveDateTime;
use chrono_tz::Tz;

/// A beacon that came, and the signature that proves it where it comes from a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obtained {
    pub beacon: String,
    pub proof: Option<String>,
}

/// What a window waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    pub rule: BeaconRule,
    pub prefix: String,
    pub draw_at: Timestamp,
    /// Before this the digest may be unread: no beacon counts.
    pub earliest: Timestamp,
    /// Since when the beacon is there.
    pub there: Option<Timestamp>,
}

/// The rule that a programme's seal fixes, from the settings.
pub fn rule(settings: &BeaconSettings) -> BeaconRule {
    match settings {
        BeaconSettings::Local => BeaconRule::Local,
        BeaconSettings::Second { anchor } => BeaconRule::Second { anchor: *anchor },
        BeaconSettings::Drand(drand) => BeaconRule::Drand(match &drand.network {
            None => Drand::quicknet(),
            Some(other) => Drand {
                chain: other.chain,
                public_key: other.public_key.clone(),
                genesis: i64::from(other.genesis),
                period: other.period,
            },
        }),
        BeaconSettings::Manual(manual) => BeaconRule::Manual(Lottery {
            lottery: manual.lottery.clone(),
            pattern: manual.pattern.clone(),
            bits: manual.bits,
        }),
    }
}

/// What the beacon of a window must begin with: fixed in the window's seal, so that nobody can choose.
///
/// # Errors
/// The rule cannot be relied on, or no draw of the lottery is listed in time.
pub fn prefix(ctx: &Context, office: &Office, terms: &Terms, window: &AwaitingSeal<'_>) -> Done<String> {
    let draws = match &terms.beacon {
        BeaconRule::Manual(_) => listed_draws(ctx, window.id, office.zone)?,
        _ => Vec::new(),
    };
    let digest_at = digest_at(office, window.sealed_at, window.draw_at);
    let at_seal = AtSeal { t: window.t, draw_at: window.draw_at, digest_at, draws: &draws };
    Ok(terms.beacon.prefix(&at_seal).map_err(|said| Trouble::new(said).in_field(window.id.to_string()))?)
}

/// A window while it is sealed.
#[derive(Debug, Clone, Copy)]
pub struct AwaitingSeal<'a> {
    pub id: &'a WindowId,
    pub t: u32,
    pub draw_at: Timestamp,
    pub sealed_at: Timestamp,
}

/// When the digest with a window's root goes out: at its hour, or at once where the seal is later than
/// the evening before.
fn digest_at(office: &Office, sealed_at: Timestamp, draw_at: Timestamp) -> Timestamp {
    let hour = at_clock(office, sealed_at.day(office.zone), office.digest_at);
    if sealed_at <= hour && hour < draw_at { hour } else { sealed_at }
}

/// Gets the beacon of a window whose time has come. `None`: it is not there yet, and the same one is
/// asked for again later. What a person enters stands in its row already.
///
/// # Errors
/// The system gave no random bytes, or the seal cannot be read.
pub async fn obtain(ctx: &Context, terms: &Terms, seal: &SealRow, now: Timestamp) -> Done<Option<Obtained>> {
    let id = &seal.window.id;
    match &terms.beacon {
        BeaconRule::Local => {
            let beacon = Beacon::Local(ctx.entropy.bytes("beacon", &id.to_string())?).to_string();
            Ok(Some(Obtained { beacon, proof: None }))
        }
        BeaconRule::Second { .. } | BeaconRule::Manual(_) => Ok(None),
        BeaconRule::Drand(_) if now < seal.draw_at => Ok(None),
        BeaconRule::Drand(network) => {
            fetch(servers(ctx, id), network.clone(), seal.beacon_prefix.clone(), seal.draw_at).await
        }
    }
}

/// The configured servers, or the public ones where the programme has another rule by now.
fn servers(ctx: &Context, window: &WindowId) -> Servers {
    let mut programmes = ctx.config.programmes.iter();
    let urls =
        programmes.find(|p| p.id == window.programme && p.office == window.office).and_then(|p| match &p.beacon {
            BeaconSettings::Drand(drand) => Some(drand.urls.clone()),
            _ => None,
        });
    Servers { urls: urls.unwrap_or_else(crate::config::beacon::public_servers), patience: PATIENCE }
}

async fn fetch(servers: Servers, network: Drand, prefix: String, draw_at: Timestamp) -> Done<Option<Obtained>> {
    let round = network.round_at(draw_at);
    let chain = network.chain.hex();
    let genuine = network.clone();
    let asked = tokio::task::spawn_blocking(move || {
        servers.fetch(&chain, round, |given| {
            genuine.randomness(round, &given.signature).is_ok_and(|randomness| randomness.hex() == given.randomness)
        })
    });
    // The task ends early only when the program does.
    let Ok(fetched) = asked.await else { return Ok(None) };
    match fetched {
        Fetched::Here(given) => {
            let beacon = format!("{prefix}{}", given.randomness);
            let rule = BeaconRule::Drand(network);
            rule.check(&prefix, &beacon, Some(&given.signature)).map_err(Trouble::new)?;
            Ok(Some(Obtained { beacon, proof: Some(given.signature) }))
        }
        Fetched::NotYet => {
            tracing::warn!(round, "the round of drand is not there yet");
            Ok(None)
        }
        Fetched::Down(faults) => {
            let faults: Vec<String> = faults.into_iter().map(|fault| fault.said().en).collect();
            tracing::warn!(round, ?faults, "no server gave the round of drand; it is asked for again");
            Ok(None)
        }
    }
}

/// Fixes a beacon in a transaction of its own; where another daemon was faster, its beacon counts.
pub async fn keep(ctx: &Context, window: &WindowId, obtained: &Obtained, now: Timestamp) -> Done<String> {
    let mut tx = ctx.store.begin().await?;
    match tx.add_beacon(window, &row(obtained, None, now)).await {
        Ok(()) => tx.commit().await?,
        Err(e) if e.is_duplicate() => {
            drop(tx);
            let row = ctx.store.read().await?.beacon(window).await?;
            return Ok(row.ok_or_else(|| damaged("beacon"))?.beacon);
        }
        Err(other) => return Err(other.into()),
    }
    Ok(obtained.beacon.clone())
}

fn row(obtained: &Obtained, entered_by: Option<&str>, at: Timestamp) -> BeaconRow {
    let Obtained { beacon, proof } = obtained.clone();
    BeaconRow { beacon, proof, entered_by: entered_by.map(str::to_owned), at }
}

/// What a window awaits; `None` where it was not sealed.
pub async fn awaited(ctx: &Context, window: &WindowId) -> Done<Option<Awaited>> {
    let office = ctx.office(&window.office)?;
    let mut tx = ctx.store.read().await?;
    let Some(seal) = tx.seal(window).await? else { return Ok(None) };
    let terms = generation::of(&mut tx, &seal).await?;
    let there = tx.beacon(window).await?.map(|row| row.at);
    drop(tx);
    Ok(Some(Awaited {
        prefix: seal.beacon_prefix,
        rule: terms.beacon,
        draw_at: seal.draw_at,
        earliest: digest_at(office, seal.sealed_at, seal.draw_at).plus(SEAL_BEFORE_BEACON),
        there,
    }))
}

/// Enters the beacon that a lottery or the second office gave. Nothing is computed from it here.
///
/// # Errors
/// It is too early, the window takes no entry, one was made, or the text is not what the seal awaits.
pub async fn enter(ctx: &Context, window: &WindowId, text: &str, by: &str) -> Done<()> {
    let now = ctx.now();
    let Some(awaited) = awaited(ctx, window).await? else {
        return refused(said!(
            "the window {window} is not sealed: a beacon counts only after the seal",
            "时段{window}尚未封存：封存之后录入的信标才有效"
        ));
    };
    if !matches!(awaited.rule, BeaconRule::Second { .. } | BeaconRule::Manual(_)) {
        return refused(said!(
            "nobody enters the beacon of this window: its rule is {rule}",
            "该时段的信标无须人工录入：规则为{rule}",
            rule = awaited.rule.kind()
        ));
    }
    let by = signed(by, "--by")?;
    if now < awaited.earliest {
        let zone = ctx.office(&window.office)?.zone;
        let at = awaited.earliest.local(zone).format("%Y-%m-%d %H:%M");
        return refused(said!(
            "it is too early: a beacon counts from half an hour after the digest, {at}",
            "时间未到：信标须在日报发出半小时之后录入，即{at}起"
        ));
    }
    if awaited.there.is_some() {
        return refused(entered_before());
    }
    // Of a lottery the result alone is enough: its number was fixed at the seal.
    let whole = format!("{}{text}", awaited.prefix);
    let text = if text.contains(':') { text } else { whole.as_str() };
    awaited.rule.check(&awaited.prefix, text, None).map_err(Trouble::new)?;
    not_ahead_of_the_lottery(ctx, window, text, now)?;
    let mut tx = ctx.store.begin().await?;
    if tx.voids(&window.office).await?.iter().any(|void| void.window == window.to_string()) {
        return refused(said!(
            "the window {window} is void: nothing is drawn any more",
            "时段{window}已作废，不再抽取"
        ));
    }
    if let Some(other) = tx.beacon_beginning(&awaited.prefix).await?.filter(|other| other != text) {
        return refused(said!(
            "this draw of the lottery was entered before, for another window, with another result: {other}. One draw has one result",
            "该期开奖已为另一时段录入，结果不同：{other}。同一期只有一个结果"
        ));
    }
    let obtained = Obtained { beacon: text.to_owned(), proof: None };
    match tx.add_beacon(window, &row(&obtained, Some(&by), now)).await {
        Err(e) if e.is_duplicate() => return refused(entered_before()),
        other => other?,
    }
    tx.commit().await?;
    Ok(())
}

fn refused<T>(said: crate::model::Said) -> Done<T> {
    Err(Trouble::new(said).into())
}

fn entered_before() -> crate::model::Said {
    said!(
        "the beacon of this window is there already: a wrong entry is never corrected, since whoever corrects it could choose",
        "该时段的信标已录入：录错也不更正，否则更正者就能挑选结果"
    )
}

/// A result that was entered before the lottery drew was made up.
fn not_ahead_of_the_lottery(ctx: &Context, window: &WindowId, text: &str, now: Timestamp) -> Done<()> {
    let Ok(Beacon::Manual { number, .. }) = text.parse() else { return Ok(()) };
    let draws = listed_draws(ctx, window, ctx.office(&window.office)?.zone)?;
    match draws.iter().find(|draw| draw.number == number) {
        Some(draw) if now < draw.at => refused(said!(
            "draw {number} of the lottery is still to come: enter its result when it is published",
            "第{number}期尚未开奖：请在公布后录入开奖结果"
        )),
        _ => Ok(()),
    }
}

/// The coming draws of the lottery that a window's programme names; none where it names no lottery now.
fn listed_draws(ctx: &Context, window: &WindowId, zone: Tz) -> Done<Vec<LotteryDraw>> {
    let mut programmes = ctx.config.programmes.iter();
    match programmes.find(|p| p.id == window.programme && p.office == window.office).map(|p| &p.beacon) {
        Some(BeaconSettings::Manual(manual)) => {
            let file = manual.draws.display().to_string();
            let text = files::read_text(&manual.draws, files::SETTINGS)?;
            Ok(read_draws(&text, zone).map_err(|trouble| trouble.in_file(&file))?)
        }
        _ => Ok(Vec::new()),
    }
}

/// Reads a list of draws: CSV with the columns `at` (2026-03-02 21:15, by the office's clock) and `number`.
///
/// # Errors
/// A row is not of that form; the trouble names it.
pub fn read_draws(text: &str, zone: Tz) -> Result<Vec<LotteryDraw>, Trouble> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows = reader.deserialize::<(String, String)>().zip(2u64..);
    rows.map(|(row, line)| {
        let wrong = || {
            let said = said!(
                "expected at,number such as 2026-03-02 21:15,26054",
                "此行应为at,number，如2026-03-02 21:15,26054"
            );
            Trouble::new(said).at_row(line)
        };
        let (at, number) = row.map_err(|_| wrong())?;
        let at = NaiveDateTime::parse_from_str(at.trim(), "%Y-%m-%d %H:%M").map_err(|_| wrong().in_field("at"))?;
        let number = number.trim().to_owned();
        if !crate::draw::beacon::lottery::is_number(&number) {
            return Err(wrong().in_field("number"));
        }
        Ok(LotteryDraw { at: Timestamp::from_local(at, zone), number })
    })
    .collect()
}
