//! Session settings are given back as they were found: a migration's own `SET` included.

use super::activity::{ask, literal};
use super::host::{Failure, Host};
use serde::Deserialize;

/// The settings that a session has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SessionSettings(Vec<Setting>);

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Setting {
    name: String,
    value: String,
}

impl SessionSettings {
    /// `role` is in no list of settings.
    const QUESTION: &str = "SELECT json_build_object('name', name, 'value', current_setting(name))::text
         FROM (SELECT name FROM pg_catalog.pg_settings WHERE source = 'session' UNION ALL SELECT 'role') AS s";

    /// Those of now.
    pub(super) async fn take(host: &mut dyn Host) -> Result<Self, Failure> {
        ask(host, Self::QUESTION).await.map(Self)
    }

    /// Makes the session's settings these again.
    pub(super) async fn restore(&self, host: &mut dyn Host) -> Result<(), Failure> {
        let sql = self.way_back(&Self::take(host).await?);
        if sql.is_empty() { Ok(()) } else { host.execute(&sql).await }
    }

    /// The statements that lead from `now` back.
    fn way_back(&self, now: &Self) -> String {
        let before = |name: &str| self.0.iter().find(|setting| setting.name == name);
        let mut statements: Vec<String> = Vec::new();
        for setting in &now.0 {
            match before(&setting.name) {
                Some(old) if old == setting => {}
                Some(old) => statements.push(set(old)),
                None => statements.push(format!("RESET {}", crate::sql::name::quote(&setting.name))),
            }
        }
        let gone = |old: &&Setting| !now.0.iter().any(|setting| setting.name == old.name);
        statements.extend(self.0.iter().filter(gone).map(set));
        statements.join("; ")
    }
}

fn set(setting: &Setting) -> String {
    let (name, value) = (literal(&setting.name), literal(&setting.value));
    format!("SELECT pg_catalog.set_config({name}, {value}, false)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_undoes_what_was_set_and_what_was_reset() {
        let settings = |pairs: &[(&str, &str)]| {
            let setting = |(name, value): &(&str, &str)| Setting { name: (*name).into(), value: (*value).into() };
            SessionSettings(pairs.iter().map(setting).collect())
        };
        let before = settings(&[("role", "none"), ("search_path", "app"), ("work_mem", "1MB")]);
        assert_eq!(before.way_back(&before), "");
        let now = settings(&[("role", "admin"), ("search_path", "app"), ("lock_timeout", "2s")]);
        assert_eq!(
            before.way_back(&now),
            "SELECT pg_catalog.set_config('role', 'none', false); RESET lock_timeout; \
             SELECT pg_catalog.set_config('work_mem', '1MB', false)"
        );
    }
}
