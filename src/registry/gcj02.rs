//! Coordinates of Chinese maps (GCJ-02, "Mars coordinates") → WGS-84.
//!
//! Maps that are published in China are shifted by some hundred metres, by a formula that everybody knows. It goes one
//! way; the other way is found step by step.

use std::f64::consts::PI;

/// The ellipsoid of the formula (Krasovsky 1940).
const AXIS: f64 = 6_378_245.0;
const ECCENTRICITY: f64 = 0.006_693_421_622_965_943;
/// Nearer than a millimetre.
const CLOSE: f64 = 1e-8;

/// Longitude and latitude as a Chinese map shows them, from WGS-84.
pub fn shifted((longitude, latitude): (f64, f64)) -> (f64, f64) {
    // Nothing is shifted outside of this frame.
    if !(72.004..=137.8347).contains(&longitude) || !(0.8293..=55.8271).contains(&latitude) {
        return (longitude, latitude);
    }
    let (x, y) = (longitude - 105.0, latitude - 35.0);
    let root = x.abs().sqrt();
    let waves =
        |of: f64, by: [(f64, f64); 2]| by.iter().map(|(size, turns)| size * (of * turns * PI).sin()).sum::<f64>();
    let small = waves(x, [(20.0, 6.0), (20.0, 2.0)]);
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + (small + waves(y, [(20.0, 1.0), (40.0, 1.0 / 3.0)]) + waves(y, [(160.0, 1.0 / 12.0), (320.0, 1.0 / 30.0)]))
            * 2.0
            / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + (small + waves(x, [(20.0, 1.0), (40.0, 1.0 / 3.0)]) + waves(x, [(150.0, 1.0 / 12.0), (300.0, 1.0 / 30.0)]))
            * 2.0
            / 3.0;
    let (sin, cos) = latitude.to_radians().sin_cos();
    let curve = 1.0 - ECCENTRICITY * sin * sin;
    let metres_north = AXIS * (1.0 - ECCENTRICITY) / (curve * curve.sqrt());
    let metres_east = AXIS / curve.sqrt() * cos;
    (longitude + (east / metres_east).to_degrees(), latitude + (north / metres_north).to_degrees())
}

/// WGS-84 from what a Chinese map shows.
pub fn to_wgs84(shown: (f64, f64)) -> (f64, f64) {
    let mut found = shown;
    for _ in 0..30 {
        let again = shifted(found);
        let (by_longitude, by_latitude) = (again.0 - shown.0, again.1 - shown.1);
        found = (found.0 - by_longitude, found.1 - by_latitude);
        if by_longitude.abs() < CLOSE && by_latitude.abs() < CLOSE {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_pair_is_met() {
        // Shanghai, as published with the formula: WGS-84 31.1774276, 121.5272106 ↔ GCJ-02 31.17530398364597, 121.531541859215.
        let (longitude, latitude) = shifted((121.527_210_6, 31.177_427_6));
        assert!((longitude - 121.531_541_859_215).abs() < 1e-6 && (latitude - 31.175_303_983_645_97).abs() < 1e-6);
    }

    #[test]
    fn there_and_back_is_the_same_place() {
        for (longitude, latitude) in [(106.63, 26.65), (87.6, 43.8), (126.6, 45.8), (121.5, 31.2), (-0.1, 51.5)] {
            let back = to_wgs84(shifted((longitude, latitude)));
            assert!((back.0 - longitude).abs() < 1e-7 && (back.1 - latitude).abs() < 1e-7, "{back:?}");
        }
    }
}
