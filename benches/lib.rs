//! Histories that the benches share.
