//! Layouts D and E: ZKTime's attendance sheet and the file that a ZKTeco device writes.

use super::office::{File, Office, gbk, line, rejects, workbook};
use spotcheck::model::Language;

const ZKTIME: [&str; 21] = [
    "考勤号码",
    "自定义编号",
    "姓名",
    "日期",
    "对应时段",
    "上班时间",
    "下班时间",
    "签到时间",
    "签退时间",
    "迟到时间",
    "早退时间",
    "是否旷工",
    "加班时间",
    "工作时间",
    "部门",
    "平日",
    "周末",
    "节假日",
    "平日加班",
    "周末加班",
    "节假日加班",
];

#[tokio::test]
async fn an_attendance_sheet_with_serial_dates() {
    let office = Office::new().await;
    let bytes = workbook(|sheet| {
        line(sheet, 0, &ZKTIME);
        // Plain numbers without a date format, as that program writes them: 46083 is 2 March 2026.
        for (row, number, name, day, come, go) in
            [(1, 1001.0, "张三", 46_083.0, 0.354_861_111_111, 0.75), (2, 1002.0, "李四", 46_083.0, 0.8125, 0.0625)]
        {
            sheet.write_number(row, 0, number).unwrap();
            line(sheet, row, &["", "", name]);
            sheet.write_number(row, 3, day).unwrap();
            line(sheet, row, &["", "", "", "", "上午", "08:30", "18:00"]);
            let clock = rust_xlsxwriter::Format::new().set_num_format("hh:mm:ss");
            sheet.write_number_with_format(row, 7, come, &clock).unwrap();
            sheet.write_number_with_format(row, 8, go, &clock).unwrap();
        }
        line(sheet, 3, &["1003", "", "王五", "2026-03-02", "上午", "08:30", "18:00", "25:10", "", "", "", "True"]);
        line(sheet, 4, &["1003", "", "王五", "2026-03-03", "上午", "08:30", "18:00", "", "", "", "", "是"]);
    });
    let imported = office.import("punches", bytes).await;
    assert_eq!(imported.layout.as_deref(), Some("zktime-daily/1"));
    assert_eq!((imported.read, imported.new, imported.rejected, imported.silent), (4, 4, 1, 1), "{imported:?}");
    assert_eq!(
        office.records().await,
        [
            "O1 03-02 08:31:00 in device",
            "O1 03-02 18:00:00 out device",
            "O2 03-02 19:30:00 in device",
            "O2 03-03 01:30:00 out device",
        ],
        "who signs out before signing in did so on the next day"
    );
    let zh = rejects(&imported, Language::ZhHans);
    assert!(zh.contains("第4行 “签到时间”栏：“25:10”不是时间"), "{zh}");
}

#[tokio::test]
async fn the_same_sheet_as_a_csv_in_gbk() {
    let office = Office::new().await;
    let header = ZKTIME.join(",");
    let csv = gbk(&format!("{header}\r\n1001,,张三,2026/3/2,上午,08:30,18:00,08:31,18:02,,,,,,滨河村,,,,,,\r\n"));
    let imported = office.import("punches", csv).await;
    assert_eq!((imported.layout.as_deref(), imported.new), (Some("zktime-daily/1"), 2), "{imported:?}");
}

fn attlog(states: [u8; 4]) -> String {
    let [a, b, c, d] = states;
    format!(
        "     1001\t2026-03-02 08:59:01\t1\t{a}\t1\t0\r\n     1002\t2026-03-02 09:00:59\t1\t{b}\t15\t0\r\n\
         9999\t2026-03-02 0x:59:01\t1\t0\t1\t0\r\n     1001\t2026-03-02 18:01:30\t1\t{c}\t1\t0\r\n     1002\t2026-03-03 01:05:00\t1\t{d}\t1\t0\r\n"
    )
}

#[tokio::test]
async fn a_devices_file_has_no_header_and_one_bad_line() {
    let office = Office::new().await;
    let imported = office.import("punches", attlog([0, 0, 1, 5])).await;
    assert_eq!(imported.layout.as_deref(), Some("zkteco-attlog/1"));
    assert_eq!((imported.read, imported.new, imported.rejected), (5, 4, 1), "{imported:?}");
    assert_eq!(
        office.records().await,
        [
            "O1 03-02 08:59:01 in device at 1",
            "O1 03-02 18:01:30 out device at 1",
            "O2 03-02 09:00:59 in device at 1",
            "O2 03-03 01:05:00 out device at 1",
        ]
    );
    let en = rejects(&imported, Language::En);
    assert!(en.contains("row 3, field PIN: nobody in the register has the id or device number “9999”"), "{en}");
    assert!(en.contains("; field time: “2026-03-02 0x:59:01” is not a time"), "{en}");
    let corrected = en.replace("9999", "1003").replace("0x:59", "07:59");
    let again = office.import("punches", corrected).await;
    assert_eq!((again.read, again.new, again.rejected), (1, 1, 0), "{again:?}");
}

#[tokio::test]
async fn a_device_that_marks_everything_alike_tells_no_directions() {
    let office = Office::new().await;
    office.import("punches", attlog([0; 4])).await;
    assert!(office.records().await.iter().all(|record| record.contains(" none device")));
}

#[tokio::test]
async fn a_devices_file_that_is_no_attendance_is_not_taken_for_one() {
    let office = Office::new().await;
    let trouble = office.try_import(&File::new("punches", "1\t2026\tx\n2\t2026\ty\n")).await.unwrap_err();
    assert!(trouble.said.en.contains("no header of attendance"), "{trouble}");
}
