//! The image that units are shown on.

use serde::{Deserialize, Serialize};

use crate::data::{Rotation, Turn, digits};

/// The image that units are shown on: one of the project's own digits, which no network is trained on where
/// MNIST is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Probe {
    /// Which digit: 0 to 9.
    pub digit: u32,
    /// Its rotation in degrees, counter-clockwise as seen.
    pub angle: f64,
}

impl Default for Probe {
    fn default() -> Self {
        Self {
            digit: 7,
            angle: 63.0,
        }
    }
}

impl Probe {
    /// Its pixels, 0 to 1, row by row.
    pub fn image(&self) -> Vec<f32> {
        // The test set's first ten are one of each.
        let all = digits(0, 0, 10);
        let mut image = vec![0.0; all.info.pixels()];
        let digit = self.digit as usize % all.test.len();
        let turn = Turn::new(Rotation::degrees(self.angle), all.info.side);
        turn.apply(all.test.image(digit), &mut image);
        image
    }

    /// Its pixels, 0 to 255.
    pub fn pixels(&self) -> Vec<u8> {
        self.image().iter().map(|&x| (x * 255.0) as u8).collect()
    }
}

/// The probe's digit as each task turns it.
pub fn strip(digit: u32, angles: &[f64]) -> Vec<Vec<u8>> {
    let turned = |&angle: &f64| Probe { digit, angle }.pixels();
    angles.iter().map(turned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probe_is_turned_as_tasks_are() {
        let upright = Probe {
            digit: 1,
            angle: 0.0,
        };
        let lying = Probe {
            digit: 1,
            angle: 90.0,
        };
        let extent = |pixels: &[u8], along: fn(usize) -> usize| {
            let inked: Vec<usize> = (0..pixels.len())
                .filter(|&i| pixels[i] > 60)
                .map(along)
                .collect();
            inked.iter().max().unwrap() - inked.iter().min().unwrap()
        };
        let tall = |p: &Probe| extent(&p.pixels(), |i| i / 28) > extent(&p.pixels(), |i| i % 28);
        assert!(tall(&upright) && !tall(&lying));
        assert_eq!(strip(1, &[0.0, 90.0]), [upright.pixels(), lying.pixels()]);
    }
}
