//! A spring in a small county: visits, calls, flags, findings; a villager's words in every free text.

use super::house::{House, time};
use spotcheck::evidence::finding::Step;
use spotcheck::evidence::flag;
use spotcheck::model::register::{Name, Role};
use spotcheck::model::{
    AssignmentId, FlagState, Kind, Line, LineContact, LineOfficial, Outcome, Phone, Said, Strength, Subject,
    VerdictCode,
};
use spotcheck::store::{AssignmentRow, FlagRow, NewLine, NewOutcome, NewVerdict, VerdictRow};
use spotcheck::table::TemplateKind;
use spotcheck::work::findings::{self, Doing, NewFinding};

pub const GRANNY: &str = "赵大娘";
pub const GRANNY_PHONE: &str = "13900130001";
/// What she said; it stands in the remark of the inspector.
pub const WORDS: &str = "赵大娘（13900130001）说队长一个月没来";

pub struct Seen<'a> {
    pub day: &'a str,
    pub assignment: &'a str,
    /// `V1 O11 present`, `C1 villager-1 reached`.
    pub what: &'a [&'a str],
    pub team: &'a str,
}

fn phone(dial: &str) -> Phone {
    Phone { dial: format!("+86{dial}"), extension: None, shown: dial.to_owned() }
}

fn line(seen: &Seen<'_>, code: &str) -> Line {
    let at = time(&format!("{} 09:00", seen.day));
    let contact = |name: &str, role, dial: &str| LineContact {
        contact: Some("P1".parse().unwrap()),
        official: None,
        name: Name::new(name, ""),
        role,
        phone: phone(dial),
    };
    Line {
        code: code.parse().unwrap(),
        kind: if code.starts_with('V') { Kind::Visit } else { Kind::Call },
        window: format!("posts/yunling/{}/{}", seen.day, if code.starts_with('V') { "am" } else { "pm" })
            .parse()
            .unwrap(),
        from: at,
        to: at.plus(3_600_000),
        place: seen.team.parse().unwrap(),
        village: Name::new("滨河村", "Binhe"),
        township: Name::new("青山镇", "Qingshan"),
        team: Name::new("工作队", ""),
        officials: if code.starts_with('V') {
            vec![LineOfficial { official: "O11".parse().unwrap(), name: Name::new("王建国", ""), role: Role::Lead }]
        } else {
            Vec::new()
        },
        contact: match code.chars().next() {
            Some('C') if seen.team == "T1" => Some(contact(GRANNY, Role::Villager, GRANNY_PHONE)),
            Some('C') => Some(contact("钱三", Role::Villager, "13900130003")),
            _ => None,
        },
        companion: None,
        instrument: None,
        attempt: None,
        back_check: None,
        travel: None,
    }
}

/// A release with what was reported of it.
pub async fn report(house: &House, seen: &Seen<'_>) {
    let released = time(&format!("{} 08:00", seen.day));
    let id: AssignmentId = seen.assignment.parse().unwrap();
    let mut tx = house.ctx.store.begin().await.unwrap();
    let row = AssignmentRow {
        id: id.clone(),
        office: "yunling".parse().unwrap(),
        inspector: "I1".parse().unwrap(),
        released,
        reply_by: released.plus(36_000_000),
        closes: released.plus(14 * 86_400_000),
        kid: 1,
        message_id: format!("<{id}@b>"),
        reminded: None,
        closed: None,
    };
    tx.add_assignments(&[row]).await.unwrap();
    let codes: std::collections::BTreeSet<&str> = seen.what.iter().map(|w| w.split(' ').next().unwrap()).collect();
    for code in codes {
        let line = line(seen, code);
        let new = NewLine {
            window: line.window.clone(),
            place: line.place.clone(),
            kind: line.kind,
            origin: "ticket".to_owned(),
            ticket: 1,
            minute: 0,
            p_visit: 1,
            p_call: 1,
            eligible: 1,
            given: Some((id.clone(), line.code.clone(), serde_json::json!(line).to_string())),
            state: None,
            credit: None,
        };
        tx.add_lines(&[new]).await.unwrap();
    }
    for (number, what) in seen.what.iter().enumerate() {
        let [code, who, outcome] = what.split(' ').collect::<Vec<_>>()[..] else { panic!("{what}") };
        let outcome: Outcome = outcome.parse().unwrap();
        let of_official = who.starts_with('O');
        let person = if code.starts_with('V') { format!("{code}.{}", number + 1) } else { code.to_owned() };
        let new = NewOutcome {
            assignment: id.clone(),
            line: code.to_owned(),
            person: person.clone(),
            official: of_official.then(|| who.parse().unwrap()),
            outcome,
            stated: None,
            remark: WORDS.to_owned(),
            by: "code".to_owned(),
            mail: None,
            received: released.plus(7_200_000),
        };
        tx.add_outcomes(&[new]).await.unwrap();
        if of_official && code.starts_with('V') {
            let (verdict, strength) = match outcome {
                Outcome::Present => (VerdictCode::Present, Strength::None),
                Outcome::OnLeave => (VerdictCode::Excused, Strength::None),
                _ => (VerdictCode::Unexcused, Strength::High),
            };
            let new = NewVerdict {
                assignment: id.clone(),
                line: code.to_owned(),
                person: person.clone(),
                official: Some(who.parse().unwrap()),
                outcome,
                verdict: Some(verdict),
                strength,
                timing_unclear: false,
                evidence: "[]".to_owned(),
                sentence: Said::new("sentence of the verdict", "判定的一句话"),
                judged: released.plus(7_300_000),
            };
            tx.add_verdicts(&[VerdictRow { seq: 1, judgement: new.clone() }]).await.unwrap();
            if strength.opens_flag() {
                let row = FlagRow {
                    id: format!("F-00{}{number}", seen.assignment),
                    office: "yunling".parse().unwrap(),
                    official: who.parse().unwrap(),
                    assignment: id.clone(),
                    line: code.to_owned(),
                    person,
                    opened: new.judged,
                    state: FlagState::Open,
                };
                tx.open_flags(&[(row, "unexcused")]).await.unwrap();
            }
        }
    }
    tx.commit().await.unwrap();
}

pub async fn decide_flag(house: &House, flag: &str, steps: &[(flag::Step, FlagState)]) {
    let mut tx = house.ctx.store.begin().await.unwrap();
    for (step, to) in steps {
        let row = tx.flag(flag).await.unwrap().unwrap();
        tx.step_flag(&row, step.code(), "李主任", house.ctx.now(), WORDS, *to).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// March and April as they were.
pub async fn spring(house: &House) {
    house
        .roster(
            TemplateKind::Contacts,
            "id,village,role,name,phone\nP1,V1,villager,赵大娘,13900130001\nP2,V1,villager,孙大爷,13900130002\nP3,V2,villager,钱三,13900130003\n",
        )
        .await;
    for seen in [
        Seen { day: "2026-03-03", assignment: "K7Q2A", team: "T1", what: &["V1 O11 present", "V1 O12 absent"] },
        Seen {
            day: "2026-03-10",
            assignment: "K7Q2B",
            team: "T1",
            what: &["V1 O11 on_leave", "V1 O12 absent", "C1 villager absent"],
        },
        Seen { day: "2026-03-11", assignment: "K7Q2C", team: "T2", what: &["V1 O21 absent", "C1 villager absent"] },
        Seen { day: "2026-04-01", assignment: "K7Q2D", team: "T1", what: &["C1 O11 reached", "V1 O12 not_met"] },
    ] {
        report(house, &seen).await;
    }
    use flag::Step::{Appeal, Ask, Confirm, Dismiss, Explain};
    house.at("2026-03-12 10:00");
    let (asked, explained) = ((Ask, FlagState::Asked), (Explain, FlagState::Explained));
    decide_flag(house, "F-00K7Q2A1", &[asked, explained, (Confirm, FlagState::Confirmed)]).await;
    decide_flag(house, "F-00K7Q2B1", &[asked, explained, (Dismiss, FlagState::Dismissed)]).await;
    decide_flag(
        house,
        "F-00K7Q2C0",
        &[asked, explained, (Confirm, FlagState::Confirmed), (Appeal, FlagState::Appealed)],
    )
    .await;
    for (subject, code, text) in [
        ("team T1", "fire", "灭火器过期，赵大娘（13900130001）反映"),
        ("official O12", "badge", "未带工作证"),
        ("official O12", findings::GOOD_PRACTICE, "为赵大娘代办手续"),
    ] {
        let (kind, id) = subject.split_once(' ').unwrap();
        let new = NewFinding {
            subject: Subject::parse(kind, id).unwrap(),
            office: None,
            code,
            text,
            owner: "王建国",
            deadline: None,
            by: "赵新",
        };
        let row = findings::open(&house.ctx, &new).await.unwrap();
        if code == "fire" {
            let doing = Doing {
                finding: &row.id,
                step: Step::Rectify,
                by: "王建国",
                reason: "已更换，请赵大娘看过，电话13900130001",
                file: Some(("new.jpg", b"picture".to_vec())),
            };
            findings::step(&house.ctx, &doing).await.unwrap();
        }
    }
}
