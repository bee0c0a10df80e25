//! `spotcheck status`: how it stands, at a glance.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::daemon::lead;
use crate::model::{Said, Timestamp, Trouble};
use crate::said;
use crate::words::letters::common::day;
use crate::words::states;
use crate::work::backup::{self, restore};
use crate::work::health::{self, Cause};
use crate::work::{Context, Done, Failure};
use chrono_tz::Tz;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long)]
    pub json: bool,
}

type Counts = Vec<(String, String, i64)>;

struct Status {
    database: &'static str,
    /// Those that serve, by process and host, and whether each leads.
    daemons: Vec<(String, bool)>,
    regions: i64,
    villages: i64,
    teams: usize,
    officials: usize,
    inspectors: usize,
    draws: i64,
    /// When the next draw of an office is, never what it will be.
    next_draw: Vec<(String, Option<Timestamp>, Tz)>,
    assignments_open: i64,
    letters: Counts,
    mails: Counts,
    flags: i64,
    ambiguous_ends: i64,
    /// When the database was restored, and the time of the backup.
    restored: Option<(Timestamp, Timestamp)>,
    backup: Option<Timestamp>,
    zone: Tz,
    needs: Vec<Cause>,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let status = block_on(async {
        let ctx = place.open().await?;
        gather(&ctx).await.map_err(Failure::trouble)
    })?;
    if args.json {
        terminal.say(status.json().to_string());
        return Ok(Exit::Done);
    }
    for line in status.lines() {
        terminal.say(line.in_language(terminal.language));
    }
    Ok(Exit::Done)
}

async fn gather(ctx: &Context) -> Done<Status> {
    let needs = health::look(ctx).await?;
    let backup = backup::remembered(ctx).await?.last;
    let mut tx = ctx.store.read().await?;
    let (regions, villages) = tx.count_places().await?;
    let (now, leads) = (ctx.now(), tx.leases_below(lead::NAME).await?);
    let leads = |owner: &str| leads.iter().any(|(_, leader, until)| leader == owner && *until > now);
    let serving = tx.leases_below(lead::SERVING).await?.into_iter().filter(|(_, _, until)| *until > now);
    let daemons = serving.map(|(_, owner, _)| (named(&owner), leads(&owner))).collect();
    let mut next_draw = Vec::new();
    for office in &ctx.config.offices {
        next_draw.push((office.id.to_string(), tx.next_draw(&office.id).await?, office.zone));
    }
    Ok(Status {
        database: ctx.store.backend(),
        daemons,
        regions,
        villages,
        teams: tx.teams().await?.len(),
        officials: tx.officials().await?.len(),
        inspectors: tx.inspectors().await?.len(),
        draws: tx.count_draws().await?,
        next_draw,
        assignments_open: tx.count_open_assignments().await?,
        letters: tx.outbox_counts().await?,
        mails: tx.inbox_counts().await?,
        flags: tx.count_flags().await?,
        ambiguous_ends: tx.count_ambiguous().await?,
        restored: restore::known(&mut tx).await?,
        backup,
        zone: ctx.config.offices.first().map_or(Tz::UTC, |office| office.zone),
        needs,
    })
}

/// Process and host, without what makes the name unique.
fn named(owner: &str) -> String {
    owner.split('/').next().unwrap_or(owner).to_owned()
}

impl Status {
    fn json(&self) -> serde_json::Value {
        let counts = |rows: &Counts| {
            rows.iter().map(|(a, b, n)| (format!("{a} {b}"), (*n).into())).collect::<serde_json::Map<_, _>>()
        };
        let next =
            self.next_draw.iter().map(|(office, at, zone)| (office.clone(), at.map(|at| at.rfc3339(*zone)).into()));
        serde_json::json!({
            "database": self.database,
            "daemons": self.daemons.iter().map(|(name, leads)| serde_json::json!({"name": name, "leads": leads})).collect::<Vec<_>>(),
            "regions": self.regions, "villages": self.villages, "teams": self.teams,
            "officials": self.officials, "inspectors": self.inspectors, "draws": self.draws,
            "next_draw": next.collect::<serde_json::Map<_, _>>(), "assignments_open": self.assignments_open,
            "letters": counts(&self.letters), "mails": counts(&self.mails), "flags": self.flags,
            "ambiguous_ends": self.ambiguous_ends,
            "restored_at": self.restored.map(|(at, _)| at.rfc3339(self.zone)),
            "restored_from": self.restored.map(|(_, from)| from.rfc3339(self.zone)),
            "last_backup": self.backup.map(|at| at.rfc3339(self.zone)),
            "needs": self.needs.iter().map(|c| serde_json::json!({"code": c.code, "en": c.said.en, "zh": c.said.zh})).collect::<Vec<_>>(),
        })
    }

    fn lines(&self) -> Vec<Said> {
        let Status { database, villages, teams, officials, inspectors, draws, assignments_open, flags, .. } = self;
        let mut lines = vec![
            said!("Database: {database}", "数据库：{database}"),
            said!(
                "Register: {villages} villages, {teams} teams, {officials} officials, {inspectors} inspectors",
                "名册：{villages}个村，{teams}支队伍，{officials}名队员，{inspectors}名检查员"
            ),
            said!("Windows drawn: {draws}", "已抽取时段：{draws}个"),
        ];
        lines.extend(self.daemons.iter().map(|(name, leads)| match leads {
            true => {
                said!("Daemon {name}: leads (draws, sends, reads mail)", "守护进程{name}：主持（抽取、发信、收信）")
            }
            false => said!("Daemon {name}: stands by", "守护进程{name}：待命"),
        }));
        lines.extend(self.next_draw.iter().map(|(office, at, zone)| match at {
            Some(at) => {
                let (day, clock) = (day(at.day(*zone)), at.clock(*zone));
                Said::new(
                    format!("Next draw of {office}: {} {clock}", day.en),
                    format!("{office}下次抽取：{} {clock}", day.zh),
                )
            }
            None => said!("Next draw of {office}: nothing is sealed yet", "{office}下次抽取：尚无已封存的时段"),
        }));
        lines.push(said!("Assignments open: {assignments_open}", "未截止的任务：{assignments_open}个"));
        lines.push(list(said!("Letters", "信件"), &self.letters, states::letter_kind, states::letter_state));
        lines.push(list(said!("Mails received", "收到的邮件"), &self.mails, states::mail_state, states::mail_reason));
        lines.push(said!("Flags: {flags}", "疑点：{flags}项"));
        if self.ambiguous_ends > 0 {
            let n = self.ambiguous_ends;
            lines.push(said!(
                "Letters perhaps sent twice: {n}; see `spotcheck outbox list`",
                "可能重复送达的信：{n}封；用“spotcheck outbox list”查看"
            ));
        }
        if let Some(at) = self.backup {
            let at = at.local(self.zone).format("%Y-%m-%d %H:%M");
            lines.push(said!("Last backup: {at}", "最近一次备份：{at}"));
        }
        if let Some((at, from)) = self.restored {
            let [at, from] = [at, from].map(|at| at.local(self.zone).format("%Y-%m-%d %H:%M").to_string());
            lines.push(said!("Restored on {at} from a backup of {from}", "{at}由{from}的备份恢复"));
        }
        let need =
            |cause: &Cause| Said::new(format!("To see to: {}", cause.said.en), format!("需要处理：{}", cause.said.zh));
        lines.extend(self.needs.iter().map(need));
        lines
    }
}

/// `Letters: receipt sent 44, sheet sent 33`.
fn list(title: Said, counts: &Counts, first: fn(&str) -> Said, second: fn(&str) -> Said) -> Said {
    if counts.is_empty() {
        return Said::new(format!("{}: none", title.en), format!("{}：无", title.zh));
    }
    let named: Vec<(Said, Said, i64)> = counts.iter().map(|(a, b, n)| (first(a), second(b), *n)).collect();
    let en: Vec<String> = named.iter().map(|(a, b, n)| format!("{}, {}: {n}", a.en, b.en)).collect();
    let zh: Vec<String> = named.iter().map(|(a, b, n)| format!("{}（{}）{n}封", a.zh, b.zh)).collect();
    Said::new(format!("{}: {}", title.en, en.join("; ")), format!("{}：{}", title.zh, zh.join("，")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_words_and_a_program_reads_codes() {
        let status = Status {
            database: "SQLite",
            daemons: vec![("7@yunling.example".into(), true)],
            regions: 1,
            villages: 3,
            teams: 3,
            officials: 9,
            inspectors: 2,
            draws: 4,
            next_draw: vec![(
                "yunling".into(),
                Timestamp::parse("2026-03-03T07:30:00+08:00"),
                chrono_tz::Asia::Shanghai,
            )],
            assignments_open: 1,
            letters: vec![("receipt".into(), "acked".into(), 44)],
            mails: Vec::new(),
            flags: 0,
            ambiguous_ends: 0,
            restored: None,
            backup: None,
            zone: chrono_tz::Asia::Shanghai,
            needs: Vec::new(),
        };
        let zh: Vec<String> = status.lines().into_iter().map(|l| l.zh).collect();
        assert!(zh.contains(&"yunling下次抽取：3月3日 周二 07:30".to_owned()), "{zh:?}");
        assert!(zh.contains(&"信件：回执（已发送）44封".to_owned()), "{zh:?}");
        assert!(zh.contains(&"收到的邮件：无".to_owned()), "{zh:?}");
        assert!(zh.iter().any(|line| line.starts_with("守护进程7@yunling.example：主持")), "{zh:?}");
        assert_eq!(status.json()["letters"]["receipt acked"], 44);
    }
}
