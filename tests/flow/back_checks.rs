//! Finished visits drawn again for a second inspector, and what follows where something differs (EVIDENCE 8).

use super::due_process::{answer, answered, step};
use super::house::{EVE, House, Setting, office, on_both, time};
use super::post::{Read, Reply, reply};
use spotcheck::evidence::flag::Step;
use spotcheck::model::{CaseId, Days, FlagState, Language};
use spotcheck::table::TemplateKind;
use spotcheck::work::back_checks::told::{Shown, list};
use spotcheck::work::complaints;
use spotcheck::work::period_report;

const ALL: &str = "back_check_share = 1.0\nback_check_answer_days = 2\n";

/// One visit a day, and two inspectors who can make it.
async fn two_inspectors(house: &House) {
    let inspectors = "id,name,name_latin,email,language,visits,calls\n\
        I1,赵新,Zhao Xin,zhaoxin@field.example,en,1,20\nI2,孙立,Sun Li,sunli@field.example,en,1,20\n";
    let imported = house.import(TemplateKind::Inspectors, inspectors).await;
    assert!(imported.rejects.is_empty(), "{imported:?}");
}

async fn replied(house: &House, moment: &str, to: &Read, name: &str, body: &str) {
    house.ctx.clock.set(time(moment));
    house.deliver(&Reply { from: &to.to, ..reply(to, name, body) }.bytes()).await;
    house.at(moment).await;
}

async fn checks(house: &House) -> Vec<Shown> {
    list(&house.ctx, Some(&office()), Days::parse("2026-03").unwrap()).await.unwrap()
}

/// A visit of Tuesday, and on Wednesday the letter by which somebody else is to look at it again, with its code.
async fn visited_and_drawn_again(house: &House, kind: &str) -> (Read, Read, String) {
    two_inspectors(house).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let first = house.letter("assignment").await;
    replied(house, "2026-03-03 10:30", &first, "a", "V1 present").await;
    house.at("2026-03-03 17:30").await;
    assert!(checks(house).await.is_empty(), "nobody knows before the draw");
    house.at("2026-03-04 07:30").await;
    let letters = house.letters("assignment").await.split_off(1);
    let again: Vec<&Read> = letters.iter().filter(|one| one.text.contains("back-check")).collect();
    let [again] = again[..] else { panic!("{letters:?}") };
    assert_ne!(again.to, first.to, "nobody looks at a visit of their own");
    let text = again.text.replace("\n      ", " ");
    let line = text.lines().find(|line| line.contains("back-check of the visit of Tue 3 Mar")).unwrap().to_owned();
    assert!(line.contains(kind) && line.contains("复查3月3日"), "{line}");
    let code = line.split(' ').next().unwrap().to_owned();
    for question in ["Q1 *", "Q2", "Q3 *", "Q4"] {
        assert!(text.contains(&format!("{code}.{question}")), "{text}");
    }
    let told = &again.whole;
    let name = if first.to.starts_with("zhao") { "Zhao Xin" } else { "Sun Li" };
    assert!(!told.contains(name), "whose visit it was is not told");
    (first, again.clone(), code)
}

#[tokio::test]
async fn a_difference_is_no_error_before_its_inspector_could_answer_and_a_person_decided() {
    on_both(Setting { office: ALL, ..Setting::default() }, |house| async move {
        let (first, again, code) = visited_and_drawn_again(&house, "CALL").await;
        let body = format!("{code} reached\n{code}.Q1 no\n{code}.Q3 b");
        replied(&house, "2026-03-04 10:00", &again, "b", &body).await;
        let shown = checks(&house).await.remove(0);
        assert_eq!((shown.row.result.as_deref(), shown.case), (Some("differs"), Some(FlagState::Asked)));
        let case: CaseId = shown.row.case.clone().unwrap();
        assert!(case.as_str().starts_with("B-") && complaints::list(&house.ctx, None).await.unwrap().is_empty());
        assert!(!house.verdicts().await.iter().any(|one| one.starts_with("- ")), "it judges nobody");
        house.at("2026-03-04 10:01").await;
        let letter = house.letter("explain").await;
        assert_eq!(letter.to, first.to, "it goes to whose visit it was");
        for said in
            ["no inspector came on that day", "hold nothing of the visit", "没有督查人员来过", "by Fri 6 Mar 2026"]
        {
            assert!(letter.text.replace('\n', " ").contains(said), "{said}: {}", letter.text);
        }
        let (own, other) = match first.to.starts_with("zhao") {
            true => ("Zhao Xin", "Sun Li"),
            false => ("Sun Li", "Zhao Xin"),
        };
        assert!(!letter.whole.contains(other), "who looked is not told");

        assert!(step(&house, &case, Step::Confirm, "Li Hua", "so").await.unwrap_err().contains("until 2026-03-06"));
        answered(&house, "2026-03-05 09:00", answer(&letter, &first.to, "c", "I signed at the school, not there."))
            .await;
        let page = complaints::show(&house.ctx, &case).await.unwrap().unwrap();
        assert_eq!((page.row.state, page.dossier.answers.len()), (FlagState::Explained, 1));
        assert!(page.page(Language::ZhHans).contains("登记簿、工作日志没有该次走访的记载"));
        assert!(step(&house, &case, Step::Confirm, other, "so").await.unwrap_err().contains("does not decide"));
        assert!(step(&house, &case, Step::Confirm, own, "so").await.unwrap_err().contains("recused"));
        assert!(step(&house, &case, Step::Apply, "Li Hua", "x").await.unwrap_err().contains("for flags"));
        let errors = async || {
            let report =
                period_report::show(&house.ctx, &office(), Days::parse("2026-03").unwrap(), None).await.unwrap();
            let section = report.document.sections.iter().find(|one| one.code == "back_checks").unwrap().clone();
            let row = &section.table.unwrap().rows[0];
            // Drawn again, could be told, differed, to be decided, no error, errors.
            row[1..7].iter().map(|cell| cell.value().unwrap() as u64).collect::<Vec<_>>()
        };
        assert_eq!(errors().await, [1, 1, 1, 1, 0, 0]);
        step(&house, &case, Step::Confirm, "Li Hua", "The school has no register either.").await.unwrap();
        assert_eq!(errors().await, [1, 1, 1, 0, 0, 1]);
        house.at("2026-03-05 09:10").await;
        let decision = house.letter("decision").await;
        assert!(decision.to == first.to && decision.text.contains("It concerns your visit of"), "{}", decision.text);
        answered(&house, "2026-03-06 09:00", answer(&decision, &first.to, "d", "It has: look again.")).await;
        step(&house, &case, Step::Overturn, "Sun Mei", "It has.").await.unwrap();
        assert_eq!(errors().await, [1, 1, 1, 0, 1, 0]);
        house.at("2026-03-18 00:00").await;
        let ended = checks(&house).await.remove(0);
        assert_eq!(ended.row.state.as_deref(), Some("answered"));
        house.log_is_whole().await;
    })
    .await;
}

#[tokio::test]
async fn another_hour_is_no_difference_and_what_nobody_can_tell_is_none() {
    let visit = "back_check_share = 1.0\nback_check_by = \"visit\"\n";
    let house = House::new(Setting { office: visit, ..Setting::default() }).await;
    let (_, again, code) = visited_and_drawn_again(&house, "VISIT").await;
    let body = format!("{code} present\n{code}.Q1 yes, Q2 23, Q3 a");
    replied(&house, "2026-03-04 10:00", &again, "b", &body).await;
    let shown = checks(&house).await.remove(0);
    assert_eq!((shown.row.result.as_deref(), &shown.row.case), (Some("agrees"), &None), "{:?}", house.inbox().await);
    assert!(house.letters("explain").await.is_empty());

    let house = House::new(Setting { office: ALL, ..Setting::default() }).await;
    let (_, again, code) = visited_and_drawn_again(&house, "CALL").await;
    replied(&house, "2026-03-04 10:00", &again, "b", &format!("{code} no answer")).await;
    let shown = checks(&house).await.remove(0);
    assert_eq!((shown.row.result.as_deref(), shown.row.state.as_deref()), (None, None), "open still");
    house.at("2026-03-18 00:00").await;
    let ended = checks(&house).await.remove(0).row;
    assert_eq!((ended.case, ended.state.as_deref()), (None, Some("attempts_used_up")));
}

#[tokio::test]
async fn an_office_that_does_not_ask_for_it_is_as_before() {
    let house = House::new(Setting::default()).await;
    two_inspectors(&house).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    replied(&house, "2026-03-03 10:30", &house.letter("assignment").await, "a", "V1 present").await;
    house.at("2026-03-03 17:30").await;
    house.at("2026-03-04 07:30").await;
    assert!(checks(&house).await.is_empty());
    assert!(house.log().await.iter().all(|entry| !entry.contains("back_check")));
    assert!(house.letters("assignment").await.iter().all(|one| !one.text.contains("back-check")));
}
