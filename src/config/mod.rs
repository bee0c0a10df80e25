//! Configuration: `spotcheck.toml`, read and checked as a whole.
//!
//! The text becomes a `tree` that knows the line of everything; the environment is laid over it;
//! each section is read, by `reader`, in the file that has its name; `whole` looks at what spans
//! sections. Every trouble is found in one go and says where it stands and what to write instead.
//! Secrets never stand here: settings name the files that hold them ([`secret`]).
//!
//! To add a setting: a field in its section's struct, one line in `read`, a commented line in
//! `config/spotcheck.toml`, a case in `tests/config.rs`.

pub mod api;
mod backstop;
pub mod backup;
pub mod beacon;
pub mod console;
pub mod intake;
mod ladder;
pub mod mail;
pub mod new;
pub mod office;
pub mod programme;
mod reader;
pub mod secret;
pub mod shapes;
pub mod source;
pub mod storage;
mod tree;
mod whole;

pub use api::Api;
pub use backup::Backup;
pub use beacon::{BeaconSettings, DrandSettings, ManualSettings, Network};
pub use console::{Console, SecondFactor};
pub use intake::{After, Authentication, Dns, Imap, Intake};
pub use mail::{Addressing, Dkim, Login, Mail, OnAmbiguous, Security, Smtp, Transport};
pub use new::{Answers, Question, write_new};
pub use office::{Asks, BackCheckBy, DaysOnPost, LettersIn, Office};
pub use programme::{Custodian, PlaceKind, Programme, RiskChoice, WindowRule};
pub use secret::{Secret, SecretFile};
pub use shapes::Hours;
pub use source::OfficeSource;
pub use storage::{Calendar, Database, Imports, Keys, Retention, Storage};
pub use tree::ENVIRONMENT_PREFIX;

use crate::files;
use crate::model::{OfficeId, Trouble};
use crate::said;
use reader::{Placed, Section, Troubles};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use tree::At;

/// The default configuration: every setting with its meaning, in both languages.
pub const DEFAULT: &str = include_str!("../../config/spotcheck.toml");

#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub storage: Storage,
    pub backup: Backup,
    pub keys: Keys,
    pub mail: Mail,
    pub intake: Intake,
    /// None: no pages are served.
    pub console: Option<Console>,
    pub api: Api,
    pub calendar: Calendar,
    pub imports: Imports,
    pub retention: Retention,
    pub offices: Vec<Office>,
    pub programmes: Vec<Programme>,
    pub sources: Vec<OfficeSource>,
}

impl Config {
    /// Reads a configuration; `file_name` is what its troubles call it. Of `environment` only names
    /// that begin with [`ENVIRONMENT_PREFIX`] count.
    pub fn parse(text: &str, file_name: &str, environment: &[(String, String)]) -> Result<Config, Vec<Trouble>> {
        let troubles = Troubles { file: file_name.to_owned(), list: RefCell::default() };
        let mut tree = tree::read(text, &troubles);
        if !troubles.list.borrow().is_empty() {
            // What could not be read would be missed below: one fault would be told twice.
            return Err(troubles.list.into_inner());
        }
        tree::override_with(&mut tree, environment, &troubles);
        let config = Config::read(Section::new("", At::Line(1), tree, &troubles));
        let list = troubles.list.into_inner();
        config.filter(|_| list.is_empty()).ok_or(list)
    }

    fn read(mut root: Section<'_>) -> Option<Config> {
        let troubles = root.troubles;
        let storage = Storage::read(root.section("storage"));
        let backup = Backup::read(root.section("backup"));
        let keys = Keys::read(root.section("keys"));
        let mail = Mail::read(root.section("mail"));
        let intake = Intake::read(root.section("intake"));
        let console = Console::read(root.section("console"));
        let api = Api::read(root.section("api"));
        let calendar = Calendar::read(root.section("calendar"));
        let imports = Imports::read(root.section("imports"));
        let retention = Retention::read(root.section("retention"));
        let offices: Vec<_> = root.sections("office").into_iter().map(Office::read).collect();
        if offices.is_empty() {
            root.trouble(
                "office",
                said!(
                    "no office: add [[office]] with id, name, zone, desk and head",
                    "没有单位：请补上[[office]]，写明id、name、zone、desk、head"
                ),
            );
        }
        let programmes: Vec<_> = root.sections("programme").into_iter().map(Programme::read).collect();
        let sources: Vec<_> = root.sections("source").into_iter().map(OfficeSource::read).collect();
        root.finish();
        whole::check_offices(&offices, troubles);
        whole::check_programmes(&programmes, &offices, troubles);
        whole::check_sources(&sources, &offices, troubles);
        Some(Config {
            storage,
            backup,
            keys,
            mail: mail?,
            intake: intake?,
            console,
            api,
            calendar,
            imports,
            retention,
            offices: items(offices)?,
            programmes: items(programmes)?,
            sources: items(sources)?,
        })
    }

    /// Reads the file. Relative paths start from its folder; names of password files are looked for
    /// among the service manager's credentials first.
    pub fn load(path: &Path, environment: &[(String, String)]) -> Result<Config, Vec<Trouble>> {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let text = files::read_text(path, files::SETTINGS).map_err(|mut trouble| {
            if !path.exists() {
                trouble.said = said!(
                    "there is no configuration here: `spotcheck init` writes one, --config names another",
                    "此处没有配置文件：可用“spotcheck init”生成，或用--config指定"
                );
            }
            vec![trouble]
        })?;
        let mut config = Config::parse(&text, &name, environment)?;
        config.settle(path.parent().unwrap_or(Path::new("")), environment);
        Ok(config)
    }

    fn settle(&mut self, folder: &Path, environment: &[(String, String)]) {
        let below = |path: &mut PathBuf| *path = folder.join(&*path);
        if let Database::Sqlite(path) = &mut self.storage.database {
            below(path);
        }
        self.backup.folder.iter_mut().for_each(below);
        self.backup.key_file.settle(folder, environment);
        below(&mut self.keys.dir);
        self.keys.credentials = secret::credentials(environment);
        self.calendar.files.iter_mut().for_each(below);
        below(&mut self.calendar.folder);
        self.imports.mappings.iter_mut().for_each(below);
        self.offices.iter_mut().flat_map(|office| &mut office.words).for_each(below);
        self.offices.iter_mut().flat_map(|office| &mut office.instruments).for_each(below);
        self.programmes.iter_mut().flat_map(|p| &mut p.custodians).filter_map(|c| c.dir.as_mut()).for_each(below);
        self.intake.maildir.iter_mut().for_each(below);
        self.intake.imap.iter_mut().filter_map(|imap| imap.ca_file.as_mut()).for_each(below);
        self.programmes.iter_mut().filter_map(|p| p.beacon.file()).for_each(below);
        self.storage.password_file.iter_mut().for_each(|file| file.settle(folder, environment));
        for imap in &mut self.intake.imap {
            imap.login.password.settle(folder, environment);
        }
        let first = match &mut self.mail.transport {
            Transport::Folder(path) => {
                below(path);
                None
            }
            Transport::Smtp(smtp) => Some(smtp),
        };
        for smtp in first.into_iter().chain(&mut self.mail.second) {
            smtp.ca_file.iter_mut().for_each(below);
            smtp.login.iter_mut().for_each(|login| login.password.settle(folder, environment));
        }
        self.mail.dkim.iter_mut().for_each(|dkim| dkim.key_file.settle(folder, environment));
    }

    pub fn office(&self, id: &OfficeId) -> Option<&Office> {
        self.offices.iter().find(|office| office.id == *id)
    }
}

fn items<Id, T>(placed: Vec<Placed<Id, T>>) -> Option<Vec<T>> {
    placed.into_iter().map(|one| one.item).collect()
}
