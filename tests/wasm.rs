//! The same draws and the same mathematics in a browser's worker.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../arithmetic/tests/bits.rs"]
mod bits;
mod golden;
mod same_bits;

use metacls::engine::self_test::deviation;
use metacls::engine::{Device, Hints};
use metacls::gpu::{Gpu, Patience, Tunings};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn schedule_weights_and_digits_are_the_agreed_ones() {
    assert_eq!(
        golden::digests(),
        [golden::STREAM, golden::WEIGHTS, golden::DIGITS]
    );
}

#[wasm_bindgen_test]
async fn the_reference_passes_its_self_test() {
    let off = deviation(&Device::Reference).await.unwrap();
    assert!(off < 1e-4, "{off}");
}

#[wasm_bindgen_test]
async fn the_cpu_passes_its_self_test() {
    let off = deviation(&Device::Cpu).await.unwrap();
    assert!(off < 1e-4, "{off}");
}

#[wasm_bindgen_test]
async fn the_cpu_gives_the_digests_on_record() {
    assert_eq!(same_bits::digests().await, same_bits::DIGESTS);
}

/// Every shader goes through the browser's own compiler.
#[wasm_bindgen_test]
async fn every_shader_compiles_and_the_gpu_passes_its_self_test() {
    let gpu = Gpu::open(&Patience::default(), None, &Tunings::default())
        .await
        .unwrap();
    gpu.compile_all().await.unwrap();
    let device = Device::gpu(&Hints::default()).await.unwrap();
    let off = deviation(&device).await.unwrap();
    assert!(off < 1e-3, "{off}");
}
