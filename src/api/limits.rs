//! TikTok's rate limits: by the level of the app, with lower limits for single endpoints, and the
//! share of them that the tap uses. `pacing` keeps requests within them.

use crate::config::Rate;

/// Four fifths, so that another tool can use the same app at the same time.
const SHARE: f64 = 0.8;

/// How many requests may start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Per second.
    pub per_second: f64,
    /// Per minute, at most sixty times as many.
    pub per_minute: f64,
}

const fn limit(per_second: f64, per_minute: f64) -> Limit {
    Limit { per_second, per_minute }
}

/// The limits of an app, in the order of [`Level::ALL`](crate::config::Level::ALL). The limits per
/// day follow from those per second.
static APP: [Limit; 4] =
    [limit(10.0, 600.0), limit(20.0, 1200.0), limit(30.0, 1800.0), limit(50.0, 3000.0)];

/// Endpoints with lower limits of their own, in the same order.
static ENDPOINTS: [(&str, [Limit; 4]); 2] = [
    (
        "gmv_max/report/get/",
        [limit(8.0, 240.0), limit(12.0, 360.0), limit(20.0, 600.0), limit(20.0, 600.0)],
    ),
    ("report/task/create/", [limit(2.0, 60.0); 4]),
];

/// The limit of TikTok's sandbox, for every level.
static SANDBOX: Limit = limit(1.0, 30.0);

/// The limits of a process.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For all requests together.
    pub app: Limit,
    /// The place of the level in [`Level::ALL`](crate::config::Level::ALL).
    level: usize,
}

impl Limits {
    /// The limits for the setting `rate_limit`. A number is used as it is, also in the sandbox. Its
    /// limits for single endpoints are those of the highest level whose limit is not above the
    /// number.
    pub fn new(rate: Rate, sandbox: bool) -> Self {
        match rate {
            Rate::Level(level) => {
                let app = if sandbox { SANDBOX } else { APP[level as usize] };
                Limits { app: used(app), level: level as usize }
            }
            Rate::PerSecond(number) => {
                let level =
                    APP.iter().rposition(|app| used(*app).per_second <= number).unwrap_or(0);
                Limits { app: limit(number, number * 60.0), level }
            }
        }
    }

    /// The additional limit of an endpoint, if it has one. `path` is below `/open_api/v1.3/`.
    pub fn endpoint(&self, path: &str) -> Option<Limit> {
        ENDPOINTS.iter().find(|(of, _)| *of == path).map(|(_, limits)| used(limits[self.level]))
    }
}

fn used(limit: Limit) -> Limit {
    Limit { per_second: limit.per_second * SHARE, per_minute: limit.per_minute * SHARE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Level;

    #[test]
    fn four_fifths_of_each_level_are_used() {
        let seconds: Vec<f64> = Level::ALL
            .into_iter()
            .map(|level| Limits::new(Rate::Level(level), false).app.per_second)
            .collect();
        assert_eq!(seconds, [8.0, 16.0, 24.0, 40.0]);
        let sandbox = Limits::new(Rate::Level(Level::Ultimate), true);
        assert_eq!(sandbox.app, limit(0.8, 24.0));
    }

    #[test]
    fn an_endpoint_may_be_slower_than_the_app() {
        let gmv_max = |rate| {
            Limits::new(rate, false)
                .endpoint("gmv_max/report/get/")
                .expect("it has limits of its own")
                .per_minute
        };
        assert!((gmv_max(Rate::Level(Level::Basic)) - 192.0).abs() < 1e-9);
        for (number, like) in [
            (1.0, Level::Basic),
            (8.0, Level::Basic),
            (23.9, Level::Advanced),
            (1000.0, Level::Ultimate),
        ] {
            assert!(
                (gmv_max(Rate::PerSecond(number)) - gmv_max(Rate::Level(like))).abs() < 1e-9,
                "{number}"
            );
        }
        assert_eq!(Limits::new(Rate::PerSecond(5.0), false).endpoint("campaign/get/"), None);
    }
}
