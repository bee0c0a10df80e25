//! What a person's own lines mean (REPLIES 6).

use super::common::{LEXICON, SENT, after, check, mail, reading, short};
use spotcheck::model::{Kind, Outcome};
use spotcheck::reply::{Earlier, Note, Why};
use spotcheck::words::outcomes::OutcomeWords;

#[test]
fn every_word_of_the_table_means_its_outcome() {
    for (word, outcome) in OutcomeWords::shipped().phrases() {
        for form in
            [format!("C1 {word}"), format!("c1:{word}."), format!("Ｃ１－{word}"), format!("C1 = {word}; a remark")]
        {
            let read = reading(&mail(&form));
            let expected = match (Kind::Call.fits(outcome), form.contains("remark")) {
                (true, false) => format!("C1={outcome}"),
                (true, true) => format!("C1={outcome}(a remark)"),
                (false, _) => "C1!wrong_kind".to_owned(),
            };
            assert_eq!(short(&read), expected, "{form}");
        }
        let visit = short(&reading(&mail(&format!("V2.1 {word}"))));
        let expected = if Kind::Visit.fits(outcome) { format!("V2.1={outcome}") } else { "V2.1!wrong_kind".to_owned() };
        assert_eq!(visit, expected, "{word}");
    }
    assert_eq!(Outcome::ALL.len(), 14);
}

#[test]
fn targets() {
    check(&[
        ("V1 present", "V1.1=present V1.2=present"),
        ("V1 all present", "V1.1=present V1.2=present"),
        ("V1全部在岗", "V1.1=present V1.2=present"),
        ("V1 都在岗", "V1.1=present V1.2=present"),
        ("v1.2 在岗", "V1.2=present"),
        ("V1。2 在岗", "V1.2=present"),
        ("Ｖ１．２：请假", "V1.2=on_leave"),
        ("V1 刘敏 请假", "V1.2=on_leave"),
        ("V1 Liu Min on leave", "V1.2=on_leave"),
        ("V1 王建国、刘敏 在岗", "V1.1=present V1.2=present"),
        ("V1：王建国在岗，刘敏请假", "V1.1=present V1.2=on_leave"),
        ("王建国 在岗", "V1.1=present"),
        ("建国在岗", "V1.1=present"),
        ("Jianguo present", "V1.1=present"),
        ("Jianguo Wang present", "V1.1=present"),
        ("ZHANG WEI busy", "C2=busy"),
        ("Li Na: no answer", "C1=no_answer"),
        ("李娜无人接听", "C1=no_answer"),
        ("C1 李娜 占线", "C1=busy"),
        ("V1.1 王建国 在岗", "V1.1=present"),
        ("C1, C2 busy", "C1=busy C2=busy"),
        ("C1、C2、C3 占线", "C1=busy C2=busy C3=busy"),
        ("C1 and C3 busy", "C1=busy C3=busy"),
        ("C1和C2占线", "C1=busy C2=busy"),
        ("C1 & C2: busy", "C1=busy C2=busy"),
        ("C1-C3 busy", "C1=busy C2=busy C3=busy"),
        ("C1~C2 占线", "C1=busy C2=busy"),
        ("C1到C3 关机", "C1=unreachable C2=unreachable C3=unreachable"),
        ("C2至C3关机", "C2=unreachable C3=unreachable"),
        ("C1 – C2 – busy", "C1=busy C2=busy"),
        ("V1-V2 present", "V1.1=present V1.2=present V2.1=present"),
        ("V1.1-V1.2 present", "V1.1=present V1.2=present"),
        ("V1, V2 在岗", "V1.1=present V1.2=present V2.1=present"),
        ("C1, 张伟 busy", "C1=busy C2=busy"),
        ("C9 busy", "C9!unknown_line"),
        ("V1.7 present", "V1.7!unknown_line"),
        ("C01 busy", "C01!unknown_line"),
        ("V1.1.2 present", "V1.1.2!unknown_line"),
        ("C1, C9 busy", "C1=busy C9!unknown_line"),
        ("C1-C9 busy", "C9!unknown_line"),
        ("C3-C1 busy", "C1!unclear C3!unclear"),
        ("V1-C2 present", "V1!unclear C2!unclear"),
        ("V1-2 present", "V1!unclear"),
        ("C1/C2 busy", "C1!unclear"),
        ("C1 C2 busy", "C1!unclear"),
        ("C1 C2 busy\nC2 present", "C1!unclear C2!unclear"),
        ("C1 C2 busy\nC2 busy", "C2=busy C1!unclear"),
        ("V1, 王建国 present", "V1!unclear"),
        ("V1.1 刘敏 在岗", "V1.1!unclear"),
        ("V1 李娜 在岗", "V1!unclear"),
        ("V1 张三 在岗", "V1!unclear"),
        ("V1 Bob present", "V1!unclear"),
        ("V1 bob present", "V1!unclear"),
        ("V1 队长在岗", "V1!unclear"),
        ("V1 one present", "V1!unclear"),
        ("V1 两人在岗", "V1!unclear"),
        ("V1 only 刘敏 present", "V1!unclear"),
        ("V1 V2 present", "V1!unclear"),
        ("X1 present", ""),
        ("rest present | correction X2 busy", ""),
        ("X1 present | C1 busy", "C1=busy X1!unknown_line"),
        ("rest", ""),
    ]);
}

#[test]
fn negations() {
    check(&[
        ("C1 not present", "C1=absent"),
        ("C1 she isn't here", "C1=absent"),
        ("C1 isnt here", "C1=absent"),
        ("C1 不在", "C1=absent"),
        ("C1 人不在岗", "C1=absent"),
        ("C1 没请假，在岗", "C1=present"),
        ("C1没有请假，在岗", "C1=present"),
        ("C1 not absent, present", "C1=present"),
        ("C1 not on leave, absent", "C1=absent"),
        ("C1 not busy", "C1!unclear"),
        ("C1 不占线", "C1!unclear"),
        ("C1 没在岗", "C1!unclear"),
        ("C1 未到岗", "C1!unclear"),
        ("C1 never present", "C1!unclear"),
        ("C1 nobody present", "C1!unclear"),
        ("C1 not not present", "C1!unclear"),
        ("C1 no, present", "C1!unclear"),
        ("C1 present not", "C1!unclear"),
        ("C1 not yet present", "C1!unclear"),
        ("C1 not presnt", "C1!unclear"),
        ("C1 not absent, present, busy", "C1!unclear"),
        ("C1 未接通", "C1!unclear"),
        ("C1 没打通", "C1!unclear"),
        ("V2 不在村", "V2!unclear"),
        ("C1 didn't see", "C1!wrong_kind"),
        ("V2 didn't see", "V2.1=not_met"),
        ("V2 couldn’t go", "V2.1=not_done"),
        ("C1 wouldn't answer", "C1=refused"),
        ("C1 没有人接", "C1=no_answer"),
        ("V1 没人在岗", "V1!unclear"),
        ("C1 没问题，在岗", "C1=present"),
    ]);
}

#[test]
fn chinese_words_are_whole() {
    check(&[
        ("V2 在", "V2.1=present"),
        ("V2 人在", "V2.1=present"),
        ("V2 在的", "V2.1=present"),
        ("V2 他在。", "V2.1=present"),
        ("V2 在村里", "V2.1=present"),
        ("V2 在岗位上", "V2.1=present"),
        ("V2 在家", "V2!unknown_outcome"),
        ("V2 在县城", "V2!unknown_outcome"),
        ("V2 在开会", "V2!unknown_outcome"),
        ("V2 在外", "V2!unknown_outcome"),
        ("V2 在外面", "V2!unknown_outcome"),
        ("V2 在 县城", "V2!unknown_outcome"),
        ("V2 在（县城）", "V2!unknown_outcome"),
        ("V2 在?", "V2!unknown_outcome"),
        ("V2 不在家", "V2!unknown_outcome"),
        ("V2 现在在岗", "V2.1=present"),
        ("C1 现在占线", "C1=busy"),
        ("C1 正在占线", "C1=busy"),
        ("C1 正在通话", "C1=busy"),
        ("V2 在外出差", "V2.1=on_duty_elsewhere"),
        ("V2 外出务工", "V2!unknown_outcome"),
        ("V2 请假三天", "V2.1=on_leave(三天)"),
        ("V2 请假了", "V2.1=on_leave"),
        ("V2 请假，在家休息", "V2.1=on_leave(在家休息)"),
        ("V2 不在岗，在县城开会", "V2.1=absent(在县城开会)"),
        ("V2 请假中。", "V2.1=on_leave"),
        ("C1 没接电话", "C1=no_answer"),
        ("C1 电话无人接听", "C1=no_answer"),
        ("C1 打了三次都无人接听", "C1=no_answer"),
        ("C1接通，在岗", "C1=present"),
        ("V2入户走访", "V2.1=present(走访)"),
        ("V2 已请假", "V2.1=on_leave"),
    ]);
}

#[test]
fn remarks_and_what_follows() {
    check(&[
        ("C1 no answer; rang 8 times", "C1=no_answer(rang 8 times)"),
        ("C1 无人接听；响了８声", "C1=no_answer(响了８声)"),
        ("C1 占线，再打", "C1=busy(再打)"),
        ("C1 she is on leave this week", "C1=on_leave(this week)"),
        ("V2 on sick leave", "V2.1=on_leave"),
        ("V1 VISIT 09:00-11:30 滨河村 Binhe village, 青山镇 Qingshan township present", "V1.1=present V1.2=present"),
        ("V1 滨河村 在岗", "V1.1=present V1.2=present"),
        ("C1 busy (8 rings)", "C1=busy((8 rings))"),
        ("C1 busy - rang 8 times", "C1=busy(rang 8 times)"),
        ("C1 busy. Line noisy.", "C1=busy(Line noisy.)"),
        ("C1 busy!", "C1=busy"),
        ("V1 present, C2 busy", "V1.1=present V1.2=present C2=busy"),
        ("V1 present; C2 busy", "V1.1=present V1.2=present C2=busy"),
        ("V1 present. C2 busy.", "V1.1=present V1.2=present C2=busy"),
        ("V1 present C2 busy", "V1.1=present V1.2=present C2=busy"),
        ("V1 present and C2 busy", "V1.1=present V1.2=present C2=busy"),
        ("V1 present | C2 busy", "V1.1=present V1.2=present C2=busy"),
        ("V1在岗，C2占线，C3关机", "V1.1=present V1.2=present C2=busy C3=unreachable"),
        ("V1.1 在岗；V1.2 请假；病了", "V1.1=present V1.2=on_leave(病了)"),
        ("C1 no answer; C2 would know", "C1=no_answer(C2 would know)"),
        ("C1 busy; rang twice; C2 present", "C1=busy(rang twice; C2 present)"),
        ("C1 busy, see C2", "C1!unclear"),
        ("C1 busy, see C2\nC2 present", "C2=present C1!unclear"),
        ("C1 on leave this week, C2 busy", "C1=on_leave(this week) C2=busy"),
        ("C1 busy x3, C2 no answer x8", "C1=busy(x3) C2=no_answer(x8)"),
        ("V1 present, all good, C2 busy", "V1!unclear"),
        ("V1 present, same as C2", "V1!unclear"),
        ("C1 busy then later present", "C1!unclear"),
        ("C1 busy, later present", "C1!unclear"),
        ("C1 present or absent", "C1!unclear"),
        ("C1 present / absent", "C1!unclear"),
        ("C1 present absent", "C1!unclear"),
        ("C1 busy, presnt", "C1!unclear"),
        ("C1 answered, present", "C1=present"),
        ("C1 present, answered", "C1=present(answered)"),
        ("C1 answered present", "C1=present"),
        ("C1 reached; on leave, he says", "C1=reached(on leave, he says)"),
        ("C1 接通，请假", "C1=on_leave"),
        ("C1 接通，他说刘敏在岗", "C1!unclear"),
        ("C1 no answer x3", "C1=no_answer(x3)"),
        ("C1 在岗吧", "C1!unclear"),
        ("C1 answered, busy", "C1!unclear"),
        ("C1 busy; then present", "C1=busy(then present)"),
        ("C1 present?", "C1!unclear"),
        ("C1 maybe present", "C1!unclear"),
        ("C1 可能在岗", "C1!unclear"),
        ("C1 present, was at lunch?", "C1=present(was at lunch?)"),
        ("C1 blah", "C1!unknown_outcome"),
        ("C1", "C1!unknown_outcome"),
        ("C1 blah, C2 busy", "C2=busy C1!unknown_outcome"),
        ("C1 manager present", "C1!unclear"),
        ("C1 I will send photos later", "C1!unclear"),
        ("V1 present except 刘敏", "V1!unclear"),
        ("V1 all present but V1.2", "V1!unclear"),
        ("V1 在岗，刘敏除外", "V1!unclear"),
        ("V1 all present, not 刘敏", "V1!unclear"),
        ("V1 present, 刘敏 absent", "V1.1=present V1.2!conflict"),
        ("王建国说刘敏请假", "V1.1!unclear"),
        ("C1 李娜说张伟在岗", "C1!unclear"),
        ("王建国说刘敏请假\n刘敏在岗", "V1!unclear"),
        ("C1 => busy", "C1=busy"),
        ("C1->busy", "C1=busy"),
        ("C1busy", "C1=busy"),
        ("- C1: busy", "C1=busy"),
        ("1. C1 busy\n2. C2 no answer", "C1=busy C2=no_answer"),
        ("*C1* busy", "C1=busy"),
        ("您好，C1 占线", "C1=busy"),
        ("Hello desk, C1 busy", "C1=busy"),
        ("Regarding C1, it was busy", "C1!unclear"),
        ("C1 busy\nRegarding C1, it was busy", "C1=busy"),
        ("C1 present\nRegarding C1, it was busy", "C1!unclear"),
        ("I will do C1 tomorrow", ""),
        ("We were all present at the meeting.", ""),
    ]);
    let long = format!("C1 busy; {}", "长".repeat(700));
    let read = reading(&mail(&long));
    assert_eq!(read.results[0].remark.as_ref().unwrap().chars().count(), 500);
}

#[test]
fn times() {
    check(&[
        ("C1 10:42 busy", "C1@10:42=busy"),
        ("C1 busy 10:42", "C1@10:42=busy"),
        ("C1：10：42 占线", "C1@10:42=busy"),
        ("C1 9:05 no answer; rang 8 times", "C1@09:05=no_answer(rang 8 times)"),
        ("C1 上午9点 占线", "C1@09:00=busy"),
        ("C1 下午3点20分 占线", "C1@15:20=busy"),
        ("C1 3:30pm busy", "C1@15:30=busy"),
        ("C1 下午3:30占线", "C1@15:30=busy"),
        ("C1 rang at 10:42, no answer", "C1@10:42=no_answer"),
        ("C1 busy at 10:42, noisy", "C1@10:42=busy(noisy)"),
        ("C1 busy 06:10", "C1=busy(06:10)"),
        ("C1 busy 23:50", "C1=busy(23:50)"),
        ("C1 23:50 busy; noisy", "C1=busy(23:50, noisy)"),
        ("C1 callback tomorrow 15:30", "C1=callback(tomorrow 15:30)"),
        ("C1 回电 明天 15:30", "C1=callback(明天 15:30)"),
        ("C1 busy 9:00-11:30", "C1=busy(9:00-11:30)"),
        ("C1 busy 10:42:30", "C1=busy(10:42:30)"),
        ("C1 busy 10:42 again 10:50", "C1=busy(10:42 again 10:50)"),
        ("C1 10:42 busy 10:50", "C1=busy(10:42, 10:50)"),
        ("V1 09:40 present", "V1.1@09:40=present V1.2@09:40=present"),
    ]);
    let read = reading(&mail("C1 10:42 busy"));
    assert_eq!(read.results[0].at.unwrap().1.to_string(), "2026-03-12T02:42:00Z");
}

#[test]
fn rest_corrections_and_conflicts() {
    let all = "V1.1=present V1.2=present V2.1=present C1=present C2=present C3=present";
    check(&[
        ("rest present", all),
        ("The rest are all present.", all),
        ("其余均在岗", all),
        ("其他都在岗。", all),
        ("其余人员均在岗", all),
        ("others present", all),
        ("V1.2 请假\n其余在岗", "V1.1=present V1.2=on_leave V2.1=present C1=present C2=present C3=present"),
        ("V1.2 on leave, rest present", "V1.1=present V1.2=on_leave V2.1=present C1=present C2=present C3=present"),
        ("rest present\nC2 blah", "V1.1=present V1.2=present V2.1=present C1=present C3=present C2!unknown_outcome"),
        (
            "C1 busy; told me of C2\nrest present",
            "V1.1=present V1.2=present V2.1=present C1=busy(told me of C2) C3=present",
        ),
        ("I met 刘敏 today\nrest present", "V1.1=present V2.1=present C1=present C2=present C3=present"),
        ("rest busy", "C1=busy C2=busy C3=busy V1!wrong_kind V2!wrong_kind"),
        ("rest present\nrest absent", "rest!conflict"),
        ("rest present\n更正 其余不在岗", "V1.1=absent V1.2=absent V2.1=absent C1=absent C2=absent C3=absent"),
        ("rest not busy", "rest!unclear"),
        ("rest of them maybe present", "rest!unclear"),
        ("其他情况：无", ""),
        ("The rest tomorrow.", ""),
        ("C2 present\nC2 busy", "C2!conflict"),
        ("C2 present\nC2 present", "C2=present"),
        ("C2 present\nC2 present; thin voice", "C2=present(thin voice)"),
        ("C2 present\ncorrection C2 busy", "C2=busy"),
        ("C2 present\n更正 C2 占线", "C2=busy"),
        ("C2 present\n更正：C2 占线", "C2=busy"),
        ("C2 present\nC2 改为占线", "C2=busy"),
        ("C2 present\nC2 应为 占线", "C2=busy"),
        ("C2 present\nCorrection:\nC2 busy", "C2=busy"),
        ("C2 present\nC2 busy\n更正 C2 不在岗", "C2=absent"),
        ("correction C2 busy\nC2 present", "C2!conflict"),
        ("C2 busy, correction: present", "C2!unclear"),
        ("C2 present\ncorrection C2 blah", "C2!unknown_outcome"),
        ("C2 is correct", "C2!unknown_outcome"),
        ("C2 busy\nC2 busy or present", "C2!unclear"),
        ("V1 present\nV1 absent", "V1!conflict"),
        ("V1 present\nV1.2 absent", "V1.1=present V1.2!conflict"),
        ("C1 busy\nC9 busy\nC2 blah\nC3 reached", "C1=busy C3=reached C2!unknown_outcome C9!unknown_line"),
    ]);
}

#[test]
fn kinds_and_misspellings() {
    check(&[
        ("V1 busy", "V1!wrong_kind"),
        ("V1.2 no answer", "V1.2!wrong_kind"),
        ("C1 not met", "C1!wrong_kind"),
        ("V1-V2 refused", "V1.1=refused V1.2=refused V2.1=refused"),
        ("C1 presnt", "C1=present"),
        ("C1 absnet", "C1=absent"),
        ("C1 unreachabel", "C1=unreachable"),
        ("C1 location", "C1!unknown_outcome"),
        ("C1 mission", "C1!unknown_outcome"),
        ("C1 teacher", "C1!unknown_outcome"),
        ("C1 after", "C1!unknown_outcome"),
        ("C1 walked", "C1!unknown_outcome"),
        ("C1 reachable", "C1!unknown_outcome"),
        ("C1 buzy", "C1!unknown_outcome"),
        ("Wang Jiangou present", ""),
    ]);
    let read = reading(&mail("C1 presnt"));
    assert_eq!(read.notes, [Note::Misspelt { word: "presnt".into(), taken: Outcome::Present }]);
}

#[test]
fn the_last_received_wins_and_rest_respects_what_is_recorded() {
    let mut earlier = Earlier::default();
    earlier.absorb(&reading(&mail("V1 present\nC1 busy")));
    let second = after(&mail("C1 absent\nrest on leave"), &earlier);
    assert_eq!(short(&second), "V2.1=on_leave C1=absent C2=on_leave C3=on_leave");
    earlier.absorb(&second);
    assert_eq!(earlier.recorded["C1"], Outcome::Absent);
    assert_eq!(earlier.recorded["V1.1"], Outcome::Present);
}

#[test]
fn problems_are_said_in_both_languages() {
    for body in ["C1 blah", "C9 busy", "C1 busy or so", "C1 busy\nC1 absent", "V1 busy"] {
        let read = reading(&mail(body));
        let said = read.problems[0].said();
        assert!(said.en.contains(&read.problems[0].line) && said.zh.contains(&read.problems[0].line));
    }
    assert_eq!(Why::WrongKind.code(), "wrong_kind");
    assert!(!SENT.lines.is_empty() && LEXICON.misspelt("presnt").is_some());
}
