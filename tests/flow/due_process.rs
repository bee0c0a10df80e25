//! A flag to give due process to, and the mails of whoever it concerns.

use super::house::{EVE, House, time};
use super::post::{Read, reply};
use super::records::{attendance, leave};
use spotcheck::evidence::flag::Step;
use spotcheck::model::{CaseId, FlagState};
use spotcheck::table::TemplateKind;
use spotcheck::work::decide::{Decision, decide};
use spotcheck::work::dossier;
use spotcheck::work::flags::{self, Case};

const TUESDAY: &str = "2026-03-03";
/// Whom the inspector asked; nobody outside the office may ever learn of her.
pub const VILLAGER: [&str; 4] = ["赵小妹", "Zhao Xiaomei", "13955550188", "three days"];
pub const OFFICIAL: &str = "wang@town.example";
pub const LEAD: &str = "lead@town.example";

/// On Tuesday O12, a member, was absent by what a villager told; the register has `official` and `lead` as addresses.
pub async fn flagged(house: &House, official: &str, lead: &str) -> CaseId {
    flagged_as(house, official, lead, "10:20 absent").await
}

/// The same, with what the inspector writes of O12.
pub async fn flagged_as(house: &House, official: &str, lead: &str, outcome: &str) -> CaseId {
    house
        .import(
            TemplateKind::Officials,
            &format!(
                "id,team,name,name_latin,role,phone,device_number,email\n\
                 O11,T1,王建国1,Wang Jianguo 1,lead,13800130001,11,{lead}\n\
                 O12,T1,刘敏1,Liu Min 1,member,13900130001,12,{official}\n"
            ),
        )
        .await;
    let contacts = format!(
        "id,village,role,name,name_latin,phone\nK1,V1,villager,{},{},{}\n",
        VILLAGER[0], VILLAGER[1], VILLAGER[2]
    );
    house.import(TemplateKind::Contacts, &contacts).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    house.ctx.clock.set(time("2026-03-03 10:40"));
    let said = format!("V1.1 present\nV1.2 {outcome}, 赵小妹 Zhao Xiaomei 13955550188 says gone for three days");
    house.deliver(&reply(&letter, "a", &said).bytes()).await;
    house.at("2026-03-03 10:40").await;
    house.ctx.clock.set(time("2026-03-04 06:00"));
    house.records("punches", &attendance(&[("O11", "2026-03-03 10:15", "in")]), TUESDAY).await;
    house.records("leave", &leave(&[]), TUESDAY).await;
    house.at("2026-03-04 06:00").await;
    let cases = flags::cases(&house.ctx, None, false).await.unwrap();
    let [case] = cases.as_slice() else { panic!("{} flags", cases.len()) };
    assert!(case.remark.contains(VILLAGER[0]), "{}", case.remark);
    case.standing.flag.id.parse().unwrap()
}

/// A mail from whoever was asked, with files.
pub struct Answer<'a> {
    pub to: &'a Read,
    pub from: &'a str,
    pub name: &'a str,
    pub body: &'a str,
    pub files: &'a [(&'a str, &'a [u8])],
    pub proven: bool,
}

impl Answer<'_> {
    pub fn bytes(&self) -> Vec<u8> {
        let Answer { to, from, name, body, files, proven } = self;
        let domain = from.rsplit('@').next().unwrap();
        let proof = if *proven { "dmarc=pass" } else { "dmarc=fail" };
        let quoted: String = to.text.lines().map(|line| format!("> {line}\n")).collect();
        let mut parts = format!(
            "--b1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\
             {body}\n\nOn Wed, 4 Mar 2026 at 08:00, Spotcheck <desk@yunling.example> wrote:\n{quoted}\n"
        );
        for (file, bytes) in *files {
            parts.push_str(&format!(
                "--b1\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=\"{file}\"\n\
                 Content-Transfer-Encoding: 8bit\n\n{}\n",
                std::str::from_utf8(bytes).unwrap()
            ));
        }
        let mail = format!(
            "Return-Path: <{from}>\n\
             Received: from mail.{domain} by mx.yunling.example; Wed, 04 Mar 2026 10:30:00 +0800\n\
             Authentication-Results: mx.yunling.example; {proof} header.from={domain}\n\
             From: <{from}>\nTo: desk@yunling.example\nSubject: Re: explain\n\
             Date: Wed, 04 Mar 2026 10:29:58 +0800\nMessage-ID: <{name}@{domain}>\n\
             In-Reply-To: <{id}>\nReferences: <{id}>\nMIME-Version: 1.0\n\
             Content-Type: multipart/mixed; boundary=b1\n\n{parts}--b1--\n",
            id = to.message_id,
        );
        mail.replace('\n', "\r\n").into_bytes()
    }
}

pub fn answer<'a>(to: &'a Read, from: &'a str, name: &'a str, body: &'a str) -> Answer<'a> {
    Answer { to, from, name, body, files: &[], proven: true }
}

pub async fn answered(house: &House, moment: &str, answer: Answer<'_>) {
    house.ctx.clock.set(time(moment));
    house.deliver(&answer.bytes()).await;
    house.at(moment).await;
}

pub async fn step(house: &House, case: &CaseId, step: Step, by: &str, reason: &str) -> Result<FlagState, String> {
    let decision = Decision { case, step, by, reason };
    decide(&house.ctx, &decision).await.map(Option::unwrap).map_err(|f| f.trouble().said.en)
}

pub async fn shown(house: &House, case: &CaseId) -> Case {
    flags::show(&house.ctx, case.as_str()).await.unwrap().unwrap()
}

pub fn tells_nothing_of_the_villager(text: &str) {
    for canary in VILLAGER {
        assert!(!text.contains(canary), "{canary} in\n{text}");
    }
}

pub async fn page(house: &House, case: &CaseId) -> String {
    String::from_utf8(dossier::page(&house.ctx, case).await.unwrap().unwrap()).unwrap()
}

pub async fn newest_digest(house: &House) -> String {
    house
        .letters("digest")
        .await
        .pop()
        .unwrap()
        .text
        .replace('\n', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
