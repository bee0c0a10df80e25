//! One assignment, mails that answer it, and readings in a short notation.

use spotcheck::model::Timestamp;
use spotcheck::reply::{Authentication, Earlier, Intake, Lexicon, Reading, Sent, envelope, read};
use std::fmt::Write;
use std::sync::LazyLock;

pub const LETTER: &str = "\
Please press Reply and write a result behind each =>, or code and result above the line.
请按“回复”，在每行 => 后填写结果，或在线上方写编号和结果。
=== K7Q2M === write above this line / 请写在此线以上 ===
V1 VISIT 09:00-11:30 滨河村 Binhe village, 青山镇 Qingshan township
   V1.1 王建国 Wang Jianguo, 队长 team lead =>
   V1.2 刘敏 Liu Min, 队员 member =>
V2 VISIT 14:30-17:00 石桥村 Shiqiao village, 青山镇 Qingshan township
   V2.1 陈思远 Chen Siyuan, 队长 team lead =>
C1 CALL 李娜 Li Na, 村民 villager, about 滨河村 team, 010-5550-0101 =>
C2 CALL 张伟 Zhang Wei, 队员 member, 滨河村 team, 010-5550-0102 =>
C3 CALL 周丽华 Zhou Lihua, 村干部 village cadre, about 石桥村 team, 010-5550-0103 =>
HOW TO ANSWER / 填写方法 (X codes are examples, never real lines)
   X1 present | X2 no answer; rang 8 times | X1-X3 在岗 | X4 all present |
   rest present | correction X2 busy / 更正 X2 占线
Results: present 在岗 | absent 不在岗 | on leave 请假 | elsewhere 外勤 |
   no answer 无人接听 | busy 占线 | wrong number 空号
   refused 拒绝 | callback 回电 | unreachable 关机 | reached 接通 | not met 未见到 | not done 未去
Anything after ; or ， is a remark. Photos may be attached.
Ref K7Q2M-9F3T-X8W2-HC5D-7QKM (keep in the reply / 请保留)
";

pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);
pub static SENT: LazyLock<Sent> = LazyLock::new(|| Sent::from_json(&assignment_json()).unwrap());

pub fn assignment_json() -> String {
    serde_json::json!({
        "assignment": "K7Q2M", "key": "9f3tx8w2hc5d7qkm", "desk": "desk@inspect.example",
        "reply_to": "r+k7q2m.9f3tx8w2hc5d7qkm@inspect.example",
        "message_id": "<k7q2m.1.9f3tx8w2hc5d7qkm@inspect.example>",
        "ref": "K7Q2M-9F3T-X8W2-HC5D-7QKM", "trusted_authserv_id": "mx.inspect.example",
        "sent": "2026-03-12T07:30:05+08:00", "closes": "2026-03-26T00:00:00+08:00",
        "inspector": {"name": "赵新", "addresses": ["zhaoxin@field.example", "zhaoxin@163.example"]},
        "lines": [
            {"line": "V1", "kind": "visit", "persons": [
                {"code": "V1.1", "person": "王建国", "also": ["Wang Jianguo"]},
                {"code": "V1.2", "person": "刘敏", "also": ["Liu Min"]}]},
            {"line": "V2", "kind": "visit", "persons": [
                {"code": "V2.1", "person": "陈思远", "also": ["Chen Siyuan"]}]},
            {"line": "C1", "kind": "call", "name": "李娜", "also": ["Li Na"], "phone": "010-5550-0101"},
            {"line": "C2", "kind": "call", "name": "张伟", "also": ["Zhang Wei"], "phone": "010-5550-0102"},
            {"line": "C3", "kind": "call", "name": "周丽华", "also": ["Zhou Lihua"], "phone": "010-5550-0103"}],
        "text": LETTER,
    })
    .to_string()
}

pub const HEADERS: &str = "\
Received: from mail.field.example by mx.inspect.example; Thu, 12 Mar 2026 17:45:00 +0800
Authentication-Results: mx.inspect.example; dmarc=pass header.from=field.example
From: 赵新 <zhaoxin@field.example>
To: Desk <r+k7q2m.9f3tx8w2hc5d7qkm@inspect.example>
Subject: Re: [K7Q2M]
Message-ID: <a1@field.example>
";

/// A mail of the inspector with this body.
pub fn mail(body: &str) -> Vec<u8> {
    format!("{HEADERS}Content-Type: text/plain; charset=utf-8\n\n{body}").into_bytes()
}

pub fn after(raw: &[u8], earlier: &Earlier) -> Reading {
    after_with(raw, earlier, &SENT)
}

pub fn after_with(raw: &[u8], earlier: &Earlier, sent: &Sent) -> Reading {
    let mail = envelope(raw).unwrap();
    let intake = Intake {
        vouched: false,
        received: mail.received().unwrap_or(Timestamp::parse("2026-03-12T17:45:00+08:00").unwrap()),
        authentication: Authentication::pinned(Some("mx.inspect.example".to_owned())),
    };
    read(&mail, sent, earlier, &intake, &LEXICON)
}

pub fn reading(raw: &[u8]) -> Reading {
    after(raw, &Earlier::default())
}

/// `V1.1=present C1@10:42=busy(remark) C2!conflict`.
pub fn short(reading: &Reading) -> String {
    let mut text = String::new();
    for result in &reading.results {
        let at = result.at.map(|(clock, _)| format!("@{clock}")).unwrap_or_default();
        let remark = result.remark.as_ref().map(|r| format!("({r})")).unwrap_or_default();
        let _ = write!(text, "{}{at}={}{remark} ", result.person, result.outcome);
    }
    for problem in &reading.problems {
        let _ = write!(text, "{}!{} ", problem.line, problem.why.code());
    }
    text.trim_end().to_owned()
}

/// Body and expectation; every line that differs is listed.
pub fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(body, expected)| {
            let found = short(&reading(&mail(body)));
            (found != *expected).then(|| format!("{body:?}\n  expected {expected}\n  found    {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
