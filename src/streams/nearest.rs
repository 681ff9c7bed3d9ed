//! Finds the known name that is nearest to an unknown one, for errors and warnings.

/// The most edits between an unknown name and a suggestion.
const MOST_EDITS: usize = 5;

/// `; did you mean …?` with the nearest known name; empty if none is near.
pub(super) fn hint<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    let (lower, length) = (name.to_lowercase(), name.chars().count());
    let near =
        known.map(|known| (strsim::damerau_levenshtein(&lower, &known.to_lowercase()), known));
    near.filter(|(edits, known)| *edits <= MOST_EDITS && edits * 2 <= length.max(known.len()))
        .min()
        .map_or(String::new(), |(_, known)| format!("; did you mean `{known}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_names_are_suggested() {
        let known = ["ads", "ad_insights", "campaign_insights", "spend"];
        for (name, want) in [
            ("adz", "; did you mean `ads`?"),
            ("Ad_Insight", "; did you mean `ad_insights`?"),
            ("campaigns_insights", "; did you mean `campaign_insights`?"),
            ("spent", "; did you mean `spend`?"),
            ("x", ""),
            ("something_else", ""),
        ] {
            assert_eq!(hint(name, known.into_iter()), want, "{name}");
        }
    }
}
