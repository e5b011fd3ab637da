//! The command line: each command has a file of its name.
//!
//! In: arguments, the working directory. Out: results to standard output, diagnostics to standard
//! error, the exit code.

mod bench_script;
mod check;
mod completions;
mod cost;
mod coverage;
mod diff;
mod explain;
mod graph;
mod init;
mod lint;
mod man;
mod not_built;
mod parallel;
mod render;
mod routes;
mod schema;
mod session;
mod show;
mod stacks;
mod trace;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand};

use crate::io::entered;
use crate::printed::TextFormat;
use crate::report::{MessageFormat, Style};
use session::Session;

/// Turns an OpenAPI description and a blueprint into Terraform or CloudFormation for Amazon API
/// Gateway.
#[derive(Debug, Parser)]
#[command(
    name = "gwgen",
    version = env!("GWGEN_VERSION"),
    propagate_version = false,
    arg_required_else_help = true
)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, Args)]
struct Options {
    /// Run as if started in this folder; all paths are relative to it.
    #[arg(short = 'C', value_name = "DIR", global = true)]
    start: Option<PathBuf>,
    /// A blueprint, or a folder with blueprints; may be given more than once. Without: gwgen.yaml
    /// and every gwgen.*.yaml in the working directory, or in the nearest folder above it that
    /// has one, up to the repository's root.
    #[arg(
        long = "blueprint",
        value_name = "PATH",
        global = true,
        conflicts_with = "env"
    )]
    blueprints: Vec<PathBuf>,
    /// `prod` means gwgen.prod.yaml.
    #[arg(long, value_name = "NAME", global = true)]
    env: Option<String>,
    /// Format of diagnostics on standard error.
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        global = true
    )]
    message_format: MessageFormat,
    /// Whether colours are used. Without: on a terminal, unless the environment says otherwise
    /// (NO_COLOR, CLICOLOR, CLICOLOR_FORCE).
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, global = true)]
    color: ColorChoice,
    /// Errors and diffs only: no warnings, no notes, no summaries.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Run again whenever an input changes (not built yet).
    #[arg(long, global = true, hide = true)]
    watch: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write what the blueprints describe
    Render(render::RenderArguments),
    /// Print how the files on disk differ from what `render` would write; exit 1 where they do
    Check(check::CheckArguments),
    /// Report without rendering, and what the gateway will and will not check
    Lint(lint::LintArguments),
    /// List every operation with its way to a backend
    Routes(routes::RoutesArguments),
    /// Follow one request through the files to its server; exit 1 where nothing serves it
    Trace(trace::TraceArguments),
    /// Compare the monthly bills of all topologies
    Cost(cost::CostArguments),
    /// Print what a change does to the running stack
    Diff(diff::DiffArguments),
    /// Draw callers, routes, link, balancers and targets
    Graph(graph::GraphArguments),
    /// Print the blueprint with every default filled in
    Show(show::ShowArguments),
    /// Print the JSON Schema of the blueprint, or of what `routes` prints
    Schema(schema::SchemaArguments),
    /// Print a script that compares the gateway with the servers behind it
    BenchScript(bench_script::BenchScriptArguments),
    /// Write a commented gwgen.yaml for a description
    Init(init::InitArguments),
    /// Print what a diagnostic means
    Explain(explain::ExplainArguments),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArguments),
    /// Print a page of the manual, for packages
    #[command(hide = true)]
    Man(man::ManArguments),
    #[command(flatten)]
    NotBuilt(not_built::NotBuiltCommand),
}

/// The exit code of a command; of several the greatest is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    Done = 0,
    /// The inputs have errors, or the command found what it searched for.
    Found = 1,
    WrongCommandLine = 2,
    /// A file could not be read or written.
    Unreachable = 3,
    /// A difference that a flag names.
    Differs = 4,
}

/// The surroundings of a run.
#[derive(Debug)]
pub struct Surroundings {
    /// With the program's name first.
    pub arguments: Vec<OsString>,
    pub folder: PathBuf,
    /// Unless `--color` says otherwise.
    pub colours: Colours,
}

/// The streams that show colours.
#[derive(Clone, Copy, Debug, Default)]
pub struct Colours {
    /// Standard output.
    pub out: bool,
    /// Standard error.
    pub err: bool,
}

/// Runs one command and returns the exit code.
///
/// # Errors
/// One of the writers fails.
pub fn run(surroundings: Surroundings, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let is_blueprint = |argument: &&OsString| {
        let text = argument.to_str().unwrap_or_default();
        text == "--blueprint" || text.starts_with("--blueprint=")
    };
    let given = surroundings.arguments.iter().filter(is_blueprint).count();
    let cli = match Cli::try_parse_from(surroundings.arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let text = error.render();
            let plain = text.to_string();
            let shown = TextFormat::Lines.visible(&plain);
            match (error.use_stderr(), surroundings.colours.err) {
                (true, true) if shown == plain => write!(err, "{}", text.ansi())?,
                (true, _) => write!(err, "{shown}")?,
                (false, _) => write!(out, "{shown}")?,
            }
            return Ok(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let options = cli.options;
    // The parser drops those before the command where others follow it.
    if options.blueprints.len() < given && !matches!(cli.command, Command::NotBuilt(_)) {
        writeln!(
            err,
            "error: `--blueprint` stands before and after the command; put all of them on one side"
        )?;
        return Ok(Exit::WrongCommandLine as u8);
    }
    let notes = matches!(
        cli.command,
        Command::Render(_) | Command::Check(_) | Command::Lint(_)
    );
    let colours = match options.color {
        ColorChoice::Auto => surroundings.colours,
        ColorChoice::Always => Colours {
            out: true,
            err: true,
        },
        ColorChoice::Never => Colours::default(),
    };
    let style = Style {
        format: options.message_format,
        colour: colours.err,
        quiet: options.quiet,
        notes,
    };
    let given = surroundings.folder;
    let folder = match &options.start {
        Some(start) => entered(&given, start),
        None => Ok(given.clone()),
    };
    let mut session = Session::new(given, options, style, out, err);
    session.colour = colours.out;
    let exit = match folder {
        Err(diagnostic) => session.report_one(*diagnostic),
        Ok(_) if session.options.watch => not_built::refuse("--watch", &mut session),
        Ok(folder) => {
            session.folder = folder;
            command(&cli.command, &mut session)
        }
    }?;
    session.flush()?;
    Ok(exit as u8)
}

fn command(command: &Command, session: &mut Session<'_>) -> io::Result<Exit> {
    match command {
        Command::Render(arguments) => render::run(arguments, session),
        Command::Check(arguments) => check::run(arguments, session),
        Command::Lint(arguments) => lint::run(arguments, session),
        Command::Routes(arguments) => routes::run(arguments, session),
        Command::Trace(arguments) => trace::run(arguments, session),
        Command::Cost(arguments) => cost::run(arguments, session),
        Command::Diff(arguments) => diff::run(arguments, session),
        Command::Graph(arguments) => graph::run(arguments, session),
        Command::Show(arguments) => show::run(arguments, session),
        Command::Schema(arguments) => schema::run(arguments, session),
        Command::BenchScript(arguments) => bench_script::run(arguments, session),
        Command::Init(arguments) => init::run(arguments, session),
        Command::Explain(arguments) => explain::run(arguments, session),
        Command::Completions(arguments) => completions::run(arguments, session),
        Command::Man(arguments) => man::run(arguments, session),
        Command::NotBuilt(command) => not_built::refuse(command.name(), session),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_of_the_command_line_holds() {
        super::Cli::command().debug_assert();
    }
}
