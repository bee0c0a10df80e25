//! The release: assignments with their ids and keys, their letters, the office's sheet, notices.

use super::draw::DrawnWindow;
use super::post::{About, Direction, at_clock, languages_for};
use super::windows::damaged;
use super::{Context, Done};
use crate::config::Office;
use crate::draw::{Fate, NotDone, Target};
use crate::letter::{AssignmentInput, Auto, Languages, LetterKind, MessageId, SheetInput, SheetShare, VoidInput};
use crate::letter::{assignment, sheet, void_notice};
use crate::model::key::{KeyUse, base32};
use crate::model::register::Inspector;
use crate::model::{
    Assignment, AssignmentId, InspectorId, Kind, Line, PlaceId, Said, Sha256, Timestamp, Window, WindowId,
};
use crate::plan::{self, Given, Snapshot};
use crate::said;
use crate::store::{AssignmentRow, NewLine, Tx};
use chrono::{Days, NaiveTime};
use std::collections::{BTreeMap, BTreeSet};

/// An assignment of this release.
pub struct Released {
    pub row: AssignmentRow,
    pub assignment: Assignment,
    pub inspector: Inspector,
}

/// What a release hands out.
pub struct Lines {
    pub assignments: Vec<Released>,
    given: BTreeMap<(WindowId, PlaceId), (AssignmentId, Line)>,
}

impl Lines {
    /// The row of a drawn place: given to somebody, or why not.
    pub fn line_of(&self, window: &DrawnWindow, target: &Target) -> NewLine {
        let id = &window.seal.window.id;
        let given = self.given.get(&(id.clone(), target.id.clone()));
        let state = match (target.fate, given) {
            (Fate::NotDone(NotDone::BarredFromAll), _) => Some("barred"),
            (_, None) => Some("not_dispatched"),
            (_, Some(_)) => None,
        };
        let kind = match target.fate {
            Fate::Visit => Kind::Visit,
            Fate::Call => Kind::Call,
            // What its ticket asked for.
            Fate::NotDone(_) if target.decision == crate::draw::Decision::Visit => Kind::Visit,
            Fate::NotDone(_) => Kind::Call,
        };
        NewLine {
            window: id.clone(),
            place: target.id.clone(),
            kind,
            origin: target.origin.code().to_owned(),
            ticket: target.ticket.0,
            minute: i64::try_from(target.minute).unwrap_or(0),
            p_visit: i64::try_from(target.visit.get()).unwrap_or(0),
            p_call: i64::try_from(target.call.get()).unwrap_or(0),
            eligible: window.eligible.get(&target.id).copied().unwrap_or(0),
            given: given
                .map(|(assignment, line)| (assignment.clone(), line.code.clone(), serde_json::json!(line).to_string())),
            state: state.map(str::to_owned),
        }
    }
}

/// Numbers the lines, names the assignments and writes their rows.
pub async fn plan(ctx: &Context, tx: &mut Tx, office: &Office, given: &[Given], register: &Snapshot) -> Done<Lines> {
    let mut lines = Lines { assignments: Vec::new(), given: BTreeMap::new() };
    let mut taken = BTreeSet::new();
    let released = ctx.now();
    for (inspector, planned) in plan::assignments(given, register) {
        let Some(inspector) = register.inspectors.get(&inspector) else { continue };
        let id = new_id(ctx, tx, office, &inspector.id, &mut taken).await?;
        let day = released.day(office.zone);
        let ends = planned.iter().map(|l| l.to).max().unwrap_or(released);
        let closing = day.checked_add_days(Days::new(u64::from(office.close_days))).unwrap_or(day);
        let closes = at_clock(office, closing, NaiveTime::MIN);
        let kid = ctx.secrets.newest();
        let reply =
            ctx.secrets.key(kid, KeyUse::Reply, &id, &inspector.id, closes).ok_or_else(|| damaged("reply secret"))?;
        let row = AssignmentRow {
            id: id.clone(),
            office: office.id.clone(),
            inspector: inspector.id.clone(),
            released,
            reply_by: at_clock(office, day, office.reply_by).max(ends),
            closes,
            kid,
            message_id: MessageId::assignment(&id, 1, &reply, &ctx.mail_host()?).as_str().to_owned(),
            reminded: None,
            closed: None,
        };
        tx.add_assignment(&row).await?;
        for line in &planned {
            lines.given.insert((line.window.clone(), line.place.clone()), (id.clone(), line.clone()));
        }
        let assignment = Assignment {
            id,
            office: office.id.clone(),
            inspector: inspector.id.clone(),
            released,
            reply_by: row.reply_by,
            closes,
            lines: planned,
        };
        lines.assignments.push(Released { row, assignment, inspector: inspector.clone() });
    }
    Ok(lines)
}

/// Five characters, drawn again on a collision; six once that has happened often.
async fn new_id(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    inspector: &InspectorId,
    taken: &mut BTreeSet<AssignmentId>,
) -> Done<AssignmentId> {
    for attempt in 0u32.. {
        let key = format!("{}/{inspector}/{}/{attempt}", office.id, ctx.now().0);
        let bytes = ctx.entropy.bytes("assignment", &key)?;
        let text = base32(&bytes, if attempt < 8 { 5 } else { 6 }).to_ascii_uppercase();
        let Ok(id) = AssignmentId::parse(&text) else { continue };
        if !taken.contains(&id) && tx.assignment(&id).await?.is_none() {
            taken.insert(id.clone());
            return Ok(id);
        }
    }
    Err(damaged("assignment id"))
}

/// Queues the letters of a release and the office's sheet.
pub async fn post(ctx: &Context, tx: &mut Tx, office: &Office, lines: &Lines, register: &Snapshot) -> Done<()> {
    for released in &lines.assignments {
        let (Some(reply), Some(bounce)) =
            (ctx.key_of(&released.row, KeyUse::Reply), ctx.key_of(&released.row, KeyUse::Bounce))
        else {
            return Err(damaged("reply secret"));
        };
        let input = AssignmentInput {
            assignment: &released.assignment,
            office: &office.name,
            key: &reply,
            zone: office.zone,
            languages: languages_for(office, &released.inspector),
        };
        let (Some(written), Some(to)) = (assignment(&input), released.inspector.addresses.first()) else { continue };
        let direction = Direction {
            office,
            to,
            message_id: MessageId::assignment(&released.row.id, 1, &reply, &ctx.mail_host()?),
            auto: Auto::Generated,
            in_reply_to: None,
            references: Vec::new(),
            about: Some(About {
                assignment: &released.row.id,
                inspector: &released.inspector.id,
                reply: &reply,
                bounce: &bounce,
            }),
            null_sender: false,
        };
        ctx.post(tx, &written.letter, direction).await?;
    }
    if !lines.assignments.is_empty() {
        post_sheet(ctx, tx, office, register).await?;
    }
    Ok(())
}

/// The office's sheet of today: everything released so far. Empty if nothing is.
pub async fn post_sheet(ctx: &Context, tx: &mut Tx, office: &Office, register: &Snapshot) -> Done<()> {
    let now = ctx.now();
    let day = now.day(office.zone);
    let start = at_clock(office, day, NaiveTime::MIN);
    let rows = tx.assignments_between(&office.id, start, start.plus(crate::model::time::DAY)).await?;
    let mut shares = Vec::new();
    for row in &rows {
        if let Some(assignment) = load_assignment(tx, row).await? {
            shares.push(assignment);
        }
    }
    let unknown = crate::model::register::Name::new("?", "");
    let input = SheetInput {
        office: &office.name,
        day,
        issued: now,
        zone: office.zone,
        languages: Languages::One(office.language),
        shares: shares
            .iter()
            .map(|a| SheetShare {
                inspector: register.inspectors.get(&a.inspector).map_or(&unknown, |i| &i.name),
                assignment: a,
            })
            .collect(),
    };
    let host = ctx.mail_host()?;
    let seq = sheets_of(tx, office, day, &host).await?;
    let direction = Direction {
        office,
        to: &office.desk,
        message_id: MessageId::office(LetterKind::Sheet, &office.id, day, seq, &host),
        auto: Auto::Generated,
        in_reply_to: None,
        references: vec![MessageId::week(&office.id, day, &host)],
        about: None,
        null_sender: false,
    };
    ctx.post(tx, &sheet(&input), direction).await?;
    Ok(())
}

/// The number of the next sheet of a day.
pub async fn sheets_of(tx: &mut Tx, office: &Office, day: chrono::NaiveDate, host: &crate::letter::Host) -> Done<u32> {
    for seq in 1.. {
        if !tx.has_letter(MessageId::office(LetterKind::Sheet, &office.id, day, seq, host).as_str()).await? {
            return Ok(seq);
        }
    }
    Ok(u32::MAX)
}

/// An assignment with its lines, as it was released.
pub async fn load_assignment(tx: &mut Tx, row: &AssignmentRow) -> Done<Option<Assignment>> {
    let mut lines = Vec::new();
    for stored in tx.lines_of(&row.id).await? {
        let Some(detail) = stored.detail else { continue };
        let line: Line = serde_json::from_str(&detail).map_err(|_| damaged("line"))?;
        lines.push(line);
    }
    let number = |line: &Line| line.code.as_str()[1..].parse::<u32>().unwrap_or(0);
    lines.sort_by_key(|line| (line.kind, number(line)));
    Ok((!lines.is_empty()).then(|| Assignment {
        id: row.id.clone(),
        office: row.office.clone(),
        inspector: row.inspector.clone(),
        released: row.released,
        reply_by: row.reply_by,
        closes: row.closes,
        lines,
    }))
}

/// Tells desk and head at once that a window is void.
pub async fn post_void(ctx: &Context, tx: &mut Tx, office: &Office, window: &Window, reason: &str) -> Done<()> {
    let letter = void_notice(&VoidInput {
        start: window.start,
        end: window.end,
        zone: office.zone,
        reason: void_reason(reason),
        languages: Languages::One(office.language),
    });
    let host = ctx.mail_host()?;
    for to in [&office.desk, &office.head] {
        let [a, b, c, d, ..] = Sha256::of(format!("{}\n{to}", window.id).as_bytes()).0;
        let number = u32::from_be_bytes([a, b, c, d]);
        let direction = Direction {
            office,
            to,
            message_id: MessageId::office(LetterKind::Void, &office.id, window.id.day, number, &host),
            auto: Auto::Generated,
            in_reply_to: None,
            references: Vec::new(),
            about: None,
            null_sender: false,
        };
        ctx.post(tx, &letter, direction).await?;
    }
    Ok(())
}

/// Why a window is void, in words.
pub fn void_reason(code: &str) -> Said {
    match code {
        "not_sealed" => {
            said!("it was not sealed the evening before: the machine was not running", "前一晚未封存：机器未运行")
        }
        "late" => said!(
            "the machine came too late: no beacon had been fixed and nothing could be carried out any more",
            "机器启动过晚：未及确定随机数，且已来不及执行"
        ),
        "lost_in_restore" => said!(
            "the database was restored from a backup older than this window's draw: it is never drawn again",
            "数据库由早于该时段抽签的备份恢复：不再重抽"
        ),
        "no_beacon" => said!(
            "the beacon that its seal awaits did not come within a week of its end",
            "封存时约定的信标在时段结束一周后仍未得到"
        ),
        "calendar_changed" => said!("the day is no longer a workday", "当日已不是工作日"),
        other => said!("{other}", "{other}"),
    }
}

/// A moment as the office's clock shows it: for logs and tables.
pub fn shown(office: &Office, at: Timestamp) -> String {
    at.in_zone(office.zone).format("%Y-%m-%d %H:%M").to_string()
}
