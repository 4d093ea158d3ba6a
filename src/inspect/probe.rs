//! The image that units are shown on.

use serde::{Deserialize, Serialize};

use crate::data::{DIGITS, digits};
use crate::stream::View;

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
    /// Whether there is such a digit.
    pub fn is_there(&self) -> bool {
        (self.digit as usize) < DIGITS && self.angle.is_finite()
    }

    /// Its pixels, 0 to 1, row by row.
    pub fn image(&self) -> Vec<f32> {
        let turned = View {
            angle: self.angle,
            ..View::default()
        };
        shown(self.digit, &turned)
    }

    /// Its pixels, 0 to 255.
    pub fn pixels(&self) -> Vec<u8> {
        self.image().iter().map(|&x| (x * 255.0) as u8).collect()
    }
}

/// A digit as each task shows it: the probe's, or where tasks have classes the first of the task's own, as
/// far as classes are as few as digits.
pub fn strip(digit: u32, views: &[View]) -> Vec<Vec<u8>> {
    let mut classes = views.iter().filter_map(|v| v.classes);
    let are_digits = classes.all(|set| set.classes().all(|class| (class as usize) < DIGITS));
    let image = |view: &View| {
        let own = view.classes.filter(|_| are_digits);
        shown(
            own.and_then(|set| set.classes().next()).unwrap_or(digit),
            view,
        )
    };
    let bytes = |image: Vec<f32>| image.iter().map(|&x| (x * 255.0) as u8).collect();
    views.iter().map(|view| bytes(image(view))).collect()
}

/// One of our own digits as a view has it: 0 to 1, row by row. Black where there is no such digit.
fn shown(digit: u32, view: &View) -> Vec<f32> {
    // The test set's first are one of each.
    let all = digits(0, 0, DIGITS);
    let mut image = vec![0.0; all.info.pixels()];
    let digit = digit as usize;
    if digit < all.test.len() {
        let turn = view.turn(all.info.side);
        turn.apply(all.test.image(digit), &mut image);
    }
    image
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
        let turned = [0.0, 90.0].map(|angle| View {
            angle,
            ..View::default()
        });
        assert_eq!(strip(1, &turned), [upright.pixels(), lying.pixels()]);
    }

    #[test]
    fn tasks_show_the_digit_as_their_images_are() {
        let probe = |digit| Probe { digit, angle: 0.0 }.pixels();
        let back: Vec<u32> = (0..784).rev().collect();
        let permuted = View {
            permutation: Some(back.into()),
            ..View::default()
        };
        let mut reversed = probe(7);
        reversed.reverse();
        assert_eq!(strip(7, &[permuted]), [reversed]);
        let of = |classes: &[u32]| View {
            classes: Some(classes.iter().copied().collect()),
            ..View::default()
        };
        assert_eq!(strip(7, &[of(&[4, 2]), of(&[9])]), [probe(2), probe(9)]);
        // Letters are no digits.
        assert_eq!(strip(7, &[of(&[4, 2]), of(&[10])]), [probe(7), probe(7)]);
    }
}
