//! Who is due by what rule.

use super::{SMALL, read};
use spotcheck::config::DaysOnPost;

#[test]
fn days_on_post_are_counted_by_the_month_or_the_year() {
    let with = |setting: &str| {
        let text =
            SMALL.replace("id = \"north\"", &format!("id = \"north\"\nduty_rule = \"days_per_month\"\n{setting}"));
        read(&text).map(|config| config.offices[0].days_on_post)
    };
    assert_eq!(with("days_a_month = 22").unwrap(), Some(DaysOnPost::Month(22)));
    assert_eq!(with("days_a_year = 200").unwrap(), Some(DaysOnPost::Year(200)));
    assert!(with("days_a_month = 22\ndays_a_year = 200").is_err());
}
