//! Replays scripts and looks at what is left.

mod defaults;
mod facts;
mod links;
mod queries;
mod servers;
mod unknown;
mod volatility;
