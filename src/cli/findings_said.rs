//! A finding on a terminal: as a line, in full, as JSON.

use crate::config::Office;
use crate::evidence::finding::{Step, next_step, state_said};
use crate::letter::columns::flat;
use crate::model::MACHINE;
use crate::model::typed::lines;
use crate::model::{Language, Timestamp};
use crate::model::{Said, Subject};
use crate::said;
use crate::store::FindingStepRow;
use crate::words::findings as words;
use crate::work::findings_told::Entry;
use crate::work::gaps::{Change, Found, Looked};

/// `R-… 2026-03-31 open T1 滨河村工作队 …: no work log: …`
pub(super) fn line(entry: &Entry, language: Language) -> String {
    let f = &entry.finding;
    let who: Vec<String> =
        [&entry.person, &entry.team, &entry.village].into_iter().map(|n| n.both()).filter(|n| !n.is_empty()).collect();
    let until = f.deadline.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let late = if entry.overdue { language.pick(" (overdue)", "（逾期）") } else { "" };
    format!(
        "{}  {until}  {}{late}  {}  {}: {}",
        f.id,
        state_said(f.state).in_language(language),
        who.join(", "),
        words::code(&f.code).in_language(language),
        flat(&f.text)
    )
}

pub(super) fn page(entry: &Entry, language: Language) -> String {
    let f = &entry.finding;
    let when = |at: Timestamp| at.in_zone(entry.zone).format("%Y-%m-%d %H:%M").to_string();
    let mut page = vec![line(entry, language)];
    if f.text.contains('\n') {
        page.extend(lines(&f.text).map(|line| format!("  | {line}")));
    }
    let source = words::origin(f.origin);
    page.push(format!("{}{}", language.pick("Source: ", "来源："), source.in_language(language)));
    if let Some((assignment, code)) = &f.line {
        page.push(format!("{}{assignment} {code}", language.pick("Assignment: ", "任务：")));
    }
    if !f.owner.is_empty() {
        page.push(format!("{}{}", language.pick("Owner: ", "责任人："), flat(&f.owner)));
    }
    page.push(language.pick("Steps", "办理过程").to_owned());
    for step in &entry.steps {
        let file = step.file_name.as_ref().map(|name| format!("  [{}: {name}]", step.seq)).unwrap_or_default();
        let told = [step_name(step, language), actor(&step.actor, language), flat(&step.reason)];
        page.push(format!("  {}  {}{file}", when(Timestamp(step.at)), told.join("  ").trim_end()));
    }
    page.push(next_step(f.state).in_language(language).to_owned());
    page.join("\n")
}

fn step_name(step: &FindingStepRow, language: Language) -> String {
    let said = Step::parse(&step.step).map_or_else(|| said!("entered", "登记"), Step::said);
    said.in_language(language).to_owned()
}

fn actor(by: &str, language: Language) -> String {
    if by == MACHINE { words::machine().in_language(language).to_owned() } else { by.to_owned() }
}

pub(super) fn json(entry: &Entry) -> serde_json::Value {
    let f = &entry.finding;
    let steps: Vec<_> = entry
        .steps
        .iter()
        .map(|s| {
            serde_json::json!({
                "number": s.seq, "step": s.step, "by": s.actor, "at": Timestamp(s.at).rfc3339(entry.zone),
                "reason": s.reason, "file": s.file_name, "sha256": s.file_sha,
            })
        })
        .collect();
    serde_json::json!({
        "id": f.id, "office": f.office, "on": f.subject.kind(), "subject": f.subject.id(), "team": f.team,
        "village": f.village, "township": entry.township.own, "code": f.code, "text": f.text, "source": f.origin,
        "assignment": f.line.as_ref().map(|(a, _)| a.as_str()), "line": f.line.as_ref().map(|(_, l)| l),
        "owner": f.owner, "opened": f.opened.rfc3339(entry.zone), "by": f.opened_by, "deadline": f.deadline,
        "state": f.state, "overdue": entry.overdue, "steps": steps,
    })
}

/// What was looked for, and what follows.
pub(super) fn gap_lines(all: &[(&Office, Found)], language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for (office, found) in all {
        lines.push(format!("{} {}", office.id, office.name.both()));
        if found.looked.is_empty() {
            lines.push(format!("  {}", language.pick("no source that gaps are looked for in", "没有可查缺漏的来源")));
        }
        lines.extend(found.looked.iter().map(|looked| format!("  {}", looked_said(looked).in_language(language))));
        lines.extend(found.changes.iter().map(|change| format!("    {}", change_said(change).in_language(language))));
    }
    lines
}

fn looked_said(looked: &Looked) -> Said {
    let Looked { source, asked, missing, .. } = looked;
    let what = words::code(looked.gap.code());
    let (en, zh) = (what.en, what.zh);
    match looked.stretch {
        Some(stretch) => {
            let (from, to) = (stretch.from, stretch.to);
            said!(
                "{source}: {en}, {from} to {to}: {missing} of {asked}",
                "{source}：{zh}，{from}至{to}：{asked}个对象中有{missing}个"
            )
        }
        None => said!(
            "{source}: {en}: not looked for, no whole stretch of days is covered by complete files yet",
            "{source}：{zh}：暂不查，尚无一段日期被完整文件覆盖"
        ),
    }
}

fn change_said(change: &Change) -> Said {
    let named = |subject: &Subject| format!("{} {}", subject.kind(), subject.id()).trim().to_owned();
    match change {
        Change::Open { subject, text, .. } => {
            let who = named(subject);
            Said::new(format!("would open: {who}: {}", text.en), format!("将登记：{who}：{}", text.zh))
        }
        Change::Arrived { finding, subject, .. } => {
            let (who, why) = (named(subject), words::evidence_arrived());
            Said::new(format!("{finding}: {who}: {}", why.en), format!("{finding}：{who}：{}", why.zh))
        }
        Change::Again { finding, subject, .. } => {
            let (who, why) = (named(subject), words::missing_again());
            Said::new(format!("{finding}: {who}: {}", why.en), format!("{finding}：{who}：{}", why.zh))
        }
    }
}

pub(super) fn gap_json(all: &[(&Office, Found)]) -> serde_json::Value {
    let looked = |l: &Looked| {
        serde_json::json!({
            "source": l.source, "gap": l.gap.code(), "from": l.stretch.map(|s| s.from), "to": l.stretch.map(|s| s.to),
            "asked": l.asked, "missing": l.missing,
        })
    };
    let change = |c: &Change| {
        let (what, finding, subject, code) = match c {
            Change::Open { subject, code, .. } => ("open", None, subject, code),
            Change::Arrived { finding, subject, code } => ("arrived", Some(finding), subject, code),
            Change::Again { finding, subject, code } => ("again", Some(finding), subject, code),
        };
        serde_json::json!({"change": what, "finding": finding, "on": subject.kind(), "subject": subject.id(), "code": code})
    };
    let offices = all.iter().map(|(office, found)| {
        serde_json::json!({
            "office": office.id, "looked": found.looked.iter().map(looked).collect::<Vec<_>>(),
            "changes": found.changes.iter().map(change).collect::<Vec<_>>(),
        })
    });
    serde_json::json!(offices.collect::<Vec<_>>())
}
