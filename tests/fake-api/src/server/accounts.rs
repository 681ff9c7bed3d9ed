//! Answers about the token and its ad accounts.

use super::api::Context;
use super::envelope::{Answer, Data, Refusal};
use super::params::Params;
use super::{APP_ID, SECRET};
use crate::Row;
use crate::world::quote;

/// `oauth2/advertiser/get/`: every account of the token, refused ones included.
pub(crate) fn list(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    if params.text("app_id") != Some(APP_ID) {
        return Err(Refusal::of(40113, "The app_id does not belong to the access token."));
    }
    if params.text("secret") != Some(SECRET) {
        return Err(Refusal::of(40101, "The app_id and the secret do not fit together."));
    }
    let rows = context.world.accounts().iter().map(|account| {
        Row(vec![
            ("advertiser_id".to_owned(), quote(&account.advertiser_id)),
            ("advertiser_name".to_owned(), quote(&account.name)),
        ])
        .json()
    });
    Ok(unpaged(&rows.collect::<Vec<_>>()))
}

/// `user/info/`: whose token it is.
#[expect(clippy::unnecessary_wraps, reason = "handlers of the table have one type")]
pub(crate) fn user(_: &Context, _: &Params) -> Result<Answer, Refusal> {
    let user = "{\"core_user_id\":\"7000000000000000777\",\"display_name\":\"Fake User\",\
        \"email\":\"f***@*******.com\",\"create_time\":1600000000,\"avatar_url\":\"\"}";
    Ok(Answer { data: Data::Raw(user.to_owned()), ..Answer::default() })
}

/// `advertiser/info/`: the accounts asked for, in that order.
pub(crate) fn info(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    let fields = params.texts("fields");
    let mut rows = Vec::new();
    for id in params.texts("advertiser_ids").unwrap_or_default() {
        let account = context.account(&id)?;
        let mut row = context.world.advertiser(&account.advertiser_id);
        if let Some(fields) = &fields {
            row.retain(|key, _| fields.iter().any(|field| field == key));
        }
        rows.push(row.json());
    }
    Ok(unpaged(&rows))
}

fn unpaged(rows: &[String]) -> Answer {
    let data =
        Data::List { rows: rows.join(","), page_info: None, total_metrics: None, null: false };
    Answer { data, ..Answer::default() }
}
