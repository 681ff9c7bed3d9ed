//! Asks about many ad accounts, a hundred a call. TikTok refuses a whole call because of one
//! account, so the refused ones are found by what the message names, or by halving the batch.

use super::cause::Cause;
use super::error::ApiError;
use std::collections::HashSet;

/// Accounts that one call describes at most.
const BATCH: usize = 100;

/// What TikTok did not answer.
#[derive(Debug, Default)]
pub(crate) struct Unanswered {
    /// Accounts that it refuses, and why.
    pub refused: Vec<(String, ApiError)>,
    /// Why it describes no further account, although accounts can be read.
    pub undescribed: Option<ApiError>,
}

/// Asks about all ids. `call` asks about one batch. An error means that nothing can be asked any
/// more.
pub(crate) fn ask(
    ids: &[String],
    call: &mut dyn FnMut(&[String]) -> Result<(), ApiError>,
) -> Result<Unanswered, ApiError> {
    let mut unanswered = Unanswered::default();
    for batch in ids.chunks(BATCH) {
        ask_batch(batch.to_vec(), call, &mut unanswered)?;
    }
    Ok(unanswered)
}

fn ask_batch(
    mut batch: Vec<String>,
    call: &mut dyn FnMut(&[String]) -> Result<(), ApiError>,
    unanswered: &mut Unanswered,
) -> Result<(), ApiError> {
    while !batch.is_empty() && unanswered.undescribed.is_none() {
        let Err(error) = call(&batch) else { return Ok(()) };
        match error.cause {
            Cause::AccountGone => match named(&batch, &error.message) {
                Some(index) => unanswered.refused.push((batch.remove(index), error)),
                None => ask_batch(batch.split_off(batch.len() / 2), call, unanswered)?,
            },
            // How many ids a call takes is not published.
            Cause::TooLarge if batch.len() > 1 => {
                ask_batch(batch.split_off(batch.len() / 2), call, unanswered)?;
            }
            cause if cause.ends_slice() => return Err(error),
            // Other errors are not about single accounts, so smaller batches do not help.
            _ => unanswered.undescribed = Some(error),
        }
    }
    Ok(())
}

/// The account that a refusal is about: the only one of the batch, or the only one that the message
/// names. A message that names several may name accounts that are not refused.
fn named(batch: &[String], message: &str) -> Option<usize> {
    if batch.len() == 1 {
        return Some(0);
    }
    let words: HashSet<&str> = message.split(|c: char| !c.is_ascii_digit()).collect();
    let mut named = (0..batch.len()).filter(|index| words.contains(batch[*index].as_str()));
    named.next().filter(|_| named.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_about_the_one_account_that_it_names() {
        let batch = ["71".to_owned(), "72".to_owned(), "711".to_owned()];
        assert_eq!(named(&batch, "No permission to operate advertiser 72"), Some(1));
        assert_eq!(named(&batch, "No permission to operate advertiser 711"), Some(2));
        assert_eq!(named(&batch, "advertisers [71, 72]"), None, "one of them may be open");
        assert_eq!(named(&batch, "no permission"), None);
        assert_eq!(named(&batch[..1], "no permission"), Some(0));
    }

    #[test]
    fn only_refusals_of_ids_are_asked_again() {
        let ids: Vec<String> = (0..250).map(|number| number.to_string()).collect();
        for (cause, calls) in [(Cause::Passing, 1), (Cause::Refused, 1), (Cause::NotGranted, 1)] {
            let mut count = 0;
            let asked = ask(&ids, &mut |_| {
                count += 1;
                Err(ApiError::new(cause, "x/", String::new(), ""))
            });
            let unanswered = asked.expect("accounts can still be read");
            assert_eq!((count, unanswered.undescribed.is_some()), (calls, true), "{cause:?}");
        }
        for cause in [Cause::Halted, Cause::Unauthorized, Cause::Throttled] {
            let error = || ApiError::new(cause, "x/", String::new(), "");
            assert!(ask(&ids, &mut |_| Err(error())).is_err(), "{cause:?}");
        }
        let mut refuse_one = |batch: &[String]| {
            let error = || ApiError::new(Cause::AccountGone, "x/", "no permission".to_owned(), "");
            if batch.iter().any(|id| id == "142") { Err(error()) } else { Ok(()) }
        };
        let unanswered = ask(&ids, &mut refuse_one).expect("the others are described");
        assert_eq!(unanswered.refused.len(), 1);
        assert_eq!(unanswered.refused[0].0, "142");
    }
}
