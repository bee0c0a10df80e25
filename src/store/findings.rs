//! Findings with their steps (EVIDENCE 5).

use super::register::Ids;
use super::{Result, StoreError, Tx, day_text, parsed, parsed_day, touched};
use crate::model::{
    AssignmentId, FindingOrigin, FindingState, OfficeId, Sha256, Subject, TeamId, Timestamp, VillageId,
};
use chrono::NaiveDate;

macro_rules! steps {
    ($among:ident) => {
        concat!(
            "SELECT finding, seq, step, actor, at, reason, file_name, file_sha, state FROM finding_step WHERE ",
            $among!("finding", "$1"),
            " ORDER BY finding, seq"
        )
    };
}

statements! {
    ADD = "INSERT INTO finding (id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at,
        opened_by, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING";
    FINDING = "SELECT id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at, opened_by, state
        FROM finding WHERE id = $1";
    FINDINGS = "SELECT id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at, opened_by, state
        FROM finding WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) AND (CAST($2 AS TEXT) IS NULL OR team = $2)
        AND (CAST($3 AS TEXT) IS NULL OR (subject_kind = 'official' AND subject = $3)) ORDER BY opened_at, id";
    UNSETTLED_GAPS = "SELECT id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at, opened_by, state
        FROM finding WHERE origin = 'gap' AND state IN ('open', 'rectified', 'verified') AND office = $1 ORDER BY opened_at, id";
    OVERDUE = "SELECT id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at, opened_by, state
        FROM finding WHERE office = $1 AND state = 'open' AND deadline < $2 ORDER BY deadline, id";
    TO_VERIFY = "SELECT id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at, opened_by, state
        FROM finding WHERE state = 'rectified' AND (team IN (SELECT value FROM json_each($1)) OR village IN (SELECT value FROM json_each($1))) ORDER BY opened_at, id",
    postgres = "SELECT id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at, opened_by, state
        FROM finding WHERE state = 'rectified' AND (team = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
            OR village = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))) ORDER BY opened_at, id";
    OF_CODE = "SELECT COUNT(*) FROM finding WHERE office = $1 AND code = $2 AND subject_kind = $3 AND subject = $4";
    SET_STATE = "UPDATE finding SET state = $3 WHERE id = $1 AND state = $2";
    NEXT_STEP = "SELECT COALESCE(MAX(seq), 0) + 1 FROM finding_step WHERE finding = $1";
    ADD_STEP = "INSERT INTO finding_step (finding, seq, step, actor, at, reason, file_name, file_sha, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    STEPS = steps!(in_json), postgres = steps!(in_jsonb);
    ALL_STEPS = "SELECT s.finding, s.seq, s.step, s.actor, s.at, s.reason, s.file_name, s.file_sha, s.state FROM finding_step s JOIN finding f ON f.id = s.finding
        WHERE (CAST($1 AS TEXT) IS NULL OR f.state = $1) AND (CAST($2 AS TEXT) IS NULL OR f.team = $2)
        AND (CAST($3 AS TEXT) IS NULL OR (f.subject_kind = 'official' AND f.subject = $3)) ORDER BY s.finding, s.seq";
}

/// A finding as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    pub id: String,
    pub office: OfficeId,
    pub subject: Subject,
    /// The subject's team and village at the opening.
    pub team: Option<TeamId>,
    pub village: Option<VillageId>,
    /// Of the question, the gap, or as whoever opened it calls it.
    pub code: String,
    pub origin: FindingOrigin,
    /// In the office's words.
    pub text: String,
    /// The line whose checklist opened it.
    pub line: Option<(AssignmentId, String)>,
    pub owner: String,
    pub deadline: Option<NaiveDate>,
    pub opened: Timestamp,
    pub opened_by: String,
    pub state: FindingState,
}

/// One step of a finding.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FindingStepRow {
    pub finding: String,
    pub seq: i64,
    pub step: String,
    pub actor: String,
    pub at: i64,
    pub reason: String,
    pub file_name: Option<String>,
    pub file_sha: Option<String>,
    pub state: String,
}

/// A step to be journalled.
#[derive(Debug, Clone, Copy)]
pub struct NewFindingStep<'a> {
    pub step: &'a str,
    pub actor: &'a str,
    pub at: Timestamp,
    pub reason: &'a str,
    /// Name and hash of a file that shows it.
    pub file: Option<(&'a str, Sha256)>,
}

#[derive(sqlx::FromRow)]
pub(super) struct Columns {
    id: String,
    office: String,
    subject_kind: String,
    subject: String,
    team: Option<String>,
    village: Option<String>,
    code: String,
    origin: String,
    text: String,
    assignment: Option<String>,
    line: Option<String>,
    owner: String,
    deadline: Option<String>,
    opened_at: i64,
    opened_by: String,
    state: String,
}

impl Columns {
    pub(super) fn row(self) -> Result<FindingRow> {
        let id = self.id;
        let subject = Subject::parse(&self.subject_kind, &self.subject).map_err(|_| StoreError::Inconsistent {
            table: "finding",
            column: "subject",
            id: id.clone(),
            found: self.subject.clone(),
        })?;
        let assignment: Option<AssignmentId> =
            self.assignment.as_deref().map(|a| parsed("finding", "assignment", &id, a)).transpose()?;
        Ok(FindingRow {
            office: parsed("finding", "office", &id, &self.office)?,
            subject,
            team: self.team.as_deref().map(|t| parsed("finding", "team", &id, t)).transpose()?,
            village: self.village.as_deref().map(|v| parsed("finding", "village", &id, v)).transpose()?,
            code: self.code,
            origin: parsed("finding", "origin", &id, &self.origin)?,
            text: self.text,
            line: assignment.zip(self.line),
            owner: self.owner,
            deadline: parsed_day("finding", "deadline", &id, self.deadline.as_deref())?,
            opened: Timestamp(self.opened_at),
            opened_by: self.opened_by,
            state: parsed("finding", "state", &id, &self.state)?,
            id,
        })
    }
}

/// Which findings are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingFilter {
    pub state: Option<FindingState>,
    pub team: Option<String>,
    pub official: Option<String>,
}

impl Tx {
    /// Adds a finding with its first step; false where the same is open already.
    pub async fn add_finding(&mut self, f: &FindingRow, reason: &str) -> Result<bool> {
        let added = execute!(
            self,
            ADD,
            f.id.as_str(),
            f.office.as_str(),
            f.subject.kind(),
            f.subject.id(),
            f.team.as_ref().map(TeamId::as_str),
            f.village.as_ref().map(VillageId::as_str),
            f.code.as_str(),
            f.origin.code(),
            f.text.as_str(),
            f.line.as_ref().map(|(assignment, _)| assignment.as_str()),
            f.line.as_ref().map(|(_, line)| line.as_str()),
            f.owner.as_str(),
            day_text(f.deadline),
            f.opened.0,
            f.opened_by.as_str(),
            f.state.code()
        );
        if added == 1 {
            let step = NewFindingStep { step: "open", actor: &f.opened_by, at: f.opened, reason, file: None };
            self.add_finding_step(&f.id, &step, f.state).await?;
        }
        Ok(added == 1)
    }

    pub async fn finding(&mut self, id: &str) -> Result<Option<FindingRow>> {
        fetch_optional!(self, Columns, FINDING, id).map(Columns::row).transpose()
    }

    /// Oldest first.
    pub async fn findings(&mut self, filter: &FindingFilter) -> Result<Vec<FindingRow>> {
        let state = filter.state.map(FindingState::code);
        fetch_all!(self, Columns, FINDINGS, state, filter.team.as_deref(), filter.official.as_deref())
            .into_iter()
            .map(Columns::row)
            .collect()
    }

    /// Gaps of an office that are not closed yet.
    pub async fn unsettled_gaps(&mut self, office: &OfficeId) -> Result<Vec<FindingRow>> {
        fetch_all!(self, Columns, UNSETTLED_GAPS, office.as_str()).into_iter().map(Columns::row).collect()
    }

    /// What should have been rectified before `day`.
    pub async fn overdue_findings(&mut self, office: &OfficeId, day: NaiveDate) -> Result<Vec<FindingRow>> {
        let day = day_text(Some(day));
        fetch_all!(self, Columns, OVERDUE, office.as_str(), day).into_iter().map(Columns::row).collect()
    }

    /// What was said to be rectified at these places and was not verified yet.
    pub async fn findings_to_verify(&mut self, places: &Ids) -> Result<Vec<FindingRow>> {
        fetch_among!(self, places, Columns, TO_VERIFY).into_iter().map(Columns::row).collect()
    }

    /// How many findings of this kind there ever were on somebody.
    pub async fn count_findings(&mut self, office: &OfficeId, code: &str, subject: &Subject) -> Result<i64> {
        let counted = fetch_optional!(self, (i64,), OF_CODE, office.as_str(), code, subject.kind(), subject.id());
        Ok(counted.map_or(0, |(n,)| n))
    }

    /// Moves a finding on and writes who did it and why, in one go.
    pub async fn step_finding(&mut self, f: &FindingRow, step: &NewFindingStep<'_>, to: FindingState) -> Result<()> {
        touched("step_finding", execute!(self, SET_STATE, f.id.as_str(), f.state.code(), to.code()), 1)?;
        self.add_finding_step(&f.id, step, to).await
    }

    async fn add_finding_step(&mut self, id: &str, s: &NewFindingStep<'_>, state: FindingState) -> Result<()> {
        let seq = fetch_optional!(self, (i64,), NEXT_STEP, id).map_or(1, |(seq,)| seq);
        let (name, sha) = (s.file.map(|(name, _)| name), s.file.map(|(_, sha)| sha.hex()));
        execute!(self, ADD_STEP, id, seq, s.step, s.actor, s.at.0, s.reason, name, sha, state.code());
        Ok(())
    }

    pub async fn finding_steps(&mut self, id: &str) -> Result<Vec<FindingStepRow>> {
        self.steps_among_findings(&Ids::new([id])).await
    }

    /// Of some findings, by finding and number.
    pub async fn steps_among_findings(&mut self, ids: &Ids) -> Result<Vec<FindingStepRow>> {
        Ok(fetch_among!(self, ids, FindingStepRow, STEPS))
    }

    /// The steps of all findings that the filter wants, by finding.
    pub async fn steps_of_findings(&mut self, filter: &FindingFilter) -> Result<Vec<FindingStepRow>> {
        let state = filter.state.map(FindingState::code);
        Ok(fetch_all!(self, FindingStepRow, ALL_STEPS, state, filter.team.as_deref(), filter.official.as_deref()))
    }
}
