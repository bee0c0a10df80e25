//! Headers, templates and reject files.

use super::shown;
use spotcheck::model::{Language, Trouble};
use spotcheck::table::reject::{reject_csv, reject_xlsx};
use spotcheck::table::{Reject, Row, TemplateKind, read_table, write};
use std::ops::ControlFlow;

fn table(kind: TemplateKind, bytes: &[u8]) -> Result<(u64, u64, Vec<String>), Trouble> {
    let mut count = 0;
    let (columns, warnings) = read_table(kind, "f", &mut &*bytes, &mut |_, _| {
        count += 1;
        ControlFlow::Continue(())
    })?;
    Ok((columns.row, count, warnings.into_iter().map(|warning| warning.said.en).collect()))
}

#[test]
fn every_template_reads_back_in_every_form() {
    for kind in TemplateKind::ALL {
        let columns = kind.template().columns;
        assert_eq!(kind.code().parse(), Ok(kind));
        let sample =
            vec!["the template's sample row was left out".to_owned(), "there is no row below the header".to_owned()];
        assert_eq!(table(kind, &write::template_xlsx(kind).unwrap()).unwrap(), (1, 0, sample.clone()), "{kind:?}");
        assert_eq!(table(kind, &write::template_csv(kind).unwrap()).unwrap(), (1, 0, sample), "{kind:?}");
        let halves: [Vec<String>; 3] = [
            columns.iter().map(|column| column.key.to_uppercase().replace('_', " ")).collect(),
            columns.iter().map(|column| format!(" {} ", column.zh)).collect(),
            columns.iter().map(|column| format!("{}／{}", column.zh, column.key.replace('_', "-"))).collect(),
        ];
        for header in halves {
            let row = columns.iter().map(|column| format!("x{}", column.sample)).collect();
            let bytes = write::csv(&header, [row]).unwrap();
            assert_eq!(table(kind, &bytes).unwrap(), (1, 1, vec![]), "{kind:?} {header:?}");
        }
    }
}

#[test]
fn a_header_may_stand_below_a_title_and_columns_may_be_unknown() {
    let text = "2026年3月驻村工作队名单,,,\n制表:张三,,,\n\n编号,村,名称,备注二\nT1,V1,滨河村工作队,x\n";
    let (row, count, warnings) = table(TemplateKind::Teams, text.as_bytes()).unwrap();
    assert_eq!((row, count), (4, 1));
    assert_eq!(warnings, ["these columns are not known and were left out: 备注二"]);
}

#[test]
fn a_missing_column_is_named_with_what_was_found() {
    let trouble = table(TemplateKind::Teams, "编号,名称,备注\n1,2,3\n".as_bytes()).unwrap_err();
    assert_eq!(trouble.row, Some(1));
    assert!(trouble.said.en.contains("village / 村") && trouble.said.en.contains("备注"), "{trouble}");
    let other = table(TemplateKind::Inspectors, "id,village,role,name,phone,do not call\n1,V1,cadre,x,,\n".as_bytes())
        .unwrap_err();
    assert!(other.said.en.contains("looks like a file of contacts"), "{other}");
    let none = table(TemplateKind::Rota, b"a,b\n1,2\n").unwrap_err();
    assert!(none.said.en.contains("official / 人员"), "{none}");
    let twice = table(TemplateKind::Teams, "id,编号,village,name\n1,1,2,3\n".as_bytes()).unwrap_err();
    assert!(twice.said.en.contains("twice"), "{twice}");
}

#[test]
fn a_reject_file_goes_back_as_it_came_and_comes_again() {
    let row = Row { number: 7, cells: vec!["=1".into(), "V1".into(), "x".into(), "more".into()], damage: None };
    let trouble = Trouble::new(spotcheck::said!("wrong", "有误")).in_field("id");
    let rejects = [Reject::new(&row, trouble, "teams.csv")];
    let header = ["id".to_owned(), "village".to_owned(), "name".to_owned()];
    let csv = reject_csv(TemplateKind::Teams, &header, &rejects, Language::En).unwrap();
    assert_eq!(shown(&csv), ["1: id|village|name||reason / 原因", "2: '=1|V1|x|more|row 7, field id: wrong"]);
    assert_eq!(table(TemplateKind::Teams, &csv).unwrap().1, 1);
    let xlsx = reject_xlsx(TemplateKind::Teams, &header, &rejects, Language::ZhHans).unwrap();
    assert_eq!(shown(&xlsx)[1], "2: =1|V1|x|more|第7行 “id”栏：有误");
    let again =
        reject_csv(TemplateKind::Teams, &["id".into(), write::REASON_HEADER.into()], &rejects, Language::En).unwrap();
    assert_eq!(shown(&again)[0], "1: id|||reason / 原因");
}

#[test]
fn a_reject_file_keeps_the_reasons_that_its_rows_give() {
    let row = Row { number: 3, cells: vec!["T1".into(), "洪水断路".into(), "2026-03-01".into()], damage: None };
    let trouble = Trouble::new(spotcheck::said!("no end", "没有截止日期")).in_field("to");
    for words in ["reason / 原因", "原因"] {
        let header = ["地点".to_owned(), words.to_owned(), "起".to_owned()];
        let csv = reject_csv(
            TemplateKind::Exclusions,
            &header,
            &[Reject::new(&row, trouble.clone(), "exclusions.csv")],
            Language::ZhHans,
        )
        .unwrap();
        assert!(shown(&csv)[1].starts_with("2: T1|洪水断路|2026-03-01|"), "{words}");
        let (_, count, warnings) = table(TemplateKind::Exclusions, &csv).unwrap();
        assert_eq!((count, warnings.len()), (1, 0), "{words}: {warnings:?}");
    }
}

#[test]
fn an_xlsx_template_has_drop_downs_and_text_columns() {
    let bytes = write::template_xlsx(TemplateKind::Officials).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut part = |name: &str| std::io::read_to_string(zip.by_name(name).unwrap()).unwrap();
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(
        sheet.contains("<formula1>\"lead / 队长,member / 队员\"</formula1>") && sheet.contains("sqref=\"E2:E"),
        "{sheet}"
    );
    // A phone or an id typed into a column of text stays as it is.
    assert!(sheet.contains("<cols>") && part("xl/styles.xml").contains("formatCode=\"@\""));
}
