//! The requests of a report that has more metrics than TikTok takes in one. Each is for the same
//! rows, with another part of the metrics.

use crate::render::{FieldSpec, Origin, Recipe};

/// Metrics that TikTok takes in one request.
pub(crate) const MOST_METRICS: usize = 100;

/// One of several requests for the same rows.
#[derive(Debug)]
pub struct Side {
    /// The metrics that it names.
    pub metrics: Vec<String>,
    /// How its rows are stored until the answers to the other requests are there.
    pub recipe: Recipe,
}

/// Distributes metrics evenly over as few requests as possible; none if one request for all of them
/// is enough. `recipe` compiles fields of the stream.
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

/// A field in a request for these metrics, whose rows have neither the other metrics nor what all
/// records have in common.
fn of_request(mut spec: FieldSpec, metrics: &[String]) -> FieldSpec {
    match spec.origin {
        Origin::Metric if metrics.contains(&spec.name) => {}
        Origin::Metric | Origin::Constant => (spec.selected, spec.key) = (false, false),
        _ => {}
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_metric_is_requested_once_in_few_requests_of_even_size(count in 0_usize..1500) {
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
