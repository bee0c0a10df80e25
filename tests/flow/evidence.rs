//! Findings against attendance and leave: waiting, late papers, cadence, and who may decide (EVIDENCE).

use super::house::{EVE, House, Setting, on_both, time};
use super::post::reply;
use super::records::{attendance, leave};
use spotcheck::evidence::flag::Step;
use spotcheck::model::{CaseId, FlagState};
use spotcheck::table::TemplateKind;
use spotcheck::work::Content;
use spotcheck::work::absence::absence;
use spotcheck::work::case_answer::{OnPaper, on_paper};
use spotcheck::work::decide::{Decision, decide, handed};
use spotcheck::work::flags::{self, Case};
use spotcheck::work::period::Period;
use spotcheck::work::records::{self, RecordFile};

/// On Tuesday O11 was absent at 10:20 and O12 claimed to be on leave.
async fn reported(house: &House) {
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    house.ctx.clock.set(time("2026-03-03 10:40"));
    house.deliver(&reply(&letter, "a", "V1.1 10:20 absent\nV1.2 10:25 on leave").bytes()).await;
    house.at("2026-03-03 10:40").await;
}

async fn import(house: &House, moment: &str, source: &str, csv: &str, from: &str, to: &str) {
    house.ctx.clock.set(time(moment));
    let imported = house.records_between(source, csv, from, to).await;
    assert_eq!(imported.rejected, 0, "{imported:?}");
    house.at(moment).await;
}

async fn open_flags(house: &House) -> Vec<Case> {
    flags::cases(&house.ctx, Some(FlagState::Open), true).await.unwrap()
}

const TUESDAY: &str = "2026-03-03";

#[tokio::test]
async fn a_verdict_waits_until_every_source_covers_the_day() {
    on_both(Setting::default(), |house| async move {
        reported(&house).await;
        assert_eq!(house.verdicts().await, ["O11 waiting none", "O12 waiting none"]);
        import(&house, "2026-03-04 06:00", "punches", &attendance(&[]), TUESDAY, TUESDAY).await;
        assert_eq!(house.verdicts().await, ["O11 waiting none", "O12 waiting none"], "leave has not come");
        assert!(open_flags(&house).await.is_empty());
        let paper = leave(&[("O12", "2026-03-02", "2026-03-04", "2026-03-01 09:00")]);
        import(&house, "2026-03-04 06:30", "leave", &paper, TUESDAY, TUESDAY).await;
        assert_eq!(house.verdicts().await, ["O11 unexcused high", "O12 excused none"]);
        let open = open_flags(&house).await;
        assert_eq!(open.len(), 1);
        assert!(open[0].standing.verdict.sentence.zh.chars().any(|c| c > '\u{4e00}'));
    })
    .await;
}

#[tokio::test]
async fn a_source_that_never_comes_is_the_offices_matter_not_the_persons() {
    let house = House::new(Setting::default()).await;
    reported(&house).await;
    import(&house, "2026-03-04 06:00", "leave", &leave(&[]), TUESDAY, TUESDAY).await;
    house.at("2026-03-10 23:00").await;
    assert_eq!(house.verdicts().await, ["O11 waiting none", "O12 waiting none"], "five workdays of grace");
    house.at("2026-03-11 06:00").await;
    assert_eq!(house.verdicts().await, ["O11 data_missing info", "O12 data_missing info"]);
    assert!(open_flags(&house).await.is_empty());
    // What comes after all is judged after all.
    let punches = attendance(&[("O11", "2026-03-03 10:10", "in")]);
    import(&house, "2026-03-12 06:00", "punches", &punches, TUESDAY, TUESDAY).await;
    assert_eq!(house.verdicts().await, ["O11 punch_contradicts highest", "O12 claimed_unproven medium"]);
}

#[tokio::test]
async fn leave_that_is_filed_late_is_judged_again_and_the_history_shows_it() {
    on_both(Setting::default(), |house| async move {
        reported(&house).await;
        import(&house, "2026-03-04 06:00", "punches", &attendance(&[]), TUESDAY, TUESDAY).await;
        import(&house, "2026-03-04 06:30", "leave", &leave(&[]), TUESDAY, TUESDAY).await;
        assert_eq!(house.verdicts().await, ["O11 unexcused high", "O12 claimed_unproven medium"]);
        // A week later both papers come, in a file that covers that later week only.
        let papers = leave(&[
            ("O11", "2026-03-03", "2026-03-03", "2026-03-09 16:00"),
            ("O12", "2026-03-02", "2026-03-04", "2026-03-02 08:00"),
        ]);
        import(&house, "2026-03-10 06:30", "leave", &papers, "2026-03-09", "2026-03-09").await;
        assert_eq!(house.verdicts().await, ["O11 late_paperwork high", "O12 excused none"]);

        let open = open_flags(&house).await;
        let codes = |case: &Case| -> Vec<&str> {
            case.history.iter().map(|v| v.judgement.verdict.map_or("-", |c| c.code())).collect()
        };
        assert_eq!(codes(&open[0]), ["waiting", "unexcused", "late_paperwork"]);
        assert_eq!(codes(&open[1]), ["waiting", "claimed_unproven", "excused"]);
        assert!(!open[1].standing.holds(), "a paper filed before explains it");
        let steps =
            |case: &Case| -> Vec<String> { case.steps.iter().map(|s| format!("{} {}", s.step, s.actor)).collect() };
        assert_eq!(steps(&open[1]), ["open machine", "rejudged machine"]);
        assert!(open.iter().all(|case| case.standing.flag.state == FlagState::Open), "the machine decides nothing");
        let listed = flags::cases(&house.ctx, Some(FlagState::Open), false).await.unwrap();
        assert_eq!(listed.len(), 1, "only what holds is listed");
    })
    .await;
}

#[tokio::test]
async fn a_punch_that_an_earlier_file_lacked_is_retroactive() {
    let house = House::new(Setting::default()).await;
    reported(&house).await;
    import(&house, "2026-03-04 06:00", "punches", &attendance(&[]), TUESDAY, TUESDAY).await;
    import(&house, "2026-03-04 06:30", "leave", &leave(&[]), TUESDAY, TUESDAY).await;
    let later = attendance(&[("O11", "2026-03-03 10:15", "in")]);
    import(&house, "2026-03-11 06:00", "punches", &later, "2026-03-10", "2026-03-10").await;
    assert_eq!(house.verdicts().await[0], "O11 retroactive_punch highest");
}

#[tokio::test]
async fn the_same_file_twice_adds_nothing() {
    on_both(Setting::default(), |house| async move {
        reported(&house).await;
        let punches = attendance(&[("O11", "2026-03-03 08:31", "in"), ("O12", "2026-03-03 08:33", "in")]);
        let first = house.records("punches", &punches, TUESDAY).await;
        let again = house.records("punches", &punches, TUESDAY).await;
        assert_eq!((first.new, first.seen_before), (2, false));
        assert_eq!((again.new, again.seen_before), (0, true));
        // Another file with the same rows and one more.
        let more = punches + "O12,2026-03-03 17:30,out,device,yes\n";
        let third = house.records("punches", &more, TUESDAY).await;
        assert_eq!((third.new, third.known), (1, 2));
        let before = house.ctx.store.read().await.unwrap().state_hash().await.unwrap();
        house.records("punches", &more, TUESDAY).await;
        assert_eq!(house.ctx.store.read().await.unwrap().state_hash().await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn a_bad_row_stops_no_good_one_and_comes_back_with_its_reason() {
    let house = House::new(Setting::default()).await;
    let file =
        attendance(&[("O11", "2026-03-03 08:31", "in"), ("O99", "2026-03-03 08:33", "in"), ("O12", "soon", "in")]);
    let imported = house.records("punches", &file, TUESDAY).await;
    assert_eq!((imported.read, imported.new, imported.rejected), (3, 1, 2));
    let rejects = imported.reject_file(spotcheck::model::Language::En).unwrap().unwrap();
    let text = String::from_utf8(rejects).unwrap();
    assert!(text.contains("O99") && text.contains("soon") && text.contains("reason"), "{text}");
}

/// Judges the same Tuesday with daily files, and with one file at the end of the month.
#[tokio::test]
async fn daily_and_monthly_files_give_the_same_flags() {
    let punches = [("O12", "2026-03-03 10:10", "in"), ("O11", "2026-03-04 08:30", "in")];
    let papers = [("O11", "2026-03-03", "2026-03-03", "2026-03-05 09:00")];
    let mut found = Vec::new();
    for cadence in ["daily", "monthly"] {
        let house = House::new(Setting { cadence, ..Setting::default() }).await;
        reported(&house).await;
        if cadence == "daily" {
            for day in 3..=6 {
                let day_text = format!("2026-03-0{day}");
                let moment = format!("2026-03-0{} 06:00", day + 1);
                let of_day: Vec<_> = punches.iter().copied().filter(|p| p.1.starts_with(&day_text)).collect();
                import(&house, &moment, "punches", &attendance(&of_day), &day_text, &day_text).await;
                let filed: Vec<_> = papers.iter().copied().filter(|p| p.3.starts_with(&day_text)).collect();
                let moment = moment.replace("06:00", "06:30");
                import(&house, &moment, "leave", &(leave(&filed) + &"\n".repeat(day)), &day_text, &day_text).await;
            }
        } else {
            import(&house, "2026-04-03 06:00", "punches", &attendance(&punches), "2026-03-01", "2026-03-31").await;
            import(&house, "2026-04-03 06:30", "leave", &leave(&papers), "2026-03-01", "2026-03-31").await;
        }
        let cases = flags::cases(&house.ctx, None, false).await.unwrap();
        found.push(cases.iter().map(|c| (c.standing.flag.id.clone(), c.standing.verdict.verdict)).collect::<Vec<_>>());
        assert_eq!(house.verdicts().await, ["O11 late_paperwork high", "O12 punch_contradicts highest"], "{cadence}");
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0].len(), 2);
}

#[tokio::test]
async fn a_file_with_few_rows_counts_once_a_person_says_that_it_is_complete() {
    let house = House::new(Setting::default()).await;
    reported(&house).await;
    import(&house, "2026-03-04 06:00", "leave", &leave(&[]), TUESDAY, TUESDAY).await;
    let usual: Vec<String> = (8..18).map(|hour| format!("2026-03-02 {hour:02}:30")).collect();
    let rows: Vec<_> = usual.iter().map(|at| ("O12", at.as_str(), "none")).collect();
    import(&house, "2026-03-04 06:10", "punches", &attendance(&rows), "2026-03-02", "2026-03-02").await;
    house.ctx.clock.set(time("2026-03-04 06:20"));
    let few = attendance(&[("O12", "2026-03-03 08:30", "in")]);
    let source = house.ctx.config.sources.iter().find(|s| s.source.id.as_str() == "punches").unwrap();
    let day = TUESDAY.parse().unwrap();
    let file = |complete| RecordFile {
        covers: Some((day, day)).into(),
        complete,
        ..RecordFile::new(TemplateKind::Attendance, source, "few.csv", Content::bytes(few.as_str()))
    };
    let imported = records::import(&house.ctx, &file(false)).await.unwrap();
    assert!(!imported.complete && imported.warnings.iter().any(|w| w.said.en.contains("--complete")));
    house.at("2026-03-04 06:20").await;
    assert_eq!(house.verdicts().await, ["O11 waiting none", "O12 waiting none"], "nothing is concluded from gaps");
    assert!(records::import(&house.ctx, &file(true)).await.unwrap().complete);
    house.at("2026-03-04 06:21").await;
    assert_eq!(house.verdicts().await, ["O11 unexcused high", "O12 claimed_unproven medium"]);
}

#[tokio::test]
async fn who_observed_does_not_decide_and_every_step_has_a_person_and_a_reason() {
    let house = House::new(Setting::default()).await;
    reported(&house).await;
    import(&house, "2026-03-04 06:00", "punches", &attendance(&[]), TUESDAY, TUESDAY).await;
    import(&house, "2026-03-04 06:30", "leave", &leave(&[]), TUESDAY, TUESDAY).await;
    let id: CaseId = open_flags(&house).await[0].standing.flag.id.parse().unwrap();
    let step = async |step: Step, by: &str, reason: &str| {
        decide(&house.ctx, &Decision { case: &id, step, by, reason }).await.map_err(|f| f.trouble().said.en)
    };
    let paper = async |appeal: bool, by: &str, from: &str, text: &str| {
        let paper = OnPaper { case: &id, appeal, by, from, text, files: Vec::new() };
        on_paper(&house.ctx, paper).await.map(|done| done.map(|(state, _)| state)).map_err(|f| f.trouble().said.en)
    };
    assert!(step(Step::Confirm, "Li Hua", "clear").await.unwrap_err().contains("ask for an explanation first"));
    assert!(paper(false, "Li Hua", "Wang", "x").await.unwrap_err().contains("nobody was asked yet"));
    assert!(step(Step::Ask, "Li Hua", " ").await.unwrap_err().contains("must not be empty"));
    assert_eq!(step(Step::Ask, "Li Hua", "nobody there").await.unwrap(), Some(FlagState::Asked));
    assert!(step(Step::Confirm, "Li Hua", "clear").await.unwrap_err().contains("has not been handed over"));
    let day = house.ctx.now().day(chrono_tz::Asia::Shanghai);
    assert_eq!(handed(&house.ctx, &id, "Li Hua", day).await.unwrap(), Some("2026-03-11".parse().ok()));
    assert!(step(Step::Confirm, "Li Hua", "clear").await.unwrap_err().contains("may still come until 2026-03-11"));
    assert!(step(Step::Explain, "Li Hua", "market day").await.unwrap_err().contains("flags answer"));
    assert_eq!(paper(false, "Li Hua", "Wang Jianguo 1", "market day").await.unwrap(), Some(FlagState::Explained));
    for observer in [
        "Zhao Xin",
        "赵新",
        " zhao xin ",
        "ZhaoXin",
        "Ｚhao Xin",
        "Xin Zhao",
        "赵新 Zhao Xin",
        "赵新（检查员）",
        "赵\u{200b}新",
        "Zhào Xīn",
        "赵新\nZ",
    ] {
        let refused = step(Step::Confirm, observer, "clear").await;
        assert!(refused.as_ref().is_err_and(|e| e.contains("made the observation")), "{observer}: {refused:?}");
    }
    for nobody in ["machine", "系统", "Spotcheck", "", " \u{200b}", "Li\rHua"] {
        assert!(step(Step::Confirm, nobody, "clear").await.is_err(), "{nobody:?}");
    }
    assert!(step(Step::Confirm, "王建国1", "clear").await.unwrap_err().contains("recused"));
    assert_eq!(step(Step::Confirm, "Li Hua", "no paper").await.unwrap(), Some(FlagState::Confirmed));
    assert!(step(Step::Apply, "Li Hua", "rule 3").await.unwrap_err().contains("handed over"));
    assert!(step(Step::Appeal, "Li Hua", "unfair").await.unwrap_err().contains("flags appeal"));
    assert_eq!(paper(true, "Li Hua", "Wang Jianguo 1", "unfair").await.unwrap(), Some(FlagState::Appealed));
    assert!(step(Step::Uphold, "li hua", "same").await.unwrap_err().contains("does not decide the appeal"));
    assert_eq!(step(Step::Overturn, "Sun Mei", "shown").await.unwrap(), Some(FlagState::Overturned));
    let none: CaseId = "F-00000000".parse().unwrap();
    let nothing = Decision { case: &none, step: Step::Ask, by: "Li Hua", reason: "x" };
    assert_eq!(decide(&house.ctx, &nothing).await.unwrap(), None);
    let steps = flags::show(&house.ctx, id.as_str()).await.unwrap().unwrap().steps;
    assert_eq!(
        steps.iter().map(|s| s.step.as_str()).collect::<Vec<_>>(),
        ["open", "ask", "hand", "explain", "confirm", "appeal", "overturn"]
    );
}

#[tokio::test]
async fn the_report_of_a_period_follows_the_findings() {
    on_both(Setting::default(), |house| async move {
        let told = async |moment: &str| {
            house.ctx.clock.set(time(moment));
            let report = absence(&house.ctx, &Period::default()).await.unwrap();
            let visits = report.json()["programmes"][0]["visits"].clone();
            let rate = |what: &str| visits[what]["executed"]["R"].as_f64().unwrap();
            (visits["executed"].clone(), rate("gross"), rate("unexcused"), visits["waiting"].clone())
        };
        reported(&house).await;
        assert_eq!(told("2026-03-03 23:00").await, (1.into(), 1.0, 0.0, 2.into()), "both away, nothing judged yet");
        import(&house, "2026-03-04 06:00", "punches", &attendance(&[]), TUESDAY, TUESDAY).await;
        let paper = leave(&[("O12", "2026-03-02", "2026-03-04", "2026-03-01 09:00")]);
        import(&house, "2026-03-04 06:30", "leave", &paper, TUESDAY, TUESDAY).await;
        assert_eq!(told("2026-03-04 06:30").await, (1.into(), 1.0, 0.5, 0.into()));

        let flag: CaseId = open_flags(&house).await[0].standing.flag.id.parse().unwrap();
        for step in [Step::Ask, Step::Dismiss] {
            let decision = Decision { case: &flag, step, by: "Zhou Ping", reason: "hospital papers were shown" };
            assert!(decide(&house.ctx, &decision).await.unwrap().is_some());
        }
        assert_eq!(told("2026-03-04 07:00").await.2, 0.0, "what was dismissed is no absence without excuse");

        let nothing =
            Period { to: time("2026-02-01 00:00").day(chrono_tz::Asia::Shanghai).into(), ..Period::default() };
        let report = absence(&house.ctx, &nothing).await.unwrap();
        let zh: Vec<String> = report.page().into_iter().map(|line| line.zh).collect();
        assert!(zh.iter().any(|line| line.contains("无法估计")), "{zh:?}");
        assert_eq!(report.json()["programmes"][0]["visits"]["gross"]["executed"]["R"], serde_json::Value::Null);
    })
    .await;
}

#[tokio::test]
async fn what_no_longer_holds_is_not_confirmed() {
    on_both(Setting::default(), |house| async move {
        reported(&house).await;
        import(&house, "2026-03-04 06:00", "punches", &attendance(&[]), TUESDAY, TUESDAY).await;
        import(&house, "2026-03-04 06:30", "leave", &leave(&[]), TUESDAY, TUESDAY).await;
        let flag = open_flags(&house).await[0].standing.flag.clone();
        let id: CaseId = flag.id.parse().unwrap();
        let step = async |step: Step| {
            let decision = Decision { case: &id, step, by: "Li Hua", reason: "as the records say" };
            decide(&house.ctx, &decision).await.map_err(|f| f.trouble().said.en)
        };
        step(Step::Ask).await.unwrap();
        let day = house.ctx.now().day(chrono_tz::Asia::Shanghai);
        handed(&house.ctx, &id, "Li Hua", day).await.unwrap();
        let text = "I was there";
        let paper = OnPaper { case: &id, appeal: false, by: "Li Hua", from: "Wang", text, files: Vec::new() };
        on_paper(&house.ctx, paper).await.unwrap();
        let entry = spotcheck::work::record::Entry {
            assignment: &flag.assignment,
            code: &flag.person,
            outcome: spotcheck::model::Outcome::Present,
            at: None,
            remark: "",
            said_by: "Zhao Xin",
            typed_by: "Li Hua",
        };
        spotcheck::work::record::record(&house.ctx, &entry).await.unwrap();
        assert!(step(Step::Confirm).await.unwrap_err().contains("no longer holds"), "before any look at it");
        assert_eq!(step(Step::Dismiss).await.unwrap(), Some(FlagState::Dismissed));
    })
    .await;
}
