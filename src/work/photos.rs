//! Photos held against the visits they came with (EVIDENCE 5): noted for people to look at, and for nothing else.

use super::attachments::Kept;
use super::sent::Known;
use super::{Context, Done};
use crate::evidence::photo::{Visit, fit, visit_of};
use crate::model::position::Position;
use crate::model::{Kind, Line, PlaceId, Said};
use crate::reply;
use crate::store::{Ids, NewPhoto, PhotoRow, Tx};
use crate::words::photos as words;
use std::collections::{BTreeMap, BTreeSet};

/// Notes how the photos among what came with a mail fit its visits: those that it tells of, or where it tells of none,
/// as "photos follow" does, all of the assignment.
pub(super) async fn note(
    ctx: &Context,
    tx: &mut Tx,
    known: &Known,
    mail: (&str, &reply::Reading),
    files: &[Kept],
) -> Done<()> {
    if files.iter().all(|file| file.photo.is_none()) {
        return Ok(());
    }
    let (mail_id, reading) = mail;
    let zone = ctx.office(&known.row.office)?.zone;
    let of_assignment = || known.assignment.lines.iter().filter(|line| line.kind == Kind::Visit);
    let told = |line: &&Line| reading.results.iter().any(|result| result.line == line.code.as_str());
    let mut lines: Vec<&Line> = of_assignment().filter(told).collect();
    if lines.is_empty() {
        lines = of_assignment().collect();
    }
    let positions = positions(tx, lines.iter().map(|line| &line.place)).await?;
    let outcomes = tx.outcomes_of(&known.row.id).await?;
    let visits: Vec<Visit> = lines
        .iter()
        .map(|line| Visit {
            code: line.code.clone(),
            from: line.from,
            to: line.to,
            stated: outcomes.iter().filter(|o| o.line == line.code.as_str()).filter_map(|o| o.stated).collect(),
            place: positions.get(&line.place).copied(),
        })
        .collect();
    for file in files {
        let Some(photo) = &file.photo else { continue };
        let found = visit_of(photo, file.name.as_deref(), &visits, zone);
        let line = found.and_then(|visit| lines.iter().find(|line| line.code == visit.code));
        tx.add_photo(&NewPhoto {
            mail: mail_id.to_owned(),
            number: file.number,
            sha: file.sha,
            assignment: known.row.id.clone(),
            visit: line.map_or_else(|| known.row.id.to_string(), |line| format!("{} {}", line.window, line.place)),
            line: found.map(|visit| (visit.code.clone(), fit(photo, visit, zone))),
        })
        .await?;
    }
    Ok(())
}

/// How a photo fits its visit, in one line.
pub fn said(photo: &PhotoRow) -> Said {
    words::photo(photo.fit.as_ref(), photo.alike)
}

/// The same in JSON.
pub fn form(photo: &PhotoRow) -> serde_json::Value {
    let fit = photo.fit.as_ref();
    serde_json::json!({
        "line": photo.line, "time": fit.map(|fit| fit.time), "place": fit.map(|fit| fit.place),
        "metres": fit.and_then(|fit| fit.metres), "alike": photo.alike,
    })
}

/// Where places lie, by their own position or by that of their village.
async fn positions<'a>(tx: &mut Tx, places: impl Iterator<Item = &'a PlaceId>) -> Done<BTreeMap<PlaceId, Position>> {
    let places: BTreeSet<&PlaceId> = places.collect();
    let teams = tx.teams_of_places(&Ids::new(places.iter().map(|place| place.as_str()))).await?;
    let village =
        |place: &PlaceId| teams.iter().find(|team| team.id.as_str() == place.as_str()).map(|t| t.village.as_str());
    let ids = Ids::new(places.iter().flat_map(|place| std::iter::once(place.as_str()).chain(village(place))));
    let located: BTreeMap<String, Position> =
        tx.located_among(&ids).await?.into_iter().map(|one| (one.place, one.position)).collect();
    let of = |place: &PlaceId| located.get(place.as_str()).or_else(|| located.get(village(place)?)).copied();
    Ok(places.into_iter().filter_map(|place| Some((place.clone(), of(place)?))).collect())
}
