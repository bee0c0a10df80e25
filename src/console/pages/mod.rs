//! Stand-ins until the pages are here.

pub mod shell;

macro_rules! pages {
    ($($name:ident)*) => {$(
        pub mod $name {
            use crate::console::shown::{Asked, Shown};
            use crate::work::Done;

            pub async fn show(_: &Asked<'_>) -> Done<Shown> {
                Ok(Shown::Missing)
            }
        }
    )*};
}

pages! { today print coverage flags case draws draw bundle quarantine quarantined imports import rejects reports report findings finding record setup users audit }
