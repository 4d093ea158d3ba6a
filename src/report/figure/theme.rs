//! Colours and type of the figures.

use plotters::prelude::*;

use crate::config::Condition;

/// Colours for light or dark surroundings.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    pub(super) text: RGBColor,
    pub(super) grid: RGBColor,
    /// The colour of each condition, in the order of [`Condition::ALL`].
    conditions: [RGBColor; 5],
    /// The deepest layer; the others are paler.
    layer: RGBColor,
}

impl Theme {
    /// For a light page.
    pub const LIGHT: Self = Self {
        text: RGBColor(28, 28, 28),
        grid: RGBColor(205, 203, 198),
        conditions: [
            RGBColor(92, 104, 115),
            RGBColor(179, 63, 8),
            RGBColor(94, 60, 153),
            RGBColor(20, 120, 90),
            RGBColor(30, 95, 165),
        ],
        layer: RGBColor(94, 60, 153),
    };
    /// For a dark page.
    pub const DARK: Self = Self {
        text: RGBColor(232, 230, 225),
        grid: RGBColor(72, 74, 80),
        conditions: [
            RGBColor(160, 172, 184),
            RGBColor(255, 150, 80),
            RGBColor(188, 158, 240),
            RGBColor(110, 205, 170),
            RGBColor(120, 180, 250),
        ],
        layer: RGBColor(188, 158, 240),
    };

    /// A condition's colour.
    pub(super) fn condition(&self, condition: Condition) -> RGBColor {
        let found = Condition::ALL.into_iter().zip(self.conditions);
        let mut found = found.filter(|(c, _)| *c == condition);
        found.next().map_or(self.text, |(_, color)| color)
    }

    /// The shade of one of `count` layers, the deepest strongest.
    pub(super) fn layer(&self, layer: usize, count: usize) -> RGBColor {
        let share = 0.25 + 0.75 * layer as f64 / (count.max(2) - 1) as f64;
        let mix = |a: u8, b: u8| (f64::from(a) * (1.0 - share) + f64::from(b) * share) as u8;
        let (a, b) = (self.grid, self.layer);
        RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
    }

    /// Text of that size in pixels.
    pub(super) fn font(&self, size: f64) -> TextStyle<'static> {
        self.font_in(size, self.text)
    }

    /// Text in a colour.
    pub(super) fn font_in(&self, size: f64, color: RGBColor) -> TextStyle<'static> {
        ("sans-serif", size).into_font().color(&color)
    }
}
