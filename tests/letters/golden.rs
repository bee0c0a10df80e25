//! Every letter in every language, as a reader sees it.

use crate::fixtures::*;
use spotcheck::letter::{
    AlertInput, CaseInput, CasePaper, Decided, FiledInput, HelpInput, HelpReason, Letter, Matter, ReportInput,
    RungTold, SheetShare, Until, VoidInput, VoidWindow, alert, assignment as assign, decision, digest as digest_of,
    explain, filed, help, receipt as receipt_of, reminder, report, sheet as sheet_of, void_notice,
};
use spotcheck::model::time::DAY;
use spotcheck::model::{CaseId, Days, FlagState, Language, Period, Said};
use spotcheck::words::letters::cases::Taken;
use std::path::Path;

/// Compares with the file of this name, or writes it where `UPDATE_GOLDEN` is set.
fn golden(name: &str, ending: &str, content: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/letters").join(format!("{name}.{ending}"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, content).unwrap();
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; run with UPDATE_GOLDEN=1 to write it", path.display()));
    assert!(expected == content, "{} differs; now it is:\n{content}", path.display());
}

fn check(name: &str, letter: &Letter) {
    golden(name, "txt", &format!("Subject: {}\n\n{}", letter.subject, letter.text));
    if let Some(html) = &letter.html {
        golden(name, "html", html);
    }
}

#[test]
fn assignments_and_reminders() {
    let (first, second) = (Held::new(assignment()), Held::new(second_assignment()));
    for (tag, languages) in ALL {
        check(&format!("assignment.{tag}"), &assign(&first.input(languages)).unwrap().letter);
        check(&format!("assignment-long.{tag}"), &assign(&second.input(languages)).unwrap().letter);
        let open = ["V1.2".to_owned(), "C1".to_owned()];
        check(&format!("reminder.{tag}"), &reminder(&first.input(languages), &open).unwrap().letter);
    }
}

#[test]
fn sheets() {
    let (first, second, office) = (assignment(), second_assignment(), office());
    let (zhao, sun) = (name("赵新", "Zhao Xin"), name("孙立", "Sun Li"));
    for (tag, languages) in ALL {
        let shares = vec![
            SheetShare { inspector: &zhao, assignment: &first },
            SheetShare { inspector: &sun, assignment: &second },
        ];
        check(&format!("sheet.{tag}"), &sheet_of(&sheet(&office, shares, languages)));
        check(&format!("sheet-empty.{tag}"), &sheet_of(&sheet(&office, Vec::new(), languages)));
    }
}

#[test]
fn digests() {
    let office = office();
    for (tag, languages) in ALL {
        check(&format!("digest.{tag}"), &digest_of(&digest(&office, languages)));
        let mut quiet = digest(&office, languages);
        quiet.todo.clear();
        quiet.outcomes.clear();
        quiet.sealed.clear();
        quiet.taken_out.clear();
        (quiet.coverage, quiet.log_head) = (None, None);
        check(&format!("digest-quiet.{tag}"), &digest_of(&quiet));
    }
}

#[test]
fn reports() {
    let said = [
        Said::new("Yunling County Inspection Office: report of 2026-03", "云岭县督查办：2026-03报告"),
        Said::new(
            "Absent from the post: 12.6 % (4.5 % to 30.7 %); without an excuse on record: 7.1 % (1.8 % to 23.8 %).",
            "不在岗：12.6 %（4.5 %至30.7 %）；其中无依据：7.1 %（1.8 %至23.8 %）。",
        ),
    ];
    for language in Language::ALL {
        let input = ReportInput { days: Days::parse("2026-03").unwrap(), lines: said.iter().collect(), language };
        check(&format!("report.{language}"), &report(&input));
    }
}

#[test]
fn receipts_and_helps() {
    let held = Held::new(assignment());
    for language in Language::ALL {
        check(&format!("receipt.{language}"), &receipt_of(&receipt(&held, language)));
        let mut complete = receipt(&held, language);
        complete.open.clear();
        complete.problems.clear();
        check(&format!("receipt-complete.{language}"), &receipt_of(&complete));
        for (reason, name) in [
            (HelpReason::NotUnderstood, "not-understood"),
            (HelpReason::NoText, "no-text"),
            (HelpReason::Charset, "charset"),
            (HelpReason::TooLong, "too-long"),
            (HelpReason::Closed, "closed"),
        ] {
            let of = held.input(spotcheck::letter::Languages::Both);
            check(&format!("help-{name}.{language}"), &help(&HelpInput { of, language, reason }));
        }
    }
}

#[test]
fn notices() {
    for (tag, languages) in ALL {
        let void = |count: i64| {
            let window = |n: i64| VoidWindow {
                start: at("09:00").plus(n * DAY),
                end: at("12:00").plus(n * DAY),
                programme: "在岗检查".into(),
                reason: Said::new("The public beacon did not arrive in time.", "公开随机信标未按时到达。"),
            };
            let windows = (0..count).map(window).collect();
            void_notice(&VoidInput { windows, zone: chrono_tz::Asia::Shanghai, languages })
        };
        check(&format!("void.{tag}"), &void(1));
        check(&format!("voids.{tag}"), &void(3));
        let many = void(100).text;
        assert!(many.contains("60") && many.lines().count() < 150, "{many}");
        let alarm = AlertInput {
            at: at("10:05"),
            zone: chrono_tz::Asia::Shanghai,
            subject: Said::new("clock jumped, drawing stopped", "系统时钟跳变，已停止抽取"),
            body: vec![Said::new(
                "Please check the clock of the machine today; drawing goes on once it agrees again.",
                "请于今天内检查本机时钟；时钟恢复一致后将自动继续抽取。",
            )],
            languages,
        };
        check(&format!("alert.{tag}"), &alert(&alarm));
    }
}

#[test]
fn letters_about_flags_and_complaints() {
    let (office, key) = (office(), key());
    let (lead, member) = (name("王建国", "Wang Jianguo"), name("刘敏", "Liu Min"));
    let (village, inspector) = (name("滨河村", "Binhe"), name("赵新", "Zhao Xin"));
    let flag: CaseId = "F-8K2M4Q7T".parse().unwrap();
    let complaint: CaseId = "C-8K2M4Q7T".parse().unwrap();
    let seen = |from: &str, to: &str| Matter::Absence { from: at(from), to: at(to), village: &village };
    let input = |case, to, who, matter, until| CaseInput {
        case,
        office: &office,
        day: day(),
        zone: chrono_tz::Asia::Shanghai,
        to,
        who,
        matter,
        key: &key,
        until,
    };
    let by = |text: &str| Until::Day(text.parse().unwrap());
    let both = |name: &str, paper: CasePaper| {
        check(name, &paper.mail);
        golden(name, "page.html", &paper.page);
    };
    let record = Said::new(
        "all records have arrived: no leave, no trip and no punch for that time.",
        "各项记录均已报送：该时间无请假、无公出、无打卡。",
    );
    both(
        "explain",
        explain(&input(&flag, &member, &member, seen("10:20", "10:20"), by("2026-03-19")), &record).unwrap(),
    );
    both(
        "explain-lead",
        explain(&input(&flag, &lead, &member, seen("09:00", "11:30"), by("2026-03-19")), &record).unwrap(),
    );
    let paper = Until::AfterHanding(5);
    both("explain-paper", explain(&input(&flag, &member, &member, seen("10:20", "10:20"), paper), &record).unwrap());
    let question = Said::new("Did you enter the village on 2 March?", "Did you enter the village on 2 March?");
    let asked = input(&complaint, &inspector, &inspector, Matter::Complaint, by("2026-03-19"));
    both("explain-complaint", explain(&asked, &question).unwrap());

    let rung = RungTold {
        number: 2,
        period: Period::Year,
        consequence: Some(Said::new(
            "at most “basically competent” in the year's appraisal",
            "年度考核最高评为基本称职等次",
        )),
    };
    let decided =
        |state, rung| Decided { state, reason: "The paper is of another day. 所附凭证日期不符。", rung };
    let of_flag = |until| input(&flag, &member, &member, seen("10:20", "10:20"), until);
    let confirmed = decided(FlagState::Confirmed, Some(rung));
    both("decision-confirmed", decision(&of_flag(by("2026-04-02")), &confirmed).unwrap());
    both("decision-confirmed-paper", decision(&of_flag(Until::AfterHanding(15)), &confirmed).unwrap());
    both("decision-dismissed", decision(&of_flag(by("2026-04-02")), &decided(FlagState::Dismissed, None)).unwrap());
    both(
        "decision-overturned",
        decision(&of_flag(Until::AfterHanding(0)), &decided(FlagState::Overturned, None)).unwrap(),
    );
    let about_complaint = input(&complaint, &inspector, &inspector, Matter::Complaint, by("2026-04-02"));
    both("decision-complaint", decision(&about_complaint, &decided(FlagState::Confirmed, None)).unwrap());

    for (taken, name) in [
        (Taken::Explained, "explained"),
        (Taken::Added, "added"),
        (Taken::Appealed, "appealed"),
        (Taken::Late, "late"),
        (Taken::TooLate, "too-late"),
        (Taken::Empty, "empty"),
    ] {
        let files = usize::from(taken == Taken::Explained) * 2;
        let told =
            FiledInput { case: &flag, at: at("10:30"), zone: chrono_tz::Asia::Shanghai, key: &key, taken, files };
        check(&format!("filed-{name}"), &filed(&told));
    }
}
