//! What a demo tells at its end: counts, and planted against found.

use super::county::OFFICE;
use super::dice::Dice;
use super::tally::{Seen, Tally};
use super::truth::Oracle;
use crate::model::{Kind, Language, OfficeId, Said, Timestamp, Trouble, VerdictCode};
use crate::words::letters::common::outcome as outcome_said;
use crate::words::states::{line_state, mail_reason, mail_state, verdict};
use crate::work::flags::standing;
use crate::work::release::load_assignment;
use crate::work::{Context, Done};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub struct Report {
    pub state_hash: String,
    pub days: u32,
    pub windows: u64,
    pub voids: u64,
    pub visits: u64,
    pub calls: u64,
    pub letters: u64,
    pub replies: u64,
    pub receipts: u64,
    pub lines: BTreeMap<String, i64>,
    pub flags: BTreeMap<VerdictCode, u64>,
    pub outcomes: BTreeMap<String, u64>,
    pub verdicts: BTreeMap<String, u64>,
    pub mails: BTreeMap<String, i64>,
    pub tally: Tally,
}

/// Reads the whole state once more and holds it against the truth.
pub async fn report(ctx: &Context, dice: &Dice, days: u32) -> Done<Report> {
    let office: OfficeId = OFFICE.parse().map_err(Trouble::new)?;
    let mut tx = ctx.store.read().await?;
    let mut report = Report { days, state_hash: tx.state_hash().await?.0.hex(), ..Report::default() };
    report.windows = u64::try_from(tx.count_draws().await?).unwrap_or(0);
    report.voids = tx.voids(&office).await?.len() as u64;
    for (state, kind, n) in tx.line_states().await? {
        *report.lines.entry(state).or_default() += n;
        let count = if kind == Kind::Visit.code() { &mut report.visits } else { &mut report.calls };
        *count += u64::try_from(n).unwrap_or(0);
    }
    for (kind, _, n) in tx.outbox_counts().await? {
        let n = u64::try_from(n).unwrap_or(0);
        report.letters += n;
        report.receipts += if kind == "receipt" { n } else { 0 };
    }
    for (state, reason, n) in tx.inbox_counts().await? {
        report.replies += u64::try_from(n).unwrap_or(0);
        *report.mails.entry(format!("{state} {reason}")).or_default() += n;
    }
    for one in standing(&mut tx, None).await? {
        if let Some(verdict) = one.verdict.verdict {
            *report.flags.entry(verdict).or_default() += 1;
        }
    }
    let verdicts: BTreeMap<_, _> = tx
        .current_verdicts()
        .await?
        .into_iter()
        .map(|v| ((v.judgement.assignment.clone(), v.judgement.person.clone()), v.judgement.verdict))
        .collect();
    for verdict in verdicts.values() {
        *report.verdicts.entry(verdict.map_or("-", VerdictCode::code).to_owned()).or_default() += 1;
    }
    let oracle = Oracle::new(dice);
    let mut seen = Vec::new();
    for row in tx.assignments_between(&office, Timestamp(0), ctx.now().plus(1)).await? {
        let Some(assignment) = load_assignment(&mut tx, &row).await? else { continue };
        let outcomes: BTreeMap<_, _> =
            tx.outcomes_of(&row.id).await?.into_iter().map(|o| (o.person, o.outcome)).collect();
        for outcome in outcomes.values() {
            *report.outcomes.entry(outcome.code().to_owned()).or_default() += 1;
        }
        for line in assignment.lines.iter().filter(|l| l.kind == Kind::Visit) {
            for (number, official) in (1..).zip(&line.officials) {
                let code = line.person_code(number);
                seen.push(Seen {
                    truth: oracle.of(&official.official, line.window.day),
                    reported: outcomes.get(&code).copied(),
                    verdict: verdicts.get(&(row.id.clone(), code)).copied().flatten(),
                });
            }
        }
    }
    report.tally = Tally::of(seen);
    Ok(report)
}

impl Report {
    /// The form of DESIGN 7.
    pub fn json(&self) -> serde_json::Value {
        let Tally { planted, found, missed, false_flags, .. } = &self.tally;
        serde_json::json!({
            "state_hash": self.state_hash, "days": self.days, "windows": self.windows, "voids": self.voids,
            "visits": self.visits, "calls": self.calls, "letters": self.letters, "replies": self.replies,
            "receipts": self.receipts, "lines": self.lines, "flags": self.flags,
            "truth": {"planted": planted, "found": found, "missed": missed, "false": false_flags},
        })
    }

    /// The table at the end of a run.
    pub fn table(&self, language: Language) -> String {
        let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
        let mut rows = vec![
            (pick("workdays", "工作日"), u64::from(self.days)),
            (pick("windows drawn", "抽取时段"), self.windows),
            (pick("windows void", "作废时段"), self.voids),
            (pick("visits", "走访"), self.visits),
            (pick("calls", "电话"), self.calls),
            (pick("letters", "发出信件"), self.letters),
            (pick("mails received", "收到邮件"), self.replies),
            (pick("receipts", "回执"), self.receipts),
        ];
        let mut text = String::new();
        let mut put = |name: &str, n: &dyn std::fmt::Display| text.push_str(&format!("{n:>8}  {name}\n"));
        for (name, n) in rows.drain(..) {
            put(name, &n);
        }
        for (title, counts) in [
            (
                pick("-- mails", "-- 邮件"),
                self.mails
                    .iter()
                    .map(|(k, n)| (mail(k).in_language(language).to_owned(), n.to_string()))
                    .collect::<Vec<_>>(),
            ),
            (
                pick("-- lines", "-- 任务行"),
                self.lines
                    .iter()
                    .map(|(k, n)| (line_state(k).in_language(language).to_owned(), n.to_string()))
                    .collect(),
            ),
            (
                pick("-- outcomes", "-- 检查结果"),
                self.outcomes.iter().map(|(k, n)| (outcome(k, language), n.to_string())).collect(),
            ),
            (
                pick("-- verdicts", "-- 判定"),
                self.verdicts.iter().map(|(k, n)| (named_verdict(k, language), n.to_string())).collect(),
            ),
            (
                pick("-- flags", "-- 疑点"),
                self.flags.iter().map(|(k, n)| (verdict(*k).in_language(language).to_owned(), n.to_string())).collect(),
            ),
        ] {
            put(title, &"");
            for (name, n) in counts {
                put(&name, &n);
            }
        }
        put(pick("-- planted versus found (expected/agreed/unexpected)", "-- 预设与发现（应有/相符/多出）"), &"");
        for (code, row) in &self.tally.by_verdict {
            put(verdict(*code).in_language(language), &format!("{}/{}/{}", row.expected, row.agreed, row.unexpected));
        }
        let Tally { planted, found, missed, false_flags, .. } = &self.tally;
        let planted_row = match language {
            Language::En => {
                format!("contradictions planted {planted}, found {found}, missed {missed}; false flags {false_flags}")
            }
            Language::ZhHans => format!("预设矛盾{planted}处，发现{found}处，遗漏{missed}处；误报{false_flags}处"),
        };
        text + &planted_row
    }
}

fn mail(state_and_reason: &str) -> Said {
    let (state, reason) = state_and_reason.split_once(' ').unwrap_or((state_and_reason, ""));
    let (state, reason) = (mail_state(state), mail_reason(reason));
    Said::new(format!("{}: {}", state.en, reason.en), format!("{}：{}", state.zh, reason.zh))
}

fn outcome(code: &str, language: Language) -> String {
    code.parse().map_or_else(|()| code.to_owned(), |o| outcome_said(o).in_language(language).to_owned())
}

fn named_verdict(code: &str, language: Language) -> String {
    let none = || language.pick("no verdict", "不作判定").to_owned();
    code.parse().map_or_else(|()| none(), |v| verdict(v).in_language(language).to_owned())
}
