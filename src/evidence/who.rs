//! Whom a row of a file speaks of: by a number that the register knows, or by a name that only one official has.

use crate::model::register::Listed;
use crate::model::{OfficialId, Said};
use crate::said;
use crate::table::fields::quote;
use crate::table::header::plain;
use crate::table::mapping::Who;
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

/// Finds an official.
pub trait Officials {
    /// # Errors
    /// Nobody, or not one alone.
    fn find(&self, who: &Who<'_>) -> Result<OfficialId, Said>;
}

/// Everybody in the register: by id, by the number in the devices, by name.
#[derive(Debug)]
pub struct Register {
    people: Vec<Listed>,
    /// Those who are gone stand before.
    here: usize,
    numbers: HashMap<String, usize>,
    /// Most files need none.
    names: OnceLock<HashMap<String, Vec<usize>>>,
}

impl Register {
    /// Of those who share a number or a name, those who are on post on `day` come before those who are gone.
    pub fn new(officials: Vec<Listed>, day: NaiveDate) -> Register {
        let (mut people, here): (Vec<_>, Vec<_>) =
            officials.into_iter().partition(|official| official.to.is_some_and(|last| last < day));
        let gone = people.len();
        people.extend(here);
        let mut numbers = HashMap::with_capacity(people.len());
        for (at, official) in people.iter().enumerate() {
            numbers.extend(official.device_number.clone().map(|number| (number, at)));
        }
        // An id is nobody else's number.
        numbers.extend(people.iter().enumerate().map(|(at, official)| (official.id.to_string(), at)));
        Register { people, here: gone, numbers, names: OnceLock::new() }
    }

    fn numbered(&self, number: &str) -> Option<&OfficialId> {
        self.people.get(*self.numbers.get(number)?).map(|official| &official.id)
    }

    fn named(&self, name: &str) -> Vec<&OfficialId> {
        let names = self.names.get_or_init(|| {
            let (gone, here) = self.people.split_at(self.here);
            let mut names = by_name(gone, 0);
            names.extend(by_name(here, self.here));
            names
        });
        let found = names.get(&plain(name)).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|at| self.people.get(*at)).map(|official| &official.id).collect()
    }
}

fn by_name(people: &[Listed], first: usize) -> HashMap<String, Vec<usize>> {
    let mut names: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, official) in (first..).zip(people) {
        let spellings: BTreeSet<String> =
            [&official.name.own, &official.name.latin].into_iter().map(|name| plain(name)).collect();
        for name in spellings.into_iter().filter(|name| !name.is_empty()) {
            names.entry(name).or_default().push(at);
        }
    }
    names
}

impl Officials for Register {
    fn find(&self, who: &Who<'_>) -> Result<OfficialId, Said> {
        let numbered = who.numbers.iter().find_map(|number| Some((number, self.numbered(number)?)));
        let Some(name) = &who.name else {
            return match (numbered, who.numbers.first()) {
                (Some((_, id)), _) => Ok(id.clone()),
                (None, Some(number)) => Err(nobody_numbered(number)),
                (None, None) => Err(said!("this cell is empty: fill it in", "此格为空：请填写")),
            };
        };
        let named = self.named(name);
        let name = quote(name);
        match (numbered, &named[..]) {
            (Some((_, id)), named) if named.contains(&id) => Ok(id.clone()),
            (Some((number, _)), _) => {
                let number = quote(number);
                Err(said!(
                    "the number “{number}” is another official's in the register, not “{name}”: correct the number, there or here",
                    "登记册中编号“{number}”是另一人，不是“{name}”：请更正登记册或本表的编号"
                ))
            }
            (None, [one]) => Ok((*one).clone()),
            (None, []) => Err(said!(
                "nobody in the register is named “{name}”: import the roster first, or correct the name",
                "登记册中没有“{name}”：请先导入人员名册，或更正姓名"
            )),
            (None, several) => {
                let count = several.len();
                Err(said!(
                    "{count} officials in the register are named “{name}”: add the number that the register has",
                    "登记册中有{count}人名叫“{name}”：请补上登记册中的编号"
                ))
            }
        }
    }
}

fn nobody_numbered(number: &str) -> Said {
    let number = quote(number);
    said!(
        "nobody in the register has the id or device number “{number}”: import the roster first, or correct it",
        "登记册中没有编号或考勤号“{number}”：请先导入人员名册，或更正"
    )
}
