//! The record of one official or team over a period: golden in both languages, and no villager in it.

use super::house::on_both;
use super::world::{GRANNY, GRANNY_PHONE, spring};
use calamine::{Reader, Xlsx};
use spotcheck::model::{Language, Subject};
use spotcheck::store::FindingFilter;
use spotcheck::work::findings_told;
use spotcheck::work::person::{record, record_xlsx};
use std::io::Cursor;
use std::path::Path;

/// Compares with the file of this name, or writes it where `UPDATE_GOLDEN` is set.
fn golden(name: &str, content: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/records").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; run with UPDATE_GOLDEN=1 to write it", path.display()));
    assert!(expected == content, "{} differs; now it is:\n{content}", path.display());
}

fn cells(bytes: Vec<u8>) -> String {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let row = |row: &[calamine::Data]| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
    sheet.rows().map(|cells| row(cells) + "\n").collect()
}

const SUBJECTS: [(&str, &str, &str); 4] = [
    ("official", "O11", "lead"),
    ("official", "O12", "member"),
    ("team", "T1", "team"),
    ("team", "T2", "lone-villager"),
];

#[tokio::test]
async fn every_record_is_as_it_was_agreed() {
    on_both("zh-Hans", "", |house| async move {
        spring(&house).await;
        for (kind, id, name) in SUBJECTS {
            let subject = Subject::parse(kind, id).unwrap();
            let (from, to) = ("2026-03-01".parse().unwrap(), "2026-04-30".parse().unwrap());
            let told = record(&house.ctx, &subject, from, to).await.unwrap();
            golden(&format!("{name}.en.txt"), &(told.text(Language::En) + "\n"));
            golden(&format!("{name}.zh-Hans.txt"), &(told.text(Language::ZhHans) + "\n"));
            golden(&format!("{name}.json"), &(serde_json::to_string_pretty(&told.json()).unwrap() + "\n"));
            golden(&format!("{name}.sheet.txt"), &cells(record_xlsx(&told).unwrap()));
        }
    })
    .await;
}

#[tokio::test]
async fn a_period_holds_its_own_days_and_no_others() {
    on_both("en", "", |house| async move {
        spring(&house).await;
        let subject = Subject::parse("official", "O12").unwrap();
        let checks = async |from: &str, to: &str| {
            let told = record(&house.ctx, &subject, from.parse().unwrap(), to.parse().unwrap()).await.unwrap();
            told.checks.iter().map(|check| check.day.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(checks("2026-03-03", "2026-03-10").await, ["2026-03-03", "2026-03-10"]);
        assert_eq!(checks("2026-03-04", "2026-03-09").await, Vec::<String>::new());
        assert_eq!(checks("2026-04-01", "2026-04-01").await, ["2026-04-01"]);
        let backwards = record(&house.ctx, &subject, "2026-03-02".parse().unwrap(), "2026-03-01".parse().unwrap());
        assert!(backwards.await.unwrap_err().trouble().to_string().contains("before the first"));
        let nobody = Subject::parse("official", "O99").unwrap();
        let day = "2026-03-02".parse().unwrap();
        assert!(record(&house.ctx, &nobody, day, day).await.unwrap_err().trouble().to_string().contains("register"));
    })
    .await;
}

#[tokio::test]
async fn no_villager_is_in_anything_that_goes_out() {
    on_both("zh-Hans", "", |house| async move {
        spring(&house).await;
        let (from, to) = ("2026-01-01".parse().unwrap(), "2026-12-31".parse().unwrap());
        let mut out = Vec::new();
        for (kind, id, _) in SUBJECTS {
            let told = record(&house.ctx, &Subject::parse(kind, id).unwrap(), from, to).await.unwrap();
            out.extend([told.text(Language::En), told.text(Language::ZhHans), told.json().to_string()]);
            out.push(cells(record_xlsx(&told).unwrap()));
        }
        let entries = findings_told::list(&house.ctx, &FindingFilter::default(), false).await.unwrap();
        assert!(entries.iter().any(|e| e.finding.text.contains(GRANNY)), "the office itself reads what was written");
        out.push(cells(findings_told::ledger_xlsx(&entries).unwrap()));
        for text in out {
            for secret in [GRANNY, GRANNY_PHONE, "900130001", "孙大爷", "钱三", "一个月没来", "villager"] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
        // Only one person of the second village could have said it: there is not even an inquiry.
        let t2 = record(&house.ctx, &Subject::parse("team", "T2").unwrap(), from, to).await.unwrap();
        let t1 = record(&house.ctx, &Subject::parse("team", "T1").unwrap(), from, to).await.unwrap();
        let inquiries =
            |r: &spotcheck::letter::PersonRecord| r.figures().iter().find(|f| f.0 == "inquiries").unwrap().2;
        assert_eq!((inquiries(&t1), inquiries(&t2)), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn the_sheet_asks_to_verify_what_was_rectified_where_somebody_goes() {
    on_both("en", "", |house| async move {
        spring(&house).await;
        house.at("2026-04-01 08:10");
        assert_eq!(spotcheck::work::sheet::sheet_due(&house.ctx).await.unwrap(), 1);
        let mut tx = house.ctx.store.read().await.unwrap();
        let letters = tx.letters(None, 1).await.unwrap();
        let bytes = tx.blob(&letters[0].bytes.parse().unwrap()).await.unwrap().unwrap();
        let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        let text = mail.body_text(0).unwrap().replace(['\r', '\n'], " ");
        let section = text.split("To verify at these places").nth(1).unwrap();
        assert!(section.contains("Binhe team") && section.contains("灭火器过期"), "{section}");
        assert!(
            !section.contains("未带工作证") && !section.contains(GRANNY_PHONE),
            "only what is rectified: {section}"
        );
    })
    .await;
}
