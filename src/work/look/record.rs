//! An assignment for which the desk enters what it was told.

use super::today::{Share, one_share};
use crate::config::Office;
use crate::model::AssignmentId;
use crate::model::viewer::Scope;
use crate::work::{Context, Done};

/// What somebody typed: an assignment, or one with a line or a person of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub assignment: AssignmentId,
    /// `V1`, `V1.2`, `C3`.
    pub code: Option<String>,
}

impl Key {
    /// `K7Q2M`, `K7Q2M V1.2`, `k7q2m-c3`.
    pub fn parse(text: &str) -> Option<Key> {
        let text = text.trim().to_ascii_uppercase();
        let (id, code) = text.split_once([' ', '-', '/']).map_or((text.as_str(), ""), |(id, code)| (id, code.trim()));
        Some(Key {
            assignment: AssignmentId::parse(id).ok()?,
            code: Some(code.to_owned()).filter(|code| !code.is_empty()),
        })
    }
}

/// `None`: there is none, or none in sight.
pub async fn assignment<'a>(ctx: &'a Context, scope: &Scope, id: &AssignmentId) -> Done<Option<(Share, &'a Office)>> {
    one_share(ctx, scope, id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_people_type_them() {
        let key = |text| Key::parse(text).map(|key| (key.assignment.to_string(), key.code.unwrap_or_default()));
        assert_eq!(key(" k7q2m "), Some(("K7Q2M".into(), String::new())));
        assert_eq!(key("K7Q2M V1.2"), Some(("K7Q2M".into(), "V1.2".into())));
        assert_eq!(key("k7q2m-c3"), Some(("K7Q2M".into(), "C3".into())));
        assert_eq!(key("nothing"), None);
    }
}
