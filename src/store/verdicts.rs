//! Verdicts with their history, and flags with their steps.

use super::bulk::{self, Cell};
use super::register::Ids;
use super::{Result, Tx, parsed, touched};
use crate::model::{
    AssignmentId, FlagState, MACHINE, OfficeId, OfficialId, Outcome, Said, Strength, Timestamp, VerdictCode,
};
use std::collections::BTreeMap;

macro_rules! flags {
    ($among:ident) => {
        concat!(
            "SELECT id, office, official, assignment, line, person, opened_at, state FROM flag WHERE ",
            $among!("id", "$1"),
            " ORDER BY id"
        )
    };
}

macro_rules! steps {
    ($among:ident) => {
        concat!(
            "SELECT flag, seq, step, actor, at, reason, state FROM flag_step WHERE ",
            $among!("flag", "$1"),
            " ORDER BY flag, seq"
        )
    };
}

macro_rules! holds {
    ($among:ident) => {
        concat!(
            "UPDATE flag SET holds = COALESCE((SELECT CASE WHEN v.strength IN ('medium', 'high', 'highest') THEN 1 ELSE 0 END FROM verdict v
                WHERE v.assignment = flag.assignment AND v.line = flag.line AND v.person = flag.person ORDER BY v.seq DESC LIMIT 1), 0)
            WHERE ", $among!("assignment", "$1")
        )
    };
}

statements! {
    LAST_VERDICT = "SELECT assignment, line, person, seq, official, outcome, verdict, strength, timing_unclear, evidence, sentence_en, sentence_zh,
        judged_at FROM verdict WHERE assignment = $1 AND line = $2 AND person = $3 ORDER BY seq DESC LIMIT 1";
    VERDICT_HISTORY = "SELECT assignment, line, person, seq, official, outcome, verdict, strength, timing_unclear, evidence, sentence_en, sentence_zh,
        judged_at FROM verdict WHERE assignment = $1 AND line = $2 AND person = $3 ORDER BY seq";
    CURRENT_AMONG = "SELECT assignment, line, person, seq, official, outcome, verdict, strength, timing_unclear, evidence, sentence_en, sentence_zh,
        judged_at FROM verdict v WHERE assignment IN (SELECT value FROM json_each($1))
        AND seq = (SELECT MAX(seq) FROM verdict w WHERE w.assignment = v.assignment AND w.line = v.line AND w.person = v.person)
        ORDER BY assignment, line, person",
    postgres = "SELECT assignment, line, person, seq, official, outcome, verdict, strength, timing_unclear, evidence, sentence_en, sentence_zh,
        judged_at FROM verdict v WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
        AND seq = (SELECT MAX(seq) FROM verdict w WHERE w.assignment = v.assignment AND w.line = v.line AND w.person = v.person)
        ORDER BY assignment, line, person";
    CURRENT_VERDICTS = "SELECT assignment, line, person, seq, official, outcome, verdict, strength, timing_unclear, evidence, sentence_en, sentence_zh,
        judged_at FROM verdict v WHERE seq = (SELECT MAX(seq) FROM verdict w WHERE w.assignment = v.assignment AND w.line = v.line AND w.person = v.person)
        ORDER BY assignment, line, person";
    VERDICTS_RELEASED = "SELECT v.assignment, v.line, v.person, v.seq, v.official, v.outcome, v.verdict, v.strength, v.timing_unclear, v.evidence,
        v.sentence_en, v.sentence_zh, v.judged_at FROM verdict v JOIN assignment a ON a.id = v.assignment WHERE a.released_at >= $1 AND a.released_at < $2
        AND v.seq = (SELECT MAX(seq) FROM verdict w WHERE w.assignment = v.assignment AND w.line = v.line AND w.person = v.person)
        ORDER BY v.assignment, v.line, v.person";
    FLAGS_BY_ID = flags!(in_json), postgres = flags!(in_jsonb);
    FLAG_OF = "SELECT id, office, official, assignment, line, person, opened_at, state FROM flag WHERE assignment = $1 AND line = $2 AND person = $3";
    FLAGS_AMONG = "SELECT id, office, official, assignment, line, person, opened_at, state FROM flag
        WHERE assignment IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT id, office, official, assignment, line, person, opened_at, state FROM flag
        WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    FLAGS = "SELECT id, office, official, assignment, line, person, opened_at, state FROM flag
        WHERE CAST($1 AS TEXT) IS NULL OR state = $1 ORDER BY opened_at, id";
    FLAGS_OF_OFFICIAL = "SELECT id, office, official, assignment, line, person, opened_at, state FROM flag WHERE official = $1 ORDER BY opened_at, id";
    SET_FLAG = "UPDATE flag SET state = $3 WHERE id = $1 AND state = $2";
    NEXT_STEP = "SELECT COALESCE(MAX(seq), 0) + 1 FROM flag_step WHERE flag = $1";
    ADD_STEP = "INSERT INTO flag_step (flag, seq, step, actor, at, reason, state) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    STEPS = steps!(in_json), postgres = steps!(in_jsonb);
    SET_HOLDS = holds!(in_json), postgres = holds!(in_jsonb);
    COUNT_FLAGS = "SELECT COUNT(*) FROM flag";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVerdict {
    pub assignment: AssignmentId,
    pub line: String,
    pub person: String,
    pub official: Option<OfficialId>,
    pub outcome: Outcome,
    pub verdict: Option<VerdictCode>,
    pub strength: Strength,
    pub timing_unclear: bool,
    /// JSON: the rows that decided.
    pub evidence: String,
    pub sentence: Said,
    pub judged: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictRow {
    pub seq: i64,
    pub judgement: NewVerdict,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagRow {
    pub id: String,
    pub office: OfficeId,
    pub official: OfficialId,
    pub assignment: AssignmentId,
    pub line: String,
    pub person: String,
    pub opened: Timestamp,
    pub state: FlagState,
}

type Step = (String, i64, String, String, i64, String, String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagStepRow {
    pub seq: i64,
    pub step: String,
    pub actor: String,
    pub at: i64,
    pub reason: String,
    pub state: String,
}

#[derive(sqlx::FromRow)]
struct VerdictColumns {
    assignment: String,
    line: String,
    person: String,
    seq: i64,
    official: Option<String>,
    outcome: String,
    verdict: Option<String>,
    strength: String,
    timing_unclear: i64,
    evidence: String,
    sentence_en: String,
    sentence_zh: String,
    judged_at: i64,
}

impl VerdictColumns {
    fn row(self) -> Result<VerdictRow> {
        let id = &self.assignment;
        Ok(VerdictRow {
            seq: self.seq,
            judgement: NewVerdict {
                official: self.official.as_deref().map(|o| parsed("verdict", "official", id, o)).transpose()?,
                outcome: parsed("verdict", "outcome", id, &self.outcome)?,
                verdict: self.verdict.as_deref().map(|v| parsed("verdict", "verdict", id, v)).transpose()?,
                strength: parsed("verdict", "strength", id, &self.strength)?,
                assignment: parsed("verdict", "assignment", id, id)?,
                line: self.line,
                person: self.person,
                timing_unclear: self.timing_unclear != 0,
                evidence: self.evidence,
                sentence: Said::new(self.sentence_en, self.sentence_zh),
                judged: Timestamp(self.judged_at),
            },
        })
    }
}

#[derive(sqlx::FromRow)]
struct FlagColumns {
    id: String,
    office: String,
    official: String,
    assignment: String,
    line: String,
    person: String,
    opened_at: i64,
    state: String,
}

impl FlagColumns {
    fn row(self) -> Result<FlagRow> {
        let id = &self.id;
        Ok(FlagRow {
            office: parsed("flag", "office", id, &self.office)?,
            official: parsed("flag", "official", id, &self.official)?,
            assignment: parsed("flag", "assignment", id, &self.assignment)?,
            state: parsed("flag", "state", id, &self.state)?,
            line: self.line,
            person: self.person,
            opened: Timestamp(self.opened_at),
            id: self.id,
        })
    }
}

impl Tx {
    pub async fn last_verdict(
        &mut self,
        assignment: &AssignmentId,
        line: &str,
        person: &str,
    ) -> Result<Option<VerdictRow>> {
        fetch_optional!(self, VerdictColumns, LAST_VERDICT, assignment.as_str(), line, person)
            .map(VerdictColumns::row)
            .transpose()
    }

    pub async fn verdict_history(
        &mut self,
        assignment: &AssignmentId,
        line: &str,
        person: &str,
    ) -> Result<Vec<VerdictRow>> {
        let rows = fetch_all!(self, VerdictColumns, VERDICT_HISTORY, assignment.as_str(), line, person);
        rows.into_iter().map(VerdictColumns::row).collect()
    }

    pub async fn current_verdicts(&mut self) -> Result<Vec<VerdictRow>> {
        fetch_all!(self, VerdictColumns, CURRENT_VERDICTS).into_iter().map(VerdictColumns::row).collect()
    }

    /// The current ones on assignments that were released in `[from, to)`.
    pub async fn verdicts_released(&mut self, from: Timestamp, to: Timestamp) -> Result<Vec<VerdictRow>> {
        let rows = fetch_all!(self, VerdictColumns, VERDICTS_RELEASED, from.0, to.0);
        rows.into_iter().map(VerdictColumns::row).collect()
    }

    /// The current ones on some assignments.
    pub async fn verdicts_among(&mut self, assignments: &Ids) -> Result<Vec<VerdictRow>> {
        fetch_among!(self, assignments, VerdictColumns, CURRENT_AMONG).into_iter().map(VerdictColumns::row).collect()
    }

    /// Appends verdicts, each as number `seq` of its history.
    pub async fn add_verdicts(&mut self, verdicts: &[VerdictRow]) -> Result<()> {
        let rows: Vec<[Cell; 13]> = verdicts
            .iter()
            .map(|VerdictRow { seq, judgement: v }| {
                [
                    v.assignment.as_str().into(),
                    v.line.as_str().into(),
                    v.person.as_str().into(),
                    (*seq).into(),
                    v.official.as_ref().map(ToString::to_string).into(),
                    v.outcome.code().into(),
                    v.verdict.map(|verdict| verdict.code().to_owned()).into(),
                    v.strength.code().into(),
                    v.timing_unclear.into(),
                    v.evidence.as_str().into(),
                    v.sentence.en.as_str().into(),
                    v.sentence.zh.as_str().into(),
                    v.judged.0.into(),
                ]
            })
            .collect();
        let head = "INSERT INTO verdict (assignment, line, person, seq, official, outcome, verdict, strength, timing_unclear, evidence, sentence_en, \
                    sentence_zh, judged_at) ";
        let counted = bulk::insert(self, head, &rows, "").await?;
        touched("add_verdicts", counted.touched, counted.given)?;
        self.flags_hold(verdicts.iter().map(|row| &row.judgement.assignment)).await
    }

    /// Notes of the flags of some assignments whether their last verdict still bears them.
    async fn flags_hold<'a>(&mut self, assignments: impl Iterator<Item = &'a AssignmentId>) -> Result<()> {
        execute!(self, SET_HOLDS, Ids::new(assignments.map(AssignmentId::as_str)).json());
        Ok(())
    }

    pub async fn add_flags(&mut self, flags: &[FlagRow]) -> Result<()> {
        let rows: Vec<[Cell; 8]> = flags
            .iter()
            .map(|f| {
                [
                    f.id.as_str().into(),
                    f.office.as_str().into(),
                    f.official.as_str().into(),
                    f.assignment.as_str().into(),
                    f.line.as_str().into(),
                    f.person.as_str().into(),
                    f.opened.0.into(),
                    f.state.code().into(),
                ]
            })
            .collect();
        let head = "INSERT INTO flag (id, office, official, assignment, line, person, opened_at, state) ";
        let counted = bulk::insert(self, head, &rows, "").await?;
        touched("add_flags", counted.touched, counted.given)?;
        self.flags_hold(flags.iter().map(|flag| &flag.assignment)).await
    }

    /// The machine opened these flags, each for a reason.
    pub async fn open_flags(&mut self, opened: &[(FlagRow, &str)]) -> Result<()> {
        self.add_flags(&opened.iter().map(|(flag, _)| flag.clone()).collect::<Vec<_>>()).await?;
        let rows: Vec<[Cell; 7]> = opened
            .iter()
            .map(|(f, reason)| {
                let state = f.state.code();
                let (id, opened) = (f.id.as_str().into(), f.opened.0.into());
                [id, 1.into(), "open".into(), MACHINE.into(), opened, (*reason).into(), state.into()]
            })
            .collect();
        let head = "INSERT INTO flag_step (flag, seq, step, actor, at, reason, state) ";
        let counted = bulk::insert(self, head, &rows, "").await?;
        touched("open_flags", counted.touched, counted.given)
    }

    pub async fn flag(&mut self, id: &str) -> Result<Option<FlagRow>> {
        Ok(self.flags_by_id(&Ids::new([id])).await?.pop())
    }

    pub async fn flags_by_id(&mut self, ids: &Ids) -> Result<Vec<FlagRow>> {
        fetch_among!(self, ids, FlagColumns, FLAGS_BY_ID).into_iter().map(FlagColumns::row).collect()
    }

    pub async fn flag_of(&mut self, assignment: &AssignmentId, line: &str, person: &str) -> Result<Option<FlagRow>> {
        fetch_optional!(self, FlagColumns, FLAG_OF, assignment.as_str(), line, person).map(FlagColumns::row).transpose()
    }

    pub async fn flags_among(&mut self, assignments: &Ids) -> Result<Vec<FlagRow>> {
        fetch_among!(self, assignments, FlagColumns, FLAGS_AMONG).into_iter().map(FlagColumns::row).collect()
    }

    /// Oldest first; of one state, or of all.
    pub async fn flags(&mut self, state: Option<FlagState>) -> Result<Vec<FlagRow>> {
        fetch_all!(self, FlagColumns, FLAGS, state.map(FlagState::code)).into_iter().map(FlagColumns::row).collect()
    }

    pub async fn flags_of_official(&mut self, official: &OfficialId) -> Result<Vec<FlagRow>> {
        fetch_all!(self, FlagColumns, FLAGS_OF_OFFICIAL, official.as_str()).into_iter().map(FlagColumns::row).collect()
    }

    /// Moves a flag on and writes who did it and why, in one go.
    pub async fn step_flag(
        &mut self,
        flag: &FlagRow,
        step: &str,
        actor: &str,
        at: Timestamp,
        reason: &str,
        to: FlagState,
    ) -> Result<()> {
        touched("step_flag", execute!(self, SET_FLAG, flag.id.as_str(), flag.state.code(), to.code()), 1)?;
        self.add_flag_step(&flag.id, step, actor, at, reason, to).await
    }

    pub async fn add_flag_step(
        &mut self,
        flag: &str,
        step: &str,
        actor: &str,
        at: Timestamp,
        reason: &str,
        state: FlagState,
    ) -> Result<()> {
        let seq = fetch_optional!(self, (i64,), NEXT_STEP, flag).map_or(1, |(seq,)| seq);
        execute!(self, ADD_STEP, flag, seq, step, actor, at.0, reason, state.code());
        Ok(())
    }

    pub async fn flag_steps(&mut self, flag: &str) -> Result<Vec<FlagStepRow>> {
        Ok(self.steps_of_flags(&Ids::new([flag])).await?.remove(flag).unwrap_or_default())
    }

    /// Of some flags and complaints, each by number.
    pub async fn steps_of_flags(&mut self, ids: &Ids) -> Result<BTreeMap<String, Vec<FlagStepRow>>> {
        let mut found: BTreeMap<String, Vec<FlagStepRow>> = BTreeMap::new();
        for (flag, seq, step, actor, at, reason, state) in fetch_among!(self, ids, Step, STEPS) {
            found.entry(flag).or_default().push(FlagStepRow { seq, step, actor, at, reason, state });
        }
        Ok(found)
    }

    pub async fn count_flags(&mut self) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), COUNT_FLAGS).map_or(0, |(n,)| n))
    }
}
