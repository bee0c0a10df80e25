//! Complaints, and of every case (flag or complaint) its letters and what came back to them.

use super::register::Ids;
use super::verdicts::FlagStepRow;
use super::{Result, Tx, parsed, touched};
use crate::model::{CaseId, CaseKind, CaseLetter, FlagState, InspectorId, OfficeId, Sha256, Timestamp};
use std::collections::BTreeMap;

macro_rules! complaints {
    ($among:ident) => {
        concat!(
            "SELECT id, office, inspector, said, heard_from, opened_by, opened_at, state FROM complaint WHERE ",
            $among!("id", "$1"),
            " ORDER BY opened_at, id"
        )
    };
}

macro_rules! letters {
    ($among:ident) => {
        concat!(
            "SELECT id, letter, written_at, kid, days, addressee, address, message_id, page,
                (SELECT COUNT(*) FROM bounce b WHERE b.message_id = case_letter.message_id)
                + (SELECT COUNT(*) FROM letter x WHERE x.message_id = case_letter.message_id AND x.state = 'refused') AS bounced
            FROM case_letter WHERE ", $among!("id", "$1"), " ORDER BY id, written_at, letter"
        )
    };
}

macro_rules! answers {
    ($among:ident) => {
        concat!(
            "SELECT id, seq, letter, mail, sender, entered_by, said, proven, late, at FROM case_answer WHERE ",
            $among!("id", "$1"),
            " ORDER BY id, seq"
        )
    };
}

statements! {
    ADD_COMPLAINT = "INSERT INTO complaint (id, office, inspector, said, heard_from, opened_by, opened_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    COMPLAINTS_AMONG = complaints!(in_json), postgres = complaints!(in_jsonb);
    COMPLAINTS = "SELECT id, office, inspector, said, heard_from, opened_by, opened_at, state FROM complaint
        WHERE CAST($1 AS TEXT) IS NULL OR state = $1 ORDER BY opened_at, id";
    SET_COMPLAINT = "UPDATE complaint SET state = $3 WHERE id = $1 AND state = $2";
    ADD_LETTER = "INSERT INTO case_letter (id, letter, written_at, kid, days, addressee, address, message_id, page) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    LETTERS_OF = letters!(in_json), postgres = letters!(in_jsonb);
    ADD_ANSWER = "INSERT INTO case_answer (id, seq, letter, mail, sender, entered_by, said, proven, late, at)
        SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 FROM case_answer WHERE id = $1 RETURNING seq";
    ANSWERS_OF = answers!(in_json), postgres = answers!(in_jsonb);
    ADD_FILE = "INSERT INTO case_file (id, answer, number, name, kind, sha, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FILES_OF = "SELECT answer, number, name, kind, sha, bytes FROM case_file WHERE id = $1 ORDER BY answer, number";
    ON_PAPER = "SELECT l.id FROM case_letter l WHERE l.written_at >= $1
        AND (l.address IS NULL OR EXISTS (SELECT 1 FROM bounce b WHERE b.message_id = l.message_id)
            OR EXISTS (SELECT 1 FROM letter x WHERE x.message_id = l.message_id AND x.state = 'refused')) ORDER BY l.id";
    LOCK_FLAG = "UPDATE flag SET state = state WHERE id = $1";
    LOCK_COMPLAINT = "UPDATE complaint SET state = state WHERE id = $1";
    LATE_SINCE = "SELECT id, COUNT(*) FROM case_answer WHERE late = 1 AND at >= $1 GROUP BY id ORDER BY id";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintRow {
    pub id: CaseId,
    pub office: OfficeId,
    pub inspector: InspectorId,
    /// In the words in which it came: for the office alone.
    pub said: String,
    pub heard_from: String,
    pub opened_by: String,
    pub opened: Timestamp,
    pub state: FlagState,
}

/// A letter of a case, mailed or to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLetterRow {
    pub letter: CaseLetter,
    pub written: Timestamp,
    pub kid: i64,
    /// Working days that it gives for an answer; 0 where none is expected.
    pub days: u32,
    pub addressee: String,
    /// None: it is printed and handed over.
    pub address: Option<String>,
    pub message_id: String,
    /// The printable page, a blob.
    pub page: Sha256,
    /// It came back, or no server took it.
    pub bounced: bool,
}

/// What came back to a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAnswerRow {
    pub seq: i64,
    pub letter: CaseLetter,
    /// SHA-256 of the mail; none: it came on paper.
    pub mail: Option<String>,
    pub sender: String,
    pub entered_by: Option<String>,
    /// As it was written.
    pub said: String,
    pub proven: bool,
    /// It came after the decision.
    pub late: bool,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CaseFileRow {
    pub answer: i64,
    pub number: i64,
    /// Fit to be a file's name anywhere.
    pub name: String,
    pub kind: String,
    pub sha: String,
    pub bytes: i64,
}

#[derive(sqlx::FromRow)]
struct ComplaintColumns {
    id: String,
    office: String,
    inspector: String,
    said: String,
    heard_from: String,
    opened_by: String,
    opened_at: i64,
    state: String,
}

impl ComplaintColumns {
    fn row(self) -> Result<ComplaintRow> {
        let id = &self.id;
        Ok(ComplaintRow {
            office: parsed("complaint", "office", id, &self.office)?,
            inspector: parsed("complaint", "inspector", id, &self.inspector)?,
            state: parsed("complaint", "state", id, &self.state)?,
            id: parsed("complaint", "id", id, id)?,
            said: self.said,
            heard_from: self.heard_from,
            opened_by: self.opened_by,
            opened: Timestamp(self.opened_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct LetterColumns {
    id: String,
    letter: String,
    written_at: i64,
    kid: i64,
    days: i64,
    addressee: String,
    address: Option<String>,
    message_id: String,
    page: String,
    bounced: i64,
}

#[derive(sqlx::FromRow)]
struct AnswerColumns {
    id: String,
    seq: i64,
    letter: String,
    mail: Option<String>,
    sender: String,
    entered_by: Option<String>,
    said: String,
    proven: i64,
    late: i64,
    at: i64,
}

impl Tx {
    pub async fn add_complaint(&mut self, c: &ComplaintRow) -> Result<()> {
        execute!(
            self,
            ADD_COMPLAINT,
            c.id.as_str(),
            c.office.as_str(),
            c.inspector.as_str(),
            c.said.as_str(),
            c.heard_from.as_str(),
            c.opened_by.as_str(),
            c.opened.0,
            c.state.code()
        );
        Ok(())
    }

    pub async fn complaint(&mut self, id: &CaseId) -> Result<Option<ComplaintRow>> {
        Ok(self.complaints_among(&Ids::new([id.as_str()])).await?.pop())
    }

    /// Oldest first.
    pub async fn complaints_among(&mut self, ids: &Ids) -> Result<Vec<ComplaintRow>> {
        fetch_among!(self, ids, ComplaintColumns, COMPLAINTS_AMONG).into_iter().map(ComplaintColumns::row).collect()
    }

    /// Oldest first; of one state, or of all.
    pub async fn complaints(&mut self, state: Option<FlagState>) -> Result<Vec<ComplaintRow>> {
        let rows = fetch_all!(self, ComplaintColumns, COMPLAINTS, state.map(FlagState::code));
        rows.into_iter().map(ComplaintColumns::row).collect()
    }

    /// Whoever else wants to change a case waits until this transaction ends: answers are numbered one by one.
    pub async fn lock_case(&mut self, id: &CaseId) -> Result<()> {
        match id.kind() {
            CaseKind::Flag => execute!(self, LOCK_FLAG, id.as_str()),
            CaseKind::Complaint | CaseKind::BackCheck => execute!(self, LOCK_COMPLAINT, id.as_str()),
        };
        Ok(())
    }

    /// Moves a complaint on and writes who did it and why, as [`Tx::step_flag`] does.
    pub async fn step_complaint(&mut self, id: &CaseId, from: FlagState, step: &FlagStepRow) -> Result<()> {
        let set = execute!(self, SET_COMPLAINT, id.as_str(), from.code(), step.state.as_str());
        touched("step_complaint", set, 1)?;
        let to = parsed("flag_step", "state", id.as_str(), &step.state)?;
        self.add_flag_step(id.as_str(), &step.step, &step.actor, Timestamp(step.at), &step.reason, to).await
    }

    pub async fn add_case_letter(&mut self, id: &CaseId, l: &CaseLetterRow) -> Result<()> {
        execute!(
            self,
            ADD_LETTER,
            id.as_str(),
            l.letter.code(),
            l.written.0,
            l.kid,
            i64::from(l.days),
            l.addressee.as_str(),
            l.address.as_deref(),
            l.message_id.as_str(),
            l.page.hex()
        );
        Ok(())
    }

    /// Of some cases, each oldest first.
    pub async fn letters_of_cases(&mut self, ids: &Ids) -> Result<BTreeMap<String, Vec<CaseLetterRow>>> {
        let mut found: BTreeMap<String, Vec<CaseLetterRow>> = BTreeMap::new();
        for l in fetch_among!(self, ids, LetterColumns, LETTERS_OF) {
            let row = CaseLetterRow {
                letter: parsed("case_letter", "letter", &l.id, &l.letter)?,
                page: parsed("case_letter", "page", &l.id, &l.page)?,
                written: Timestamp(l.written_at),
                kid: l.kid,
                days: u32::try_from(l.days).unwrap_or(0),
                addressee: l.addressee,
                address: l.address,
                message_id: l.message_id,
                bounced: l.bounced > 0,
            };
            found.entry(l.id).or_default().push(row);
        }
        Ok(found)
    }

    /// Oldest first.
    pub async fn case_letters(&mut self, id: &CaseId) -> Result<Vec<CaseLetterRow>> {
        Ok(self.letters_of_cases(&Ids::new([id.as_str()])).await?.remove(id.as_str()).unwrap_or_default())
    }

    /// Its number; `a.seq` is not looked at.
    pub async fn add_case_answer(&mut self, id: &CaseId, a: &CaseAnswerRow) -> Result<i64> {
        let seq = fetch_optional!(
            self,
            (i64,),
            ADD_ANSWER,
            id.as_str(),
            a.letter.code(),
            a.mail.as_deref(),
            a.sender.as_str(),
            a.entered_by.as_deref(),
            a.said.as_str(),
            i64::from(a.proven),
            i64::from(a.late),
            a.at.0
        );
        touched("add_case_answer", u64::from(seq.is_some()), 1)?;
        Ok(seq.map_or(0, |(seq,)| seq))
    }

    /// Of some cases, each by number.
    pub async fn answers_of_cases(&mut self, ids: &Ids) -> Result<BTreeMap<String, Vec<CaseAnswerRow>>> {
        let mut found: BTreeMap<String, Vec<CaseAnswerRow>> = BTreeMap::new();
        for a in fetch_among!(self, ids, AnswerColumns, ANSWERS_OF) {
            let row = CaseAnswerRow {
                letter: parsed("case_answer", "letter", &a.id, &a.letter)?,
                seq: a.seq,
                mail: a.mail,
                sender: a.sender,
                entered_by: a.entered_by,
                said: a.said,
                proven: a.proven != 0,
                late: a.late != 0,
                at: Timestamp(a.at),
            };
            found.entry(a.id).or_default().push(row);
        }
        Ok(found)
    }

    pub async fn case_answers(&mut self, id: &CaseId) -> Result<Vec<CaseAnswerRow>> {
        Ok(self.answers_of_cases(&Ids::new([id.as_str()])).await?.remove(id.as_str()).unwrap_or_default())
    }

    pub async fn add_case_file(&mut self, id: &CaseId, f: &CaseFileRow) -> Result<()> {
        execute!(
            self,
            ADD_FILE,
            id.as_str(),
            f.answer,
            f.number,
            f.name.as_str(),
            f.kind.as_str(),
            f.sha.as_str(),
            f.bytes
        );
        Ok(())
    }

    pub async fn case_files(&mut self, id: &CaseId) -> Result<Vec<CaseFileRow>> {
        Ok(fetch_all!(self, CaseFileRow, FILES_OF, id.as_str()))
    }

    /// Cases with a letter since then that was not mailed, or came back.
    pub async fn paper_letters_since(&mut self, since: Timestamp) -> Result<Vec<String>> {
        Ok(fetch_all!(self, (String,), ON_PAPER, since.0).into_iter().map(|(id,)| id).collect())
    }

    /// Cases to which answers came after their decision, and how many, since then.
    pub async fn late_answers_since(&mut self, since: Timestamp) -> Result<Vec<(String, i64)>> {
        Ok(fetch_all!(self, (String, i64), LATE_SINCE, since.0))
    }
}
