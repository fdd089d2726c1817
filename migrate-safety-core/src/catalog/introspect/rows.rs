//! The answers of a server, row by row, named as the questions name them.

use super::queries::Question;
use serde::Deserialize;

/// `[schema, name]`.
pub(super) type Qualified = (String, String);

#[derive(Debug, Deserialize)]
pub(super) struct ServerRow {
    pub(super) version: u32,
    pub(super) database: String,
    pub(super) search_path: Vec<String>,
    pub(super) own_operators: bool,
}

/// Of which kinds there is something that does not come with the server.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct KindsRow {
    collations: bool,
    types: bool,
    relations: bool,
    constraints: bool,
    sequences: bool,
    routines: bool,
    triggers: bool,
    rules: bool,
    policies: bool,
    statistics_objects: bool,
    comments: bool,
}

impl KindsRow {
    /// Whether the answer to a question is known to have no rows.
    pub(super) fn leaves_empty(&self, question: Question) -> bool {
        let there = match question {
            Question::Collations => self.collations,
            Question::Types => self.types,
            Question::Constraints => self.constraints,
            Question::Sequences => self.sequences,
            Question::Routines => self.routines,
            Question::Triggers => self.triggers,
            Question::Rules => self.rules,
            Question::Policies => self.policies,
            Question::StatisticsObjects => self.statistics_objects,
            Question::Comments => self.comments,
            Question::Relations
            | Question::Parents
            | Question::Columns
            | Question::Indexes
            | Question::Tables
            | Question::IndexUse
            | Question::Views => self.relations,
            Question::Server | Question::Kinds | Question::Spaces | Question::Health | Question::Replicas => true,
        };
        !there
    }
}

/// A schema or an extension.
#[derive(Debug, Deserialize)]
pub(super) struct SpaceRow {
    pub(super) name: String,
    pub(super) extension: bool,
    pub(super) schema: Option<String>,
    pub(super) comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TypeRow {
    pub(super) oid: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: char,
    pub(super) base: Option<String>,
    pub(super) collation: Option<Qualified>,
    pub(super) not_null: bool,
    pub(super) expression: Option<String>,
    pub(super) labels: Option<Vec<String>>,
    pub(super) subtype: Option<String>,
    pub(super) multirange: Option<Qualified>,
    pub(super) relation: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct RelationRow {
    pub(super) oid: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: char,
    pub(super) persistence: char,
    pub(super) options: Option<Vec<String>>,
    pub(super) toast_options: Option<Vec<String>>,
    pub(super) row_security: bool,
    pub(super) force_row_security: bool,
    pub(super) replica_identity: char,
    pub(super) populated: bool,
    pub(super) last_column: u16,
    pub(super) tablespace: Option<String>,
    pub(super) access_method: Option<String>,
    pub(super) of_type: Option<Qualified>,
    pub(super) partition_key: Option<String>,
    pub(super) bound: Option<String>,
    pub(super) busy: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct ParentRow {
    pub(super) child: i64,
    pub(super) parent: i64,
    pub(super) detach_pending: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct ColumnRow {
    pub(super) relation: i64,
    pub(super) number: u16,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) data_type: String,
    pub(super) not_null: bool,
    pub(super) collation: Option<Qualified>,
    pub(super) expression: Option<String>,
    pub(super) generated: Option<char>,
    pub(super) identity: Option<char>,
    pub(super) storage: Option<char>,
    pub(super) compression: Option<char>,
    pub(super) inherited: u16,
    pub(super) local: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct ConstraintRow {
    pub(super) oid: i64,
    pub(super) name: String,
    pub(super) kind: char,
    pub(super) relation: i64,
    pub(super) domain: i64,
    pub(super) deferrable: bool,
    pub(super) initially_deferred: bool,
    pub(super) valid: bool,
    pub(super) enforced: bool,
    pub(super) index: i64,
    pub(super) parent: i64,
    pub(super) referenced: i64,
    pub(super) on_update: char,
    pub(super) on_delete: char,
    pub(super) match_type: char,
    pub(super) local: bool,
    pub(super) inherited: u16,
    pub(super) no_inherit: bool,
    pub(super) columns: Option<Vec<i16>>,
    pub(super) referenced_columns: Option<Vec<i16>>,
    pub(super) set_columns: Option<Vec<i16>>,
    pub(super) expression: Option<String>,
    pub(super) operators: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct IndexRow {
    pub(super) oid: i64,
    pub(super) relation: i64,
    pub(super) method: String,
    pub(super) unique: bool,
    pub(super) nulls_not_distinct: bool,
    pub(super) valid: bool,
    pub(super) clustered: bool,
    pub(super) replica_identity: bool,
    pub(super) keys: usize,
    pub(super) elements: Vec<ElementRow>,
    pub(super) predicate: Option<String>,
    pub(super) partial: bool,
}

/// A key or `INCLUDE` column of an index.
#[derive(Debug, Deserialize)]
pub(super) struct ElementRow {
    pub(super) column: i16,
    pub(super) option: Option<i16>,
    pub(super) name: String,
    pub(super) expression: Option<String>,
    pub(super) collation: Option<Qualified>,
    pub(super) operator_class: Option<Qualified>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SequenceRow {
    pub(super) oid: i64,
    #[serde(rename = "type")]
    pub(super) data_type: String,
    pub(super) start: i64,
    pub(super) increment: i64,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) cache: i64,
    pub(super) cycle: bool,
    pub(super) owner: Option<i64>,
    pub(super) owner_column: Option<u16>,
    pub(super) identity: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct RoutineRow {
    pub(super) oid: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) definition: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ViewRow {
    pub(super) oid: i64,
    pub(super) definition: Option<String>,
    pub(super) reads: Option<Vec<(i64, u16)>>,
    pub(super) routines: Option<Vec<i64>>,
    pub(super) types: Option<Vec<i64>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TriggerRow {
    pub(super) oid: i64,
    pub(super) relation: i64,
    pub(super) name: String,
    pub(super) state: char,
    pub(super) routine: i64,
    pub(super) columns: Vec<u16>,
    pub(super) from_relation: i64,
    pub(super) definition: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RuleRow {
    pub(super) oid: i64,
    pub(super) relation: i64,
    pub(super) name: String,
    pub(super) state: char,
    pub(super) definition: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PolicyRow {
    pub(super) oid: i64,
    pub(super) relation: i64,
    pub(super) name: String,
    pub(super) command: char,
    pub(super) permissive: bool,
    pub(super) roles: Option<Vec<String>>,
    pub(super) using_sql: Option<String>,
    pub(super) check_sql: Option<String>,
    pub(super) busy: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct StatisticsObjectRow {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) relation: i64,
    pub(super) columns: Vec<u16>,
    pub(super) definition: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CollationRow {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) provider: char,
    pub(super) deterministic: bool,
    pub(super) collate: Option<String>,
    pub(super) ctype: Option<String>,
    pub(super) locale: Option<String>,
    pub(super) rules: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CommentRow {
    pub(super) class: String,
    pub(super) oid: i64,
    pub(super) number: u16,
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct TableStatisticsRow {
    pub(super) relation: i64,
    pub(super) planned_rows: u64,
    pub(super) analyzed: bool,
    pub(super) bytes: Option<u64>,
    /// The bytes are those that its rows take.
    pub(super) weighed: bool,
    pub(super) live_rows: u64,
    pub(super) dead_rows: u64,
    pub(super) writes: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct IndexStatisticsRow {
    pub(super) relation: i64,
    pub(super) bytes: Option<u64>,
    pub(super) scans: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct HealthRow {
    pub(super) counted_seconds: f64,
    pub(super) oldest_transaction_seconds: Option<f64>,
    pub(super) standby: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReplicaRow {
    pub(super) name: String,
    pub(super) state: Option<String>,
    pub(super) lag_seconds: Option<f64>,
    pub(super) lag_bytes: Option<i64>,
}
