//! Files that come again: the same, for other days, with few rows; and what a batch covers.

use super::office::{File, Office, ZONE, time};
use spotcheck::store::BatchRow;
use spotcheck::work::batches::{self, Declared};

fn punches(days: &[(u32, usize)]) -> String {
    let rows = days.iter().flat_map(|(day, count)| {
        (0..*count).map(move |n| format!("O{},2026-03-{day:02} {:02}:{:02}\n", n % 3 + 1, 7 + n / 60, n % 60))
    });
    rows.fold("official,time\n".to_owned(), |file, row| file + &row)
}

/// `03-02..03-06 complete`, oldest first.
async fn covered(office: &Office) -> Vec<String> {
    let rows = office.ctx.store.read().await.unwrap().batches().await.unwrap();
    let day = |day: &Option<String>| day.as_ref().unwrap()[5..].to_owned();
    let shown = |b: &BatchRow| {
        let complete = if b.complete != 0 { "complete" } else { "covers nothing" };
        format!("{}..{} {complete}", day(&b.covers_from), day(&b.covers_to))
    };
    rows.iter().map(shown).collect()
}

#[tokio::test]
async fn the_same_file_twice_adds_nothing_and_tells_what_it_had() {
    let office = Office::new().await;
    let text = punches(&[(2, 6)]) + "O9,2026-03-02 08:00\n";
    let first = office.import("punches", text.as_str()).await;
    let again = office.import("punches", text.as_str()).await;
    assert_eq!((first.new, first.rejected, first.seen_before), (6, 1, false));
    assert_eq!((again.new, again.known, again.rejected, again.seen_before), (0, 6, 1, true));
    assert_eq!(covered(&office).await.len(), 1);
    // The same rows in another file are known by their keys.
    let longer = office.import("punches", text + "O3,2026-03-02 19:00\n").await;
    assert_eq!((longer.new, longer.known), (1, 6));
}

#[tokio::test]
async fn what_a_file_covers_can_be_corrected() {
    let office = Office::new().await;
    let text = punches(&[(2, 3), (3, 3)]);
    let covering = |from, to| File { covers: Some((from, to)), ..File::new("punches", text.as_str()) };
    office.try_import(&covering("2026-03-02", "2026-03-06")).await.unwrap();
    office.ctx.clock.set(time("2026-04-01 10:01"));
    assert!(office.try_import(&covering("2026-03-02", "2026-03-06")).await.unwrap().seen_before);
    // Too wide: it was said to cover days of which it holds nothing. The correction counts.
    let narrower = office.try_import(&covering("2026-03-02", "2026-03-03")).await.unwrap();
    assert_eq!((narrower.new, narrower.known, narrower.seen_before), (0, 6, false));
    assert_eq!(covered(&office).await, ["03-02..03-06 covers nothing", "03-02..03-03 complete"]);
    // Too narrow: the earlier one stays right.
    office.ctx.clock.set(time("2026-04-01 10:02"));
    office.try_import(&covering("2026-03-01", "2026-03-03")).await.unwrap();
    let all = ["03-02..03-06 covers nothing", "03-02..03-03 complete", "03-01..03-03 complete"];
    assert_eq!(covered(&office).await, all);
    assert_eq!(office.import("punches", text.as_str()).await.known, 6);
    assert_eq!(covered(&office).await, all);
    let listed = batches::list(&office.ctx, false).await.unwrap();
    let (_, steps) = listed.last().unwrap();
    assert_eq!((steps[0].step.as_str(), steps[0].reason.as_str()), ("replaced", narrower.batch.as_str()));
}

#[tokio::test]
async fn days_without_a_record_are_the_same_to_the_byte_and_each_is_covered() {
    let office = Office::new().await;
    let nothing = "official,kind,from,to,status\n";
    let of_day = |name, day| File { covers: Some((day, day)), name, ..File::new("leave", nothing) };
    for (name, day) in [("leave-0302.csv", "2026-03-02"), ("leave-0303.csv", "2026-03-03")] {
        assert!(!office.try_import(&of_day(name, day)).await.unwrap().seen_before);
        office.ctx.clock.set(time("2026-04-01 10:01"));
    }
    assert_eq!(covered(&office).await, ["03-02..03-02 complete", "03-03..03-03 complete"]);
    // Of the same name it is that file, and corrects what it was said to cover.
    office.try_import(&of_day("leave-0303.csv", "2026-03-04")).await.unwrap();
    let all = ["03-02..03-02 complete", "03-03..03-03 covers nothing", "03-04..03-04 complete"];
    assert_eq!(
        covered(&office).await.into_iter().collect::<std::collections::BTreeSet<_>>(),
        all.map(String::from).into()
    );
}

#[tokio::test]
async fn a_day_with_far_fewer_rows_covers_nothing_until_a_person_says_so() {
    let office = Office::new().await;
    office.ctx.clock.set(time("2026-03-07 08:00"));
    office.import("punches", punches(&[(2, 60), (3, 58), (4, 61)])).await;
    office.ctx.clock.set(time("2026-03-10 08:00"));
    // As many rows on average; but on the Friday the device was away.
    let file = punches(&[(5, 120), (6, 5)]);
    let held = office.import("punches", file.as_str()).await;
    assert!(!held.complete);
    let warning = &held.warnings[0].said;
    assert!(warning.en.contains("2026-03-06 (5/60)") && !warning.en.contains("2026-03-05"), "{warning:?}");
    assert!(warning.en.contains(&format!("batches complete {}", held.batch)), "{warning:?}");
    assert_eq!(covered(&office).await, ["03-02..03-04 complete", "03-05..03-06 covers nothing"]);
    assert_eq!(office.records().await.len(), 60 + 58 + 61 + 125, "its rows are on record all the same");
    let complete = async |id: &str| batches::complete(&office.ctx, id, "刘芳", "考勤机送修").await.unwrap();
    assert_eq!(complete("nothing").await, Declared::Unknown);
    assert_eq!(complete(&held.batch[..8]).await, Declared::Complete);
    assert_eq!(complete(&held.batch).await, Declared::Already);
    assert_eq!(covered(&office).await[1], "03-05..03-06 complete");
    let (_, steps) = &batches::list(&office.ctx, false).await.unwrap()[0];
    let journal: Vec<_> = steps.iter().map(|s| (s.step.as_str(), s.actor.as_str(), s.reason.as_str())).collect();
    assert_eq!(journal, [("held", "machine", "far fewer rows than usual"), ("complete", "刘芳", "考勤机送修")]);
}

#[tokio::test]
async fn a_day_without_any_row_is_short_and_weekends_are_not() {
    let office = Office::new().await;
    // Wednesday is missing from a whole week; Saturday and Sunday never have any.
    let week = punches(&[(2, 60), (3, 58), (5, 61), (6, 60)]);
    let file = File { covers: Some(("2026-03-01", "2026-03-08")), ..File::new("punches", week) };
    office.ctx.clock.set(time("2026-03-10 08:00"));
    assert!(office.try_import(&file).await.unwrap().complete, "nothing is usual yet");
    let next = punches(&[(9, 60), (10, 58), (12, 61), (13, 60)]);
    let file = File { covers: Some(("2026-03-08", "2026-03-15")), ..File::new("punches", next) };
    office.ctx.clock.set(time("2026-03-17 08:00"));
    let held = office.try_import(&file).await.unwrap();
    assert!(held.warnings[0].said.en.contains("on 2026-03-11 (0/60):"), "{:?}", held.warnings);
    // The day that is not over yet is not held against the file.
    let today = punches(&[(16, 60), (17, 2)]);
    assert!(office.import("punches", today).await.complete);
    assert_eq!(office.ctx.now().day(ZONE).to_string(), "2026-03-17");
}

#[tokio::test]
async fn a_dry_run_shows_and_writes_nothing() {
    let office = Office::new().await;
    let text = punches(&[(2, 8)]) + "O9,2026-03-02 08:00\n";
    let tried = office.try_import(&File { dry_run: true, ..File::new("punches", text.as_str()) }).await.unwrap();
    assert_eq!((tried.read, tried.new, tried.known, tried.rejected, tried.preview.len()), (9, 8, 0, 1, 5));
    assert!(office.records().await.is_empty() && covered(&office).await.is_empty());
    assert_eq!(office.import("punches", text).await.new, 8);
}

#[tokio::test]
async fn a_file_that_is_cut_off_imports_nothing() {
    let office = Office::new().await;
    let whole = spotcheck::table::write::xlsx(
        "s",
        &["official", "time"],
        (0..9_000).map(|n| {
            vec![
                "O1".into(),
                format!("2026-03-{:02} {:02}:{:02}:{:02}", n % 28 + 1, n / 3600 % 24, n / 60 % 60, n % 60),
            ]
        }),
    )
    .unwrap();
    assert!(office.try_import(&File::new("punches", &whole[..whole.len() / 2])).await.is_err());
    assert!(office.records().await.is_empty() && covered(&office).await.is_empty());
    assert_eq!(office.import("punches", whole).await.new, 9_000);
}
