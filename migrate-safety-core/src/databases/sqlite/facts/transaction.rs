//! What depends on whether a transaction is open.

use super::{Does, Example, Fact};
use crate::databases::operation::{Maintenance, Operation, SettingScope, Transaction};
use crate::rules::view::Scope;

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "transaction/inside",
        source: "BEGIN TRANSACTION, VACUUM; measured",
        when: |p| p.scene.scope != Scope::Autocommit,
        does: Does::Refuses(|p| match p.scene.operation {
            Operation::Transaction(Transaction::Begin { .. }) => {
                Some("cannot start a transaction within a transaction".into())
            }
            Operation::Maintain { command: Maintenance::Vacuum, .. } => {
                Some("cannot VACUUM from within a transaction".into())
            }
            Operation::Set { scope: SettingScope::Session, settings } => {
                let level = settings.iter().any(|(name, _)| &**name == "synchronous");
                level.then(|| "Safety level may not be changed inside a transaction".into())
            }
            _ => None,
        }),
        examples: &[
            Example::new("CREATE TABLE t (a int); BEGIN", "BEGIN IMMEDIATE"),
            Example::new("CREATE TABLE t (a int); BEGIN", "VACUUM"),
            Example::new("CREATE TABLE t (a int); BEGIN", "PRAGMA synchronous = OFF"),
            Example::new("CREATE TABLE t (a int); BEGIN", "SAVEPOINT s"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "transaction/outside",
        source: "measured",
        when: |p| p.scene.scope == Scope::Autocommit,
        does: Does::Refuses(|p| match p.scene.operation {
            Operation::Transaction(Transaction::Commit) => Some("cannot commit - no transaction is active".into()),
            Operation::Transaction(Transaction::Rollback) => Some("cannot rollback - no transaction is active".into()),
            _ => None,
        }),
        examples: &[
            Example::new("CREATE TABLE t (a int)", "COMMIT"),
            Example::new("CREATE TABLE t (a int)", "ROLLBACK"),
            Example::new("CREATE TABLE t (a int); BEGIN", "COMMIT"),
        ],
        ..Fact::BASE
    },
];
