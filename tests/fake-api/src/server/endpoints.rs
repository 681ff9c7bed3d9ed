//! The table of endpoints: what each takes and who answers it. An endpoint that lists rows is a
//! file of facts in `endpoints/`; a report is an entry here and a function that makes its
//! [`Answer`].

use super::api::Context;
use super::envelope::{Answer, Refusal};
use super::params::{Param, ParamKind as P, Params};
use super::{list_facts, report_endpoints, reports};

/// Makes the answer to a request that fits the table.
pub(crate) type Handler = fn(&Context, &Params) -> Result<Answer, Refusal>;

/// One endpoint; all are read with GET.
pub(crate) struct Endpoint {
    /// Below `/open_api/v1.3/`, with the slash at its end.
    pub(crate) path: &'static str,
    pub(crate) params: &'static [Param],
    /// Largest `page_size`; none for endpoints without pages.
    pub(crate) largest_page: Option<usize>,
    /// Also in TikTok's sandbox.
    pub(crate) sandbox: bool,
    pub(crate) handler: Handler,
}

/// The endpoint of a path.
pub(crate) fn find(path: &str) -> Option<&'static Endpoint> {
    let in_code = ENDPOINTS.iter().find(|endpoint| endpoint.path == path);
    in_code
        .or_else(|| report_endpoints::find(path))
        .or_else(|| list_facts::find(path).map(|facts| &facts.endpoint))
}

const fn required(name: &'static str, kind: P) -> Param {
    Param { name, kind, required: true }
}

const fn optional(name: &'static str, kind: P) -> Param {
    Param { name, kind, required: false }
}

const ENDPOINTS: [Endpoint; 1] = [Endpoint {
    path: "report/integrated/get/",
    params: &[
        optional("advertiser_id", P::Text),
        optional("advertiser_ids", P::Texts(5)),
        optional("bc_id", P::Text),
        optional("service_type", P::Choice(&["AUCTION", "RESERVATION"])),
        required(
            "report_type",
            P::Choice(&["BASIC", "AUDIENCE", "PLAYABLE_MATERIAL", "CATALOG", "BC", "TT_SHOP"]),
        ),
        optional("data_level", P::Choice(LEVELS)),
        required("dimensions", P::Texts(4)),
        optional("metrics", P::Texts(100)),
        optional("start_date", P::Date),
        optional("end_date", P::Date),
        optional("query_lifetime", P::Boolean),
        optional("multi_adv_report_in_utc_time", P::Boolean),
        optional("enable_total_metrics", P::Boolean),
        optional("query_mode", P::Choice(&["REGULAR", "CHUNK"])),
        optional("order_field", P::Text),
        optional("order_type", P::Choice(&["ASC", "DESC"])),
        optional("filtering", P::Conditions),
        optional("page", P::Integer),
        optional("page_size", P::Integer),
    ],
    largest_page: Some(1000),
    sandbox: true,
    handler: reports::answer,
}];

/// Those of reservations are retired.
const LEVELS: &[&str] =
    &["AUCTION_ADVERTISER", "AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD"];
