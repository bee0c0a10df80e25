//! What is deleted when its time is up, and what is not (EVIDENCE 5).

macro_rules! parts {
    ($($(#[$doc:meta])* $variant:ident = $code:literal of $class:ident),* $(,)?) => {
        /// One kind of thing that is deleted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Part { $($(#[$doc])* $variant),* }

        impl Part {
            pub const ALL: &'static [Part] = &[$(Part::$variant),*];

            pub fn code(self) -> &'static str {
                match self { $(Part::$variant => $code),* }
            }

            /// The class whose months count.
            pub fn class(self) -> Class {
                match self { $(Part::$variant => Class::$class),* }
            }
        }
    };
}

/// What a setting speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Phones,
    Mail,
    Work,
    Flags,
}

impl Class {
    pub const ALL: [Class; 4] = [Class::Phones, Class::Mail, Class::Work, Class::Flags];

    pub fn code(self) -> &'static str {
        match self {
            Class::Phones => "phones",
            Class::Mail => "mail",
            Class::Work => "work",
            Class::Flags => "flags",
        }
    }
}

parts! {
    /// Telephone numbers of officials, contacts and inspectors who are gone.
    Phones = "phones" of Phones,
    /// Telephone numbers in the history of the register.
    Changes = "register_history" of Phones,
    /// Bodies and attachments of mails; their hashes and how they were read stay.
    Mails = "mails" of Mail,
    /// Remarks on outcomes, which are copies of what mails say; the outcomes stay.
    Remarks = "remarks" of Mail,
    /// Bytes and recipients of letters that were sent.
    Letters = "letters" of Work,
    /// Names and telephone numbers in lines of closed assignments; what was to be checked stays.
    Assignments = "assignments" of Work,
    /// Names and texts of closed flags, and the sentences of their verdicts; codes, states and days stay.
    Flags = "flags" of Flags,
    /// Names, texts and files of closed findings; codes, states and days stay.
    Findings = "findings" of Flags,
}
