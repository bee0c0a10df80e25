//! A small office with a register, on a database of its own, and a clock that tests move.

use super::support;
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::model::Timestamp;
use spotcheck::registry::Mode;
use spotcheck::table::TemplateKind;
use spotcheck::work::roster::{self, Roster};
use spotcheck::work::{Context, Secrets};
use std::future::Future;
use std::os::unix::fs::DirBuilderExt;
use tempfile::TempDir;

pub const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

pub struct House {
    pub ctx: Context,
    pub folder: TempDir,
}

pub fn time(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{}:00+08:00", text.replace(' ', "T"))).unwrap()
}

fn config(url: &str, language: &str, more: &str) -> String {
    format!(
        "[storage]\nurl = \"{url}\"\n[mail]\ntransport = \"folder\"\nfrom = \"desk@yunling.example\"\n{}\
         [[office]]\nid = \"yunling\"\nname = \"云岭县督查办\"\nname_latin = \"Yunling County Inspection Office\"\n\
         zone = \"Asia/Shanghai\"\nlanguage = \"{language}\"\ndesk = \"desk@yunling.example\"\nhead = \"desk@yunling.example\"\n\
         [[programme]]\nid = \"posts\"\noffice = \"yunling\"\nname = \"在岗检查\"\n\
         [[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Mon-Fri\"\nlength_minutes = 180\n\
         [[source]]\nid = \"punches\"\noffice = \"yunling\"\nkind = \"punch\"\ncadence = \"never\"\n\
         [[source]]\nid = \"leave\"\noffice = \"yunling\"\nkind = \"leave\"\ncadence = \"never\"\n{}",
        more.split_once("---").map_or("", |(before, _)| before),
        more.split_once("---").map_or(more, |(_, after)| after),
    )
}

impl House {
    /// With more lines of the configuration: sources; before `---` sections of their own.
    pub async fn new(url: &str, language: &str, more: &str) -> House {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("spotcheck.toml"), config(url, language, more)).unwrap();
        let config = Config::load(&folder.path().join("spotcheck.toml"), &[]).unwrap();
        std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir).unwrap();
        let entropy = Entropy::seeded(b"findings");
        Secrets::create(&config.keys.dir, &entropy).unwrap();
        let ctx = Context::open(config, Clock::simulated(time("2026-03-02 10:00")), entropy).await.unwrap();
        let house = House { ctx, folder };
        for (kind, text) in [
            (
                TemplateKind::Villages,
                "id,name,name_latin,township_code,township,township_latin\nV1,滨河村,Binhe,520699001,青山镇,Qingshan\nV2,石桥村,Shiqiao,520699001,青山镇,Qingshan\n",
            ),
            (
                TemplateKind::Teams,
                "id,village,name,name_latin\nT1,V1,驻滨河村工作队,Binhe team\nT2,V2,驻石桥村工作队,Shiqiao team\n",
            ),
            (
                TemplateKind::Officials,
                "id,team,name,name_latin,role,phone\nO11,T1,王建国,Wang Jianguo,lead,138 0013 0011\nO12,T1,刘敏,Liu Min,member,138 0013 0012\nO21,T2,陈强,Chen Qiang,lead,138 0013 0021\n",
            ),
            (
                TemplateKind::Inspectors,
                "id,name,name_latin,email,language,visits,calls\nI1,赵新,Zhao Xin,zhaoxin@field.example,en,1,20\n",
            ),
        ] {
            house.roster(kind, text).await;
        }
        house
    }

    pub async fn roster(&self, kind: TemplateKind, csv: &str) {
        let day = "2025-01-01".parse().unwrap();
        let bytes = csv.as_bytes();
        let roster =
            Roster { kind, file: "roster.csv", bytes, mode: Mode::Changes, day, complete: true, dry_run: false };
        let imported = roster::import(&self.ctx, &roster).await.unwrap();
        assert!(imported.rejects.is_empty(), "{imported:?}");
    }

    pub fn at(&self, moment: &str) {
        self.ctx.clock.set(time(moment));
    }
}

/// Runs one case on SQLite and on PostgreSQL.
pub async fn on_both<F: Future<Output = ()>>(language: &str, more: &str, case: impl Fn(House) -> F) {
    case(House::new("sqlite:spotcheck.db", language, more).await).await;
    let url = support::postgres_url().await;
    case(House::new(&url, language, more).await).await;
}
