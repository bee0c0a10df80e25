//! Villages become one: what changes in the register. Nothing is deleted, ids of teams, officials and contacts stay.

use super::latin;
use crate::model::lineage::Move;
use crate::model::register::{
    Contact, Exclusion, Inspector, Name, Posting, Recusal, RecusalScope, Region, Team, Village,
};
use crate::model::{Lineage, PlaceId, PlaceSignal, Said, TeamId, Trouble, VillageId};
use crate::said;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// What becomes of exclusions that run on: nobody can be taken out of the draw by a merger unsaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Running {
    /// They hold for the whole village from then on.
    Carry,
    /// They end with the day before.
    End,
}

/// What a person asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub parts: BTreeSet<VillageId>,
    pub into: VillageId,
    /// Of a village that is not in the register yet.
    pub name: Option<Name>,
    /// Code of its township; that of the parts where they have one.
    pub township: Option<String>,
    pub exclusions: Option<Running>,
    /// The first day that no window is sealed for.
    pub from: NaiveDate,
}

/// What the register holds today.
#[derive(Debug, Default)]
pub struct Present {
    pub lineage: Lineage,
    /// All of them.
    pub villages: Vec<Village>,
    pub regions: Vec<Region>,
    /// Of the parts.
    pub teams: Vec<Team>,
    pub contacts: Vec<Contact>,
    pub recusals: Vec<Recusal>,
    pub exclusions: Vec<Exclusion>,
    pub signals: Vec<PlaceSignal>,
    pub inspectors: Vec<Inspector>,
}

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Change {
    pub into: Village,
    /// It was not in the register before.
    pub new: bool,
    /// With their last day.
    pub parts: Vec<Village>,
    pub teams: Vec<Team>,
    pub moved_teams: Vec<Move>,
    pub contacts: Vec<Contact>,
    pub moved_contacts: Vec<Move>,
    pub recusals: Vec<Recusal>,
    /// Those that end, and those that hold for the whole from now on.
    pub exclusions: Vec<Exclusion>,
    pub signals: Vec<PlaceSignal>,
}

/// # Errors
/// A village that is not there, was closed or merged before, or is not fully described; exclusions that run on and of
/// which nothing is said.
pub fn merge(asked: &Asked, present: &Present) -> Result<Change, Trouble> {
    let parts = asked.parts.iter().filter(|part| **part != asked.into).collect::<BTreeSet<_>>();
    if parts.is_empty() {
        return Err(Trouble::new(said!(
            "which villages become part of it? name at least one other than “{}”",
            "哪些村并入？请至少写明“{}”以外的一个村",
            asked.into
        ))
        .in_field("VILLAGES"));
    }
    let parts: Vec<Village> =
        parts.into_iter().map(|id| open(id, asked, present, "VILLAGES").cloned()).collect::<Result<_, _>>()?;
    let known = present.villages.iter().any(|village| village.id == asked.into);
    let into = if known { open(&asked.into, asked, present, "--into")?.clone() } else { made(asked, present, &parts)? };
    let ended = ended_before(asked.from);
    let stays = |span: &Posting| span.to.is_none_or(|to| to >= asked.from);
    let closed = |id: &VillageId| parts.iter().any(|part| part.id == *id);
    let moved = |id: String, village: &VillageId| Move { id, village: village.clone(), from: asked.from };
    let (mut teams, mut moved_teams) = (Vec::new(), Vec::new());
    for team in present.teams.iter().filter(|team| closed(&team.village) && stays(&team.posting)) {
        moved_teams.push(moved(team.id.to_string(), &team.village));
        teams.push(Team { village: into.id.clone(), ..team.clone() });
    }
    let (mut contacts, mut moved_contacts) = (Vec::new(), Vec::new());
    for contact in present.contacts.iter().filter(|contact| closed(&contact.village) && stays(&contact.active)) {
        moved_contacts.push(moved(contact.id.to_string(), &contact.village));
        contacts.push(Contact { village: into.id.clone(), ..contact.clone() });
    }
    Ok(Change {
        recusals: recusals(asked, present, &parts, &into),
        exclusions: exclusions(asked, present, &parts, &into)?,
        signals: signals(asked, present, &parts, &into),
        new: !known,
        parts: parts.into_iter().map(|part| Village { active: ended(&part.active), ..part }).collect(),
        into,
        teams,
        moved_teams,
        contacts,
        moved_contacts,
    })
}

/// A span that ends on the day before.
fn ended_before(day: NaiveDate) -> impl Fn(&Posting) -> Posting {
    move |span| Posting { from: span.from, to: day.pred_opt() }
}

fn open<'a>(id: &VillageId, asked: &Asked, present: &'a Present, field: &str) -> Result<&'a Village, Trouble> {
    let wrong = |said: Said| Err(Trouble::new(said).in_field(field));
    if let Some(merger) = present.lineage.merger(id) {
        let (into, from) = (&merger.into, merger.from);
        return wrong(said!(
            "“{id}” became part of “{into}” on {from} already: name that one",
            "“{id}”已于{from}并入“{into}”：请改写后者"
        ));
    }
    let Some(village) = present.villages.iter().find(|village| village.id == *id) else {
        return wrong(said!("“{id}” is not in the register: correct the id", "登记册中没有村“{id}”：请更正编号"));
    };
    if village.active.to.is_some_and(|to| to < asked.from) {
        return wrong(said!("“{id}” is closed already", "村“{id}”已撤销"));
    }
    Ok(village)
}

/// The village that the parts become.
fn made(asked: &Asked, present: &Present, parts: &[Village]) -> Result<Village, Trouble> {
    let id = &asked.into;
    let same: String = id.as_str().nfkc().collect();
    let clash = |other: &str| other.nfkc().eq(same.chars());
    if present.villages.iter().any(|village| clash(village.id.as_str()))
        || TeamId::parse(id.as_str()).is_ok_and(|team| present.teams.iter().any(|one| one.id == team))
    {
        let said =
            said!("the id “{id}” looks like another one: choose another", "编号“{id}”与已有编号相同或形近：请另取");
        return Err(Trouble::new(said).in_field("--into"));
    }
    let Some(name) = asked.name.clone().filter(|name| !name.own.is_empty()) else {
        return Err(Trouble::new(said!(
            "“{id}” is not in the register: how is the new village called? --name",
            "登记册中没有“{id}”：新村的名称？请加--name"
        ))
        .in_field("--name"));
    };
    let townships: BTreeSet<&str> = parts.iter().map(|part| part.region.as_str()).collect();
    let region = match (&asked.township, &townships.into_iter().collect::<Vec<_>>()[..]) {
        (Some(code), _) if present.regions.iter().any(|region| region.code == *code) => code.clone(),
        (Some(code), _) => {
            return Err(Trouble::new(said!(
                "there is no township “{code}” in the register: take a code that villages have",
                "登记册中没有乡镇“{code}”：请使用已有的代码"
            ))
            .in_field("--township"));
        }
        (None, [only]) => (*only).to_owned(),
        (None, _) => {
            return Err(Trouble::new(said!(
                "the parts lie in several townships: in which is the new village? --township CODE",
                "原各村分属不同乡镇：新村属于哪个？请加--township 代码"
            ))
            .in_field("--township"));
        }
    };
    let latin = if name.latin.is_empty() { latin::place(&name.own) } else { name.latin };
    Ok(Village {
        id: id.clone(),
        region,
        name: Name::new(name.own, latin),
        active: Posting { from: Some(asked.from), to: None },
    })
}

/// Who was barred from a part is barred from the whole, also where the bar was that of a region or home county in
/// which the whole no longer lies.
fn recusals(asked: &Asked, present: &Present, parts: &[Village], into: &Village) -> Vec<Recusal> {
    let leaves = |code: &str| parts.iter().any(|p| p.region.starts_with(code)) && !into.region.starts_with(code);
    let names_part = |scope: &RecusalScope| match scope {
        RecusalScope::Village(id) => parts.iter().any(|part| part.id == *id),
        RecusalScope::Region(code) => leaves(code),
        _ => false,
    };
    let scope = RecusalScope::Village(into.id.clone());
    let standing = present.recusals.iter().filter(|one| one.span.to.is_none_or(|to| to >= asked.from));
    let carried =
        standing.filter(|one| names_part(&one.scope)).map(|one| Recusal { scope: scope.clone(), ..one.clone() });
    let at_home = present.inspectors.iter().filter(|one| one.home_county.as_deref().is_some_and(leaves));
    let at_home = at_home.map(|one| Recusal {
        inspector: one.id.clone(),
        scope: scope.clone(),
        reason: "home county 籍贯".to_owned(),
        span: Posting { from: Some(asked.from), to: None },
    });
    let mut found = BTreeMap::new();
    let there = present.recusals.iter().filter(|one| one.scope == scope).cloned();
    for (mine, one) in there.map(|one| (true, one)).chain(carried.chain(at_home).map(|one| (false, one))) {
        longest(&mut found, (one.inspector.clone(), one.span.from), one, mine, |one| one.span);
    }
    changed(found)
}

/// Exclusions of the parts end with them; where they run on, a person says whether they hold for the whole.
fn exclusions(asked: &Asked, present: &Present, parts: &[Village], into: &Village) -> Result<Vec<Exclusion>, Trouble> {
    let place = PlaceId::from(into.id.clone());
    let concerned: Vec<&Exclusion> = running(asked, present, parts, into).collect();
    if concerned.is_empty() {
        return Ok(Vec::new());
    }
    let Some(how) = asked.exclusions else {
        let list: Vec<String> = concerned.iter().map(|one| told(one)).collect();
        let list = list.join("; ");
        return Err(Trouble::new(said!(
            "out of the draw for some time: {list}. The merger would take the other part out too, or end it: say --exclusions carry (the whole stays out) or --exclusions end (the whole is in from the first day)",
            "以下暂停抽取尚未到期：{list}。合并后要么全村暂停，要么暂停终止：请写明--exclusions carry（全村暂停）或--exclusions end（自首日起恢复抽取）"
        ))
        .in_field("--exclusions"));
    };
    let ended = ended_before(asked.from);
    let mut write = Vec::new();
    let mut found = BTreeMap::new();
    for one in concerned {
        let mine = one.place == place;
        match how {
            Running::Carry if mine => longest(&mut found, one.span.from, one.clone(), true, |one| one.span),
            Running::Carry => {
                let carried = Exclusion {
                    place: place.clone(),
                    span: Posting { from: one.span.from.max(Some(asked.from)), to: one.span.to },
                    ..one.clone()
                };
                longest(&mut found, carried.span.from, carried, false, |one| one.span);
            }
            Running::End => {}
        }
        // One that had not begun yet never does; its row says so by a last day before its first.
        if !mine || how == Running::End {
            write.push(Exclusion { span: ended(&one.span), ..one.clone() });
        }
    }
    write.extend(changed(found));
    Ok(write)
}

/// Exclusions of the parts and of the whole that run on.
pub fn running<'a>(
    asked: &'a Asked,
    present: &'a Present,
    parts: &'a [Village],
    into: &'a Village,
) -> impl Iterator<Item = &'a Exclusion> {
    let ids: BTreeSet<&str> = parts.iter().chain([into]).map(|village| village.id.as_str()).collect();
    let runs = |one: &&Exclusion| one.span.to.is_none_or(|to| to >= asked.from);
    present.exclusions.iter().filter(move |one| ids.contains(one.place.as_str())).filter(runs)
}

fn told(one: &Exclusion) -> String {
    let (place, until) = (&one.place, one.span.to.map(|to| to.to_string()).unwrap_or_default());
    format!("{place} → {until} ({})", one.reason)
}

/// What raised the chance of a part raises that of the whole.
fn signals(asked: &Asked, present: &Present, parts: &[Village], into: &Village) -> Vec<PlaceSignal> {
    let place = PlaceId::from(into.id.clone());
    let of_part = |one: &&PlaceSignal| parts.iter().any(|part| part.id.as_str() == one.place.as_str());
    let runs = |one: &&PlaceSignal| one.span.to.is_none_or(|to| to >= asked.from);
    let mut found = BTreeMap::new();
    let there = present.signals.iter().filter(|one| one.place == place).cloned();
    let carried = present.signals.iter().filter(of_part).filter(runs);
    let carried = carried.map(|one| PlaceSignal { place: place.clone(), ..one.clone() });
    for (mine, one) in there.map(|one| (true, one)).chain(carried.map(|one| (false, one))) {
        longest(&mut found, (one.kind, one.span.from), one, mine, |one| one.span);
    }
    changed(found)
}

/// Of two with one key the one that lasts longer; `true` beside it: it stands so in the register already.
fn longest<K: Ord, T>(found: &mut BTreeMap<K, (T, bool)>, key: K, one: T, mine: bool, span: impl Fn(&T) -> Posting) {
    let lasts = |of: &T| span(of).to.unwrap_or(NaiveDate::MAX);
    match found.get(&key) {
        Some((before, _)) if lasts(before) >= lasts(&one) => {}
        _ => {
            found.insert(key, (one, mine));
        }
    }
}

fn changed<K, T>(found: BTreeMap<K, (T, bool)>) -> Vec<T> {
    found.into_values().filter(|(_, mine)| !mine).map(|(one, _)| one).collect()
}
