//! The habits of mail programs (REPLIES 4 and 5): how they quote, wrap, encode and sign.

use super::common::{HEADERS, LETTER, mail, reading, short};

fn quoted(prefix: &str) -> String {
    LETTER.lines().map(|line| format!("{prefix}{line}\n")).collect()
}

/// Fills the letter's lines behind `=>`.
fn filled(answers: &[(&str, &str)]) -> String {
    let fill = |line: &str| {
        let answer = answers.iter().find(|(code, _)| line.trim_start().starts_with(&format!("{code} ")));
        match answer {
            Some((_, text)) if line.ends_with("=>") => format!("{line} {text}\n"),
            _ => format!("{line}\n"),
        }
    };
    LETTER.lines().map(fill).collect()
}

/// As a mail program wraps lines, with the prefix on the first piece only or on all.
fn wrapped(text: &str, width: usize, prefix: &str, on_all: bool) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut piece = prefix.to_owned();
        for word in line.split(' ') {
            if piece.chars().count() + word.chars().count() > width && piece.trim() != prefix.trim() {
                out.push_str(piece.trim_end());
                out.push('\n');
                piece = if on_all { prefix.to_owned() } else { String::new() };
            }
            piece.push_str(word);
            piece.push(' ');
        }
        out.push_str(piece.trim_end());
        out.push('\n');
    }
    out
}

const GMAIL: &str = "On Thu, Mar 12, 2026 at 7:30 AM Inspection Desk <desk@inspect.example>\nwrote:\n";
const GMAIL_ZH: &str = "Inspection Desk <desk@inspect.example> 于2026年3月12日周四 07:30写道：\n";
const APPLE: &str = "On 12 Mar 2026, at 07:30, Inspection Desk <desk@inspect.example> wrote:\n";
const OUTLOOK: &str = "\
________________________________
From: Inspection Desk <desk@inspect.example>
Sent: Thursday, March 12, 2026 7:30 AM
To: Zhao Xin <zhaoxin@field.example>
Subject: [K7Q2M]

";
const OUTLOOK_ZH: &str = "\
发件人: Inspection Desk <desk@inspect.example>
发送时间: 2026年3月12日 7:30
收件人: 赵新 <zhaoxin@field.example>
主题: [K7Q2M]

";
const QQ: &str = "\
------------------ 原始邮件 ------------------
发件人: \"desk\" <desk@inspect.example>;
发送时间: 2026年3月12日(星期四) 上午7:30
收件人: \"赵新\"<zhaoxin@field.example>;
主题: [K7Q2M]

";
const NETEASE: &str = "At 2026-03-12 07:30:05, \"Inspection Desk\" <desk@inspect.example> wrote:\n";
const NETEASE_APP: &str = "\
---- 回复的原邮件 ----
| 发件人 | desk<desk@inspect.example> |
| 日期 | 2026年03月12日 07:30 |
| 收件人 | zhaoxin@field.example |
| 主题 | [K7Q2M] |
";
const FOXMAIL: &str = "\
发件人： Inspection Desk
发送时间： 2026-03-12 07:30
收件人： zhaoxin
主题： [K7Q2M]
";

#[test]
fn a_quoted_letter_alone_says_nothing() {
    for attribution in ["", GMAIL, GMAIL_ZH, APPLE, OUTLOOK, OUTLOOK_ZH, QQ, NETEASE, NETEASE_APP, FOXMAIL] {
        for prefix in ["", "> ", ">", "| ", "> > ", "＞", " "] {
            let read = reading(&mail(&format!("\n{attribution}{}", quoted(prefix))));
            assert_eq!(short(&read), "", "{attribution:?} {prefix:?}");
        }
        for width in [30, 40, 55, 70, 76] {
            for (prefix, on_all) in [("> ", true), ("> ", false), ("", true), (">> ", true)] {
                let read = reading(&mail(&format!("{attribution}{}", wrapped(LETTER, width, prefix, on_all))));
                assert_eq!(short(&read), "", "{attribution:?} {width} {prefix:?} {on_all}");
            }
        }
    }
}

#[test]
fn an_answer_on_top_of_a_quote() {
    let expected = "V1.1=present V1.2=on_leave C1=busy(10 rings)";
    let top = "V1.1 在岗，V1.2 请假\nC1 busy; 10 rings\n\n";
    for attribution in [GMAIL, GMAIL_ZH, APPLE, OUTLOOK, OUTLOOK_ZH, QQ, NETEASE, NETEASE_APP, FOXMAIL] {
        for prefix in ["", "> "] {
            for signature in [
                "",
                "谢谢\n赵新 C2 busy\n\n",
                "-- \nZhao Xin\nC2 present\n",
                "发自我的iPhone\n",
                "Sent from my phone\nC3 busy\n",
            ] {
                let body = format!("{top}{signature}{attribution}{}", quoted(prefix));
                assert_eq!(short(&reading(&mail(&body))), expected, "{attribution:?} {prefix:?} {signature:?}");
                let narrow = format!("{top}{signature}{attribution}{}", wrapped(LETTER, 60, prefix, true));
                assert_eq!(short(&reading(&mail(&narrow))), expected, "narrow {attribution:?} {prefix:?}");
            }
        }
    }
}

#[test]
fn an_edited_quote_is_an_answer_at_any_depth() {
    let letter = filled(&[("V1.1", "present"), ("V1.2", "请假；病了"), ("C1", "no answer"), ("C3", "９：４５ 占线")]);
    let expected = "V1.1=present V1.2=on_leave(病了) C1=no_answer C3@09:45=busy";
    for attribution in ["", GMAIL, APPLE, OUTLOOK, OUTLOOK_ZH, QQ, NETEASE, NETEASE_APP, FOXMAIL] {
        for prefix in ["", "> ", ">>", "| "] {
            let body: String = letter.lines().map(|line| format!("{prefix}{line}\n")).collect();
            assert_eq!(short(&reading(&mail(&format!("{attribution}{body}")))), expected, "{attribution:?} {prefix:?}");
            let signed = format!("See below.\n\nSent from my phone\n\n{attribution}{body}");
            assert_eq!(short(&reading(&mail(&signed))), expected, "signed {attribution:?} {prefix:?}");
        }
        for on_all in [true, false] {
            let body = format!("{attribution}{}", wrapped(&letter, 58, "> ", on_all));
            assert_eq!(short(&reading(&mail(&body))), expected, "wrapped {attribution:?} {on_all}");
        }
    }
}

#[test]
fn answers_between_and_below_the_quoted_lines() {
    let mut body = GMAIL.to_owned();
    for line in LETTER.lines() {
        body.push_str(&format!("> {line}\n"));
        match line.trim_start().get(..4) {
            Some("V1.1") => body.push_str("\npresent\n\n"),
            Some("V1.2") => body.push_str("she is on leave\n"),
            Some("C1 C") => body.push_str("占线；响了三声\nThank you for waiting.\n"),
            Some("C2 C") => body.push_str("C2 no answer\nbusy\n"),
            Some("C3 C") => body.push_str("I will send photos later\n"),
            _ => {}
        }
    }
    assert_eq!(short(&reading(&mail(&body))), "V1.1=present V1.2=on_leave C1=busy(响了三声) C2!unclear C3!unclear");
    let below = format!("{APPLE}{}\nV1 present\nC1 busy\n", quoted("> "));
    assert_eq!(short(&reading(&mail(&below))), "V1.1=present V1.2=present C1=busy");
    let unquoted = format!("{QQ}{}\nV1 present\nC1 busy\n", quoted(""));
    assert_eq!(short(&reading(&mail(&unquoted))), "V1.1=present V1.2=present C1=busy");
    let on_the_visit = format!("{GMAIL}> {}\npresent\n", LETTER.lines().nth(3).unwrap());
    assert_eq!(short(&reading(&mail(&on_the_visit))), "V1.1=present V1.2=present");
}

#[test]
fn what_others_wrote_is_not_the_inspectors() {
    let receipt = "C1: busy recorded\nC2 present\nrest absent\n";
    for attribution in [GMAIL, OUTLOOK, OUTLOOK_ZH, QQ, NETEASE_APP] {
        let body = format!("C3 busy\n{attribution}{receipt}{OUTLOOK}C1 absent\n{}", quoted(""));
        assert_eq!(short(&reading(&mail(&body))), "C3=busy", "{attribution:?}");
        let marked = format!("C3 busy\n{attribution}> C1 absent\n> rest present\n{}", quoted("> > "));
        assert_eq!(short(&reading(&mail(&marked))), "C3=busy", "{attribution:?}");
    }
    let rows_of_dashes = "C1 busy\n----------\nC2 present\n";
    assert_eq!(short(&reading(&mail(rows_of_dashes))), "C1=busy C2=present");
}

fn encoded(headers: &str, body: &[u8]) -> Vec<u8> {
    [HEADERS.as_bytes(), headers.as_bytes(), b"\n\n", body].concat()
}

#[test]
fn encodings_and_charsets() {
    let text = "V1 在岗\nC1 占线；响了三声\n";
    let expected = "V1.1=present V1.2=present C1=busy(响了三声)";
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    let big5 = encoding_rs::BIG5.encode("V1 在崗\nC1 忙線；三聲\n").0.into_owned();
    for label in ["gb2312", "GBK", "x-gbk", "cp936", "gb18030", "us-ascii", "no-such"] {
        let read = reading(&encoded(&format!("Content-Type: text/plain; charset={label}"), &gb));
        assert_eq!(short(&read), expected, "{label}");
    }
    for label in ["utf-8", "us-ascii", "gb2312", "big5", "iso-8859-1"] {
        let read = reading(&encoded(&format!("Content-Type: text/plain; charset={label}"), text.as_bytes()));
        assert_eq!(short(&read), expected, "{label}");
    }
    let read = reading(&encoded("Content-Type: text/plain; charset=big5", &big5));
    assert_eq!(short(&read), "V1.1=present V1.2=present C1=busy(三聲)");
    assert_eq!(short(&reading(&encoded("Subject2: no type at all", &gb))), expected);
    let base64 = "VjEg5Zyo5bKXCkMxIOWNoOe6v++8m+WTjeS6huS4ieWjsAo=";
    let headers = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64";
    assert_eq!(short(&reading(&encoded(headers, base64.as_bytes()))), expected);
    let quoted_printable =
        "V1 =E5=9C=A8=\n=E5=B2=97\nC1 =E5=8D=A0=E7=BA=BF=EF=BC=9B=E5=93=8D=E4=BA=86=E4=B8=89=E5=A3=B0\n";
    let headers = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: Quoted-Printable";
    assert_eq!(short(&reading(&encoded(headers, quoted_printable.as_bytes()))), expected);
    let flowed = "C1 no \nanswer; rang \n8 times\n> C2 CALL 张伟 Zhang Wei, 队员 member, 滨河村 team, \n> 010-5550-0102 => busy\n-- \nC3 busy\n";
    let read = reading(&encoded("Content-Type: text/plain; format=flowed", flowed.as_bytes()));
    assert_eq!(short(&read), "C1=no_answer(rang 8 times) C2=busy");
    let read = reading(&encoded("Content-Type: text/plain; format=flowed; delsp=yes", "C1 无人 \n接听\n".as_bytes()));
    assert_eq!(short(&read), "C1=no_answer");
    assert_eq!(
        short(&reading(&mail("V1\u{200b} \u{a0}在\u{200d}岗\r\nC1\u{202e} busy\r\n"))),
        "V1.1=present V1.2=present C1=busy"
    );
}

#[test]
fn html_only_mails() {
    let html = |body: &str| reading(&encoded("Content-Type: text/html; charset=utf-8", body.as_bytes()));
    let table = "<table><tr><td>C1</td><td>present</td></tr><tr><td>C2</td><td>no answer</td></tr></table>";
    assert_eq!(short(&html(table)), "C1=present C2=no_answer");
    assert_eq!(
        short(&html("<div>V1&nbsp;在岗</div><div>C1<b> busy</b><br></div>")),
        "V1.1=present V1.2=present C1=busy"
    );
    let escape = |text: &str| text.replace("=>", "=&gt;").replace('\n', "<br>\n");
    let gmail = format!(
        "<div dir=ltr>C1 busy</div><br><div class=gmail_quote><div class=gmail_attr>On Thu, Mar 12, 2026 at 7:30 AM Desk \
         &lt;<a href=mailto:x>desk@inspect.example</a>&gt; wrote:<br></div><blockquote>{}</blockquote></div>",
        escape(&filled(&[("C2", "no answer")]))
    );
    assert_eq!(short(&html(&gmail)), "C1=busy C2=no_answer");
    let outlook = format!(
        "<p>V1 present</p><hr><div id=divRplyFwdMsg><b>From:</b> desk<br><b>Sent:</b> x</div><div>{}</div><p>C3 busy</p>",
        escape(LETTER)
    );
    assert_eq!(short(&html(&outlook)), "V1.1=present V1.2=present");
    let qq = format!(
        "<div>C1 占线</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div>{}</div>",
        escape(LETTER)
    );
    assert_eq!(short(&html(&qq)), "C1=busy");
}

#[test]
fn the_plain_part_is_read_and_photos_are_listed() {
    let body = "--B\nContent-Type: multipart/alternative; boundary=A\n\n--A\nContent-Type: text/plain; charset=utf-8\n\nC1 busy\n--A\n\
        Content-Type: text/html; charset=utf-8\n\n<p>C1 absent</p>\n--A--\n--B\nContent-Type: image/jpeg; name=\"a.jpg\"\n\
        Content-Disposition: attachment; filename=\"a.jpg\"\nContent-Transfer-Encoding: base64\n\nSlBFRw==\n--B\n\
        Content-Type: text/plain; name=notes.txt\nContent-Disposition: attachment\n\nC2 busy\n--B\nContent-Type: text/plain\n\nC3 busy\n--B--\n";
    let raw = encoded("Content-Type: multipart/mixed; boundary=B", body.as_bytes());
    assert_eq!(short(&reading(&raw)), "C1=busy C3=busy");
    let read = spotcheck::reply::envelope(&raw).unwrap();
    let files: Vec<_> = read.attachments().map(|a| (a.file_name.map(str::to_owned), a.bytes().len())).collect();
    assert_eq!(files, [(Some("a.jpg".to_owned()), 4), (Some("notes.txt".to_owned()), 7)]);
    let empty_plain = body.replace("C1 busy\n", " \n").replace("\n\nC3 busy", "\n\n");
    let raw = encoded("Content-Type: multipart/mixed; boundary=B", empty_plain.as_bytes());
    assert_eq!(short(&reading(&raw)), "C1=absent");
}
