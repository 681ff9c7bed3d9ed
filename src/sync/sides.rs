//! The requests of a report with more metrics than TikTok takes in one: each asks for the same rows
//! with another part of the metrics.

use crate::render::{FieldSpec, Origin, Recipe};

/// Metrics that TikTok takes in one request.
pub(crate) const MOST_METRICS: usize = 100;

/// One of several requests for the same rows.
#[derive(Debug)]
pub struct Side {
    /// What it asks for.
    pub metrics: Vec<String>,
    /// How its rows are stored until those of the others are there.
    pub recipe: Recipe,
}

/// Spreads metrics evenly over as few requests as they take. `recipe` makes that of the stream out
/// of its fields. Nothing if one request is enough.
pub(super) fn sides(
    metrics: &[String],
    specs: &[FieldSpec],
    recipe: impl Fn(Vec<FieldSpec>) -> Recipe,
) -> Vec<Side> {
    if metrics.len() <= MOST_METRICS {
        return Vec::new();
    }
    let requests = metrics.len().div_ceil(MOST_METRICS);
    let side = |number: usize| {
        let place = |number: usize| number * metrics.len() / requests;
        let metrics = metrics[place(number)..place(number + 1)].to_vec();
        let specs = specs.iter().cloned().map(|spec| of_request(spec, &metrics)).collect();
        Side { recipe: recipe(specs).storing(&metrics), metrics }
    };
    (0..requests).map(side).collect()
}

/// A field in a request for these metrics, which has neither the other metrics nor what is the same
/// in all records.
fn of_request(mut spec: FieldSpec, metrics: &[String]) -> FieldSpec {
    match spec.origin {
        Origin::Metric if !metrics.contains(&spec.name) => {
            (spec.selected, spec.key) = (false, false);
        }
        Origin::Row | Origin::Metric => {}
        Origin::Account | Origin::Status => spec.selected = false,
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_metric_is_asked_for_once_and_requests_are_few_and_even(count in 0_usize..1500) {
            let metrics: Vec<String> = (0..count).map(|n| format!("metric_{n}")).collect();
            let sides =
                sides(&metrics, &[], |specs| Recipe::new("ads", true, None, specs));
            let sizes: Vec<usize> = sides.iter().map(|side| side.metrics.len()).collect();
            if count <= MOST_METRICS {
                prop_assert!(sides.is_empty());
                return Ok(());
            }
            let asked: Vec<String> = sides.into_iter().flat_map(|side| side.metrics).collect();
            prop_assert_eq!(asked, metrics);
            prop_assert_eq!(sizes.len(), count.div_ceil(MOST_METRICS));
            let (least, most) = (sizes.iter().min(), sizes.iter().max());
            prop_assert!(most <= Some(&MOST_METRICS));
            prop_assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1));
        }
    }
}
