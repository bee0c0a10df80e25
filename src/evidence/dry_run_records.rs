//! Sources, batches and records of the dry run's form (EVIDENCE 9).

use super::json_fields::Fields;
use crate::model::record::{
    Batch, Cadence, Direction, Filed, FiledBy, Origin, Paper, PaperKind, PaperStatus, Punch, Record, Source,
    SourceKind, What,
};
use crate::model::{OfficialId, Said, SourceId, Trouble};
use crate::said;
use chrono::NaiveDate;
use serde_json::Value;

type Items<'v> = Vec<(String, &'v Value)>;

pub fn sources(items: Items<'_>) -> Result<(Vec<Source>, Vec<Batch>), Trouble> {
    let (mut sources, mut batches): (Vec<Source>, Vec<Batch>) = (Vec::new(), Vec::new());
    for (path, value) in items {
        let mut fields = Fields::of(path, value)?;
        let id = fields.word("id", SourceId::parse)?;
        let id = fields.need("id", id)?;
        if sources.iter().any(|known| known.id == id) {
            return Err(fields.trouble("id", twice(id.as_str())));
        }
        let kind = fields.word("kind", SourceKind::parse)?;
        let cadence = fields.word("cadence", Cadence::parse)?;
        let source = Source {
            kind: fields.need("kind", kind)?,
            cadence: fields.need("cadence", cadence)?,
            grace_days: fields.number("grace_days")?.unwrap_or(0),
            settle_hours: fields.number("settle_hours")?.unwrap_or(0),
            id,
        };
        for (path, value) in fields.list("batches")? {
            let batch = batch(Fields::of(path.as_str(), value)?, &source.id)?;
            if batches.iter().any(|known| known.source == batch.source && known.id == batch.id) {
                return Err(Trouble::new(twice(&batch.id)).in_field(format!("{path}.id")));
            }
            batches.push(batch);
        }
        fields.finish()?;
        sources.push(source);
    }
    Ok((sources, batches))
}

fn twice(id: &str) -> Said {
    said!("“{id}” is there twice: every id stands for one thing", "“{id}”重复：每个编号只能用一次")
}

/// A batch whose span or completeness is unknown covers nothing.
fn batch(mut fields: Fields<'_>, source: &SourceId) -> Result<Batch, Trouble> {
    let id = fields.text("id")?;
    let seen = fields.time("seen")?;
    let span = (fields.day("covers_from")?, fields.day("covers_to")?);
    let (covers_from, covers_to) = match span {
        (Some(from), Some(to)) => (from, to),
        _ => (NaiveDate::MAX, NaiveDate::MIN),
    };
    let batch = Batch {
        id: fields.need("id", id)?.to_owned(),
        source: source.clone(),
        seen: fields.need("seen", seen)?,
        covers_from,
        covers_to,
        complete: fields.flag("complete")?.unwrap_or(false),
    };
    fields.finish()?;
    Ok(batch)
}

pub fn records(
    items: Items<'_>,
    official: &OfficialId,
    batches: &[Batch],
    sources: &[Source],
) -> Result<Vec<Record>, Trouble> {
    let mut records = Vec::with_capacity(items.len());
    for (path, value) in items {
        records.push(record(Fields::of(path, value)?, official, batches, sources)?);
    }
    Ok(records)
}

fn record(
    mut fields: Fields<'_>,
    official: &OfficialId,
    batches: &[Batch],
    sources: &[Source],
) -> Result<Record, Trouble> {
    let source = fields.word("source", SourceId::parse)?;
    let source = fields.need("source", source)?;
    if !sources.iter().any(|known| known.id == source) {
        let said = said!("“{source}” is none of the sources: name it there first", "来源中没有“{source}”：请先列出");
        return Err(fields.trouble("source", said));
    }
    let first = fields.text("first_batch")?;
    let first_batch = fields.need("first_batch", first)?.to_owned();
    // Unknown until when it was there: it was in its first batch, and more is not claimed.
    let last_batch = fields.text("last_batch")?.map_or_else(|| first_batch.clone(), str::to_owned);
    for (name, id) in [("first_batch", &first_batch), ("last_batch", &last_batch)] {
        if !batches.iter().any(|batch| batch.source == source && batch.id == *id) {
            let said = said!(
                "“{id}” is no batch of the source {source}: list it there with its time and span",
                "来源{source}中没有批次“{id}”：请先列出该批次及其时间、范围"
            );
            return Err(fields.trouble(name, said));
        }
    }
    let filed =
        Filed { at: fields.time("filed")?, by: fields.word("filed_by", FiledBy::parse)?.unwrap_or(FiledBy::Unknown) };
    let kind = fields.word("kind", SourceKind::parse)?;
    let what = match fields.need("kind", kind)? {
        SourceKind::Punch => What::Punch(punch(&mut fields)?),
        SourceKind::Leave => What::Paper(paper(&mut fields, PaperKind::Leave)?),
        SourceKind::Trip => What::Paper(paper(&mut fields, PaperKind::Trip)?),
        SourceKind::Training => What::Paper(paper(&mut fields, PaperKind::Training)?),
        SourceKind::Meeting => What::Paper(paper(&mut fields, PaperKind::Meeting)?),
        SourceKind::Errand => What::Paper(paper(&mut fields, PaperKind::Errand)?),
        SourceKind::Rota => {
            let (from, to) = (fields.time("from")?, fields.time("to")?);
            What::Rota { from: fields.need("from", from)?, to: fields.need("to", to)? }
        }
        kind @ (SourceKind::WorkLog | SourceKind::HealthCheck | SourceKind::Insurance | SourceKind::Allowance) => {
            let kind = kind.code();
            let said = said!("no verdict asks for {kind}: leave it out", "判定不涉及{kind}：请删去");
            return Err(fields.trouble("kind", said));
        }
    };
    fields.finish()?;
    Ok(Record { official: official.clone(), source, first_batch, last_batch, row: 0, filed, what })
}

/// A punch of unknown origin is as weak as a phone's of unknown range.
fn punch(fields: &mut Fields<'_>) -> Result<Punch, Trouble> {
    let at = fields.time("at")?;
    let origin = fields.word("origin", Origin::parse)?;
    let in_range = fields.flag("in_range")?;
    Ok(Punch {
        at: fields.need("at", at)?,
        direction: fields.word("direction", Direction::parse)?.unwrap_or(Direction::None),
        origin: origin.unwrap_or(Origin::Phone),
        in_range: origin.and(in_range),
        device: None,
    })
}

fn paper(fields: &mut Fields<'_>, kind: PaperKind) -> Result<Paper, Trouble> {
    let (from, to) = (fields.time("from")?, fields.time("to")?);
    Ok(Paper {
        kind,
        from: fields.need("from", from)?,
        to: fields.need("to", to)?,
        status: fields.word("status", PaperStatus::parse)?,
        approved_at: fields.time("approved_at")?,
        cancelled_at: fields.time("cancelled_at")?,
        sick: fields.flag("sick")?.unwrap_or(false),
        label: String::new(),
    })
}
