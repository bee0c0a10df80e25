//! A day at the desk, in a browser that runs no script: sign in, decide, accept a mail, bring a file, verify a draw.

use super::axe;
use super::county::County;
use super::driver::{Browser, DESK, PHONE, With};

const PASSWORD: &str = "four quiet herons 越过梯田";

/// Every page that has an address of its own, and the first of each kind of thing.
const PAGES: [&str; 13] = [
    "/today",
    "/today/print",
    "/coverage",
    "/flags",
    "/draws",
    "/quarantine",
    "/imports",
    "/reports",
    "/findings",
    "/record",
    "/setup",
    "/setup/audit",
    "/login/second",
];

#[test]
fn an_office_works_in_a_browser() {
    let county = County::play();
    let desk = Browser::start(With { scripts: false, ..DESK });
    first_password(&desk, &county);
    sign_in(&desk, &county);
    speak(&desk, "en");
    let flag = decide_a_flag(&desk, &county);
    accept_a_mail(&desk, &county);
    bring_a_file(&desk, &county);
    let draw = verify_a_draw(&desk, &county);
    speak(&desk, "zh-Hans");
    desk.open(&format!("{}{flag}", county.address));
    assert!(desk.text().contains("理由"), "the same case in the other language");
    let mut pages = PAGES.map(|path| (path.to_owned(), path.to_owned())).to_vec();
    pages.extend([
        ("/cases".to_owned(), flag),
        ("/draw".to_owned(), draw.clone()),
        ("/verified".to_owned(), draw + "?verify=1"),
    ]);
    for (list, name) in
        [("/quarantine", "/mail"), ("/imports", "/import"), ("/findings", "/finding"), ("/reports", "/report")]
    {
        desk.open(&format!("{}{list}", county.address));
        if let Some(href) = first_link(&desk, &format!("main a[href^='{list}/']")) {
            pages.push((name.to_owned(), href));
        }
    }
    desk.follow_text("退出");
    desk.open(&format!("{}/today", county.address));
    assert!(desk.address().contains("/login"), "signed out on the server: {}", desk.address());
    everybody_can_read(&county, &pages);
}

fn first_password(browser: &Browser, county: &County) {
    browser.open(&county.first);
    browser.fill("#password", "short");
    browser.fill("#again", "short");
    browser.click("main form button");
    assert!(browser.address().contains("/first/"), "a short password is not taken");
    browser.fill("#password", PASSWORD);
    browser.fill("#again", PASSWORD);
    browser.follow("main form button");
    browser.open(&county.first);
    assert!(!browser.has("#password"), "the address works once");
}

fn sign_in(browser: &Browser, county: &County) {
    browser.open(&format!("{}/today", county.address));
    assert!(browser.address().contains("/login"), "nobody sees anything unasked: {}", browser.address());
    browser.fill("#account", "head");
    browser.fill("#password", "not the password at all");
    browser.follow("main form button");
    assert!(browser.has("[role=alert]") && browser.has("#password"));
    browser.fill("#account", "head");
    browser.fill("#password", PASSWORD);
    browser.follow("main form button");
    assert!(browser.address().ends_with("/today"), "{}", browser.address());
    assert_eq!(browser.count("h1"), 1);
}

fn speak(browser: &Browser, language: &str) {
    if browser.attribute("html", "lang").as_deref() != Some(language) {
        browser.follow("form[action='/language'] button");
    }
    assert_eq!(browser.attribute("html", "lang").as_deref(), Some(language));
}

fn first_link(browser: &Browser, css: &str) -> Option<String> {
    browser.has(css).then(|| browser.attribute(css, "href")).flatten()
}

/// From Today to the oldest open flag, and asks for an explanation. Returns where it stands.
fn decide_a_flag(browser: &Browser, county: &County) -> String {
    browser.open(&format!("{}/today", county.address));
    let flag = first_link(browser, "main a[href^='/cases/F-']").expect("a flag to look at stands on Today");
    browser.follow(&format!("main a[href='{flag}']"));
    assert!(browser.address().ends_with(&flag));
    let ask = "form[action$='/decide'] input[name=action][value=ask]";
    assert!(browser.has(ask), "{}", browser.text());
    browser.click(ask);
    browser.click("form[action$='/decide'] button");
    assert!(!browser.has("[role=status]"), "without a reason nothing is sent");
    let reason = "Nobody at the station, and no leave on record <b>that day</b>";
    browser.fill("form[action$='/decide'] textarea[name=reason]", reason);
    browser.follow("form[action$='/decide'] button");
    assert!(browser.has("[role=status]"), "{}", browser.text());
    assert!(browser.text().contains(reason), "the step stands in the timeline as it was written");
    assert!(!browser.has(&format!("{ask}:not([disabled])")), "it is asked once");
    flag
}

fn accept_a_mail(browser: &Browser, county: &County) {
    browser.open(&format!("{}/quarantine", county.address));
    let mail = first_link(browser, "main a[href^='/quarantine/']").expect("a mail waits for a person");
    browser.open(&format!("{}{mail}", county.address));
    browser.follow("form[action$='/accept'] button");
    assert!(browser.has("[role=status]") || browser.has("[role=alert]"), "{}", browser.text());
    browser.open(&format!("{}{mail}", county.address));
    assert!(!browser.has("form[action$='/accept']"), "nobody is asked again");
}

fn bring_a_file(browser: &Browser, county: &County) {
    let path = county.folder.path().join("punches.csv");
    std::fs::write(&path, "official,time\nO0001,2026-03-02 08:31:05\nnobody-here,2026-03-02 08:31:05\nO0002,soon\n")
        .unwrap();
    browser.open(&format!("{}/imports", county.address));
    let source = browser.attribute("form[action='/imports/preview'] option", "value").unwrap();
    browser.choose("form[action='/imports/preview'] select[name=source]", &source);
    browser.fill("form[action='/imports/preview'] input[type=file]", path.to_str().unwrap());
    browser.follow("form[action='/imports/preview'] button");
    let text = browser.text();
    assert!(
        text.contains("nobody-here") && text.contains("soon"),
        "what is wrong is told before anything is imported:\n{text}"
    );
    assert!(browser.has("a[href$='/rejects']"));
    browser.follow("form[action$='/confirm'] button");
    assert!(browser.has("[role=status]"), "{}", browser.text());
    assert!(browser.text().contains("punches.csv"), "{}", browser.text());
}

fn verify_a_draw(browser: &Browser, county: &County) -> String {
    browser.open(&format!("{}/draws", county.address));
    let revealed = "main a[href^='/draws/']";
    let links = browser.count(revealed);
    assert!(links > 0, "{}", browser.text());
    // The newest are still sealed or not yet over; the last of the page is the oldest.
    let draw = browser.attribute_of_last(revealed, "href");
    browser.open(&format!("{}{draw}", county.address));
    browser.follow("main a[href*='verify=1']");
    let text = browser.text();
    assert!(text.contains("Proved: ") || text.contains("Consistent: "), "{text}");
    draw
}

/// In both languages, at a desk and on a telephone: nothing hangs over the edge, and axe-core finds nothing.
fn everybody_can_read(county: &County, pages: &[(String, String)]) {
    let mut wrong = Vec::new();
    for with in [DESK, PHONE] {
        let browser = Browser::start(with);
        sign_in(&browser, county);
        for language in ["en", "zh-Hans"] {
            speak(&browser, language);
            for (name, path) in pages {
                browser.open(&format!("{}{path}", county.address));
                assert_eq!(browser.attribute("html", "lang").as_deref(), Some(language), "{path}");
                let at = format!("{name} {language} {}", with.width);
                let over =
                    browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth;");
                if over.as_i64().is_some_and(|over| over > 0) {
                    wrong.push(format!("{at}: {over} px hang over the edge"));
                }
                wrong.extend(axe::faults(&browser).into_iter().map(|fault| format!("{at}: {fault}")));
                keep_picture(&browser, &at);
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// For whoever wants to look: `SPOTCHECK_PICTURES=FOLDER`.
fn keep_picture(browser: &Browser, name: &str) {
    if let Ok(folder) = std::env::var("SPOTCHECK_PICTURES") {
        let file = format!("{}.png", name.trim_start_matches('/').replace(['/', ' '], "-"));
        std::fs::write(std::path::Path::new(&folder).join(file), browser.picture()).unwrap();
    }
}
