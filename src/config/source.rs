//! `[[source]]`: where attendance and leave come from, and how often (EVIDENCE 1).

use super::reader::{Placed, Section};
use crate::model::record::{Cadence, Source, SourceKind};
use crate::model::{OfficeId, SourceId};

/// A source of one office.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficeSource {
    pub office: OfficeId,
    pub source: Source,
    /// Region codes or village ids: the source speaks of teams whose village's region or id begins with
    /// one of them. Empty: of every team of the office.
    pub regions: Vec<String>,
    /// A batch with less than this share of the usual rows covers nothing until a person says so.
    pub usual_rows_share: f64,
    /// Addresses that may send its files to the desk, in lower case.
    pub senders: Vec<String>,
    /// Serial numbers of the devices that send their punches while they happen.
    pub devices: Vec<String>,
}

impl OfficeSource {
    pub(super) fn read(mut section: Section<'_>) -> Placed<SourceId, OfficeSource> {
        let id = section.required("id", SourceId::parse);
        let office = section.required("office", OfficeId::parse);
        let kind = section.required("kind", SourceKind::parse);
        let cadence = section.required("cadence", Cadence::parse);
        let grace_days = section.number("grace_days", 0..=60, 5);
        let settle_hours = section.number("settle_hours", 0..=240, 0);
        let usual_rows_share = section.share("usual_rows_share", 0.5);
        let regions = section.list("regions", super::shapes::region).unwrap_or_default();
        let senders = section.list("senders", super::shapes::address).unwrap_or_default();
        let devices = section.list("devices", super::api::serial).unwrap_or_default();
        let places = section.finish();
        let kept = id.clone();
        let source = || {
            let source = Source { id: id?, kind: kind?, cadence: cadence?, grace_days, settle_hours };
            Some(OfficeSource { office: office?, source, regions, usual_rows_share, senders, devices })
        };
        Placed { id: kept, item: source(), places }
    }
}
