//! A file of records → rows of a house template, whatever layout it has.

use super::make::Maker;
use super::recognise::{ENOUGH, Head, Layout, Wanted, choose, is_titles};
use super::{Mapping, make};
use crate::model::{Said, Trouble};
use crate::table::fields::Fields;
use crate::table::header::{self, Columns};
use crate::table::read::{Handing, Row, read_rows, unreadable};
use crate::table::template::TemplateKind;
use std::borrow::Cow;
use std::io::Read;
use std::ops::ControlFlow;

/// Whom a row speaks of, as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who<'a> {
    /// Numbers that the register may know; any of them may be blank in the register.
    pub numbers: Vec<Cow<'a, str>>,
    pub name: Option<Cow<'a, str>>,
}

/// One record that a row makes, under the columns of its template.
#[derive(Debug)]
pub struct Made<'a> {
    pub fields: Fields<'a>,
    pub who: Who<'a>,
    /// What could not be made of the row.
    pub faults: &'a [Trouble],
}

/// What was found out about a file as a whole.
#[derive(Debug, Clone)]
pub struct Found {
    /// Name of the layout: a template's or a mapping's, with its version.
    pub layout: String,
    pub title: Said,
    pub makes: TemplateKind,
    pub head: Head,
    pub warnings: Vec<Trouble>,
}

/// Opens a file from its beginning, as often as is asked.
pub type Open<'a> = &'a dyn Fn() -> std::io::Result<Box<dyn Read + Send + 'a>>;

/// Takes a row of the file, with every record that it makes.
pub type EachMade<'a> = &'a mut dyn FnMut(&Row, &[Made<'_>]) -> ControlFlow<()>;

/// Reads a file of records: finds its layout and header and hands on every row below, damaged ones too.
///
/// # Errors
/// As [`read_rows`]; and where no layout fits, or several fit alike.
pub fn read_layouts(
    wanted: &Wanted<'_>,
    file_name: &str,
    open: Open<'_>,
    handing: &dyn Handing,
    each: EachMade<'_>,
) -> Result<Found, Trouble> {
    let mut reader = Reader { wanted, file_name, open, early: Vec::new(), at: At::Start, rows: 0, sample: None };
    let mut trouble = None;
    let mut input = open().map_err(|error| Trouble::new(unreadable(&error)).in_file(file_name))?;
    handing.hand(&mut |rows| read_rows(file_name, &mut *input, rows), &mut |row| match reader.take(row, each) {
        Ok(flow) => flow,
        Err(found) => {
            trouble = Some(found);
            ControlFlow::Break(())
        }
    })?;
    if trouble.is_none() && matches!(reader.at, At::Start) {
        trouble = reader.decide(each).err();
    }
    match trouble {
        Some(trouble) => Err(trouble.in_file(file_name)),
        None => Ok(reader.found()),
    }
}

enum At<'m> {
    Start,
    House(Columns),
    Mapped(Maker<'m>, Head),
}

struct Reader<'r, 'm, 'o> {
    wanted: &'r Wanted<'m>,
    file_name: &'r str,
    open: Open<'o>,
    early: Vec<Row>,
    at: At<'m>,
    rows: u64,
    /// The template's own sample row.
    sample: Option<u64>,
}

impl Reader<'_, '_, '_> {
    fn take(&mut self, row: &Row, each: EachMade<'_>) -> Result<ControlFlow<()>, Trouble> {
        match self.at {
            At::Start => {
                self.early.push(row.clone());
                if self.early.len() < ENOUGH { Ok(ControlFlow::Continue(())) } else { self.decide(each) }
            }
            _ => Ok(self.hand_on(row, each)),
        }
    }

    /// Looks at the first rows, and hands on those of them that are data.
    fn decide(&mut self, each: EachMade<'_>) -> Result<ControlFlow<()>, Trouble> {
        let chosen = choose(self.wanted, &self.early)?;
        let before = chosen.head.before;
        self.at = match chosen.layout {
            Layout::House(template) => At::House(Columns::of_header(template, chosen.head.row, &chosen.head.cells)?),
            Layout::Mapped(mapping) => {
                let mut maker = Maker::new(mapping, &chosen.head)?;
                maker.look_through(|see| {
                    // What cannot be read is said when it is read for good.
                    let Ok(mut input) = (self.open)() else { return };
                    let _ = read_rows(self.file_name, &mut *input, &mut |row| {
                        see(row);
                        ControlFlow::Continue(())
                    });
                });
                let mut head = chosen.head;
                if !mapping.headerless.is_empty() {
                    head.cells.clone_from(&mapping.headerless);
                }
                At::Mapped(maker, head)
            }
        };
        for row in std::mem::take(&mut self.early).iter().skip(before) {
            if self.hand_on(row, each).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn hand_on(&mut self, row: &Row, each: EachMade<'_>) -> ControlFlow<()> {
        match &self.at {
            At::House(columns) => {
                let fields = Fields::new(columns, row);
                if row.damage.is_none() && fields.is_sample() {
                    self.sample = Some(row.number);
                    return ControlFlow::Continue(());
                }
                self.rows += 1;
                let who = Who { numbers: fields.get("official").into_iter().collect(), name: None };
                each(row, &[Made { fields, who, faults: &[] }])
            }
            At::Mapped(maker, _) if is_titles(maker.mapping, row) => ControlFlow::Continue(()),
            At::Mapped(maker, _) => {
                self.rows += 1;
                let rows = maker.make(row);
                each(row, &rows.iter().filter_map(|made| made_of(maker, made)).collect::<Vec<_>>())
            }
            At::Start => ControlFlow::Break(()),
        }
    }

    fn found(self) -> Found {
        let (layout, title, makes, head, warnings) = match self.at {
            At::House(columns) => {
                let layout = Layout::House(columns.template);
                let head = Head { row: columns.row, rows: 1, before: 0, cells: columns.cells.clone() };
                let warnings = header::warnings(&columns, self.rows, self.sample);
                (layout.name().to_owned(), layout.title(), layout.makes(), head, warnings)
            }
            At::Mapped(maker, head) => {
                (maker.mapping.id(), maker.mapping.title.clone(), maker.mapping.makes, head, Vec::new())
            }
            At::Start => unreachable!("a file that was read through has a layout"),
        };
        let warnings = warnings.into_iter().map(|warning| warning.in_file(self.file_name)).collect();
        Found { layout, title, makes, head, warnings }
    }
}

fn made_of<'a>(maker: &'a Maker<'_>, made: &'a make::MadeRow) -> Option<Made<'a>> {
    Some(Made {
        fields: Fields::new(maker.columns.get(made.rule)?, &made.row),
        who: Who {
            numbers: made.numbers.iter().map(|number| Cow::Borrowed(number.as_str())).collect(),
            name: made.name.as_deref().map(Cow::Borrowed),
        },
        faults: &made.faults,
    })
}

/// Mappings by which a person's own replace or add to the shipped ones.
pub fn with_own(shipped: Vec<Mapping>, own: Vec<Mapping>) -> Vec<Mapping> {
    let mut all: Vec<Mapping> = shipped.into_iter().filter(|s| own.iter().all(|o| o.name != s.name)).collect();
    all.extend(own);
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
