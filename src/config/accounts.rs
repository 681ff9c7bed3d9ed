//! The setting `accounts`: ids and names of ad accounts. A name is replaced by the id of the only
//! account that has it; an error lists the accounts that there are, those with near names first.

use super::Config;
use crate::error::input;
use crate::words::foreign;
use anyhow::Result;

/// The most accounts that an error lists.
const MOST_LISTED: usize = 20;

/// An ad account that the token reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its id.
    pub id: String,
    /// Its name, which another account may have too.
    pub name: String,
}

/// Whether an entry of the setting is an id, and not a name.
fn is_id(entry: &str) -> bool {
    !entry.is_empty() && entry.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether TikTok has to be asked for the accounts: there are names among them, or none is given.
pub(crate) fn are_asked(accounts: &[String]) -> bool {
    accounts.is_empty() || !accounts.iter().all(|entry| is_id(entry))
}

/// Checks that the accounts can be asked for where that is necessary.
pub(super) fn check(config: &Config) -> Result<()> {
    if !are_asked(&config.accounts) || config.app.is_some() && !config.sandbox {
        return Ok(());
    }
    let remedy = if config.sandbox {
        "the sandbox does not list accounts: set the id of its account, which is on the page of \
         the developer app"
    } else {
        "set ids, or set `app_id` and `secret`, with which the tap asks TikTok for the accounts"
    };
    Err(input(match config.accounts.iter().find(|entry| !is_id(entry)) {
        Some(name) => {
            format!("config: `accounts` contains the name \"{}\"; {remedy}", foreign(name))
        }
        None => format!("config: `accounts` is missing; {remedy}"),
    }))
}

/// The ids of the accounts of a config, each once, in the order of the config. Ids are taken as
/// they are; without any entry, all known accounts are meant.
pub(crate) fn ids(accounts: &[String], known: &[Known]) -> Result<Vec<String>> {
    if accounts.is_empty() {
        return Ok(known.iter().map(|account| account.id.clone()).collect());
    }
    let mut ids: Vec<String> = Vec::with_capacity(accounts.len());
    for entry in accounts {
        let id = if is_id(entry) { entry } else { &named(entry, known)?.id };
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    Ok(ids)
}

/// The account with a name. If none has exactly this name, upper and lower case do not matter.
fn named<'k>(name: &str, known: &'k [Known]) -> Result<&'k Known> {
    let exactly: Vec<&Known> = known.iter().filter(|one| one.name.trim() == name).collect();
    let lower = name.to_lowercase();
    let nearly = || known.iter().filter(|one| one.name.trim().to_lowercase() == lower).collect();
    let found: Vec<&Known> = if exactly.is_empty() { nearly() } else { exactly };
    let shown = foreign(name);
    match found[..] {
        [one] => Ok(one),
        [] => Err(input(format!(
            "config: `accounts` contains \"{shown}\", but the token reaches no account of that \
             name; the accounts are {}",
            listed(&nearest_first(name, known))
        ))),
        _ => Err(input(format!(
            "config: `accounts` contains \"{shown}\", which is the name of {} accounts; use the id \
             of the right one: {}",
            found.len(),
            listed(&found)
        ))),
    }
}

fn nearest_first<'k>(name: &str, known: &'k [Known]) -> Vec<&'k Known> {
    let lower = name.to_lowercase();
    let mut sorted: Vec<&Known> = known.iter().collect();
    sorted.sort_by_cached_key(|one| {
        // A part of a name is nearer than another name of the same length.
        let other = one.name.to_lowercase();
        (!other.contains(&lower), strsim::damerau_levenshtein(&lower, &other))
    });
    sorted
}

/// Accounts for a message, by name and id.
fn listed(accounts: &[&Known]) -> String {
    if accounts.is_empty() {
        return "none".to_owned();
    }
    let one = |account: &&Known| format!("\"{}\" ({})", foreign(&account.name), account.id);
    let shown: Vec<String> = accounts.iter().take(MOST_LISTED).map(one).collect();
    let more = accounts.len().saturating_sub(MOST_LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(names: &[&str]) -> Vec<Known> {
        let one = |(place, name): (usize, &&str)| Known {
            id: (70 + place).to_string(),
            name: (*name).to_owned(),
        };
        names.iter().enumerate().map(one).collect()
    }

    fn resolve(accounts: &[&str], names: &[&str]) -> Result<Vec<String>> {
        let accounts: Vec<String> = accounts.iter().map(|one| (*one).to_owned()).collect();
        ids(&accounts, &known(names))
    }

    #[test]
    fn names_become_ids_and_ids_stay() {
        let names = ["Shop EU", "Shop US", "shop us"];
        for (accounts, want) in [
            (&["Shop EU"][..], &["70"][..]),
            (&["shop eu", "99", "70"], &["70", "99"]),
            (&["Shop US"], &["71"]),
            (&["shop us"], &["72"]),
            (&[], &["70", "71", "72"]),
        ] {
            assert_eq!(resolve(accounts, &names).expect("all are known"), want, "{accounts:?}");
        }
    }

    #[test]
    fn an_unknown_name_lists_the_nearest_ones_first() {
        let error = resolve(&["Shop UE"], &["Agency", "Shop US", "Shop EU"]).expect_err("unknown");
        let error = error.to_string();
        let place = |name: &str| error.find(&format!("\"{name}\" (7")).expect(name);
        assert!(place("Shop EU") < place("Agency") && place("Shop US") < place("Agency"));
        let part = resolve(&["EU"], &["US", "Northwind Outdoor EU"]).expect_err("a part");
        let part = part.to_string();
        assert!(part.find("Northwind") < part.find("\"US\""), "{part}");
        let many: Vec<String> = (0..50).map(|number| format!("Account {number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(resolve(&["x"], &many).expect_err("unknown").to_string().ends_with("and 30 more"));
        assert!(resolve(&["x"], &[]).expect_err("unknown").to_string().ends_with("are none"));
    }

    #[test]
    fn a_name_of_several_accounts_is_refused_with_their_ids() {
        let error = resolve(&["shop"], &["Shop", "SHOP", "Other"]).expect_err("two of them");
        let error = error.to_string();
        assert!(error.contains("2 accounts") && error.ends_with("\"Shop\" (70), \"SHOP\" (71)"));
    }
}
