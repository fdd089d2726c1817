//! Statements that the server carries out in several transactions, and what is left when one of those fails.

use super::activity::literal;
use crate::sql::operation::{ReindexTarget, TableAction};
use crate::sql::{ObjectName, Operation};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Such a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Concurrent {
    /// `CREATE INDEX CONCURRENTLY`.
    Build { name: Option<String>, table: ObjectName },
    /// `REINDEX … CONCURRENTLY` of one index or table.
    Rebuild { of: ObjectName },
    /// `DROP INDEX CONCURRENTLY`.
    Drop { name: ObjectName },
    /// `ALTER TABLE … DETACH PARTITION … CONCURRENTLY`.
    Detach { table: ObjectName, partition: ObjectName },
}

/// An object that such a statement makes or takes away, as the server has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Found {
    /// Its number.
    pub(super) oid: i64,
    /// Its name, without the schema.
    name: String,
    /// Its name as it has to be written.
    sql: String,
    /// It is finished: an index that is valid, a partition that is not half detached.
    whole: bool,
}

/// What to do before the statement is run (again).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    /// What takes away what is left of an earlier attempt.
    pub(super) repair: Vec<String>,
    /// And then.
    pub(super) then: Then,
}

/// What remains to be done of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// All of it.
    Run,
    /// This instead.
    Instead(String),
    /// Nothing: it has taken effect.
    Done,
}

impl Concurrent {
    /// What a statement is, if it is one operation of this kind.
    pub(super) fn of(operations: &[&Operation]) -> Option<Self> {
        let [operation] = operations else { return None };
        match operation {
            Operation::CreateIndex(index) if index.concurrently => Some(Self::Build {
                name: index.name.as_ref().map(|name| name.as_str().to_owned()),
                table: index.table.clone(),
            }),
            Operation::Reindex {
                target: ReindexTarget::Index(of) | ReindexTarget::Table(of),
                concurrently: true,
                ..
            } => Some(Self::Rebuild { of: of.clone() }),
            Operation::DropIndex { names, concurrently: true, .. } => match &names[..] {
                [name] => Some(Self::Drop { name: name.clone() }),
                _ => None,
            },
            Operation::AlterTable(alter) => match &alter.action {
                TableAction::DetachPartition { partition, concurrently: true, finalize: false } => {
                    Some(Self::Detach { table: alter.table.clone(), partition: partition.clone() })
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether something may be there that has to be taken away or finished before the statement is begun, where the
    /// names of all invalid indexes are known.
    pub(super) fn may_find(&self, invalid: &BTreeSet<String>) -> bool {
        match self {
            Self::Build { name, .. } => name.as_ref().is_some_and(|name| invalid.contains(name)),
            Self::Rebuild { .. } | Self::Drop { .. } => false,
            Self::Detach { .. } => true,
        }
    }

    /// Asks for the objects that matter: rows of [`Found`].
    pub(super) fn question(&self) -> String {
        match self {
            // Those of partitioned tables, which have no file, are no leftovers, valid or not. One table is read: a
            // join takes longer to plan than to answer.
            Self::Build { .. } | Self::Rebuild { .. } | Self::Drop { .. } => format!(
                "SELECT json_build_object('oid', i.indexrelid::int8, 'sql', i.indexrelid::regclass::text,
                                          'name', (SELECT relname FROM pg_catalog.pg_class WHERE oid = i.indexrelid),
                                          'whole', i.indisvalid AND i.indisready AND i.indislive)::text
                 FROM {} AND pg_catalog.pg_relation_filenode(i.indexrelid) IS NOT NULL ORDER BY 1",
                self.rows()
            ),
            Self::Detach { .. } => format!(
                "SELECT json_build_object('oid', h.inhrelid::int8, 'name', '', 'sql', h.inhrelid::regclass::text,
                                          'whole', NOT h.inhdetachpending)::text
                 FROM {}",
                self.rows()
            ),
        }
    }

    /// An expression for the numbers of these objects, as a list in JSON.
    pub(super) fn numbers(&self) -> String {
        let number = match self {
            Self::Build { .. } | Self::Rebuild { .. } | Self::Drop { .. } => "i.indexrelid",
            Self::Detach { .. } => "h.inhrelid",
        };
        format!("(SELECT coalesce(json_agg({number}::int8), '[]') FROM {})", self.rows())
    }

    /// The rows of the server's catalog in which these objects are.
    fn rows(&self) -> String {
        let name = |name: &ObjectName| literal(&name.sql());
        match self {
            Self::Build { table, .. } => {
                format!("pg_catalog.pg_index i WHERE i.indrelid = to_regclass({})", name(table))
            }
            // An index stands for those of its table: what is left of a rebuild has another name. So does the table
            // of its large values, which is rebuilt along with it.
            Self::Rebuild { of } => format!(
                "pg_catalog.pg_index i
                 WHERE i.indrelid IN (SELECT t.oid FROM pg_catalog.pg_class t WHERE t.oid = to_regclass({0})
                    UNION SELECT t.reltoastrelid FROM pg_catalog.pg_class t WHERE t.oid = to_regclass({0})
                    UNION SELECT x.indrelid FROM pg_catalog.pg_index x WHERE x.indexrelid = to_regclass({0}))",
                name(of)
            ),
            Self::Drop { name: index } => {
                format!("pg_catalog.pg_index i WHERE i.indexrelid = to_regclass({})", name(index))
            }
            Self::Detach { table, partition } => format!(
                "pg_catalog.pg_inherits h WHERE h.inhparent = to_regclass({}) AND h.inhrelid = to_regclass({})",
                name(table),
                name(partition)
            ),
        }
    }

    /// What to do, by what is there. `seen` is what was there before the statement was begun by an earlier attempt.
    pub(super) fn decide(&self, found: &[Found], seen: Option<&[i64]>) -> Decision {
        let is_new = |object: &&Found| seen.is_some_and(|seen| !seen.contains(&object.oid));
        let drop = |object: &Found| format!("DROP INDEX CONCURRENTLY IF EXISTS {}", object.sql);
        let mut repair = Vec::new();
        let then = match self {
            Self::Build { name, .. } => {
                let ours = |object: &&Found| name.as_ref().map_or(is_new(object), |name| object.name == *name);
                let mine: Vec<&Found> = found.iter().filter(ours).collect();
                repair.extend(mine.iter().filter(|object| !object.whole).map(|object| drop(object)));
                if mine.iter().any(|object| object.whole && is_new(object)) { Then::Done } else { Then::Run }
            }
            Self::Rebuild { .. } => {
                let left = found.iter().filter(|object| is_new(object) && !object.whole && is_transient(&object.name));
                repair.extend(left.map(drop));
                Then::Run
            }
            Self::Drop { .. } if found.is_empty() && seen.is_some_and(|seen| !seen.is_empty()) => Then::Done,
            Self::Drop { .. } => Then::Run,
            Self::Detach { table, partition } => match found {
                [] if seen.is_some_and(|seen| !seen.is_empty()) => Then::Done,
                [half] if !half.whole => {
                    Then::Instead(format!("ALTER TABLE {} DETACH PARTITION {} FINALIZE", table.sql(), partition.sql()))
                }
                _ => Then::Run,
            },
        };
        Decision { repair, then }
    }
}

/// The name of an index that only a rebuild makes: `users_pkey_ccnew`, `users_pkey_ccold1`.
fn is_transient(name: &str) -> bool {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    name.ends_with("_ccnew") || name.ends_with("_ccold")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Target;

    fn concurrent(sql: &str) -> Option<Concurrent> {
        let script = crate::sql::parse(Target::default(), sql);
        let operations: Vec<_> = script.statements[0].operations.iter().map(|located| &located.operation).collect();
        Concurrent::of(&operations)
    }

    fn found(oid: i64, name: &str, whole: bool) -> Found {
        Found { oid, name: name.into(), sql: format!("s.{name}"), whole }
    }

    fn decide(sql: &str, there: &[Found], seen: Option<&[i64]>) -> (Vec<String>, Then) {
        let Decision { repair, then } = concurrent(sql).unwrap().decide(there, seen);
        (repair, then)
    }

    #[test]
    fn an_invalid_index_of_the_name_is_dropped_first() {
        let sql = "CREATE INDEX CONCURRENTLY i ON t (a)";
        let drop = vec!["DROP INDEX CONCURRENTLY IF EXISTS s.i".to_owned()];
        assert_eq!(decide(sql, &[found(1, "i", false)], None), (drop.clone(), Then::Run));
        assert_eq!(decide(sql, &[found(1, "other", false)], None), (vec![], Then::Run));
        // One that was there before the run is the server's to complain of.
        assert_eq!(decide(sql, &[found(1, "i", true)], None), (vec![], Then::Run));
        assert_eq!(decide(sql, &[found(1, "i", true)], Some(&[1])), (vec![], Then::Run));
        assert_eq!(decide(sql, &[found(2, "i", true)], Some(&[1])), (vec![], Then::Done));
        assert_eq!(decide(sql, &[found(2, "i", false)], Some(&[1])), (drop, Then::Run));
    }

    #[test]
    fn an_index_without_a_name_is_known_by_being_new() {
        let sql = "CREATE INDEX CONCURRENTLY ON t (a)";
        assert_eq!(decide(sql, &[found(1, "t_a_idx", false)], None), (vec![], Then::Run));
        let there = [found(1, "t_a_idx", false), found(2, "t_a_idx1", true)];
        assert_eq!(decide(sql, &there, Some(&[1])), (vec![], Then::Done));
        let there = [found(1, "t_a_idx", true), found(2, "t_a_idx1", false)];
        let drop = vec!["DROP INDEX CONCURRENTLY IF EXISTS s.t_a_idx1".to_owned()];
        assert_eq!(decide(sql, &there, Some(&[1])), (drop, Then::Run));
    }

    #[test]
    fn what_a_rebuild_leaves_is_dropped_only_if_it_is_new() {
        let sql = "REINDEX TABLE CONCURRENTLY t";
        let there = [found(1, "t_pkey_ccnew", false), found(2, "t_pkey_ccnew1", false), found(3, "mine", false)];
        let drop = vec!["DROP INDEX CONCURRENTLY IF EXISTS s.t_pkey_ccnew1".to_owned()];
        assert_eq!(decide(sql, &there, Some(&[1])), (drop, Then::Run));
        assert_eq!(decide(sql, &there, None), (vec![], Then::Run));
    }

    #[test]
    fn a_drop_and_a_detach_that_happened_are_done() {
        let sql = "DROP INDEX CONCURRENTLY i";
        assert_eq!(decide(sql, &[], Some(&[1])), (vec![], Then::Done));
        assert_eq!(decide(sql, &[], None), (vec![], Then::Run));
        assert_eq!(decide(sql, &[found(1, "i", false)], Some(&[1])), (vec![], Then::Run));
        let sql = "ALTER TABLE p DETACH PARTITION c CONCURRENTLY";
        assert_eq!(decide(sql, &[], Some(&[1])), (vec![], Then::Done));
        let finalize = "ALTER TABLE p DETACH PARTITION c FINALIZE".to_owned();
        assert_eq!(decide(sql, &[found(1, "", false)], None), (vec![], Then::Instead(finalize)));
        assert_eq!(concurrent("DROP INDEX i"), None);
    }
}
