//! Layout H: sheets that offices make themselves.

use super::office::{Office, gbk, line, rejects, workbook};
use spotcheck::model::Language;

#[tokio::test]
async fn a_sheet_of_leave_with_a_title_and_a_footer() {
    let office = Office::new().await;
    let bytes = workbook(|sheet| {
        super::office::merged(sheet, (0, 0), (0, 7), "2026年3月请假登记表");
        line(sheet, 1, &["申请人", "申请部门", "请假类型", "开始日期", "结束日期", "请假天数", "小时", "请假事由"]);
        line(sheet, 2, &["张三", "滨河村", "年休假", "2026.3.2", "2026年3月4日", "3", "", "探亲"]);
        line(sheet, 3, &["王武", "滨河村", "事假", "3月2日", "2026-03-03", "1", "", ""]);
        line(sheet, 4, &["李四", "滨河村", "病假", "2026-03-05 下午", "2026-03-05", "0.5", "4", "感冒"]);
        line(sheet, 5, &["王五", "滨河村", "外出开会", "2026/3/6", "2026/3/6", "1", "", ""]);
        line(sheet, 6, &["合计", "", "", "", "", "5.5"]);
    });
    let imported = office.import("leave", bytes).await;
    assert_eq!(imported.layout.as_deref(), Some("sheet-leave/1"));
    assert_eq!((imported.read, imported.new, imported.rejected, imported.silent), (5, 3, 1, 1), "{imported:?}");
    assert_eq!(
        office.records().await,
        [
            "O1 leave 03-02 00:00:00 to 03-04 23:59:59 - 年休假",
            "O2 leave 03-05 12:00:00 to 03-05 23:59:59 - 病假 sick",
            "O3 errand 03-06 00:00:00 to 03-06 23:59:59 - 外出开会",
        ]
    );
    let zh = rejects(&imported, Language::ZhHans);
    assert!(zh.contains("第4行 “申请人”栏：登记册中没有“王武”"), "{zh}");
    assert!(zh.contains("；“开始日期”栏：“3月2日”不是时间"), "{zh}");
}

#[tokio::test]
async fn trips_of_several_people_with_their_span_in_one_cell() {
    let office = Office::new().await;
    let csv = gbk("出差起止日期,目的地,出差事由,出差人员\r\n2026-03-02至2026-03-04,市里,送材料,张三 李四\r\n\
         2026-03-05至2026-03-03,市里,开会,李四\r\n2026.3.9-3.10,省里,培训,\"王 五，赵六\"\r\n");
    let imported = office.import("trips", csv).await;
    assert_eq!(imported.layout.as_deref(), Some("sheet-trip/1"));
    assert_eq!((imported.read, imported.new, imported.rejected), (3, 3, 2), "{imported:?}");
    assert_eq!(
        office.records().await,
        [
            "O1 trip 03-02 00:00:00 to 03-04 23:59:59 - 送材料",
            "O2 trip 03-02 00:00:00 to 03-04 23:59:59 - 送材料",
            "O3 trip 03-09 00:00:00 to 03-10 23:59:59 - 培训",
        ],
        "who is known is taken although another of the row is not"
    );
    let zh = rejects(&imported, Language::ZhHans);
    assert!(zh.contains("“出差起止日期”栏：“2026-03-05至2026-03-03”不是起止日期"), "{zh}");
    assert!(zh.contains("登记册中有2人名叫“赵六”"), "{zh}");
}

/// As a spreadsheet of LibreOffice has it: dates by value, blanks repeated.
fn ods(rows: &[&[&str]]) -> Vec<u8> {
    use std::io::Write;
    let cell = |text: &&str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row =
        |cells: &&[&str]| format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>());
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content><office:body><office:spreadsheet><table:table table:name=\"s\">{}\
         <table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>\
         </table:table></office:spreadsheet></office:body></office:document-content>",
        rows.iter().map(row).collect::<String>()
    );
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in
        [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_str())]
    {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn forgotten_punches_are_corrections_and_no_leave() {
    let office = Office::new().await;
    let bytes = ods(&[
        &["忘打卡日期", "忘打卡人员", "未打卡时间", "事由"],
        &["2026年3月2日", "张三", "08:30", "手机没电"],
        &["2026年3月2日", "", "晚些", "走访"],
        &["26-03-03 星期二", "李四、王五", "下午6:00", "走访"],
    ]);
    let imported = office.import("punches", bytes).await;
    assert_eq!(imported.layout.as_deref(), Some("sheet-correction/1"));
    assert_eq!((imported.read, imported.new, imported.rejected), (3, 3, 1), "{imported:?}");
    assert_eq!(
        office.records().await,
        ["O1 03-02 08:30:00 none correction", "O2 03-03 18:00:00 none correction", "O3 03-03 18:00:00 none correction"]
    );
    let zh = rejects(&imported, Language::ZhHans);
    assert!(zh.contains("第3行 “忘打卡人员”栏：此格为空") && zh.contains("；“未打卡时间”栏：“晚些”不是时间"), "{zh}");
}
