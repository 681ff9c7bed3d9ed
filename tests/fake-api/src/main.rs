//! The stand-in as a program: serves a made-up world until it is killed.
//! Owns the command line and the config it prints; everything else is the library's.

use clap::Parser;
use fake_tiktok::{Fault, Options, Server, TOKEN, World, WorldConfig, zone_exists};
use serde_json::json;
use std::io;
use std::time::Duration as Latency;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

/// A strict local stand-in for the TikTok Ads API, with made-up data.
#[derive(Parser)]
#[command(name = "fake-tiktok", version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8380)]
    port: u16,
    /// Ad accounts
    #[arg(long, default_value_t = 2)]
    accounts: usize,
    /// Business Centers
    #[arg(long, default_value_t = 2)]
    business_centers: usize,
    /// Campaigns of an account
    #[arg(long, default_value_t = 3)]
    campaigns: usize,
    /// Ad groups of a campaign
    #[arg(long, default_value_t = 2)]
    adgroups: usize,
    /// Ads of an ad group
    #[arg(long, default_value_t = 4)]
    ads: usize,
    /// Time zones, given to the accounts in turn
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "America/New_York,Asia/Singapore",
        value_parser = parse_zone
    )]
    zones: Vec<String>,
    /// Time every answer takes
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Up to so much more, different for every request
    #[arg(long, default_value_t = 0)]
    jitter_ms: u64,
    /// Requests a second before 40100
    #[arg(long)]
    rate_limit: Option<u32>,
    /// Behave like TikTok's sandbox
    #[arg(long)]
    sandbox: bool,
    /// Changes every id, name and number
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// No delivery before this day
    #[arg(long, default_value = "2020-01-01", value_parser = parse_day)]
    first_day: Date,
    /// A new epoch (POST /_fake/epoch) changes the report values of so many last days
    #[arg(long, default_value_t = 0)]
    restate_days: u16,
    /// The moment at which the clock of the data stands still, such as 2026-07-15T12:00:00Z
    #[arg(long, value_parser = parse_time)]
    now: Option<OffsetDateTime>,
    /// A misbehaviour as JSON, such as '{"path":"ad/get/","kind":"hang","seconds":2}'; may be given
    /// several times
    #[arg(long = "fault", value_name = "JSON")]
    faults: Vec<Fault>,
    /// A permission that the app does not have, such as 'Read Pixels'; may be given several times
    #[arg(long = "refuse-scope", value_name = "SCOPE")]
    refused_scopes: Vec<String>,
    /// An endpoint that the account is not on the allowlist of; may be given several times
    #[arg(long = "refuse-path", value_name = "PATH")]
    refused_paths: Vec<String>,
    /// A Business Center that the token may not read; may be given several times
    #[arg(long = "refuse-business-center", value_name = "ID")]
    refused_business_centers: Vec<String>,
    /// The id of a catalog, a form, an ad group that may not be read; may be given several times
    #[arg(long = "refuse-parent", value_name = "ID")]
    refused_parents: Vec<String>,
    /// Leave out what breaks careless parsers: odd values, counts with decimals, ads without
    /// `modify_time`
    #[arg(long)]
    plain: bool,
}

fn parse_zone(name: &str) -> Result<String, String> {
    zone_exists(name).then(|| name.to_owned()).ok_or_else(|| "unknown time zone".to_owned())
}

fn parse_day(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|error| error.to_string())
}

fn parse_time(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|error| error.to_string())
}

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]
fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let usual = WorldConfig::default();
    let world = World::new(WorldConfig {
        seed: arguments.seed,
        accounts: arguments.accounts,
        business_centers: arguments.business_centers,
        campaigns: arguments.campaigns,
        adgroups: arguments.adgroups,
        ads: arguments.ads,
        zones: arguments.zones,
        first_day: arguments.first_day,
        odd: !arguments.plain,
        restate_days: arguments.restate_days,
        now: arguments.now,
        decimal_counts: !arguments.plain,
        smart_plus: if arguments.plain { 0.0 } else { usual.smart_plus },
        ..usual
    });
    let options = Options {
        latency: Latency::from_millis(arguments.latency_ms),
        latency_jitter: Latency::from_millis(arguments.jitter_ms),
        rate_limit: arguments.rate_limit,
        sandbox: arguments.sandbox,
        refused_scopes: arguments.refused_scopes,
        refused_paths: arguments.refused_paths,
        refused_business_centers: arguments.refused_business_centers,
        refused_parents: arguments.refused_parents,
        ..Options::default()
    };
    let ids: Vec<_> =
        world.accounts().iter().map(|account| account.advertiser_id.clone()).collect();
    let month_ago =
        ids.first().map_or(arguments.first_day, |id| world.today(id)) - Duration::days(30);
    let server = Server::start_on(arguments.port, world, options)?;
    for fault in arguments.faults {
        server.add_fault(fault);
    }
    let config = json!({
        "access_token": TOKEN,
        "accounts": ids,
        "start_date": month_ago.to_string(),
        "base_url": server.url(),
    });
    println!("{config:#}");
    eprintln!("fake-tiktok listens on {}, until it is killed", server.url());
    loop {
        std::thread::park();
    }
}
