//! Verdicts, flags and the dry run, rule by rule (EVIDENCE 1, 3, 4, 5, 9).

#[path = "evidence/support.rs"]
mod support;

#[path = "evidence/affected.rs"]
mod affected;
#[path = "evidence/coverage.rs"]
mod coverage;
#[path = "evidence/dry_run.rs"]
mod dry_run;
#[path = "evidence/duty.rs"]
mod duty;
#[path = "evidence/flags.rs"]
mod flags;
#[path = "evidence/laws.rs"]
mod laws;
#[path = "evidence/moments.rs"]
mod moments;
#[path = "evidence/outcomes.rs"]
mod outcomes;
#[path = "evidence/papers.rs"]
mod papers;
#[path = "evidence/punches.rs"]
mod punches;
#[path = "evidence/sentences.rs"]
mod sentences;
#[path = "evidence/versions.rs"]
mod versions;
