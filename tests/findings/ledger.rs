//! A finding from its opening to its end, and the ledger read back cell by cell.

use super::house::{House, ZONE, on_both, time};
use calamine::{Data, Reader, Xlsx};
use spotcheck::evidence::finding::{Answer, Step};
use spotcheck::model::{FindingState, Subject};
use spotcheck::store::{AssignmentRow, FindingFilter};
use spotcheck::work::findings::{self, Doing, NewFinding};
use spotcheck::work::findings_told;
use std::io::Cursor;

fn on(subject: &str) -> Subject {
    let (kind, id) = subject.split_once(' ').unwrap();
    Subject::parse(kind, id).unwrap()
}

async fn open(house: &House, subject: &str, code: &str, text: &str) -> String {
    let new =
        NewFinding { subject: on(subject), office: None, code, text, owner: "王建国", deadline: None, by: "赵新" };
    findings::open(&house.ctx, &new).await.unwrap().id
}

async fn step(house: &House, finding: &str, step: Step, by: &str, reason: &str) -> Result<FindingState, String> {
    let doing = Doing { finding, step, by, reason, file: None };
    findings::step(&house.ctx, &doing).await.map(|done| done.unwrap()).map_err(|e| e.trouble().to_string())
}

fn read(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| match cell {
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => panic!("a cell that is no text: {other:?}"),
    };
    sheet.rows().map(|row| row.iter().map(text).collect()).collect()
}

#[tokio::test]
async fn from_its_opening_to_its_end() {
    on_both("zh-Hans", "", |house| async move {
        let id = open(&house, "team T1", "fire", "灭火器过期，联系人13800138000").await;
        let shown = findings_told::show(&house.ctx, &id).await.unwrap().unwrap();
        // Fifteen working days after Monday 2 March.
        assert_eq!(shown.finding.deadline.unwrap().to_string(), "2026-03-23");
        assert!(!shown.overdue && shown.village.own == "滨河村" && shown.township.own == "青山镇");
        let early = step(&house, &id, Step::Close, "李主任", "行").await.unwrap_err();
        assert!(early.contains("to be rectified first"), "{early}");

        house.at("2026-03-24 09:00");
        assert!(findings_told::show(&house.ctx, &id).await.unwrap().unwrap().overdue);
        let late = findings_told::list(&house.ctx, &FindingFilter::default(), true).await.unwrap();
        assert_eq!(late.len(), 1);

        let doing = Doing {
            finding: &id,
            step: Step::Rectify,
            by: "王建国",
            reason: "已更换，见照片",
            file: Some(("new.jpg", b"picture".to_vec())),
        };
        assert_eq!(findings::step(&house.ctx, &doing).await.unwrap(), Some(FindingState::Rectified));
        let (name, bytes) = findings_told::file(&house.ctx, &id, 2).await.unwrap().unwrap();
        assert_eq!((name.as_str(), &bytes[..]), ("new.jpg", &b"picture"[..]));
        let own = step(&house, &id, Step::Verify, " 王建国", "我看过").await.unwrap_err();
        assert!(own.contains("somebody else"), "{own}");
        assert_eq!(step(&house, &id, Step::Reopen, "赵新", "仍过期").await.unwrap(), FindingState::Open);
        assert_eq!(step(&house, &id, Step::Rectify, "王建国", "再次更换").await.unwrap(), FindingState::Rectified);
        assert_eq!(step(&house, &id, Step::Verify, "赵新", "现场看过").await.unwrap(), FindingState::Verified);
        assert_eq!(step(&house, &id, Step::Close, "李主任", "销号").await.unwrap(), FindingState::Closed);
        assert!(step(&house, &id, Step::Reopen, "赵新", "又坏了").await.unwrap_err().contains("new finding"));
        assert!(findings::step(&house.ctx, &Doing { finding: "R-NONE", ..doing }).await.unwrap().is_none());
        let steps: Vec<String> = findings_told::show(&house.ctx, &id)
            .await
            .unwrap()
            .unwrap()
            .steps
            .iter()
            .map(|s| format!("{} {} {}", s.step, s.actor, s.state))
            .collect();
        assert_eq!(
            steps,
            [
                "open 赵新 open",
                "rectify 王建国 rectified",
                "reopen 赵新 open",
                "rectify 王建国 rectified",
                "verify 赵新 verified",
                "close 李主任 closed"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn the_ledger_reads_back_cell_by_cell() {
    on_both("zh-Hans", "", |house| async move {
        let done = open(&house, "team T1", "fire", "灭火器过期，联系人13800138000").await;
        step(&house, &done, Step::Rectify, "王建国", "已更换，电话 138 0013 8000").await.unwrap();
        house.at("2026-03-03 10:00");
        step(&house, &done, Step::Verify, "赵新", "看过").await.unwrap();
        step(&house, &done, Step::Close, "李主任", "销号").await.unwrap();
        let late = open(&house, "official O21", "other", "=HYPERLINK(1)未带工作证").await;
        let praised = open(&house, "team T2", "good_practice", "夜校办得好").await;
        house.at("2026-03-30 10:00");
        let entries = findings_told::list(&house.ctx, &FindingFilter::default(), false).await.unwrap();
        assert_eq!(entries.len(), 3);
        let noted = entries.iter().find(|e| e.finding.id == praised).unwrap();
        assert_eq!((noted.finding.state, noted.finding.deadline), (FindingState::Noted, None));
        let bytes = findings_told::ledger_xlsx(&entries).unwrap();
        let mut rows = read(bytes.clone());
        let header = rows.remove(0);
        assert_eq!(
            header,
            [
                "No. / 编号",
                "Township / 乡镇",
                "Village / 村",
                "Team / 工作队",
                "Person / 人员",
                "Matter / 类别",
                "What / 问题",
                "Source / 来源",
                "Opened / 发现日期",
                "By / 发现人",
                "Owner / 责任人",
                "Deadline / 整改期限",
                "State / 状态",
                "Overdue / 逾期",
                "Rectified / 整改日期、整改人",
                "How / 整改情况",
                "Verified / 核实日期、核实人",
                "Closed / 销号日期、销号人"
            ]
        );
        assert_eq!(
            rows,
            [
                [
                    done.as_str(),
                    "青山镇 Qingshan",
                    "滨河村 Binhe",
                    "驻滨河村工作队 Binhe team",
                    "",
                    "fire",
                    "灭火器过期，联系人****",
                    "entered / 人工登记",
                    "2026-03-02",
                    "赵新",
                    "王建国",
                    "2026-03-23",
                    "closed / 已销号",
                    "",
                    "2026-03-02 王建国",
                    "已更换，电话 ****",
                    "2026-03-03 赵新",
                    "2026-03-03 李主任"
                ],
                [
                    late.as_str(),
                    "青山镇 Qingshan",
                    "石桥村 Shiqiao",
                    "驻石桥村工作队 Shiqiao team",
                    "陈强 Chen Qiang",
                    "other / 其他",
                    "=HYPERLINK(1)未带工作证",
                    "entered / 人工登记",
                    "2026-03-03",
                    "赵新",
                    "王建国",
                    "2026-03-24",
                    "open / 待整改",
                    "yes / 是",
                    "",
                    "",
                    "",
                    ""
                ],
            ]
        );
        // A4 across, on every page the header.
        let mut zip = zip_texts(&bytes);
        let sheet = zip.remove("xl/worksheets/sheet1.xml").unwrap();
        assert!(
            sheet.contains("paperSize=\"9\"")
                && sheet.contains("orientation=\"landscape\"")
                && sheet.contains("fitToHeight=\"0\""),
            "{sheet}"
        );
        assert!(zip["xl/workbook.xml"].contains("_xlnm.Print_Titles"));
    })
    .await;
}

fn zip_texts(bytes: &[u8]) -> std::collections::BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    names
        .into_iter()
        .map(|name| {
            let text = std::io::read_to_string(zip.by_name(&name).unwrap()).unwrap();
            (name, text)
        })
        .collect()
}

#[tokio::test]
async fn a_failed_answer_opens_once_a_line_and_question() {
    on_both("zh-Hans", "", |house| async move {
        house.at("2026-03-02 10:00");
        let mut tx = house.ctx.store.begin().await.unwrap();
        let row = AssignmentRow {
            id: "K7Q2M".parse().unwrap(),
            office: "yunling".parse().unwrap(),
            inspector: "I1".parse().unwrap(),
            released: time("2026-03-02 09:00"),
            reply_by: time("2026-03-02 18:00"),
            closes: time("2026-03-16 18:00"),
            kid: 1,
            message_id: "<a@b>".to_owned(),
            reminded: None,
            closed: None,
        };
        tx.add_assignments(std::slice::from_ref(&row)).await.unwrap();
        let subject = on("team T1");
        let mut opened = Vec::new();
        for (answer, note) in [(Answer::Met, ""), (Answer::NotMet, "缺两个"), (Answer::NotMet, "缺三个")] {
            let question = ("Q3", "消防器材在位");
            let done =
                findings::open_of_answer(&house.ctx, &mut tx, (&row.id, "V1"), &subject, question, answer, note).await;
            opened.extend(done.unwrap());
        }
        tx.commit().await.unwrap();
        assert_eq!(opened.len(), 1, "{opened:?}");
        let entry = findings_told::show(&house.ctx, &opened[0].id).await.unwrap().unwrap();
        let f = &entry.finding;
        assert_eq!((f.text.as_str(), f.opened_by.as_str(), f.code.as_str()), ("消防器材在位：缺两个", "赵新", "Q3"));
        assert_eq!(f.opened.day(ZONE).to_string(), "2026-03-02");
    })
    .await;
}

#[tokio::test]
async fn an_overdue_finding_stands_in_the_digest_without_a_number() {
    on_both("zh-Hans", "", |house| async move {
        open(&house, "team T1", "fire", "灭火器过期，联系人13800138000").await;
        for (moment, expected) in [("2026-03-23 19:00", 0), ("2026-03-24 19:00", 1)] {
            house.at(moment);
            assert_eq!(spotcheck::work::digest::digest_due(&house.ctx).await.unwrap(), 1);
            let mut tx = house.ctx.store.read().await.unwrap();
            let letters = tx.letters(None, 1).await.unwrap();
            let bytes = tx.blob(&letters[0].bytes.parse().unwrap()).await.unwrap().unwrap();
            let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
            let text = mail.body_text(0).unwrap().into_owned();
            assert_eq!(text.matches("已逾期").count(), expected, "{text}");
            assert!(!text.contains("13800138000"), "{text}");
        }
    })
    .await;
}
