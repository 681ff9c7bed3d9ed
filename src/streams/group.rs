//! Groups of streams. The setting `stream_groups` names those that discovery lists, because
//! orchestrators such as Meltano select every stream that is listed.

use super::nearest::hint;

/// A set of streams that the setting `stream_groups` names, in the order in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The streams of the Python tap, and the reports of every level.
    Core,
    /// Reports by hour.
    Hourly,
    /// Reports of all days at once.
    Lifetime,
    /// Reports by country, age and gender, and other properties of the audience.
    Breakdowns,
    /// Reports by interests, behaviour and device brands.
    Interests,
    /// Reports by what was shown and where: pages, posts, search terms, SKAN postbacks.
    BasicBreakdowns,
    /// Smart+ campaigns, their ads and materials.
    SmartPlus,
    /// GMV Max, TikTok Shop and stores.
    GmvMax,
    /// Images, videos, music, pages, posts, identities and their reports.
    Creative,
    /// Reviews of ads and ad groups.
    Reviews,
    /// Custom and saved audiences.
    Audiences,
    /// Pixels, events and conversions.
    Pixels,
    /// What people entered into forms. Personal data.
    Leads,
    /// What people wrote under ads. Personal data.
    Comments,
    /// Catalogs, their products, feeds and sets.
    Catalogs,
    /// Business Centers, their members, partners and assets.
    BusinessCenter,
    /// Balances, transactions, costs and budgets.
    Finance,
    /// Automated rules and change logs.
    Rules,
    /// Lists that belong to no account, such as regions and languages.
    Reference,
}

/// The name that stands for every group without personal data.
const EVERY: &str = "all";

impl Group {
    /// All groups in their order.
    pub const ALL: [Group; 19] = [
        Group::Core,
        Group::Hourly,
        Group::Lifetime,
        Group::Breakdowns,
        Group::Interests,
        Group::BasicBreakdowns,
        Group::SmartPlus,
        Group::GmvMax,
        Group::Creative,
        Group::Reviews,
        Group::Audiences,
        Group::Pixels,
        Group::Leads,
        Group::Comments,
        Group::Catalogs,
        Group::BusinessCenter,
        Group::Finance,
        Group::Rules,
        Group::Reference,
    ];

    /// The name in the setting.
    pub fn name(self) -> &'static str {
        match self {
            Group::Core => "core",
            Group::Hourly => "hourly",
            Group::Lifetime => "lifetime",
            Group::Breakdowns => "breakdowns",
            Group::Interests => "interests",
            Group::BasicBreakdowns => "basic_breakdowns",
            Group::SmartPlus => "smart_plus",
            Group::GmvMax => "gmv_max",
            Group::Creative => "creative",
            Group::Reviews => "reviews",
            Group::Audiences => "audiences",
            Group::Pixels => "pixels",
            Group::Leads => "leads",
            Group::Comments => "comments",
            Group::Catalogs => "catalogs",
            Group::BusinessCenter => "business_center",
            Group::Finance => "finance",
            Group::Rules => "rules",
            Group::Reference => "reference",
        }
    }

    /// Whether its streams hold personal data. `all` leaves such a group out.
    pub fn is_personal(self) -> bool {
        matches!(self, Group::Leads | Group::Comments)
    }

    /// The groups with these names. `all` means every group without personal data. An error names
    /// an unknown name.
    pub(super) fn parse_all<'n>(
        names: impl Iterator<Item = &'n str>,
    ) -> Result<Vec<Group>, String> {
        let mut groups = Vec::new();
        for name in names {
            let before = groups.len();
            let is_meant =
                |group: &Group| group.name() == name || name == EVERY && !group.is_personal();
            groups.extend(Group::ALL.into_iter().filter(is_meant));
            if groups.len() == before {
                let known = || Group::ALL.into_iter().map(Group::name).chain([EVERY]);
                return Err(format!(
                    "`stream_groups` has no group `{name}`{}; the groups are {}",
                    hint(name, known()),
                    known().collect::<Vec<_>>().join(", ")
                ));
            }
        }
        Ok(groups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_leaves_out_personal_data_unless_it_is_named() {
        let parse = |names: &[&str]| Group::parse_all(names.iter().copied());
        assert_eq!(parse(&["core"]), Ok(vec![Group::Core]));
        assert_eq!(parse(&[]), Ok(Vec::new()));
        let all = parse(&["all"]).expect("a name");
        assert_eq!(all.len(), 17);
        assert!(!all.contains(&Group::Leads) && !all.contains(&Group::Comments));
        let more = parse(&["all", "leads"]).expect("names");
        assert!(more.contains(&Group::Leads) && !more.contains(&Group::Comments));
        let error = parse(&["core", "hours"]).expect_err("unknown");
        assert!(error.contains("`hours`; did you mean `hourly`?"), "{error}");
        assert!(Group::ALL.iter().all(|group| error.contains(group.name())), "{error}");
    }

    #[test]
    fn groups_are_in_their_order_and_have_names_of_their_own() {
        assert!(Group::ALL.is_sorted());
        for group in Group::ALL {
            assert_eq!(Group::parse_all([group.name()].into_iter()), Ok(vec![group]));
        }
    }
}
