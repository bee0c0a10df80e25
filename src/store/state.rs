//! The state hash: SHA-256 over the logical rows, sorted by natural key (DESIGN 6).
//!
//! The texts of instruments stay out: each line names its version, which is a hash. So do the register and what is
//! declared beside it (absences, regions not visited, positions): what follows from it is in the seals and lines; and that a
//! line was given back, which its outcomes and its line tell. Accounts, sessions, the audit log and files that wait for a
//! word are of the people who look, not of what they look at. Leases, attempts, claims, send times, retries and file paths stay out, so that a run that was
//! killed and continued, or that lived on the other database, has the same hash.

use super::{Result, Tx};
use crate::model::Sha256;
use sha2::Digest;

statements! {
    PROGRAMMES = "SELECT programme || '|' || office || '|' || CAST(generation AS TEXT), CAST(sealed_at AS TEXT) || '|' || content FROM programme_seal ORDER BY 1";
    SEALS = "SELECT id, CAST(starts_at AS TEXT) || '|' || CAST(ends_at AS TEXT) || '|' || CAST(generation AS TEXT) || '|' || CAST(chain_index AS TEXT) || '|' || beacon_prefix || '|' || root || '|' || frame || '|' || duty
        FROM window_seal ORDER BY 1";
    VOIDS = "SELECT id, reason FROM window_void ORDER BY 1";
    DRAWS = "SELECT d.id, b.beacon || '|' || COALESCE(b.proof, '') || '|' || d.links || '|' || d.seed || '|' || d.list_mac || '|' || d.deals FROM draw d JOIN beacon b ON b.id = d.id ORDER BY 1";
    ASSIGNMENTS = "SELECT id, office || '|' || inspector || '|' || CAST(released_at AS TEXT) || '|' || CAST(closes_at AS TEXT) || '|' || message_id || '|'
        || COALESCE(CAST(closed_at AS TEXT), '') FROM assignment ORDER BY 1";
    LINES = "SELECT id || '|' || place, kind || '|' || origin || '|' || ticket || '|' || CAST(minute AS TEXT) || '|' || COALESCE(assignment, '') || '|'
        || COALESCE(code, '') || '|' || COALESCE(detail, '') || '|' || COALESCE(state, '') || '|' || COALESCE(credit, '') FROM line ORDER BY 1";
    CALLS = "SELECT 'task|' || id || '|' || place, office || '|' || CAST(closes_at AS TEXT) || '|' || state || '|' || COALESCE(CAST(next_from AS TEXT), '') || '|'
            || COALESCE(CAST(next_to AS TEXT), '') || '|' || COALESCE(next_whom, '') || '|' || COALESCE(ended, '') FROM call_task
        UNION ALL SELECT 'try|' || id || '|' || place || '|' || CAST(number AS TEXT), assignment || '|' || code || '|' || detail FROM call_try
        UNION ALL SELECT 'quiet|' || assignment || '|' || line, contact || '|' || COALESCE(to_day, '') FROM quiet ORDER BY 1";
    BACK_CHECKS = "SELECT b.id || '|' || b.unit, s.root || '|' || b.inspector || '|' || b.day || '|' || COALESCE(b.kind, '') || '|' || COALESCE(b.ticket, '') || '|'
        || COALESCE(b.assignment, '') || '|' || COALESCE(b.code, '') || '|' || COALESCE(b.detail, '') || '|' || COALESCE(b.state, '') || '|' || COALESCE(b.result, '')
        || '|' || COALESCE(b.case_id, '') FROM back_check b JOIN back_check_seal s ON s.id = b.id ORDER BY 1";
    LETTERS = "SELECT message_id, kind || '|' || bytes FROM letter ORDER BY 1";
    OUTCOMES = "SELECT assignment || '|' || line || '|' || person || '|' || CAST(seq AS TEXT), outcome || '|' || COALESCE(CAST(stated_at AS TEXT), '') || '|'
        || remark || '|' || by || '|' || COALESCE(mail, '') || '|' || CAST(received_at AS TEXT) FROM outcome ORDER BY 1";
    ANSWERS = "SELECT assignment || '|' || line || '|' || question || '|' || CAST(seq AS TEXT), value || '|' || remark || '|' || by || '|'
        || COALESCE(mail, '') || '|' || CAST(received_at AS TEXT) FROM answer ORDER BY 1";
    PUNCHES = "SELECT source || '|' || batch, punches FROM punch_page ORDER BY batch, number";
    PAPERS = "SELECT official || '|' || source || '|' || key || '|' || CAST(version AS TEXT), kind || '|' || CAST(from_at AS TEXT) || '|' || CAST(to_at AS TEXT)
        || '|' || COALESCE(status, '') || '|' || first_batch FROM paper ORDER BY 1";
    VERDICTS = "SELECT assignment || '|' || line || '|' || person || '|' || CAST(seq AS TEXT), COALESCE(verdict, '') || '|' || strength || '|'
        || CAST(timing_unclear AS TEXT) || '|' || evidence FROM verdict ORDER BY 1";
    FLAGS = "SELECT f.id || '|' || COALESCE(CAST(s.seq AS TEXT), ''), f.official || '|' || f.state || '|' || COALESCE(s.step, '') || '|' || COALESCE(s.actor, '')
        || '|' || COALESCE(s.reason, '') FROM flag f LEFT JOIN flag_step s ON s.flag = f.id ORDER BY 1";
    FINDINGS = "SELECT f.id || '|' || COALESCE(CAST(s.seq AS TEXT), ''), f.office || '|' || f.subject_kind || '|' || f.subject || '|' || f.code || '|' || f.origin
        || '|' || f.state || '|' || COALESCE(f.deadline, '') || '|' || COALESCE(s.step, '') || '|' || COALESCE(s.actor, '') || '|' || COALESCE(s.reason, '')
        FROM finding f LEFT JOIN finding_step s ON s.finding = f.id ORDER BY 1";
    LOG = "SELECT office || '|' || CAST(seq AS TEXT), head FROM log ORDER BY 1";
}

/// The families in the hash, in its order.
pub const FAMILIES: &[&str] = &[
    "programme",
    "seal",
    "void",
    "draw",
    "assignment",
    "line",
    "call",
    "back_check",
    "letter",
    "outcome",
    "answer",
    "punch",
    "paper",
    "verdict",
    "flag",
    "finding",
    "log",
];

const TEXTS: &[super::Sql] = &[
    PROGRAMMES,
    SEALS,
    VOIDS,
    DRAWS,
    ASSIGNMENTS,
    LINES,
    CALLS,
    BACK_CHECKS,
    LETTERS,
    OUTCOMES,
    ANSWERS,
    PUNCHES,
    PAPERS,
    VERDICTS,
    FLAGS,
    FINDINGS,
    LOG,
];

impl Tx {
    /// The hash of each family, and of all of them together.
    pub async fn state_hash(&mut self) -> Result<(Sha256, Vec<(&'static str, Sha256)>)> {
        let mut families = Vec::new();
        let mut whole = sha2::Sha256::new();
        for (family, sql) in FAMILIES.iter().zip(TEXTS) {
            let mut rows = fetch_all!(self, (String, String), sql);
            if *family == "punch" {
                // How they lie in pages is the database's own affair.
                let lines = rows.iter().filter_map(|(of, page)| Some((of.split_once('|')?, page)));
                rows = lines.flat_map(|((source, batch), page)| super::records::logical(source, batch, page)).collect();
            }
            // Collation is the database's; bytes are ours.
            rows.sort();
            let mut hash = sha2::Sha256::new();
            for (key, content) in rows {
                hash.update(key.as_bytes());
                hash.update(b"\n");
                hash.update(content.as_bytes());
                hash.update(b"\n");
            }
            let hash = Sha256(hash.finalize().into());
            whole.update(hash.0);
            families.push((*family, hash));
        }
        Ok((Sha256(whole.finalize().into()), families))
    }
}
