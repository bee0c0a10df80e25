//! Verdicts, flags and the dry run, rule by rule (EVIDENCE 1, 3, 4, 5, 9).

#[cfg(test)]
#[path = "evidence/support.rs"]
mod support;

#[cfg(test)]
#[path = "evidence/coverage.rs"]
mod coverage;
#[cfg(test)]
#[path = "evidence/dry_run.rs"]
mod dry_run;
#[cfg(test)]
#[path = "evidence/due_process.rs"]
mod due_process;
#[cfg(test)]
#[path = "evidence/duty.rs"]
mod duty;
#[cfg(test)]
#[path = "evidence/flags.rs"]
mod flags;
#[cfg(test)]
#[path = "evidence/laws.rs"]
mod laws;
#[cfg(test)]
#[path = "evidence/moments.rs"]
mod moments;
#[cfg(test)]
#[path = "evidence/outcomes.rs"]
mod outcomes;
#[cfg(test)]
#[path = "evidence/papers.rs"]
mod papers;
#[cfg(test)]
#[path = "evidence/photos.rs"]
mod photos;
#[cfg(test)]
#[path = "evidence/punches.rs"]
mod punches;
#[cfg(test)]
#[path = "evidence/sentences.rs"]
mod sentences;
#[cfg(test)]
#[path = "evidence/versions.rs"]
mod versions;
