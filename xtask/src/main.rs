//! What a contributor runs: `cargo xtask test`, `cargo xtask corpus`.
fn main() {}
