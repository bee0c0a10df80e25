//! The main job once: one official found absent by one reply to one letter.

use super::house::{EVE, House, Setting, on_both, time, window};
use super::post::reply;
use super::records::{attendance, leave};
use spotcheck::model::{FlagState, Language};
use spotcheck::work::flags;

#[tokio::test]
async fn one_official_is_found_absent_by_one_reply_to_one_letter() {
    on_both(Setting::default(), found_absent).await;
}

async fn found_absent(house: House) {
    let evening = house.at(EVE).await;
    assert_eq!((evening.sealed, evening.drawn), (1, 0));
    let empty = house.letter("sheet").await;
    assert!(empty.text.contains("nothing"), "{}", empty.text);
    house.at("2026-03-02 18:30").await;
    let digests = house.letters("digest").await;
    assert_eq!(digests.iter().map(|d| d.to.as_str()).collect::<Vec<_>>().len(), 2, "desk and head");
    let (_, head) = house.ctx.store.read().await.unwrap().log_head(&super::house::office()).await.unwrap().unwrap();
    assert!(digests[0].text.contains(&head.hex()[..16]), "the log's head is witnessed: {}", digests[0].text);

    let morning = house.at("2026-03-03 07:30").await;
    assert_eq!(morning.drawn, 1);
    let letter = house.letter("assignment").await;
    assert_eq!(letter.to, "zhaoxin@field.example");
    assert!(!letter.subject.contains("滨河") && !letter.subject.contains("Binhe"), "{}", letter.subject);
    for seen in ["V1 VISIT", "Binhe 1", "V1.1 王建国1 Wang Jianguo 1", "V1.2 刘敏1 Liu Min 1", "Ref "] {
        assert!(letter.text.contains(seen), "{seen} is missing in\n{}", letter.text);
    }
    let sheet = house.letters("sheet").await.into_iter().next_back().unwrap();
    assert!(sheet.to == "desk@yunling.example" && sheet.whole.contains("Zhao Xin"), "{}", sheet.text);

    house.ctx.clock.set(time("2026-03-03 10:40"));
    house.deliver(&reply(&letter, "first", "V1.1 10:20 absent\nV1.2 present").bytes()).await;
    let noon = house.at("2026-03-03 10:40").await;
    assert_eq!((noon.mails, noon.answers, noon.flags), (1, 1, 0));
    let receipt = house.letter("receipt").await;
    assert_eq!(receipt.to, "zhaoxin@field.example");
    for seen in ["2 recorded. Complete", "| V1.1", "absent", "| V1.2"] {
        assert!(receipt.text.contains(seen), "{seen} is missing in\n{}", receipt.text);
    }
    assert!(receipt.whole.contains("Auto-Submitted: auto-replied"));
    assert_eq!(house.verdicts().await, ["O11 waiting none", "O12 present none"]);

    house.ctx.clock.set(time("2026-03-04 06:00"));
    let punches = attendance(&[("O12", "2026-03-03 08:31", "in"), ("O12", "2026-03-03 17:40", "out")]);
    let imported = house.records("punches", &punches, "2026-03-03").await;
    assert_eq!((imported.read, imported.new, imported.rejected), (2, 2, 0));
    house.records("leave", &leave(&[]), "2026-03-03").await;
    let judged = house.at("2026-03-04 06:00").await;
    assert_eq!(judged.flags, 1);
    assert_eq!(house.verdicts().await, ["O11 unexcused high", "O12 present none"]);

    let cases = flags::cases(&house.ctx, Some(FlagState::Open), false).await.unwrap();
    let [case] = cases.as_slice() else { panic!("{} flags", cases.len()) };
    let page = case.page(Language::En);
    for seen in
        ["王建国1 Wang Jianguo 1", "2026-03-03 10:20", "waiting for records", "absent without a record", "machine"]
    {
        assert!(page.contains(seen), "{seen} is missing in\n{page}");
    }
    assert!(case.page(Language::ZhHans).contains("待处理"));

    house.at("2026-03-04 18:30").await;
    let digest = house.letters("digest").await.into_iter().next_back().unwrap();
    let flag = &case.standing.flag.id;
    assert!(digest.text.contains(flag.as_str()), "{}", digest.text);
    assert_eq!(house.lines(&window("2026-03-03", "am")).await, ["T1 visit open"]);
    house.at("2026-03-17 00:00").await;
    assert_eq!(house.lines(&window("2026-03-03", "am")).await, ["T1 visit answered"]);
}
