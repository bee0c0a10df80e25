//! Records that are sent as they happen, and the days of which they are all.

use super::office::Office;
use spotcheck::evidence::pushed::{Pushed, attlog, json};
use spotcheck::table::TemplateKind;
use spotcheck::work::pushed::cover;
use spotcheck::work::records::{self, Covers, RecordFile};
use spotcheck::work::{Content, import::Imported};

async fn push(office: &Office, name: &str, pushed: &Pushed) -> Imported {
    let source = office.source("punches");
    let content = Content::bytes(pushed.file().unwrap());
    let file =
        RecordFile { covers: Covers::Nothing, ..RecordFile::new(TemplateKind::Attendance, source, name, content) };
    records::import(&office.ctx, &file).await.unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

#[tokio::test]
async fn rows_count_at_once_and_what_is_missing_once_the_day_is_whole() {
    let office = Office::new().await;
    let first = json(
        br#"{"punches": [{"official": "O1", "time": "2026-03-02T00:31:05Z", "direction": "in", "origin": "device"},
            {"official": "O9", "time": "2026-03-02 08:40"}, {"official": 1002, "time": "2026-03-02 08:45"}]}"#,
    )
    .unwrap();
    let imported = push(&office, "push 1", &first).await;
    assert_eq!((imported.read, imported.new, imported.rejected, imported.span), (3, 2, 1, None), "{imported:?}");
    assert_eq!(first.place(imported.rejects[0].trouble.row.unwrap()), Some(1));
    let device = attlog("CKJ1", "1001\t2026-03-02 18:02:11\t1\t1\t0\t0\n");
    assert_eq!(push(&office, "push 2", &device).await.new, 1);
    assert!(push(&office, "push 2", &device).await.seen_before, "sent again after a lost answer");
    assert_eq!(
        office.records().await,
        ["O1 03-02 08:31:05 in device", "O1 03-02 18:02:11 out device at CKJ1", "O2 03-02 08:45:00 none phone"]
    );
    assert!(office.covering().await.is_empty(), "nothing follows from what is missing yet");

    let source = office.source("punches");
    let span = (day("2026-03-02"), day("2026-03-02"));
    let whole = cover(&office.ctx, source, span).await.unwrap();
    assert_eq!((whole.read, whole.complete, whole.seen_before), (3, true, false));
    assert_eq!(office.covering().await, ["2026-03-02..2026-03-02"]);
    assert!(cover(&office.ctx, source, span).await.unwrap().seen_before, "said twice");

    let late = attlog("CKJ1", "1002\t2026-03-02 17:59:59\t1\t1\t0\t0\n");
    assert_eq!(push(&office, "push 3", &late).await.new, 1);
    assert!(!cover(&office.ctx, source, span).await.unwrap().seen_before, "more came since");
}

#[tokio::test]
async fn what_was_rejected_lands_once_the_register_is_put_right_and_the_same_bytes_come_again() {
    let office = Office::new().await;
    let device = attlog("CKJ1", "1001\t2026-03-02 08:02:11\t0\t1\n1009\t2026-03-02 08:05:00\t0\t1\n");
    let first = push(&office, "push 1", &device).await;
    assert_eq!((first.new, first.rejected), (1, 1), "{first:?}");
    let again = push(&office, "push 1", &device).await;
    assert_eq!((again.seen_before, again.rejected, again.rejects.len()), (true, 1, 1), "told again: {again:?}");
    assert_eq!(again.batch, first.batch);
    office.roster(TemplateKind::Officials, "id,team,name,role,device_number\nO2,T1,李四,member,1009\n").await;
    let landed = push(&office, "push 1", &device).await;
    assert_eq!((landed.seen_before, landed.new, landed.known, landed.rejected), (false, 1, 1, 0), "{landed:?}");
    let last = push(&office, "push 1", &device).await;
    assert_eq!((last.seen_before, last.rejected, &last.batch), (true, 0, &landed.batch));
    let landed = ["O1 03-02 08:02:11 none device at CKJ1", "O2 03-02 08:05:00 none device at CKJ1"];
    assert_eq!(office.records().await, landed);
}

#[tokio::test]
async fn a_day_with_far_fewer_waits_for_a_person_and_today_is_not_over() {
    let office = Office::new().await;
    let source = office.source("punches");
    for date in ["2026-03-02", "2026-03-03", "2026-03-04"] {
        let lines: String = (0..20).map(|minute| format!("1001\t{date} 08:{minute:02}:00\t0\t1\n")).collect();
        push(&office, date, &attlog("CKJ1", &lines)).await;
        assert!(cover(&office.ctx, source, (day(date), day(date))).await.unwrap().complete);
    }
    push(&office, "short", &attlog("CKJ1", "1001\t2026-03-05 08:31:00\t0\t1\n")).await;
    let short = cover(&office.ctx, source, (day("2026-03-05"), day("2026-03-05"))).await.unwrap();
    assert!(!short.complete && short.warnings[0].said.en.contains("2026-03-05 (1/20)"), "{short:?}");
    let today = cover(&office.ctx, source, (day("2026-04-01"), day("2026-04-01"))).await.unwrap_err().trouble();
    assert_eq!(today.field.as_deref(), Some("covers"));
}
