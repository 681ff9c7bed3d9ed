//! The skeleton of an account: which campaigns, ad groups and ads exist, how they hang together,
//! and what filters look at. Owns ids, names, flags and times; full rows are made elsewhere.

use super::{Account, Kind, WorldConfig};
use crate::random::{below, mix, pick, text};
use time::format_description::StaticFormatDescription;
use time::macros::{datetime, format_description};
use time::{Duration, PrimitiveDateTime, Time};

/// `YYYY-MM-DD HH:MM:SS`, the form of all entity times.
pub(crate) const TIME_FORMAT: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// When an entity changed, and how it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Modified {
    At(String),
    KeyMissing,
    Null,
}

/// One campaign, ad group or ad.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, not the states of one")]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) hash: u64,
    /// Position among the account's entities of this kind, oldest first.
    pub(crate) ordinal: usize,
    /// Position of its campaign (its own, for a campaign).
    pub(crate) campaign: usize,
    /// Position of its ad group (its own, for an ad group; 0 for a campaign).
    pub(crate) adgroup: usize,
    /// The name as raw JSON text.
    pub(crate) name: String,
    pub(crate) deleted: bool,
    pub(crate) enabled: bool,
    pub(crate) top_view: bool,
    pub(crate) promote: bool,
    pub(crate) create_time: String,
    pub(crate) modified: Modified,
}

/// All entities of an account; each list ascends by id.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) campaigns: Vec<Node>,
    pub(crate) adgroups: Vec<Node>,
    pub(crate) ads: Vec<Node>,
}

impl Tree {
    pub(crate) fn new(config: &WorldConfig, account: &Account) -> Self {
        let mut tree = Self::default();
        let maker = Maker { config, account };
        let ordinary =
            std::iter::repeat_n((false, false, config.adgroups, config.ads), config.campaigns);
        let top_view = std::iter::repeat_n((true, false, 1, 1), config.top_view);
        let promote = std::iter::repeat_n((false, true, 1, 1), config.promote);
        for (top_view, promote, adgroups, ads) in ordinary.chain(top_view).chain(promote) {
            let place = Place {
                campaign: tree.campaigns.len(),
                adgroup: 0,
                top_view,
                promote,
                deleted: false,
            };
            let campaign = maker.make(Kind::Campaign, tree.campaigns.len(), place);
            for _ in 0..adgroups {
                let place =
                    Place { adgroup: tree.adgroups.len(), deleted: campaign.deleted, ..place };
                let adgroup = maker.make(Kind::Adgroup, tree.adgroups.len(), place);
                for _ in 0..ads {
                    let place = Place { deleted: adgroup.deleted, ..place };
                    tree.ads.push(maker.make(Kind::Ad, tree.ads.len(), place));
                }
                tree.adgroups.push(adgroup);
            }
            tree.campaigns.push(campaign);
        }
        tree
    }

    pub(crate) fn nodes(&self, kind: Kind) -> &[Node] {
        match kind {
            Kind::Campaign => &self.campaigns,
            Kind::Adgroup => &self.adgroups,
            Kind::Ad => &self.ads,
        }
    }
}

#[derive(Clone, Copy)]
struct Place {
    campaign: usize,
    adgroup: usize,
    top_view: bool,
    promote: bool,
    /// Of the parent.
    deleted: bool,
}

struct Maker<'a> {
    config: &'a WorldConfig,
    account: &'a Account,
}

impl Maker<'_> {
    fn make(&self, kind: Kind, ordinal: usize, place: Place) -> Node {
        let id = self.id(kind, ordinal);
        let hash = mix(mix(self.config.seed, text(kind.word())), text(&id));
        let name = if place.promote {
            format!("\"Promote {id}\"")
        } else {
            name(self.config, kind, ordinal, mix(hash, 1))
        };
        let (create_time, modify_time) = self.times(hash);
        let smart_plus =
            kind == Kind::Ad && !place.top_view && below(mix(hash, 2), self.config.smart_plus);
        let modified = match (place.promote, smart_plus) {
            (true, _) => Modified::KeyMissing,
            (false, true) => {
                pick(mix(hash, 3), &[Modified::KeyMissing, Modified::Null].each_ref()).clone()
            }
            (false, false) => Modified::At(modify_time),
        };
        Node {
            ordinal,
            campaign: place.campaign,
            adgroup: place.adgroup,
            name,
            deleted: place.deleted || self.is_deleted(kind, ordinal, hash),
            enabled: below(mix(hash, 5), 0.8),
            top_view: place.top_view,
            promote: place.promote,
            create_time,
            modified,
            id,
            hash,
        }
    }

    /// The ads with odd values are kept in sight, unless everything is to be deleted.
    fn is_deleted(&self, kind: Kind, ordinal: usize, hash: u64) -> bool {
        let shown = match kind {
            Kind::Campaign => ordinal == 0,
            Kind::Adgroup => ordinal < 2,
            Kind::Ad => ordinal < 8,
        };
        let kept = shown && self.config.odd && self.config.deleted < 1.0;
        !kept && below(mix(hash, 4), self.config.deleted)
    }

    /// 16 digits for campaigns (below 2^53), 18 for ad groups, 19 for ads: all ascend with the
    /// ordinal.
    fn id(&self, kind: Kind, ordinal: usize) -> String {
        let (base, account_stride) = match kind {
            Kind::Campaign => (1_700_000_000_000_000_u64, 1_000_000_000),
            Kind::Adgroup => (170_000_000_000_000_000, 10_000_000_000),
            Kind::Ad => (1_700_000_000_000_000_000, 100_000_000_000),
        };
        let number = |n: usize| u64::try_from(n).expect("a position fits in 64 bits");
        let shift = mix(self.config.seed, text(kind.word())) % (base / 100);
        let jitter = mix(mix(self.config.seed, shift), number(ordinal)) % 997;
        let id = base
            + shift
            + number(self.account.index) * account_stride
            + number(ordinal) * 997
            + jitter;
        id.to_string()
    }

    /// Creation before the first delivery, modification between it and a fixed day (or the
    /// world's own clock), so that the real clock changes no row and no time is in the future.
    fn times(&self, hash: u64) -> (String, String) {
        let first = PrimitiveDateTime::new(self.config.first_day, Time::MIDNIGHT);
        let now = self.config.now.map(|now| now.to_offset(time::UtcOffset::UTC));
        let last = now.map_or(datetime!(2026-06-30 00:00), |now| {
            PrimitiveDateTime::new(now.date(), now.time())
        });
        let created = first - Duration::seconds(seconds(mix(hash, 6), 365 * 86_400) + 1);
        let span = (last.max(first) - created).whole_seconds().max(1);
        let modified = created + Duration::seconds(seconds(mix(hash, 7), span));
        let format = |time: PrimitiveDateTime| time.format(TIME_FORMAT).expect("a plain format");
        (format(created), format(modified))
    }
}

fn seconds(hash: u64, limit: i64) -> i64 {
    i64::try_from(hash >> 1).expect("63 bits") % limit
}

/// A name as raw JSON text.
fn name(config: &WorldConfig, kind: Kind, ordinal: usize, hash: u64) -> String {
    let names = [
        "Spring tents | Web",
        "Fr\u{fc}hling \u{1f337}",
        "\u{590f}\u{306e}\u{30ad}\u{30e3}\u{30f3}\u{30d7}",
        "Tab\\there",
        "\\\"Always on\\\" \\\\ CBO",
        "spark_creator",
        "\\u00dcber \\ud83d\\ude80 escaped",
        "Broad 25-44, all",
    ];
    let word = kind.word();
    let name = pick(hash, &names);
    match super::oddities::slot(config, kind, ordinal) {
        Some(1) => format!("\"{word} {ordinal} cut off\\ud83d\""),
        Some(7) => format!("\"{word} {ordinal} line\u{2028}separator\""),
        _ => format!("\"{name} {word} {ordinal}\""),
    }
}
