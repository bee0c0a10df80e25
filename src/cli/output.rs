//! Files that a command writes where a person asked for them.

use crate::model::Trouble;
use crate::said;
use std::path::Path;

/// # Errors
/// The file cannot be written: it is named, with the reason.
pub fn write(file: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Trouble> {
    std::fs::write(file, bytes).map_err(|e| {
        Trouble::new(said!(
            "the file cannot be written ({e}): name one in a folder that exists",
            "文件无法写入（{e}）：请指定已有文件夹中的文件"
        ))
        .in_file(file.display().to_string())
    })
}

/// A page that its template did not make.
pub fn no_page() -> Trouble {
    Trouble::new(said!("the page could not be made", "页面无法生成"))
}
