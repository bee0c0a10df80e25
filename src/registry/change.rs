//! What a roster changes in the register: new, changed, gone. Nothing is ever deleted (DESIGN 6).

use super::places::VillageRow;
use crate::model::position::{Distance, Located};
use crate::model::register::{
    Absence, Blackout, Contact, Exclusion, Inspector, Name, Official, Posting, Recusal, RecusalScope, Region, Team,
    Village,
};
use crate::model::{ContactId, InspectorId, OfficialId, PlaceId, PlaceSignal, SignalKind, TeamId, VillageId};
use crate::table::Columns;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What a file says about those whom it does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The whole roster: who is missing is gone since the day before the roster's.
    Full,
    /// Changes alone: who is missing stays.
    Changes,
}

/// Something that a register holds for a span of days.
pub trait Registered: Clone + PartialEq {
    type Id: Ord + Clone;

    fn id(&self) -> Self::Id;

    fn span(&self) -> Posting;

    fn set_span(&mut self, span: Posting);

    /// Takes over from the register what the file has no column for.
    fn keep(&mut self, before: &Self, columns: &Columns);
}

/// The difference between a roster and the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes<T> {
    pub new: Vec<T>,
    /// Before and after.
    pub changed: Vec<(T, T)>,
    /// With their span ended on the day before the roster's.
    pub gone: Vec<T>,
    pub unchanged: usize,
}

impl<T> Changes<T> {
    /// What must be written: every value that is new or other than before.
    pub fn to_write(&self) -> impl Iterator<Item = &T> {
        self.new.iter().chain(self.changed.iter().map(|(_, after)| after)).chain(&self.gone)
    }
}

/// Compares a roster of `day` with the present register; lists are in the order of ids.
///
/// A blank `from` leaves the present one; a blank `to` opens the span again. A column that the file
/// lacks changes nothing. Applying the same roster twice changes nothing the second time.
pub fn changes<T: Registered>(
    present: &[T],
    roster: impl IntoIterator<Item = T>,
    columns: &Columns,
    mode: Mode,
    day: NaiveDate,
) -> Changes<T> {
    let mut left: BTreeMap<T::Id, &T> = present.iter().map(|item| (item.id(), item)).collect();
    let named: BTreeMap<T::Id, T> = roster.into_iter().map(|item| (item.id(), item)).collect();
    let mut result = Changes { new: Vec::new(), changed: Vec::new(), gone: Vec::new(), unchanged: 0 };
    for (id, mut after) in named {
        let Some(before) = left.remove(&id) else {
            result.new.push(after);
            continue;
        };
        after.keep(before, columns);
        let span = after.span();
        after.set_span(Posting {
            from: span.from.or(before.span().from),
            to: if columns.has("to") { span.to } else { reopened(before.span().to, day) },
        });
        if after == *before {
            result.unchanged += 1;
        } else {
            result.changed.push((before.clone(), after));
        }
    }
    if mode == Mode::Full {
        let last = day.pred_opt().unwrap_or(day);
        for before in left.into_values().filter(|before| before.span().to.is_none_or(|to| to > last)) {
            let mut ended = before.clone();
            ended.set_span(Posting { to: Some(last), ..before.span() });
            result.gone.push(ended);
        }
    }
    result
}

/// A file without the column `to` names whom it names as present: an end in the past is lifted.
fn reopened(to: Option<NaiveDate>, day: NaiveDate) -> Option<NaiveDate> {
    to.filter(|to| *to >= day)
}

/// How long it holds: a field of it, or `-`, until another one takes its place.
macro_rules! spanned {
    (-) => {
        fn span(&self) -> Posting {
            Posting::default()
        }

        fn set_span(&mut self, _: Posting) {}
    };
    ($span:ident) => {
        fn span(&self) -> Posting {
            self.$span
        }

        fn set_span(&mut self, span: Posting) {
            self.$span = span;
        }
    };
}

macro_rules! registered {
    ($($type:ty, $id:ty, $get_id:expr, $span:tt, |$after:ident, $before:ident, $columns:ident| $keep:block;)*) => {$(
        impl Registered for $type {
            type Id = $id;

            fn id(&self) -> $id {
                let get: fn(&$type) -> $id = $get_id;
                get(self)
            }

            spanned!($span);

            fn keep(&mut self, $before: &Self, $columns: &Columns) {
                let $after = self;
                $keep
            }
        }
    )*};
}

registered! {
    Village, VillageId, |village| village.id.clone(), active, |after, before, columns| {
        keep_latin(&mut after.name, &before.name, columns.has("name_latin"));
    };
    Team, TeamId, |team| team.id.clone(), posting, |after, before, columns| {
        keep_latin(&mut after.name, &before.name, columns.has("name_latin"));
        keep(&mut after.sending_unit, &before.sending_unit, columns.has("sending_unit"));
    };
    Official, OfficialId, |official| official.id.clone(), posting, |after, before, columns| {
        keep_latin(&mut after.name, &before.name, columns.has("name_latin"));
        keep(&mut after.role, &before.role, columns.has("role"));
        keep(&mut after.phone, &before.phone, columns.has("phone"));
        keep(&mut after.email, &before.email, columns.has("email"));
        keep(&mut after.sending_unit, &before.sending_unit, columns.has("sending_unit"));
        keep(&mut after.device_number, &before.device_number, columns.has("device_number"));
    };
    Contact, ContactId, |contact| contact.id.clone(), active, |after, before, columns| {
        keep_latin(&mut after.name, &before.name, columns.has("name_latin"));
        keep(&mut after.phone, &before.phone, columns.has("phone"));
        keep(&mut after.do_not_call, &before.do_not_call, columns.has("do_not_call"));
    };
    Inspector, InspectorId, |inspector| inspector.id.clone(), active, |after, before, columns| {
        keep_latin(&mut after.name, &before.name, columns.has("name_latin"));
        keep(&mut after.office, &before.office, columns.has("office"));
        keep(&mut after.phone, &before.phone, columns.has("phone"));
        keep(&mut after.language, &before.language, columns.has("language"));
        keep(&mut after.visits_a_window, &before.visits_a_window, columns.has("visits"));
        keep(&mut after.calls_a_window, &before.calls_a_window, columns.has("calls"));
        keep(&mut after.home_county, &before.home_county, columns.has("home_county"));
        if !columns.has("other_emails") {
            let others = before.addresses.iter().filter(|address| !after.addresses.contains(address));
            let others: Vec<String> = others.cloned().collect();
            after.addresses.extend(others);
        }
    };
    Recusal, (InspectorId, RecusalScope, Option<NaiveDate>),
        |recusal| (recusal.inspector.clone(), recusal.scope.clone(), recusal.span.from), span,
        |after, before, columns| {
            keep(&mut after.reason, &before.reason, columns.has("reason"));
        };
    Exclusion, (PlaceId, Option<NaiveDate>),
        |exclusion| (exclusion.place.clone(), exclusion.span.from), span, |_after, _before, _columns| {};
    Blackout, (String, Option<NaiveDate>),
        |blackout| (blackout.region.clone(), blackout.span.from), span, |_after, _before, _columns| {};
    Absence, (InspectorId, Option<NaiveDate>),
        |absence| (absence.inspector.clone(), absence.span.from), span, |after, before, columns| {
            keep(&mut after.half, &before.half, columns.has("half"));
            keep(&mut after.reason, &before.reason, columns.has("reason"));
        };
    PlaceSignal, (PlaceId, SignalKind, Option<NaiveDate>),
        |signal| (signal.place.clone(), signal.kind, signal.span.from), span, |_after, _before, _columns| {};
    Located, String, |located| located.place.clone(), -, |_after, _before, _columns| {};
    Distance, (String, String), |distance| (distance.from.clone(), distance.to.clone()), -, |after, before, columns| {
        keep(&mut after.leg.metres, &before.leg.metres, columns.has("km"));
    };
}

fn keep<T: Clone>(after: &mut T, before: &T, has_column: bool) {
    if !has_column {
        after.clone_from(before);
    }
}

/// A romanisation that somebody corrected stays while the name stays.
fn keep_latin(after: &mut Name, before: &Name, has_column: bool) {
    if after.own == before.own {
        keep(&mut after.latin, &before.latin, has_column);
    }
}

/// The townships that a villages file names, each once, in the order of codes; the last name counts.
pub fn townships<'a>(rows: impl IntoIterator<Item = &'a VillageRow>) -> Vec<Region> {
    let by_code: BTreeMap<&str, &Region> =
        rows.into_iter().map(|row| (row.township.code.as_str(), &row.township)).collect();
    by_code.into_values().cloned().collect()
}
