//! What is wrong with a command line, in Chinese. English has clap's own words.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// `None` where it is no mistake: help and version are printed as they are.
pub fn in_chinese(error: &clap::Error) -> Option<String> {
    let what = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return None;
        }
        ErrorKind::UnknownArgument => format!("没有“{}”这个选项或参数", context(error, ContextKind::InvalidArg)),
        ErrorKind::InvalidSubcommand => format!("没有“{}”这个命令", context(error, ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少：{}", context(error, ContextKind::InvalidArg)),
        ErrorKind::MissingSubcommand => "缺少子命令".to_owned(),
        ErrorKind::InvalidValue if context(error, ContextKind::InvalidValue).is_empty() => {
            format!("{}后面缺少值", context(error, ContextKind::InvalidArg))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let (option, value) = (context(error, ContextKind::InvalidArg), context(error, ContextKind::InvalidValue));
            format!("{option}的值“{value}”无效{}", expected(&option))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{}的值的个数不对", context(error, ContextKind::InvalidArg))
        }
        ErrorKind::ArgumentConflict => {
            let (one, other) = (context(error, ContextKind::InvalidArg), context(error, ContextKind::PriorArg));
            if other.is_empty() || other == one {
                format!("{one}只能出现一次")
            } else {
                format!("{one}不能与{other}同时使用")
            }
        }
        ErrorKind::NoEquals => format!("{}后面应以等号接值", context(error, ContextKind::InvalidArg)),
        ErrorKind::InvalidUtf8 => "命令行含有不是UTF-8的字符".to_owned(),
        _ => "命令行无法理解".to_owned(),
    };
    let mut lines = vec![format!("错误：{what}")];
    for (kind, told) in [
        (ContextKind::ValidValue, "可写"),
        (ContextKind::ValidSubcommand, "可用的命令"),
        (ContextKind::SuggestedSubcommand, "是否要写"),
        (ContextKind::SuggestedArg, "是否要写"),
        (ContextKind::SuggestedValue, "是否要写"),
    ] {
        let values = context(error, kind);
        if !values.is_empty() {
            lines.push(format!("  {told}：{values}"));
        }
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        lines.push(format!("\n用法：{}", usage.trim_start_matches("Usage:").trim()));
    }
    lines.push("\n说明见--help".to_owned());
    Some(lines.join("\n"))
}

/// By the name that the help gives a value.
fn expected(option: &str) -> &'static str {
    match option.split_once('<').and_then(|(_, name)| name.split_once('>')).map(|(name, _)| name) {
        Some("DATE" | "DAY") => "：应为日期，如2026-03-12",
        Some("N" | "COUNT" | "DAYS" | "MINUTES") => "：应为整数",
        Some("TIME") => "：应为时间，如2026-03-12T07:30:00+08:00",
        _ => "",
    }
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(one)) => one.clone(),
        Some(ContextValue::Strings(all)) => all.join("、"),
        Some(ContextValue::Number(n)) => n.to_string(),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::StyledStrs(all)) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join("、"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::help;
    use crate::model::Language;

    #[test]
    fn mistakes_are_told_in_chinese() {
        for (line, expected) in [
            ("flags lst", "没有“lst”这个命令"),
            ("nonsense", "没有“nonsense”这个命令"),
            ("status --wide", "没有“--wide”这个选项或参数"),
            ("flags decide F-00000000 ask --by x", "缺少：--reason <TEXT>"),
            ("away I1 --from tomorrow --reason x --by y", "--from <DATE>的值“tomorrow”无效：应为日期"),
            ("away I1 --from", "--from <DATE>后面缺少值"),
            ("outbox list --state done", "可写："),
            ("flags list --due --all", "不能与"),
            ("flags list --due --due", "只能出现一次"),
            ("--lang fr status", "的值“fr”无效"),
        ] {
            let words = std::iter::once("spotcheck").chain(line.split(' '));
            let error = help::command(Language::ZhHans).try_get_matches_from(words).unwrap_err();
            let told = in_chinese(&error).unwrap_or_default();
            assert!(told.contains(expected), "{line}: {told}");
            for english in ["error", "invalid", "required", "unexpected", "Usage", "possible", "try"] {
                assert!(!told.contains(english), "{line}: {told}");
            }
            assert_eq!(error.exit_code(), 2);
        }
        let help = help::command(Language::ZhHans).try_get_matches_from(["spotcheck", "--help"]).unwrap_err();
        assert_eq!(in_chinese(&help), None);
    }
}
