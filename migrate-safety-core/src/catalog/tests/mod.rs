//! Replays scripts and looks at what is left.

mod conformance;
mod defaults;
mod volatility;
mod facts;
mod servers;
