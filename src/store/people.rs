//! Officials, contacts and inspectors.

use super::bulk::{self, Cell, Counted};
use super::register::{Ids, posting};
use super::{Result, StoreError, Tx, day_text, parsed, parsed_json};
use crate::model::register::{Contact, Inspector, Listed, Name, Official, Role};
use crate::model::{OfficeId, Phone};

statements! {
    LISTED = "SELECT MAX(id), group_concat(line, '') FROM (
            SELECT id, id || char(9) || COALESCE(device_number, '') || char(9) || name || char(9) || latin || char(9) || COALESCE(to_day, '') || char(10) AS line
            FROM official WHERE id > $1 ORDER BY id LIMIT $2)",
    postgres = "SELECT MAX(id), string_agg(line, '') FROM (
            SELECT id, id || chr(9) || COALESCE(device_number, '') || chr(9) || name || chr(9) || latin || chr(9) || COALESCE(to_day, '') || chr(10) AS line
            FROM official WHERE id > $1 ORDER BY id LIMIT $2) AS page";
    OFFICIALS = "SELECT id, team, name, latin, role, phone, phone_extension, phone_shown, email, sending_unit, device_number, from_day, to_day
        FROM official ORDER BY id";
    OFFICIALS_OF_TEAMS = "SELECT id, team, name, latin, role, phone, phone_extension, phone_shown, email, sending_unit, device_number, from_day, to_day
        FROM official WHERE team IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT id, team, name, latin, role, phone, phone_extension, phone_shown, email, sending_unit, device_number, from_day, to_day
        FROM official WHERE team = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    OFFICIALS_AMONG = "SELECT id, team, name, latin, role, phone, phone_extension, phone_shown, email, sending_unit, device_number, from_day, to_day
        FROM official WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT id, team, name, latin, role, phone, phone_extension, phone_shown, email, sending_unit, device_number, from_day, to_day
        FROM official WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    CONTACTS_OF_VILLAGES = "SELECT id, village, role, name, latin, phone, phone_extension, phone_shown, do_not_call, from_day, to_day
        FROM contact WHERE village IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT id, village, role, name, latin, phone, phone_extension, phone_shown, do_not_call, from_day, to_day
        FROM contact WHERE village = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    INSPECTORS_AMONG = "SELECT id, office, name, latin, addresses, phone, phone_extension, phone_shown, language, visits, calls, home_county,
        from_day, to_day FROM inspector WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT id, office, name, latin, addresses, phone, phone_extension, phone_shown, language, visits, calls, home_county,
        from_day, to_day FROM inspector WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    INSPECTORS_OF = "SELECT id, office, name, latin, addresses, phone, phone_extension, phone_shown, language, visits, calls, home_county,
        from_day, to_day FROM inspector WHERE office = $1 ORDER BY id";
    INSPECTORS_AT = "SELECT id, office, name, latin, addresses, phone, phone_extension, phone_shown, language, visits, calls, home_county,
        from_day, to_day FROM inspector WHERE EXISTS (SELECT 1 FROM json_each(addresses) WHERE value = $1) ORDER BY id",
    postgres = "SELECT id, office, name, latin, addresses, phone, phone_extension, phone_shown, language, visits, calls, home_county,
        from_day, to_day FROM inspector WHERE CAST(addresses AS JSONB) @> to_jsonb(CAST($1 AS TEXT)) ORDER BY id";
    NAMED_AT = "SELECT email, name, latin FROM official WHERE email IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT email, name, latin FROM official WHERE email = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    CONTACTS_AMONG = concat!("SELECT id, village, role, name, latin, phone, phone_extension, phone_shown, do_not_call, from_day, to_day
        FROM contact WHERE ", in_json!("id", "$1"), " ORDER BY id"),
    postgres = concat!("SELECT id, village, role, name, latin, phone, phone_extension, phone_shown, do_not_call, from_day, to_day
        FROM contact WHERE ", in_jsonb!("id", "$1"), " ORDER BY id");
    CONTACTS = "SELECT id, village, role, name, latin, phone, phone_extension, phone_shown, do_not_call, from_day, to_day
        FROM contact ORDER BY id";
    INSPECTORS = "SELECT id, office, name, latin, addresses, phone, phone_extension, phone_shown, language, visits, calls, home_county,
        from_day, to_day FROM inspector ORDER BY id";
}

#[derive(sqlx::FromRow)]
struct OfficialRow {
    id: String,
    team: String,
    name: String,
    latin: String,
    role: String,
    phone: Option<String>,
    phone_extension: Option<String>,
    phone_shown: Option<String>,
    email: Option<String>,
    sending_unit: String,
    device_number: Option<String>,
    from_day: Option<String>,
    to_day: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    id: String,
    village: String,
    role: String,
    name: String,
    latin: String,
    phone: Option<String>,
    phone_extension: Option<String>,
    phone_shown: Option<String>,
    do_not_call: i64,
    from_day: Option<String>,
    to_day: Option<String>,
}

#[derive(sqlx::FromRow)]
struct InspectorRow {
    id: String,
    office: String,
    name: String,
    latin: String,
    addresses: String,
    phone: Option<String>,
    phone_extension: Option<String>,
    phone_shown: Option<String>,
    language: String,
    visits: i64,
    calls: i64,
    home_county: Option<String>,
    from_day: Option<String>,
    to_day: Option<String>,
}

fn phone(dial: Option<String>, extension: Option<String>, shown: Option<String>) -> Option<Phone> {
    dial.map(|dial| Phone { shown: shown.unwrap_or_else(|| dial.clone()), dial, extension })
}

fn phone_cells(phone: Option<&Phone>) -> [Cell; 3] {
    [
        phone.map(|p| p.dial.clone()).into(),
        phone.and_then(|p| p.extension.clone()).into(),
        phone.map(|p| p.shown.clone()).into(),
    ]
}

fn role(table: &'static str, id: &str, text: &str) -> Result<Role> {
    Role::from_code(text).ok_or_else(|| StoreError::Inconsistent {
        table,
        column: "role",
        id: id.to_owned(),
        found: text.to_owned(),
    })
}

fn official(r: OfficialRow) -> Result<Official> {
    Ok(Official {
        posting: posting("official", &r.id, r.from_day.as_deref(), r.to_day.as_deref())?,
        role: role("official", &r.id, &r.role)?,
        team: parsed("official", "team", &r.id, &r.team)?,
        id: parsed("official", "id", &r.id, &r.id)?,
        name: Name::new(r.name, r.latin),
        phone: phone(r.phone, r.phone_extension, r.phone_shown),
        email: r.email,
        sending_unit: r.sending_unit,
        device_number: r.device_number,
    })
}

fn contact(r: ContactRow) -> Result<Contact> {
    Ok(Contact {
        active: posting("contact", &r.id, r.from_day.as_deref(), r.to_day.as_deref())?,
        role: role("contact", &r.id, &r.role)?,
        village: parsed("contact", "village", &r.id, &r.village)?,
        id: parsed("contact", "id", &r.id, &r.id)?,
        name: Name::new(r.name, r.latin),
        phone: phone(r.phone, r.phone_extension, r.phone_shown),
        do_not_call: r.do_not_call != 0,
    })
}

fn inspector(r: InspectorRow) -> Result<Inspector> {
    Ok(Inspector {
        active: posting("inspector", &r.id, r.from_day.as_deref(), r.to_day.as_deref())?,
        office: parsed("inspector", "office", &r.id, &r.office)?,
        addresses: parsed_json("inspector", "addresses", &r.id, &r.addresses)?,
        language: parsed("inspector", "language", &r.id, &r.language)?,
        id: parsed("inspector", "id", &r.id, &r.id)?,
        name: Name::new(r.name, r.latin),
        phone: phone(r.phone, r.phone_extension, r.phone_shown),
        visits_a_window: u32::try_from(r.visits).unwrap_or(0),
        calls_a_window: u32::try_from(r.calls).unwrap_or(0),
        home_county: r.home_county,
    })
}

/// Lines that are handed over together.
const LISTED_PAGE: i64 = 10_000;

impl Tx {
    /// Every official as files of records name one: lines of [`Listed`]. By the thousand: handed over one by one a
    /// nation's take longer than their punches.
    pub async fn listed_officials(&mut self) -> Result<String> {
        let (mut all, mut after) = (String::new(), String::new());
        while let Some((Some(last), Some(page))) =
            fetch_optional!(self, (Option<String>, Option<String>), LISTED, &after, LISTED_PAGE)
        {
            if let Some(line) = page.lines().find(|line| Listed::parse(line).is_none()) {
                return Err(StoreError::Inconsistent {
                    table: "official",
                    column: "name",
                    id: line.split('\t').next().unwrap_or_default().to_owned(),
                    found: "a control character".to_owned(),
                });
            }
            all.push_str(&page);
            after = last;
        }
        Ok(all)
    }

    pub async fn officials(&mut self) -> Result<Vec<Official>> {
        fetch_all!(self, OfficialRow, OFFICIALS).into_iter().map(official).collect()
    }

    pub async fn officials_among(&mut self, ids: &Ids) -> Result<Vec<Official>> {
        fetch_among!(self, ids, OfficialRow, OFFICIALS_AMONG).into_iter().map(official).collect()
    }

    pub async fn officials_of_teams(&mut self, teams: &Ids) -> Result<Vec<Official>> {
        fetch_among!(self, teams, OfficialRow, OFFICIALS_OF_TEAMS).into_iter().map(official).collect()
    }

    pub async fn put_officials(&mut self, officials: &[Official]) -> Result<Counted> {
        self.register_changed().await?;
        let rows: Vec<[Cell; 13]> = officials
            .iter()
            .map(|o| {
                let [dial, extension, shown] = phone_cells(o.phone.as_ref());
                [
                    o.id.as_str().into(),
                    o.team.as_str().into(),
                    o.name.own.as_str().into(),
                    o.name.latin.as_str().into(),
                    o.role.code().into(),
                    dial,
                    extension,
                    shown,
                    o.email.clone().into(),
                    o.sending_unit.as_str().into(),
                    o.device_number.clone().into(),
                    day_text(o.posting.from).into(),
                    day_text(o.posting.to).into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO official (id, team, name, latin, role, phone, phone_extension, phone_shown, email, sending_unit, device_number, from_day, to_day) ",
            &rows,
            " ON CONFLICT (id) DO UPDATE SET team = excluded.team, name = excluded.name, latin = excluded.latin, role = excluded.role,
                phone = excluded.phone, phone_extension = excluded.phone_extension, phone_shown = excluded.phone_shown,
                email = excluded.email, sending_unit = excluded.sending_unit, device_number = excluded.device_number, from_day = excluded.from_day, to_day = excluded.to_day",
        )
        .await
    }

    pub async fn contacts(&mut self) -> Result<Vec<Contact>> {
        fetch_all!(self, ContactRow, CONTACTS).into_iter().map(contact).collect()
    }

    pub async fn contacts_of_villages(&mut self, villages: &Ids) -> Result<Vec<Contact>> {
        fetch_among!(self, villages, ContactRow, CONTACTS_OF_VILLAGES).into_iter().map(contact).collect()
    }

    pub async fn contacts_among(&mut self, ids: &Ids) -> Result<Vec<Contact>> {
        fetch_among!(self, ids, ContactRow, CONTACTS_AMONG).into_iter().map(contact).collect()
    }

    pub async fn put_contacts(&mut self, contacts: &[Contact]) -> Result<Counted> {
        let rows: Vec<[Cell; 11]> = contacts
            .iter()
            .map(|c| {
                let [dial, extension, shown] = phone_cells(c.phone.as_ref());
                [
                    c.id.as_str().into(),
                    c.village.as_str().into(),
                    c.role.code().into(),
                    c.name.own.as_str().into(),
                    c.name.latin.as_str().into(),
                    dial,
                    extension,
                    shown,
                    c.do_not_call.into(),
                    day_text(c.active.from).into(),
                    day_text(c.active.to).into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO contact (id, village, role, name, latin, phone, phone_extension, phone_shown, do_not_call, from_day, to_day) ",
            &rows,
            " ON CONFLICT (id) DO UPDATE SET village = excluded.village, role = excluded.role, name = excluded.name, latin = excluded.latin,
                phone = excluded.phone, phone_extension = excluded.phone_extension, phone_shown = excluded.phone_shown,
                do_not_call = excluded.do_not_call, from_day = excluded.from_day, to_day = excluded.to_day",
        )
        .await
    }

    pub async fn inspectors(&mut self) -> Result<Vec<Inspector>> {
        fetch_all!(self, InspectorRow, INSPECTORS).into_iter().map(inspector).collect()
    }

    pub async fn inspectors_among(&mut self, ids: &Ids) -> Result<Vec<Inspector>> {
        fetch_among!(self, ids, InspectorRow, INSPECTORS_AMONG).into_iter().map(inspector).collect()
    }

    /// Those whose registered address this is.
    pub async fn inspectors_at(&mut self, address: &str) -> Result<Vec<Inspector>> {
        fetch_all!(self, InspectorRow, INSPECTORS_AT, address).into_iter().map(inspector).collect()
    }

    /// Addresses of officials among these, and whose they are.
    pub async fn officials_at(&mut self, addresses: &Ids) -> Result<Vec<(String, Name)>> {
        let found = fetch_among!(self, addresses, (String, String, String), NAMED_AT);
        Ok(found.into_iter().map(|(address, own, latin)| (address, Name::new(own, latin))).collect())
    }

    pub async fn inspectors_of(&mut self, office: &OfficeId) -> Result<Vec<Inspector>> {
        fetch_all!(self, InspectorRow, INSPECTORS_OF, office.as_str()).into_iter().map(inspector).collect()
    }

    pub async fn put_inspectors(&mut self, inspectors: &[Inspector]) -> Result<Counted> {
        self.register_changed().await?;
        let rows: Vec<[Cell; 14]> = inspectors
            .iter()
            .map(|i| {
                let [dial, extension, shown] = phone_cells(i.phone.as_ref());
                [
                    i.id.as_str().into(),
                    i.office.as_str().into(),
                    i.name.own.as_str().into(),
                    i.name.latin.as_str().into(),
                    serde_json::json!(i.addresses).to_string().into(),
                    dial,
                    extension,
                    shown,
                    i.language.tag().into(),
                    i64::from(i.visits_a_window).into(),
                    i64::from(i.calls_a_window).into(),
                    i.home_county.clone().into(),
                    day_text(i.active.from).into(),
                    day_text(i.active.to).into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO inspector (id, office, name, latin, addresses, phone, phone_extension, phone_shown, language, visits, calls,
                home_county, from_day, to_day) ",
            &rows,
            " ON CONFLICT (id) DO UPDATE SET office = excluded.office, name = excluded.name, latin = excluded.latin,
                addresses = excluded.addresses, phone = excluded.phone, phone_extension = excluded.phone_extension,
                phone_shown = excluded.phone_shown, language = excluded.language, visits = excluded.visits, calls = excluded.calls,
                home_county = excluded.home_county, from_day = excluded.from_day, to_day = excluded.to_day",
        )
        .await
    }
}
