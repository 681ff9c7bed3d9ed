//! The values of every breakdown dimension. Owns the pools, not which row has which.

/// The values a breakdown takes, unknown ones included.
pub(super) fn values(dimension: &str) -> &'static [&'static str] {
    match dimension {
        "gender" => &["MALE", "FEMALE", "NONE"],
        "age" => {
            &["AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100", "NONE"]
        }
        "country_code" => &["US", "DE", "JP", "BR", "None"],
        "province_id" => &["2951839", "2861876", "6252001", "0"],
        "dma_id" => &["501", "803", "0"],
        "ac" => &["WIFI", "4G", "5G", "NONE"],
        "language" => &["en", "de", "ja", "zh", "NONE"],
        "platform" => &["ANDROID", "IPHONE", "IPAD", "-"],
        "placement" => &["TikTok", "Pangle", "Global App Bundle"],
        "ad_type" => &["SEARCH", "NON_SEARCH"],
        "custom_event_type" => &["button_click", "Scroll | 50%", "\u{8cfc}\u{5165}"],
        "event_source_id" => &["7011223344556677889", "7011223344556677890", "0"],
        "page_id" | "room_id" | "post_id" | "minis_id" => {
            &["7012341234123412345", "7012341234123412346", "0"]
        }
        "component_name" => &["Form", "Button 1", "\u{201c}Image\u{201d}"],
        "image_id" => &["ad-site-i18n-sg/20260302aaaa", "ad-site-i18n-sg/20260302bbbb"],
        "video_material_id" => &["7398765432109876543", "7398765432109876544"],
        "search_terms" => {
            &["camping tent", "2 person tent waterproof", "\u{30c6}\u{30f3}\u{30c8} \u{1f3d5}"]
        }
        "search_keyword" => &["tent", "rain \"jacket\""],
        "match_type" => &["PRECISE_WORD", "PHRASE_WORD", "BROAD_WORD"],
        "skan_postback_sequence" => &["1", "2", "3"],
        "interest_category" | "interest_category_v2" => &["26", "13", "28", "0"],
        "interest_category_tier2" => &["26103", "13101"],
        "interest_category_tier3" => &["26103102", "13101101"],
        "interest_category_tier4" => &["26103102001", "13101101001"],
        "behavior_id" => &["1701", "1702", "1703"],
        "device_brand_id" => &["200", "201", "0"],
        "contextual_tag" => &["ctx_sports", "ctx_beauty"],
        "hashtag" => &["#camping", "#\u{65c5}\u{884c}"],
        "audience_tags" | "additional_interests" | "purchase_intention" => {
            &["100201", "100202", "100203"]
        }
        _ => &["one", "two", "three"],
    }
}
