//! The key that batches follow.

use super::error::InvalidBackfill;
use super::expression::column_name;
use crate::catalog::{Catalog, Column, Index, Relation, RelationId, Table, TypeDefKind};
use crate::sql::{DataType, Ident, ObjectName};

/// A unique key without NULLs, in the order of its index; or the place of the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its columns.
    pub columns: Vec<KeyColumn>,
    /// Whether it is `ctid`: the place of a row, which changes when the row is written.
    pub by_place: bool,
}

/// A column of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyColumn {
    /// Its name.
    pub name: Ident,
    /// Its type without modifiers, as a cast names it.
    pub data_type: String,
    /// How its values are written out so that they can be read back exactly.
    pub(super) format: KeyFormat,
}

/// How the values of a key are written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyFormat {
    /// By a cast to text.
    Text,
    /// As JSON writes them: ISO 8601 to the microsecond, whatever the session's `DateStyle` and `TimeZone`.
    Json,
}

/// Types whose order is total and whose text is exact, by the server's names.
const KEY_TYPES: [(&str, KeyFormat); 21] = [
    ("int2", KeyFormat::Text),
    ("int4", KeyFormat::Text),
    ("int8", KeyFormat::Text),
    ("numeric", KeyFormat::Text),
    ("text", KeyFormat::Text),
    ("varchar", KeyFormat::Text),
    ("bpchar", KeyFormat::Text),
    ("name", KeyFormat::Text),
    ("citext", KeyFormat::Text),
    ("uuid", KeyFormat::Text),
    ("bytea", KeyFormat::Text),
    ("oid", KeyFormat::Text),
    ("xid8", KeyFormat::Text),
    ("bool", KeyFormat::Text),
    ("inet", KeyFormat::Text),
    ("macaddr", KeyFormat::Text),
    ("macaddr8", KeyFormat::Text),
    ("pg_lsn", KeyFormat::Text),
    ("date", KeyFormat::Json),
    ("timestamp", KeyFormat::Json),
    ("timestamptz", KeyFormat::Json),
];

/// How the place of a row is called.
const PLACE: &str = "ctid";

impl Key {
    /// The names of its columns, as a statement writes them, separated by commas.
    pub fn list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| column.name.sql()).collect();
        names.join(", ")
    }

    /// Chooses the key of a table: the named one, else the primary key, else another one.
    pub(super) fn choose(
        catalog: &Catalog,
        relation: &Relation,
        table: &Table,
        named: &[String],
    ) -> Result<Self, InvalidBackfill> {
        let of = relation.qualified();
        if let [only] = named
            && only.trim() == PLACE
        {
            return Self::place(table, of);
        }
        if named.is_empty() { Self::best(catalog, table, of) } else { Self::named(catalog, table, of, named) }
    }

    fn place(table: &Table, of: String) -> Result<Self, InvalidBackfill> {
        let place = KeyColumn { name: Ident::exact(PLACE), data_type: "tid".to_owned(), format: KeyFormat::Text };
        if table.is_partitioned() {
            let reason = "rows of different partitions can have the same one; backfill each partition by itself";
            return Err(InvalidBackfill::UnusableKey { table: of, columns: PLACE.into(), reason: reason.into() });
        }
        Ok(Self { columns: vec![place], by_place: true })
    }

    fn best(catalog: &Catalog, table: &Table, of: String) -> Result<Self, InvalidBackfill> {
        let mut reasons = Vec::new();
        let mut best: Option<(bool, Self)> = None;
        for id in &table.indexes {
            let Some((relation, index)) = catalog.relation(*id).and_then(|r| Some((r, r.index()?))) else { continue };
            if !index.unique {
                continue;
            }
            match Self::of_index(catalog, table, index) {
                Ok(key) => {
                    let primary = is_primary(table, *id);
                    let shorter = |other: &Self| key.columns.len() < other.columns.len();
                    if best.as_ref().is_none_or(|(has, other)| !has && (primary || shorter(other))) {
                        best = Some((primary, key));
                    }
                }
                Err(reason) => reasons.push(format!("{} {reason}", relation.name)),
            }
        }
        let reason = if reasons.is_empty() { "no index of it is unique".to_owned() } else { reasons.join(", ") };
        best.map(|(_, key)| key).ok_or(InvalidBackfill::NoKey { table: of, reason, by_place: !table.is_partitioned() })
    }

    fn named(catalog: &Catalog, table: &Table, of: String, named: &[String]) -> Result<Self, InvalidBackfill> {
        let names = named.iter().map(|name| column_name(catalog, table, &of, name)).collect::<Result<Vec<_>, _>>()?;
        let mut reason = None;
        for index in table.indexes.iter().filter_map(|id| catalog.relation(*id)?.index()).filter(|i| i.unique) {
            let covers = index.keys.len() == names.len()
                && index.keys.iter().zip(&names).all(|(key, name)| {
                    key.column.and_then(|id| table.column_by_id(id)).is_some_and(|column| column.name == *name)
                });
            if !covers {
                continue;
            }
            match Self::of_index(catalog, table, index) {
                Ok(key) => return Ok(key),
                Err(why) => reason = Some(format!("its index {why}")),
            }
        }
        let reason = reason.unwrap_or_else(|| {
            "no unique index is on these columns in this order; name the columns of one, or add it".to_owned()
        });
        Err(InvalidBackfill::UnusableKey { table: of, columns: named.join(", "), reason })
    }

    /// The key of a unique index, or why it cannot be followed.
    fn of_index(catalog: &Catalog, table: &Table, index: &Index) -> Result<Self, String> {
        if !index.valid {
            return Err("is invalid".into());
        }
        if index.predicate.is_some() {
            return Err("covers a part of the rows only".into());
        }
        if index.method != *"btree" {
            return Err("is not a btree".into());
        }
        let descending = index.keys.first().is_some_and(|key| key.descending);
        let mut columns = Vec::new();
        for key in &index.keys {
            let Some(column) = key.column.and_then(|id| table.column_by_id(id)) else {
                return Err("is on an expression".into());
            };
            let name = &column.name;
            if !column.not_null {
                return Err(format!("holds {name}, which can be NULL"));
            }
            if key.operator_class.is_some()
                || key.collation.as_ref().is_some_and(|c| Some(c) != column.collation.as_deref())
            {
                return Err(format!("orders {name} unlike the column itself"));
            }
            if key.descending != descending {
                return Err("mixes ascending and descending columns".into());
            }
            columns.push(KeyColumn::new(catalog, column).ok_or_else(|| {
                format!("holds {name} of type {}, whose values have no exact text or no order", column.data_type)
            })?);
        }
        Ok(Self { columns, by_place: false })
    }
}

impl KeyColumn {
    fn new(catalog: &Catalog, column: &Column) -> Option<Self> {
        let mut bare = column.data_type.clone();
        bare.modifiers.clear();
        let format = format_of(catalog, &bare)?;
        // `character` alone means one character.
        let data_type = if bare.is("bpchar") { "bpchar".to_owned() } else { bare.to_string() };
        Some(Self { name: column.name.clone(), data_type, format })
    }
}

fn format_of(catalog: &Catalog, data_type: &DataType) -> Option<KeyFormat> {
    if data_type.array {
        return None;
    }
    let known = KEY_TYPES.iter().find(|(name, _)| data_type.name == **name).map(|(_, format)| *format);
    if data_type.schema.is_none() || data_type.name == *"citext" {
        return known;
    }
    let name = ObjectName { schema: data_type.schema.clone(), name: data_type.name.clone() };
    match &catalog.types().find(|t| Some(&t.schema) == name.schema.as_ref() && t.name == name.name)?.kind {
        TypeDefKind::Enum(_) => Some(KeyFormat::Text),
        TypeDefKind::Domain(domain) => format_of(catalog, &domain.base),
        TypeDefKind::Composite(_) | TypeDefKind::Range(_) | TypeDefKind::Base => None,
    }
}

fn is_primary(table: &Table, index: RelationId) -> bool {
    use crate::catalog::ConstraintKind::Unique;
    table.primary_key().is_some_and(|key| matches!(key.kind, Unique { index: backing, .. } if backing == index))
}
