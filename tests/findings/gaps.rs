//! Gaps in imported records: what is asked over which days, and what the machine does with findings.

use super::house::{House, on_both};
use spotcheck::evidence::Workdays;
use spotcheck::evidence::finding::Step;
use spotcheck::evidence::gaps::{Gap, Held, Post, missing, stretch};
use spotcheck::model::register::Posting;
use spotcheck::model::{FindingState, Subject};
use spotcheck::store::{FindingFilter, Ids};
use spotcheck::table::TemplateKind;
use spotcheck::work::findings::{self, Doing};
use spotcheck::work::findings_told;
use spotcheck::work::gaps::{dry_run, gaps_due};
use spotcheck::work::records::{self, RecordFile};
use spotcheck::work::{Content, import::Imported};

use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn days(spans: &[&str]) -> Vec<(NaiveDate, NaiveDate)> {
    spans.iter().map(|span| span.split_once("..").map(|(a, b)| (day(a), day(b))).unwrap()).collect()
}

#[test]
fn only_days_that_are_over_and_covered_are_asked_for() {
    // Labour Day: Friday 1 May to Tuesday 5 May 2026; Saturday 9 May is worked.
    let workdays = Workdays {
        holidays: ["2026-05-01", "2026-05-04", "2026-05-05"].map(day).into(),
        makeup_workdays: ["2026-05-09"].map(day).into(),
    };
    let asked = |gap, covered: &[&str], today: &str| {
        stretch(gap, &days(covered), day(today), &workdays, 5).map(|s| format!("{}..{}", s.from, s.to))
    };
    let of = |text: &str| Some(text.to_owned());
    for (gap, covered, today, expected) in [
        (Gap::WorkLog, &["2026-04-01..2026-04-30"][..], "2026-05-20", of("2026-04-24..2026-04-30")),
        // Today's log may still come only where the file says that it covers today.
        (Gap::WorkLog, &["2026-04-01..2026-05-31"], "2026-04-10", of("2026-04-06..2026-04-10")),
        // A holiday between two files is no hole; a workday is.
        (
            Gap::WorkLog,
            &["2026-04-01..2026-04-30", "2026-05-06..2026-05-08"],
            "2026-05-20",
            of("2026-04-29..2026-05-08"),
        ),
        (Gap::WorkLog, &["2026-04-01..2026-04-29", "2026-05-06..2026-05-08"], "2026-05-20", None),
        (Gap::WorkLog, &["2026-04-28..2026-04-30"], "2026-05-20", None),
        (Gap::WorkLog, &[], "2026-05-20", None),
        (Gap::Meeting, &["2026-03-02..2026-04-30"], "2026-05-20", of("2026-04-01..2026-04-30")),
        // April is not over.
        (Gap::Meeting, &["2026-03-02..2026-04-29"], "2026-04-29", of("2026-03-01..2026-03-31")),
        (Gap::Meeting, &["2026-03-03..2026-03-31"], "2026-04-29", None),
        // Before the files of March nobody can be asked about March.
        (
            Gap::Meeting,
            &["2026-02-02..2026-02-28", "2026-04-01..2026-04-20"],
            "2026-04-29",
            of("2026-02-01..2026-02-28"),
        ),
        (Gap::Allowance, &["2026-03-01..2026-03-31"], "2026-04-01", of("2026-03-01..2026-03-31")),
        (Gap::Training, &["2026-01-01..2026-03-31"], "2026-05-20", of("2026-01-01..2026-03-31")),
        (Gap::Training, &["2026-01-01..2026-03-30"], "2026-05-20", None),
        (Gap::HealthCheck, &["2025-01-01..2025-12-31"], "2026-05-20", of("2025-01-01..2025-12-31")),
        (Gap::HealthCheck, &["2026-01-01..2026-12-31"], "2026-05-20", None),
        (Gap::Insurance, &["2026-01-01..2026-12-31"], "2026-05-20", of("2026-05-20..2026-05-20")),
        (Gap::Insurance, &["2025-01-01..2025-12-31"], "2026-05-20", None),
    ] {
        assert_eq!(asked(gap, covered, today), expected, "{gap:?} {covered:?} on {today}");
    }
}

fn post(official: &str, team: &str, from: Option<&str>, to: Option<&str>) -> Post {
    Post {
        official: official.parse().unwrap(),
        team: team.parse().unwrap(),
        posting: Posting { from: from.map(day), to: to.map(day) },
    }
}

#[test]
fn who_is_asked_and_what_fills_the_gap() {
    let workdays = Workdays::default();
    let covered = days(&["2026-03-01..2026-03-31"]);
    let march = stretch(Gap::Meeting, &covered, day("2026-04-02"), &workdays, 5).unwrap();
    let posts = [
        post("A1", "A", None, None),
        post("A2", "A", None, Some("2026-03-15")),
        post("B1", "B", Some("2026-03-10"), None),
        post("C1", "C", Some("2026-03-01"), None),
    ];
    let held = |records: &[(&str, &str, &str)]| -> Vec<Held> {
        records.iter().map(|(who, from, to)| (who.parse().unwrap(), day(from), day(to))).collect()
    };
    let shown = |gap, records: &[(&str, &str, &str)]| {
        let found = missing(gap, &march, &posts, &held(records));
        found.iter().map(|(s, m)| format!("{} {}", s.id(), if *m { "missing" } else { "there" })).collect::<Vec<_>>()
    };
    // B1 came within the month: B is not asked.
    assert_eq!(shown(Gap::Meeting, &[]), ["A missing", "C missing"]);
    // Somebody who left since held the meeting.
    assert_eq!(shown(Gap::Meeting, &[("A2", "2026-03-03", "2026-03-03")]), ["A there", "C missing"]);
    // In either direction of time a record outside fills nothing; one that reaches in does.
    let outside = [("A1", "2026-02-28", "2026-02-28"), ("C1", "2026-04-01", "2026-04-01")];
    assert_eq!(shown(Gap::Meeting, &outside), ["A missing", "C missing"]);
    let edges = [("A1", "2026-02-25", "2026-03-01"), ("C1", "2026-03-31", "2026-04-02")];
    assert_eq!(shown(Gap::Meeting, &edges), ["A there", "C there"]);
    // Money is everybody's own.
    assert_eq!(shown(Gap::Allowance, &[("A1", "2026-03-01", "2026-03-31")]), ["A1 there", "C1 missing"]);
}

const SOURCES: &str = "[[source]]\nid = \"logs\"\noffice = \"yunling\"\nkind = \"work_log\"\ncadence = \"monthly\"\n\
    [[source]]\nid = \"meetings\"\noffice = \"yunling\"\nkind = \"meeting\"\ncadence = \"monthly\"\n\
    [[source]]\nid = \"pay\"\noffice = \"yunling\"\nkind = \"allowance\"\ncadence = \"monthly\"\n\
    [[source]]\nid = \"insured\"\noffice = \"yunling\"\nkind = \"insurance\"\ncadence = \"monthly\"\n\
    [[source]]\nid = \"checkups\"\noffice = \"yunling\"\nkind = \"health_check\"\ncadence = \"monthly\"\n\
    [[source]]\nid = \"courses\"\noffice = \"yunling\"\nkind = \"training\"\ncadence = \"monthly\"\n";

async fn bring(house: &House, source: &str, covers: Option<&str>, csv: &str) -> Imported {
    let of = house.ctx.config.sources.iter().find(|s| s.source.id.as_str() == source).unwrap();
    let kind = if matches!(source, "meetings" | "courses") { TemplateKind::Leave } else { TemplateKind::Notes };
    let file = RecordFile {
        covers: covers.map(|span| days(&[span])[0]).into(),
        ..RecordFile::new(kind, of, "list.csv", Content::bytes(csv.as_bytes()))
    };
    let imported = records::import(&house.ctx, &file).await.unwrap();
    assert!(imported.rejects.is_empty(), "{:?}", imported.rejects);
    imported
}

/// `no_work_log T1 open`, sorted.
async fn open(house: &House) -> Vec<String> {
    let all = findings_told::list(&house.ctx, &FindingFilter::default(), false).await.unwrap();
    let mut shown: Vec<String> =
        all.iter().map(|e| format!("{} {} {}", e.finding.code, e.finding.subject.id(), e.finding.state)).collect();
    shown.sort();
    shown
}

async fn close(house: &House, code: &str, subject: &str) {
    let all = findings_told::list(&house.ctx, &FindingFilter::default(), false).await.unwrap();
    let found = all.iter().find(|e| e.finding.code == code && e.finding.subject.id() == subject).unwrap();
    for step in [Step::Verify, Step::Close] {
        let doing = Doing { finding: &found.finding.id, step, by: "李主任", reason: "看过", file: None };
        findings::step(&house.ctx, &doing).await.unwrap().unwrap();
    }
}

const NEVER: [&str; 5] = [
    "no_import/checkups  open",
    "no_import/courses  open",
    "no_import/insured  open",
    "no_import/meetings  open",
    "no_import/pay  open",
];

#[tokio::test]
async fn a_gap_opens_once_and_evidence_rectifies_it() {
    on_both("zh-Hans", SOURCES, |house| async move {
        // Nothing was ever imported: that is the office's matter, once, and no team's.
        house.at("2026-03-02 10:00");
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 6);
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 0);
        house.at("2026-03-03 10:00");
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 0);

        house.at("2026-04-01 10:00");
        let march = "日期,姓名,工作内容\n2026-03-02,王建国,入户\n2026-03-30,刘敏,开会\n2026-03-03,陈强,修路\n";
        let imported = bring(&house, "logs", Some("2026-03-01..2026-03-31"), march).await;
        assert_eq!((imported.layout.as_deref(), imported.new), (Some("sheet-work-log/1"), 3));
        let before = dry_run(&house.ctx).await.unwrap();
        assert_eq!(before[0].1.changes.len(), 2, "{before:?}");
        assert_eq!(open(&house).await.len(), 6, "a dry run writes nothing");
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 2);
        let mut expected = vec!["no_import/logs  rectified".to_owned(), "no_work_log T2 open".to_owned()];
        expected.extend(NEVER.map(str::to_owned));
        expected.sort();
        assert_eq!(open(&house).await, expected);
        // The same file, the same day, another day: nothing twice.
        bring(&house, "logs", Some("2026-03-01..2026-03-31"), march).await;
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 0);
        house.at("2026-04-02 10:00");
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 0);

        // A log that was written late comes: the machine notes it, and closes nothing.
        bring(&house, "logs", Some("2026-03-25..2026-03-31"), "日期,姓名,工作内容\n2026-03-27,陈强,补记\n").await;
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 1);
        assert!(open(&house).await.contains(&"no_work_log T2 rectified".to_owned()));
        let all = findings_told::list(&house.ctx, &FindingFilter::default(), false).await.unwrap();
        let log = all.iter().find(|e| e.finding.code == "no_work_log").unwrap();
        let steps: Vec<_> = log.steps.iter().map(|s| format!("{} {} {}", s.step, s.actor, s.reason)).collect();
        assert_eq!(steps, ["open machine ", "rectify machine 资料已补齐"]);
        assert_eq!(log.finding.text, "2026-03-18至2026-03-31缺工作日志");

        // In April it is missing again before anybody verified: the same finding.
        house.at("2026-05-06 10:00");
        bring(&house, "logs", Some("2026-04-01..2026-04-30"), "日期,姓名,工作内容\n2026-04-29,王建国,入户\n").await;
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 1);
        assert!(open(&house).await.contains(&"no_work_log T2 open".to_owned()));
        // Rectified, verified, closed; and missing in May once more: a new finding.
        bring(&house, "logs", Some("2026-04-25..2026-04-30"), "日期,姓名,工作内容\n2026-04-28,陈强,入户\n").await;
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 1);
        close(&house, "no_work_log", "T2").await;
        house.at("2026-06-01 10:00");
        bring(&house, "logs", Some("2026-05-01..2026-05-31"), "日期,姓名,工作内容\n2026-05-29,王建国,入户\n").await;
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 1);
        let of_t2: Vec<_> = open(&house).await.into_iter().filter(|f| f.contains("T2")).collect();
        assert_eq!(of_t2, ["no_work_log T2 closed", "no_work_log T2 open"]);
    })
    .await;
}

#[tokio::test]
async fn every_list_is_read_and_asked_of_whom_it_concerns() {
    on_both("en", SOURCES, |house| async move {
        house.at("2026-04-02 10:00");
        for (source, covers, layout, csv) in [
            ("logs", None, "sheet-work-log/1", "日期,填报人,工作内容\n2026-03-02,王建国,入户\n"),
            (
                "meetings",
                Some("2026-03-01..2026-03-31"),
                "sheet-meetings/1",
                "会议日期,会议主题,参会人员\n2026-03-09,周例会,王建国、刘敏\n",
            ),
            (
                "courses",
                Some("2026-01-01..2026-03-31"),
                "sheet-training/1",
                "培训日期,培训内容,参训人员\n2026-03-10至2026-03-12,防返贫监测,陈强\n",
            ),
            (
                "checkups",
                Some("2025-01-01..2025-12-31"),
                "sheet-health-check/1",
                "姓名,体检日期,体检医院\n王建国,2025-06-01,县医院\n陈强,2025-06-01,县医院\n",
            ),
            (
                "insured",
                None,
                "sheet-insurance/1",
                "姓名,险种,保险起期,保险止期\n王建国,意外险,2026-01-01,2026-12-31\n刘敏,意外险,2025-01-01,2026-03-31\n",
            ),
            (
                "pay",
                Some("2026-03-01..2026-03-31"),
                "sheet-allowance/1",
                "姓名,发放月份,金额\n王建国,2026年3月,900\n刘敏,2026-03,900\n陈强,2026年2月,900\n",
            ),
        ] {
            let imported = bring(&house, source, covers, csv).await;
            assert_eq!(imported.layout.as_deref(), Some(layout));
        }
        assert_eq!(gaps_due(&house.ctx).await.unwrap(), 6);
        assert_eq!(
            open(&house).await,
            [
                "allowance_unpaid O21 open",
                "no_health_check O12 open",
                "no_insurance O12 open",
                "no_insurance O21 open",
                "no_meeting T2 open",
                "no_training T1 open",
            ]
        );
        let all = findings_told::list(&house.ctx, &FindingFilter::default(), false).await.unwrap();
        let pay = all.iter().find(|e| e.finding.code == "allowance_unpaid").unwrap();
        assert_eq!(pay.finding.text, "allowance unpaid from 2026-03-01 to 2026-03-31");
        assert_eq!(pay.finding.subject, Subject::Official("O21".parse().unwrap()));
        assert_eq!((pay.finding.state, pay.village.own.as_str()), (FindingState::Open, "石桥村"));
        // A verdict never looks at them.
        let papers = house.ctx.store.read().await.unwrap().papers_of(&Ids::new(["O11"])).await.unwrap();
        assert_eq!(papers.len(), 1, "the meeting alone: {papers:?}");
    })
    .await;
}
