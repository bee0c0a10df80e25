//! A county in the middle of its third week: sixteen workdays are over, today's letters went out, nobody answered yet.

use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::console::pages;
use spotcheck::console::shown::{Asked, Page, Shown};
use spotcheck::demo::place::Run;
use spotcheck::demo::run::run as play;
use spotcheck::entropy::Entropy;
use spotcheck::evidence::flag::Step;
use spotcheck::model::position::{Located, Position};
use spotcheck::model::viewer::{AccountRole, Scope, Viewer};
use spotcheck::model::{CaseId, FlagState, Language, Subject, Timestamp};
use spotcheck::work::decide::{Decision, decide};
use spotcheck::work::findings::{NewFinding, open};
use spotcheck::work::turn::turn;
use spotcheck::work::{Context, complaints, intake, seal};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::OnceLock;

const SEED: &str = "pages";
const OVER: u32 = 16;
/// The morning after the last day that is over: its windows are sealed and not drawn.
pub const MORNING: &str = "2026-03-24T07:00:00+08:00";
/// The letters of its morning went out.
pub const NOON: &str = "2026-03-24T08:00:00+08:00";
/// And nobody answered them.
pub const EVENING: &str = "2026-03-24T18:40:00+08:00";

pub const LANGUAGES: [Language; 2] = [Language::En, Language::ZhHans];
pub const ROLES: [AccountRole; 5] = AccountRole::ALL;

/// Beside the demo's office one that has nothing to do with it.
const OTHER: &str = r#"
[[office]]
id = "linjiang"
name = "临江县督查办"
name_latin = "Linjiang County Supervision Office"
zone = "Asia/Shanghai"
region = "990102"
desk = "desk@linjiang.example"
head = "head@linjiang.example"
"#;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The folder of the county at one moment of that day.
pub fn folder(when: &str) -> PathBuf {
    static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| std::thread::spawn(make).join().unwrap());
    made.path().join(&when[11..13])
}

fn make() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let demo = dir.path().join("demo");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = Run {
        seed: SEED.into(),
        start: "2026-03-02".parse().unwrap(),
        days: OVER + 4,
        cadence: "daily".into(),
        teams: 150,
        step: 30,
        mishaps: false,
        language: "zh-Hans".into(),
        database: None,
        finished: false,
    };
    // A demo has one way to stop before its end: to be killed.
    let killed = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(play(&demo, &run, &[], &mut |_, workdays| {
            if workdays == OVER {
                resume_unwind(Box::new("killed"));
            }
        }))
    }));
    assert!(killed.is_err(), "the demo ran to its end");
    drop(runtime);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = demo.join("spotcheck.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}{OTHER}")).unwrap();
    runtime.block_on(async {
        let ctx = context(&demo, MORNING).await;
        happen(&ctx).await;
        ctx.store.close().await;
    });
    // Draws and letters are made in time, or they would go nowhere.
    for when in [MORNING, NOON, "2026-03-24T14:00:00+08:00", EVENING] {
        runtime.block_on(async {
            let ctx = context(&demo, when).await;
            let done = turn(&ctx, true).await;
            assert!(done.failures.is_empty(), "{:?}", done.failures);
            ctx.store.close().await;
        });
        copy(&demo, &dir.path().join(&when[11..13]));
    }
    dir
}

pub fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

pub async fn context(folder: &std::path::Path, when: &str) -> Context {
    let config = Config::load(&folder.join("spotcheck.toml"), &[]).unwrap();
    let mut ctx = Context::open(config, Clock::simulated(at(when)), Entropy::seeded(SEED.as_bytes())).await.unwrap();
    "demo".clone_into(&mut ctx.owner);
    ctx
}

/// The county at one moment.
pub async fn county(when: &str) -> Context {
    context(&folder(when), when).await
}

/// What an office did meanwhile: a decision asked for, a complaint, a finding, positions; and a mail of a stranger.
async fn happen(ctx: &Context) {
    let mut tx = ctx.store.read().await.unwrap();
    let villages = tx.villages().await.unwrap();
    let inspector = tx.inspectors().await.unwrap().remove(0).id;
    let flags = tx.flags(Some(FlagState::Open)).await.unwrap();
    drop(tx);
    let mut tx = ctx.store.begin().await.unwrap();
    let located: Vec<Located> = (0..)
        .zip(villages.iter().take(18))
        .map(|(n, village)| Located {
            place: village.id.to_string(),
            position: Position {
                longitude: 108_400_000 + n * 37_000 % 250_000,
                latitude: 27_700_000 + n * 53_000 % 190_000,
            },
        })
        .collect();
    tx.put_located(&located).await.unwrap();
    tx.commit().await.unwrap();
    assert!(flags.len() > 2, "{} open flags", flags.len());
    let case = CaseId::parse(&flags[0].id).unwrap();
    let reason = "请说明当日去向。";
    let asked = decide(ctx, &Decision { case: &case, step: Step::Ask, by: "刘芳", reason }).await.unwrap();
    assert_eq!(asked, Some(FlagState::Asked));
    let complaint = complaints::NewComplaint {
        inspector: &inspector,
        by: "刘芳",
        from: "一名村民",
        text: "检查员未进村，电话13800138000可核实。",
    };
    complaints::open(ctx, &complaint).await.unwrap();
    let finding = NewFinding {
        subject: Subject::Village(villages[0].id.clone()),
        office: None,
        code: "other",
        text: "驻村工作台账缺少两周记录",
        owner: "赵敏",
        deadline: None,
        by: "刘芳",
    };
    open(ctx, &finding).await.unwrap();
    let mail = "From: Stranger <someone@elsewhere.example>\r\nTo: desk@yunling.example\r\nSubject: Re: V1 \
        <script>alert(1)</script>\r\nMessage-ID: <1@elsewhere.example>\r\nDate: Mon, 23 Mar 2026 20:00:00 +0800\r\n\r\n\
        V1 present\r\nRef K7Q2M-9F3T-X8W2-HC5D-7QKM call 13812345678 <b onclick=x>\r\n";
    let way = intake::Way { source: "file", authenticated: false };
    intake::store(ctx, way, &[intake::Piece::Mail(mail.as_bytes().to_vec())], None).await.unwrap();
    let _ = seal::seal_due(ctx).await.unwrap();
}

pub fn viewer(role: AccountRole, office: &str, language: Language) -> Viewer {
    let scope = match office {
        "" => Scope::All,
        office => Scope::Offices([office.parse().unwrap()].into()),
    };
    Viewer { account: role.to_string(), name: "刘芳".into(), role, scope, language }
}

/// Every page, by its address.
pub async fn show(ctx: &Context, viewer: &Viewer, address: &str) -> Shown {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let query: BTreeMap<String, String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').map_or((pair.to_owned(), String::new()), |(k, v)| (k.to_owned(), decoded(v))))
        .collect();
    let parts: Vec<String> = path.trim_start_matches('/').split('/').map(decoded).collect();
    let id = parts.get(1).map(String::as_str);
    let asked = Asked { ctx, viewer, id, query: &query, csrf: "csrf-token", notice: None };
    let names: Vec<&str> = parts.iter().map(String::as_str).collect();
    let shown = match names.as_slice() {
        ["today"] => pages::today::show(&asked).await,
        ["today", "print"] => pages::today::print(&asked).await,
        ["coverage"] => pages::coverage::show(&asked).await,
        ["flags"] => pages::flags::show(&asked).await,
        ["cases", _] => pages::case::show(&asked).await,
        ["draws"] | ["draws", _] => pages::draws::show(&asked).await,
        ["draws", _, "bundle"] => pages::draws::download(&asked).await,
        ["quarantine"] | ["quarantine", _] => pages::quarantine::show(&asked).await,
        ["imports"] | ["imports", _] => pages::imports::show(&asked).await,
        ["findings"] | ["findings", _] => pages::findings::show(&asked).await,
        ["record"] => pages::record::show(&asked).await,
        ["reports"] | ["reports", _] => pages::reports::show(&asked).await,
        ["setup"] => pages::setup::show(&asked).await,
        _ => panic!("no page at {address}"),
    };
    shown.unwrap_or_else(|failure| panic!("{address}: {failure}"))
}

pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let hex: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap());
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}

pub async fn page(ctx: &Context, viewer: &Viewer, address: &str) -> Page {
    match show(ctx, viewer, address).await {
        Shown::Page(page) => page,
        Shown::File { name, .. } => panic!("{address} is the file {name}"),
        Shown::Missing => panic!("{address} is missing for {}", viewer.role),
    }
}

/// One of everything that has a page, in the state of the evening.
pub async fn addresses(ctx: &Context) -> Vec<(&'static str, String)> {
    let mut tx = ctx.store.read().await.unwrap();
    let flags = tx.flags(None).await.unwrap();
    let asked = flags.iter().find(|flag| flag.state == FlagState::Asked).unwrap();
    let mut open = None;
    for flag in flags.iter().filter(|flag| flag.state == FlagState::Open) {
        let verdict = tx.last_verdict(&flag.assignment, &flag.line, &flag.person).await.unwrap().unwrap();
        // One that rests on records has more to tell.
        if open.is_none() || verdict.judgement.evidence != "[]" {
            open = Some(flag);
        }
    }
    let open = open.unwrap();
    let complaint = tx.complaints(None).await.unwrap().remove(0);
    let mail = tx.mails(Some("quarantine"), 10).await.unwrap().pop().unwrap();
    let batch = tx.batches().await.unwrap().pop().unwrap();
    let finding = tx.findings(&Default::default()).await.unwrap().pop().unwrap();
    let start = at("2026-03-24T00:00:00+08:00");
    let office = "yunling".parse().unwrap();
    let given = tx.assignments_between(&office, start, at(EVENING)).await.unwrap();
    let day = |text: &str| text.parse().unwrap();
    let windows = tx.look_windows(&office, day("2026-03-02"), day("2026-03-30")).await.unwrap();
    let name = |window: &spotcheck::store::WindowLook| window.id.to_string().replace('/', "~");
    let mut revealed = None;
    for window in windows.iter().filter(|window| window.revealed) {
        if revealed.is_none() || !tx.line_counts(&window.id).await.unwrap().is_empty() {
            revealed = Some(window);
        }
    }
    let revealed = revealed.unwrap();
    let drawn = windows.iter().find(|window| window.drawn.is_some()).unwrap();
    let key = given.first().unwrap().id.to_string();
    vec![
        ("today", "/today".into()),
        ("today_print", "/today/print".into()),
        ("flags", "/flags".into()),
        ("case_open", format!("/cases/{}", open.id)),
        ("case_asked", format!("/cases/{}", asked.id)),
        ("complaint", format!("/cases/{}", complaint.id)),
        ("quarantine", "/quarantine".into()),
        ("mail", format!("/quarantine/{}", mail.id)),
        ("draws", "/draws".into()),
        ("draw", format!("/draws/{}", name(drawn))),
        ("draw_verified", format!("/draws/{}?verify=1", name(revealed))),
        ("coverage", "/coverage".into()),
        ("imports", "/imports".into()),
        ("import", format!("/imports/{}", batch.id)),
        ("findings", "/findings".into()),
        ("finding", format!("/findings/{}", finding.id)),
        ("record", format!("/record?key={key}")),
        ("reports", "/reports".into()),
        ("report", "/reports/yunling~2026-03".into()),
        ("setup", "/setup?find=%E6%9D%8E".into()),
    ]
}
