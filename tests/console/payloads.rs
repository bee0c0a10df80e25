//! Names, remarks and mails that would like to be markup or SQL: shown as what they are.

use super::house::{House, Setting, time};
use super::site::Site;
use regex::Regex;
use spotcheck::console::web::{Method, ROUTES};
use spotcheck::model::AccountRole::{Administrator, Head};
use spotcheck::model::Subject;
use spotcheck::table::TemplateKind;
use spotcheck::work::complaints::{self, NewComplaint};
use spotcheck::work::findings::{self, NewFinding};

/// Ways to open a tag or leave an attribute, × what would then be done; and SQL.
fn payloads() -> Vec<String> {
    let leave = ["", "\">", "'>", "</td>", "</title>", "-->", "&lt;", "\u{ff1c}"];
    let does = [
        "<script>alert(9)</script>",
        "<img src=x onerror=alert(9)>",
        "<svg/onload=alert(9)>",
        "<a href=\"javascript:alert(9)\">x</a>",
        "\" onmouseover=\"alert(9)",
        "' autofocus onfocus='alert(9)",
        "<iframe src=//evil.example>",
        "<style>@import'//evil.example'</style>",
    ];
    let mut all: Vec<String> = leave.iter().flat_map(|leave| does.map(|does| format!("{leave}{does}"))).collect();
    let sql = [
        "'; DROP TABLE account; --",
        "' OR '1'='1",
        "\" OR \"\"=\"",
        "1); DELETE FROM audit; --",
        "%' UNION SELECT password FROM account --",
        "\\'; --",
        "{{7*7}}",
        "${7*7}",
        "=HYPERLINK(\"http://evil.example\")",
    ];
    all.extend(sql.map(str::to_owned));
    all
}

/// What makes a page dangerous, however it came there.
struct Dangers {
    tag: Regex,
    value: Regex,
    /// In a tag, values and all; in a tag without its values.
    whole: Regex,
    bare: Regex,
}

impl Dangers {
    fn new() -> Dangers {
        Dangers {
            tag: Regex::new("<[A-Za-z/!][^<>]*>?").unwrap(),
            value: Regex::new("\"[^\"]*\"").unwrap(),
            whole: Regex::new("(?i)(href|src|action)\\s*=\\s*[\"']?\\s*javascript:").unwrap(),
            bare: Regex::new("(?i)^<(script|img|iframe|object|embed|style|base)\\b|[\\s/\"']on[a-z]+\\s*=|'").unwrap(),
        }
    }

    fn in_page(&self, path: &str, body: &str) {
        for tag in self.tag.find_iter(body).map(|tag| tag.as_str()) {
            let bare = self.value.replace_all(tag, "");
            assert!(!self.whole.is_match(tag) && !self.bare.is_match(&bare), "{path}: {tag}");
        }
    }
}

#[test]
fn what_is_dangerous_is_seen() {
    let dangers = Dangers::new();
    for bad in [
        "<p><script>",
        "<img src=x>",
        "<a title=\"\" onclick=\"x\">",
        "<a href=\" javascript:x\">",
        "<svg/onload=x>",
        "<a id='x'>",
    ] {
        assert!(std::panic::catch_unwind(|| dangers.in_page("", bad)).is_err(), "{bad}");
    }
    dangers.in_page("", "<input value=\"&#60;img onerror=x&#62; it's\"> onclick= <svg role=\"img\">");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_people_write_becomes_markup_or_sql() {
    let payloads = payloads();
    assert!(payloads.len() >= 60, "{}", payloads.len());
    let house = House::new(Setting { teams: 2, ..Setting::default() }).await;
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let (mut villages, mut teams, mut officials) = (
        "id,name,name_latin,township_code,township,township_latin\n".to_owned(),
        "id,village,name,name_latin,sending_unit\n".to_owned(),
        "id,team,name,name_latin,role,phone,device_number\n".to_owned(),
    );
    for (n, payload) in payloads.iter().enumerate() {
        let text = quoted(payload);
        villages.push_str(&format!("W{n},{text},{text},520699001,{text},{text}\n"));
        teams.push_str(&format!("U{n},W{n},{text},{text},{text}\n"));
        officials.push_str(&format!("P{n},U{n},{text},{text},lead,137001{n:05},9{n}\n"));
    }
    let mut taken = 0;
    for (kind, csv) in
        [(TemplateKind::Villages, &villages), (TemplateKind::Teams, &teams), (TemplateKind::Officials, &officials)]
    {
        taken += house.import(kind, csv).await.new;
    }
    assert!(taken > 100, "most of them are names: {taken}");
    house.at("2026-03-02 17:30").await;
    house.at("2026-03-03 07:30").await;
    house.ctx.clock.set(time("2026-03-03 09:00"));
    for (n, payload) in payloads.iter().enumerate() {
        let complaint = NewComplaint { inspector: &"I1".parse().unwrap(), by: "Li Hua", from: payload, text: payload };
        complaints::open(&house.ctx, &complaint).await.unwrap();
        let subject = Subject::Team(format!("U{n}").parse().unwrap());
        let finding = NewFinding {
            subject,
            office: None,
            code: "other",
            text: payload,
            owner: payload,
            deadline: None,
            by: "Li Hua",
        };
        let _ = findings::open(&house.ctx, &finding).await;
        let mail = format!(
            "From: {payload} <x{n}@elsewhere.example>\r\nTo: desk@yunling.example\r\nSubject: {payload}\r\n\
             Message-ID: <m{n}@elsewhere.example>\r\n\r\n{payload}\r\n"
        );
        house.deliver(mail.as_bytes()).await;
    }
    house.at("2026-03-03 09:05").await;
    let mut tx = house.ctx.store.read().await.unwrap();
    let mails: Vec<String> = tx.mails(None, 200).await.unwrap().into_iter().map(|mail| mail.id).collect();
    let complaints: Vec<String> =
        tx.complaints(None).await.unwrap().into_iter().map(|complaint| complaint.id.to_string()).collect();
    drop(tx);
    let site = Site::of(house).await;
    let mut head = site.signed_in("wangmin", Head).await;
    let mut admin = site.signed_in("admin", Administrator).await;
    let dangers = Dangers::new();
    for (n, payload) in payloads.iter().enumerate() {
        // Typed into forms: an account, a token, a result; looked for; asked by address.
        admin.post("/setup/tokens/add", &[("source", "punches"), ("name", payload)]);
        let fields = [("account", "x1"), ("name", payload.as_str()), ("role", "viewer"), ("language", "en")];
        dangers.in_page("/setup/users/add", &admin.post("/setup/users/add", &fields).body);
        let got = head.post("/record", &[("assignment", payload), ("code", payload), ("remark", payload)]);
        dangers.in_page("POST /record", &got.body);
        let encoded: String = form_urlencoded::byte_serialize(payload.as_bytes()).collect();
        let mut paths = vec![
            format!("/record?key={encoded}"),
            format!("/cases/{}", encoded.replace('+', "%20")),
            format!("/login?next={encoded}"),
        ];
        // Pages of many figures: each form in turn.
        paths.push(match n % 3 {
            0 => format!("/setup?find={encoded}"),
            1 => format!("/flags?state={encoded}&kind={encoded}&region={encoded}&age={encoded}"),
            _ => format!("/today?day={encoded}&office={encoded}"),
        });
        for path in paths {
            let got = head.get(&path);
            assert!(got.status < 500, "{path}: {}", got.status);
            dangers.in_page(&path, &got.body);
        }
    }
    let gets = ROUTES.iter().filter(|route| route.method == Method::Get && !route.path.contains('{'));
    let mut paths: Vec<String> = gets.map(|route| route.path.to_owned()).collect();
    paths.extend(["/today?day=2026-03-03", "/today/print?day=2026-03-03"].map(str::to_owned));
    paths.extend(mails.iter().map(|id| format!("/quarantine/{id}")));
    paths.extend(complaints.iter().map(|id| format!("/cases/{id}")));
    for path in paths {
        for browser in [&mut head, &mut admin] {
            let got = browser.get(&path);
            assert!(got.status < 500, "{path}: {}", got.status);
            dangers.in_page(&path, &got.body);
        }
    }
    // What was to be dropped is there.
    assert_eq!(site.ctx.store.read().await.unwrap().accounts().await.unwrap().len(), 3);
}
