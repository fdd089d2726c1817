//! Settings of a session are given back as they were found: a migration's own included.

use super::ways::{SessionWays, Ways};
use crate::guard::host::{Failure, Host};
use crate::retry::ErrorClass;

/// The settings of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SessionSettings(Vec<(String, String)>);

impl SessionSettings {
    /// Those of now.
    pub(super) async fn take(host: &mut dyn Host, ways: &Ways) -> Result<Self, Failure> {
        let mut found = Vec::new();
        match &ways.settings {
            SessionWays::Pragmas(names) => {
                for name in *names {
                    let rows = host.rows(&format!("PRAGMA {name}")).await?;
                    let value = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten());
                    found.extend(value.map(|value| ((*name).to_owned(), value)));
                }
                for row in host.rows("PRAGMA database_list").await? {
                    let name = row.into_iter().nth(1).flatten().filter(|name| name != "temp");
                    found.extend(name.map(|name| (ATTACHED.to_owned(), name)));
                }
            }
            SessionWays::Variables { question, left_alone } => {
                for row in host.rows(question).await? {
                    if let [Some(name), Some(value), ..] = row.as_slice()
                        && !left_alone.contains(&name.as_str())
                    {
                        found.push((name.clone(), value.clone()));
                    }
                }
            }
        }
        Ok(Self(found))
    }

    /// Makes the session's settings these again.
    pub(super) async fn restore(&self, host: &mut dyn Host, ways: &Ways) -> Result<(), Failure> {
        let now = Self::take(host, ways).await?;
        for sql in self.way_back(&now, ways) {
            match host.execute(&sql).await {
                // Variables of the whole server change beside us, and are not ours.
                Err(failure) if matches!(ways.settings, SessionWays::Variables { .. }) => {
                    if failure.class() == ErrorClass::Disconnected {
                        return Err(failure);
                    }
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// The statements that lead from `now` back.
    fn way_back(&self, now: &Self, ways: &Ways) -> Vec<String> {
        let changed = self.0.iter().filter(|setting| !now.0.contains(setting));
        let mut statements: Vec<String> = changed.filter_map(|(name, value)| set(ways, name, value)).collect();
        let more = now.0.iter().filter(|(name, _)| name == ATTACHED).filter(|setting| !self.0.contains(setting));
        statements.extend(more.map(|(_, name)| format!("DETACH \"{}\"", name.replace('"', "\"\""))));
        statements
    }
}

/// Stands for a file that is attached.
const ATTACHED: &str = "database_list";

fn set(ways: &Ways, name: &str, value: &str) -> Option<String> {
    match &ways.settings {
        _ if name == ATTACHED => None,
        SessionWays::Pragmas(_) => Some(format!("PRAGMA {name} = {value}")),
        SessionWays::Variables { .. } => {
            let value = if value.parse::<f64>().is_ok() { value.to_owned() } else { (ways.literal)(value) };
            Some(format!("SET SESSION {name} = {value}"))
        }
    }
}

#[cfg(all(test, feature = "mysql", feature = "sqlite"))]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    #[test]
    fn the_way_back_undoes_what_was_set_and_what_was_attached() {
        let settings = |pairs: &[(&str, &str)]| {
            SessionSettings(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
        };
        let ways = Ways::of(Dialect::Sqlite).unwrap();
        let before = settings(&[("foreign_keys", "1"), ("synchronous", "2"), (ATTACHED, "main")]);
        assert_eq!(before.way_back(&before, ways), [""; 0]);
        let now = settings(&[("foreign_keys", "0"), ("synchronous", "2"), (ATTACHED, "main"), (ATTACHED, "a\"b")]);
        assert_eq!(before.way_back(&now, ways), ["PRAGMA foreign_keys = 1", "DETACH \"a\"\"b\""]);
        let ways = Ways::of(Dialect::MySql).unwrap();
        let before = settings(&[("lock_wait_timeout", "31536000"), ("sql_mode", "")]);
        let now = settings(&[("lock_wait_timeout", "2"), ("sql_mode", "ANSI")]);
        assert_eq!(
            before.way_back(&now, ways),
            ["SET SESSION lock_wait_timeout = 31536000", "SET SESSION sql_mode = ''"]
        );
    }
}
