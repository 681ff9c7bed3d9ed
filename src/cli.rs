//! The command line. It owns what may be typed: what Singer tools, Meltano and people pass to a
//! tap.

use clap::{ArgAction, Parser, ValueEnum};

/// Singer tap for TikTok Ads: writes SCHEMA, RECORD and STATE messages to stdout, for any Singer
/// target.
#[derive(Debug, Parser)]
#[command(version, about, disable_help_subcommand = true)]
pub struct Args {
    /// Settings as JSON, or ENV for the environment; later ones win
    #[arg(short, long, value_name = "FILE")]
    pub config: Vec<String>,
    /// Streams and fields to sync; without it every stream selected by default
    #[arg(long, visible_alias = "properties", short_alias = 'p', value_name = "FILE")]
    pub catalog: Option<String>,
    /// Where the last run got to: the last line that the target printed
    #[arg(short, long, value_name = "FILE")]
    pub state: Option<String>,
    /// Print the catalog and end; needs no config and no network
    #[arg(short, long)]
    pub discover: bool,
    /// Print what the tap can do and its settings, and end
    #[arg(long)]
    pub about: bool,
    /// Form of --about
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Say more, twice for all
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Say less: warnings only, twice for errors only
    #[arg(short, long, action = ArgAction::Count)]
    pub quiet: u8,
    /// Accepted for the sake of singer-python's callers
    #[arg(long, hide = true)]
    pub dev: bool,
}

/// Form of `--about`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For tools.
    Json,
    /// For documents.
    Markdown,
}
