//! `spotcheck draw`: what happened in a window and why; or, from files alone, a draw recomputed.

use super::rows::{self, whole_number};
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::draw::{
    Bar, ChainKey, Chance, Dealing, Decision, Drawn, Field, Frame, Ground, Inputs, Limits, PerTarget, Pool, Row, Salt,
    Target, draw,
};
use crate::model::{InspectorId, Language, PlaceId, Said, Trouble, WindowId, sha};
use crate::said;
use crate::work::{Failure, drawn};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Places as CSV: id,p_visit,p_call (integers of 2^32) and, where leaves are salted, salt. Makes this a dry run.
    #[arg(long, value_name = "CSV")]
    pub frame: Option<PathBuf>,
    /// The window's link of the chain: 64 hex digits.
    #[arg(long, value_name = "HEX", requires = "frame")]
    pub key: Option<String>,
    /// The window's name.
    #[arg(long, value_name = "ID")]
    pub window: Option<String>,
    /// The beacon's text.
    #[arg(long, value_name = "TEXT", requires = "frame")]
    pub beacon: Option<String>,
    /// Fewest visits.
    #[arg(long, value_name = "N", requires = "frame")]
    pub min: Option<usize>,
    /// Most visits.
    #[arg(long, value_name = "N", requires = "frame")]
    pub max: Option<usize>,
    /// Length of the window in minutes.
    #[arg(long, value_name = "MINUTES", default_value_t = 240)]
    pub length: u64,
    /// Name of the pool of inspectors.
    #[arg(long, value_name = "NAME", requires = "slots")]
    pub pool: Option<String>,
    /// Inspectors as CSV: inspector,capacity.
    #[arg(long, value_name = "CSV", requires = "pool")]
    pub slots: Option<PathBuf>,
    /// Barred pairs as CSV: id,inspector.
    #[arg(long, value_name = "CSV", requires = "pool")]
    pub barred: Option<PathBuf>,
    /// JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match (&args.frame, &args.window) {
        (Some(frame), _) => dry_run(frame, args, terminal),
        (None, Some(window)) => happened(window, place, args.json, terminal),
        (None, None) => Err(Trouble::new(said!(
            "which window? --window PROGRAMME/OFFICE/YYYY-MM-DD/SLOT; a dry run needs --frame, --key, --window and --beacon",
            "哪个时段？请用--window 项目/单位/日期/时段名；试算需要--frame、--key、--window和--beacon"
        ))),
    }
}

/// What happened in a window of the installation.
fn happened(window: &str, place: &Place, json: bool, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let id: WindowId = window.parse().map_err(|said| Trouble::new(said).in_field("--window"))?;
    let found = block_on(async {
        let ctx = place.open().await?;
        drawn::window(&ctx, &id).await.map_err(Failure::trouble)
    })?;
    let (shown, page) = found.ok_or_else(|| {
        Trouble::new(said!("the window {id} was neither sealed nor declared void", "时段{id}既未封存也未作废"))
            .in_field("--window")
    })?;
    if json {
        terminal.say(shown.to_string());
    } else {
        for line in page {
            terminal.say(line.in_language(terminal.language));
        }
    }
    Ok(Exit::Done)
}

fn dry_run(frame: &Path, args: &Args, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let frame = read_frame(frame)?;
    let key = option("--key", args.key.as_deref(), parse_key)?;
    let window = option("--window", args.window.as_deref(), one_line)?;
    let beacon = option("--beacon", args.beacon.as_deref(), one_line)?;
    let limits =
        Limits::new(args.min.unwrap_or(0), args.max).map_err(|said| Trouble::new(said).in_field("--min, --max"))?;
    let pool = read_pool(args)?;
    let drawn = draw(&Inputs {
        frame: &frame,
        key: &key,
        window: &window,
        beacon: &beacon,
        limits,
        length_minutes: args.length,
        dealing: pool.as_ref().map(|pool| Dealing::one(pool, PerTarget::One)),
    })
    .map_err(|line_feed| Trouble::new(line_feed.said()))?;
    if args.json {
        terminal.say(json(&Shown::of(&drawn, pool.is_some()))?);
    } else {
        print(&drawn, terminal);
    }
    Ok(Exit::Done)
}

pub(super) fn json(value: &impl Serialize) -> Result<String, Trouble> {
    serde_json::to_string(value).map_err(|e| Trouble::new(said!("no JSON: {e}", "无法生成JSON:{e}")))
}

/// An option that this dry run cannot do without.
pub(super) fn option<T>(
    name: &str,
    value: Option<&str>,
    parser: impl Fn(&str) -> Result<T, Said>,
) -> Result<T, Trouble> {
    let missing = || said!("this dry run needs {name}", "此试算需要{name}");
    let read = value.ok_or_else(missing).and_then(parser);
    read.map_err(|said| Trouble::new(said).in_field(name))
}

fn one_line(text: &str) -> Result<String, Said> {
    Field::new(text).map(|_| text.to_owned()).map_err(|line_feed| line_feed.said())
}

fn parse_key(text: &str) -> Result<ChainKey, Said> {
    // The text itself may be secret still.
    let bytes = sha::from_hex(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(ChainKey::from_bytes).ok_or_else(|| said!("expected 64 hex digits", "应为64位十六进制数"))
}

pub(super) fn chance(text: &str) -> Result<Chance, Said> {
    Chance::new(whole_number(text)?)
        .ok_or_else(|| said!("{text} is more than certainty, which is 4294967296", "{text}超过必然事件的值4294967296"))
}

/// Empty where the leaf is not salted.
fn salt(text: &str) -> Result<Option<Salt>, Said> {
    let expected = || said!("a salt is 32 hex digits, or left empty", "盐值应为32位十六进制数，或留空");
    if text.is_empty() { Ok(None) } else { Salt::from_hex(text).map(Some).ok_or_else(expected) }
}

fn read_frame(path: &Path) -> Result<Frame, Trouble> {
    let table = rows::read_needing(3, path, ["id", "p_visit", "p_call", "salt"])?;
    let mut places = Vec::new();
    for row in table.iter() {
        let place = Row::new(row.parse(0, PlaceId::parse)?, row.parse(1, chance)?, row.parse(2, chance)?);
        places.push(Row { salt: row.parse(3, salt)?, ..place });
    }
    Frame::new(places).map_err(|error| {
        let rows: Vec<_> = table.iter().collect();
        let last = rows.iter().rev().find(|row| row.parse(0, PlaceId::parse).is_ok_and(|id| id == *error.id()));
        last.map_or_else(|| Trouble::new(error.said()), |row| row.trouble(0, error.said()))
    })
}

fn read_pool(args: &Args) -> Result<Option<Pool>, Trouble> {
    let (Some(name), Some(slots)) = (&args.pool, &args.slots) else { return Ok(None) };
    let slots = rows::read(slots, ["inspector", "capacity"])?;
    let mut inspectors: Vec<(InspectorId, u32)> = Vec::new();
    for row in slots.iter() {
        let inspector = row.parse(0, InspectorId::parse)?;
        if inspectors.iter().any(|(other, _)| *other == inspector) {
            return Err(row.trouble(0, said!("the inspector “{inspector}” stands twice", "检查员“{inspector}”重复")));
        }
        inspectors.push((inspector, row.parse(1, capacity)?));
    }
    let mut bars = Vec::new();
    if let Some(barred) = &args.barred {
        for row in rows::read(barred, ["id", "inspector"])?.iter() {
            let (place, inspector) = (row.parse(0, PlaceId::parse)?, row.parse(1, InspectorId::parse)?);
            bars.push(Bar { place, inspector, ground: Ground::Listed });
        }
    }
    Pool::new(name, inspectors, bars).map(Some).map_err(|said| Trouble::new(said).in_field("--pool"))
}

fn capacity(text: &str) -> Result<u32, Said> {
    let most = crate::draw::pool::LARGEST_CAPACITY;
    let number = whole_number(text)?;
    u32::try_from(number)
        .ok()
        .filter(|number| *number <= most)
        .ok_or_else(|| said!("a capacity of {number}: expected at most {most}", "容量{number}无效：最多为{most}"))
}

/// The form that auditors' programs read: DESIGN 7.
#[derive(Serialize)]
struct Shown<'a> {
    root: String,
    seed: String,
    drawn: Vec<ShownTarget<'a>>,
    deal: Option<ShownDeal<'a>>,
}

#[derive(Serialize)]
struct ShownTarget<'a> {
    id: &'a str,
    kind: &'static str,
    origin: &'static str,
    /// 16 hex digits.
    ticket: String,
    /// Decimal, as text: it may exceed what JSON readers hold in a number.
    key: String,
    minute: u64,
}

#[derive(Serialize)]
struct ShownDeal<'a> {
    /// Null: the fallback dealt.
    attempt: Option<u32>,
    pairs: Vec<(&'a str, &'a str)>,
}

impl Shown<'_> {
    /// Where a pool was given, there is a deal, be it of nobody.
    fn of(drawn: &Drawn, pool_given: bool) -> Shown<'_> {
        let nobody = ShownDeal { attempt: Some(0), pairs: Vec::new() };
        let dealt = drawn.visits.first().map(|pool| &pool.dealt);
        Shown {
            root: drawn.root.hex(),
            seed: sha::to_hex(drawn.seed.reveal()),
            drawn: drawn.targets.iter().map(ShownTarget::of).collect(),
            deal: dealt
                .map(|dealt| ShownDeal {
                    attempt: dealt.first.attempt,
                    pairs: dealt.first.pairs.iter().map(|(place, who)| (place.as_str(), who.as_str())).collect(),
                })
                .or(pool_given.then_some(nobody)),
        }
    }
}

impl ShownTarget<'_> {
    fn of(target: &Target) -> ShownTarget<'_> {
        ShownTarget {
            id: target.id.as_str(),
            kind: target.fate.code(),
            origin: target.origin.code(),
            ticket: target.ticket.to_string(),
            key: target.key.to_string(),
            minute: target.minute,
        }
    }
}

fn print(drawn: &Drawn, terminal: &mut Terminal<'_>) {
    let (root, seed) = (drawn.root.hex(), sha::to_hex(drawn.seed.reveal()));
    terminal.say(format!("{} {root}", terminal.pick("root", "根")));
    terminal.say(format!("{} {seed}", terminal.pick("seed", "种子")));
    if drawn.targets.is_empty() {
        let line = terminal.pick("nothing is drawn in this window", "本时段没有抽中任何地点").to_owned();
        terminal.say(line);
    }
    for target in &drawn.targets {
        let who = drawn.inspectors_of(&target.id).first();
        let who = who.map(|who| format!("  {who}")).unwrap_or_default();
        let line = match terminal.language {
            Language::En => format!(
                "{:<5} {}  minute {}  ticket {} ({}){who}",
                target.fate.code(),
                target.id,
                target.minute,
                target.ticket,
                why(target).en
            ),
            Language::ZhHans => format!(
                "{}  {}  第{}分钟  签号{}（{}）{who}",
                match target.fate.code() {
                    "visit" => "走访",
                    "call" => "电话",
                    _ => "未执行",
                },
                target.id,
                target.minute,
                target.ticket,
                why(target).zh
            ),
        };
        terminal.say(line);
    }
    if drawn.visits.iter().any(|pool| pool.dealt.first.attempt.is_none()) {
        let line = terminal.pick(
            "no clean shuffle was found: the fallback dealt, not uniformly",
            "未找到无回避冲突的洗牌结果：由备用规则分派，非均匀",
        );
        terminal.say(line);
    }
}

/// Why a place is drawn, in a few words.
fn why(target: &Target) -> Said {
    let Target { visit, call, .. } = target;
    match (target.fate, target.decision) {
        (crate::draw::Fate::NotDone(reason), _) => reason.said(),
        (crate::draw::Fate::Call, Decision::Call) => {
            said!("its ticket lies in the {call} above {visit}", "签号落在{visit}之上的{call}区间")
        }
        (crate::draw::Fate::Call, _) => said!("no room for another visit", "走访名额已满"),
        (crate::draw::Fate::Visit, Decision::Visit) => said!("its ticket is below {visit}", "签号低于{visit}"),
        (crate::draw::Fate::Visit, _) => said!("next in order, a number is demanded", "按次序补足规定数量"),
    }
}
