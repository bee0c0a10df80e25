//! What a person has to see to, from facts alone: status, check, digest and mail all say the same.

use crate::model::time::{DAY, HOUR, MINUTE};
use crate::model::{OfficeId, ProgrammeId, Said, SourceId, Timestamp};
use crate::said;
use chrono::NaiveDate;

/// A server that was away for less comes back by itself.
const PATIENCE: i64 = 30 * MINUTE;
/// A disk with less room is nearly full, whatever it holds.
const ROOM: u64 = 1 << 30;
const CALENDAR_DAYS: i64 = 60;
const CHAIN: i64 = 30 * DAY;
const BACKUP: i64 = 2 * DAY;
/// So long it is told that the database was set back.
const SET_BACK: i64 = DAY;

/// Everything that is looked at.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub now: Timestamp,
    pub disks: Vec<Disk>,
    /// Since when nothing is drawn because the clock jumped, and by how many minutes.
    pub clock: Option<(Timestamp, i64)>,
    pub mailboxes: Vec<Failing>,
    pub relays: Vec<Failing>,
    /// The office, its present day, and the last day of its calendar.
    pub calendars: Vec<(OfficeId, NaiveDate, Option<NaiveDate>)>,
    pub chains: Vec<Chain>,
    /// When the database was last found set back, and how many letters may have left before.
    pub set_back: Option<(Timestamp, u64)>,
    /// Where backups are set up.
    pub backup: Option<Backup>,
    /// The office, the source, the day up to which it spoke, and since when more is overdue.
    pub sources: Vec<(OfficeId, SourceId, Option<NaiveDate>, Timestamp)>,
}

#[derive(Debug, Clone)]
pub struct Disk {
    /// What lies there.
    pub holds: Said,
    pub code: &'static str,
    pub free: u64,
    /// What may have to be written there at one go.
    pub needs: u64,
}

/// A mailbox or a way out that does not answer.
#[derive(Debug, Clone)]
pub struct Failing {
    pub name: String,
    pub since: Timestamp,
    pub why: Said,
}

#[derive(Debug, Clone)]
pub struct Chain {
    pub programme: ProgrammeId,
    pub office: OfficeId,
    pub ends: Timestamp,
    pub in_place: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Backup {
    pub last: Option<Timestamp>,
    pub failing: Option<(Timestamp, Said)>,
}

/// One thing to see to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Its natural key: `calendar/yunling`.
    pub code: String,
    /// Whose matter it is; none: that of whoever runs the machine.
    pub office: Option<OfficeId>,
    /// A few words.
    pub about: Said,
    /// What is the matter, and what to do about it.
    pub said: Said,
}

/// What of these facts is a person's matter, in the order of the codes.
pub fn causes(facts: &Facts) -> Vec<Cause> {
    let mut found: Vec<Cause> = Vec::new();
    found.extend(facts.disks.iter().filter_map(disk));
    found.extend(facts.clock.map(|(_, minutes)| clock(minutes)));
    let lasting = |one: &&Failing| facts.now >= one.since.plus(PATIENCE);
    found.extend(facts.set_back.filter(|(at, _)| facts.now < at.plus(SET_BACK)).map(|(_, letters)| set_back(letters)));
    found.extend(facts.mailboxes.iter().filter(lasting).map(mailbox));
    found.extend(facts.relays.iter().filter(lasting).map(relay));
    found.extend(facts.calendars.iter().filter_map(calendar));
    found.extend(facts.chains.iter().filter_map(|one| chain(one, facts.now)));
    found.extend(facts.backup.as_ref().and_then(|one| backup(one, facts.now)));
    found.extend(facts.sources.iter().filter(|(.., since)| *since <= facts.now).map(source));
    found.sort_by(|a, b| a.code.cmp(&b.code));
    found
}

fn machine(code: impl Into<String>, about: Said, said: Said) -> Cause {
    Cause { code: code.into(), office: None, about, said }
}

fn disk(disk: &Disk) -> Option<Cause> {
    let Disk { holds, code, free, needs } = disk;
    if *free >= ROOM.max(*needs) {
        return None;
    }
    let (mib, en, zh) = (free >> 20, &holds.en, &holds.zh);
    let said = Said::new(
        format!(
            "Make room on the disk with {en}: {mib} MiB are left. Once it is full nothing is drawn and no letter leaves."
        ),
        format!("请清理存放{zh}的磁盘：仅剩{mib} MiB。写满后将无法抽取和发信。"),
    );
    Some(machine(format!("disk/{code}"), said!("disk nearly full", "磁盘将满"), said))
}

fn clock(minutes: i64) -> Cause {
    machine(
        "clock",
        said!("the clock jumped", "时钟跳变"),
        said!(
            "Set the machine's clock right and start the daemon again: it jumped by {minutes} minutes, and until then nothing is drawn. Letters and replies go on.",
            "请校准本机时钟并重新启动守护进程：时钟跳变了{minutes}分钟，在此之前不再抽取；收发信件照常进行。"
        ),
    )
}

fn set_back(n: u64) -> Cause {
    machine(
        "set-back",
        said!("the database was set back", "数据库状态倒退"),
        said!(
            "The database may have lost its last minutes or hours: another server took its place, or an older state did. {n} letters may have left before; they are listed by `spotcheck outbox list --doubtful`. Windows drawn since are published as lost and never drawn again. Move mails that came since from the folder of read mail back into the inbox, and import again what was imported since: what is known counts once.",
            "数据库可能丢失了最近几分钟或几小时的内容：已由另一服务器接替，或恢复成了较早的状态。{n}封信可能此前已发出，可用“spotcheck outbox list --doubtful”查看。其间抽取过的时段按丢失公布，绝不重抽。其间收到的邮件请从已读文件夹移回收件箱，其间导入的文件请重新导入：已登记过的只计一次。"
        ),
    )
}

fn mailbox(one: &Failing) -> Cause {
    let Failing { name, why: Said { en, zh }, .. } = one;
    machine(
        format!("mailbox/{name}"),
        said!("mailbox out of reach", "收信邮箱不可用"),
        Said::new(
            format!(
                "No reply comes in by the mailbox {name}: {en}. Try it with `spotcheck check --online`; no mail is lost meanwhile."
            ),
            format!("邮箱{name}收不到回复：{zh}。请用“spotcheck check --online”检查；其间邮件不会丢失。"),
        ),
    )
}

fn relay(one: &Failing) -> Cause {
    let Failing { name, why: Said { en, zh }, .. } = one;
    machine(
        format!("relay/{name}"),
        said!("mail server takes no letters", "发信服务器不可用"),
        Said::new(
            format!(
                "Letters wait, as {name} takes none: {en}. Try it with `spotcheck check --online`; assignments can be read to inspectors by telephone (`spotcheck outbox print`)."
            ),
            format!(
                "{name}不接收信件，信件在等待：{zh}。请用“spotcheck check --online”检查；任务可用“spotcheck outbox print”输出后电话告知检查员。"
            ),
        ),
    )
}

fn calendar((office, today, until): &(OfficeId, NaiveDate, Option<NaiveDate>)) -> Option<Cause> {
    let left = until.map_or(0, |until| (until - *today).num_days());
    if left >= CALENDAR_DAYS {
        return None;
    }
    let until = until.unwrap_or(*today);
    Some(Cause {
        code: format!("calendar/{office}"),
        office: Some(office.clone()),
        about: said!("calendar ends", "日历将到期"),
        said: said!(
            "The calendar of {office} goes to {until}, {left} more days. After that nothing is planned: bring in the next year's holidays and make-up workdays (spotcheck import calendar FILE).",
            "{office}的日历至{until}，还有{left}天。此后不作安排：请导入下一年的节假日和调休（spotcheck import calendar 文件）。"
        ),
    })
}

fn chain(one: &Chain, now: Timestamp) -> Option<Cause> {
    let Chain { programme, office, ends, in_place } = one;
    let days = (ends.0 - now.0).div_euclid(DAY);
    let said = if !in_place {
        said!(
            "Bring the chain and the mark of {programme} back to their place, the newest ones and never older ones: without them nothing is drawn. If they are lost: spotcheck keys expose {programme} --office {office}.",
            "请将{programme}的密钥链及使用记录放回原处，务必用最新的，切勿用旧的：缺少时无法抽取。若已丢失：spotcheck keys expose {programme} --office {office}。"
        )
    } else if ends.minus(CHAIN) <= now {
        said!(
            "The chain of {programme} lasts {days} more days. The next one is made and announced by itself: see that keys.dir may be written, and have its custodians keep a copy of the new files.",
            "{programme}的密钥链还可用{days}天，届时自动生成并公布新链：请确认keys.dir可写，并由保管人另存新文件。"
        )
    } else {
        return None;
    };
    Some(Cause {
        code: format!("chain/{programme}/{office}"),
        office: Some(office.clone()),
        about: said!("the chain of a programme", "抽签密钥链"),
        said,
    })
}

fn backup(one: &Backup, now: Timestamp) -> Option<Cause> {
    let old = one.last.is_some_and(|last| last.plus(BACKUP) <= now);
    let hours = one.last.map(|last| (now.0 - last.0).div_euclid(HOUR));
    let said = match (&one.failing, hours) {
        (Some((_, Said { en, zh })), _) => Said::new(
            format!("No backup could be made: {en}. It is tried again every hour."),
            format!("备份失败：{zh}。每小时重试一次。"),
        ),
        (None, Some(hours)) if old => said!(
            "The last backup is {hours} hours old: see that spotcheck serve runs by night, or run spotcheck backup.",
            "最近一次备份已过去{hours}小时：请确认夜间运行spotcheck serve，或执行spotcheck backup。"
        ),
        _ => return None,
    };
    Some(machine("backup", said!("no fresh backup", "没有近期备份"), said))
}

fn source((office, id, until, _): &(OfficeId, SourceId, Option<NaiveDate>, Timestamp)) -> Cause {
    let said = match until {
        Some(until) => said!(
            "Import what is newer from the source {id}: it goes to {until} and is overdue. Until then absences are judged without it.",
            "请导入来源{id}的新数据：现有数据至{until}，已逾期。此前的不在岗只能在缺少该数据的情况下判定。"
        ),
        None => said!(
            "Import the files of the source {id}: nothing of it came yet, and it is overdue. Until then absences are judged without it.",
            "请导入来源{id}的数据：尚无任何数据，已逾期。此前的不在岗只能在缺少该数据的情况下判定。"
        ),
    };
    Cause {
        code: format!("source/{id}"),
        office: Some(office.clone()),
        about: said!("a source is overdue", "数据来源逾期"),
        said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_772_000_000_000);

    fn codes(facts: Facts) -> Vec<String> {
        causes(&Facts { now: NOW, ..facts }).into_iter().map(|cause| cause.code).collect()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn each_cause_begins_where_it_should() {
        let office = || "yunling".parse::<OfficeId>().unwrap();
        let disk = |free, needs| Disk { holds: said!("x", "x"), code: "database", free, needs };
        assert_eq!(codes(Facts { disks: vec![disk(ROOM, 5)], ..Facts::default() }), Vec::<String>::new());
        assert_eq!(codes(Facts { disks: vec![disk(ROOM - 1, 5)], ..Facts::default() }), ["disk/database"]);
        assert_eq!(codes(Facts { disks: vec![disk(ROOM, ROOM + 1)], ..Facts::default() }), ["disk/database"]);
        let failing = |minutes: i64| Failing {
            name: "mail.smtp".into(),
            since: NOW.minus(minutes * MINUTE),
            why: said!("x", "x"),
        };
        assert_eq!(codes(Facts { relays: vec![failing(29)], ..Facts::default() }), Vec::<String>::new());
        assert_eq!(codes(Facts { relays: vec![failing(30)], ..Facts::default() }), ["relay/mail.smtp"]);
        assert_eq!(codes(Facts { mailboxes: vec![failing(31)], ..Facts::default() }), ["mailbox/mail.smtp"]);
        let calendar = |until: Option<&str>| (office(), day("2026-11-02"), until.map(day));
        let of = |until| codes(Facts { calendars: vec![calendar(until)], ..Facts::default() });
        assert_eq!(of(Some("2027-01-01")), Vec::<String>::new());
        assert_eq!(of(Some("2026-12-31")), ["calendar/yunling"]);
        assert_eq!(of(None), ["calendar/yunling"]);
        let chain = |days: i64, in_place| Chain {
            programme: "posts".parse().unwrap(),
            office: office(),
            ends: NOW.plus(days * DAY),
            in_place,
        };
        let of = |days, there| codes(Facts { chains: vec![chain(days, there)], ..Facts::default() });
        assert_eq!((of(31, true).len(), of(30, true).len(), of(3000, false).len()), (0, 1, 1));
        let backup = |hours: Option<i64>, failing: bool| Backup {
            last: hours.map(|hours| NOW.minus(hours * HOUR)),
            failing: failing.then(|| (NOW, said!("x", "x"))),
        };
        let of = |hours, failing| codes(Facts { backup: Some(backup(hours, failing)), ..Facts::default() }).len();
        assert_eq!([of(None, false), of(Some(47), false), of(Some(48), false), of(Some(1), true)], [0, 0, 1, 1]);
        let source = |since: i64| (office(), "leave".parse().unwrap(), None, NOW.plus(since));
        let of = |since| codes(Facts { sources: vec![source(since)], ..Facts::default() }).len();
        assert_eq!((of(1), of(0)), (0, 1));
        assert_eq!(codes(Facts { clock: Some((NOW, 20)), ..Facts::default() }), ["clock"]);
    }
}
