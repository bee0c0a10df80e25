//! axe-core over a page: what of WCAG 2.2 AA it does not keep.

use super::driver::Browser;
use serde_json::Value;
use std::path::Path;

/// Every fault, as `rule: element`. Panics where the checker itself is missing: `tests/run` fetches it.
pub fn faults(browser: &Browser) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; `tests/run` fetches it from the npm registry", path.display()));
    browser.run(&format!("{axe}\n; window.axe = axe; return true;"));
    let found = browser.run_to_end(
        "const done = arguments[arguments.length - 1];
         const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
         axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
            .then(found => done(found), error => done({failed: String(error)}));",
    );
    assert!(found["failed"].is_null(), "axe-core failed: {}", found["failed"]);
    assert!(found["passes"].as_array().is_none_or(|passes| !passes.is_empty()), "axe-core looked at nothing");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let of = |fault: &Value| {
        let (rule, nodes) = (fault["id"].as_str().unwrap_or_default().to_owned(), list(&fault["nodes"]));
        let said = nodes.into_iter().map(move |node| format!("{rule}: {}", node["html"].as_str().unwrap_or_default()));
        said.collect::<Vec<_>>()
    };
    list(&found["violations"]).iter().flat_map(of).collect()
}
