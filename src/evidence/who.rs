//! Whom a row of a file speaks of: by a number that the register knows, or by a name that only one official has.

use crate::model::register::Listed;
use crate::model::{OfficialId, Said};
use crate::said;
use crate::table::fields::quote;
use crate::table::header::plain;
use crate::table::mapping::Who;
use chrono::NaiveDate;
use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

/// Finds an official.
pub trait Officials {
    /// # Errors
    /// Nobody, or not one alone.
    fn find(&self, who: &Who<'_>) -> Result<OfficialId, Said>;
}

/// Everybody in the register: by id, by the number in the devices, by name.
#[derive(Debug, Default)]
pub struct Register {
    /// Lines of [`Listed`].
    listed: String,
    /// Where their lines begin: those who are gone, then those on post.
    people: Vec<usize>,
    here: usize,
    numbers: Numbers,
    /// Most files need none.
    names: OnceLock<HashMap<String, Vec<usize>>>,
}

/// One file's way through the register, which several files may go at once.
#[derive(Debug)]
pub struct Search {
    register: Arc<Register>,
    /// The number that was looked up last, and whose it was: a file often speaks of one person, or goes through them
    /// as the register does.
    last: RefCell<(String, usize)>,
}

impl Search {
    pub fn of(register: Arc<Register>) -> Search {
        Search { register, last: RefCell::default() }
    }

    fn numbered(&self, number: &str) -> Option<&str> {
        let (register, mut last) = (&*self.register, self.last.borrow_mut());
        if last.0 == number && !number.is_empty() {
            return numbers_at(&register.listed, last.1).map(|(id, _)| id);
        }
        let begin = match register.after(last.1) {
            // An id is nobody else's number.
            Some((begin, id)) if id == number => begin,
            _ => register.numbers.find(&register.listed, number)?,
        };
        number.clone_into(&mut last.0);
        last.1 = begin;
        numbers_at(&register.listed, begin).map(|(id, _)| id)
    }
}

impl Register {
    /// Of those who share a number or a name, those who are on post on `day` come before those who are gone.
    pub fn new(listed: String, day: NaiveDate) -> Register {
        let (mut people, mut here, mut begin) = (Vec::new(), Vec::new(), 0);
        for line in listed.split_inclusive('\n') {
            let gone = person(line).is_some_and(|one| one.to.is_some_and(|last| last < day));
            if gone { &mut people } else { &mut here }.push(begin);
            begin += line.len();
        }
        let gone = people.len();
        people.append(&mut here);
        let mut numbers = Numbers::with_room_for(2 * people.len());
        let lines = || people.iter().filter_map(|begin| Some((*begin, numbers_at(&listed, *begin)?)));
        for (begin, (_, number)) in lines().filter(|(_, (_, number))| !number.is_empty()) {
            numbers.put(&listed, number, begin);
        }
        // An id is nobody else's number.
        for (begin, (id, _)) in lines() {
            numbers.put(&listed, id, begin);
        }
        Register { here: gone, people, numbers, listed, names: OnceLock::new() }
    }

    fn person(&self, begin: usize) -> Option<Listed<'_>> {
        person(self.listed.get(begin..)?.split('\n').next()?)
    }

    fn id(&self, at: usize) -> Option<&str> {
        numbers_at(&self.listed, *self.people.get(at)?).map(|(id, _)| id)
    }

    /// The line that follows one, and the id in it.
    fn after(&self, begin: usize) -> Option<(usize, &str)> {
        let next = begin + self.listed.get(begin..)?.find('\n')? + 1;
        Some((next, numbers_at(&self.listed, next)?.0))
    }

    fn named(&self, name: &str) -> Vec<&str> {
        let names = self.names.get_or_init(|| {
            let (gone, here) = self.people.split_at(self.here);
            let mut names = self.by_name(gone, 0);
            names.extend(self.by_name(here, self.here));
            names
        });
        let found = names.get(&plain(name)).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|at| self.id(*at)).collect()
    }

    fn by_name(&self, people: &[usize], first: usize) -> HashMap<String, Vec<usize>> {
        let mut names: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, one) in (first..).zip(people.iter().filter_map(|begin| self.person(*begin))) {
            let spellings: BTreeSet<String> = [one.own, one.latin].into_iter().map(plain).collect();
            for name in spellings.into_iter().filter(|name| !name.is_empty()) {
                names.entry(name).or_default().push(at);
            }
        }
        names
    }
}

/// Where the lines of ids and device numbers begin. The texts stand in the list: here are their hashes alone.
#[derive(Debug, Default)]
struct Numbers {
    lines: HashMap<u64, usize, BuildHasherDefault<Hashed>>,
    /// Those whose hash is another's.
    clashes: HashMap<Box<str>, usize>,
    hashing: RandomState,
}

impl Numbers {
    fn with_room_for(texts: usize) -> Numbers {
        Numbers { lines: HashMap::with_capacity_and_hasher(texts, BuildHasherDefault::default()), ..Numbers::default() }
    }

    /// The later one of the same text counts.
    fn put(&mut self, listed: &str, text: &str, begin: usize) {
        match self.lines.entry(self.hashing.hash_one(text)) {
            Entry::Vacant(free) => {
                free.insert(begin);
            }
            Entry::Occupied(mut taken) if is_numbered(listed, *taken.get(), text) => {
                taken.insert(begin);
            }
            Entry::Occupied(_) => {
                self.clashes.insert(text.into(), begin);
            }
        }
    }

    fn find(&self, listed: &str, text: &str) -> Option<usize> {
        let found = self.lines.get(&self.hashing.hash_one(text))?;
        if is_numbered(listed, *found, text) { Some(*found) } else { self.clashes.get(text).copied() }
    }
}

fn numbers_at(listed: &str, begin: usize) -> Option<(&str, &str)> {
    Listed::numbers(listed.get(begin..)?)
}

fn is_numbered(listed: &str, begin: usize, text: &str) -> bool {
    numbers_at(listed, begin).is_some_and(|(id, number)| id == text || number == text)
}

/// Keys that are hashes already.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

fn person(line: &str) -> Option<Listed<'_>> {
    Listed::parse(line.strip_suffix('\n').unwrap_or(line))
}

impl Officials for Search {
    fn find(&self, who: &Who<'_>) -> Result<OfficialId, Said> {
        let numbered = who.numbers.iter().find_map(|number| Some((number, self.numbered(number)?)));
        let Some(name) = &who.name else {
            return match (numbered, who.numbers.first()) {
                (Some((_, id)), _) => id.parse(),
                (None, Some(number)) => Err(nobody_numbered(number)),
                (None, None) => Err(said!("this cell is empty: fill it in", "此格为空：请填写")),
            };
        };
        let named = self.register.named(name);
        let name = quote(name);
        match (numbered, &named[..]) {
            (Some((_, id)), named) if named.contains(&id) => id.parse(),
            (Some((number, _)), _) => {
                let number = quote(number);
                Err(said!(
                    "the number “{number}” is another official's in the register, not “{name}”: correct the number, there or here",
                    "登记册中编号“{number}”是另一人，不是“{name}”：请更正登记册或本表的编号"
                ))
            }
            (None, [one]) => one.parse(),
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
