//! What people type into a case: it cannot look like a step, and tells nobody who said something.

use super::due_process::{VILLAGER, flagged, page, step};
use super::house::{House, Setting};
use spotcheck::evidence::flag::Step;
use spotcheck::model::{FlagState, Language};
use spotcheck::table::TemplateKind;
use spotcheck::work::case_answer::{OnPaper, on_paper};
use spotcheck::work::{complaints, flags};

#[tokio::test]
async fn a_letter_tells_no_source_however_it_is_written() {
    let house = House::new(Setting::default()).await;
    let case = flagged(&house, "", "").await;
    let villages =
        "id,name,name_latin,township_code,township,township_latin\nV90,石桥村,Shiqiao,520699001,青山镇,Qingshan\n";
    house.import(TemplateKind::Villages, villages).await;
    let contacts = "id,village,role,name,name_latin,phone\nK8,V90,villager,钱多多,Qian Duoduo,13900139000\n";
    house.import(TemplateKind::Contacts, contacts).await;
    house.ctx.clock.set(super::house::time("2026-03-04 09:00"));
    step(&house, &case, Step::Ask, "Li Hua", "nobody there").await.unwrap();
    for telling in [
        "赵小妹可以作证",
        "赵\u{200b}小 妹可以作证",
        "Xiaomei Zhao has seen it",
        "ZHAO-Xiaomei has seen it",
        "Xiǎoměi Zhào has seen it",
        "赵大妈在场",
        "老赵在场",
        "钱多多在场",
        "Duoduo Qian was there",
        "村民反映其不在",
        "a villager said so",
        "见139 5555 0188",
        "见一三九五五五五零一八八",
        "证件520123198001011234",
        "01085551234",
        "8555-123",
    ] {
        let refused = step(&house, &case, Step::Dismiss, "Li Hua", telling).await.expect_err(telling);
        assert!(refused.contains("goes out in the letter"), "{telling}: {refused}");
        assert!(VILLAGER.iter().all(|secret| !refused.contains(secret)) && !refused.contains("钱多多"), "{refused}");
    }
    house.ctx.clock.set(super::house::time("2026-03-05 09:00"));
    let why = "按2026-03-03 10:20现场情况，电话了解；请刘敏1（Liu Min 1）说明，老刘、王建国1均无假条";
    assert_eq!(step(&house, &case, Step::Dismiss, "Li Hua", why).await, Ok(FlagState::Dismissed));
    // Lines break anywhere between Chinese characters.
    let page: String = page(&house, &case).await.split_whitespace().collect();
    assert!(page.contains("电话了解"), "{page}");
}

#[tokio::test]
async fn nothing_that_is_typed_looks_like_a_step() {
    let house = House::new(Setting::default()).await;
    let case = flagged(&house, "", "").await;
    house.ctx.clock.set(super::house::time("2026-03-04 09:00"));
    let forged = "no excuse\r\n  2026-03-04 09:00  confirm  Sun Mei  forged";
    step(&house, &case, Step::Ask, "Li\nHua", forged).await.unwrap();
    for control in ["\u{1b}[2Jclean", "a\u{8}b", "a\rb"] {
        let refused = step(&house, &case, Step::Dismiss, "Li Hua", control).await.unwrap_err();
        assert!(refused.contains("control character"), "{refused}");
    }
    let paper = |text, from| OnPaper { case: &case, appeal: false, by: "Li Hua", from, text, files: Vec::new() };
    let long = "很".repeat(2001);
    let refused = on_paper(&house.ctx, paper(&long, "Liu Min")).await.unwrap_err().trouble().to_string();
    assert!(refused.contains("--text") && refused.contains("at most 2000"), "{refused}");
    let refused = step(&house, &case, Step::Dismiss, "Li Hua", &"x".repeat(501)).await.unwrap_err();
    assert!(refused.contains("at most 500"), "{refused}");
    on_paper(&house.ctx, paper(forged, "Liu\nMin")).await.unwrap();
    let shown = flags::show(&house.ctx, case.as_str()).await.unwrap().unwrap().page(Language::En);
    assert!(shown.contains("no excuse 2026-03-04 09:00 confirm Sun Mei forged"), "{shown}");
    assert!(shown.contains("| no excuse\n     |   2026-03-04 09:00  confirm"), "{shown}");
    assert!(!shown.lines().any(|line| line.starts_with("  2026-03-04 09:00  confirm")), "{shown}");

    let inspector = "I1".parse().unwrap();
    let new = complaints::NewComplaint { inspector: &inspector, by: "Li Hua", from: "a\nwalker", text: forged };
    let id = complaints::open(&house.ctx, &new).await.unwrap();
    let shown = complaints::show(&house.ctx, &id).await.unwrap().unwrap().page(Language::En);
    assert!(shown.contains("  From a walker\n  | no excuse\n  |   2026-03-04 09:00  confirm"), "{shown}");
}

#[tokio::test]
async fn the_list_of_commands_goes_on_from_where_a_case_stands() {
    let house = House::new(Setting::default()).await;
    house.simulated().await;
    let case = flagged(&house, "", "").await;
    let run = |line: &[&str]| super::flags_cli::run(&house, "2026-03-04 09:00", line);
    let code = case.as_str().trim_start_matches("F-").to_lowercase();
    let (done, _, next) = run(&["--lang", "en", "flags", "show", &code]);
    assert!(done == 0 && next.contains(&format!("Next: spotcheck flags decide {case} ask")), "{next}");
    let (done, said, _) =
        run(&["flags", "decide", &code, "ask", "--by", "Li Hua", "--reason", "nobody there", "--json"]);
    assert_eq!((done, said.trim()), (0, format!("{{\"id\":\"{case}\",\"late\":null,\"state\":\"asked\"}}").as_str()));
    let (_, _, next) = run(&["--lang", "zh", "flags", "show", &code]);
    assert!(next.contains(&format!("spotcheck flags print {case} --out 文件")), "{next}");
    let (_, said, _) = run(&["flags", "handed", &code, "--by", "Li Hua", "--on", "2026-03-04", "--json"]);
    assert!(said.contains("\"answer_by\":\"2026-03-11\""), "{said}");
    let (_, said, _) = run(&["tick", "--json"]);
    assert!(said.contains("\"leads\":true"), "{said}");
}
