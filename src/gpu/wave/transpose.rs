//! Matrices turned: the host has them by units, the GPU by inputs.

/// Side of the squares that are turned one after the other: reads and writes of one stay within the caches.
const SIDE: usize = 32;

/// Writes a matrix of so many rows and columns turned: element (r, c) of `from`, whose rows begin
/// `from_stride` apart, becomes element (c, r) of `to`, whose rows begin `to_stride` apart. What lies between
/// rows stays as it is.
pub(super) fn transpose(
    from: &[f32],
    from_stride: usize,
    to: &mut [f32],
    to_stride: usize,
    [rows, columns]: [usize; 2],
) {
    for row in (0..rows).step_by(SIDE) {
        for column in (0..columns).step_by(SIDE) {
            for r in row..rows.min(row + SIDE) {
                for c in column..columns.min(column + SIDE) {
                    to[c * to_stride + r] = from[r * from_stride + c];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_comes_to_its_place_and_padding_stays() {
        for (rows, columns) in [(1, 1), (3, 70), (33, 32), (65, 31)] {
            let (from_stride, to_stride) = (columns + 2, rows + 3);
            let from: Vec<f32> = (0..rows * from_stride).map(|i| i as f32).collect();
            let mut to = vec![-1.0; columns * to_stride];
            transpose(&from, from_stride, &mut to, to_stride, [rows, columns]);
            for (i, &x) in to.iter().enumerate() {
                let (c, r) = (i / to_stride, i % to_stride);
                let expected = if r < rows {
                    from[r * from_stride + c]
                } else {
                    -1.0
                };
                assert_eq!(x, expected, "{rows} x {columns}, at {c}, {r}");
            }
        }
    }
}
