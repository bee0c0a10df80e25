//! TOML → mappings, with every fault named.

use super::{Mapping, RECORDS, Rule, key};
use crate::model::record::SourceKind;
use crate::model::{Said, Trouble};
use crate::said;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    version: u32,
    en: String,
    zh: String,
    makes: String,
    brings: String,
    #[serde(default)]
    headerless: Vec<String>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    bonus: Vec<String>,
    #[serde(default)]
    ignore: Vec<(String, String)>,
    varies: Option<String>,
    #[serde(default)]
    words: BTreeMap<String, Vec<(String, String)>>,
    #[serde(default)]
    record: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    columns: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    fixed: BTreeMap<String, String>,
    #[serde(default)]
    split: Vec<String>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    unless_given: bool,
    #[serde(default)]
    next_day: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Reads one mapping file.
///
/// # Errors
/// What is wrong with it first, with its row where that is known.
pub fn mapping(file_name: &str, text: &str) -> Result<Mapping, Trouble> {
    let file: File = toml::from_str(text).map_err(|error| {
        let what = error.message().to_owned();
        let trouble = Trouble::new(said!(
            "the mapping cannot be read ({what}): compare it with one that `spotcheck mappings list` names",
            "对照表无法读取（{what}）：请与“spotcheck mappings list”所列的对照表比较"
        ));
        match error.span() {
            Some(span) => trouble.at_byte(text, span.start as u64),
            None => trouble,
        }
        .in_file(file_name)
    })?;
    file.check().map_err(|(field, said)| Trouble::new(said).in_field(field).in_file(file_name))
}

type Fault = (String, Said);

impl File {
    fn check(self) -> Result<Mapping, Fault> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || !self.name.chars().all(fits) {
            let said = said!(
                "a name has small letters, digits and hyphens: hr-leave",
                "名称只能用小写字母、数字和连字符，如hr-leave"
            );
            return Err(("name".into(), said));
        }
        let makes = RECORDS.into_iter().find(|kind| kind.code() == self.makes).ok_or_else(|| {
            (
                "makes".to_owned(),
                said!("expected attendance, leave, rota or notes", "应为attendance、leave、rota或notes"),
            )
        })?;
        let brings = SourceKind::parse(&self.brings).map_err(|said| ("brings".to_owned(), said))?;
        if self.required.is_empty() && self.headerless.is_empty() {
            let said = said!(
                "say by which columns the layout is known: required = [\"…\"]",
                "请写明识别此格式的各栏：required = [\"…\"]"
            );
            return Err(("required".into(), said));
        }
        if self.record.is_empty() {
            return Err((
                "record".into(),
                said!("say what a row becomes: add [[record]]", "请写明每行读成什么：补上[[record]]"),
            ));
        }
        let template = makes.template();
        let known = |name: &str| key::ALL.contains(&name) || template.column(name).is_some();
        let records: Vec<Rule> = self.record.into_iter().map(Rule::from).collect();
        let named = records.iter().flat_map(|rule| rule.columns.keys().chain(rule.fixed.keys()).chain(&rule.split));
        let worded = self.words.keys().map(|word| word.split_once(':').map_or(word.as_str(), |(key, _)| key));
        if let Some(strange) = named.map(String::as_str).chain(worded).find(|name| !known(name)) {
            let keys: Vec<&str> = key::ALL.into_iter().chain(template.columns.iter().map(|c| c.key)).collect();
            let keys = keys.join(", ");
            return Err((strange.to_owned(), said!("is none of: {keys}", "不在可选值之内：{keys}")));
        }
        if let Some(rule) = records.iter().find(|rule| !rule.says_who()) {
            let said =
                said!("a record needs `name` or `number`: whom it is of", "每条记录须有name或number，说明属于何人");
            return Err((format!("record {:?}", rule.columns.keys().collect::<Vec<_>>()), said));
        }
        let alternatives = |titles: Vec<String>| -> Vec<Vec<String>> {
            titles.into_iter().map(|title| title.split('|').map(|one| one.trim().to_owned()).collect()).collect()
        };
        Ok(Mapping {
            name: self.name,
            version: self.version,
            title: Said::new(self.en, self.zh),
            makes,
            brings,
            headerless: self.headerless,
            required: alternatives(self.required),
            bonus: alternatives(self.bonus),
            ignore: self.ignore,
            varies: self.varies,
            words: self.words,
            records,
        })
    }
}

impl From<RuleFile> for Rule {
    fn from(file: RuleFile) -> Rule {
        let many = |one: OneOrMany| match one {
            OneOrMany::One(title) => vec![title],
            OneOrMany::Many(titles) => titles,
        };
        Rule {
            columns: file.columns.into_iter().map(|(key, titles)| (key, many(titles))).collect(),
            fixed: file.fixed,
            split: file.split,
            optional: file.optional,
            unless_given: file.unless_given,
            next_day: file.next_day,
        }
    }
}

impl Rule {
    fn says_who(&self) -> bool {
        self.columns.contains_key(key::NAME) || self.columns.contains_key(key::NUMBER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"a\"\nversion = 1\nen = \"A\"\nzh = \"甲\"\nmakes = \"leave\"\nbrings = \"leave\"\n\
                        required = [\"姓名\", \"起|开始\"]\n[[record]]\n[record.columns]\nname = \"姓名\"\nfrom = [\"起\", \"开始\"]\n";

    #[test]
    fn a_fault_is_named_with_its_place() {
        assert_eq!(mapping("a.toml", GOOD).unwrap().required[1], ["起", "开始"]);
        for (was, is, place) in [
            ("version = 1", "version = x", "row 2"),
            ("\"leave\"\nbrings", "\"attendence\"\nbrings", "field makes"),
            ("brings = \"leave\"", "brings = \"leaves\"", "field brings"),
            ("name = \"a\"", "name = \"A b\"", "field name"),
            ("from = ", "form = ", "field form"),
            ("name = \"姓名\"", "label = \"姓名\"", "name"),
            ("[[record]]\n[record.columns]", "[[recrod]]\n[recrod.columns]", "recrod"),
        ] {
            assert!(GOOD.contains(was), "{was}");
            let trouble = mapping("a.toml", &GOOD.replacen(was, is, 1)).unwrap_err().to_string();
            assert!(trouble.starts_with("a.toml") && trouble.contains(place), "{trouble}");
        }
    }
}
