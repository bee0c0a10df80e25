//! What flags and complaints ask of the office's people, for the digest: most urgent first.

use super::cases::{Held, Of};
use super::{Context, Done};
use crate::config::Office;
use crate::letter::{Todo, plain};
use crate::model::register::Name;
use crate::model::time::DAY;
use crate::model::{CaseId, CaseKind, FlagState, OfficialId, Said};
use crate::said;
use crate::store::{Ids, Tx};
use std::collections::BTreeMap;

/// A letter that waits to be handed over, or an answer that came too late, is told so long.
const TOLD: i64 = 60 * DAY;
const LATE_TOLD: i64 = 7 * DAY;

/// Everything that waits for somebody, of one office.
pub async fn todo(ctx: &Context, tx: &mut Tx, office: &Office) -> Done<Vec<Todo>> {
    let today = ctx.now().day(office.zone);
    let held = waiting(ctx, tx, office).await?;
    let names = Names::of(tx, &held).await?;
    let mut found = Vec::new();
    for one in &held {
        let deadlines = one.deadlines(ctx, office);
        let who = names.of_case(one);
        let said = if let Some(letter) = one.to_hand_over(office) {
            let (letter, id) = (letter.letter.said(), &one.id);
            let command = command(&one.id);
            let (en, zh) = (letter.en, letter.zh);
            (
                1,
                one.letters.last().map(|l| l.written.day(office.zone)),
                said!(
                    "{who}: the {en} waits to be handed over: `spotcheck {command} print {id}`, then `spotcheck {command} handed {id}`",
                    "{who}：{zh}待送达：先“spotcheck {command} print {id}”打印，送达后“spotcheck {command} handed {id}”登记"
                ),
            )
        } else if one.is_overdue(deadlines, today) {
            let Some(day) = deadlines.answer_by else { continue };
            (0, Some(day), said!("{who}: no explanation by {day}; to be decided", "{who}：截至{day}未作说明，待认定"))
        } else {
            match one.state() {
                FlagState::Appealed => (
                    2,
                    None,
                    said!("{who}: an appeal waits for somebody else's decision", "{who}：申诉待原认定人以外的人员决定"),
                ),
                FlagState::Explained => (3, None, said!("{who}: explained; to be decided", "{who}：已说明，待认定")),
                FlagState::Open if one.id.kind() == CaseKind::Complaint => {
                    (4, None, said!("complaint about {who}: to be asked", "对{who}的投诉：待要求说明"))
                }
                _ => continue,
            }
        };
        found.push((said.0, said.1, one.id.clone(), said.2));
    }
    found.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
    let mut todo: Vec<Todo> =
        found.into_iter().map(|(_, _, id, what)| Todo { code: plain(id.as_str()), what }).collect();
    todo.extend(open_flags(tx, office).await?);
    todo.extend(late(ctx, tx, office).await?);
    Ok(todo)
}

fn command(id: &CaseId) -> &'static str {
    match id.kind() {
        CaseKind::Flag => "flags",
        CaseKind::Complaint => "complaints",
        CaseKind::BackCheck => "backchecks",
    }
}

/// Cases of the office that are under way, and those with a letter on paper.
async fn waiting(ctx: &Context, tx: &mut Tx, office: &Office) -> Done<Vec<Held>> {
    let mut ids = Vec::new();
    for state in [FlagState::Asked, FlagState::Explained, FlagState::Appealed] {
        ids.extend(tx.flags(Some(state)).await?.into_iter().filter(|f| f.office == office.id).map(|f| f.id));
    }
    for state in [FlagState::Open, FlagState::Asked, FlagState::Explained, FlagState::Appealed] {
        let complaints = tx.complaints(Some(state)).await?;
        ids.extend(complaints.into_iter().filter(|c| c.office == office.id).map(|c| c.id.to_string()));
    }
    ids.extend(tx.paper_letters_since(ctx.now().minus(TOLD)).await?);
    ids.sort();
    ids.dedup();
    let mut held = Vec::new();
    for id in ids.iter().filter_map(|id| CaseId::parse(id).ok()) {
        held.extend(Held::load(tx, &id).await?.filter(|held| *held.office() == office.id));
    }
    Ok(held)
}

/// Open flags whose evidence holds, oldest first.
async fn open_flags(tx: &mut Tx, office: &Office) -> Done<Vec<Todo>> {
    let standing = super::flags::standing(tx, Some(FlagState::Open)).await?;
    let of_office: Vec<_> = standing.into_iter().filter(|f| f.flag.office == office.id).collect();
    let ids = Ids::new(of_office.iter().map(|f| f.flag.official.as_str()));
    let names: BTreeMap<_, _> = tx.officials_among(&ids).await?.into_iter().map(|o| (o.id, o.name)).collect();
    let todo = of_office.into_iter().map(|one| {
        let who = names.get(&one.flag.official).map(Name::both).unwrap_or_default();
        let Said { en, zh } = one.verdict.sentence;
        Todo { code: plain(&one.flag.id), what: said!("{who}: {en}", "{who}：{zh}") }
    });
    Ok(todo.collect())
}

/// What came after a decision: kept, and told.
async fn late(ctx: &Context, tx: &mut Tx, office: &Office) -> Done<Vec<Todo>> {
    let mut todo = Vec::new();
    for (id, number) in tx.late_answers_since(ctx.now().minus(LATE_TOLD)).await? {
        let Ok(case) = CaseId::parse(&id) else { continue };
        let held = Held::load(tx, &case).await?.filter(|held| *held.office() == office.id);
        if held.is_some() {
            let command = command(&case);
            todo.push(Todo {
                code: plain(&id),
                what: said!(
                    "{number} came after the decision and changed nothing: read it with `spotcheck {command} show {id}`",
                    "认定之后又收到{number}件，未改变认定：用“spotcheck {command} show {id}”查看"
                ),
            });
        }
    }
    Ok(todo)
}

struct Names {
    officials: BTreeMap<OfficialId, Name>,
    inspectors: BTreeMap<String, Name>,
}

impl Names {
    async fn of(tx: &mut Tx, held: &[Held]) -> Done<Names> {
        let officials = held.iter().filter_map(|one| match &one.of {
            Of::Flag(flag) => Some(flag.official.as_str()),
            Of::Complaint(_) => None,
        });
        let inspectors = held.iter().filter_map(|one| match &one.of {
            Of::Flag(_) => None,
            Of::Complaint(complaint) => Some(complaint.inspector.as_str()),
        });
        let (officials, inspectors) = (Ids::new(officials), Ids::new(inspectors));
        Ok(Names {
            officials: tx.officials_among(&officials).await?.into_iter().map(|o| (o.id, o.name)).collect(),
            inspectors: tx
                .inspectors_among(&inspectors)
                .await?
                .into_iter()
                .map(|i| (i.id.to_string(), i.name))
                .collect(),
        })
    }

    fn of_case(&self, held: &Held) -> String {
        let name = match &held.of {
            Of::Flag(flag) => self.officials.get(&flag.official),
            Of::Complaint(complaint) => self.inspectors.get(complaint.inspector.as_str()),
        };
        name.map(Name::both).unwrap_or_default()
    }
}
