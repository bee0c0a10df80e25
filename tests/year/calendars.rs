//! `import calendar`: what it changes is told before it holds.

use super::house::{EVE, House, Setting, on_both, window};
use spotcheck::timing::{Calendar, DayKind};
use spotcheck::work::Failure;
use spotcheck::work::calendar_import::{Change, import};
use std::path::PathBuf;
use std::process::Command;

const HEAD: &str = "date,kind,name,source,region\n";

fn written(house: &House, name: &str, rows: &str) -> PathBuf {
    let path = house.path(name);
    std::fs::write(&path, format!("{HEAD}{rows}")).unwrap();
    path
}

fn next_year() -> String {
    (1..=6).map(|day| format!("2027-01-0{day},holiday,元旦,test,\n")).collect()
}

#[tokio::test]
async fn the_next_year_comes_beside_the_built_in_one() {
    on_both(Setting::default(), |house| async move {
        let file = written(&house, "next.csv", &next_year());
        let tried = import(&house.ctx, &file, true).await.unwrap();
        assert_eq!((tried.years, tried.years_lost, tried.changes.len()), (vec![2027], vec![], 0));
        assert!(!tried.kept.exists(), "a dry run keeps nothing");
        let kept = import(&house.ctx, &file, false).await.unwrap().kept;
        assert_eq!(std::fs::read(&kept).unwrap(), std::fs::read(&file).unwrap());
        let house = house.restarted().await;
        assert_eq!(house.ctx.calendar.years().collect::<Vec<_>>(), [2026, 2027]);
        assert_eq!(house.ctx.calendar.day_kind("2027-01-04".parse().unwrap()), Ok(DayKind::Holiday));
        assert_eq!(
            house.ctx.calendar.days_of(2026, DayKind::Holiday).count(),
            Calendar::shipped().days_of(2026, DayKind::Holiday).count()
        );
        // The same year in another file, and then in the one of the same name.
        let twice = written(&house, "again.csv", &next_year());
        let trouble = import(&house.ctx, &twice, false).await.map_err(Failure::trouble).unwrap_err();
        assert!(trouble.said.en.contains("2027 is in another calendar file"), "{trouble:?}");
        let better = written(&house, "next.csv", &format!("{}2027-01-09,makeup,元旦,test,\n", next_year()));
        let changes = import(&house.ctx, &better, false).await.unwrap().changes;
        let day = "2027-01-09".parse().unwrap();
        let (before, after) = (DayKind::Weekend, DayKind::Makeup);
        assert_eq!(changes, [Change { day, region: String::new(), before, after, name: "元旦".to_owned() }]);
    })
    .await;
}

#[tokio::test]
async fn tables_are_taken_as_a_spreadsheet_saves_them() {
    let house = House::new(Setting::default()).await;
    let text: String = "日期,类型,名称,来源\n".to_owned()
        + &(1..=6).map(|day| format!("2027/1/{day},放假,元旦,国务院\n")).collect::<String>();
    let gbk = house.path("下一年.csv");
    std::fs::write(&gbk, encoding_rs::GBK.encode(&text).0).unwrap();
    assert_eq!(import(&house.ctx, &gbk, true).await.unwrap().years, [2027]);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d");
    for (column, head) in (0..).zip(["date", "kind", "name", "source"]) {
        sheet.write_string(0, column, head).unwrap();
    }
    for row in 1..=6 {
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2027, 1, u8::try_from(row).unwrap()).unwrap();
        sheet.write_datetime_with_format(row, 0, day, &date).unwrap();
        sheet.write_string(row, 1, "holiday").unwrap();
    }
    let file = house.path("next.xlsx");
    book.save(&file).unwrap();
    let brought = import(&house.ctx, &file, false).await.unwrap();
    assert_eq!((brought.years, brought.kept.file_name().unwrap().to_str()), (vec![2027], Some("next.csv")));
    let house = house.restarted().await;
    assert_eq!(house.ctx.calendar.day_kind("2027-01-05".parse().unwrap()), Ok(DayKind::Holiday));
}

#[tokio::test]
async fn a_day_of_a_region_that_was_sealed_is_told_and_falls_after_the_restart() {
    let county = Setting { office: "region = \"520699\"\n", ..Setting::default() };
    on_both(county, |house| async move {
        house.at(EVE).await;
        let rows = "2026-03-03,holiday,四月八,county,520699\n2026-03-05,holiday,x,county,530101\n";
        let brought = import(&house.ctx, &written(&house, "local.csv", rows), false).await.unwrap();
        let told: Vec<_> = brought.changes.iter().map(|c| (c.day.to_string(), c.region.as_str(), c.after)).collect();
        assert_eq!(
            told,
            [
                ("2026-03-03".to_owned(), "520699", DayKind::Holiday),
                ("2026-03-05".to_owned(), "530101", DayKind::Holiday)
            ]
        );
        assert_eq!(brought.void, [window("2026-03-03", "am")]);
        assert!(house.voids().await.is_empty(), "nothing holds before the daemon starts again");
        let house = house.restarted().await;
        house.at("2026-03-03 07:30").await;
        assert_eq!(house.voids().await, [format!("{} calendar_changed", window("2026-03-03", "am"))]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_file_is_told_and_leaves_everything_as_it_is() {
    let house = House::new(Setting::default()).await;
    house.simulated().await;
    for (name, rows, words) in [
        ("text.xlsx", "a letter".to_owned(), "row 2"),
        ("one.csv", "2027-01-01,holiday,元旦,test,\n".to_owned(), "2027 has only 1 holidays"),
        ("bad.csv", "2026-13-01,holiday,元旦,test,520699\n".to_owned(), "row 2"),
        ("kind.csv", "2026-03-04,feast,x,test,520699\n".to_owned(), "row 2"),
    ] {
        let done = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
            .args(["--lang", "en", "--config"])
            .arg(house.path("spotcheck.toml"))
            .args(["import", "calendar"])
            .arg(written(&house, name, &rows))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(!done.status.success() && told.contains(words) && told.contains(name), "{name}: {told}");
    }
    assert!(!house.ctx.config.calendar.folder.exists());
    let done = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
        .args(["--lang", "en", "--config"])
        .arg(house.path("spotcheck.toml"))
        .args(["import", "calendar"])
        .args([house.path("bad.csv"), written(&house, "good.csv", &next_year()), house.path("one.csv")])
        .output()
        .unwrap();
    let (said, told) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(!done.status.success() && told.contains("bad.csv") && told.contains("one.csv"), "{told}");
    assert!(said.contains("good.csv") && house.ctx.config.calendar.folder.join("good.csv").is_file(), "{said}");
}
