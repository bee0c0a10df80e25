//! Which questions a programme asks: the shipped instruments and an office's own; each line keeps the version that it
//! was given with.

use super::Done;
use super::windows::damaged;
use crate::config::{Config, Office, Programme};
use crate::files;
use crate::model::question::{Given, Instrument};
use crate::model::{Kind, Line, OfficeId, ProgrammeId, Said, Sha256, Trouble};
use crate::said;
use crate::store::{Ids, Tx};
use crate::words::instruments::{BACK_CHECK, SHIPPED, ours, read};
use std::collections::{BTreeMap, BTreeSet};

/// An instrument with its text, by which its version is known.
#[derive(Clone)]
pub struct Text {
    pub instrument: Instrument,
    pub content: String,
}

/// What a programme asks.
#[derive(Clone, Default)]
pub struct Chosen {
    pub visit: Option<Text>,
    pub call: Option<Text>,
}

impl Chosen {
    pub fn of(&self, kind: Kind) -> Option<&Text> {
        match kind {
            Kind::Visit => self.visit.as_ref(),
            Kind::Call => self.call.as_ref(),
        }
    }
}

/// The shipped instruments by their ids, and over them an office's own.
///
/// # Errors
/// A file that is not there or is no instrument, or two of one id.
fn of_office(office: &Office) -> Result<BTreeMap<String, Text>, Trouble> {
    let mut all = BTreeMap::new();
    for (name, content) in SHIPPED {
        let instrument = read(name, content)?;
        all.insert(instrument.id.clone(), Text { instrument, content: content.to_owned() });
    }
    let mut own = BTreeMap::new();
    for path in &office.instruments {
        let name = path.display().to_string();
        let content = files::read_text(path, files::SETTINGS).map_err(|trouble| trouble.in_field("instruments"))?;
        let instrument = read(&name, &content)?;
        if own.insert(instrument.id.clone(), ()).is_some() {
            let id = &instrument.id;
            return Err(Trouble::new(said!(
                "two files of this office have the id “{id}”: give each its own",
                "该单位有两个文件的id同为“{id}”：请分别取名"
            ))
            .in_file(name)
            .in_field("id"));
        }
        all.insert(instrument.id.clone(), Text { instrument, content });
    }
    Ok(all)
}

/// What a programme asks, as its settings name it.
///
/// # Errors
/// A file is wrong, or there is no such instrument of this kind.
pub fn of_programme(config: &Config, programme: &Programme) -> Result<Chosen, Trouble> {
    if programme.visit_instrument.is_none() && programme.call_instrument.is_none() {
        return Ok(Chosen::default());
    }
    let all = match config.office(&programme.office) {
        Some(office) => of_office(office)?,
        None => BTreeMap::new(),
    };
    let choose = |id: &Option<String>, kind: Kind, field: &str| {
        let Some(id) = id else { return Ok(None) };
        let found = all.get(id).filter(|text| text.instrument.kind == kind);
        found.cloned().map(Some).ok_or_else(|| {
            let known: Vec<&str> =
                all.values().filter(|t| t.instrument.kind == kind).map(|t| t.instrument.id.as_str()).collect();
            let known = known.join(", ");
            Trouble::new(said!(
                "there is no instrument “{id}” for a {kind}; known: {known}",
                "没有用于{kind}的问卷“{id}”；已有：{known}"
            ))
            .in_field(format!("programme {} {field}", programme.id))
        })
    };
    Ok(Chosen {
        visit: choose(&programme.visit_instrument, Kind::Visit, "visit_instrument")?,
        call: choose(&programme.call_instrument, Kind::Call, "call_instrument")?,
    })
}

/// Every trouble with the instruments of every office and programme.
pub fn troubles(config: &Config) -> Vec<Trouble> {
    let offices = config.offices.iter().filter(|office| !office.instruments.is_empty());
    let mut found: Vec<Trouble> = offices.filter_map(|office| of_office(office).err()).collect();
    for trouble in config.programmes.iter().filter_map(|programme| of_programme(config, programme).err()) {
        if !found.contains(&trouble) {
            found.push(trouble);
        }
    }
    found
}

/// What each programme asks, in a line an instrument.
pub fn told(config: &Config) -> Vec<Said> {
    let of = |programme: &Programme| {
        let chosen = of_programme(config, programme).unwrap_or_default();
        let told = |text: Text| {
            let (programme, Instrument { id, said, questions, .. }) = (&programme.id, text.instrument);
            let (all, required) = (questions.len(), questions.iter().filter(|q| q.required).count());
            Said::new(
                format!("programme {programme} asks {all} questions, {required} of them required: {} ({id})", said.en),
                format!("项目{programme}提问{all}题，其中必答{required}题：{}（{id}）", said.zh),
            )
        };
        chosen.visit.into_iter().chain(chosen.call).map(told).collect::<Vec<_>>()
    };
    config.programmes.iter().flat_map(of).collect()
}

/// Gives lines that are handed out now what their programmes ask, and keeps the texts.
pub(super) struct Giving<'c> {
    config: &'c Config,
    chosen: BTreeMap<(ProgrammeId, OfficeId), Chosen>,
    used: BTreeMap<Sha256, Text>,
    /// What is asked about a finished visit: the same everywhere, since what is found is held against it.
    back_check: Option<Text>,
}

impl<'c> Giving<'c> {
    pub fn new(config: &'c Config) -> Giving<'c> {
        let (name, content) = BACK_CHECK;
        let text = read(name, content).map(|instrument| Text { instrument, content: content.to_owned() });
        Giving { config, chosen: BTreeMap::new(), used: BTreeMap::new(), back_check: text.ok() }
    }

    pub fn give(&mut self, lines: &mut [Line]) {
        for line in lines {
            if line.back_check.is_some() {
                line.instrument = self.back_check.as_ref().map(|text| Given::from(&text.instrument));
                let version = self.back_check.as_ref().map(|text| (text.instrument.version, text.clone()));
                self.used.extend(version);
                continue;
            }
            let key = (line.window.programme.clone(), line.window.office.clone());
            if !self.chosen.contains_key(&key) {
                let of = |p: &&Programme| p.id == key.0 && p.office == key.1;
                let chosen = match self.config.programmes.iter().find(of) {
                    // The morning's letters do not wait for a file: they go out without its questions.
                    Some(programme) => of_programme(self.config, programme).unwrap_or_else(|trouble| {
                        tracing::error!(programme = %programme.id, %trouble, "letters go out without questions");
                        Chosen::default()
                    }),
                    None => Chosen::default(),
                };
                self.chosen.insert(key.clone(), chosen);
            }
            if let Some(text) = self.chosen.get(&key).and_then(|chosen| chosen.of(line.kind)) {
                line.instrument = Some(Given::from(&text.instrument));
                self.used.entry(text.instrument.version).or_insert_with(|| text.clone());
            }
        }
    }

    pub async fn keep(self, tx: &mut Tx) -> Done<()> {
        for (version, text) in &self.used {
            tx.keep_instrument(version, &text.instrument.id, &text.content).await?;
        }
        Ok(())
    }
}

/// Looks up the questions of lines as they were given.
pub(super) async fn look_up(tx: &mut Tx, lines: Vec<&mut Line>) -> Done<()> {
    let mut lines: Vec<&mut Line> = lines.into_iter().filter(|line| line.instrument.is_some()).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let versions = lines.iter().filter_map(|line| Some(line.instrument.as_ref()?.version)).collect();
    let by_version = by_version(tx, &versions).await?;
    for line in &mut lines {
        let version = line.instrument.as_ref().map(|given| given.version);
        let found = version.and_then(|version| by_version.get(&version));
        line.instrument = Some(Given::from(found.ok_or_else(|| damaged("instrument"))?));
    }
    Ok(())
}

/// Instruments as they were given.
pub(super) async fn by_version(tx: &mut Tx, versions: &BTreeSet<Sha256>) -> Done<BTreeMap<Sha256, Instrument>> {
    let mut all: BTreeMap<Sha256, Instrument> =
        versions.iter().filter_map(ours).map(|one| (one.version, one.clone())).collect();
    let others: Vec<String> = versions.iter().filter(|one| !all.contains_key(*one)).map(|one| one.hex()).collect();
    if !others.is_empty() {
        for (version, content) in tx.instruments_among(&Ids::new(others.iter().map(String::as_str))).await? {
            all.insert(version, read("instrument", &content)?);
        }
    }
    Ok(all)
}
