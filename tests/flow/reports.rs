//! A report that is closed stays as it is; what comes later is told beside it, and a correction is one more.

use super::house::{EVE, House, Setting, office, on_both, time};
use super::post::{Reply, reply};
use mail_parser::{MessageParser, MimeHeaders};
use spotcheck::console::report::files;
use spotcheck::measure::document::Document;
use spotcheck::model::{AssignmentId, Days, Outcome};
use spotcheck::store::Tx;
use spotcheck::table::TemplateKind;
use spotcheck::work::Context;
use spotcheck::work::patterns::{patterns, signals};
use spotcheck::work::period_report::{Closing, Shown, Standing, close, show};
use spotcheck::work::record::{Entry, record};

fn days() -> Days {
    Days::parse("2026-03-03..2026-03-03").unwrap()
}

async fn closed(ctx: &Context, correct: Option<&str>) -> Result<Shown, String> {
    let closing = Closing { office: &office(), days: days(), by: "Li", correct, files: &files };
    close(ctx, &closing).await.map_err(|failure| failure.trouble().said.en)
}

async fn shown(ctx: &Context, number: Option<i64>) -> Shown {
    show(ctx, &office(), days(), number).await.unwrap()
}

/// Visits made, and the estimate of absence.
fn found(document: &Document) -> (f64, f64) {
    let cell = |section: &str, column: &str| {
        let section = document.sections.iter().find(|s| s.code == section).unwrap();
        section.table.as_ref().unwrap().column(column)[0].value().unwrap()
    };
    (cell("work", "made"), cell("absence", "rate"))
}

#[tokio::test]
async fn what_comes_after_closing_changes_no_report_that_was_closed() {
    on_both(Setting { teams: 2, capacity: 2, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let letter = house.letter("assignment").await;
        house.ctx.clock.set(super::house::time("2026-03-03 10:30"));
        house.deliver(&reply(&letter, "a", "V1.1 present\nV1.2 present\nV2.1 absent\nV2.2 present").bytes()).await;
        house.at("2026-03-03 12:30").await;

        assert!(matches!(shown(&house.ctx, None).await.standing, Standing::Draft { .. }));
        assert_eq!(found(&shown(&house.ctx, None).await.document), (2.0, 0.25));
        let refused = closed(&house.ctx, None).await.unwrap_err();
        assert!(refused.contains("can be closed from 2026-03-18 on"), "{refused}");
        // Nobody ran the daemon: its assignments are not closed yet.
        house.ctx.clock.set(super::house::time("2026-03-18 09:00"));
        let refused = closed(&house.ctx, None).await.unwrap_err();
        assert!(refused.contains("1 assignments of 2026-03-03..2026-03-03 are still open"), "{refused}");
        house.at("2026-03-18 09:00").await;
        let first = closed(&house.ctx, None).await.unwrap();
        assert_eq!(found(&first.document), (2.0, 0.25));

        house.at("2026-03-18 09:05").await;
        let mail = house.letter("report").await;
        assert_eq!(
            (mail.to.as_str(), mail.subject.as_str()),
            ("head@yunling.example", "[Report 督查报告] 2026-03-03..2026-03-03")
        );
        assert!(mail.text.contains("Absent from the post: 25.0 %") && mail.text.contains("Closed on 2026-03-18 by Li"));
        let parsed = MessageParser::default().parse(mail.raw.as_bytes()).unwrap();
        let names: Vec<&str> = parsed.attachments().filter_map(|part| part.attachment_name()).collect();
        assert_eq!(names, ["report-2026-03-03_2026-03-03.html", "report-2026-03-03_2026-03-03.xlsx"]);
        assert!(parsed.attachment(0).unwrap().contents().ends_with(b"</html>"));
        assert!(parsed.attachment(1).unwrap().contents().starts_with(b"PK"));

        house.ctx.clock.set(super::house::time("2026-03-20 09:00"));
        let mut tx = house.ctx.store.read().await.unwrap();
        let rows = tx.assignments_between(&office(), super::house::time("2026-03-03 00:00"), house.ctx.now()).await;
        let assignment: AssignmentId = rows.unwrap()[0].id.clone();
        drop(tx);
        let entry = Entry {
            assignment: &assignment,
            code: "V1.1",
            outcome: Outcome::Absent,
            at: None,
            remark: "",
            said_by: "Zhao",
            typed_by: "Li",
        };
        record(&house.ctx, &entry).await.unwrap();
        house.at("2026-03-20 09:05").await;

        let still = shown(&house.ctx, None).await;
        assert_eq!(still.document, first.document);
        let Standing::Closed { number, late, .. } = &still.standing else { panic!("it is closed") };
        assert_eq!((*number, late.results, late.verdicts), (1, 1, 1));
        assert!(still.standing.said().last().unwrap().en.contains("1 results, 1 verdicts"));

        assert!(closed(&house.ctx, None).await.unwrap_err().contains("is closed already"));
        assert!(closed(&house.ctx, Some("  ")).await.unwrap_err().contains("must not be empty"));
        let second = closed(&house.ctx, Some("a result came by telephone")).await.unwrap();
        assert_eq!(found(&second.document), (2.0, 0.5));
        assert_eq!(found(&shown(&house.ctx, Some(1)).await.document), (2.0, 0.25), "both are kept");
        let last = shown(&house.ctx, None).await.standing;
        assert!(matches!(last, Standing::Closed { number: 2, of: 2, ref reason, .. } if reason.contains("telephone")));
        // Retention asks for whole years.
        let mut tx = house.ctx.store.begin().await.unwrap();
        assert_eq!(tx.closed_years().await.unwrap(), [].into());
        let year = Days::parse("2025").unwrap();
        let row = tx.period_reports(&office(), days()).await.unwrap().remove(0);
        tx.add_period_report(&office(), year, &row).await.unwrap();
        assert_eq!(tx.closed_years().await.unwrap(), [(office(), 2025)].into());
    })
    .await;
}

/// Three weeks of punches; the first official's come from a program, always at the same second.
fn three_weeks() -> String {
    let mut punches = Vec::new();
    for day in (2..=20).filter(|day| day % 7 != 0 && day % 7 != 1) {
        for who in 0..12_u32 {
            let spread = |n: u32| (day * 37 + who * 101 + n * 17) % 59;
            let (minute, second) =
                if who == 0 { ((3, 3), (13, 13)) } else { ((spread(1), spread(2)), (spread(3), spread(4))) };
            let official = format!("O{}{}", who / 2 + 1, who % 2 + 1);
            punches.push((official.clone(), format!("2026-03-{day:02} 07:{:02}:{:02}", minute.0, second.0), "in"));
            punches.push((official, format!("2026-03-{day:02} 18:{:02}:{:02}", minute.1, second.1), "out"));
        }
    }
    let rows: Vec<(&str, &str, &str)> = punches.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), *c)).collect();
    super::records::attendance(&rows)
}

#[tokio::test]
async fn a_pattern_weighs_once_a_person_makes_a_signal_of_it() {
    on_both(Setting { teams: 6, ..Setting::default() }, |house| async move {
        house.ctx.clock.set(super::house::time("2026-03-23 10:00"));
        house.records_between("punches", &three_weeks(), "2026-03-02", "2026-03-20").await;
        let days = Days::parse("2026-03-02..2026-03-20").unwrap();
        let found = patterns(&house.ctx, &office(), days).await.unwrap();
        let named: Vec<String> =
            found.named.iter().map(|n| format!("{} {} {}", n.official, n.team, n.pattern.code())).collect();
        assert_eq!(named, ["O11 T1 same_second"]);
        let day = |text: &str| text.parse().unwrap();
        assert!(house.ctx.store.read().await.unwrap().signals(day("2026-03-24")).await.unwrap().is_empty());
        let file = signals(&house.ctx, &office(), days, &found.named).unwrap();
        let imported = house.import(TemplateKind::Signals, std::str::from_utf8(&file).unwrap()).await;
        assert_eq!((imported.new, imported.rejects.len()), (1, 0), "{imported:?}");
        let mut tx = house.ctx.store.read().await.unwrap();
        let weighs = async |tx: &mut Tx, on: &str| {
            let all = tx.signals(on.parse().unwrap()).await.unwrap();
            all.into_iter().map(|one| format!("{} {}", one.place, one.kind.code())).collect::<Vec<_>>()
        };
        assert_eq!(weighs(&mut tx, "2026-03-23").await, Vec::<String>::new());
        assert_eq!(weighs(&mut tx, "2026-03-24").await, ["T1 pattern"]);
        assert_eq!(weighs(&mut tx, "2026-06-21").await, ["T1 pattern"]);
        assert_eq!(weighs(&mut tx, "2026-06-22").await, Vec::<String>::new(), "it ends by itself");
    })
    .await;
}

const TOWNSHIP: &str = "[[office]]\nid = \"qingshan\"\nname = \"青山镇督查办\"\nname_latin = \"Qingshan\"\nparent = \"yunling\"\n\
    region = \"520699001\"\nzone = \"Asia/Shanghai\"\nlanguage = \"en\"\ndesk = \"desk@qingshan.example\"\n\
    head = \"head@qingshan.example\"\n";
const TWO_OFFICES: &str = "id,name,name_latin,email,language,visits,calls,office\n\
    I1,赵新,Zhao Xin,zhaoxin@field.example,en,5,20,yunling\n\
    I2,钱宁,Qian Ning,qianning@field.example,en,5,20,qingshan\n";

/// Three teams of a township, whose office is below the one that runs the programme.
async fn two_offices() -> House {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    let house = house
        .changed(|folder| {
            let file = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&file).unwrap();
            let pooled = text.replace("id = \"posts\"", "id = \"posts\"\npools = \"offices\"");
            std::fs::write(&file, format!("{pooled}{TOWNSHIP}")).unwrap();
        })
        .await;
    let imported = house.import(TemplateKind::Inspectors, TWO_OFFICES).await;
    assert!(imported.rejects.is_empty(), "{imported:?}");
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    house
}

#[tokio::test]
async fn a_digest_counts_what_its_own_office_reported() {
    let house = two_offices().await;
    let letter = house.letters("assignment").await.pop().unwrap();
    assert_eq!(letter.to, "qianning@field.example");
    // A correction counts once; what nobody can be held to waits for whom nobody is above.
    for (moment, said) in [("2026-03-03 09:10", "V1 absent"), ("2026-03-03 09:20", "V1 present")] {
        house.ctx.clock.set(time(moment));
        house.deliver(&Reply { from: &letter.to, ..reply(&letter, moment, said) }.bytes()).await;
        house.at(moment).await;
    }
    house.deliver(b"From: nobody@elsewhere.example\r\nSubject: hello\r\n\r\nIs anybody there?\r\n").await;
    house.at("2026-03-03 18:30").await;
    let digest = async |to: &str| {
        let digest = house.letters("digest").await.into_iter().find(|letter| letter.to == to).unwrap();
        digest.text.replace('|', " ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (upper, township) = (digest("desk@yunling.example").await, digest("desk@qingshan.example").await);
    assert!(township.contains("Reported today") && township.contains("present 2"), "{township}");
    assert!(!township.contains("absent 1"), "{township}");
    assert!(!upper.contains("Reported today"), "{upper}");
    assert!(upper.contains("mails of unproven senders that wait: 1;"), "{upper}");
    assert!(!township.contains("mails of unproven senders"), "{township}");
}

#[tokio::test]
async fn an_office_sees_its_share_of_a_programme_from_above() {
    let house = two_offices().await;
    house.at("2026-03-03 12:30").await;
    let days = Days::parse("2026-03").unwrap();
    let of = async |office: &str| show(&house.ctx, &office.parse().unwrap(), days, None).await.unwrap().document;
    let (upper, township) = (of("yunling").await, of("qingshan").await);
    let rows = |document: &Document, section: &str, column: &str| -> Vec<f64> {
        let section = document.sections.iter().find(|s| s.code == section).unwrap();
        section.table.as_ref().unwrap().column(column).iter().filter_map(|cell| cell.value()).collect()
    };
    // Every team is drawn, all of them in the township.
    assert_eq!((rows(&upper, "work", "drawn"), rows(&township, "work", "drawn")), (vec![3.0], vec![3.0]));
    assert_eq!((rows(&upper, "coverage", "places"), rows(&township, "coverage", "places")), (vec![3.0], vec![3.0]));
    assert_eq!(rows(&upper, "fairness", "fine").len(), 1);
    assert!(rows(&township, "fairness", "fine").is_empty(), "who runs the programme answers for its draws");
    // Who answers for the office gets the closed report, and who answers for the office above.
    house.at("2026-04-20 09:00").await;
    let qingshan = "qingshan".parse().unwrap();
    let closing = Closing { office: &qingshan, days, by: "Qian", correct: None, files: &files };
    close(&house.ctx, &closing).await.unwrap();
    house.at("2026-04-20 09:05").await;
    let mut mails = house.letters("report").await;
    mails.sort_by(|a, b| a.to.cmp(&b.to));
    let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["head@qingshan.example", "head@yunling.example"]);
    let page = |mail: &super::post::Read| {
        let parsed = MessageParser::default().parse(mail.raw.as_bytes()).unwrap();
        String::from_utf8(parsed.attachment(0).unwrap().contents().to_vec()).unwrap()
    };
    assert!(!page(&mails[0]).contains("AAPOR)") && page(&mails[1]).contains("AAPOR)"), "upward go all rates");
}
