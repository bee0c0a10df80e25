//! Rows of officials, contacts and inspectors.

use super::cells::{count, id, name, phone, posting, region_code, text};
use super::latin;
use super::roster::{Reference, RosterRow, Setting};
use crate::model::register::{Contact, Inspector, Official, Role};
use crate::model::{ContactId, InspectorId, Language, OfficeId, OfficialId, Said, TeamId, Trouble, VillageId};
use crate::said;
use crate::table::{Fields, TemplateKind};
use unicode_normalization::UnicodeNormalization;

impl RosterRow for Official {
    const KIND: TemplateKind = TemplateKind::Officials;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<Official, Trouble> {
        let id = id(fields, "id", OfficialId::parse)?;
        let device = text(fields, "device_number")?;
        Ok(Official {
            team: super::cells::id(fields, "team", TeamId::parse)?,
            name: name(fields, latin::person)?,
            role: role(fields)?.unwrap_or(Role::Member),
            phone: phone(fields)?,
            email: fields.read("email", address)?,
            sending_unit: text(fields, "sending_unit")?,
            device_number: (!device.is_empty() && device != id.as_str()).then_some(device),
            posting: posting(fields)?,
            id,
        })
    }

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        vec![("team", Reference::Team(&self.team))]
    }
}

impl RosterRow for Contact {
    const KIND: TemplateKind = TemplateKind::Contacts;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<Contact, Trouble> {
        fields.required("role")?;
        Ok(Contact {
            id: id(fields, "id", ContactId::parse)?,
            village: id(fields, "village", VillageId::parse)?,
            role: role(fields)?.unwrap_or(Role::Villager),
            name: name(fields, latin::person)?,
            phone: phone(fields)?,
            do_not_call: fields.yes("do_not_call")?.unwrap_or(false),
            active: posting(fields)?,
        })
    }

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        vec![("village", Reference::Village(&self.village))]
    }
}

impl RosterRow for Inspector {
    const KIND: TemplateKind = TemplateKind::Inspectors;

    fn read(fields: Fields<'_>, setting: &Setting<'_>) -> Result<Inspector, Trouble> {
        let office = match fields.read("office", OfficeId::parse)? {
            Some(office) => office,
            None => setting.office.cloned().ok_or_else(|| {
                fields.trouble("office", said!("the office is missing: fill in its name", "缺少单位：请填写"))
            })?,
        };
        Ok(Inspector {
            id: id(fields, "id", InspectorId::parse)?,
            office,
            name: name(fields, latin::person)?,
            addresses: addresses(fields)?,
            phone: phone(fields)?,
            language: fields
                .choice("language")?
                .map_or(setting.language, |code| if code == "en" { Language::En } else { Language::ZhHans }),
            visits_a_window: fields.read("visits", count)?.unwrap_or(setting.visits),
            calls_a_window: fields.read("calls", count)?.unwrap_or(setting.calls),
            home_county: fields.read("home_county", region_code)?,
            active: posting(fields)?,
        })
    }

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        Vec::new()
    }
}

fn role(fields: Fields<'_>) -> Result<Option<Role>, Trouble> {
    Ok(fields.choice("role")?.and_then(Role::from_code))
}

/// `email` first, then `other_emails`, each once.
fn addresses(fields: Fields<'_>) -> Result<Vec<String>, Trouble> {
    let mut all = vec![fields.read_required("email", address)?];
    let others = fields.get("other_emails").unwrap_or_default();
    for part in others.split([';', '\u{ff1b}', ',', '\u{ff0c}', '、', ' ']).filter(|part| !part.trim().is_empty()) {
        let one = address(part).map_err(|said| fields.trouble("other_emails", said))?;
        if !all.contains(&one) {
            all.push(one);
        }
    }
    Ok(all)
}

fn address(text: &str) -> Result<String, Said> {
    let text: String = text.nfkc().collect::<String>().trim().to_lowercase();
    let whole = text.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty()
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
    });
    let clean = text.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&b));
    if whole && clean && text.len() <= 254 {
        Ok(text)
    } else {
        Err(said!(
            "this is not a mail address: write it like name@county.example",
            "这不是邮箱地址：应写成name@county.example的形式"
        ))
    }
}
