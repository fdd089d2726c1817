//! Data moved.

/// A backfill.
#[derive(Clone, Debug)]
pub struct Fill;
