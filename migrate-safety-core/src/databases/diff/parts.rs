//! A schema part by part.

use super::form;
use crate::catalog::diff::ObjectKind;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{CheckDef, ForeignKeyDef, IndexDef, IndexKey, IndexKind, ReferentialAction};
use crate::databases::render::Rendered;
use crate::databases::schema::{Schema, Table};
use crate::dialect::Dialect;
use crate::layout::Layout;
use crate::written::is_own_table;
use std::collections::BTreeMap;

/// A part by its kind and its name in lower case.
pub(super) type Key = (ObjectKind, String);

/// A part of a schema.
pub(super) struct Part {
    /// Its name as written, that of its table before it.
    pub(super) name: String,
    /// The table or view it belongs to or is.
    pub(super) table: ObjectName,
    /// The table or view that it is a part of.
    pub(super) of: Option<Key>,
    /// What it is, in a form in which two spellings of one thing are alike.
    pub(super) form: String,
    /// Its collation, where that is known: one that comes with a character set depends on the server.
    pub(super) collation: Option<String>,
    /// Makes it.
    pub(super) make: Option<String>,
    /// Takes it away.
    pub(super) unmake: Option<String>,
    /// Makes another of its name what it is.
    pub(super) remake: Option<String>,
}

impl Part {
    /// Whether it is the same as another.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.form == other.form && !self.sorts_unlike(other)
    }

    /// Whether both have collations that are known, and not the same.
    fn sorts_unlike(&self, other: &Self) -> bool {
        self.collation.as_ref().zip(other.collation.as_ref()).is_some_and(|(own, others)| own != others)
    }

    /// What it is, in words; its collation if it differs from that of the other.
    pub(super) fn said(&self, other: &Self) -> String {
        let collation = self.collation.as_ref().filter(|_| self.sorts_unlike(other));
        let collation = collation.map(|collation| format!("collate {collation}"));
        let words: Vec<&str> = [Some(self.form.as_str()), collation.as_deref()].into_iter().flatten().collect();
        match words.join(" ").trim() {
            "" => "nothing special".to_owned(),
            words => format!("`{words}`"),
        }
    }

    /// Whether one statement makes another of its name what it is, or it can be taken away and made again.
    pub(super) fn is_remade(&self) -> bool {
        self.remake.is_some() || (self.make.is_some() && self.unmake.is_some())
    }
}

/// All parts of a schema.
pub(super) fn parts(schema: &Schema, usual: Option<(&str, &str)>) -> BTreeMap<Key, Part> {
    let mut parts = Parts { schema, usual, found: BTreeMap::new() };
    for table in schema.tables().filter(|table| !table.temporary && !is_bookkeeping(&table.name.name)) {
        parts.table(table);
    }
    parts.views_and_triggers();
    parts.found
}

/// Whether hosts or migrate-safety itself keep something in it.
fn is_bookkeeping(table: &Name) -> bool {
    let of_host = |layout: Layout| layout.bookkeeping_table().is_some_and(|name| *table == *name);
    of_host(Layout::Sqlx) || of_host(Layout::Diesel) || is_own_table(table.as_str())
}

/// Whether it is the check that MariaDB gives a JSON column.
fn is_of_json(check: &CheckDef) -> bool {
    check.expression.calls.iter().any(|call| &**call == "json_valid")
}

struct Parts<'s> {
    schema: &'s Schema,
    usual: Option<(&'s str, &'s str)>,
    found: BTreeMap<Key, Part>,
}

impl Parts<'_> {
    fn add(&mut self, kind: ObjectKind, part: Part) {
        self.found.insert((kind, part.name.to_ascii_lowercase()), part);
    }

    fn table(&mut self, table: &Table) {
        let rendered = Rendered::new(self.schema.target);
        let shown = table.name.name.to_string();
        let options = &table.options;
        let mut form = Vec::new();
        let is_mysql = self.schema.target.dialect.is_mysql();
        let engine = options.engine.as_ref().map_or("innodb".to_owned(), |engine| engine.as_str().to_ascii_lowercase());
        let traits = [
            (is_mysql && engine != "innodb", format!("engine {engine}")),
            (options.strict, "strict".to_owned()),
            (options.without_rowid, "without rowid".to_owned()),
            (options.system_versioned, "system versioned".to_owned()),
            (table.partitioned, "partitioned".to_owned()),
            (table.module.is_some(), format!("virtual {}", table.module.as_ref().map_or("", Name::as_str))),
        ];
        form.extend(traits.into_iter().filter(|(holds, _)| *holds).map(|(_, said)| said));
        self.add(
            ObjectKind::Table,
            Part {
                name: shown.clone(),
                table: table.name.clone(),
                of: None,
                form: form.join(", "),
                collation: None,
                make: Some(rendered.table(table)).filter(|_| table.module.is_none()),
                unmake: Some(format!("DROP TABLE {}", rendered.name(&table.name.name))),
                remake: None,
            },
        );
        if table.module.is_some() {
            return;
        }
        for column in &table.columns {
            self.column(table, column);
        }
        for index in &table.indexes {
            self.index(table, index);
        }
        for key in &table.foreign_keys {
            self.foreign_key(table, key);
        }
        self.checks(table);
    }

    /// A part of a table.
    fn part(table: &Table, name: &str, form: Vec<String>) -> Part {
        let shown = table.name.name.to_string();
        Part {
            name: format!("{shown}.{name}"),
            table: table.name.clone(),
            of: Some((ObjectKind::Table, shown.to_ascii_lowercase())),
            form: form.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "),
            collation: None,
            make: None,
            unmake: None,
            remake: None,
        }
    }

    fn column(&mut self, table: &Table, column: &crate::databases::operation::ColumnDef) {
        let target = self.schema.target;
        let rendered = Rendered::new(target);
        let is_mysql = target.dialect.is_mysql();
        let in_key = is_mysql && table.primary_key().contains(&&column.name);
        // MariaDB keeps JSON as text with a check.
        let is_json = target.dialect == Dialect::MariaDb
            && (&*column.data_type.name == "json"
                || table
                    .checks
                    .iter()
                    .any(|check| check.at_column.as_ref() == Some(&column.name) && is_of_json(check)));
        let charset = form::charset(target, column, table, self.usual).filter(|_| !is_json);
        let form = vec![
            if is_json { "json".to_owned() } else { form::data_type(target, column) },
            if column.not_null == Some(true) || in_key || (is_mysql && column.auto_increment) {
                let how = column.on_null.as_ref().map(|how| format!(" on conflict {how}")).unwrap_or_default();
                format!("not null{how}")
            } else {
                String::new()
            },
            form::default(target, column).map(|default| format!("default {default}")).unwrap_or_default(),
            match &column.generated {
                Some(generated) => {
                    let kind = if generated.stored { "stored" } else { "virtual" };
                    format!("{kind} as {}", form::expression(target, &generated.expression))
                }
                None => String::new(),
            },
            if column.auto_increment { "autoincrement".to_owned() } else { String::new() },
            if column.on_update { "on update".to_owned() } else { String::new() },
            if column.invisible { "invisible".to_owned() } else { String::new() },
            charset.as_ref().map(|(charset, _)| format!("charset {charset}")).unwrap_or_default(),
        ];
        let mut part = Self::part(table, column.name.as_str(), form);
        part.collation = charset.and_then(|(_, collation)| collation);
        let alter = format!("ALTER TABLE {}", rendered.name(&table.name.name));
        let definition = rendered.column(column);
        part.make = Some(format!("{alter} ADD COLUMN {definition}"));
        part.unmake = Some(format!("{alter} DROP COLUMN {}", rendered.name(&column.name)));
        // SQLite changes no column but by a rebuild of its table.
        part.remake = is_mysql.then(|| format!("{alter} MODIFY COLUMN {definition}"));
        if !is_mysql {
            let (make, unmake) = (part.make.take(), part.unmake.take());
            part.make = make.filter(|_| column.not_null != Some(true) || column.default.is_some());
            part.unmake = unmake;
        }
        self.add(ObjectKind::Column, part);
    }

    fn index(&mut self, table: &Table, index: &IndexDef) {
        let target = self.schema.target;
        let rendered = Rendered::new(target);
        let keys = index.parts.iter().map(|part| {
            let key = match &part.key {
                IndexKey::Column(column) => column.as_str().to_ascii_lowercase(),
                IndexKey::Expression(expression) => form::expression(target, expression),
            };
            let length = part.length.map(|length| format!("({length})")).unwrap_or_default();
            format!("{key}{length}{}", if part.descending { " desc" } else { "" })
        });
        let keys = keys.collect::<Vec<_>>().join(", ");
        let kind = match index.kind {
            IndexKind::Primary => "primary key",
            IndexKind::Unique => "unique",
            IndexKind::Plain => "",
            IndexKind::FullText => "fulltext",
            IndexKind::Spatial => "spatial",
            IndexKind::Vector => "vector",
        };
        let automatic = index.name.as_ref().is_none_or(|name| name.as_str().starts_with("sqlite_autoindex_"));
        if index.kind == IndexKind::Primary || automatic {
            let constraint = format!("{kind} ({keys})");
            let conflict = index.on_conflict.as_ref().map(|how| format!("on conflict {how}").to_ascii_lowercase());
            let mut part = match index.kind {
                IndexKind::Primary => {
                    Self::part(table, "primary key", [Some(constraint), conflict].into_iter().flatten().collect())
                }
                _ => Self::part(table, &constraint, conflict.into_iter().collect()),
            };
            if target.dialect.is_mysql() {
                let alter = format!("ALTER TABLE {}", rendered.name(&table.name.name));
                part.make = Some(format!("{alter} ADD {}", rendered.index_in_table(index)));
                part.unmake = Some(format!("{alter} DROP PRIMARY KEY"));
            }
            self.add(ObjectKind::Constraint, part);
            return;
        }
        let predicate = index.predicate.as_ref().map(|p| format!("where {}", form::expression(target, p)));
        let form = vec![
            kind.to_owned(),
            format!("({keys})"),
            predicate.unwrap_or_default(),
            if index.invisible { "invisible".to_owned() } else { String::new() },
        ];
        let name = index.name.as_ref().map_or("", Name::as_str);
        let mut part = Self::part(table, name, form);
        part.make = Some(rendered.create_index(table, index));
        part.unmake = Some(rendered.drop_index(table, name));
        self.add(ObjectKind::Index, part);
    }

    fn foreign_key(&mut self, table: &Table, key: &ForeignKeyDef) {
        let is_mysql = self.schema.target.dialect.is_mysql();
        let rendered = Rendered::new(self.schema.target);
        let names =
            |names: &[Name]| names.iter().map(|n| n.as_str().to_ascii_lowercase()).collect::<Vec<_>>().join(", ");
        let to = key.table.name.as_str().to_ascii_lowercase();
        let ends = format!("({}) to {to} ({})", names(&key.columns), names(&key.referenced));
        // In MySQL both forbid at once.
        let action = |action: ReferentialAction| match action {
            ReferentialAction::NoAction if is_mysql => "restrict",
            ReferentialAction::NoAction => "no action",
            ReferentialAction::Restrict => "restrict",
            ReferentialAction::Cascade => "cascade",
            ReferentialAction::SetNull => "set null",
            ReferentialAction::SetDefault => "set default",
        };
        let actions = format!("on delete {} on update {}", action(key.on_delete), action(key.on_update));
        let mut part = match key.name.as_ref().filter(|_| is_mysql) {
            Some(name) => Self::part(table, name.as_str(), vec![ends, actions]),
            None => Self::part(table, &format!("foreign key {ends}"), vec![actions]),
        };
        if let Some(name) = key.name.as_ref().filter(|_| is_mysql) {
            let alter = format!("ALTER TABLE {}", rendered.name(&table.name.name));
            part.make = Some(format!("{alter} ADD {}", rendered.foreign_key(key)));
            part.unmake = Some(format!("{alter} DROP FOREIGN KEY {}", rendered.name(name)));
        }
        self.add(ObjectKind::Constraint, part);
    }

    fn checks(&mut self, table: &Table) {
        let target = self.schema.target;
        let rendered = Rendered::new(target);
        for check in &table.checks {
            let said = form::expression(target, &check.expression);
            if check.at_column.is_some() && is_of_json(check) {
                continue;
            }
            let enforced = if check.enforced { String::new() } else { "not enforced".to_owned() };
            // MariaDB keeps it behind the column, without a name.
            let is_named = match target.dialect {
                Dialect::MariaDb => check.at_column.is_none(),
                other => other == Dialect::MySql,
            };
            let mut part = match check.name.as_ref().filter(|_| is_named) {
                Some(name) => Self::part(table, name.as_str(), vec![format!("check {said}"), enforced]),
                None => Self::part(table, &format!("check ({said})"), vec![enforced]),
            };
            if let Some(name) = check.name.as_ref().filter(|_| target.dialect.is_mysql()) {
                let alter = format!("ALTER TABLE {}", rendered.name(&table.name.name));
                part.make = Some(format!("{alter} ADD {}", rendered.check(check)));
                part.unmake = Some(format!("{alter} DROP CONSTRAINT {}", rendered.name(name)));
            }
            self.add(ObjectKind::Constraint, part);
        }
    }

    fn views_and_triggers(&mut self) {
        let rendered = Rendered::new(self.schema.target);
        let is_mysql = self.schema.target.dialect.is_mysql();
        for view in self.schema.views.values() {
            // MySQL tells a view with every name written out.
            let form =
                if is_mysql { String::new() } else { form::tokens(self.schema.target, &view.query.sql).join(" ") };
            let part = Part {
                name: view.name.name.to_string(),
                table: view.name.clone(),
                of: None,
                form,
                collation: None,
                make: Some(rendered.view(view)),
                unmake: Some(format!("DROP VIEW {}", rendered.name(&view.name.name))),
                remake: None,
            };
            self.add(ObjectKind::View, part);
        }
        for trigger in self.schema.triggers.values() {
            // A temporary table's trigger is gone with it.
            if self.schema.table(&trigger.table).is_some_and(|table| table.temporary) {
                continue;
            }
            let body = form::tokens(self.schema.target, &trigger.body.sql).join(" ");
            let when = if trigger.before { "before" } else { "after" };
            let part = Part {
                name: trigger.name.name.to_string(),
                table: trigger.table.clone(),
                of: Some((ObjectKind::Table, trigger.table.name.as_str().to_ascii_lowercase()))
                    .filter(|_| self.schema.table(&trigger.table).is_some()),
                form: format!("{when} {:?} on {} {body}", trigger.event, trigger.table.name).to_ascii_lowercase(),
                collation: None,
                make: None,
                unmake: Some(format!("DROP TRIGGER {}", rendered.name(&trigger.name.name))),
                remake: None,
            };
            self.add(ObjectKind::Trigger, part);
        }
    }
}
