//! Why a place has no chance in a window (DRAW 1).

/// Why a place stands in the frame without a chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyNot {
    /// Nobody is posted there on that day.
    NoPosting,
    /// A person took it out, with a reason and an end.
    Excluded,
    /// Its region is not visited on that day: weather, season.
    Blackout,
    /// Every inspector on duty is barred from it.
    NoInspector,
    /// Calls only: nobody who may be rung has a number.
    NoPhone,
}
