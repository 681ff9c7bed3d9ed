-- Spend of each campaign on each day, with the name of the campaign. Emoji and tabs, which fonts of
-- charts lack, become spaces.
SELECT
    CAST(stat_time_day AS DATE) AS day,
    REGEXP_REPLACE(campaigns.campaign_name, ' *[^ -ÿ]+ *', ' ', 'g') AS campaign,
    ROUND(SUM(campaign_insights.spend), 2) AS spend
FROM campaign_insights
JOIN campaigns USING (campaign_id)
GROUP BY ALL
ORDER BY ALL
