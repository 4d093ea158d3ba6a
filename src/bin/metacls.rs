//! The experiments without a browser.
fn main() {}
