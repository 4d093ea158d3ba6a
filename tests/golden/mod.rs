//! What every platform must draw: digests shared by tests/determinism.rs and tests/wasm.rs.

use metacls::data::{Dataset, Pool};
use metacls::model::{Model, initial};
use metacls::stream::Stream;
use sha2::{Digest, Sha256};

/// SHA-256 of seed 3's schedule of Figure 1 on a data set of MNIST's size.
pub const STREAM: &str = "490424a48db08152aaa0586fb8b8edc926ddd1e68b03d3d7fa700227abaa9a2c";
/// SHA-256 of seed 3's initial weights of Figure 1.
pub const WEIGHTS: &str = "0f066d2e5cd9c3c1bf05a66bd09f883270ef22ef8687847e37ab305533510a31";
/// The procedural digits' digest.
pub const DIGITS: &str = "755ef4a9dcf02e62c400d26f2ac3a4fe71dd2b3630908af30b9059c7fd5d0bf1";

/// The three digests as this platform makes them.
pub fn digests() -> [String; 3] {
    let config = metacls::experiments::find("figure1").unwrap().config;
    let pool = Pool {
        train: &[0; 60_000],
        test: &[0; 10_000],
        classes: 10,
        side: 28,
    };
    let stream = Stream::new(&config, 3, &pool).unwrap();
    let digits = Dataset::procedural().info;
    let mut hash = Sha256::new();
    for matrix in initial(&Model::new(&config, &digits), &config, 3).weights {
        for w in matrix {
            hash.update(w.to_bits().to_le_bytes());
        }
    }
    let weights = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    [stream.digest(), weights, digits.digest]
}
