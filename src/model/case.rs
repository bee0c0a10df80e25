//! A case: a flag on an official, a complaint against an inspector or a back-check that differs, and the letters it sends (EVIDENCE 5).

use super::Said;
use super::key::{CROCKFORD, base32};
use crate::said;
use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseKind {
    Flag,
    Complaint,
    /// What a second inspector found of a visit differs from what was reported.
    BackCheck,
}

/// `F-8K2M4Q7T`, `C-8K2M4Q7T` or `B-8K2M4Q7T`: what it is, and eight characters of Crockford base32.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(String);

impl CaseId {
    /// The id that follows from these bytes.
    pub fn new(kind: CaseKind, bytes: &[u8]) -> CaseId {
        let letter = match kind {
            CaseKind::Flag => 'F',
            CaseKind::Complaint => 'C',
            CaseKind::BackCheck => 'B',
        };
        CaseId(format!("{letter}-{}", base32(bytes, 8).to_ascii_uppercase()))
    }

    /// In upper or lower case, as people and mail programs write it.
    ///
    /// # Errors
    /// It is no such id.
    pub fn parse(text: &str) -> Result<CaseId, Said> {
        let id = text.trim().to_ascii_uppercase();
        let code = ["F-", "C-", "B-"].iter().find_map(|kind| id.strip_prefix(kind)).unwrap_or_default();
        if code.len() == 8 && code.bytes().all(|b| CROCKFORD.contains(&b.to_ascii_lowercase())) {
            Ok(CaseId(id))
        } else {
            Err(said!(
                "“{text}” is no flag, no complaint and no back-check: F-, C- or B- and eight letters and digits, as the lists show them",
                "“{text}”不是疑点、投诉或复查编号：应为F-、C-或B-加八位字母数字，见列表"
            ))
        }
    }

    /// As [`CaseId::parse`]; of eight characters alone it is what the command speaks of.
    ///
    /// # Errors
    /// It is no such id.
    pub fn parse_as(text: &str, kind: CaseKind) -> Result<CaseId, Said> {
        match (text.trim(), kind) {
            (code, CaseKind::Flag) if code.len() == 8 => CaseId::parse(&format!("F-{code}")),
            (code, CaseKind::Complaint) if code.len() == 8 => CaseId::parse(&format!("C-{code}")),
            (code, CaseKind::BackCheck) if code.len() == 8 => CaseId::parse(&format!("B-{code}")),
            (code, _) => CaseId::parse(code),
        }
    }

    pub fn kind(&self) -> CaseKind {
        match self.0.as_bytes().first() {
            Some(b'C') => CaseKind::Complaint,
            Some(b'B') => CaseKind::BackCheck,
            _ => CaseKind::Flag,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CaseId {
    type Err = Said;
    fn from_str(text: &str) -> Result<CaseId, Said> {
        CaseId::parse(text)
    }
}

/// The letters of a case, in the order in which they go out; each at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseLetter {
    /// Asks for an explanation.
    Explain,
    /// Tells that it was confirmed or dismissed.
    Decision,
    /// Tells what became of the appeal.
    Appeal,
}

impl CaseLetter {
    pub const ALL: [CaseLetter; 3] = [CaseLetter::Explain, CaseLetter::Decision, CaseLetter::Appeal];

    pub fn code(self) -> &'static str {
        match self {
            CaseLetter::Explain => "explain",
            CaseLetter::Decision => "decision",
            CaseLetter::Appeal => "appeal",
        }
    }

    pub fn said(self) -> Said {
        match self {
            CaseLetter::Explain => said!("please-explain letter", "说明通知"),
            CaseLetter::Decision => said!("decision letter", "认定通知"),
            CaseLetter::Appeal => said!("letter on the appeal", "申诉决定通知"),
        }
    }
}

impl FromStr for CaseLetter {
    type Err = ();
    fn from_str(text: &str) -> Result<CaseLetter, ()> {
        CaseLetter::ALL.into_iter().find(|letter| letter.code() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_people_write_them() {
        let id = CaseId::parse(" f-8k2m4q7t").unwrap();
        assert_eq!((id.as_str(), id.kind()), ("F-8K2M4Q7T", CaseKind::Flag));
        assert_eq!(CaseId::parse("C-8K2M4Q7T").unwrap().kind(), CaseKind::Complaint);
        assert_eq!(CaseId::parse("b-8K2M4Q7T").unwrap().kind(), CaseKind::BackCheck);
        assert_eq!(CaseId::new(CaseKind::Complaint, &[0; 8]).as_str(), "C-00000000");
        assert_eq!(CaseId::parse_as(" 8k2m4q7t\n", CaseKind::Flag).unwrap(), id);
        assert_eq!(CaseId::parse_as("8k2m4q7t", CaseKind::Complaint).unwrap().as_str(), "C-8K2M4Q7T");
        assert_eq!(CaseId::parse_as("f-8k2m4q7t", CaseKind::Complaint).unwrap(), id);
        for bad in ["F8K2M4Q7T", "F-8K2M4Q7", "F-8K2M4Q7TT", "F-8K2M4Q7I", "G-8K2M4Q7T", "F-", "F-8k2m\n4q7"] {
            assert!(CaseId::parse(bad).is_err(), "{bad}");
        }
    }
}
