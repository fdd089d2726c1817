//! Sequences, those of identity columns among them.

use crate::catalog::{Catalog, Column, Relation, RelationId, Sequence};
use crate::sql::operation::Persistence;

impl Catalog {
    /// `CREATE SEQUENCE` without a semicolon.
    pub(in crate::catalog) fn sequence_sql(relation: &Relation, sequence: &Sequence) -> String {
        let unlogged = if sequence.persistence == Persistence::Unlogged { "UNLOGGED " } else { "" };
        let mut sql = format!("CREATE {unlogged}SEQUENCE {}", relation.object_name().sql());
        if !sequence.data_type.is("int8") {
            sql = format!("{sql} AS {}", sequence.data_type);
        }
        for option in options(sequence) {
            sql = format!("{sql} {option}");
        }
        sql
    }

    /// The options of an identity column's sequence that are not the usual ones.
    pub(crate) fn identity_options(&self, table: &Relation, column: &Column, sequence: RelationId) -> Option<String> {
        let relation = self.relation(sequence)?;
        let mut written = Vec::new();
        let usual = format!("{}_{}_seq", table.name, column.name);
        if relation.schema != table.schema || relation.name != *usual {
            written.push(format!("SEQUENCE NAME {}", relation.object_name().sql()));
        }
        written.extend(relation.sequence().map(options).unwrap_or_default());
        (!written.is_empty()).then(|| written.join(" "))
    }
}

/// The options that are not the usual ones.
pub(crate) fn options(sequence: &Sequence) -> Vec<String> {
    let mut options = Vec::new();
    if let Some(start) = sequence.start {
        options.push(format!("START WITH {start}"));
    }
    if sequence.increment != 1 {
        options.push(format!("INCREMENT BY {}", sequence.increment));
    }
    options.extend(bounds(sequence));
    if sequence.cache != 1 {
        options.push(format!("CACHE {}", sequence.cache));
    }
    if sequence.cycle {
        options.push("CYCLE".to_owned());
    }
    options
}

/// The bounds that are not those of its type.
pub(super) fn bounds(sequence: &Sequence) -> Vec<String> {
    let least = sequence.bounds.0.map(|least| format!("MINVALUE {least}"));
    let most = sequence.bounds.1.map(|most| format!("MAXVALUE {most}"));
    least.into_iter().chain(most).collect()
}
