//! Photos that came with reports of visits, and how they fit.

use super::register::Ids;
use super::{Result, StoreError, Tx, parsed, touched};
use crate::model::photo::{PhotoFit, PlaceFit, TimeFit};
use crate::model::{AssignmentId, LineCode, Sha256};

statements! {
    ADD_PHOTO = "INSERT INTO photo (mail, number, sha, assignment, line, visit, time_fit, place_fit, metres)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (mail, number) DO NOTHING";
    // Who goes together has one visit; of one assignment, what is not told apart is no second one.
    PHOTOS_OF_MAIL = "SELECT mail, number, sha, assignment, line, visit, time_fit, place_fit, metres, EXISTS (SELECT 1 FROM photo q WHERE q.sha = p.sha
            AND q.visit <> p.visit AND (q.assignment <> p.assignment OR q.line <> p.line)) AS alike
        FROM photo p WHERE mail = $1 ORDER BY number";
    PHOTOS_OF_LINE = "SELECT mail, number, sha, assignment, line, visit, time_fit, place_fit, metres, EXISTS (SELECT 1 FROM photo q WHERE q.sha = p.sha
            AND q.visit <> p.visit AND (q.assignment <> p.assignment OR q.line <> p.line)) AS alike
        FROM photo p WHERE assignment = $1 AND line = $2 ORDER BY mail, number";
    PHOTOS_AMONG = "SELECT mail, number, sha, assignment, line, visit, time_fit, place_fit, metres, EXISTS (SELECT 1 FROM photo q WHERE q.sha = p.sha
            AND q.visit <> p.visit AND (q.assignment <> p.assignment OR q.line <> p.line)) AS alike
        FROM photo p WHERE assignment IN (SELECT value FROM json_each($1)) ORDER BY mail, number",
    postgres = "SELECT mail, number, sha, assignment, line, visit, time_fit, place_fit, metres, EXISTS (SELECT 1 FROM photo q WHERE q.sha = p.sha
            AND q.visit <> p.visit AND (q.assignment <> p.assignment OR q.line <> p.line)) AS alike
        FROM photo p WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY mail, number";
}

/// A photo to be noted, by the attachment that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPhoto {
    pub mail: String,
    pub number: usize,
    pub sha: Sha256,
    pub assignment: AssignmentId,
    /// The visit it belongs to, and how it fits there; `None` where that would be a guess.
    pub line: Option<(LineCode, PhotoFit)>,
    /// Window and place of the visit, or else the assignment: the same for two who go together.
    pub visit: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoRow {
    pub mail: String,
    pub sha: String,
    pub assignment: AssignmentId,
    pub line: Option<LineCode>,
    pub visit: String,
    pub fit: Option<PhotoFit>,
    /// The very same bytes came with another visit, too.
    pub alike: bool,
}

#[derive(sqlx::FromRow)]
struct Columns {
    mail: String,
    number: i64,
    sha: String,
    assignment: String,
    line: Option<String>,
    visit: String,
    time_fit: Option<String>,
    place_fit: Option<String>,
    metres: Option<i64>,
    alike: bool,
}

impl TryFrom<Columns> for PhotoRow {
    type Error = StoreError;
    fn try_from(c: Columns) -> Result<PhotoRow> {
        let id = format!("{} {}", c.mail, c.number);
        let broken = |column, found: &str| StoreError::Inconsistent {
            table: "photo",
            column,
            id: id.clone(),
            found: found.to_owned(),
        };
        let fit = match (&c.time_fit, &c.place_fit) {
            (Some(time), Some(place)) => Some(PhotoFit {
                time: TimeFit::parse(time).ok_or_else(|| broken("time_fit", time))?,
                place: PlaceFit::parse(place).ok_or_else(|| broken("place_fit", place))?,
                metres: c.metres,
            }),
            _ => None,
        };
        Ok(PhotoRow {
            assignment: parsed("photo", "assignment", &id, &c.assignment)?,
            line: c.line.map(|line| parsed("photo", "line", &id, &line)).transpose()?,
            mail: c.mail,
            sha: c.sha,
            visit: c.visit,
            fit,
            alike: c.alike,
        })
    }
}

impl Tx {
    /// Once more is the same: a mail that is read again keeps what was found first.
    pub async fn add_photo(&mut self, photo: &NewPhoto) -> Result<()> {
        let fit = photo.line.as_ref().map(|(_, fit)| fit);
        let done = execute!(
            self,
            ADD_PHOTO,
            photo.mail.as_str(),
            i64::try_from(photo.number).unwrap_or(i64::MAX),
            photo.sha.hex(),
            photo.assignment.as_str(),
            photo.line.as_ref().map(|(code, _)| code.as_str()),
            photo.visit.as_str(),
            fit.map(|fit| fit.time.code()),
            fit.map(|fit| fit.place.code()),
            fit.and_then(|fit| fit.metres)
        );
        if done == 0 { Ok(()) } else { touched("add_photo", done, 1) }
    }

    pub async fn photos_of_mail(&mut self, mail: &str) -> Result<Vec<PhotoRow>> {
        fetch_all!(self, Columns, PHOTOS_OF_MAIL, mail).into_iter().map(PhotoRow::try_from).collect()
    }

    pub async fn photos_of_line(&mut self, assignment: &AssignmentId, line: &str) -> Result<Vec<PhotoRow>> {
        let rows = fetch_all!(self, Columns, PHOTOS_OF_LINE, assignment.as_str(), line);
        rows.into_iter().map(PhotoRow::try_from).collect()
    }

    pub async fn photos_among(&mut self, assignments: &Ids) -> Result<Vec<PhotoRow>> {
        fetch_among!(self, assignments, Columns, PHOTOS_AMONG).into_iter().map(PhotoRow::try_from).collect()
    }
}
