//! Tables and indexes that are made.

use super::Change;
use super::names;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{
    CheckDef, ColumnDef, CreateIndex, CreateTable, DataType, ForeignKeyDef, IndexDef, IndexKey, IndexKind, IndexPart,
    Query,
};
use crate::databases::say::Obstacle;
use crate::databases::schema::Table;
use crate::dialect::Target;
use crate::sql::Span;

impl Change<'_> {
    pub(super) fn create_table(&mut self, create: &CreateTable) {
        let Some(name) = &create.name else { return };
        let key = self.schema.key(name);
        let taken = self.schema.tables.contains_key(&key) || self.schema.views.contains_key(&key);
        if taken && create.if_not_exists {
            return;
        }
        // A temporary table stands before another of its name.
        if taken && !create.or_replace && !create.temporary {
            self.fail(Obstacle::TableExists(name));
            return;
        }
        let id = self.schema.new_id();
        let mut table = Table {
            columns: create.columns.clone(),
            options: create.options.clone(),
            temporary: create.temporary,
            module: create.module.clone(),
            partitioned: create.partitioned,
            known: true,
            ..Table::new(id, name.clone(), self.now)
        };
        if let Some(like) = &create.like {
            self.copy_form(like, &mut table);
        }
        if let Some(query) = &create.query {
            self.take_output(query, &mut table);
            #[cfg(feature = "sqlite")]
            if self.schema.target.dialect == crate::Dialect::Sqlite {
                table.columns = table.columns.iter().map(as_selected).collect();
            }
            table.filled = Some(self.now);
        }
        let target = self.schema.target;
        for index in &create.indexes {
            if target.dialect.is_mysql() {
                add_index(target, &mut table, index.clone());
            } else if !is_made_already(&table, index) {
                // The name of the constraint is not that of the index.
                add_index(target, &mut table, IndexDef { name: None, ..index.clone() });
            }
        }
        create.foreign_keys.iter().for_each(|fk| add_foreign_key(target, &mut table, fk.clone()));
        create.checks.iter().for_each(|check| add_check(target, &mut table, check.clone()));
        self.schema.tables.insert(key, table);
    }

    /// `LIKE`: columns, defaults, indexes and checks; no foreign keys (MySQL manual, CREATE TABLE … LIKE).
    fn copy_form(&mut self, like: &ObjectName, table: &mut Table) {
        if !self.need_table(like, false) {
            return;
        }
        let Some(original) = self.schema.table(like) else { return };
        table.columns.clone_from(&original.columns);
        table.indexes.clone_from(&original.indexes);
        table.checks.clone_from(&original.checks);
        table.options.clone_from(&original.options);
        table.known = original.known;
    }

    /// The columns of `AS SELECT`, with the types of those that they are, where that can be told.
    fn take_output(&mut self, query: &Query, table: &mut Table) {
        if query.star {
            // Of a `*` over one table, its columns; what stands behind it comes behind them.
            match query.reads.as_slice() {
                [one] if self.schema.table(one).is_some_and(|read| read.known) && begins_with_star(query) => {
                    let read = self.schema.table(one).map(|read| read.columns.clone()).unwrap_or_default();
                    table.columns.extend(read);
                }
                _ => table.known = false,
            }
        }
        if query.output.iter().any(Option::is_none) {
            table.known = false;
            return;
        }
        for name in query.output.iter().flatten() {
            let of = query.reads.iter().filter_map(|read| self.schema.table(read)).find_map(|read| read.column(name));
            let data_type = of.map_or_else(DataType::default, |column| column.data_type.clone());
            if table.column(name).is_none() {
                table.columns.push(plain_column(name, data_type));
            }
        }
    }

    pub(super) fn create_index(&mut self, create: &CreateIndex) {
        if !self.need_table(&create.table, false) {
            return;
        }
        let target = self.schema.target;
        let name = create.index.name.as_ref();
        let taken = match name {
            Some(name) if target.dialect.is_mysql() => {
                self.schema.table(&create.table).is_some_and(|t| t.index(name).is_some())
            }
            Some(name) => self.schema.table_of_index(name).is_some(),
            None => false,
        };
        if taken && !create.or_replace {
            if let (Some(name), false) = (name, create.if_not_exists) {
                self.fail(Obstacle::IndexExists(name));
            }
            return;
        }
        self.need_key_columns(&create.table, &create.index);
        if let Some(table) = self.schema.table_mut(&create.table) {
            if let (true, Some(name)) = (taken, name) {
                table.indexes.retain(|index| index.name.as_ref() != Some(name));
            }
            add_index(target, table, create.index.clone());
        }
    }

    /// Says which columns of an index are missing.
    pub(super) fn need_key_columns(&mut self, table: &ObjectName, index: &IndexDef) {
        let Some(found) = self.schema.table(table).filter(|found| found.known) else { return };
        let missing = |name: &&Name| found.column(name).is_none() && !is_rowid(self.schema.target, name);
        let columns = index.parts.iter().filter_map(IndexPart::column);
        let missing: Vec<Name> = columns.filter(missing).cloned().collect();
        for column in missing {
            self.fail(Obstacle::NoColumn(table, &column));
        }
    }
}

/// Names that SQLite has for the key of every table with rowids.
fn is_rowid(target: Target, name: &Name) -> bool {
    target.dialect == crate::Dialect::Sqlite && ["rowid", "oid", "_rowid_"].iter().any(|rowid| *name == **rowid)
}

/// Whether SQLite has made an index for a constraint on the same columns: it makes no second one. The order of the rows
/// themselves is none.
fn is_made_already(table: &Table, index: &IndexDef) -> bool {
    table.indexes.iter().any(|made| made.columns() == index.columns() && !is_row_number(table, made))
}

/// Whether a key of a table of SQLite is the number of its rows.
fn is_row_number(table: &Table, index: &IndexDef) -> bool {
    let is_integer = |name: &Name| table.column(name).is_some_and(|column| &*column.data_type.name == "integer");
    index.kind == IndexKind::Primary && matches!(index.columns()[..], [key] if is_integer(key))
}

/// Adds an index, with the name that the server gives it if it has none.
pub(super) fn add_index(target: Target, table: &mut Table, mut index: IndexDef) {
    if target.dialect.is_mysql() {
        let stands_for = |made: &IndexDef| {
            let columns: Vec<Name> = made.columns().into_iter().cloned().collect();
            made.implied && starts_with(&index, &columns)
        };
        table.indexes.retain(|made| !stands_for(made));
    }
    if index.kind == IndexKind::Primary {
        let key: Vec<Name> = index.columns().into_iter().cloned().collect();
        // MySQL makes the columns of a primary key NOT NULL; SQLite only in tables without rowids and in strict ones.
        let options = &table.options;
        let not_null =
            target.dialect.is_mysql() || options.without_rowid || options.strict && !is_row_number(table, &index);
        for column in table.columns.iter_mut().filter(|column| not_null && key.contains(&column.name)) {
            column.not_null = Some(true);
        }
        if target.dialect.is_mysql() || index.name.is_none() {
            index.name = Some(names::index_name(target, table, &index));
        }
    } else if index.name.is_none() {
        index.name = Some(names::index_name(target, table, &index));
    }
    table.indexes.push(index);
}

/// Adds a foreign key, with the index that MySQL makes for it where there is none to use.
pub(super) fn add_foreign_key(target: Target, table: &mut Table, mut foreign_key: ForeignKeyDef) {
    if target.dialect.is_mysql() {
        // Behind a column, MySQL reads `REFERENCES` and ignores it before 9.0; MariaDB takes it.
        if foreign_key.at_column && target.dialect == crate::Dialect::MySql && !target.is_from(900, 0) {
            return;
        }
        // Without a name the index is called after its first column, and the key after the table.
        let written = foreign_key.name.clone();
        if foreign_key.name.is_none() {
            foreign_key.name = Some(names::foreign_key_name(table));
        }
        // An index that was made for another foreign key over the same columns gives way to the one for this.
        let gives_way = |index: &IndexDef| {
            index.implied
                && index.parts.len() == foreign_key.columns.len()
                && written.is_some()
                && index.name != written
        };
        let stands = |index: &IndexDef| starts_with(index, &foreign_key.columns) && !gives_way(index);
        let has_index = table.indexes.iter().any(stands);
        if !has_index && table.known {
            let name = written.filter(|name| table.index(name).is_none());
            let part = |column: &Name| IndexPart {
                key: IndexKey::Column(column.clone()),
                length: None,
                descending: false,
                collation: None,
            };
            let index = IndexDef {
                name,
                kind: IndexKind::Plain,
                parts: foreign_key.columns.iter().map(part).collect(),
                predicate: None,
                invisible: false,
                on_conflict: None,
                implied: true,
            };
            add_index(target, table, index);
        }
    }
    table.foreign_keys.push(foreign_key);
}

/// Whether an index begins with these columns, whole.
pub(super) fn starts_with(index: &IndexDef, columns: &[Name]) -> bool {
    let usable = !matches!(index.kind, IndexKind::FullText | IndexKind::Spatial | IndexKind::Vector);
    let key = index.columns();
    let whole = index.parts.iter().take(columns.len()).all(|part| part.length.is_none());
    usable && whole && key.len() >= columns.len() && key.iter().zip(columns).all(|(a, b)| *a == b)
}

/// Adds a check, with the name that the server gives it if it has none.
pub(super) fn add_check(target: Target, table: &mut Table, mut check: CheckDef) {
    // MariaDB calls the check of a column after that, and counts it not.
    let is_counted = target.dialect != crate::Dialect::MariaDb || check.at_column.is_none();
    if check.name.is_none() && target.dialect.is_mysql() && is_counted {
        check.name = Some(names::check_name(target, table));
    }
    table.checks.push(check);
}

/// What SQLite makes of a column that is selected into a table: its name, and the name of its affinity.
#[cfg(feature = "sqlite")]
fn as_selected(column: &ColumnDef) -> ColumnDef {
    let affinity = crate::databases::sqlite::Affinity::of(&column.data_type);
    plain_column(&column.name, DataType { name: affinity.type_name().into(), ..DataType::default() })
}

/// Whether the first column of the output is a `*`.
fn begins_with_star(query: &Query) -> bool {
    let behind_select = query.sql.get(6..).unwrap_or_default().trim_start();
    let distinct = behind_select.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("distinct"));
    let output = if distinct { behind_select.get(8..).unwrap_or_default().trim_start() } else { behind_select };
    output.starts_with('*')
}

fn plain_column(name: &Name, data_type: DataType) -> ColumnDef {
    ColumnDef::new(name.clone(), data_type, Span::START)
}
