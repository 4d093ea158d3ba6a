//! The GPU that tests run on.

use metacls::gpu::{Gpu, Patience, Tunings};

/// The GPU; none, with the reason printed, where there is none and REQUIRE_GPU does not make that a failure.
pub fn gpu() -> Option<Gpu> {
    match pollster::block_on(Gpu::open(&Patience::default(), None, &Tunings::default())) {
        Ok(gpu) => Some(gpu),
        Err(e) if std::env::var_os("REQUIRE_GPU").is_none() => {
            println!("skipped: {e}; set REQUIRE_GPU=1 to make this a failure");
            None
        }
        Err(e) => panic!("REQUIRE_GPU is set, but {e}"),
    }
}
