-- Views with the tables and columns of Fivetran's TikTok Ads schema that its dbt package
-- (fivetran/dbt_tiktok_ads) reads. They run in DuckDB and PostgreSQL.
--
-- The tap's tables are expected in the schema `tiktok`; replace that name if yours are elsewhere.
-- docs/moving-over.md says which streams and metrics the tap has to deliver.

create schema if not exists tiktok_ads;

create or replace view tiktok_ads.advertiser as
select
    cast(advertiser_id as bigint) as id,
    name, company, contacter, address, country, industry, role, status, currency, timezone,
    language, balance, description, email, cellphone_number, telephone_number, create_time
from tiktok.advertisers;

-- One row per campaign, ad group and ad: the current one. Promote has no modify_time.
create or replace view tiktok_ads.campaign_history as
select
    cast(campaign_id as bigint) as campaign_id,
    cast(advertiser_id as bigint) as advertiser_id,
    coalesce(modify_time, create_time) as updated_at,
    create_time, campaign_name, campaign_type, objective_type, split_test_variable, budget,
    budget_mode, is_new_structure, secondary_status as status, secondary_status, operation_status
from tiktok.campaigns;

create or replace view tiktok_ads.adgroup_history as
select
    cast(adgroup_id as bigint) as adgroup_id,
    cast(campaign_id as bigint) as campaign_id,
    cast(advertiser_id as bigint) as advertiser_id,
    coalesce(modify_time, create_time) as updated_at,
    create_time, adgroup_name, audience_type, budget, budget_mode,
    cast(category_id as bigint) as category,
    display_name, frequency, frequency_schedule, gender, landing_page_url, action_days,
    action_category_ids as action_categories,
    interest_category_ids as interest_category_v_2,
    age_groups, languages, secondary_status, operation_status
from tiktok.adgroups;

create or replace view tiktok_ads.ad_history as
select
    cast(ad_id as bigint) as ad_id,
    cast(adgroup_id as bigint) as adgroup_id,
    cast(campaign_id as bigint) as campaign_id,
    cast(advertiser_id as bigint) as advertiser_id,
    coalesce(modify_time, create_time) as updated_at,
    create_time, ad_name, ad_text, call_to_action, click_tracking_url, impression_tracking_url,
    landing_page_url, video_id, image_ids, secondary_status, operation_status
from tiktok.ads;

create or replace view tiktok_ads.campaign_report_daily as
select
    cast(campaign_id as bigint) as campaign_id,
    stat_time_day, spend, impressions, clicks, reach, cpc, cpm, ctr,
    conversion, cost_per_conversion, conversion_rate, real_time_conversion, total_purchase_value,
    total_sales_lead_value, likes, comments, shares, follows, profile_visits, average_video_play,
    average_video_play_per_user, video_play_actions, video_watched_2s as video_watched_2_s,
    video_watched_6s as video_watched_6_s, video_views_p25 as video_views_p_25,
    video_views_p50 as video_views_p_50, video_views_p75 as video_views_p_75,
    video_views_p100 as video_views_p_100
from tiktok.campaign_insights;

create or replace view tiktok_ads.adgroup_report_daily as
select
    cast(adgroup_id as bigint) as adgroup_id,
    stat_time_day, spend, impressions, clicks, reach, cpc, cpm, ctr,
    conversion, cost_per_conversion, conversion_rate, real_time_conversion, total_purchase_value,
    total_sales_lead_value, likes, comments, shares, follows, profile_visits, average_video_play,
    average_video_play_per_user, video_play_actions, video_watched_2s as video_watched_2_s,
    video_watched_6s as video_watched_6_s, video_views_p25 as video_views_p_25,
    video_views_p50 as video_views_p_50, video_views_p75 as video_views_p_75,
    video_views_p100 as video_views_p_100
from tiktok.adgroup_insights;

create or replace view tiktok_ads.ad_report_daily as
select
    cast(ad_id as bigint) as ad_id,
    stat_time_day, spend, impressions, clicks, reach, cpc, cpm, ctr,
    conversion, cost_per_conversion, conversion_rate, real_time_conversion, total_purchase_value,
    total_sales_lead_value, likes, comments, shares, follows, profile_visits, average_video_play,
    average_video_play_per_user, video_play_actions, video_watched_2s as video_watched_2_s,
    video_watched_6s as video_watched_6_s, video_views_p25 as video_views_p_25,
    video_views_p50 as video_views_p_50, video_views_p75 as video_views_p_75,
    video_views_p100 as video_views_p_100
from tiktok.ad_insights;

create or replace view tiktok_ads.campaign_report_hourly as
select
    cast(campaign_id as bigint) as campaign_id,
    stat_time_hour, spend, impressions, clicks, reach, cpc, cpm, ctr,
    conversion, cost_per_conversion, conversion_rate, real_time_conversion, total_purchase_value,
    total_sales_lead_value, likes, comments, shares, follows, profile_visits, average_video_play,
    average_video_play_per_user, video_play_actions, video_watched_2s as video_watched_2_s,
    video_watched_6s as video_watched_6_s, video_views_p25 as video_views_p_25,
    video_views_p50 as video_views_p_50, video_views_p75 as video_views_p_75,
    video_views_p100 as video_views_p_100
from tiktok.campaign_insights_hourly;

create or replace view tiktok_ads.adgroup_report_hourly as
select
    cast(adgroup_id as bigint) as adgroup_id,
    stat_time_hour, spend, impressions, clicks, reach, cpc, cpm, ctr,
    conversion, cost_per_conversion, conversion_rate, real_time_conversion, total_purchase_value,
    total_sales_lead_value, likes, comments, shares, follows, profile_visits, average_video_play,
    average_video_play_per_user, video_play_actions, video_watched_2s as video_watched_2_s,
    video_watched_6s as video_watched_6_s, video_views_p25 as video_views_p_25,
    video_views_p50 as video_views_p_50, video_views_p75 as video_views_p_75,
    video_views_p100 as video_views_p_100
from tiktok.adgroup_insights_hourly;

create or replace view tiktok_ads.ad_report_hourly as
select
    cast(ad_id as bigint) as ad_id,
    stat_time_hour, spend, impressions, clicks, reach, cpc, cpm, ctr,
    conversion, cost_per_conversion, conversion_rate, real_time_conversion, total_purchase_value,
    total_sales_lead_value, likes, comments, shares, follows, profile_visits, average_video_play,
    average_video_play_per_user, video_play_actions, video_watched_2s as video_watched_2_s,
    video_watched_6s as video_watched_6_s, video_views_p25 as video_views_p_25,
    video_views_p50 as video_views_p_50, video_views_p75 as video_views_p_75,
    video_views_p100 as video_views_p_100
from tiktok.ad_insights_hourly;

create or replace view tiktok_ads.campaign_country_report as
select
    cast(campaign_id as bigint) as campaign_id,
    stat_time_day, country_code, spend, impressions, clicks, cpc, cpm, ctr, conversion,
    cost_per_conversion, conversion_rate, real_time_conversion
from tiktok.campaign_insights_by_country;
