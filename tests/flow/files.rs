//! Files of attendance and leave that offices mail to the desk.

use super::house::{House, Setting, time};
use super::post::Read;
use super::records::attendance;
use spotcheck::config::Authentication;
use spotcheck::work::quarantine::{self, Sorted};

const PROVEN: &str = "dkim=pass header.d=county.example; dmarc=pass header.from=county.example";
const LEAVE: &str =
    "申请人,请假类型,开始日期,结束日期\n王建国1,年假,2026-03-02,2026-03-03\n孙八,年假,2026-03-02,soon\n";

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| char::from(LETTERS[usize::try_from(bits & 63).unwrap()]);
    let chunk = |chunk: &[u8]| {
        let bits = (0..3).fold(0u32, |bits, i| bits << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        let mut four: String = (0..4).map(|i| letter(bits >> (18 - 6 * i))).collect();
        four.replace_range(chunk.len() + 1.., &"=".repeat(3 - chunk.len()));
        four
    };
    bytes.chunks(3).map(chunk).collect()
}

/// A mail of somebody's with files, and with the proof that the office's server writes on top.
fn mail(name: &str, from: &str, proof: &str, files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut mail = format!(
        "Received: from mail.county.example by mx.yunling.example; Wed, 04 Mar 2026 08:00:00 +0800\n\
         Authentication-Results: mx.yunling.example; {proof}\nFrom: Personnel <{from}>\nTo: desk@yunling.example\n\
         Subject: March\nDate: Wed, 04 Mar 2026 07:59:58 +0800\nMessage-ID: <{name}@county.example>\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=cut\n\n--cut\nContent-Type: text/plain; charset=utf-8\n\nPlease find attached.\n"
    );
    for (file, kind, bytes) in files {
        mail.push_str(&format!(
            "--cut\nContent-Type: {kind}\nContent-Disposition: attachment; filename=\"{file}\"\nContent-Transfer-Encoding: base64\n\n{}\n",
            base64(bytes)
        ));
    }
    (mail + "--cut--\n").into_bytes()
}

/// A house whose personnel office may mail files of both sources.
async fn house() -> House {
    let mut house = House::new(Setting::default()).await;
    for source in &mut house.ctx.config.sources {
        source.senders = vec!["hr@county.example".to_owned()];
    }
    house
}

async fn imported(house: &House) -> Vec<String> {
    let rows = house.ctx.store.read().await.unwrap().batches().await.unwrap();
    let held = |complete: i64| if complete == 0 { " held" } else { "" };
    rows.iter().map(|b| format!("{} +{}{}", b.source.as_deref().unwrap(), b.rows_new, held(b.complete))).collect()
}

async fn answer(house: &House) -> Read {
    let mut letters = house.letters("receipt").await;
    letters.pop().unwrap()
}

/// The text of a letter, wherever its lines end.
fn unwrapped(letter: &Read) -> String {
    letter.text.split_whitespace().collect()
}

#[tokio::test]
async fn files_of_a_registered_address_are_imported_and_answered_in_both_languages() {
    let house = house().await;
    let punches = attendance(&[("O11", "2026-03-03 08:31", "in"), ("O12", "2026-03-03 08:33", "in")]);
    let files: [(&str, &str, &[u8]); 3] = [
        ("punches.csv", "text/csv", punches.as_bytes()),
        ("leave.csv", "application/octet-stream", LEAVE.as_bytes()),
        ("logo.png", "image/png", b"\x89PNG"),
    ];
    house.deliver(&mail("a", "hr@county.example", PROVEN, &files)).await;
    house.at("2026-03-04 08:01").await;
    assert_eq!(house.inbox().await, ["1 done files"]);
    assert_eq!(imported(&house).await, ["punches +2", "leave +1"]);
    let letter = answer(&house).await;
    assert_eq!(letter.to, "hr@county.example");
    assert!(letter.subject.contains("2 ok, 0 -") && letter.raw.contains("Auto-Submitted: auto-replied"), "{letter:?}");
    for words in [
        "punches.csv",
        "2 rows read: 2 new records",
        "读入2行：新增记录2条",
        "Read as: Home-made sheet: leave.",
        "识别为：自制表：请假。",
        "1 rows rejected",
        "field 申请人: nobody in the register is named “孙八”",
        "field 结束日期: “soon” is not a time",
        "登记册中没有“孙八”",
    ] {
        assert!(unwrapped(&letter).contains(&words.replace(' ', "")), "{words}: {letter:?}");
    }
    // The same files again, in another mail.
    house.deliver(&mail("b", "hr@county.example", PROVEN, &files[..1])).await;
    house.at("2026-03-04 08:02").await;
    assert_eq!(imported(&house).await.len(), 2);
    assert!(answer(&house).await.text.contains("This very file was imported before"));
    // And the same mail once more, as servers deliver it twice.
    let copy = [b"Received: by again.example\n".to_vec(), mail("b", "hr@county.example", PROVEN, &files[..1])].concat();
    house.deliver(&copy).await;
    house.at("2026-03-04 08:03").await;
    assert_eq!(house.inbox().await, ["1 done duplicate", "2 done files"]);
    assert_eq!(house.letters("receipt").await.len(), 2);
}

#[tokio::test]
async fn what_is_no_known_layout_is_answered_with_what_to_do() {
    let house = house().await;
    let files: [(&str, &str, &[u8]); 2] = [
        ("list.csv", "text/csv", "姓名,考勤日期,打卡结果\n张三,2026-03-02,正常\n".as_bytes()),
        ("march.pdf", "application/pdf", b"%PDF-1.7"),
    ];
    house.deliver(&mail("a", "hr@county.example", PROVEN, &files)).await;
    house.at("2026-03-04 08:01").await;
    assert_eq!(house.inbox().await, ["1 done no_files"]);
    assert!(imported(&house).await.is_empty());
    let text = unwrapped(&answer(&house).await);
    for words in [
        "0 imported, 2 not imported",
        "missing: 打卡时间",
        "缺少：打卡时间",
        "this is a PDF",
        "这是PDF",
        "ask the desk for a template",
        "索取模板",
    ] {
        assert!(text.contains(&words.replace(' ', "")), "{words}: {text}");
    }
}

#[tokio::test]
async fn who_is_not_registered_or_not_proven_imports_nothing() {
    let house = house().await;
    let punches = attendance(&[("O11", "2026-03-03 08:31", "in")]);
    let files: [(&str, &str, &[u8]); 1] = [("punches.csv", "text/csv", punches.as_bytes())];
    house.deliver(&mail("a", "somebody@county.example", PROVEN, &files)).await;
    house.deliver(&mail("b", "hr@county.example", "dmarc=fail", &files)).await;
    // Without a file it is a letter to the desk.
    house.deliver(&mail("c", "hr@county.example", PROVEN, &[])).await;
    house.at("2026-03-04 08:01").await;
    assert_eq!(house.inbox().await, ["2 quarantine no_key", "1 quarantine unauthenticated"]);
    assert!(imported(&house).await.is_empty() && house.letters("receipt").await.is_empty());
    let waiting = quarantine::mails(&house.ctx, Some("quarantine")).await.unwrap();
    let forged = waiting.iter().find(|m| m.reason.as_deref() == Some("unauthenticated")).unwrap();
    let accepted = quarantine::accept(&house.ctx, &forged.id, "Li Hua", None).await.unwrap();
    assert_eq!(accepted, Sorted::Done("files".into()));
    assert_eq!(imported(&house).await, ["punches +1"]);
}

#[tokio::test]
async fn where_senders_are_only_flagged_an_unproven_file_accuses_nobody() {
    let mut house = house().await;
    house.ctx.config.intake.authentication = Authentication::Flag;
    let punches = attendance(&[("O11", "2026-03-03 08:31", "in")]);
    let files: [(&str, &str, &[u8]); 1] = [("punches.csv", "text/csv", punches.as_bytes())];
    house.deliver(&mail("a", "hr@county.example", "none", &files)).await;
    house.at("2026-03-04 08:01").await;
    assert_eq!(imported(&house).await, ["punches +1 held"]);
    assert!(answer(&house).await.text.contains("sender was not proven"));
    assert_eq!(house.ctx.now(), time("2026-03-04 08:01"));
}
