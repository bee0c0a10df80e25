//! The calendar that the configuration names, or the shipped one; regions in it by their codes.

use super::Done;
use crate::config::Config;
use crate::files;
use crate::model::Trouble;
use crate::said;
use crate::store::Store;
use crate::timing::Calendar;
use std::io;
use std::path::{Path, PathBuf};

/// As the files have it.
///
/// # Errors
/// A file that cannot be read, or a year in two of them.
pub fn calendar(config: &Config) -> Done<Calendar> {
    let mut all = Calendar::default();
    for path in &files_of(config)? {
        let text = files::read_text(path, files::SETTINGS).map_err(|trouble| trouble.in_field("calendar.files"))?;
        all = with(all, &path.display().to_string(), &text)?;
    }
    Ok(all.or_shipped())
}

/// Those that the configuration names, then those that were imported.
pub(super) fn files_of(config: &Config) -> Done<Vec<PathBuf>> {
    let folder = &config.calendar.folder;
    let unusable = |e: &io::Error| files::unreadable(folder, e).in_field("calendar.folder");
    let mut imported = Vec::new();
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                imported.push(entry.map_err(|e| unusable(&e))?.path());
            }
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(unusable(&e).into()),
    }
    imported.retain(|path| is_calendar(path) && !config.calendar.files.contains(path));
    imported.sort();
    Ok(config.calendar.files.iter().cloned().chain(imported).collect())
}

/// Drafts, and what an editor leaves behind, begin with a dot.
fn is_calendar(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    !hidden && path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv"))
}

/// One more file.
pub(super) fn with(calendar: Calendar, name: &str, text: &str) -> Done<Calendar> {
    let both = |year| {
        let said = said!(
            "{year} is in another calendar file already: name it once",
            "{year}年已在另一日历文件中：只能出现一次"
        );
        Trouble::new(said).in_file(name)
    };
    Ok(calendar.merge(Calendar::parse(name, text)?).map_err(both)?)
}

/// Puts codes in the place of names of regions: an office's name stands for its region, any other one is looked up in
/// the register. Before anything is in the register, what is not known yet waits.
///
/// # Errors
/// A name that no region has, or several.
pub async fn name_regions(calendar: &mut Calendar, config: &Config, store: &Store) -> Done<()> {
    let is_code = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if calendar.named_regions().all(is_code) {
        return Ok(());
    }
    let regions = store.read().await?.regions().await?;
    let code = |text: &str| {
        let named = |own: &str, latin: &str| own == text || (!latin.is_empty() && latin == text);
        let office = config.offices.iter().find(|office| named(&office.name.own, &office.name.latin));
        if is_code(text) || (regions.is_empty() && office.is_none()) {
            return Ok(text.to_owned());
        }
        if let Some(office) = office.filter(|office| !office.region.is_empty()) {
            return Ok(office.region.clone());
        }
        let codes: Vec<&str> = regions
            .iter()
            .filter(|region| named(&region.name.own, &region.name.latin))
            .map(|region| region.code.as_str())
            .collect();
        if let [only] = codes[..] {
            return Ok(only.to_owned());
        }
        let codes = codes.join(", ");
        let said = match codes.is_empty() {
            true => said!(
                "the register has no region “{text}”: write its code, such as 5206",
                "登记册中没有地区“{text}”：请改写代码，如5206"
            ),
            false => said!(
                "several regions are called “{text}”: write the code of the one that is meant: {codes}",
                "有多个地区名为“{text}”：请改写代码：{codes}"
            ),
        };
        Err(Trouble::new(said).in_field("calendar.files region"))
    };
    Ok(calendar.name_regions(code)?)
}
