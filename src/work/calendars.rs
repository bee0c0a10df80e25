//! The calendar that the configuration names, or the shipped one; regions in it by their codes.

use super::Done;
use crate::config::Config;
use crate::files;
use crate::model::Trouble;
use crate::said;
use crate::store::Store;
use crate::timing::Calendar;

/// As the files have it.
///
/// # Errors
/// A file that cannot be read, or a year in two of them.
pub fn calendar(config: &Config) -> Done<Calendar> {
    let mut all = Calendar::default();
    for path in &config.calendar.files {
        let name = path.display().to_string();
        let text = files::read_text(path, files::SETTINGS).map_err(|trouble| trouble.in_field("calendar.files"))?;
        all = all.merge(Calendar::parse(&name, &text)?).map_err(|year| {
            Trouble::new(said!(
                "{year} is in another calendar file already: name it once",
                "{year}年已在另一日历文件中：只能出现一次"
            ))
            .in_file(name)
        })?;
    }
    Ok(all.or_shipped())
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
