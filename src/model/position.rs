//! Where places lie, and what the way between two of them takes.

use super::Said;
use crate::said;
use serde::Serialize;

/// WGS-84, in millionths of a degree: a tenth of a metre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    pub longitude: i64,
    pub latitude: i64,
}

const MILLION: f64 = 1e6;
/// Mean radius of the earth, in metres.
const EARTH: f64 = 6_371_008.8;

impl Position {
    /// # Errors
    /// No place on earth.
    pub fn from_degrees(longitude: f64, latitude: f64) -> Result<Position, Said> {
        if !(latitude.is_finite() && latitude.abs() <= 90.0) {
            return Err(said!(
                "a latitude lies between -90 and 90 degrees: are longitude and latitude mixed up?",
                "纬度应在-90到90度之间：经度、纬度是否填反？"
            ));
        }
        if !(longitude.is_finite() && longitude.abs() <= 180.0) {
            return Err(said!("a longitude lies between -180 and 180 degrees", "经度应在-180到180度之间"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 million")]
        let millionths = |degrees: f64| (degrees * MILLION).round() as i64;
        Ok(Position { longitude: millionths(longitude), latitude: millionths(latitude) })
    }

    /// Longitude and latitude.
    pub fn degrees(self) -> (f64, f64) {
        #[expect(clippy::cast_precision_loss, reason = "at most 180 million")]
        let degrees = |millionths: i64| millionths as f64 / MILLION;
        (degrees(self.longitude), degrees(self.latitude))
    }

    /// Whole metres over the surface of the earth.
    pub fn metres_to(self, other: Position) -> i64 {
        let ((lon_a, lat_a), (lon_b, lat_b)) = (self.degrees(), other.degrees());
        let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
        let h = half(lat_a, lat_b) + lat_a.to_radians().cos() * lat_b.to_radians().cos() * half(lon_a, lon_b);
        #[expect(clippy::cast_possible_truncation, reason = "at most half the earth around")]
        let metres = (2.0 * EARTH * h.sqrt().min(1.0).asin()).round() as i64;
        metres
    }
}

/// A village, a team with a place of its own, or an office where the day begins: by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Located {
    pub place: String,
    pub position: Position,
}

/// What somebody knows of the way from one place to another, better than any reckoning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Distance {
    pub from: String,
    pub to: String,
    pub leg: Leg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Leg {
    /// None where only the time is known.
    pub metres: Option<i64>,
    pub seconds: i64,
}
