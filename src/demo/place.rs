//! The folder of a demo: configuration, keys, database, letters, mailbox, files, and what to look at.

use super::attendance::Attendance;
use super::county::{COUNTY_CODE, County, OFFICE, PROGRAMME, ZONE};
use crate::fault::{self, Step};
use crate::model::record::SourceKind;
use crate::model::system::why;
use crate::model::{Said, Trouble};
use crate::said;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// The name under which the demo's mail server signs.
pub const AUTHSERV_ID: &str = "mx.yunling.example";

/// What makes a run: the same again is the same run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub seed: String,
    pub start: NaiveDate,
    pub days: u32,
    pub cadence: String,
    pub teams: u32,
    /// Minutes between the moments at which anything happens.
    pub step: u32,
    /// Whether servers fail, files come late, storms close days and the program is killed.
    pub mishaps: bool,
    /// Of the office's sheets and digests: zh-Hans or en.
    pub language: String,
    pub database: Option<String>,
    /// Set at the end.
    pub finished: bool,
}

pub struct Place {
    pub dir: PathBuf,
}

impl Place {
    fn run_file(&self) -> PathBuf {
        self.dir.join("demo.json")
    }

    /// It, while it is written.
    fn half(&self) -> PathBuf {
        self.run_file().with_extension("part")
    }

    pub fn config_file(&self) -> PathBuf {
        self.dir.join("spotcheck.toml")
    }

    pub fn letters(&self) -> PathBuf {
        self.dir.join("letters")
    }

    pub fn mailbox(&self) -> PathBuf {
        self.dir.join("mailbox")
    }

    pub fn files(&self) -> PathBuf {
        self.dir.join("files")
    }

    /// A new folder, or one that holds this very run unfinished.
    ///
    /// # Errors
    /// The folder holds anything else.
    pub fn open(dir: &Path, run: &Run) -> Result<(Place, bool), Trouble> {
        let place = Place { dir: dir.to_owned() };
        let failed = |e: std::io::Error| trouble(dir, &e);
        // What a first word that could not be written left behind is nothing.
        let half = place.half();
        let there = fs::read_dir(dir).is_ok_and(|entries| entries.flatten().any(|entry| entry.path() != half));
        if there {
            let text = fs::read_to_string(place.run_file()).unwrap_or_default();
            return match serde_json::from_str::<Run>(&text) {
                Ok(known) if known == *run => Ok((place, true)),
                _ => Err(Trouble::new(said!(
                    "the folder is not empty and holds no unfinished run of these very settings: name another with --dir, or empty it",
                    "目录非空，且不是同一设置的未完成演示：请用--dir另指定目录，或先清空"
                ))
                .in_file(dir.display().to_string())),
            };
        }
        fs::create_dir_all(dir).map_err(failed)?;
        place.write_run(run)?;
        fs::create_dir_all(place.files()).map_err(failed)?;
        Ok((place, false))
    }

    pub fn write_run(&self, run: &Run) -> Result<(), Trouble> {
        let text = serde_json::to_string_pretty(run).unwrap_or_default();
        let half = self.half();
        let written = fs::write(&half, text).and_then(|()| fs::rename(&half, self.run_file()));
        written.map_err(|e| trouble(&self.dir, &e))
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
        let path = self.dir.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, bytes)).map_err(|e| trouble(&path, &e))?;
        fault::passed(Step::File);
        Ok(())
    }

    /// The configuration of the fictional county, as an office would write it.
    pub fn config_text(&self, attendance: &Attendance<'_>, county: &County, run: &Run) -> Result<String, Said> {
        let url = run.database.clone().unwrap_or_else(|| "sqlite:spotcheck.db".to_owned());
        let zone = ZONE.name();
        let language = &run.language;
        let mut text = format!(
            "# The fictional county of the demo. / 演示用虚构县。\n\
             [storage]\nurl = \"{url}\"\n\n[keys]\ndir = \"keys\"\n\n\
             [mail]\ntransport = \"folder\"\nfolder = \"letters\"\nfrom = \"desk@yunling.example\"\nsend_as = \"Spotcheck\"\n\n\
             [intake]\nmaildir = \"mailbox\"\nauthserv_id = \"{AUTHSERV_ID}\"\nauthentication = \"require\"\n\n\
             [[office]]\nid = \"{OFFICE}\"\nname = \"云岭县督查办\"\nname_latin = \"Yunling County Inspection Office\"\n\
             zone = \"{zone}\"\nlanguage = \"{language}\"\nregion = \"{COUNTY_CODE}\"\n\
             desk = \"desk@yunling.example\"\nhead = \"head@yunling.example\"\nback_check_share = 0.15\n\n\
             [[programme]]\nid = \"{PROGRAMME}\"\noffice = \"{OFFICE}\"\nname = \"驻村工作队在岗检查\"\nname_latin = \"Presence of stationed teams\"\n\
             visit_instrument = \"village-visit\"\ncall_instrument = \"progress-call\"\n\n\
             [[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Mon-Fri\"\nlength_minutes = 180\n\n\
             [[programme.window]]\nslot = \"pm\"\nrule = \"0 14 * * Mon-Fri\"\nlength_minutes = 180\n"
        );
        for source in attendance.sources()? {
            text.push_str(&format!(
                "\n[[source]]\nid = \"{}\"\noffice = \"{OFFICE}\"\nkind = \"{}\"\ncadence = \"{}\"\ngrace_days = {}\n",
                source.id,
                source.kind.code(),
                source.cadence.code(),
                source.grace_days
            ));
            if source.kind == SourceKind::Punch {
                let devices = source.id.as_str() == "punch-device";
                let villages = county
                    .teams
                    .iter()
                    .filter(|t| t.has_device == devices)
                    .filter_map(|t| county.villages.get(t.village));
                let townships: std::collections::BTreeSet<&str> = villages.map(|v| v.township_code.as_str()).collect();
                let list: Vec<String> = townships.into_iter().map(|code| format!("\"{code}\"")).collect();
                text.push_str(&format!("regions = [{}]\n", list.join(", ")));
            }
        }
        Ok(text)
    }

    /// What there is to look at, in both languages.
    pub fn readme(&self) -> String {
        "# What to look at / 可以看什么\n\n\
         - letters/DATE/*.eml: every letter that went out; open one with a mail program. / 发出的每封信，可用邮件程序打开。\n\
         - mailbox/cur: what the simulated inspectors wrote back. / 模拟检查员的回信。\n\
         - register/*.csv, files/*: the register, attendance and leave files as they came. / 名册、考勤和请假文件。\n\
         - spotcheck.toml: the configuration. / 配置。\n\n\
         Try / 试试：\n\n\
             spotcheck flags list --config spotcheck.toml\n\
             spotcheck flags show F-… --config spotcheck.toml\n\
             spotcheck inbox list --config spotcheck.toml\n\
             spotcheck outbox list --config spotcheck.toml\n\
             spotcheck status --config spotcheck.toml\n\n\
         Everybody and every place in it is invented. / 人物和地点均为虚构。\n"
            .to_owned()
    }
}

fn trouble(path: &Path, e: &std::io::Error) -> Trouble {
    let Said { en, zh } = why(e);
    Trouble::new(Said::new(
        format!("the folder cannot be used ({en}): put that right and run it again, or name another with --dir"),
        format!("目录无法使用（{zh}）：请排除后重新运行，或用--dir另指定"),
    ))
    .in_file(path.display().to_string())
}
