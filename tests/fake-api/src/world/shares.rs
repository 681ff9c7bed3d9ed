//! How the amounts of a day are shared among its hours and among the values of breakdowns, so that
//! rows add up to the day whichever way they are cut.

use super::metric_values::Micros;
use crate::random::{below, mix};

/// A part of a whole: from one mark of a scale to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    from: u64,
    to: u64,
    scale: u64,
}

impl Share {
    /// All of it.
    pub(super) const WHOLE: Self = Self { from: 0, to: 1, scale: 1 };

    /// The share of the piece at a position, out of pieces of these weights.
    pub(super) fn of(weights: impl Iterator<Item = u64>, position: usize) -> Self {
        let mut share = Self { from: 0, to: 0, scale: 0 };
        for (index, weight) in weights.enumerate() {
            if index < position {
                share.from += weight;
            }
            if index <= position {
                share.to += weight;
            }
            share.scale += weight;
        }
        share
    }

    /// Whether nothing is in it.
    pub(super) fn is_nothing(self) -> bool {
        self.from == self.to
    }

    /// Its part of an amount, in whole units of the amount's last digit.
    pub(super) fn part(self, amount: Micros, unit: Micros) -> Micros {
        if self.to == self.scale && self.from == 0 {
            return amount;
        }
        let unit = if amount.is_multiple_of(unit) { unit } else { 1 };
        let until = |mark: u64| amount / unit * Micros::from(mark) / Micros::from(self.scale);
        (until(self.to) - until(self.from)) * unit
    }
}

/// The weight of a piece of an entity's day: 0 for pieces without delivery, which are the given
/// share of all.
pub(super) fn weight(entity_day: u64, piece: u64, delivered: f64) -> u64 {
    let hash = mix(entity_day, piece);
    if below(hash, delivered) { 1 + mix(hash, 12) % 9 } else { 0 }
}

/// The weights of all pieces. If none of them has delivery, the first one has it all.
pub(super) fn weights(
    entity_day: u64,
    pieces: impl Iterator<Item = u64> + Clone,
    delivered: f64,
) -> impl Iterator<Item = u64> {
    let weights = pieces.map(move |piece| weight(entity_day, piece, delivered));
    let none = weights.clone().all(|weight| weight == 0);
    weights.enumerate().map(move |(index, weight)| weight + u64::from(none && index == 0))
}
