//! Verdict codes, their strength, and the states of flags and findings (EVIDENCE 4 and 5).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $(#[serde(rename = $code)] $variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code),* }
            }
        }

        impl FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> Result<$name, ()> {
                $name::ALL.iter().copied().find(|v| v.code() == text).ok_or(())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

coded! {
    /// In the order of the table of EVIDENCE 4: the first that matches counts.
    VerdictCode {
        NotDue = "not_due",
        Excused = "excused",
        ExcusedVerify = "excused_verify",
        Waiting = "waiting",
        RetroactivePunch = "retroactive_punch",
        LatePaperwork = "late_paperwork",
        PunchContradicts = "punch_contradicts",
        WeakPresence = "weak_presence",
        ClaimedUnproven = "claimed_unproven",
        Unexcused = "unexcused",
        DataMissing = "data_missing",
        Unclear = "unclear",
        LeaveNotCancelled = "leave_not_cancelled",
        RecordIncomplete = "record_incomplete",
        Present = "present",
        Unreachable = "unreachable",
        ContactWrong = "contact_wrong",
    }
}

coded! {
    /// Ordered: none < info < low < medium < high < highest.
    Strength {
        None = "none",
        Info = "info",
        Low = "low",
        Medium = "medium",
        High = "high",
        Highest = "highest",
    }
}

impl Strength {
    /// A flag on a person opens at this strength or more; nothing weaker ever does.
    pub fn opens_flag(self) -> bool {
        self >= Strength::Medium
    }
}

coded! {
    /// The life of a flag. The machine opens, asks and withdraws; only people decide.
    FlagState {
        Open = "open",
        Asked = "asked",
        Explained = "explained",
        Confirmed = "confirmed",
        Dismissed = "dismissed",
        Appealed = "appealed",
        Upheld = "upheld",
        Overturned = "overturned",
    }
}

coded! {
    /// The life of a finding: a defect to rectify, or a good practice that is noted.
    FindingState {
        Open = "open",
        Rectified = "rectified",
        Verified = "verified",
        Closed = "closed",
        Withdrawn = "withdrawn",
        Noted = "noted",
    }
}

coded! {
    /// Where a finding comes from.
    FindingOrigin { Checklist = "checklist", Gap = "gap", Person = "person" }
}
