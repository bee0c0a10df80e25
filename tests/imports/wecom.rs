//! Layout C: WeCom's overview and punches, with a header of two rows.

use super::office::{Office, line, merged, rejects, workbook};
use spotcheck::model::Language;

/// Groups and what stands below them; a title without group is merged over both rows.
const HEADER: [(&str, &[&str]); 11] = [
    ("时间", &[]),
    ("姓名", &[]),
    ("账号", &[]),
    ("基础信息", &["部门", "职务"]),
    (
        "考勤概况",
        &[
            "所属规则",
            "班次",
            "最早",
            "最晚",
            "打卡次数(次)",
            "标准工作时长(小时)",
            "实际工作时长(小时)",
            "假勤申请",
            "考勤结果",
        ],
    ),
    ("异常统计", &["异常合计(次)", "迟到次数(次)"]),
    (
        "假勤统计",
        &["补卡次数(次)", "外勤次数(次)", "外出(小时)", "出差(天)", "年假(天)", "事假(天)", "病假(天)", "调休假(天)"],
    ),
    ("上班1", &["打卡时间", "打卡状态"]),
    ("下班1", &["打卡时间", "打卡状态"]),
    ("打卡时间记录", &[]),
    ("打卡详情", &[]),
];

/// First and last punch, the two of the shift with their states, all punches.
fn overview(rows: &[[&str; 10]]) -> Vec<u8> {
    workbook(|sheet| {
        merged(sheet, (0, 0), (0, 28), "概况统计与打卡明细");
        merged(sheet, (1, 0), (1, 28), "统计时间：2026-03-02 至 2026-03-03");
        let mut column = 0u16;
        for (group, titles) in HEADER {
            if titles.is_empty() {
                merged(sheet, (2, column), (3, column), group);
                column += 1;
                continue;
            }
            let last = column + u16::try_from(titles.len()).unwrap() - 1;
            merged(sheet, (2, column), (2, last), group);
            for (at, title) in (column..).zip(titles) {
                sheet.write_string(3, at, *title).unwrap();
            }
            column = last + 1;
        }
        for (row, [day, name, first, last, come, came, go, went, all, details]) in (4u32..).zip(rows) {
            let mut cells = vec![
                *day,
                name,
                "u-9",
                "滨河村",
                "队员",
                "驻村",
                "早班",
                first,
                last,
                "2",
                "8",
                "8",
                "--",
                "正常",
                "0",
                "0",
            ];
            cells.extend(["--"; 8]);
            cells.extend([come, came, go, went, all, details]);
            line(sheet, row, &cells);
        }
    })
}

#[tokio::test]
async fn an_overview_with_its_two_header_rows() {
    let office = Office::new().await;
    let bytes = overview(&[
        ["2026/03/02 星期一", "张三", "08:31", "18:02", "08:31", "正常", "18:02", "正常", "08:31、12:05、18:02", "--"],
        ["2026/02/30 星期一", "周九", "08:31", "18:02", "08:31", "正常", "--", "--", "--", "--"],
        [
            "2026/03/02 星期一",
            "李四",
            "08:45",
            "次日01:05",
            "08:45",
            "迟到;地点异常",
            "次日01:05",
            "补卡",
            "08:45;次日01:05",
            "--",
        ],
        ["2026/03/03 星期二", "李四", "--", "--", "--", "缺卡", "--", "缺卡", "--", "--"],
        ["2026/03/03 星期二", "王五", "09:07", "17:33", "--", "--", "--", "--", "--", "--"],
    ]);
    let imported = office.import("punches", bytes).await;
    assert_eq!(imported.layout.as_deref(), Some("wecom-punches/1"));
    assert_eq!((imported.read, imported.new, imported.rejected, imported.silent), (5, 7, 1, 1), "{imported:?}");
    assert_eq!(
        office.records().await,
        [
            "O1 03-02 08:31:00 in phone in range",
            "O1 03-02 12:05:00 none phone",
            "O1 03-02 18:02:00 out phone in range",
            "O2 03-02 08:45:00 in phone out of range",
            "O2 03-03 01:05:00 out correction",
            "O3 03-03 09:07:00 none phone",
            "O3 03-03 17:33:00 none phone",
        ]
    );
    let zh = rejects(&imported, Language::ZhHans);
    assert!(zh.contains("第6行 “时间”栏：“2026/02/30 星期一”不是日期") && zh.contains("没有“周九”"), "{zh}");
    assert!(zh.lines().next().unwrap().contains("考勤概况/打卡次数(次)"), "the joined header goes back: {zh}");
}

#[tokio::test]
async fn columns_may_come_and_go_but_not_twice() {
    let office = Office::new().await;
    let few = "时间,姓名,账号,考勤概况/最早,考勤概况/最晚\n2026-03-02,张三,u-1,08:31,08:31\n";
    assert_eq!(office.import("punches", few).await.new, 1, "one punch is one punch");
    let twice = "时间,姓名,账号,考勤概况/最早,考勤概况/最晚,姓名\n2026-03-02,张三,u-1,08:31,18:31,李四\n";
    let trouble = office.try_import(&super::office::File::new("punches", twice)).await.unwrap_err();
    assert!(trouble.said.en.contains("“姓名” stands there twice"), "{trouble}");
}
