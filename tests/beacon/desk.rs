//! The desk and the daemon: a beacon is awaited, fetched or entered, and then stands for ever.

use super::fetch::{Answer, Server, good};
use super::rules::{RANDOMNESS_1000, ROUND_1000};
use super::second::command;
use spotcheck::cli::Exit;
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::draw::beacon::Drand;
use spotcheck::draw::{BeaconRule, Chain, Terms};
use spotcheck::entropy::Entropy;
use spotcheck::model::sha::to_hex;
use spotcheck::model::{Sha256, Timestamp, Window, WindowId};
use spotcheck::store::{ProgrammeSealRow, SealRow};
use spotcheck::work::beacon::{AwaitingSeal, Obtained, awaited, enter, keep, obtain, prefix, read_draws, rule};
use spotcheck::work::{Context, Secrets};
use std::os::unix::fs::DirBuilderExt;
use tempfile::TempDir;

const SEALED: &str = "2026-03-02T17:30:00+08:00";
const DRAW: &str = "2026-03-03T07:30:00+08:00";
const RESULT: &str = "manual:26054:012345+07+12345+678";

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn window() -> WindowId {
    "posts/yunling/2026-03-03/am".parse().unwrap()
}

struct Desk {
    ctx: Context,
    folder: TempDir,
}

impl Desk {
    /// An office whose programme has this beacon and whose window of Tuesday morning is sealed.
    async fn new(beacon: &str, draw_at: &str) -> Desk {
        let desk = Desk::unsealed(beacon).await;
        let (content, seal) = desk.sealed(at(draw_at));
        let mut tx = desk.ctx.store.begin().await.unwrap();
        let (frame, duty) = (tx.put_blob(b"frame").await.unwrap(), tx.put_blob(b"duty").await.unwrap());
        let programme = ProgrammeSealRow { generation: 1, sealed_at: at(SEALED), content };
        let id = window();
        tx.add_programme_seal(&id.programme, &id.office, &programme).await.unwrap();
        tx.add_seal(&SealRow { frame, duty, ..seal }).await.unwrap();
        tx.commit().await.unwrap();
        desk
    }

    async fn unsealed(beacon: &str) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[mail]\nfrom = \"desk@yunling.example\"\n\
             [[office]]\nid = \"yunling\"\nname = \"云岭县督查办\"\nzone = \"Asia/Shanghai\"\n\
             desk = \"desk@yunling.example\"\nhead = \"head@yunling.example\"\n\
             [[programme]]\nid = \"posts\"\noffice = \"yunling\"\nname = \"在岗检查\"\n{beacon}\n\
             [[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Mon-Fri\"\n"
        );
        std::fs::write(folder.path().join("spotcheck.toml"), text).unwrap();
        let draws = "at,number\n2026-03-02 19:10,26053\n2026-03-02 21:15,26054\n2026-03-03 21:15,26055\n";
        std::fs::write(folder.path().join("draws.csv"), draws).unwrap();
        let config = Config::load(&folder.path().join("spotcheck.toml"), &[]).unwrap();
        std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir).unwrap();
        let entropy = Entropy::seeded(b"desk");
        Secrets::create(&config.keys.dir, &entropy).unwrap();
        let ctx = Context::open(config, Clock::simulated(at(SEALED)), entropy).await.unwrap();
        Desk { ctx, folder }
    }

    fn terms(&self) -> Terms {
        let beacon = rule(&self.ctx.config.programmes[0].beacon);
        let rest = serde_json::json!({
            "programme": "posts", "office": "yunling", "custodians": ["yunling"], "anchors": [Sha256::of(b"own")],
            "sealed_at": "2026-03-02T09:30:00Z", "zone": "Asia/Shanghai", "place": "team", "lo": 1, "hi": 2, "m": 1,
            "p_call": 1, "min_visits": 0, "max_visits": null, "windows": [["am", "0 9 * * Mon-Fri", 240]],
            "lead_minutes": 90, "beacon": beacon, "risk": {"rule": "plain/1"}, "reveal_delay_days": 7,
        });
        Terms::read(&rest.to_string()).unwrap()
    }

    fn sealed(&self, draw_at: Timestamp) -> (String, SealRow) {
        let office = &self.ctx.config.offices[0];
        let awaiting = AwaitingSeal { id: &window(), t: 32, draw_at, sealed_at: at(SEALED) };
        let seal = SealRow {
            generation: 1,
            beacon_prefix: prefix(&self.ctx, office, &self.terms(), &awaiting).unwrap(),
            window: Window {
                id: window(),
                start: at("2026-03-03T09:00:00+08:00"),
                end: at("2026-03-03T13:00:00+08:00"),
            },
            draw_at,
            chain_index: 32,
            root: Sha256::of(b"root"),
            frame: Sha256::of(b""),
            duty: Sha256::of(b""),
            places: 1,
            sum_p: 1,
            sealed_at: at(SEALED),
        };
        (serde_json::to_string(&self.terms()).unwrap(), seal)
    }

    async fn enter(&self, moment: &str, text: &str) -> Result<(), String> {
        self.ctx.clock.set(at(moment));
        enter(&self.ctx, &window(), text, "值班员").await.map_err(|e| e.trouble().said.en)
    }

    async fn beacon(&self) -> Option<String> {
        self.ctx.store.read().await.unwrap().beacon(&window()).await.unwrap().map(|row| row.beacon)
    }

    async fn obtained(&self, draw_at: &str, now: &str) -> Option<Obtained> {
        let (_, seal) = self.sealed(at(draw_at));
        obtain(&self.ctx, &self.terms(), &seal, at(now)).await.unwrap()
    }
}

const LOTTERY: &str = "beacon = \"manual\"\n[programme.manual]\nlottery = \"七星彩、排列五、3D\"\n\
                       pattern = \"999999+99+99999+999\"\nbits = 50\ndraws = \"draws.csv\"";

#[tokio::test]
async fn a_result_is_entered_once_as_it_was_sealed_and_not_too_early() {
    let early = Desk::unsealed(LOTTERY).await;
    assert!(early.enter("2026-03-02T22:00:00+08:00", RESULT).await.unwrap_err().contains("not sealed"));
    let desk = Desk::new(LOTTERY, DRAW).await;
    let awaits = awaited(&desk.ctx, &window()).await.unwrap().unwrap();
    assert_eq!((awaits.prefix.as_str(), awaits.there), ("manual:26054:", None));
    assert_eq!(awaits.earliest, at("2026-03-02T19:00:00+08:00"), "half an hour after the digest");
    for (moment, text, words) in [
        ("2026-03-02T18:59:00+08:00", RESULT, "too early"),
        ("2026-03-02T21:14:00+08:00", RESULT, "still to come"),
        ("2026-03-02T22:00:00+08:00", "manual:26053:012345+07+12345+678", "must begin with manual:26054:"),
        ("2026-03-02T22:00:00+08:00", "manual:26054:012345+07+12345+67", "another form"),
        ("2026-03-02T22:00:00+08:00", "manual:26054: 012345+07+12345+678", "not a beacon"),
    ] {
        let said = desk.enter(moment, text).await.unwrap_err();
        assert!(said.contains(words), "{text}: {said}");
        assert_eq!(desk.beacon().await, None);
    }
    desk.enter("2026-03-02T22:00:00+08:00", RESULT).await.unwrap();
    for again in [RESULT, "manual:26054:999999+07+12345+678"] {
        assert!(desk.enter("2026-03-02T22:01:00+08:00", again).await.unwrap_err().contains("never corrected"));
    }
    assert_eq!(desk.beacon().await.unwrap(), RESULT);
    let mut tx = desk.ctx.store.read().await.unwrap();
    assert!(tx.draw(&window()).await.unwrap().is_none(), "nothing follows from an entry before the draw");
    assert_eq!(desk.obtained(DRAW, DRAW).await, None, "the row of a person is all there is");
}

#[tokio::test]
async fn a_void_window_takes_no_entry() {
    let desk = Desk::new(LOTTERY, DRAW).await;
    let mut tx = desk.ctx.store.begin().await.unwrap();
    let sealed = tx.seal(&window()).await.unwrap().unwrap().window;
    tx.add_void(&sealed, "calendar_changed", at(SEALED)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(desk.enter("2026-03-02T22:00:00+08:00", RESULT).await.unwrap_err().contains("void"));
}

#[tokio::test]
async fn the_second_offices_link_is_entered_and_no_other() {
    let chain = Chain::from_end([7; 32]);
    let setting = format!("beacon = \"second\"\n[programme.second]\nanchor = \"{}\"", chain.anchor());
    let desk = Desk::new(&setting, DRAW).await;
    let link = |t: u32| format!("second:{}:{t}:{}", chain.anchor(), to_hex(chain.key(t).unwrap().reveal()));
    let moment = "2026-03-02T20:00:00+08:00";
    assert!(desk.enter(moment, &link(33)).await.unwrap_err().contains(":32:"));
    desk.enter(moment, &link(32)).await.unwrap();
    assert_eq!(desk.beacon().await.unwrap(), link(32));
}

#[tokio::test]
async fn nobody_enters_what_the_machine_gets_itself() {
    let desk = Desk::new("", DRAW).await;
    let local = format!("local:{}", "0a".repeat(32));
    assert!(desk.enter("2026-03-03T07:00:00+08:00", &local).await.unwrap_err().contains("nobody enters"));
    let first = desk.obtained(DRAW, DRAW).await.unwrap();
    BeaconRule::Local.check("local:", &first.beacon, first.proof.as_deref()).unwrap();
    assert_eq!(keep(&desk.ctx, &window(), &first, at(DRAW)).await.unwrap(), first.beacon);
    let other = Obtained { beacon: local, proof: None };
    assert_eq!(keep(&desk.ctx, &window(), &other, at(DRAW)).await.unwrap(), first.beacon, "the first one counts");
}

#[tokio::test]
async fn a_network_that_is_down_gives_the_same_round_later() {
    /// Of round 1000.
    const AT: &str = "2023-08-23T15:59:24Z";
    let server = Server::with([Answer::Status(500), Answer::Status(425), good()]);
    let setting = format!("beacon = \"drand\"\n[programme.drand]\nurls = [\"{}\"]", server.url);
    let desk = Desk::unsealed(&setting).await;
    assert_eq!(desk.obtained(AT, "2023-08-23T15:59:23Z").await, None, "nobody asks before the time");
    assert!(server.asked().is_empty());
    assert_eq!(desk.obtained(AT, AT).await, None);
    assert_eq!(desk.obtained(AT, "2023-08-23T15:59:25Z").await, None);
    let obtained = desk.obtained(AT, "2023-08-23T17:00:00Z").await.unwrap();
    let quicknet = Drand::quicknet();
    assert_eq!(obtained.beacon, format!("drand:{}:1000:{RANDOMNESS_1000}", quicknet.chain));
    assert_eq!(obtained.proof.as_deref(), Some(ROUND_1000));
    assert_eq!(server.asked(), vec![format!("/{}/public/1000", quicknet.chain); 3]);
}

#[test]
fn a_list_of_draws_names_the_row_that_is_wrong() {
    let zone = chrono_tz::Asia::Shanghai;
    let good = read_draws("\u{feff}at,number\n2026-03-02 21:15, 26054\n", zone).unwrap();
    assert_eq!((good[0].at, good[0].number.as_str()), (at("2026-03-02T21:15:00+08:00"), "26054"));
    assert!(read_draws("at,number\n", zone).unwrap().is_empty());
    for (bad, field) in [("02.03.2026,1", Some("at")), ("2026-03-02 21:15,第1期", Some("number")), ("2026-03-02", None)]
    {
        let trouble = read_draws(&format!("at,number\n2026-03-01 21:15,1\n{bad}\n"), zone).unwrap_err();
        assert_eq!((trouble.row, trouble.field.as_deref()), (Some(3), field), "{bad}");
    }
}

#[test]
fn the_desk_types_it_twice_and_sees_what_is_awaited() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let desk = runtime.block_on(Desk::new(LOTTERY, DRAW));
    let config = desk.folder.path().join("spotcheck.toml").display().to_string();
    let id = window().to_string();
    let (exit, shown, _) = command(&["--config", &config, "beacon", "show", &id]);
    assert_eq!(exit, Exit::Done);
    assert!(shown.contains("rule manual; awaited: manual:26054:…; draw at 2026-03-03 07:30"), "{shown}");
    assert!(shown.contains("not there yet"), "{shown}");
    let (_, json, _) = command(&["--config", &config, "beacon", "show", &id, "--json"]);
    assert!(json.contains(r#""begins":"manual:26054:""#) && json.contains(r#""there_since":null"#), "{json}");
    let enter = ["--config", &config, "beacon", "enter", &id, RESULT, "--by", "值班员", "--again"];
    let (exit, _, beside) = command(&[&enter[..], &["manual:26054:012345+07+12345+679"]].concat());
    assert_eq!(exit, Exit::NotDone);
    assert!(beside.contains("differ"), "{beside}");
    let (exit, said, beside) = command(&[&enter[..], &[RESULT]].concat());
    assert_eq!((exit, beside.as_str()), (Exit::Done, ""));
    assert!(said.contains("never changed"), "{said}");
    let (_, shown, _) = command(&["--config", &config, "beacon", "show", &id]);
    assert!(shown.contains("there since") && !shown.contains("012345"), "{shown}");
    let (exit, _, beside) = command(&["--config", &config, "beacon", "show", "posts/yunling/2026-03-04/am"]);
    assert_eq!(exit, Exit::NotDone);
    assert!(beside.contains("not sealed"), "{beside}");
}
