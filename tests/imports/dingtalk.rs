//! Layouts A, B and G: DingTalk's daily statistics, raw punches and approvals.

use super::office::{File, Office, gbk, line, merged, rejects, workbook};
use rust_xlsxwriter::{ExcelDateTime, Format};
use spotcheck::model::Language;

const DAILY: [&str; 33] = [
    "姓名",
    "考勤组",
    "部门",
    "工号",
    "职位",
    "UserId",
    "日期",
    "班次",
    "上班1打卡时间",
    "上班1打卡结果",
    "下班1打卡时间",
    "下班1打卡结果",
    "上班2打卡时间",
    "上班2打卡结果",
    "下班2打卡时间",
    "下班2打卡结果",
    "上班3打卡时间",
    "上班3打卡结果",
    "下班3打卡时间",
    "下班3打卡结果",
    "关联的审批单",
    "出勤天数",
    "休息天数",
    "工作时长",
    "迟到次数",
    "迟到时长",
    "严重迟到次数",
    "严重迟到时长",
    "旷工迟到次数",
    "早退次数",
    "早退时长",
    "上班缺卡次数",
    "下班缺卡次数",
];

/// Titles in rows 1 and 2, the header in rows 3 and 4: most titles over both, the days of leave below a common one.
fn daily() -> Vec<u8> {
    workbook(|sheet| {
        merged(sheet, (0, 0), (0, 35), "每日统计表 统计日期：2026-03-02 至 2026-03-03");
        merged(sheet, (1, 0), (1, 35), "报表生成时间：2026-03-04 08:00");
        for (column, title) in (0u16..).zip(DAILY) {
            merged(sheet, (2, column), (3, column), title);
        }
        merged(sheet, (2, 33), (2, 35), "请假");
        for (column, title) in (33u16..).zip(["事假(天)", "调休(天)", "病假(天)"]) {
            sheet.write_string(3, column, title).unwrap();
        }
        let person = |name, number, day| [name, "驻村组", "滨河村", number, "队员", "u-1", day, "早班"];
        let row = |who: [&'static str; 8], rest: &[&'static str]| [&who[..], rest].concat();
        line(sheet, 4, &row(person("张三", "1001", "26-03-02 星期一"), &["08:31", "正常", "次日01:05", "正常"]));
        line(sheet, 5, &row(person("钱七", "", "26-03-02 星期二"), &["08:40", "正常", "18:00", "正常"]));
        let four = [
            "--",
            "缺卡",
            "12:02",
            "早退",
            "13:58",
            "补卡审批通过",
            "18:01",
            "外勤",
            "",
            "",
            "凌晨00:40",
            "管理员刘芳改为正常",
        ];
        line(sheet, 6, &row(person("李四", "", "26-03-02 星期一"), &four));
        line(sheet, 7, &row(person("王五", "", ""), &["", "休息", "-", "休息"]));
        let day = Format::new().set_num_format("yyyy/m/d");
        let clock = Format::new().set_num_format("h:mm");
        sheet.write_datetime_with_format(7, 6, ExcelDateTime::from_ymd(2026, 3, 3).unwrap(), &day).unwrap();
        line(sheet, 8, &row(person("王五", "1003", ""), &[]));
        sheet.write_datetime_with_format(8, 6, ExcelDateTime::from_ymd(2026, 3, 3).unwrap(), &day).unwrap();
        sheet.write_datetime_with_format(8, 8, ExcelDateTime::from_hms(8, 30, 0).unwrap(), &clock).unwrap();
        line(sheet, 9, &["合计"]);
    })
}

#[tokio::test]
async fn daily_statistics_are_punches_with_their_results() {
    let office = Office::new().await;
    let imported = office.import("punches", daily()).await;
    assert_eq!(imported.layout.as_deref(), Some("dingtalk-daily/1"));
    assert_eq!((imported.read, imported.new, imported.rejected, imported.silent), (6, 7, 1, 2), "{imported:?}");
    assert_eq!(
        office.records().await,
        [
            "O1 03-02 08:31:00 in phone in range",
            "O1 03-03 01:05:00 out phone in range",
            "O2 03-02 12:02:00 out phone in range",
            "O2 03-02 13:58:00 in correction",
            "O2 03-02 18:01:00 out phone out of range",
            "O2 03-03 00:40:00 out edited",
            "O3 03-03 08:30:00 in phone",
        ]
    );
}

#[tokio::test]
async fn a_row_goes_back_with_all_that_is_wrong_with_it() {
    let office = Office::new().await;
    let imported = office.import("punches", daily()).await;
    let (en, zh) = (rejects(&imported, Language::En), rejects(&imported, Language::ZhHans));
    let header = "姓名,考勤组,部门,工号,职位,UserId,日期,班次,上班1打卡时间";
    for text in [&en, &zh] {
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let titles = lines.next().unwrap();
        assert!(titles.starts_with(header) && titles.ends_with("请假/病假(天),reason / 原因"), "{titles}");
        assert_eq!(lines.count(), 1, "{text}");
    }
    assert!(zh.contains("第6行 “日期”栏：“26-03-02 星期二”不是日期"), "{zh}");
    assert!(zh.contains("；“姓名”栏：登记册中没有“钱七”"), "{zh}");
    assert!(en.contains("row 6, field 日期: “26-03-02 星期二” is not a date"), "{en}");
    assert!(en.contains("; field 姓名: nobody in the register is named “钱七”"), "{en}");
    // Corrected, the reject file itself is imported.
    let corrected = zh.replace("钱七", "李四").replace("星期二", "星期一");
    let again = office.import("punches", corrected).await;
    assert_eq!((again.read, again.new, again.rejected), (1, 2, 0), "{again:?}");
}

#[tokio::test]
async fn raw_punches_in_gbk_with_place_device_and_edits() {
    let office = Office::new().await;
    let csv = gbk(
        "姓名,考勤组,部门,工号,职位,UserId,考勤日期,考勤时间,打卡时间,打卡结果,打卡地址,打卡备注,异常打卡原因,打卡图片1,打卡图片2,打卡设备,管理员修改备注,管理员修改备注图片1,管理员修改备注图片2,管理员修改备注图片3\r\n\
         张三,驻村组,滨河村,,队长,u-1,26-03-02 星期一,09:00,26-03-02 08:31,正常,青山镇滨河村,,,,,,,,,\r\n\
         李四,驻村组,滨河村,,队员,u-2,2026/3/2,2026-03-02 09:00,2026-03-02 09:12,迟到,,,,,,滨河村考勤机,,,,\r\n\
         张三,驻村组,滨河村,1002,队长,u-1,26-03-02 星期一,18:00,18:61,正常,,,,,,,,,,\r\n\
         张三,驻村组,滨河村,,队长,u-1,26-03-02 星期一,18:00,26-03-03 01:05,外勤,县城,,,,,,,,,\r\n\
         李四,驻村组,滨河村,,队员,u-2,2026年3月2日,18:00,18:00,正常,,,,,,,代为确认,,,\r\n\
         李四,驻村组,滨河村,,队员,u-2,2026年3月3日,09:00,,缺卡,,,,,,,,,,\r\n",
    );
    let imported = office.import("punches", csv).await;
    assert_eq!(imported.layout.as_deref(), Some("dingtalk-punches/1"));
    assert_eq!((imported.read, imported.new, imported.rejected, imported.silent), (6, 4, 1, 1), "{imported:?}");
    assert_eq!(
        office.records().await,
        [
            "O1 03-02 08:31:00 none phone in range",
            "O1 03-03 01:05:00 none phone out of range",
            "O2 03-02 09:12:00 none device in range at 滨河村考勤机",
            "O2 03-02 18:00:00 none edited in range",
        ]
    );
    let zh = rejects(&imported, Language::ZhHans);
    assert!(zh.contains("第4行 “姓名”栏：登记册中编号“1002”是另一人，不是“张三”"), "{zh}");
    assert!(zh.contains("；“打卡时间”栏：“18:61”不是时间"), "{zh}");
}

#[tokio::test]
async fn approvals_tell_when_they_were_filed_and_how_they_ended() {
    let office = Office::new().await;
    let trips = |second: &[&'static str]| {
        let second = second.to_vec();
        workbook(move |sheet| {
            let header = [
                "审批编号",
                "标题",
                "审批状态",
                "审批结果",
                "发起时间",
                "完成时间",
                "发起人工号",
                "发起人姓名",
                "发起人部门",
                "出差事由",
                "交通工具",
                "单程往返",
                "开始时间",
                "结束时间",
            ];
            line(sheet, 0, &header);
            line(sheet, 1, &[&["202603010001", "张三提交的出差"], &second[..]].concat());
            line(
                sheet,
                2,
                &[
                    "202603010002",
                    "出差",
                    "完成",
                    "同意",
                    "soon",
                    "",
                    "",
                    "孙八",
                    "滨河村",
                    "送材料",
                    "汽车",
                    "往返",
                    "2026-03-05",
                    "2026-03-04",
                ],
            );
            line(
                sheet,
                3,
                &[
                    "202603010003",
                    "出差",
                    "审批中",
                    "",
                    "2026-03-01 10:00",
                    "",
                    "",
                    "王五",
                    "滨河村",
                    "学习",
                    "火车",
                    "往返",
                    "2026-03-10 上午",
                    "2026-03-11 上午",
                ],
            );
        })
    };
    let tail = ["汽车", "往返", "2026-03-02 08:00", "2026-03-03 18:00"];
    let approved =
        [&["完成", "同意", "2026-03-01 09:10:05", "2026-03-01 11:00", "1001", "张三", "滨河村", "送材料"][..], &tail]
            .concat();
    let imported = office.import("trips", trips(&approved)).await;
    assert_eq!(imported.layout.as_deref(), Some("dingtalk-trip/1"));
    assert_eq!((imported.read, imported.new, imported.rejected), (3, 2, 1), "{imported:?}");
    let first =
        "O1 trip 03-02 08:00:00 to 03-03 18:00:00 approved 送材料 filed 03-01 09:10:05 machine approved 03-01 11:00:00";
    let pending = "O3 trip 03-10 00:00:00 to 03-11 12:00:00 pending 学习 filed 03-01 10:00:00 machine";
    assert_eq!(office.records().await, [first, pending]);
    let zh = rejects(&imported, Language::ZhHans);
    for reason in ["没有“孙八”", "“结束时间”栏：结束时间早于开始时间", "“发起时间”栏：“soon”不是时间"]
    {
        assert!(zh.contains(reason), "{reason}: {zh}");
    }
    // Withdrawn later: a new version of the same record, and the old one stays.
    let withdrawn =
        [&["已撤销", "", "2026-03-01 09:10:05", "2026-03-02 07:00", "1001", "张三", "滨河村", "送材料"][..], &tail]
            .concat();
    let again = office.import("trips", trips(&withdrawn)).await;
    assert_eq!((again.new, again.known, again.rejected), (1, 1, 1), "{again:?}");
    let second = "O1 trip 03-02 08:00:00 to 03-03 18:00:00 cancelled 送材料 filed 03-01 09:10:05 machine cancelled 03-02 07:00:00";
    assert_eq!(office.records().await, [first, second, pending]);
}

#[tokio::test]
async fn leave_and_errands_of_the_same_system_are_told_apart() {
    let office = Office::new().await;
    let common = "审批编号,标题,审批状态,审批结果,发起时间,完成时间,发起人工号,发起人姓名,发起人部门";
    let who = "完成,同意,2026-03-01 09:10,2026-03-01 11:00,,张三,滨河村";
    let leave = format!(
        "{common},请假类型,开始时间,结束时间,时长\n1,a,{who},病假,2026-03-02 下午,2026-03-03,1.5\n2,b,{who},培训,2026-03-04,2026-03-04,1\n"
    );
    let out =
        format!("{common},外出事由,开始时间,结束时间,时长\n3,c,{who},送材料,2026-03-05 09:00,2026-03-05 11:30,2.5\n");
    let leave = office.import("leave", leave).await;
    let out = office.try_import(&File { map: None, ..File::new("leave", out) }).await.unwrap();
    assert_eq!(
        (leave.layout.as_deref(), out.layout.as_deref()),
        (Some("dingtalk-leave/1"), Some("dingtalk-out/1")),
        "{leave:?} {out:?}"
    );
    let filed = "filed 03-01 09:10:00 machine approved 03-01 11:00:00";
    assert_eq!(
        office.records().await,
        [
            format!("O1 errand 03-05 09:00:00 to 03-05 11:30:00 approved 送材料 {filed}"),
            format!("O1 leave 03-02 12:00:00 to 03-03 23:59:59 approved 病假 sick {filed}"),
            format!("O1 training 03-04 00:00:00 to 03-04 23:59:59 approved 培训 {filed}"),
        ]
    );
}
