//! What plans write and guarded runs read again.

/// Whether a table, by its name without a schema, is one that migrate-safety keeps for itself.
#[cfg(any(feature = "live", feature = "mysql", feature = "sqlite"))]
pub(crate) fn is_own_table(name: &str) -> bool {
    // Of guarded runs, and of backfills.
    ["_migrate_safety_", "migrate_safety_backfill"].iter().any(|prefix| name.starts_with(prefix))
}

/// The routine of a plan for MySQL or MariaDB that changes rows in batches. Each row it has changed is none that it looks for,
/// so that it may be called again when it was interrupted.
#[cfg(all(any(feature = "live", feature = "plan"), any(feature = "mysql", feature = "sqlite")))]
pub(crate) const FILL: &str = "migrate_safety_fill";

/// Stands between the step whose gate does not hold and the reason, in what its migration raises. It is known by its
/// words, which are ours: not every host tells an error's code.
pub(crate) const NOT_YET: &str = " must not run yet: ";

/// Stands between the step that has no way back and the reason.
pub(crate) const NO_WAY_BACK: &str = " cannot be undone: ";

/// The head of a runbook's table of steps. The last column waits for the times of a rehearsal.
pub(crate) const STEPS: &str = "| step | release | what | locks | estimate | measured |";

/// What a step's migration is called: `expand_1_refuse_new_nulls_in_metadata`.
pub(crate) fn slug(step: &str, title: &str) -> String {
    const LONGEST: usize = 60;
    let words = format!("{step} {}", title.split(',').next().unwrap_or_default());
    let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        if !slug.is_empty() && slug.len() + 1 + word.len() > LONGEST {
            break;
        }
        slug.push_str(if slug.is_empty() { "" } else { "_" });
        slug.extend(word.chars().take(LONGEST).map(|c| c.to_ascii_lowercase()));
    }
    slug
}

#[cfg(all(test, any(feature = "live", feature = "mysql", feature = "sqlite")))]
mod tests {
    use super::is_own_table;

    #[test]
    fn tables_of_our_own_are_known_by_their_names() {
        assert!(["_migrate_safety_progress", "migrate_safety_backfills"].into_iter().all(is_own_table));
        assert!(!["backfills", "migrate_safety", "users"].into_iter().any(is_own_table));
    }
}
