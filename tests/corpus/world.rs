//! One assignment with everything that is hard about names and lines, and its reply read.

use chrono_tz::Asia::Shanghai;
use spotcheck::letter::{
    AssignmentInput, HelpInput, HelpReason, Languages, ReceiptInput, Recorded, assignment, help, receipt, reminder,
};
use spotcheck::model::key::ReplyKey;
use spotcheck::model::question::Given;
use spotcheck::model::question_file::QuestionFile;
use spotcheck::model::register::{Name, Role};
use spotcheck::model::{Assignment, Kind, Language, Line, LineContact, LineOfficial, Outcome, Phone, Timestamp};
use spotcheck::reply::{
    Authentication, Earlier, InspectorFile, Intake, Lexicon, LineFile, PersonFile, Reading, Sent, SentFile, envelope,
    read,
};
use spotcheck::words::instruments::{self, SHIPPED};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);
pub static WORLD: LazyLock<World> = LazyLock::new(|| World::of(&assigned()));
/// The same with a questionnaire for each visit and call.
pub static ASKING: LazyLock<World> = LazyLock::new(|| {
    let mut assigned = assigned();
    let given = SHIPPED.map(|(name, text)| Given::from(&instruments::read(name, text).unwrap()));
    for line in &mut assigned.lines {
        line.instrument = Some(given[usize::from(line.kind == Kind::Call)].clone());
    }
    World::of(&assigned)
});

pub struct World {
    pub sent: Sent,
    /// Everything that an inspector may press Reply on, by name.
    pub letters: BTreeMap<&'static str, String>,
}

/// Name in both spellings and role.
type Member = (&'static str, &'static str, Role);

const VISITS: &[(&str, &[Member])] = &[
    (
        "V1",
        &[
            ("王建国", "Wang Jianguo", Role::Lead),
            ("刘敏", "Liu Min", Role::Member),
            ("陈思远", "Chen Siyuan", Role::Member),
        ],
    ),
    ("V2", &[("周丽华", "Zhou Lihua", Role::Lead)]),
];
const CALLS: &[(&str, &str, &str, Role, &str)] = &[
    ("C1", "李娜", "Li Na", Role::Villager, "010-5550-0101"),
    ("C2", "张伟", "Zhang Wei", Role::Member, "010-5550-0102"),
    ("C3", "何晓东", "He Xiaodong", Role::Cadre, "010-5550-0103"),
    // The first name of V1.1 once more.
    ("C4", "李建国", "Li Jianguo", Role::Villager, "138 0013 8004"),
];

fn at(clock: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-03-12T{clock}:00+08:00")).unwrap()
}

fn line(code: &str, kind: Kind, first: bool) -> Line {
    let (village, latin) = if first { ("滨河村", "Binhe village") } else { ("石桥村", "Shiqiao village") };
    Line {
        code: code.parse().unwrap(),
        kind,
        window: "presence/yunling/2026-03-12/am".parse().unwrap(),
        from: at("09:00"),
        to: at("11:30"),
        place: "T0001".parse().unwrap(),
        village: Name::new(village, latin),
        township: Name::new("青山镇", "Qingshan township"),
        team: Name::new(village, latin),
        officials: Vec::new(),
        contact: None,
        companion: None,
        instrument: None,
        attempt: None,
        back_check: None,
        travel: None,
    }
}

fn assigned() -> Assignment {
    let mut lines = Vec::new();
    for (index, (code, team)) in VISITS.iter().enumerate() {
        let officials = (1..).zip(*team).map(|(n, (own, latin, role))| LineOfficial {
            official: format!("{code}-{n}").parse().unwrap(),
            name: Name::new(*own, *latin),
            role: *role,
        });
        lines.push(Line { officials: officials.collect(), ..line(code, Kind::Visit, index == 0) });
    }
    for (index, (code, own, latin, role, shown)) in CALLS.iter().enumerate() {
        let contact = LineContact {
            contact: Some("K1".parse().unwrap()),
            official: None,
            name: Name::new(*own, *latin),
            role: *role,
            phone: Phone { dial: "+861055500101".into(), extension: None, shown: (*shown).into() },
        };
        lines.push(Line { contact: Some(contact), ..line(code, Kind::Call, index < 2) });
    }
    Assignment {
        id: "K7Q2M".parse().unwrap(),
        office: "yunling".parse().unwrap(),
        inspector: "I7".parse().unwrap(),
        released: at("07:30"),
        reply_by: at("18:00"),
        closes: Timestamp::parse("2026-03-26T00:00:00+08:00").unwrap(),
        lines,
    }
}

impl World {
    fn of(assigned: &Assignment) -> World {
        let key = ReplyKey::parse("9f3tx8w2hc5d7qkm").unwrap();
        let office = Name::new("云岭县督查办", "Yunling Inspection Desk");
        let input = |languages| AssignmentInput {
            assignment: assigned,
            office: &office,
            key: &key,
            zone: Shanghai,
            languages,
            desk_phone: None,
        };
        let both = Languages::Both;
        let text = assignment(&input(both)).unwrap().letter.text;
        let open = ["V1.2".to_owned(), "C2".to_owned(), "C3".to_owned()];
        let mut letters = BTreeMap::from([
            ("assignment", text.clone()),
            ("reminder", reminder(&input(both), &open).unwrap().letter.text),
        ]);
        for (language, receipt_name, help_name) in
            [(Language::En, "receipt", "help"), (Language::ZhHans, "receipt-zh", "help-zh")]
        {
            let recorded = |code: &str, outcome| Recorded {
                code: code.into(),
                outcome,
                at: None,
                remark: Some("C3 busy; rest present".into()),
                replaces: None,
                note: None,
            };
            let input_of = ReceiptInput {
                files: 0,
                answers: Vec::new(),
                of: input(both),
                language,
                recorded: vec![recorded("V1.1", Outcome::Present), recorded("C1", Outcome::Busy)],
                open: open.to_vec(),
                problems: Vec::new(),
            };
            letters.insert(receipt_name, receipt(&input_of).text);
            let of = HelpInput { of: input(both), language, reason: HelpReason::NotUnderstood };
            letters.insert(help_name, help(&of).text);
        }
        let person =
            |code: String, own: &str, latin: &str| PersonFile { code, person: own.into(), also: vec![latin.into()] };
        let mut lines: Vec<LineFile> = VISITS
            .iter()
            .map(|(code, team)| LineFile {
                line: (*code).into(),
                kind: Kind::Visit,
                persons: (1..)
                    .zip(*team)
                    .map(|(n, (own, latin, _))| person(format!("{code}.{n}"), own, latin))
                    .collect(),
                name: None,
                also: Vec::new(),
                phone: None,
                questions: Vec::new(),
            })
            .collect();
        lines.extend(CALLS.iter().map(|(code, own, latin, _, phone)| LineFile {
            line: (*code).into(),
            kind: Kind::Call,
            persons: Vec::new(),
            name: Some((*own).into()),
            also: vec![(*latin).into()],
            phone: Some((*phone).into()),
            questions: Vec::new(),
        }));
        for (file, line) in lines.iter_mut().zip(&assigned.lines) {
            file.questions = line.questions().iter().map(QuestionFile::from).collect();
        }
        let file = SentFile {
            assignment: "K7Q2M".into(),
            key: "9f3tx8w2hc5d7qkm".into(),
            desk: "desk@inspect.example".into(),
            reply_to: None,
            message_id: None,
            reference: None,
            trusted_authserv_id: Some("mx.inspect.example".into()),
            sent: "2026-03-12T07:30:05+08:00".into(),
            closes: "2026-03-26T00:00:00+08:00".into(),
            inspector: InspectorFile { name: "赵新".into(), addresses: vec!["zhaoxin@field.example".into()] },
            lines,
            text: Some(text),
        };
        World { sent: Sent::try_from(file).unwrap(), letters }
    }
}

pub fn reading(raw: &[u8], earlier: &Earlier) -> Reading {
    reading_in(&WORLD, raw, earlier)
}

pub fn reading_in(world: &World, raw: &[u8], earlier: &Earlier) -> Reading {
    let mail = envelope(raw).unwrap();
    let intake = Intake {
        vouched: false,
        received: mail.received().unwrap(),
        authentication: Authentication::pinned(Some("mx.inspect.example".to_owned())),
    };
    read(&mail, &world.sent, earlier, &intake, &LEXICON)
}

/// `V1.1@10:42=present(remark)` for each result, `C2!conflict` for each problem.
pub fn short(reading: &Reading) -> Vec<String> {
    let result = |r: &spotcheck::reply::Outcomes| {
        let at = r.at.map(|(clock, _)| format!("@{clock}")).unwrap_or_default();
        let remark = r.remark.as_ref().map(|r| format!("({r})")).unwrap_or_default();
        format!("{}{at}={}{remark}", r.person, r.outcome)
    };
    let answer = |a: &spotcheck::reply::Answered| {
        let remark = a.remark.as_ref().map(|r| format!("({r})")).unwrap_or_default();
        format!("{}={}{remark}", a.code(), a.value.code())
    };
    let problem = |p: &spotcheck::reply::Problem| format!("{}!{}", p.line, p.why.code());
    let answers = reading.answers.iter().map(answer);
    reading.results.iter().map(result).chain(answers).chain(reading.problems.iter().map(problem)).collect()
}

/// What REPLIES 8 says of `open`, from the persons of whom something is recorded.
pub fn open(recorded: &BTreeSet<String>) -> Vec<String> {
    let mut open = Vec::new();
    for (code, team) in VISITS {
        let left: Vec<String> =
            (1..=team.len()).map(|n| format!("{code}.{n}")).filter(|c| !recorded.contains(c)).collect();
        if left.len() == team.len() {
            open.push((*code).to_owned());
        } else {
            open.extend(left);
        }
    }
    open.extend(CALLS.iter().map(|c| c.0.to_owned()).filter(|code| !recorded.contains(code)));
    open
}
