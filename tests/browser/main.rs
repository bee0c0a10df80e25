//! The console in a real browser: Chromium with its driver from Debian's packages, axe-core from the npm registry.

#![cfg(test)]

mod axe;
mod county;
mod driver;
mod office;

use driver::{Browser, DESK, PHONE, With};

fn page(body: &str) -> String {
    let html =
        format!("<!doctype html><html lang=en><title>t</title><meta name=viewport content='width=device-width'>{body}");
    let mut address = "data:text/html,".to_owned();
    for byte in html.bytes() {
        address.push_str(&format!("%{byte:02X}"));
    }
    address
}

#[test]
fn the_checker_finds_a_fault_and_scripts_can_be_off() {
    let off = Browser::start(With { scripts: false, ..PHONE });
    off.open(&page("<main><h1>a</h1><p id=p>quiet</p><script>p.textContent = 'loud ' + innerWidth</script></main>"));
    assert_eq!(off.text_of("#p"), "quiet");
    let on = Browser::start(PHONE);
    on.open(&page("<main><h1>a</h1><p id=p>quiet</p><script>p.textContent = 'loud ' + innerWidth</script></main>"));
    assert_eq!(on.text_of("#p"), "loud 360");
    let desk = Browser::start(DESK);
    desk.open(&page("<main><h1>a</h1><img src='data:,'></main>"));
    assert!(axe::faults(&desk).iter().any(|fault| fault.starts_with("image-alt")), "{:?}", axe::faults(&desk));
    assert!(desk.picture().starts_with(b"\x89PNG"));
}
