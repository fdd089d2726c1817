//! Replays scripts and looks at what is left.

mod defaults;
mod facts;
mod servers;
mod volatility;
