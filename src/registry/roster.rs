//! The driver: any roster file → its rows, its rejects, its warnings.

use crate::model::{InspectorId, Language, OfficeId, OfficialId, PlaceId, TeamId, Trouble, VillageId};
use crate::said;
use crate::table::fields::quote;
use crate::table::{Columns, Fields, Reject, Row, TemplateKind, read_table};
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::ops::ControlFlow;
use unicode_normalization::UnicodeNormalization;

/// Rejects that are kept with their cells; beyond it they are only counted.
pub const MOST_REJECTS: usize = 10_000;

/// What a file of rosters does not say itself.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Office of inspectors whose row names none.
    pub office: Option<&'a OfficeId>,
    /// Language of inspectors whose row names none.
    pub language: Language,
    /// Capacity a window of inspectors whose row names none.
    pub visits: u32,
    pub calls: u32,
    /// Ids that rows may refer to; `None` = not looked at.
    pub known: Option<&'a Known>,
}

/// Ids that exist in the register already, or in files that are imported along.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub villages: HashSet<VillageId>,
    pub teams: HashSet<TeamId>,
    pub officials: HashSet<OfficialId>,
    pub inspectors: HashSet<InspectorId>,
    /// Offices of the configuration.
    pub offices: HashSet<OfficeId>,
}

/// Something that a row points to.
#[derive(Debug, Clone, Copy)]
pub enum Reference<'a> {
    Village(&'a VillageId),
    Team(&'a TeamId),
    Official(&'a OfficialId),
    Inspector(&'a InspectorId),
    Place(&'a PlaceId),
    /// A place, or an office.
    Site(&'a str),
}

impl Known {
    fn holds(&self, reference: Reference<'_>) -> bool {
        match reference {
            Reference::Village(id) => self.villages.contains(id),
            Reference::Team(id) => self.teams.contains(id),
            Reference::Official(id) => self.officials.contains(id),
            Reference::Inspector(id) => self.inspectors.contains(id),
            Reference::Place(id) => {
                VillageId::parse(id.as_str()).is_ok_and(|id| self.villages.contains(&id))
                    || TeamId::parse(id.as_str()).is_ok_and(|id| self.teams.contains(&id))
            }
            Reference::Site(id) => {
                OfficeId::parse(id).is_ok_and(|id| self.offices.contains(&id))
                    || PlaceId::parse(id).is_ok_and(|id| self.holds(Reference::Place(&id)))
            }
        }
    }
}

/// A kind of roster: how one of its rows is read.
pub trait RosterRow: Sized + PartialEq {
    const KIND: TemplateKind;

    /// # Errors
    /// Names the row and the column, and never repeats a phone number.
    fn read(fields: Fields<'_>, setting: &Setting<'_>) -> Result<Self, Trouble>;

    /// What two rows of one file may not share.
    fn key(&self) -> String;

    /// Columns and ids that must exist already.
    fn refers(&self) -> Vec<(&'static str, Reference<'_>)>;
}

/// A row that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<T> {
    pub row: u64,
    pub item: T,
}

#[derive(Debug, Clone)]
pub struct Parsed<T> {
    /// The header as it was found.
    pub columns: Columns,
    pub rows: Vec<Entry<T>>,
    /// At most [`MOST_REJECTS`].
    pub rejects: Vec<Reject>,
    /// All of them: rows read = rows kept + repeated + rejected.
    pub rejected: u64,
    /// Rows that say the same as an earlier one; they are left out.
    pub repeated: u64,
    pub warnings: Vec<Trouble>,
}

impl<T> Parsed<T> {
    pub fn into_items(self) -> Vec<T> {
        self.rows.into_iter().map(|entry| entry.item).collect()
    }
}

/// Reads a roster of one kind from xlsx, xls, ods or CSV.
///
/// # Errors
/// The file cannot be read at all, or has not the columns of this kind; nothing is taken then.
pub fn parse_roster<T: RosterRow>(
    file_name: &str,
    input: &mut dyn Read,
    setting: &Setting<'_>,
) -> Result<Parsed<T>, Trouble> {
    let mut rows: Vec<Entry<T>> = Vec::new();
    let mut rejects = Vec::new();
    let (mut rejected, mut repeated) = (0, 0);
    let mut seen: HashMap<String, usize> = HashMap::new();
    let (columns, mut warnings) = read_table(T::KIND, file_name, input, &mut |row, fields| {
        match understand(row, fields, setting, &rows, &seen) {
            Ok(Some((key, item))) => {
                seen.insert(key, rows.len());
                rows.push(Entry { row: row.number, item });
            }
            Ok(None) => repeated += 1,
            Err(trouble) => {
                rejected += 1;
                if rejects.len() < MOST_REJECTS {
                    rejects.push(Reject::new(row, trouble, file_name));
                }
            }
        }
        ControlFlow::Continue(())
    })?;
    if repeated > 0 {
        let said = said!(
            "{repeated} rows say the same as an earlier row and were left out",
            "有{repeated}行与前面的行完全相同，未重复读入"
        );
        warnings.push(Trouble::new(said).in_file(file_name));
    }
    Ok(Parsed { columns, rows, rejects, rejected, repeated, warnings })
}

/// The row with its key; `None` if an earlier row says the same.
fn understand<T: RosterRow>(
    row: &Row,
    fields: Fields<'_>,
    setting: &Setting<'_>,
    rows: &[Entry<T>],
    seen: &HashMap<String, usize>,
) -> Result<Option<(String, T)>, Trouble> {
    if let Some(damage) = &row.damage {
        return Err(Trouble::new(damage.clone()));
    }
    let item = T::read(fields, setting)?;
    // Ids that are equal in NFKC look the same to people, and the draw refuses them (DRAW 2).
    let key: String = item.key().nfkc().collect();
    if let Some(earlier) = seen.get(&key).and_then(|at| rows.get(*at)) {
        if earlier.item == item {
            return Ok(None);
        }
        let first = earlier.row;
        let column = fields.columns.template.columns.first().map_or("id", |column| column.key);
        return Err(fields.trouble(
            column,
            said!(
                "row {first} has the same id but says something else: keep one of them",
                "与第{first}行编号相同但内容不同：请只保留一行"
            ),
        ));
    }
    if let Some(known) = setting.known
        && let Some((column, _)) = item.refers().into_iter().find(|(_, reference)| !known.holds(*reference))
    {
        let text = quote(&fields.get(column).unwrap_or_default());
        return Err(fields.trouble(
            column,
            said!(
                "“{text}” is not in the register: import it first, or correct the id",
                "登记册中没有“{text}”：请先导入，或更正编号"
            ),
        ));
    }
    Ok(Some((key, item)))
}
