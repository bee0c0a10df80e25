//! Settings of files that offices send.

use super::{SMALL, read};
use std::path::PathBuf;

#[test]
fn mappings_and_senders_of_files() {
    let text =
        SMALL.replace("[[source]]", "[imports]\nmappings = \"own\"\n[[source]]\nsenders = [\"HR@County.example\"]");
    let config = read(&text).unwrap();
    assert_eq!(config.imports.mappings, Some(PathBuf::from("own")));
    assert_eq!(config.sources[0].senders, ["hr@county.example"]);
    let troubles = read(&text.replace("HR@County.example", "hr")).unwrap_err();
    assert_eq!(troubles[0].field.as_deref(), Some("source.senders"));
}
