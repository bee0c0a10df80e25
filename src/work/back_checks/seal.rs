//! The list of finished visits, sealed with the frame of a window of their programme.

use super::super::seal::entry;
use super::super::{Context, Done};
use crate::config::{BackCheckBy, Office};
use crate::draw::back_check::{Standing, name_of};
use crate::draw::chance::Decimal;
use crate::draw::{Chance, Detail, Frame, Ground, Pools, Reason, Row, Salts, Terms};
use crate::model::{InspectorId, Period, PlaceId, Trouble};
use crate::plan::{FrameInput, PoolDuty, SealedDuty};
use crate::store::{BackCheckSealRow, FinishedVisit, Ids, SealRow, Tx};
use chrono::{Days, NaiveDate};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Older visits are not looked at again: nobody remembers.
const WITHIN_DAYS: u64 = 30;
/// Nobody looks at more visits of others in one go.
const MOST_EACH: u32 = 2;

/// Seals what was finished since the last list with a window of the next day; nothing where there is nothing.
pub async fn seal(
    ctx: &Context,
    tx: &mut Tx,
    office: &Office,
    terms: &Terms,
    (input, day): (&FrameInput, NaiveDate),
    seal: &SealRow,
) -> Done<()> {
    let window = &seal.window.id;
    let share = Decimal::parse(&office.back_check_share.to_string()).map_err(Trouble::new)?.per_window(1);
    if share == Chance::ZERO {
        return Ok(());
    }
    let first = day.checked_sub_days(Days::new(WITHIN_DAYS)).unwrap_or(day);
    let of_day = |day: NaiveDate| format!("{}/{}/{day}", window.programme, window.office);
    let visits = tx.finished_visits(&of_day(first), &of_day(day), ctx.now()).await?;
    if visits.is_empty() {
        return Ok(());
    }
    let others = companions(tx, &visits).await?;
    let list = List { input, visits: &visits, others: &others };
    let duty = list.duty();
    let chances = chances(tx, office, share, day, &visits).await?;
    let salts = match terms.salted {
        true => Some(Salts::of_window(&ctx.entropy.bytes("salt", &name_of(window))?)),
        false => None,
    };
    let frame = list.frame(&duty, &chances, office.back_check_by, salts)?;
    let row = SealRow {
        root: *frame.root(),
        frame: tx.put_packed_blob(&frame.encode()).await?,
        duty: tx.put_blob(&duty.stored()).await?,
        places: i64::try_from(frame.rows().len()).unwrap_or(i64::MAX),
        sum_p: i64::try_from(frame.sum_of_visits()).unwrap_or(i64::MAX),
        ..seal.clone()
    };
    let kept = BackCheckSealRow { root: row.root, frame: row.frame, duty: row.duty };
    let p = |unit: &str| {
        let row = PlaceId::parse(unit).ok().and_then(|id| frame.row(&id).map(|row| row.visit.get() + row.call.get()));
        row.unwrap_or(0)
    };
    let made: Vec<(FinishedVisit, NaiveDate, u64)> =
        visits.iter().map(|one| (one.clone(), one.window.day, p(&one.unit()))).collect();
    tx.add_back_check_seal(window, &kept, (share.get(), ctx.now()), &made).await?;
    let mut entry = entry(&row, &frame, &duty);
    entry["kind"] = json!("back_check_seal");
    entry["window"] = json!(name_of(window));
    entry["share"] = json!(share.get());
    ctx.log(tx, &office.id, &entry).await?;
    Ok(())
}

/// Who went along, by the visit.
async fn companions(tx: &mut Tx, visits: &[FinishedVisit]) -> Done<BTreeMap<String, InspectorId>> {
    let mut found = BTreeMap::new();
    for visit in visits {
        let twin = tx.twin(&visit.assignment, visit.line.as_str()).await?;
        if let Some((other, _)) = twin
            && let Some(other) = tx.assignment(&other).await?
        {
            found.insert(visit.unit(), other.inspector);
        }
    }
    Ok(found)
}

/// The chance of each inspector's visits.
async fn chances(
    tx: &mut Tx,
    office: &Office,
    share: Chance,
    day: NaiveDate,
    visits: &[FinishedVisit],
) -> Done<BTreeMap<InspectorId, Chance>> {
    let (quarter, _) = Period::Quarter.around(day);
    let checked = tx.back_checked_since(&office.id, quarter).await?;
    let ids = Ids::new(visits.iter().map(|one| one.inspector.as_str()));
    let inspectors = tx.inspectors_among(&ids).await?;
    let standing = |since, who: &InspectorId| Standing::of(day, since, checked.contains(who)).chance(share);
    Ok(inspectors.into_iter().map(|one| (one.id.clone(), standing(one.active.from, &one.id))).collect())
}

struct List<'a> {
    input: &'a FrameInput,
    visits: &'a [FinishedVisit],
    others: &'a BTreeMap<String, InspectorId>,
}

impl List<'_> {
    fn pool_of(&self, visit: &FinishedVisit) -> Option<&PoolDuty> {
        let at = self.input.places.binary_search_by(|one| one.place.cmp(&visit.place)).ok()?;
        self.input.pools.get(self.input.places.get(at)?.pool?)
    }

    /// Nobody looks at a visit of their own, nor where they are barred.
    fn duty(&self) -> SealedDuty {
        let mut bars: BTreeMap<&str, Vec<(PlaceId, InspectorId, Ground)>> = BTreeMap::new();
        for visit in self.visits {
            let (Some(pool), Ok(unit)) = (self.pool_of(visit), PlaceId::parse(&visit.unit())) else { continue };
            let own = [Some(&visit.inspector), self.others.get(&visit.unit())].into_iter().flatten();
            let own = own.map(|who| (unit.clone(), who.clone(), Ground::OwnVisit));
            let of_place = pool.bars.iter().filter(|(place, ..)| *place == visit.place);
            let of_place = of_place.map(|(_, who, ground)| (unit.clone(), who.clone(), *ground));
            bars.entry(&pool.name).or_default().extend(own.chain(of_place));
        }
        let few = |slots: &[(InspectorId, u32)]| -> Vec<(InspectorId, u32)> {
            slots.iter().map(|(who, capacity)| (who.clone(), (*capacity).min(MOST_EACH))).collect()
        };
        let pool = |one: &PoolDuty| PoolDuty {
            bars: bars.remove(one.name.as_str()).unwrap_or_default(),
            calls: few(&one.calls),
            name: one.name.clone(),
            visits: few(&one.visits),
        };
        SealedDuty::new(self.input.pools.iter().map(pool).collect(), Vec::new())
    }

    fn frame(
        &self,
        duty: &SealedDuty,
        chances: &BTreeMap<InspectorId, Chance>,
        by: BackCheckBy,
        salts: Option<Salts>,
    ) -> Done<Frame> {
        let mut pools = Pools::default();
        let mut rows = Vec::with_capacity(self.visits.len());
        for visit in self.visits {
            let unit = PlaceId::parse(&visit.unit()).map_err(Trouble::new)?;
            let pool = self.pool_of(visit).and_then(|pool| duty.pool(&pool.name));
            let chance = chances.get(&visit.inspector).filter(|_| pool.is_some_and(|pool| is_left(pool, &unit, by)));
            let row = match (chance, by) {
                (Some(chance), BackCheckBy::Call) => Row::new(unit, Chance::ZERO, *chance),
                (Some(chance), BackCheckBy::Visit) => Row::new(unit, *chance, Chance::ZERO),
                (None, _) => Row::ineligible(unit, Reason::NoInspector),
            };
            let number = match pool {
                Some(pool) => pools.number_of(&pool.name.parse().map_err(Trouble::new)?).map_err(Trouble::new)?,
                None => 0,
            };
            rows.push(row.with(Detail { pool: number, ..Detail::default() }));
        }
        let frame = match salts {
            Some(salts) => Frame::salted(rows, pools, salts),
            None => Frame::with_pools(rows, pools),
        };
        Ok(frame.map_err(|error| Trouble::new(error.said()))?)
    }
}

/// Whether somebody with room may look at the visit.
fn is_left(pool: &PoolDuty, unit: &PlaceId, by: BackCheckBy) -> bool {
    let slots = match by {
        BackCheckBy::Call => &pool.calls,
        BackCheckBy::Visit => &pool.visits,
    };
    let barred: BTreeSet<&InspectorId> =
        pool.bars.iter().filter(|(of, ..)| of == unit).map(|(_, who, _)| who).collect();
    slots.iter().any(|(who, capacity)| *capacity > 0 && !barred.contains(who))
}
