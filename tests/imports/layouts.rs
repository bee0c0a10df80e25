//! How a layout is recognised, and what is said where it is not.

use super::office::{CONFIG, File, Office, time};

const OWN: &str = "name = \"hospital\"\nversion = 1\nen = \"Hospital\"\nzh = \"医院\"\nmakes = \"attendance\"\nbrings = \"punch\"\n\
    required = [\"名字\", \"刷卡\"]\n[[record]]\ncolumns = { name = \"名字\", time = \"刷卡\" }\n";

fn own_folder() -> String {
    format!("[imports]\nmappings = \"own\"\n{CONFIG}")
}

#[tokio::test]
async fn the_houses_own_template_is_a_layout_like_others() {
    let office = Office::new().await;
    let imported = office.import("punches", "official,time,direction\nO1,2026-03-02 08:31,in\n").await;
    assert_eq!((imported.layout.as_deref(), imported.new), (Some("attendance"), 1));
    // Titles of the template in another system's file: who knows more of it wins.
    let raw = "姓名,工号,考勤日期,打卡时间,打卡结果,打卡地址\n李四,1002,2026-03-02,08:40,正常,滨河村\n";
    assert_eq!(office.import("punches", raw).await.layout.as_deref(), Some("dingtalk-punches/1"));
}

#[tokio::test]
async fn utf16_and_a_byte_order_mark_are_understood() {
    let office = Office::new().await;
    let text = "申请人,请假类型,开始日期,结束日期\n张三,年假,2026-03-02,2026-03-03\n";
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(office.import("leave", utf16).await.new, 1);
    assert_eq!(
        office
            .import("leave", format!("\u{feff}{}", text.replace("03-02", "03-09").replace("03-03", "03-09")))
            .await
            .new,
        1
    );
}

#[tokio::test]
async fn a_file_that_fits_two_layouts_alike_is_asked_about() {
    let twin = OWN.replace("\"hospital\"", "\"clinic\"").replace("Hospital", "Clinic").replace("医院", "诊所");
    let office = Office::with(&own_folder(), &[("own/a.toml", OWN), ("own/b.toml", &twin)]).await;
    let file = |map| File { map, ..File::new("punches", "名字,刷卡\n张三,2026-03-02 08:31\n") };
    let trouble = office.try_import(&file(None)).await.unwrap_err();
    for words in ["clinic (Clinic)", "hospital (Hospital)", "--map NAME"] {
        assert!(trouble.said.en.contains(words), "{trouble}");
    }
    assert!(
        trouble.said.zh.contains("clinic（诊所）；hospital（医院）") && trouble.said.zh.contains("--map"),
        "{trouble:?}"
    );
    assert!(office.records().await.is_empty());
    let imported = office.try_import(&file(Some("hospital"))).await.unwrap();
    assert_eq!((imported.layout.as_deref(), imported.new), (Some("hospital/1"), 1));
    let trouble = office.try_import(&file(Some("hostel"))).await.unwrap_err();
    assert!(trouble.said.en.contains("no layout “hostel”") && trouble.said.en.contains("mappings list"), "{trouble}");
}

#[tokio::test]
async fn where_nothing_fits_the_nearest_are_named_with_what_is_missing() {
    let office = Office::new().await;
    let file = "审批编号,审批状态,发起时间,发起人姓名,请假类型,开始时间\n1,完成,2026-03-01,张三,年假,2026-03-02\n";
    let trouble = office.try_import(&File::new("leave", file)).await.unwrap_err();
    assert_eq!(trouble.row, Some(1));
    assert!(trouble.said.en.contains("dingtalk-leave (DingTalk: approvals, leave; missing: 结束时间"), "{trouble}");
    // A file of another kind is called by its name.
    let punches = "姓名,考勤日期,打卡时间,打卡结果\n李四,2026-03-02,08:40,正常\n";
    let trouble = office.try_import(&File::new("leave", punches)).await.unwrap_err();
    assert!(
        trouble.said.en.contains("looks like dingtalk-punches") && trouble.said.en.contains("import it as attendance"),
        "{trouble}"
    );
    // A person's word is not enough where columns are missing.
    let trouble = office.try_import(&File { map: Some("sheet-leave"), ..File::new("leave", file) }).await.unwrap_err();
    assert!(trouble.said.en.contains("missing: 申请人|请假人"), "{trouble}");
}

#[tokio::test]
async fn an_own_mapping_replaces_the_shipped_one_and_reads_again_what_that_one_read() {
    let sheet = "申请人,请假类型,开始日期,结束日期,驻点\n张三,年假,2026-03-02,2026-03-03,滨河村\n";
    let own = OWN
        .replace("hospital", "sheet-leave")
        .replace("version = 1", "version = 7")
        .replace("\"attendance\"", "\"leave\"")
        .replace("\"punch\"", "\"leave\"")
        .replace("[\"名字\", \"刷卡\"]", "[\"申请人\", \"驻点\"]")
        .replace(
            "{ name = \"名字\", time = \"刷卡\" }",
            "{ name = \"申请人\", from = \"开始日期\", to = \"结束日期\", label = \"驻点\" }",
        );
    let mut office = Office::new().await;
    assert_eq!(office.import("leave", sheet).await.layout.as_deref(), Some("sheet-leave/1"));
    assert!(office.import("leave", sheet).await.seen_before);
    let folder = office.folder.path().join("own");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("leave.toml"), own).unwrap();
    office.ctx.config.imports.mappings = Some(folder.clone());
    office.ctx.clock.set(time("2026-04-01 10:05"));
    let again = office.import("leave", sheet).await;
    assert_eq!((again.layout.as_deref(), again.new), (Some("sheet-leave/7"), 1), "{again:?}");
    assert!(office.import("leave", sheet).await.seen_before);
    std::fs::write(folder.join("broken.toml"), "name = 3").unwrap();
    let trouble = office.try_import(&File::new("leave", "a,b\n")).await.unwrap_err();
    assert!(trouble.file.unwrap().ends_with("broken.toml"));
}

#[tokio::test]
async fn a_rota_of_the_houses_template_is_read_too() {
    let office = Office::new().await;
    let rota = "official,from,to\nO1,2026-03-02 08:00,2026-03-02 18:00\nO2,2026-03-02 18:00,2026-03-02 08:00\n";
    let imported = office.import("rota", rota).await;
    assert_eq!((imported.new, imported.rejected), (1, 1));
    assert_eq!(office.records().await, ["O1 rota 03-02 08:00:00 to 03-02 18:00:00"]);
}
