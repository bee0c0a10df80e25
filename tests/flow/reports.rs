//! A report that is closed stays as it is; what comes later is told beside it, and a correction is one more.

use super::house::{EVE, Setting, office, on_both};
use super::post::reply;
use spotcheck::measure::document::Document;
use spotcheck::model::{AssignmentId, Days, Outcome};
use spotcheck::work::Context;
use spotcheck::work::period_report::{Closing, Shown, Standing, close, show};
use spotcheck::work::record::{Entry, record};

async fn closed(ctx: &Context, correct: Option<&str>) -> Result<Shown, String> {
    let (office, days) = (office(), Days::parse("2026-03-03..2026-03-03").unwrap());
    let closing = Closing { office: &office, days, by: "Li", correct };
    close(ctx, &closing).await.map_err(|failure| failure.trouble().said.en)
}

async fn shown(ctx: &Context, number: Option<i64>) -> Shown {
    show(ctx, &office(), Days::parse("2026-03-03..2026-03-03").unwrap(), number).await.unwrap()
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
        assert!(closed(&house.ctx, Some("  ")).await.unwrap_err().contains("write why"));
        let second = closed(&house.ctx, Some("a result came by telephone")).await.unwrap();
        assert_eq!(found(&second.document), (2.0, 0.5));
        assert_eq!(found(&shown(&house.ctx, Some(1)).await.document), (2.0, 0.25), "both are kept");
        let last = shown(&house.ctx, None).await.standing;
        assert!(matches!(last, Standing::Closed { number: 2, of: 2, ref reason, .. } if reason.contains("telephone")));
        assert_eq!(house.ctx.store.read().await.unwrap().closed_years(&office()).await.unwrap(), Vec::<i32>::new());
    })
    .await;
}
