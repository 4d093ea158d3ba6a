//! The same draws on every platform: the native half.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod golden;

#[test]
fn schedule_weights_and_digits_are_the_agreed_ones() {
    assert_eq!(
        golden::digests(),
        [golden::STREAM, golden::WEIGHTS, golden::DIGITS]
    );
}
