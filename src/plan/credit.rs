//! One visit for two programmes: a place that both drew for one time is visited once.

use super::Given;
use crate::model::{Kind, PlaceId, WindowId};
use std::collections::BTreeMap;

/// Visits that another visit of the same release carries out too: (window, place) → carrying window.
///
/// Of visits to one place in windows that overlap, of different programmes, the one whose window opens
/// first carries the others.
pub fn credits(given: &[Given]) -> BTreeMap<(WindowId, PlaceId), WindowId> {
    let mut visits: Vec<&Given> = given.iter().filter(|one| one.kind == Kind::Visit).collect();
    visits.sort_by(|a, b| (&a.place, a.window.start, &a.window.id).cmp(&(&b.place, b.window.start, &b.window.id)));
    let mut carried = BTreeMap::new();
    for at_place in visits.chunk_by(|a, b| a.place == b.place) {
        let mut carriers: Vec<&Given> = Vec::new();
        for one in at_place {
            let carrier = carriers.iter().find(|carrier| {
                carrier.window.id.programme != one.window.id.programme
                    && one.window.start < carrier.window.end
                    && carrier.window.start < one.window.end
            });
            match carrier {
                Some(carrier) => {
                    carried.insert((one.window.id.clone(), one.place.clone()), carrier.window.id.clone());
                }
                None => carriers.push(one),
            }
        }
    }
    carried
}
