//! Replays scripts and looks at what is left.

mod defaults;
mod volatility;
mod facts;
mod servers;
