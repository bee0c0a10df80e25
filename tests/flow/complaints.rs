//! Complaints against inspectors, and whose recusals hold (EVIDENCE 5).

use super::due_process::{
    LEAD, OFFICIAL, VILLAGER, answer, answered, flagged, newest_digest, step, tells_nothing_of_the_villager,
};
use super::house::{House, Setting, on_both};
use spotcheck::evidence::flag::Step;
use spotcheck::model::{FlagState, Language};
use spotcheck::table::TemplateKind;
use spotcheck::work::case_answer::{OnPaper, on_paper};
use spotcheck::work::complaints;

#[tokio::test]
async fn a_complaint_has_the_same_life_and_its_inspector_decides_nothing_of_it() {
    on_both(Setting::default(), |house| async move {
        let inspector = "I1".parse().unwrap();
        let new = |by, text| complaints::NewComplaint { inspector: &inspector, by, from: VILLAGER[0], text };
        assert!(complaints::open(&house.ctx, &new("赵新", "x")).await.is_err(), "not by the inspector");
        assert!(complaints::open(&house.ctx, &new("Li Hua", " ")).await.is_err());
        let words = "赵小妹 Zhao Xiaomei 13955550188: he never left the car, three days running";
        let id = complaints::open(&house.ctx, &new("Li Hua", words)).await.unwrap();
        assert!(id.as_str().starts_with("C-"), "{id}");
        house.at("2026-03-02 18:30").await;
        assert!(newest_digest(&house).await.contains("to be asked"));
        for concerned in ["Zhao Xin", "赵新", "zhaoxin"] {
            assert!(step(&house, &id, Step::Ask, concerned, "why?").await.unwrap_err().contains("recused"));
        }
        let planted = format!("{} says you sat in the car", VILLAGER[0]);
        assert!(step(&house, &id, Step::Ask, "Li Hua", &planted).await.unwrap_err().contains("stays unnamed"));
        step(&house, &id, Step::Ask, "Li Hua", "Did you enter the village on 2 March?").await.unwrap();
        house.at("2026-03-02 18:31").await;
        let letter = house.letter("explain").await;
        assert_eq!(letter.to, "zhaoxin@field.example");
        tells_nothing_of_the_villager(&letter.whole);
        answered(&house, "2026-03-03 09:00", answer(&letter, "zhaoxin@field.example", "c1", "I did, at ten.")).await;
        let explained = complaints::show(&house.ctx, &id).await.unwrap().unwrap();
        assert_eq!((explained.row.state, explained.dossier.answers.len()), (FlagState::Explained, 1));
        assert!(
            explained.page(Language::En).contains("I did, at ten.")
                && explained.page(Language::ZhHans).contains("已说明")
        );
        assert!(step(&house, &id, Step::Confirm, "zhao xin", "no").await.unwrap_err().contains("recused"));
        let reporter = step(&house, &id, Step::Confirm, VILLAGER[0], "so it was").await.unwrap_err();
        assert!(reporter.contains("does not decide"), "{reporter}");
        assert!(step(&house, &id, Step::Apply, "Li Hua", "x").await.unwrap_err().contains("for flags"));
        step(&house, &id, Step::Confirm, "Li Hua", "The log shows it.").await.unwrap();
        house.at("2026-03-03 09:01").await;
        let letter = house.letter("decision").await;
        assert!(letter.text.contains("The log shows it.") && !letter.text.contains("absence"), "{}", letter.text);
        answered(&house, "2026-03-04 09:00", answer(&letter, "zhaoxin@field.example", "c2", "The log is wrong.")).await;
        assert!(
            step(&house, &id, Step::Uphold, "Li Hua", "same").await.unwrap_err().contains("does not decide the appeal")
        );
        assert!(step(&house, &id, Step::Uphold, "Zhao Xin", "same").await.is_err());
        assert_eq!(step(&house, &id, Step::Uphold, "Sun Mei", "It is right.").await, Ok(FlagState::Upheld));
        let json = complaints::list(&house.ctx, None).await.unwrap()[0].json();
        assert_eq!((json["state"].as_str(), json["answers"][1]["to"].as_str()), (Some("upheld"), Some("decision")));
    })
    .await;
}

#[tokio::test]
async fn recusals_of_every_scope_hold_and_so_does_the_second_observer() {
    let scopes = [("official", "O12"), ("team", "T1"), ("village", "V1"), ("region", "520699"), ("unit", "县水利局")];
    for (scope, target) in scopes {
        let house = House::new(Setting::default()).await;
        let case = flagged(&house, OFFICIAL, LEAD).await;
        house
            .import(
                TemplateKind::Inspectors,
                "id,name,name_latin,email,language,visits,calls\nI1,赵新,Zhao Xin,zhaoxin@field.example,en,1,20\n\
                 I2,孙立,Sun Li,sunli@field.example,en,1,20\n",
            )
            .await;
        let recusal = format!("inspector,scope,target,reason,from\nI2,{scope},{target},kin,2026-01-01\n");
        let imported = house.import(TemplateKind::Recusals, &recusal).await;
        assert!(imported.rejects.is_empty(), "{scope}: {imported:?}");
        for name in ["孙立", "sun li"] {
            let refused = step(&house, &case, Step::Ask, name, "x").await;
            assert!(refused.as_ref().is_err_and(|e| e.contains("recused")), "{scope} {name}: {refused:?}");
        }
        step(&house, &case, Step::Ask, "Li Hua", "x").await.unwrap();
        let paper = OnPaper { case: &case, appeal: false, by: "Sun Li", from: "Liu Min", text: "x", files: Vec::new() };
        assert!(on_paper(&house.ctx, paper).await.is_err(), "{scope}");
    }
}
