//! Parses arguments, runs a command, returns its exit code.

use clap::Parser;
use spotcheck::cli::{self, Cli, Terminal};
use spotcheck::model::Language;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let language = cli.lang.unwrap_or_else(language_of_the_system);
    let mut terminal = Terminal {
        input: &mut std::io::stdin().lock(),
        output: &mut std::io::stdout().lock(),
        errors: &mut std::io::stderr().lock(),
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
