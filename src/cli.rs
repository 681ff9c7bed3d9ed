//! The command line: the options that Singer tools, Meltano and users pass to a tap.

use clap::{ArgAction, Args as Arguments, Parser, Subcommand, ValueEnum};

/// Singer tap for TikTok Ads: writes SCHEMA, RECORD and STATE messages to stdout, for any Singer
/// target.
#[derive(Debug, Parser)]
#[command(version, about, disable_help_subcommand = true)]
pub struct Args {
    /// Config file (JSON), or ENV to read the environment; may be repeated, later files win
    #[arg(short, long, value_name = "FILE", global = true)]
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
    /// Write one record per stream and account, and no STATE; with =schema, SCHEMA messages only
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all"
    )]
    pub test: Option<Test>,
    /// Print the capabilities, settings and streams of the tap, and exit
    #[arg(long)]
    pub about: bool,
    /// Output format of --about
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Log more; repeat for everything
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Log warnings and errors only; repeat for errors only
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub quiet: u8,
    /// Accepted without effect, because callers of singer-python taps may pass it
    #[arg(long, hide = true)]
    pub dev: bool,
    /// What to do instead of a sync
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do instead of a sync.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Get an access token and a config, check them, or give the token back
    ///
    /// Without --check and --revoke: prints the address at which TikTok asks for consent, takes the
    /// code that TikTok sends to the redirect URL (or that you paste), and prints or writes a
    /// config. It takes the settings of --config and adds what is missing. The secret of the app is
    /// read from the config or the environment (--config ENV), or is asked for.
    Auth(Auth),
}

/// Options of `auth`.
#[derive(Arguments, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "options of a command line")]
pub struct Auth {
    /// Check the token, accounts, permissions and Business Centers of a config
    #[arg(long, conflicts_with = "revoke")]
    pub check: bool,
    /// End the access token of a config; it cannot be used again
    #[arg(long)]
    pub revoke: bool,
    /// Id of the developer app, if the config does not have it
    #[arg(long, value_name = "ID")]
    pub app_id: Option<String>,
    /// Open the consent page in the browser
    #[arg(long)]
    pub open: bool,
    /// One of the redirect URLs of the app. If it is one of this machine, the code is received
    /// there
    #[arg(long, value_name = "URL", default_value = "http://localhost:8765/")]
    pub redirect_url: String,
    /// Do not listen at the redirect URL, only take what is pasted
    #[arg(long)]
    pub paste: bool,
    /// Write the config to a file that only you can read, instead of printing it
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<String>,
    /// Replace the file of --output if it exists
    #[arg(long, requires = "output")]
    pub overwrite: bool,
    /// Output format of --check
    #[arg(long, value_enum, default_value_t = CheckFormat::Text, requires = "check")]
    pub format: CheckFormat,
}

/// What `--test` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Test {
    /// SCHEMA messages and records
    All,
    /// SCHEMA messages, without a request to TikTok
    Schema,
}

/// Output format of `auth --check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Tables for users
    Text,
    /// JSON for tools
    Json,
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
