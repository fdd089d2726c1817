//! Looking functions up.
