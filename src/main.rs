//! Parses arguments, runs a command, returns its exit code.

use clap::FromArgMatches;
use spotcheck::cli::{self, Cli, Terminal, help};
use spotcheck::model::Language;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Help is shown while arguments are parsed, so its language has to be known before.
    let arguments: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let usual = help::language_asked(&arguments).unwrap_or_else(language_of_the_system);
    let matches = help::command(usual).get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|e| e.exit());
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

fn language_of_the_system() -> Language {
    let locale =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    match locale {
        Some(locale) if locale.starts_with("zh") => Language::ZhHans,
        _ => Language::En,
    }
}
