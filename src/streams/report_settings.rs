//! The settings of a single report: its metrics, its filters, and whether it includes deleted
//! entities. Reports without settings have the defaults.

use serde_json::Value;

/// The settings of one report.
#[derive(Clone, Debug, Default)]
pub struct ReportSettings {
    /// The metrics that it has by default, instead of those of the dictionary.
    pub metrics: Option<Vec<String>>,
    /// Metrics in addition to the default ones.
    pub more_metrics: Vec<String>,
    /// Conditions that TikTok applies to its rows.
    pub filters: Vec<Filter>,
    /// Whether it includes deleted entities. `None`: as the config says for all streams.
    pub include_deleted: Option<bool>,
}

/// A condition, as TikTok takes it in `filtering`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The field, such as `campaign_ids`.
    pub field_name: String,
    /// The comparison, such as `IN`.
    pub filter_type: String,
    /// The values, as JSON in a text.
    pub filter_value: String,
}

impl ReportSettings {
    /// Whether a condition is about that field.
    pub fn filters_on(&self, field_name: &str) -> bool {
        self.filters.iter().any(|filter| filter.field_name == field_name)
    }

    /// Whether the conditions about a field of ids accept this id.
    pub fn allows(&self, field_name: &str, id: &str) -> bool {
        // Ids may be text or numbers.
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let is_there = |filter: &Filter| {
            let values: Value = serde_json::from_str(&filter.filter_value).unwrap_or_default();
            values.as_array().into_iter().flatten().any(|value| text(value) == id)
        };
        let mut about_it = self.filters.iter().filter(|filter| filter.field_name == field_name);
        about_it.all(|filter| match filter.filter_type.as_str() {
            "IN" => is_there(filter),
            "NOT_IN" => !is_there(filter),
            _ => true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_pass_as_their_conditions_say() {
        let filter = |filter_type: &str, filter_value: &str| Filter {
            field_name: "campaign_ids".into(),
            filter_type: filter_type.into(),
            filter_value: filter_value.into(),
        };
        let with = |filters: Vec<Filter>| ReportSettings { filters, ..ReportSettings::default() };
        let some = with(vec![filter("IN", r#"["1", 2]"#)]);
        assert!(some.allows("campaign_ids", "1") && some.allows("campaign_ids", "2"));
        assert!(!some.allows("campaign_ids", "3") && some.allows("adgroup_ids", "3"));
        assert!(some.filters_on("campaign_ids") && !some.filters_on("adgroup_ids"));
        let others = with(vec![filter("NOT_IN", r#"["1"]"#)]);
        assert!(!others.allows("campaign_ids", "1") && others.allows("campaign_ids", "2"));
    }
}
