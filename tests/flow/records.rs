//! Files of attendance and leave, as an office exports them.

use super::house::House;
use spotcheck::table::TemplateKind;
use spotcheck::work::Content;
use spotcheck::work::import::Imported;
use spotcheck::work::records::{self, RecordFile};

/// Punches at the device: official, time, direction.
pub fn attendance(punches: &[(&str, &str, &str)]) -> String {
    let rows = punches.iter().map(|(who, at, way)| format!("{who},{at},{way},device,yes\n"));
    rows.fold("official,time,direction,origin,in_range\n".to_owned(), |file, row| file + &row)
}

/// Approved leave: official, from, to, filed.
pub fn leave(papers: &[(&str, &str, &str, &str)]) -> String {
    let rows = papers
        .iter()
        .map(|(who, from, to, filed)| format!("{who},leave,{from},{to},approved,{filed},machine,{filed}\n"));
    rows.fold("official,kind,from,to,status,filed,filed_by,approved_at\n".to_owned(), |file, row| file + &row)
}

impl House {
    /// Imports a file of a source that covers one day.
    pub async fn records(&self, source: &str, csv: &str, day: &str) -> Imported {
        self.records_between(source, csv, day, day).await
    }

    pub async fn records_between(&self, source: &str, csv: &str, from: &str, to: &str) -> Imported {
        let source = self.ctx.config.sources.iter().find(|s| s.source.id.as_str() == source).unwrap();
        let kind = match source.source.kind {
            spotcheck::model::record::SourceKind::Punch => TemplateKind::Attendance,
            _ => TemplateKind::Leave,
        };
        let file = RecordFile {
            covers: Some((from.parse().unwrap(), to.parse().unwrap())).into(),
            complete: true,
            ..RecordFile::new(kind, source, "records.csv", Content::bytes(csv))
        };
        records::import(&self.ctx, &file).await.unwrap()
    }
}
