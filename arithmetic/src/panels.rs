//! How weights lie in memory.

use crate::{SIXTEEN, Sixteen, padded};

/// A weight matrix of `[units x fan_in]`: panels of sixteen units, of each panel a row for every input,
/// which holds the weights from that input to the sixteen units. Units past the last have weight 0, and
/// keep it.
///
/// Forward, a panel is read from its beginning to its end, so that a product streams through memory;
/// backward, the sixteen numbers of a row are what a sum along a vector takes at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Panels {
    /// `[panels][fan_in]`.
    pub(crate) rows: Vec<Sixteen>,
    pub(crate) units: usize,
    pub(crate) fan_in: usize,
    /// Whether all weights are known to be finite, so that an input of 0 adds nothing to a sum.
    pub(crate) finite: bool,
}

impl Panels {
    /// The matrix whose entries lie row by row, `[units][fan_in]`; entries that are missing are 0.
    pub fn new(entries: &[f32], units: usize, fan_in: usize) -> Self {
        let mut rows = vec![[0.0; SIXTEEN]; padded(units) / SIXTEEN * fan_in];
        for (unit, weights) in entries.chunks(fan_in.max(1)).take(units).enumerate() {
            let panel = rows.iter_mut().skip(unit / SIXTEEN * fan_in);
            for (row, &w) in panel.zip(weights) {
                row[unit % SIXTEEN] = w;
            }
        }
        Self {
            rows,
            units,
            fan_in,
            finite: entries.iter().all(|w| w.is_finite()),
        }
    }

    /// Notes that the weights may not be finite any more, and clears the padding: a padded delta of 0 times
    /// an input that is not finite is none either, but what is no weight must not depend on how a lane came
    /// here.
    pub(crate) fn no_longer_finite(&mut self) {
        self.finite = false;
        let last = (self.units / SIXTEEN * self.fan_in).min(self.rows.len());
        if !self.units.is_multiple_of(SIXTEEN) {
            for row in &mut self.rows[last..] {
                row[self.units % SIXTEEN..].fill(0.0);
            }
        }
    }

    /// The entries row by row: `[units][fan_in]`.
    pub fn entries(&self) -> Vec<f32> {
        (0..self.units)
            .flat_map(|unit| {
                let panel = &self.rows[unit / SIXTEEN * self.fan_in..][..self.fan_in];
                panel.iter().map(move |row| row[unit % SIXTEEN])
            })
            .collect()
    }

    /// Rows of the matrix.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Columns of the matrix.
    pub fn fan_in(&self) -> usize {
        self.fan_in
    }
}
