//! The mappings that come with the program.

use super::{Mapping, read};
use std::sync::LazyLock;

const FILES: [(&str, &str); 17] = [
    ("dingtalk-daily", include_str!("../../../config/mappings/dingtalk-daily.toml")),
    ("dingtalk-leave", include_str!("../../../config/mappings/dingtalk-leave.toml")),
    ("dingtalk-out", include_str!("../../../config/mappings/dingtalk-out.toml")),
    ("dingtalk-punches", include_str!("../../../config/mappings/dingtalk-punches.toml")),
    ("dingtalk-trip", include_str!("../../../config/mappings/dingtalk-trip.toml")),
    ("sheet-allowance", include_str!("../../../config/mappings/sheet-allowance.toml")),
    ("sheet-correction", include_str!("../../../config/mappings/sheet-correction.toml")),
    ("sheet-health-check", include_str!("../../../config/mappings/sheet-health-check.toml")),
    ("sheet-insurance", include_str!("../../../config/mappings/sheet-insurance.toml")),
    ("sheet-leave", include_str!("../../../config/mappings/sheet-leave.toml")),
    ("sheet-meetings", include_str!("../../../config/mappings/sheet-meetings.toml")),
    ("sheet-training", include_str!("../../../config/mappings/sheet-training.toml")),
    ("sheet-trip", include_str!("../../../config/mappings/sheet-trip.toml")),
    ("sheet-work-log", include_str!("../../../config/mappings/sheet-work-log.toml")),
    ("wecom-punches", include_str!("../../../config/mappings/wecom-punches.toml")),
    ("zkteco-attlog", include_str!("../../../config/mappings/zkteco-attlog.toml")),
    ("zktime-daily", include_str!("../../../config/mappings/zktime-daily.toml")),
];

/// Layouts A to E, G and H of EVIDENCE 2, and lists in which gaps are looked for, by name.
pub fn shipped() -> Vec<Mapping> {
    static SHIPPED: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
        let read = |(name, text): (&str, &str)| {
            read::mapping(name, text).unwrap_or_else(|trouble| unreachable!("the shipped mapping {name}: {trouble}"))
        };
        FILES.into_iter().map(read).collect()
    });
    SHIPPED.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_mapping_is_whole_and_named_as_its_file() {
        for ((name, _), mapping) in FILES.into_iter().zip(shipped()) {
            assert_eq!(name, mapping.name);
            assert!(!mapping.title.zh.is_empty() && !mapping.records.is_empty(), "{name}");
        }
    }
}
