//! Where officials are posted, and were before their villages became part of others.

use super::register::Ids;
use super::{Result, Tx, parsed, parsed_day};
use crate::model::OfficialId;
use chrono::NaiveDate;
use std::collections::BTreeMap;

statements! {
    POSTS_AMONG = "SELECT o.id, o.team, v.region, v.id FROM official o JOIN team t ON t.id = o.team JOIN village v ON v.id = t.village
        WHERE o.id IN (SELECT value FROM json_each($1)) ORDER BY o.id",
    postgres = "SELECT o.id, o.team, v.region, v.id FROM official o JOIN team t ON t.id = o.team JOIN village v ON v.id = t.village
        WHERE o.id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY o.id";
    POSTS_BEFORE = "SELECT m.id, m.from_day, v.region, v.id FROM village_move m JOIN village v ON v.id = m.from_village
        WHERE m.kind = 'team' AND m.id IN (SELECT value FROM json_each($1)) ORDER BY m.id, m.from_day",
    postgres = "SELECT m.id, m.from_day, v.region, v.id FROM village_move m JOIN village v ON v.id = m.from_village
        WHERE m.kind = 'team' AND m.id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY m.id, m.from_day";
}

/// A village: the code of its region, and its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub region: String,
    pub village: String,
}

/// The posts of some officials, day by day.
#[derive(Debug, Default)]
pub struct Posts {
    /// Team and post as they are now.
    now: BTreeMap<OfficialId, (String, Post)>,
    /// By team: each village that it left by a merger, and the first day on which it had, the earliest first.
    before: BTreeMap<String, Vec<(NaiveDate, Post)>>,
}

impl Posts {
    /// Where an official was posted on a day.
    pub fn on(&self, official: &OfficialId, day: NaiveDate) -> Option<&Post> {
        let (team, now) = self.now.get(official)?;
        let before = self.before.get(team).into_iter().flatten().find(|(from, _)| day < *from);
        Some(before.map_or(now, |(_, post)| post))
    }
}

impl Tx {
    pub async fn posts_among(&mut self, officials: &Ids) -> Result<Posts> {
        let mut posts = Posts::default();
        for (id, team, region, village) in fetch_among!(self, officials, (String, String, String, String), POSTS_AMONG)
        {
            posts.now.insert(parsed("official", "id", &id, &id)?, (team, Post { region, village }));
        }
        let teams = Ids::new(posts.now.values().map(|(team, _)| team.as_str()));
        for (team, from, region, village) in fetch_among!(self, teams, (String, String, String, String), POSTS_BEFORE) {
            if let Some(from) = parsed_day("village_move", "from_day", &team, Some(&from))? {
                posts.before.entry(team).or_default().push((from, Post { region, village }));
            }
        }
        Ok(posts)
    }
}
