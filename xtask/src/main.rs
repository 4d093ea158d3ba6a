//! Builds, serves and tests metacls.
fn main() {}
