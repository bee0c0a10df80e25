//! Rows of positions and of distances that an office knows itself.

use super::cells::id;
use super::gcj02::to_wgs84;
use super::roster::{Reference, RosterRow, Setting};
use crate::model::position::{Distance, Leg, Located, Position};
use crate::model::{PlaceId, Said, Trouble};
use crate::said;
use crate::table::fields::quote;
use crate::table::{Fields, TemplateKind};
use unicode_normalization::UnicodeNormalization;

impl RosterRow for Located {
    const KIND: TemplateKind = TemplateKind::Positions;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<Located, Trouble> {
        let place = id(fields, "place", PlaceId::parse)?.to_string();
        let longitude = fields.read_required("longitude", number)?;
        let latitude = fields.read_required("latitude", number)?;
        let (longitude, latitude) = match fields.choice("datum")? {
            Some("gcj02") => to_wgs84((longitude, latitude)),
            _ => (longitude, latitude),
        };
        let position = Position::from_degrees(longitude, latitude).map_err(|said| fields.trouble("latitude", said))?;
        Ok(Located { place, position })
    }

    fn key(&self) -> String {
        self.place.clone()
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        vec![("place", Reference::Site(&self.place))]
    }
}

impl RosterRow for Distance {
    const KIND: TemplateKind = TemplateKind::Distances;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<Distance, Trouble> {
        let place = |key| id(fields, key, PlaceId::parse).map(|place| place.to_string());
        let (from, to) = (place("from_place")?, place("to_place")?);
        let minutes = fields.read_required("minutes", |text| within(text, 1_440.0))?;
        let kilometres = fields.read("km", |text| within(text, 3_000.0))?;
        #[expect(clippy::cast_possible_truncation, reason = "within the limits above")]
        let whole = |number: f64| number.round() as i64;
        let leg = Leg { seconds: whole(minutes * 60.0), metres: kilometres.map(|km| whole(km * 1_000.0)) };
        Ok(Distance { from, to, leg })
    }

    fn key(&self) -> String {
        format!("{}\n{}", self.from, self.to)
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        vec![("from_place", Reference::Site(&self.from)), ("to_place", Reference::Site(&self.to))]
    }
}

fn number(text: &str) -> Result<f64, Said> {
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace() && *c != '°').collect();
    plain.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(|| {
        let text = quote(text);
        said!("“{text}” is not a number: write it like 106.630153", "“{text}”不是数字：请写成106.630153的形式")
    })
}

fn within(text: &str, most: f64) -> Result<f64, Said> {
    let found = number(text)?;
    if (0.0..=most).contains(&found) {
        return Ok(found);
    }
    Err(said!("expected a number from 0 to {most}", "应为0到{most}之间的数字"))
}
