//! One case: what waits now, what may be done, and the story of the day with its rows.

use super::draft::Draft;
use super::form::{Choice, Field, Form};
use super::parts::Event;
use super::shell::Tab;
use super::words::{joined, moment, named, plain, within};
use crate::console::shown::{Asked, Shown};
use crate::evidence::flag::{Step, next_step, state_said};
use crate::letter::phone_free;
use crate::model::record::{Direction, FiledBy, Origin, PaperKind, PaperStatus, What};
use crate::model::{AccountRole, CaseId, CaseKind, CaseLetter, FlagState, MACHINE, Said, Timestamp, VerdictCode};
use crate::said;
use crate::store::{CaseAnswerRow, CaseLetterRow, FlagStepRow};
use crate::words::letters::common;
use crate::words::states::verdict;
use crate::work::dossier::Dossier;
use crate::work::look::case::{CaseLook, FlagLook, Of, Seen, case};
use crate::work::{Done, photos};
use chrono_tz::Tz;

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    let Some(id) = asked.id.and_then(|id| CaseId::parse(id).ok()) else { return Ok(Shown::Missing) };
    let Some(found) = case(asked.ctx, &asked.viewer.scope, &id, asked.viewer).await? else {
        return Ok(Shown::Missing);
    };
    let (who, steps, dossier) = match &found.of {
        Of::Flag(flag) => {
            let case = &flag.case;
            (within(&case.official, &case.village), &case.steps, &case.dossier)
        }
        Of::Complaint(complaint) => (named(&complaint.inspector), &complaint.steps, &complaint.dossier),
    };
    let title = Said::new(format!("{id} {}", who.en), format!("{id} {}", who.zh));
    let mut page = Draft::new(asked, Tab::Flags, format!("/cases/{id}"), &title);
    match &found.of {
        Of::Flag(flag) => page.lead(&flag.case.standing.verdict.sentence),
        Of::Complaint(_) => page.lead(&match id.kind() {
            CaseKind::BackCheck => {
                said!("A second look at a visit found something else.", "对一次走访的复查结果与原报告不一致。")
            }
            _ => said!("A complaint against an inspector.", "对检查员的投诉。"),
        }),
    }
    page.facts(&facts(&found, dossier));
    if let Of::Flag(flag) = &found.of
        && !flag.case.standing.holds()
    {
        page.warning(&said!(
            "Records that came later explain it: by what is on record now it no longer holds.",
            "后来的记录已作解释：按现有记录，此疑点已不成立。"
        ));
    }
    now(&mut page, &found, dossier);
    page.heading(&said!("What happened", "经过"));
    let mut events = Vec::new();
    if let Of::Flag(flag) = &found.of {
        events.extend(flag.records.iter().map(|seen| record(seen, found.zone)));
        events.extend(observed(flag, found.zone));
        events.extend(judged(flag));
    }
    if let Of::Complaint(complaint) = &found.of {
        events.push(Told {
            at: complaint.row.opened,
            kind: "seen",
            what: match id.kind() {
                CaseKind::BackCheck => said!("What differs", "不一致之处"),
                _ => said!("The complaint", "投诉内容"),
            },
            lines: phone_free(&complaint.row.said).lines().map(plain).collect(),
        });
    }
    events.extend(steps.iter().map(step));
    events.extend(dossier.letters.iter().map(letter));
    events.extend(dossier.answers.iter().map(|one| answer(one, dossier)));
    events.sort_by_key(|event| event.at);
    let shown: Vec<Event> = events.iter().map(|event| event.shown(found.zone, &page)).collect();
    page.timeline(&shown);
    page.finish()
}

struct Told {
    at: Timestamp,
    kind: &'static str,
    what: Said,
    lines: Vec<Said>,
}

impl Told {
    fn shown(&self, zone: Tz, page: &Draft<'_>) -> Event {
        Event {
            machine: self.at.rfc3339(zone),
            when: page.say(&moment(self.at, zone)),
            kind: self.kind,
            what: page.say(&self.what),
            lines: self.lines.iter().map(|line| page.say(line)).collect(),
        }
    }
}

fn facts(found: &CaseLook, dossier: &Dossier) -> Vec<(Said, Said)> {
    let mut facts = vec![(said!("State", "状态"), state_said(found.state()))];
    if let Some(awaits) = dossier.awaits() {
        facts.push((said!("Waits for", "等待事项"), awaits));
    }
    if let Of::Flag(flag) = &found.of {
        let standing = &flag.case.standing;
        facts.push((said!("Seen", "实查结果"), common::outcome(standing.verdict.outcome)));
        let kind = standing.verdict.verdict.map_or_else(|| plain("-"), verdict);
        facts.push((said!("Kind", "类型"), kind));
        facts.push((said!("Opened", "立项时间"), moment(standing.flag.opened, found.zone)));
    }
    let day = |name: Said, day: Option<chrono::NaiveDate>| day.map(|day| (name, common::day(day)));
    facts.extend(day(said!("Explanation by", "说明期限"), dossier.deadlines.answer_by));
    facts.extend(day(said!("Appeal by", "申诉期限"), dossier.deadlines.appeal_by));
    if let Some(rung) = dossier.rung_said() {
        facts.push((said!("Rules", "依规定"), rung));
    }
    facts
}

/// What this person can do, and why not more.
fn now(page: &mut Draft<'_>, found: &CaseLook, dossier: &Dossier) {
    let role = page.asked.viewer.role;
    page.heading(&said!("What comes next", "下一步"));
    page.line(&next_step(found.state()));
    for why in &found.not_yet {
        page.line(why);
    }
    let action = format!("/cases/{}/decide", found.id);
    let asks = matches!(role, AccountRole::Dispatcher | AccountRole::Head);
    let may: Vec<Step> =
        found.may.iter().copied().filter(|step| role == AccountRole::Head || (asks && *step == Step::Ask)).collect();
    if !may.is_empty() {
        let choices = may.iter().map(|step| Choice::new(step.code(), step.said()).chosen_if(may.len() == 1));
        let goes_out = found.state() != FlagState::Open;
        let hint = match goes_out {
            true => said!(
                "The reason stands in the letter to whom it concerns: name no source and no villager.",
                "理由会写入给当事人的通知：不要写出信息来源和村民姓名。"
            ),
            false => said!("The letter that asks for an explanation goes out at once.", "说明通知随即发出。"),
        };
        let form = Form::post(said!("Decide", "办理"), action.as_str(), said!("Save the decision", "确定"))
            .hint(hint)
            .field(Field::radio("action", said!("Step", "步骤"), choices.collect()))
            .reason();
        page.form(form);
    }
    if !asks {
        return;
    }
    if let Some(letter) = dossier.to_hand_over {
        let letter = letter.said();
        let heading = Said::new(format!("The {} was handed over", letter.en), format!("登记{}送达", letter.zh));
        let form = Form::post(heading, action.as_str(), said!("Enter the day", "登记"))
            .hidden("action", "handed")
            .field(Field::day("day", said!("On", "送达日期")).required());
        page.form(form);
    }
    let paper = match found.state() {
        FlagState::Asked => Some(("answer", said!("An explanation came on paper", "登记书面说明"))),
        FlagState::Confirmed | FlagState::Dismissed => {
            Some(("appeal", said!("An appeal came on paper", "登记书面申诉")))
        }
        _ => None,
    };
    if let Some((what, heading)) = paper {
        page.fold(&heading);
        let form = Form::post(heading, action.as_str(), said!("File it", "登记"))
            .upload()
            .hidden("action", what)
            .field(Field::text("from", said!("Who wrote it", "提交人")).required())
            .field(Field::area("text", said!("What it says", "内容"), crate::model::typed::LONGEST_TEXT))
            .field(Field::file("file", said!("Scan", "扫描件")));
        page.form(form);
        page.unfold();
    }
}

fn source_line(seen: &Seen, zone: Tz) -> Said {
    let (source, file, row) = (&seen.record.source, &seen.file, seen.record.row);
    let first = moment(seen.first_seen, zone);
    let filed = match (seen.record.filed.at, seen.record.filed.by) {
        (Some(at), FiledBy::Written) => {
            let day = common::day(at.day(zone));
            Said::new(format!("dated {}", day.en), format!("落款{}", day.zh))
        }
        (Some(at), _) => {
            let at = moment(at, zone);
            Said::new(format!("filed {}", at.en), format!("提交{}", at.zh))
        }
        (None, _) => said!("filing time unknown", "提交时间不明"),
    };
    Said::new(
        format!("{source}: {file}, row {row} · {} · first seen {}", filed.en, first.en),
        format!("{source}：{file}第{row}行 · {} · 首见{}", filed.zh, first.zh),
    )
}

fn record(seen: &Seen, zone: Tz) -> Told {
    let span = |from: Timestamp, to: Timestamp| {
        let (from, to) = (moment(from, zone), moment(to, zone));
        Said::new(format!("{} to {}", from.en, to.en), format!("{}至{}", from.zh, to.zh))
    };
    let (kind, what, mut lines) = match &seen.record.what {
        What::Punch(punch) => {
            let direction = match punch.direction {
                Direction::In => said!("Punch in", "上班打卡"),
                Direction::Out => said!("Punch out", "下班打卡"),
                Direction::None => said!("Punch", "打卡"),
            };
            let origin = match punch.origin {
                Origin::Device => said!("device", "考勤机"),
                Origin::Phone => said!("telephone", "手机"),
                Origin::Edited => said!("edited", "后台修改"),
                Origin::Correction => said!("correction", "补卡"),
            };
            let range = match punch.in_range {
                Some(true) => said!("in range", "范围内"),
                Some(false) => said!("out of range", "范围外"),
                None => said!("range unknown", "范围不明"),
            };
            let how = if punch.origin == Origin::Device { vec![origin] } else { vec![origin, range] };
            ("punch", direction, vec![joined(&how)])
        }
        What::Paper(paper) => {
            let what = match paper.kind {
                PaperKind::Leave => said!("Leave", "请假"),
                PaperKind::Trip => said!("Trip", "出差"),
                PaperKind::Training => said!("Training", "培训"),
                PaperKind::Meeting => said!("Meeting", "会议"),
                PaperKind::Errand => said!("Errand", "外出"),
            };
            let status = match paper.status {
                Some(PaperStatus::Approved) => said!("approved", "已批准"),
                Some(PaperStatus::Pending) => said!("pending", "待审批"),
                Some(PaperStatus::Rejected) => said!("rejected", "未批准"),
                Some(PaperStatus::Cancelled) => said!("cancelled", "已撤销"),
                None => said!("no status", "无状态"),
            };
            let span = span(paper.from, paper.to);
            let line = Said::new(format!("{}, {}", span.en, status.en), format!("{}，{}", span.zh, status.zh));
            ("paper", what, vec![line])
        }
        What::Rota { from, to } => ("paper", said!("On the rota", "排班"), vec![span(*from, *to)]),
        What::Note(note) => ("paper", said!("Noted", "登记"), vec![span(note.from, note.to)]),
    };
    lines.push(source_line(seen, zone));
    if seen.decided {
        lines.push(said!("The verdict rests on this row.", "判定依据此行。"));
    }
    Told { at: seen.at(), kind, what, lines }
}

fn observed(flag: &FlagLook, zone: Tz) -> Option<Told> {
    let case = &flag.case;
    let standing = &case.standing;
    let received = case.outcome_received?;
    let (who, outcome) = (named(&flag.inspector), common::outcome(standing.verdict.outcome));
    let (assignment, person) = (&standing.flag.assignment, &standing.flag.person);
    let got = moment(received, zone);
    let mut lines = vec![Said::new(
        format!("assignment {assignment} {person} · received {}", got.en),
        format!("任务{assignment} {person} · 收到{}", got.zh),
    )];
    if !flag.remark.is_empty() {
        lines.push(plain(flag.remark.clone()));
    }
    lines.extend(flag.photos.iter().map(|photo| {
        let fit = photos::said(photo);
        Said::new(format!("photo: {}", fit.en), format!("照片：{}", fit.zh))
    }));
    Some(Told {
        at: case.stated.unwrap_or(received),
        kind: "seen",
        what: Said::new(format!("Checked by {}: {}", who.en, outcome.en), format!("{}实查：{}", who.zh, outcome.zh)),
        lines,
    })
}

/// Every judgement: later records may have changed it.
fn judged(flag: &FlagLook) -> Vec<Told> {
    let one = |row: &crate::store::VerdictRow| {
        let judged = &row.judgement;
        let kind = judged.verdict.map_or_else(|| plain("-"), verdict);
        Told {
            at: judged.judged,
            kind: "machine",
            what: Said::new(format!("Records compared: {}", kind.en), format!("比对记录：{}", kind.zh)),
            lines: vec![judged.sentence.clone()],
        }
    };
    flag.case.history.iter().map(one).collect()
}

fn step(step: &FlagStepRow) -> Told {
    let what = match Step::parse(&step.step) {
        Some(done) => done.said(),
        None => step.step.parse().map_or_else(|()| plain(step.step.clone()), state_said),
    };
    let actor = if step.actor == MACHINE { said!("machine", "系统") } else { plain(step.actor.clone()) };
    let reason = step.reason.parse::<VerdictCode>().map_or_else(|()| plain(phone_free(&step.reason)), verdict);
    let decided = ["confirm", "dismiss", "uphold", "overturn", "apply"].contains(&step.step.as_str());
    Told {
        at: Timestamp(step.at),
        kind: if decided { "decided" } else { "step" },
        what: Said::new(format!("{}: {}", actor.en, what.en), format!("{}：{}", actor.zh, what.zh)),
        lines: vec![reason],
    }
}

fn letter(row: &CaseLetterRow) -> Told {
    let (name, to) = (row.letter.said(), &row.addressee);
    let how = match (&row.address, row.bounced) {
        (Some(_), false) => said!("by mail", "邮件"),
        (Some(_), true) => said!("came back: to be handed over", "退信，须当面送达"),
        (None, _) => said!("on paper", "纸面"),
    };
    Told {
        at: row.written,
        kind: "letter",
        what: Said::new(format!("Letter: {}", name.en), name.zh),
        lines: vec![Said::new(format!("to {to}, {}", how.en), format!("致{to}，{}", how.zh))],
    }
}

fn answer(row: &CaseAnswerRow, dossier: &Dossier) -> Told {
    let what = match row.letter {
        CaseLetter::Explain => said!("Explanation", "说明"),
        CaseLetter::Decision => said!("Appeal", "申诉"),
        CaseLetter::Appeal => said!("Answer to the letter on the appeal", "对申诉决定的回复"),
    };
    let mut lines: Vec<Said> = phone_free(&row.said)
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| plain(format!("“{line}”")))
        .collect();
    let mut marks = Vec::new();
    if let Some(by) = &row.entered_by {
        marks.push(said!("entered by {by}", "{by}登记"));
    }
    if !row.proven {
        marks.push(said!("sender not proven", "发件人未核实"));
    }
    if row.late {
        marks.push(said!("too late to count", "逾期，仅留存"));
    }
    if !marks.is_empty() {
        lines.push(joined(&marks));
    }
    let files = dossier.files.iter().filter(|file| file.answer == row.seq);
    lines.extend(files.map(|file| {
        let (name, bytes) = (&file.name, file.bytes / 1024 + 1);
        said!("file {name}, {bytes} KB", "附件{name}，{bytes}KB")
    }));
    Told { at: row.at, kind: "answer", what, lines }
}
