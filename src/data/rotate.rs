//! Rotation and permutation of images: the twin of shaders/gather.wgsl.

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

/// A rotation made ready for many images of one size: for every output pixel, where it is read.
///
/// Bilinear, zero outside, about the image's middle, (side - 1) / 2 along both axes: the output pixel at (dx,
/// dy) from there, y pointing down, is read at (cos dx - sin dy, sin dx + cos dy).
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Pixels of an image's side.
    side: usize,
    /// For each output pixel the upper left of the four read, in the bordered image.
    corner: Vec<u32>,
    /// Weights of the right and of the lower ones.
    right: Vec<f32>,
    lower: Vec<f32>,
}

/// Side of an image with a border of zeros: one pixel before, two behind.
const fn bordered(side: usize) -> usize {
    side + 3
}

impl Turn {
    /// Makes a rotation ready for images of `side` x `side` pixels.
    pub fn new(turn: Rotation, side: u32) -> Self {
        let wide = side as usize;
        let pixels = wide * wide;
        let mut ready = Self {
            side: wide,
            corner: Vec::with_capacity(pixels),
            right: Vec::with_capacity(pixels),
            lower: Vec::with_capacity(pixels),
        };
        let middle = (side as f32 - 1.0) / 2.0;
        let side = side as i32;
        for pixel in 0..pixels {
            let dy = (pixel / wide) as f32 - middle;
            let dx = (pixel % wide) as f32 - middle;
            let x = middle + turn.cos * dx - turn.sin * dy;
            let y = middle + turn.sin * dx + turn.cos * dy;
            let (left, top) = (x.floor(), y.floor());
            // Beyond the border all four are zero, as they are behind the last pixel.
            let (ix, iy) = (left as i32, top as i32);
            let inside = (-1..side).contains(&ix) && (-1..side).contains(&iy);
            let (ix, iy) = if inside { (ix, iy) } else { (side, side) };
            let row = bordered(wide) as i32;
            ready.corner.push(((iy + 1) * row + ix + 1) as u32);
            ready.right.push(x - left);
            ready.lower.push(y - top);
        }
        ready
    }

    /// The same with its pixels permuted: pixel i is what pixel `permutation[i]` was without. A permutation
    /// of another number of pixels, or with one that is none of them, changes nothing.
    #[must_use]
    pub fn permuted(self, permutation: &[u32]) -> Self {
        let pixels = self.corner.len();
        let fits =
            permutation.len() == pixels && permutation.iter().all(|&i| (i as usize) < pixels);
        if !fits {
            return self;
        }
        fn taken<T: Copy>(from: &[T], permutation: &[u32]) -> Vec<T> {
            permutation.iter().map(|&i| from[i as usize]).collect()
        }
        Self {
            side: self.side,
            corner: taken(&self.corner, permutation),
            right: taken(&self.right, permutation),
            lower: taken(&self.lower, permutation),
        }
    }

    /// Writes an image (`[side][side]`), as it is shown, as grey values 0 to 1.
    pub fn apply(&self, image: &[u8], out: &mut [f32]) {
        let wide = bordered(self.side);
        let mut zeroed = vec![0.0_f32; wide * wide];
        let rows = zeroed.chunks_exact_mut(wide).skip(1);
        for (row, pixels) in rows.zip(image.chunks_exact(self.side)) {
            for (to, &byte) in row[1..].iter_mut().zip(pixels) {
                *to = f32::from(byte) / 255.0;
            }
        }
        let pixels = self.corner.iter().zip(self.right.iter().zip(&self.lower));
        for (out, (&corner, (&fx, &fy))) in out.iter_mut().zip(pixels) {
            let p = &zeroed[corner as usize..][..wide + 2];
            let upper = p[0] * (1.0 - fx) + p[1] * fx;
            let lower = p[wide] * (1.0 - fx) + p[wide + 1] * fx;
            *out = upper * (1.0 - fy) + lower * fy;
        }
    }
}

/// Writes an image of `side` x `side` pixels, rotated, as grey values 0 to 1; see [`Turn`] for many.
pub fn rotate(image: &[u8], side: u32, turn: Rotation, out: &mut [f32]) {
    Turn::new(turn, side).apply(image, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 28;
    const PIXELS: usize = SIDE * SIDE;

    fn turned(image: &[u8], angle: f64) -> Vec<f32> {
        let mut out = vec![0.0; PIXELS];
        rotate(image, SIDE as u32, Rotation::degrees(angle), &mut out);
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
    fn any_side_turns_about_its_own_middle() {
        // 90 degrees counter-clockwise: the upper right pixel comes to the upper left.
        for side in [1_usize, 2, 5, 32] {
            let mut image = vec![0; side * side];
            image[side - 1] = 255;
            let mut out = vec![0.0; side * side];
            rotate(&image, side as u32, Rotation::degrees(90.0), &mut out);
            assert!((out[0] - 1.0).abs() < 1e-4, "{side}");
            assert!((out.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{side}");
        }
    }

    #[test]
    fn a_permutation_takes_pixels_from_where_it_says() {
        let image = noise();
        let back: Vec<u32> = (0..PIXELS as u32).rev().collect();
        let mut out = vec![0.0; PIXELS];
        let turn = Turn::new(Rotation::degrees(0.0), SIDE as u32);
        turn.clone().permuted(&back).apply(&image, &mut out);
        for (ours, &theirs) in out.iter().zip(image.iter().rev()) {
            assert_eq!(*ours, f32::from(theirs) / 255.0);
        }
        assert_eq!(turn.clone().permuted(&back[1..]), turn);
        assert_eq!(turn.clone().permuted(&[PIXELS as u32; PIXELS]), turn);
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
