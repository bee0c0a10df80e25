//! A county in the middle of its work: a flag, a finding, a complaint, a mail that waits, a draw and an import.

use super::due_process::{LEAD, OFFICIAL, flagged, step};
use super::house::{House, Setting, time};
use super::post::{Reply, reply};
use super::site::Site;
use spotcheck::evidence::flag::Step;
use spotcheck::model::{AssignmentId, CaseId, FlagState, Subject};
use spotcheck::work::complaints::{self, NewComplaint};
use spotcheck::work::findings::{self, NewFinding};

/// A second office beside the first, which has nothing.
const BESIDE: &str = "[[office]]\nid = \"beside\"\nname = \"邻县督查办\"\nname_latin = \"Beside County Inspection Office\"\n\
    zone = \"Asia/Shanghai\"\nlanguage = \"en\"\nregion = \"520688\"\ndesk = \"desk@beside.example\"\nhead = \"head@beside.example\"\n";

/// What there is to be looked at.
pub struct Things {
    pub flag: CaseId,
    pub complaint: CaseId,
    pub finding: String,
    pub mail: String,
    pub batch: String,
    pub assignment: AssignmentId,
}

pub async fn county() -> (Site, Things) {
    let house = House::new(Setting { office: "region = \"520699\"\n", ..Setting::default() }).await;
    let flag = flagged(&house, OFFICIAL, LEAD).await;
    house.ctx.clock.set(time("2026-03-04 08:00"));
    assert_eq!(step(&house, &flag, Step::Ask, "Li Hua", "nobody there").await, Ok(FlagState::Asked));
    let assignment: AssignmentId =
        house.ctx.store.read().await.unwrap().flags(None).await.unwrap().remove(0).assignment;
    let complaint = NewComplaint {
        inspector: &"I1".parse().unwrap(),
        by: "Li Hua",
        from: "a farmer",
        text: "The inspector asked for a meal.",
    };
    let complaint = complaints::open(&house.ctx, &complaint).await.unwrap();
    let finding = NewFinding {
        subject: Subject::Team("T1".parse().unwrap()),
        office: None,
        code: "other",
        text: "the signboard is missing",
        owner: "Wang Jianguo",
        deadline: None,
        by: "Li Hua",
    };
    let finding = findings::open(&house.ctx, &finding).await.unwrap().id;
    let letter = house.letter("assignment").await;
    let unproven = Reply { proof: "dkim=none; dmarc=fail", ..reply(&letter, "q", "V1.1 absent") };
    house.deliver(&unproven.bytes()).await;
    house.at("2026-03-04 08:05").await;
    let mail = house.ctx.store.read().await.unwrap().mails(Some("quarantine"), 10).await.unwrap().remove(0).id;
    let batch = house.ctx.store.read().await.unwrap().batches().await.unwrap().remove(0).id;
    let house = house
        .changed(|folder| {
            let file = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(file, text.replacen("[[source]]", &format!("{BESIDE}[[source]]"), 1)).unwrap();
        })
        .await;
    let site = Site::of(house).await;
    (site, Things { flag, complaint, finding, mail, batch, assignment })
}
