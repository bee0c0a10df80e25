//! The pages as people read them, in both languages.

use super::world::{EVENING, LANGUAGES, addresses, county, page, viewer};
use regex::Regex;
use spotcheck::model::AccountRole;

/// The words of a page in their order, a line a paragraph or row; `[…]` is what can be filled in or pressed.
pub fn words(html: &str) -> String {
    let replaced = |text: &str, from: &str, to: &str| Regex::new(from).unwrap().replace_all(text, to).into_owned();
    let main = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
    let main = main.split_once('>').unwrap().1;
    let mut text = replaced(main, "(?s)<svg.*?</svg>", "(drawing)\n");
    for (from, to) in [
        (r#"<input type="hidden" name="csrf"[^>]*>"#, ""),
        (r#"<input type="hidden" name="([^"]*)" value="([^"]*)">"#, "[$1=$2] "),
        (r#"<(?:input|textarea|select)[^>]* name="([^"]*)"[^>]*>"#, "[$1] "),
        ("</option>", " / "),
        ("<button[^>]*>([^<]*)</button>", "[$1]"),
        (r#"<span class="hidden">[^<]*</span>"#, ""),
        ("</(?:td|th|dt)>", " | "),
        ("</(?:p|li|tr|h1|h2|h3|caption|div|dd|pre|legend|summary|label|figcaption|ul|select|time)>", "\n"),
        ("<br>", "\n"),
        ("<[^>]*>", ""),
        ("&#39;", "'"),
        ("&(?:#34|quot);", "\""),
        ("&(?:#60|lt);", "<"),
        ("&(?:#62|gt);", ">"),
        ("&(?:#38|amp);", "&"),
    ] {
        text = replaced(&text, from, to);
    }
    let lines: Vec<&str> = text.lines().map(|line| line.trim().trim_end_matches('|').trim()).collect();
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_page_in_both_languages() {
    let ctx = county(EVENING).await;
    for (name, address) in addresses(&ctx).await {
        for language in LANGUAGES {
            let viewer = viewer(AccountRole::Head, "yunling", language);
            let page = page(&ctx, &viewer, &address).await;
            // To be looked at in a browser.
            if let Ok(folder) = std::env::var("SPOTCHECK_PAGES") {
                let html = page.html.replace("\"/console.css\"", "\"console.css\"");
                std::fs::write(format!("{folder}/{name}.{language}.html"), html).unwrap();
            }
            insta::assert_snapshot!(format!("{name}_{language}"), words(&page.html));
        }
    }
}
