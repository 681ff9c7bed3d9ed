//! Ad accounts and their `advertiser/info` rows. Owns the values of accounts, not their entities.

use super::WorldConfig;
use super::row::{Row, quote};
use crate::random::{mix, pick, remainder, text};

/// An ad account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// 19 digits.
    pub advertiser_id: String,
    /// The name, decoded.
    pub name: String,
    /// Its time zone: an IANA or `Etc/GMT` name.
    pub zone: String,
    /// Its currency code.
    pub currency: String,
    pub(crate) index: usize,
}

impl Account {
    pub(crate) fn new(config: &WorldConfig, index: usize) -> Self {
        let position = u64::try_from(index).expect("an index fits in 64 bits");
        // A stride per account keeps the ids apart, whatever the hash adds.
        let id = 7_100_000_000_000_000_000
            + mix(config.seed, text("advertiser")) % 50_000_000_000_000_000
            + position * 1_000_003
            + mix(config.seed, position) % 1_000_003;
        let names =
            ["Northwind Outdoor", "Café Zürich \u{1f3b5}", "東京の店 | EC", "\"Quoted\" & Sons"];
        Self {
            advertiser_id: id.to_string(),
            name: format!("{} {index}", names[index % names.len()]),
            zone: config.zones[index % config.zones.len()].clone(),
            currency: ["USD", "EUR", "JPY"][index % 3].to_owned(),
            index,
        }
    }
}

/// The row of `advertiser/info`.
pub(super) fn row(config: &WorldConfig, account: &Account) -> Row {
    let hash = mix(config.seed, text(&account.advertiser_id));
    let balances = ["0", "5325.43", "0.30000000000000004", "150.50", "12.0"];
    let nothing = pick(mix(hash, 1), &["null", "\"\""]);
    let created = 1_550_000_000 + remainder(mix(hash, 2), 20_000_000);
    let zone = quote(&account.zone);
    let mut row = Row::new(&[
        ("advertiser_id", &quote(&account.advertiser_id)),
        ("name", &quote(&account.name)),
        ("status", ["\"STATUS_ENABLE\"", "\"STATUS_LIMIT\""][account.index % 2]),
        ("role", "\"ROLE_ADVERTISER\""),
        ("timezone", &zone),
        ("display_timezone", &zone),
        ("company", "\"Made-up Company Ltd.\""),
        ("industry", "\"291102\""),
        ("address", pick(mix(hash, 3), &["\"Example Street 1\"", "\"\"", "null"])),
        ("country", pick(mix(hash, 4), &["\"US\"", "\"DE\"", "\"SG\""])),
        ("advertiser_account_type", "\"AUCTION\""),
        ("currency", &quote(&account.currency)),
        ("contacter", "\"Ex********le\""),
        ("email", "\"e***@*******.com\""),
        ("cellphone_number", "\"+1555******01\""),
        ("telephone_number", "\"\""),
        ("language", pick(mix(hash, 5), &["\"en\"", "\"\""])),
        ("license_no", "\"\""),
        ("license_url", nothing),
        ("license_city", "null"),
        ("license_province", "null"),
        ("promotion_area", "\"0\""),
        ("promotion_center_city", "null"),
        ("promotion_center_province", "null"),
        ("brand", "null"),
        ("description", nothing),
        ("rejection_reason", "\"\""),
        ("balance", balances[account.index % balances.len()]),
        ("create_time", &created.to_string()),
        ("company_name_editable", ["false", "true"][account.index % 2]),
        ("advertiser_future_field", "\"not in any schema\""),
    ]);
    if account.index.is_multiple_of(2) {
        row.set("owner_bc_id", "\"7200000000000000011\"");
    }
    row
}
