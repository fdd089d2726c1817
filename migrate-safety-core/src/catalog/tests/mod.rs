//! Replays scripts and looks at what is left.

mod facts;
mod servers;
