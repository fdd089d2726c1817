//! Settings of the session that runs the migrations, as far as they decide an effect.

use std::collections::BTreeMap;

/// Settings in force (`SET`, `SET LOCAL`), by lower-case name; what is not here has the server's default.
#[derive(Clone, Debug, Default)]
pub struct Session {
    pub(super) settings: BTreeMap<Box<str>, Box<str>>,
    pub(super) local: BTreeMap<Box<str>, Box<str>>,
}

impl Session {
    /// The value in force.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.local.get(name).or_else(|| self.settings.get(name)).map(|v| &**v)
    }

    /// `SET [LOCAL] name = value`; no value resets.
    pub fn set(&mut self, name: &str, value: Option<&str>, local: bool) {
        let name = name.to_ascii_lowercase().into_boxed_str();
        let settings = if local { &mut self.local } else { &mut self.settings };
        match value {
            Some(value) => drop(settings.insert(name, value.into())),
            None => drop(settings.remove(&name)),
        }
    }

    /// The end of a transaction: what was `SET LOCAL` is over.
    pub fn end_transaction(&mut self) {
        self.local.clear();
    }
}
