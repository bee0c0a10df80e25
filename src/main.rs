//! Parses arguments, runs a command, returns its exit code.

use clap::FromArgMatches;
use spotcheck::cli::{self, Cli, Terminal, help, usage};
use spotcheck::model::Language;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Help is shown while arguments are parsed, so its language has to be known before.
    let arguments: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let usual = help::language_asked(&arguments).unwrap_or_else(language_of_the_system);
    let parsed = help::command(usual).try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return told(&error, usual),
    };
    let language = cli.lang.unwrap_or(usual);
    let mut terminal = Terminal {
        input: &mut std::io::stdin().lock(),
        output: &mut std::io::stdout().lock(),
        // Not locked: logs go there too, and from other threads.
        errors: &mut std::io::stderr(),
        language,
    };
    cli::run(&cli, &mut terminal).into()
}

/// Help as it is; a mistake in the person's language.
fn told(error: &clap::Error, language: Language) -> ExitCode {
    match (language, usage::in_chinese(error)) {
        (Language::ZhHans, Some(text)) => {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
        _ => {
            let _ = error.print();
        }
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn language_of_the_system() -> Language {
    let locale =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    match locale {
        Some(locale) if locale.starts_with("zh") => Language::ZhHans,
        _ => Language::En,
    }
}
