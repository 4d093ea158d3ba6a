//! Rotation of images: the twin of shaders/gather.wgsl.

use super::{PIXELS, SIDE};

/// A rotation, counter-clockwise as seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation {
    /// Its cosine.
    pub cos: f32,
    /// Its sine.
    pub sin: f32,
}

impl Rotation {
    /// The rotation by an angle in degrees (libm in float64, so that every platform agrees).
    pub fn degrees(angle: f64) -> Self {
        let radians = angle.to_radians();
        Self {
            cos: libm::cos(radians) as f32,
            sin: libm::sin(radians) as f32,
        }
    }
}

/// Side of an image with a border of zeros: one pixel before, two behind.
const BORDERED: usize = SIDE + 3;

/// A rotation made ready for many images: for every output pixel, where it is read.
///
/// Bilinear, zero outside, about pixel (13.5, 13.5): the output pixel at (dx, dy) from the middle, y pointing
/// down, is read at (cos dx - sin dy, sin dx + cos dy).
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// For each output pixel the upper left of the four read, in the bordered image.
    corner: Vec<u16>,
    /// Weights of the right and of the lower ones.
    right: Vec<f32>,
    lower: Vec<f32>,
}

impl Turn {
    /// Makes a rotation ready.
    pub fn new(turn: Rotation) -> Self {
        let mut ready = Self {
            corner: Vec::with_capacity(PIXELS),
            right: Vec::with_capacity(PIXELS),
            lower: Vec::with_capacity(PIXELS),
        };
        let side = SIDE as i32;
        for pixel in 0..PIXELS {
            let dy = (pixel / SIDE) as f32 - 13.5;
            let dx = (pixel % SIDE) as f32 - 13.5;
            let x = 13.5 + turn.cos * dx - turn.sin * dy;
            let y = 13.5 + turn.sin * dx + turn.cos * dy;
            let (left, top) = (x.floor(), y.floor());
            // Beyond the border all four are zero, as they are behind the last pixel.
            let (ix, iy) = (left as i32, top as i32);
            let inside = (-1..side).contains(&ix) && (-1..side).contains(&iy);
            let (ix, iy) = if inside { (ix, iy) } else { (side, side) };
            ready
                .corner
                .push(((iy + 1) * BORDERED as i32 + ix + 1) as u16);
            ready.right.push(x - left);
            ready.lower.push(y - top);
        }
        ready
    }

    /// Writes an image, rotated, as grey values 0 to 1.
    pub fn apply(&self, image: &[u8], out: &mut [f32]) {
        let mut bordered = [0.0_f32; BORDERED * BORDERED];
        let rows = bordered.chunks_exact_mut(BORDERED).skip(1);
        for (row, pixels) in rows.zip(image.chunks_exact(SIDE)) {
            for (to, &byte) in row[1..].iter_mut().zip(pixels) {
                *to = f32::from(byte) / 255.0;
            }
        }
        let places = self.corner.iter().zip(self.right.iter().zip(&self.lower));
        for (out, (&corner, (&fx, &fy))) in out.iter_mut().zip(places) {
            let p = &bordered[corner as usize..][..BORDERED + 2];
            let upper = p[0] * (1.0 - fx) + p[1] * fx;
            let lower = p[BORDERED] * (1.0 - fx) + p[BORDERED + 1] * fx;
            *out = upper * (1.0 - fy) + lower * fy;
        }
    }
}

/// Writes a rotated image as grey values 0 to 1; see [`Turn`] for many.
pub fn rotate(image: &[u8], turn: Rotation, out: &mut [f32]) {
    Turn::new(turn).apply(image, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(image: &[u8], angle: f64) -> Vec<f32> {
        let mut out = vec![0.0; PIXELS];
        rotate(image, Rotation::degrees(angle), &mut out);
        out
    }

    fn noise() -> Vec<u8> {
        (0..PIXELS).map(|i| (i * 7919 % 251) as u8).collect()
    }

    #[test]
    fn no_angle_and_a_full_turn_change_nothing() {
        let image = noise();
        for angle in [0.0, 360.0] {
            for (a, b) in turned(&image, angle).iter().zip(&image) {
                assert!((a - f32::from(*b) / 255.0).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn a_pixel_right_of_the_middle_moves_up() {
        let mut image = vec![0; PIXELS];
        image[13 * SIDE + 24] = 255;
        let out = turned(&image, 90.0);
        // (x, y) = (24, 13) is (10.5, -0.5) from the middle; a quarter turn as seen makes it (-0.5, -10.5).
        assert!((out[3 * SIDE + 13] - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_quarter_turn_permutes_pixels() {
        let image = noise();
        let out = turned(&image, 90.0);
        for y in 0..SIDE {
            for x in 0..SIDE {
                let from = f32::from(image[x * SIDE + (SIDE - 1 - y)]) / 255.0;
                assert!((out[y * SIDE + x] - from).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn nothing_comes_from_outside_and_mass_stays() {
        assert!(turned(&vec![255; PIXELS], 45.0)[0] == 0.0);
        let mut image = vec![0; PIXELS];
        for y in 9..19 {
            image[y * SIDE + 9..y * SIDE + 19].fill(200);
        }
        let before: f32 = image.iter().map(|&p| f32::from(p) / 255.0).sum();
        let after: f32 = turned(&image, 31.0).iter().sum();
        assert!((after / before - 1.0).abs() < 0.02, "{before} {after}");
    }
}
