//! Codes and tokens: the codes that consent gives out, their exchange, and the end of the token.
//! Owns what is known of them; the page of consent is in `consent`.

use super::api::Context;
use super::endpoints::Endpoint;
use super::envelope::{Answer, Data, Refusal};
use super::params::{Param, ParamKind, Params};
use super::{APP_ID, SECRET, TOKEN, lock};
use crate::random;
use serde_json::json;
use std::time::Instant;

/// The endpoint that lists the accounts of the token.
pub(crate) const ADVERTISERS: &str = "oauth2/advertiser/get/";

/// What was given out so far.
#[derive(Debug, Default)]
pub(crate) struct Oauth {
    codes: Vec<Code>,
    /// Whether the token was given back, and not issued again since.
    pub(crate) revoked: bool,
}

#[derive(Debug)]
struct Code {
    text: String,
    issued: Instant,
    used: bool,
}

impl Oauth {
    /// A new code, for consent to [`APP_ID`].
    pub(crate) fn issue(&mut self) -> String {
        let number = u64::try_from(self.codes.len()).expect("few codes");
        let text = format!("{:016x}{:016x}", random::mix(number, 5), random::mix(number, 6));
        self.codes.push(Code { text: text.clone(), issued: Instant::now(), used: false });
        text
    }
}

const fn required(name: &'static str) -> Param {
    Param { name, kind: ParamKind::Text, required: true }
}

static ENDPOINTS: [Endpoint; 2] = [
    Endpoint {
        path: "oauth2/access_token/",
        params: &[
            required("app_id"),
            required("secret"),
            required("auth_code"),
            Param { name: "return_advertiser_ids", kind: ParamKind::Boolean, required: false },
        ],
        largest_page: None,
        sandbox: false,
        handler: exchange,
    },
    Endpoint {
        path: "oauth2/revoke_token/",
        params: &[required("app_id"), required("secret"), required("access_token")],
        largest_page: None,
        sandbox: false,
        handler: revoke,
    },
];

/// The endpoint of a path; these are posted to, and need no token in the header.
pub(crate) fn find(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// Wrong values are what users type, so they are no mistake of the client.
fn refused(code: i64, why: &str) -> Refusal {
    Refusal::by_option(code, why)
}

fn check_app(params: &Params) -> Result<(), Refusal> {
    if params.text("app_id") != Some(APP_ID) {
        return Err(refused(40113, "The app does not exist or is blocked."));
    }
    if params.text("secret") != Some(SECRET) {
        return Err(refused(40101, "The app_id and the secret do not fit together."));
    }
    Ok(())
}

fn accounts(context: &Context) -> Vec<String> {
    if context.options.no_accounts {
        return Vec::new();
    }
    context.world.accounts().iter().map(|account| account.advertiser_id.clone()).collect()
}

fn exchange(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    check_app(params)?;
    let mut oauth = lock(context.oauth);
    let given = params.text("auth_code");
    let code = oauth.codes.iter_mut().find(|code| Some(code.text.as_str()) == given);
    let code = code.ok_or_else(|| refused(40101, "The auth_code does not fit the app."))?;
    if code.used {
        return Err(refused(40110, "The auth_code has been used."));
    }
    if code.issued.elapsed() >= context.options.code_life {
        return Err(refused(40110, "The auth_code has expired."));
    }
    code.used = true;
    oauth.revoked = false;
    let mut data =
        json!({"access_token": TOKEN, "scope": [1, 2, 4, 7_043_626_160_646_815_746_u64]});
    if params.text("return_advertiser_ids") != Some("false") {
        data["advertiser_ids"] = json!(accounts(context));
    }
    Ok(Answer { data: Data::Raw(data.to_string()), ..Answer::default() })
}

fn revoke(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    check_app(params)?;
    let mut oauth = lock(context.oauth);
    if oauth.revoked || params.text("access_token") != Some(TOKEN) {
        return Err(refused(40105, "Access token is incorrect or has been revoked."));
    }
    oauth.revoked = true;
    let data = json!({"app_id": APP_ID, "advertiser_ids": accounts(context)});
    Ok(Answer { data: Data::Raw(data.to_string()), ..Answer::default() })
}
