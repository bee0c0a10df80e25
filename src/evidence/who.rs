//! Whom a row of a file speaks of: by a number that the register knows, or by a name that only one official has.

use crate::model::register::Official;
use crate::model::{OfficialId, Said};
use crate::said;
use crate::table::fields::quote;
use crate::table::header::plain;
use crate::table::mapping::Who;
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};

/// Finds an official.
pub trait Officials {
    /// # Errors
    /// Nobody, or not one alone.
    fn find(&self, who: &Who<'_>) -> Result<OfficialId, Said>;
}

/// Everybody in the register: by id, by the number in the devices, by name.
#[derive(Debug, Clone, Default)]
pub struct Register {
    numbers: HashMap<String, OfficialId>,
    names: HashMap<String, Vec<OfficialId>>,
}

impl Register {
    /// Of those who share a number or a name, those who are on post on `day` come before those who are gone.
    pub fn new(officials: Vec<Official>, day: NaiveDate) -> Register {
        let mut register = Register::default();
        let (gone, here): (Vec<_>, Vec<_>) =
            officials.into_iter().partition(|o| o.posting.to.is_some_and(|last| last < day));
        let ids: Vec<OfficialId> = gone.iter().chain(&here).map(|o| o.id.clone()).collect();
        for group in [gone, here] {
            let mut names: HashMap<String, Vec<OfficialId>> = HashMap::new();
            for official in group {
                if let Some(number) = official.device_number {
                    register.numbers.insert(number, official.id.clone());
                }
                let spellings: BTreeSet<String> =
                    [&official.name.own, &official.name.latin].into_iter().map(|name| plain(name)).collect();
                for name in spellings.into_iter().filter(|name| !name.is_empty()) {
                    names.entry(name).or_default().push(official.id.clone());
                }
            }
            register.names.extend(names);
        }
        // An id is nobody else's number.
        register.numbers.extend(ids.into_iter().map(|id| (id.to_string(), id)));
        register
    }
}

impl Officials for Register {
    fn find(&self, who: &Who<'_>) -> Result<OfficialId, Said> {
        let numbered = who.numbers.iter().find_map(|number| Some((number, self.numbers.get(number.as_ref())?)));
        let Some(name) = &who.name else {
            return match (numbered, who.numbers.first()) {
                (Some((_, id)), _) => Ok(id.clone()),
                (None, Some(number)) => Err(nobody_numbered(number)),
                (None, None) => Err(said!("this cell is empty: fill it in", "此格为空：请填写")),
            };
        };
        let named = self.names.get(&plain(name)).map_or(&[][..], Vec::as_slice);
        let name = quote(name);
        match (numbered, named) {
            (Some((_, id)), named) if named.contains(id) => Ok(id.clone()),
            (Some((number, _)), _) => {
                let number = quote(number);
                Err(said!(
                    "the number “{number}” is another official's in the register, not “{name}”: correct the number, there or here",
                    "登记册中编号“{number}”是另一人，不是“{name}”：请更正登记册或本表的编号"
                ))
            }
            (None, [one]) => Ok(one.clone()),
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
