//! Functions that are the same on every platform: of additions, multiplications and bits alone, so that the
//! compiler makes wide loops of them.

/// ln 2 in two parts, of which the first has so few digits that its multiples by whole numbers are exact.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
/// Added to a number of moderate size, it leaves the nearest whole one in the last digits: 1.5 x 2^23.
const ROUNDING: f32 = 12_582_912.0;
/// Below this e^x is nearer to 0 than to the smallest number there is.
const LEAST: f32 = -104.0;
/// Above this e^x is infinite.
const MOST: f32 = 89.0;

/// e^x. Off by at most one and a half units in the last place, also where the result is so small that it has
/// fewer digits; NaN of NaN.
///
/// x = n ln 2 + r with a whole n and |r| <= ln 2 / 2; e^r by its series to the seventh power, whose rest is
/// below 2^-27 of it; 2^n in two factors, so that neither leaves the range.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Not max and min: NaN must stay NaN.
    let x = if x < LEAST { LEAST } else { x };
    let x = if x > MOST { MOST } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let whole = shifted - ROUNDING;
    let n = (shifted.to_bits() as i32).wrapping_sub(ROUNDING.to_bits() as i32);
    let r = (x - whole * LN_2[0]) - whole * LN_2[1];
    let mut series = 1.0 / 5_040.0;
    for factor in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        series = series * r + factor;
    }
    let half = n >> 1;
    let power = |n: i32| f32::from_bits((n.wrapping_add(127) as u32) << 23);
    series * power(half) * power(n.wrapping_sub(half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_near() {
        let mut worst = 0.0_f64;
        // From 0 down to below the smallest, and up to beyond the largest.
        let steps = 4_000_000;
        for i in 0..=steps {
            let x = -106.0 + 196.0 * (i as f32 / steps as f32);
            let truth = libm::exp(f64::from(x));
            let ours = exp(x);
            if truth > f64::from(f32::MAX) {
                assert!(ours == f32::INFINITY || f64::from(ours) > 0.999_999 * f64::from(f32::MAX));
                continue;
            }
            let rounded = truth as f32;
            let unit = f64::from(f32::from_bits(rounded.to_bits() + 1)) - f64::from(rounded);
            if unit.is_finite() {
                worst = worst.max((f64::from(ours) - truth).abs() / unit);
            }
        }
        assert!(worst < 1.5, "{worst} units");
        println!("at most {worst} units in the last place");
    }

    #[test]
    fn edges() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert!(exp(f32::NAN).is_nan());
        // Numbers with fewer digits are not flushed to zero.
        assert!(exp(-100.0) > 0.0 && exp(-100.0) < f32::MIN_POSITIVE);
    }
}
