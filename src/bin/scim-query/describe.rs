//! `scim-query completions` and `scim-query man`: what the command line is, for shells and readers.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Cli;
use crate::failure::Failure;

pub(crate) fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "scim-query", &mut text);
    io::stdout().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn man(folder: &Path) -> Result<ExitCode, Failure> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let pages = std::iter::once(&command).chain(command.get_subcommands()).try_for_each(|one| page(one, folder));
    pages.map_err(|error| Failure::Other(format!("cannot write to {}: {error}", folder.display())))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a command's page. Its synopsis is the line that `--help` has: clap_mangen's own names every option, but neither
/// their values nor that there may be several files.
fn page(command: &Command, folder: &Path) -> io::Result<()> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).replace('-', "\\-");
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let mut is_synopsis = false;
    let lines = text.lines().map(|line| {
        let line = if is_synopsis { &*usage } else { line };
        is_synopsis = line == ".SH SYNOPSIS";
        format!("{line}\n")
    });
    std::fs::write(folder.join(man.get_filename()), lines.collect::<String>())
}
