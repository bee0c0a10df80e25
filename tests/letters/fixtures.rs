//! An invented county, day and assignment.

use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;
use spotcheck::letter::{
    AssignmentInput, CallsBack, Coverage, DigestInput, Languages, Problem, Progress, ReceiptInput, Recorded,
    SealedWindow, SheetInput, SheetShare, Todo,
};
use spotcheck::model::key::ReplyKey;
use spotcheck::model::register::{Name, Role};
use spotcheck::model::{
    Assignment, Kind, Language, Line, LineContact, LineOfficial, Outcome, Phone, Said, Sha256, Timestamp,
};
use spotcheck::words::letters::{common, inspector};

pub const ALL: [(&str, Languages); 3] =
    [("both", Languages::Both), ("en", Languages::One(Language::En)), ("zh-Hans", Languages::One(Language::ZhHans))];

pub fn at(clock: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-03-12T{clock}:00+08:00")).unwrap()
}

pub fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 12).unwrap()
}

pub fn name(own: &str, latin: &str) -> Name {
    Name::new(own, latin)
}

pub fn key() -> ReplyKey {
    ReplyKey::parse("9F3T-X8W2-HC5D-7QKM").unwrap()
}

pub fn office() -> Name {
    name("云岭县督查办", "Yunling Inspection Desk")
}

pub fn phone(shown: &str) -> Phone {
    let (number, extension) = shown.split_once(" ext ").map_or((shown, None), |(n, e)| (n, Some(e.to_owned())));
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    Phone { dial: format!("+86{}", digits.trim_start_matches('0')), extension, shown: shown.to_owned() }
}

pub fn visit(code: &str, officials: &[(&str, &str, Role)]) -> Line {
    Line {
        code: code.parse().unwrap(),
        kind: Kind::Visit,
        window: "presence/yunling/2026-03-12/am".parse().unwrap(),
        from: at("09:00"),
        to: at("11:30"),
        place: "T0001".parse().unwrap(),
        village: name("滨河村", "Binhe village"),
        township: name("青山镇", "Qingshan township"),
        team: name("滨河村工作队", "Binhe village team"),
        officials: (1..)
            .zip(officials)
            .map(|(n, (own, latin, role))| LineOfficial {
                official: format!("{code}-{n}").parse().unwrap(),
                name: name(own, latin),
                role: *role,
            })
            .collect(),
        contact: None,
        companion: None,
        instrument: None,
        attempt: None,
        back_check: None,
        travel: None,
    }
}

pub fn call(code: &str, who: Name, role: Role, number: &str) -> Line {
    let official = matches!(role, Role::Lead | Role::Member);
    Line {
        kind: Kind::Call,
        to: at("12:00"),
        contact: Some(LineContact {
            contact: (!official).then(|| "K1".parse().unwrap()),
            official: official.then(|| "O9".parse().unwrap()),
            name: who,
            role,
            phone: phone(number),
        }),
        ..visit(code, &[])
    }
}

/// The example of REPLIES 1.
pub fn assignment() -> Assignment {
    Assignment {
        id: "K7Q2M".parse().unwrap(),
        office: "yunling".parse().unwrap(),
        inspector: "I7".parse().unwrap(),
        released: at("07:30"),
        reply_by: at("18:00"),
        closes: Timestamp::parse("2026-03-26T00:00:00+08:00").unwrap(),
        lines: vec![
            visit("V1", &[("王建国", "Wang Jianguo", Role::Lead), ("刘敏", "Liu Min", Role::Member)]),
            call("C1", name("李娜", "Li Na"), Role::Villager, "010-5550-0101"),
            call("C2", name("张伟", "Zhang Wei"), Role::Member, "010-5550-0102"),
        ],
    }
}

/// Two visits, long names, calls at two different times.
pub fn second_assignment() -> Assignment {
    let mut later =
        call("C2", name("村委会值班室", "Village committee duty room"), Role::Office, "010-5550-0104 ext 12");
    later.from = at("14:00");
    later.to = at("17:30");
    let long = name("阿卜杜热依木·麦麦提依明", "Abdureyim Memtimin of the Second Upper Terrace Group");
    let mut far = visit("V2", &[("陈静", "Chen Jing", Role::Lead)]);
    far.village = name("云雾山中坪自然村联合片区", "Zhongping joint natural villages on Cloud Mist Mountain");
    far.township = name("枫香乡", "Fengxiang township");
    far.from = at("13:30");
    far.to = at("16:00");
    Assignment {
        id: "P3WXZ9".parse().unwrap(),
        inspector: "I8".parse().unwrap(),
        reply_by: Timestamp::parse("2026-03-13T09:00:00+08:00").unwrap(),
        lines: vec![visit("V1", &[]), far, call("C1", long, Role::Cadre, "138 0013 8000"), later],
        ..assignment()
    }
}

pub struct Held {
    pub assignment: Assignment,
    pub office: Name,
    pub key: ReplyKey,
}

impl Held {
    pub fn new(assignment: Assignment) -> Held {
        Held { assignment, office: office(), key: key() }
    }

    pub fn input(&self, languages: Languages) -> AssignmentInput<'_> {
        AssignmentInput {
            assignment: &self.assignment,
            office: &self.office,
            key: &self.key,
            zone: Shanghai,
            languages,
            desk_phone: None,
        }
    }
}

pub fn sheet<'a>(office: &'a Name, shares: Vec<SheetShare<'a>>, languages: Languages) -> SheetInput<'a> {
    SheetInput {
        office,
        day: day(),
        issued: at("07:31"),
        zone: Shanghai,
        languages,
        shares,
        to_verify: Vec::new(),
        calls_back: CallsBack::default(),
    }
}

pub fn digest(office: &Name, languages: Languages) -> DigestInput<'_> {
    DigestInput {
        office,
        day: day(),
        issued: at("18:30"),
        zone: Shanghai,
        languages,
        todo: vec![
            Todo {
                code: Said::new("F-1043", "F-1043"),
                what: Said::new(
                    "滨河村 刘敏: visit 09:47 absent; no leave on file; punch 08:31 contradicts. Please decide.",
                    "滨河村 刘敏：09:47走访不在岗；无请假记录；08:31打卡与实查不符。请核实。",
                ),
            },
            Todo {
                code: Said::new("K7Q2M", "K7Q2M"),
                what: Said::new("no reply yet, one reminder sent", "尚未回复，已提醒1次"),
            },
        ],
        visits: Progress { done: 9, due: 10 },
        calls_back: CallsBack::default(),
        calls: Progress { done: 12, due: 14 },
        outcomes: vec![(Outcome::Present, 31), (Outcome::Absent, 1), (Outcome::OnLeave, 4), (Outcome::NoAnswer, 2)],
        not_made: Vec::new(),
        coverage: Some(Coverage { days: 30, checked: 63, total: 88, longest: Some((name("大坪村", "Daping"), 67)) }),
        sealed: vec![SealedWindow {
            start: Timestamp::parse("2026-03-13T09:00:00+08:00").unwrap(),
            end: Timestamp::parse("2026-03-13T12:00:00+08:00").unwrap(),
            programme: name("在岗抽查", "Presence"),
            places: 88,
            root: Sha256::of(b"frame"),
            awaits: None,
        }],
        taken_out: vec![(name("石门村", "Shimen"), "道路塌方 <road closed>".to_owned())],
        announced: Vec::new(),
        log_head: Some((4711, Sha256::of(b"log"))),
    }
}

pub fn receipt(held: &Held, language: Language) -> ReceiptInput<'_> {
    let present = common::outcome(Outcome::Present);
    ReceiptInput {
        files: 0,
        answers: Vec::new(),
        of: held.input(Languages::Both),
        language,
        recorded: vec![
            Recorded {
                code: "V1.1".to_owned(),
                outcome: Outcome::Present,
                at: Some("10:42".to_owned()),
                remark: None,
                replaces: Some(Outcome::NotMet),
                note: Some(inspector::taken_as("presnet", &present)),
            },
            Recorded {
                code: "C1".to_owned(),
                outcome: Outcome::NoAnswer,
                at: None,
                remark: Some("响了8声 =>\r\nBcc: x".to_owned()),
                replaces: None,
                note: None,
            },
        ],
        open: vec!["V1.2".to_owned(), "C2".to_owned()],
        problems: vec![Problem {
            code: Some("C2".to_owned()),
            written: Some("C2 busy then later present".to_owned()),
            why: inspector::why("conflict"),
        }],
    }
}
