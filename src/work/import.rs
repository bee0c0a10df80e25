//! What every import tells: counts, rejects, warnings; and the row it leaves in the journal.

use super::{Context, Done};
use crate::evidence::rows::FiledRow;
use crate::model::{Language, OfficeId, Sha256, SourceId, Trouble};
use crate::store::{BatchRow, Tx};
use crate::table::Reject;
use crate::table::TemplateKind;
use crate::table::reject::reject_csv;
use chrono::NaiveDate;

/// What an import did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    pub kind: String,
    pub file: String,
    /// This very file was imported before: nothing was done.
    pub seen_before: bool,
    pub read: u64,
    pub new: u64,
    pub changed: u64,
    pub gone: u64,
    /// Sound rows that were not asked for.
    pub outside: u64,
    /// In the register or on record already.
    pub known: u64,
    pub rejected: u64,
    /// Rows with nothing to record, such as a day without a punch.
    pub silent: u64,
    /// Of very many the first.
    pub rejects: Vec<Reject>,
    /// The first records as they were understood.
    pub preview: Vec<FiledRow>,
    /// By which layout the file was read: a template, or a mapping with its version.
    pub layout: Option<String>,
    pub warnings: Vec<Trouble>,
    /// The header as it stood in the file, for the reject file.
    pub header: Vec<String>,
    /// Days that the records cover.
    pub span: Option<(NaiveDate, NaiveDate)>,
    /// False: far fewer rows than usual, so it covers nothing until a person says so.
    pub complete: bool,
    pub batch: String,
}

impl Imported {
    /// One line for a person.
    pub fn summary(&self, language: Language) -> String {
        let Imported { file, kind, read, new, changed, gone, known, outside, rejected, silent, .. } = self;
        if self.seen_before {
            return match language {
                Language::En => format!("{file}: imported before, nothing to do"),
                Language::ZhHans => format!("{file}：此前已导入，无需处理"),
            };
        }
        let mut text = match language {
            Language::En => format!(
                "{file}: {kind}: {read} rows read: {new} new, {changed} changed, {gone} gone, {known} known, {rejected} rejected"
            ),
            Language::ZhHans => {
                format!(
                    "{file}：{kind}：读入{read}行：新增{new}，变更{changed}，终止{gone}，已有{known}，未导入{rejected}"
                )
            }
        };
        if *silent > 0 {
            text.push_str(&match language {
                Language::En => format!(", {silent} without anything to record"),
                Language::ZhHans => format!("，无可登记内容{silent}"),
            });
        }
        if *outside > 0 {
            text.push_str(&match language {
                Language::En => format!(", {outside} outside the area"),
                Language::ZhHans => format!("，区域外{outside}"),
            });
        }
        text
    }

    /// The rejected rows as they came, with the reason; `None` where there are none.
    pub fn reject_file(&self, language: Language) -> Option<std::io::Result<Vec<u8>>> {
        let kind: TemplateKind = self.kind.parse().ok()?;
        (!self.rejects.is_empty()).then(|| reject_csv(kind, &self.header, &self.rejects, language))
    }
}

/// Stable name of a batch: the same file for the same purpose has the same. `again`: how often the file was
/// imported before, with other days or another layout.
pub fn batch_id(kind: &str, source: Option<&SourceId>, file: &Sha256, again: usize) -> String {
    let source = source.map_or("", SourceId::as_str);
    let again = if again == 0 { String::new() } else { format!("\n{again}") };
    Sha256::of(format!("{kind}\n{source}\n{file}{again}").as_bytes()).hex()[..16].to_owned()
}

/// Journals an import.
pub(super) async fn journal(
    ctx: &Context,
    tx: &mut Tx,
    imported: &Imported,
    file: &Sha256,
    office: Option<&OfficeId>,
    source: Option<&SourceId>,
) -> Done<()> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let day = |day: NaiveDate| day.format("%Y-%m-%d").to_string();
    tx.add_batch(&BatchRow {
        id: imported.batch.clone(),
        office: office.map(ToString::to_string),
        kind: imported.kind.clone(),
        source: source.map(ToString::to_string),
        file_name: imported.file.clone(),
        file_sha: file.hex(),
        seen_at: ctx.now().0,
        covers_from: imported.span.map(|(from, _)| day(from)),
        covers_to: imported.span.map(|(_, to)| day(to)),
        complete: i64::from(imported.complete),
        rows_read: count(imported.read),
        rows_new: count(imported.new + imported.changed),
        rows_known: count(imported.known),
        rows_rejected: count(imported.rejected),
        layout: imported.layout.clone(),
    })
    .await?;
    Ok(())
}
