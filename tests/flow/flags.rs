//! A flag's life with due process, over mail and on paper (EVIDENCE 5).

use super::due_process::{
    Answer, LEAD, OFFICIAL, VILLAGER, answer, answered, flagged, flagged_as, newest_digest, page, shown, step,
    tells_nothing_of_the_villager,
};
use super::house::{House, Setting, on_both, time};
use super::records::leave;
use spotcheck::evidence::flag::Step;
use spotcheck::model::{FlagState, Language};
use spotcheck::work::case_answer::{OnPaper, on_paper};
use spotcheck::work::decide::handed;
use spotcheck::work::{dossier, flags};

#[tokio::test]
async fn the_whole_life_over_mail() {
    on_both(Setting::default(), |house| async move {
        let case = flagged(&house, OFFICIAL, LEAD).await;
        house.ctx.clock.set(time("2026-03-04 08:00"));
        assert_eq!(step(&house, &case, Step::Ask, "Li Hua", "nobody there").await, Ok(FlagState::Asked));
        house.at("2026-03-04 08:00").await;
        let letter = house.letter("explain").await;
        assert_eq!(letter.to, OFFICIAL);
        assert!(!letter.subject.contains("刘敏") && !letter.subject.contains("滨河"), "{}", letter.subject);
        for seen in [
            "Wed 11 Mar",
            "3月11日",
            "Tue 3 Mar 2026 10:20",
            "滨河村1 Binhe 1",
            "刘敏1 Liu Min 1",
            "no leave, no trip",
            "Ref F-",
        ] {
            assert!(letter.text.contains(seen), "{seen} is missing in\n{}", letter.text);
        }
        tells_nothing_of_the_villager(&letter.whole);

        let scan = b"%PDF-1.4 a clinic's paper".as_slice();
        let said = "I was at the clinic. 当时在卫生院。";
        let files = [("../../clinic 证明.pdf", scan)];
        let mail = Answer { files: &files, ..answer(&letter, OFFICIAL, "e1", said) };
        answered(&house, "2026-03-05 09:00", mail).await;
        let explained = shown(&house, &case).await;
        assert_eq!(explained.standing.flag.state, FlagState::Explained);
        let [one] = explained.dossier.answers.as_slice() else { panic!() };
        assert!(one.said.contains(said) && one.proven && !one.late, "{one:?}");
        assert_eq!(one.sender, "刘敏1 Liu Min 1");
        let [file] = explained.dossier.files.as_slice() else { panic!("{:?}", explained.dossier.files) };
        assert_eq!(
            (file.name.as_str(), file.sha.as_str()),
            ("clinic_证明.pdf", spotcheck::model::Sha256::of(scan).hex().as_str())
        );
        assert!(explained.page(Language::En).contains(&file.sha), "{}", explained.page(Language::En));
        let receipt = house.letters("receipt").await.pop().unwrap();
        assert!(receipt.to == OFFICIAL && receipt.text.contains("Your explanation was filed"), "{receipt:?}");
        assert!(!receipt.text.contains("clinic"), "nothing is repeated: {}", receipt.text);
        let papers = dossier::papers(&house.ctx, &case).await.unwrap().unwrap();
        assert!(papers.iter().any(|(name, bytes)| *name == format!("{case}-1-1-clinic_证明.pdf") && bytes == scan));

        // The same mail again counts once; a second one adds.
        let again = Answer { files: &files, ..answer(&letter, OFFICIAL, "e1", said) };
        let again = String::from_utf8(again.bytes()).unwrap().replacen("Received: from", "Received: by x; from", 1);
        house.deliver(again.as_bytes()).await;
        house.at("2026-03-05 09:05").await;
        answered(&house, "2026-03-05 09:10", answer(&letter, OFFICIAL, "e2", "And the doctor's name is on it.")).await;
        assert_eq!(shown(&house, &case).await.dossier.answers.len(), 2);

        house.ctx.clock.set(time("2026-03-06 09:00"));
        assert!(
            step(&house, &case, Step::Confirm, "Zhao Xin", "clear").await.unwrap_err().contains("made the observation")
        );
        let planted = format!("{} saw nobody", VILLAGER[1]);
        assert!(step(&house, &case, Step::Confirm, "Li Hua", &planted).await.unwrap_err().contains("stays unnamed"));
        let planted = "rung at 139 5555 0188";
        assert!(step(&house, &case, Step::Confirm, "Li Hua", planted).await.unwrap_err().contains("a long number"));
        let reason = "The paper is of another day.";
        assert_eq!(step(&house, &case, Step::Confirm, "Li Hua", reason).await, Ok(FlagState::Confirmed));
        house.at("2026-03-06 09:00").await;
        let letter = house.letter("decision").await;
        for seen in [
            reason,
            "confirmed",
            "认定属实",
            "until Fri 27 Mar",
            "1st absence",
            "第1次",
            "excellent",
            "年度考核",
            "Ref F-",
        ] {
            assert!(letter.text.contains(seen), "{seen} is missing in\n{}", letter.text);
        }
        tells_nothing_of_the_villager(&letter.whole);
        assert!(!letter.text.contains("Li Hua") && !letter.text.contains("Zhao Xin"), "{}", letter.text);

        answered(&house, "2026-03-10 09:00", answer(&letter, OFFICIAL, "p1", "It is of that very day: see the stamp."))
            .await;
        let appealed = shown(&house, &case).await;
        assert_eq!(appealed.standing.flag.state, FlagState::Appealed);
        let filed = appealed.steps.last().unwrap();
        assert_eq!((filed.step.as_str(), filed.actor.as_str()), ("appeal", "刘敏1 Liu Min 1"));
        house.at("2026-03-10 18:30").await;
        assert!(newest_digest(&house).await.contains("an appeal waits for somebody else's decision"));
        assert!(
            step(&house, &case, Step::Overturn, " LI  hua", "so it is").await.unwrap_err().contains("somebody else")
        );
        assert_eq!(
            step(&house, &case, Step::Overturn, "Sun Mei", "The stamp shows it.").await,
            Ok(FlagState::Overturned)
        );
        house.at("2026-03-10 18:31").await;
        let last = house.letters("decision").await.into_iter().find(|l| l.text.contains("overturned")).unwrap();
        assert!(last.text.contains("The stamp shows it.") && !last.text.contains("Ref "), "{}", last.text);
        let steps: Vec<String> = shown(&house, &case).await.steps.iter().map(|s| s.step.clone()).collect();
        assert_eq!(steps, ["open", "ask", "explain", "confirm", "appeal", "overturn"]);

        // What comes afterwards is kept, and told to the office.
        answered(&house, "2026-03-11 09:00", answer(&last, OFFICIAL, "t1", "Thank you for looking again.")).await;
        let kept = shown(&house, &case).await;
        assert_eq!(kept.standing.flag.state, FlagState::Overturned);
        assert!(kept.dossier.answers.last().unwrap().late);
        house.at("2026-03-11 18:30").await;
        assert!(newest_digest(&house).await.contains("came after the decision"));
        assert_eq!(kept.dossier.rung, None, "what was overturned leads to nothing");
    })
    .await;
}

#[tokio::test]
async fn without_an_address_the_letter_is_printed_and_its_time_runs_from_the_handing_over() {
    on_both(Setting::default(), |house| async move {
        let case = flagged(&house, "", "").await;
        house.ctx.clock.set(time("2026-03-04 08:00"));
        step(&house, &case, Step::Ask, "Li Hua", "nobody there").await.unwrap();
        house.at("2026-03-04 18:30").await;
        assert!(house.letters("explain").await.is_empty());
        let digest = newest_digest(&house).await;
        assert!(digest.contains("waits to be handed over") && digest.contains("flags print"), "{digest}");
        let printed = page(&house, &case).await;
        for seen in ["Please explain 请予说明", "5 working days", "5个工作日", "刘敏1 Liu Min 1", "Ref F-", "签收人"]
        {
            assert!(printed.contains(seen), "{seen} is missing in\n{printed}");
        }
        tells_nothing_of_the_villager(&printed);

        house.at("2026-03-20 08:00").await;
        assert!(
            step(&house, &case, Step::Confirm, "Li Hua", "x").await.unwrap_err().contains("has not been handed over")
        );
        assert!(flags::overdue(&house.ctx).await.unwrap().is_empty(), "no time runs before");
        let day = |text: &str| text.parse().unwrap();
        for wrong in ["2026-03-03", "2026-03-21"] {
            assert!(handed(&house.ctx, &case, "Li Hua", day(wrong)).await.is_err(), "{wrong}");
        }
        assert!(handed(&house.ctx, &case, "Liu Min 1", day("2026-03-19")).await.is_err(), "not by whom it concerns");
        assert_eq!(
            handed(&house.ctx, &case, "Li Hua", day("2026-03-19")).await.unwrap(),
            Some(Some(day("2026-03-26")))
        );
        assert!(handed(&house.ctx, &case, "Li Hua", day("2026-03-20")).await.is_err(), "once");
        house.at("2026-03-27 18:30").await;
        assert!(newest_digest(&house).await.contains("no explanation by 2026-03-26"));
        let due = flags::overdue(&house.ctx).await.unwrap();
        assert!(
            due.len() == 1 && due[0].line(Language::ZhHans).contains("逾期未说明"),
            "{}",
            due[0].line(Language::En)
        );
        let json = due[0].json();
        assert_eq!((json["overdue"].as_bool(), json["answer_by"].as_str()), (Some(true), Some("2026-03-26")));
        assert_eq!(json["ladder"]["number"], 1);

        let paper = |appeal, by, from, text| OnPaper {
            case: &case,
            appeal,
            by,
            from,
            text,
            files: vec![("a/b.jpg".into(), vec![1, 2])],
        };
        let done = on_paper(&house.ctx, paper(false, "Li Hua", "Liu Min", "Fetching seed.")).await.unwrap();
        assert_eq!(done, Some((FlagState::Explained, false)));
        let said = shown(&house, &case).await;
        assert_eq!(
            (said.dossier.files[0].name.as_str(), said.dossier.answers[0].entered_by.as_deref()),
            ("b.jpg", Some("Li Hua"))
        );
        step(&house, &case, Step::Confirm, "Li Hua", "No paper.").await.unwrap();
        assert!(page(&house, &case).await.contains("15 working days"));
        // The time for an appeal runs from the handing over too, and so does what follows.
        assert!(step(&house, &case, Step::Apply, "Li Hua", "rule").await.unwrap_err().contains("handed over"));
        handed(&house.ctx, &case, "Li Hua", day("2026-03-27")).await.unwrap();
        house.at("2026-04-20 08:00").await;
        let appeal_by = shown(&house, &case).await.dossier.deadlines.appeal_by.unwrap();
        assert_eq!(appeal_by, day("2026-04-20"), "fifteen working days, and Tomb-Sweeping Day is none");
        assert!(step(&house, &case, Step::Apply, "Li Hua", "rule").await.unwrap_err().contains("until 2026-04-20"));
        house.at("2026-04-21 08:00").await;
        let late = on_paper(&house.ctx, paper(true, "Li Hua", "Liu Min", "unfair")).await;
        assert!(late.unwrap_err().trouble().said.en.contains("ended on 2026-04-20"));
        assert_eq!(step(&house, &case, Step::Apply, "Li Hua", "told at the meeting").await, Ok(FlagState::Confirmed));
        assert!(step(&house, &case, Step::Apply, "Li Hua", "again").await.unwrap_err().contains("already"));
        let steps: Vec<String> =
            shown(&house, &case).await.steps.iter().map(|s| format!("{} {}", s.step, s.actor)).collect();
        assert_eq!(steps[5], "hand Li Hua");
        assert_eq!(steps[6], "apply Li Hua");
    })
    .await;
}

#[tokio::test]
async fn the_team_lead_is_asked_where_only_the_lead_has_an_address_and_a_letter_that_comes_back_is_printed() {
    let house = House::new(Setting::default()).await;
    let case = flagged(&house, "", LEAD).await;
    step(&house, &case, Step::Ask, "Li Hua", "nobody there").await.unwrap();
    house.at("2026-03-04 08:00").await;
    let letter = house.letter("explain").await;
    assert_eq!(letter.to, LEAD);
    assert!(letter.text.contains("To 王建国1 Wang Jianguo 1.") && letter.text.contains("It concerns 刘敏1 Liu Min 1."));
    let bounce = format!(
        "From: MAILER-DAEMON@town.example\r\nTo: desk@yunling.example\r\nSubject: Undelivered\r\nMessage-ID: <x@town.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {LEAD}\r\n\
         Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{}>\r\n\r\nx\r\n--b--\r\n",
        letter.message_id
    );
    house.deliver(bounce.as_bytes()).await;
    house.at("2026-03-04 18:30").await;
    assert!(newest_digest(&house).await.contains("waits to be handed over"), "{}", newest_digest(&house).await);
    house.at("2026-03-20 08:00").await;
    assert!(step(&house, &case, Step::Confirm, "Li Hua", "x").await.unwrap_err().contains("handed over"));
    assert!(shown(&house, &case).await.page(Language::En).contains("came back"));
    let paper = OnPaper {
        case: &case,
        appeal: false,
        by: "Li Hua",
        from: "Liu Min",
        text: "Fetching seed.",
        files: Vec::new(),
    };
    on_paper(&house.ctx, paper).await.unwrap();
    house.at("2026-03-20 18:30").await;
    let digest = newest_digest(&house).await;
    assert!(
        digest.contains("explained; to be decided") && !digest.contains("handed over"),
        "who answered has it: {digest}"
    );
}

#[tokio::test]
async fn what_comes_too_late_is_kept_and_changes_nothing() {
    let house = House::new(Setting::default()).await;
    let case = flagged(&house, OFFICIAL, LEAD).await;
    step(&house, &case, Step::Ask, "Li Hua", "nobody there").await.unwrap();
    house.at("2026-03-04 08:00").await;
    let asked = house.letter("explain").await;
    house.at("2026-03-12 08:00").await;
    step(&house, &case, Step::Confirm, "Li Hua", "No answer came.").await.unwrap();
    house.at("2026-03-12 08:01").await;
    let decided = house.letter("decision").await;
    answered(&house, "2026-03-13 08:00", answer(&asked, OFFICIAL, "late", "I was ill.")).await;
    answered(&house, "2026-05-13 08:00", answer(&decided, OFFICIAL, "appeal", "I was ill.")).await;
    let case = shown(&house, &case).await;
    assert_eq!(case.standing.flag.state, FlagState::Confirmed);
    assert_eq!(case.dossier.answers.iter().map(|a| a.late).collect::<Vec<_>>(), [true, true]);
    let told: Vec<String> =
        house.letters("receipt").await.into_iter().filter(|r| r.to == OFFICIAL).map(|r| r.text).collect();
    assert!(
        told[0].contains("came after the decision") && told[1].contains("time for an appeal has ended"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_flag_that_later_records_explain_is_not_asked_about() {
    let house = House::new(Setting::default()).await;
    let case = flagged(&house, OFFICIAL, LEAD).await;
    house.ctx.clock.set(time("2026-03-05 06:00"));
    let papers = leave(&[("O12", "2026-03-02", "2026-03-04", "2026-03-01 09:00")]);
    house.records("leave", &papers, "2026-03-04").await;
    house.at("2026-03-05 06:00").await;
    let refused = step(&house, &case, Step::Ask, "Li Hua", "x").await.unwrap_err();
    assert!(refused.contains("nothing to ask"), "{refused}");
    assert!(house.letters("explain").await.is_empty());
}

#[tokio::test]
async fn what_only_one_person_can_have_said_is_not_told() {
    let house = House::new(Setting::default()).await;
    let case = flagged_as(&house, OFFICIAL, LEAD, "10:25 on leave").await;
    let of_office = shown(&house, &case).await.page(Language::ZhHans);
    assert!(of_office.contains("据称请假"), "the office knows: {of_office}");
    step(&house, &case, Step::Ask, "Li Hua", "x").await.unwrap();
    house.at("2026-03-04 08:00").await;
    let letter = house.letter("explain").await;
    tells_nothing_of_the_villager(&letter.whole);
    for said in ["on leave", "said to be", "reason", "据称", "所称", "事由"] {
        assert!(!letter.whole.contains(said), "{said} in\n{}", letter.text);
    }
    assert!(letter.text.contains("not find") && letter.text.contains("不在岗"), "{}", letter.text);
}

#[tokio::test]
async fn the_machine_asks_where_an_office_wants_that_and_does_nothing_more() {
    let house = House::new(Setting::default()).await;
    let house = house
        .changed(|folder| {
            let file = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(&file, text.replace("language = \"en\"", "language = \"en\"\nasks = \"machine\"")).unwrap();
        })
        .await;
    let case = flagged(&house, OFFICIAL, LEAD).await;
    let asked = shown(&house, &case).await;
    assert_eq!(asked.standing.flag.state, FlagState::Asked);
    let by: Vec<String> = asked.steps.iter().map(|s| format!("{} {}", s.step, s.actor)).collect();
    assert_eq!(by, ["open machine", "ask machine"]);
    assert_eq!(house.letter("explain").await.to, OFFICIAL);
    for moment in ["2026-03-20 08:00", "2026-05-20 08:00", "2026-09-01 08:00"] {
        house.at(moment).await;
        assert_eq!(shown(&house, &case).await.standing.flag.state, FlagState::Asked, "{moment}");
    }
    assert_eq!(house.letters("decision").await, []);
}
