//! The command line: the options that Singer tools, Meltano and users pass to a tap.

use clap::{ArgAction, Parser, ValueEnum};

/// Singer tap for TikTok Ads: writes SCHEMA, RECORD and STATE messages to stdout, for any Singer
/// target.
#[derive(Debug, Parser)]
#[command(version, about, disable_help_subcommand = true)]
pub struct Args {
    /// Config file (JSON), or ENV to read the environment; may be repeated, later files win
    #[arg(short, long, value_name = "FILE")]
    pub config: Vec<String>,
    /// Catalog with the streams and fields to sync; by default all default streams are synced
    #[arg(long, visible_alias = "properties", short_alias = 'p', value_name = "FILE")]
    pub catalog: Option<String>,
    /// State of the last run: the last line that the target printed
    #[arg(short, long, value_name = "FILE")]
    pub state: Option<String>,
    /// Print the catalog of the streams that the config lists, and exit; the config is optional
    #[arg(short, long)]
    pub discover: bool,
    /// Print the capabilities, settings and streams of the tap, and exit
    #[arg(long)]
    pub about: bool,
    /// Output format of --about
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Log more; repeat for everything
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Log warnings and errors only; repeat for errors only
    #[arg(short, long, action = ArgAction::Count)]
    pub quiet: u8,
    /// Accepted without effect, because callers of singer-python taps may pass it
    #[arg(long, hide = true)]
    pub dev: bool,
}

/// Output format of `--about`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// Plain text for users
    Text,
    /// JSON for tools
    Json,
    /// Markdown for documentation
    Markdown,
    /// The plugin definition for Meltano, plugin.yml
    Meltano,
}
