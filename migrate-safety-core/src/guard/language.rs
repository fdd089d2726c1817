//! Errors whose code is not told. A host that knows the message alone gets English ones, if the role may choose; else
//! what the message means is told by what does not depend on the language.

use super::host::Failure;
use super::run::Runner;
use crate::retry::ErrorClass;
use crate::sql::LockMode;
use std::time::Duration;

impl Runner<'_> {
    /// Sees to it that the server's messages are understood. `language` is its `lc_messages`; in a transaction, what is
    /// set lasts as long as that.
    pub(super) async fn agree_on_messages(
        &mut self,
        language: &str,
        major: u32,
        in_transaction: bool,
    ) -> Result<(), Failure> {
        if self.host.tells_codes() || is_english(language) {
            return Ok(());
        }
        let may = match major {
            ..15 => "(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)",
            _ => "has_parameter_privilege('lc_messages', 'SET')",
        };
        let set = format!("SELECT pg_catalog.set_config('lc_messages', 'C', {in_transaction}) WHERE {may}");
        self.foreign = self.host.fetch(&set).await?.is_empty();
        Ok(())
    }

    /// What an error means that came after some time. The second is `false` where that is a guess, which somebody in the
    /// way has to confirm.
    pub(super) fn meaning(&self, failure: &Failure, took: Duration) -> (ErrorClass, bool) {
        match failure.class() {
            ErrorClass::Other if self.foreign && failure.sqlstate.is_none() => {
                if is_deadlock(failure) {
                    (ErrorClass::Lock, true)
                } else if is_bare(failure) && took >= self.settings.lock_timeout {
                    (ErrorClass::Lock, false)
                } else {
                    (ErrorClass::Other, true)
                }
            }
            class => (class, true),
        }
    }
}

/// `C`, `POSIX`, `en_US.UTF-8`.
fn is_english(locale: &str) -> bool {
    let language = locale.split(['_', '.', '@']).next().unwrap_or_default();
    ["C", "POSIX", "en", "English"].contains(&language)
}

/// The detail of a deadlock names the modes of two locks or more, each in a line.
fn is_deadlock(failure: &Failure) -> bool {
    let names_a_mode = |line: &&str| LockMode::ALL.iter().any(|mode| line.contains(mode.pg_locks()));
    failure.detail.as_ref().is_some_and(|detail| detail.lines().filter(names_a_mode).count() > 1)
}

/// A lock that was not to be had in time has neither detail nor hint.
fn is_bare(failure: &Failure) -> bool {
    failure.detail.is_none() && failure.hint.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_by_their_locales() {
        let english = ["C", "POSIX", "C.UTF-8", "en_US.UTF-8", "en_GB", "English_United States.1252"];
        assert!(english.into_iter().all(is_english));
        // Without a value, the environment of the server decides.
        assert!(!["de_DE.UTF-8", "ca_ES@valencia", "", "eng"].into_iter().any(is_english));
    }

    #[test]
    fn a_deadlock_is_known_by_its_detail() {
        let detail = "Prozess 7 wartet auf AccessExclusiveLock-Sperre auf Relation 16384 der Datenbank 5; blockiert von \
                      Prozess 8.\nProzess 8 wartet auf AccessShareLock-Sperre auf Relation 16388 der Datenbank 5; \
                      blockiert von Prozess 7.";
        let failure = |detail: &str| Failure { detail: Some(detail.into()), ..Failure::of_ours("Verklemmung") };
        assert!(is_deadlock(&failure(detail)));
        assert!(!is_deadlock(&failure("Schlüssel (id)=(1) ist doppelt vorhanden.")));
        assert!(!is_deadlock(&Failure::of_ours("AccessShareLock\nAccessShareLock")));
    }
}
