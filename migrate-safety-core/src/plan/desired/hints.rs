//! What a person says about names: which is new for the same thing, and what is dropped.

use crate::catalog::{Catalog, Object, Resolved};
use crate::plan::error::PlanError;
use crate::sql::{Ident, ObjectName};

/// A table or column of the present schema gets another name, or is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    /// `users.user_name`, `public.users`.
    pub(super) name: String,
    /// The new name; absent: it is dropped.
    pub(super) to: Option<String>,
}

/// What a hint is about.
enum Named {
    Table(ObjectName),
    Column(ObjectName, Ident),
}

impl Hint {
    /// The statements that do it. A name may also be the one that was there `before` other hints.
    pub(super) fn statements(
        &self,
        (present, before): (&Catalog, &Catalog),
        desired: &Catalog,
    ) -> Result<Vec<String>, PlanError> {
        let named = self.named(present).or_else(|error| self.named_before(present, before).ok_or(error))?;
        Ok(match (named, self.to.as_deref()) {
            (Named::Table(table), None) => vec![format!("DROP TABLE {}", table.sql())],
            (Named::Column(table, column), None) => {
                vec![format!("ALTER TABLE {} DROP COLUMN {}", table.sql(), column.sql())]
            }
            (Named::Table(table), Some(to)) => {
                let (schema, name) = self.new_table_name(to)?;
                let renamed = ObjectName { schema: schema.or_else(|| table.schema.clone()), name };
                if !matches!(desired.resolve(&renamed), Resolved::Found(_)) {
                    return Err(self.wrong(format!("the desired schema has no table {}", renamed.sql())));
                }
                moved(present, &table, &renamed)
            }
            (Named::Column(table, column), Some(to)) => {
                let to = self.new_name(to)?;
                let wanted = desired.resolve(&table).found().and_then(|id| desired.table(id));
                if wanted.is_none_or(|wanted| wanted.column(&to).is_none()) {
                    return Err(self.wrong(format!(
                        "the desired schema has no column {} in {}",
                        to.sql(),
                        table.sql()
                    )));
                }
                vec![format!("ALTER TABLE {} RENAME COLUMN {} TO {}", table.sql(), column.sql(), to.sql())]
            }
        })
    }

    /// What is dropped, if that is what the hint says.
    pub(super) fn dropped(&self, present: &Catalog) -> Option<Object> {
        let named = self.to.is_none().then(|| self.named(present).ok()).flatten()?;
        let relation = |name: &ObjectName| present.resolve(name).found();
        Some(match named {
            Named::Table(name) => Object::Relation(relation(&name)?),
            Named::Column(name, column) => {
                let id = relation(&name)?;
                Object::Column(id, present.table(id)?.column(&column)?.id)
            }
        })
    }

    pub(super) fn wrong(&self, why: impl Into<String>) -> PlanError {
        let to = self.to.as_ref().map(|to| format!("={to}")).unwrap_or_default();
        PlanError::BadHint { hint: format!("`{}{to}`", self.name), why: why.into() }
    }

    /// What the name stood for, by the name that this has now.
    fn named_before(&self, present: &Catalog, before: &Catalog) -> Option<Named> {
        let now = |name: &ObjectName| before.resolve(name).found().and_then(|id| present.relation(id));
        match self.named(before).ok()? {
            Named::Table(name) => now(&name).map(|relation| Named::Table(relation.object_name())),
            Named::Column(name, column) => {
                let relation = now(&name)?;
                relation
                    .table()?
                    .column(&column)
                    .map(|column| Named::Column(relation.object_name(), column.name.clone()))
            }
        }
    }

    /// What the name stands for in the present schema.
    fn named(&self, present: &Catalog) -> Result<Named, PlanError> {
        let path =
            path(&self.name).ok_or_else(|| self.wrong("write `table`, `table.column` or `schema.table.column`"))?;
        let table = |schema: Option<&Ident>, name: &Ident| {
            let name = ObjectName { schema: schema.cloned(), name: name.clone() };
            let relation = present.resolve(&name).found().and_then(|id| present.relation(id))?;
            relation.table().map(|table| (relation.object_name(), table))
        };
        let column = |schema: Option<&Ident>, name: &Ident, column: &Ident| {
            let (name, table) = table(schema, name)?;
            table.column(column).map(|column| Named::Column(name, column.name.clone()))
        };
        let found = match &*path {
            [name] => table(None, name).map(|(name, _)| Named::Table(name)),
            [first, second] => {
                column(None, first, second).or_else(|| table(Some(first), second).map(|(name, _)| Named::Table(name)))
            }
            [schema, name, of] => column(Some(schema), name, of),
            _ => None,
        };
        found.ok_or_else(|| self.wrong("the present schema has no such table or column"))
    }

    /// `username`, `app.users`.
    fn new_table_name(&self, to: &str) -> Result<(Option<Ident>, Ident), PlanError> {
        match path(to).as_deref() {
            Some([name]) => Ok((None, name.clone())),
            Some([schema, name]) => Ok((Some(schema.clone()), name.clone())),
            _ => {
                Err(self
                    .wrong("write the new name, with its schema if that is another: `users=people`, `users=app.users`"))
            }
        }
    }

    fn new_name(&self, to: &str) -> Result<Ident, PlanError> {
        match path(to).as_deref() {
            Some([name]) => Ok(name.clone()),
            _ => Err(self.wrong("the new name stands alone: `users.user_name=username`")),
        }
    }
}

/// Statements that give a table another name, in another schema if need be.
fn moved(present: &Catalog, from: &ObjectName, to: &ObjectName) -> Vec<String> {
    let mut statements = Vec::new();
    let mut name = from.clone();
    if let Some(schema) = to.schema.as_ref().filter(|schema| Some(*schema) != from.schema.as_ref()) {
        if !present.schemas.contains_key(schema) {
            statements.push(format!("CREATE SCHEMA {}", schema.sql()));
        }
        statements.push(format!("ALTER TABLE {} SET SCHEMA {}", from.sql(), schema.sql()));
        name.schema = to.schema.clone();
    }
    if name.name != to.name {
        statements.push(format!("ALTER TABLE {} RENAME TO {}", name.sql(), to.name.sql()));
    }
    statements
}

/// A dotted name in its parts, each quoted or folded.
fn path(written: &str) -> Option<Vec<Ident>> {
    let mut parts = Vec::new();
    let mut rest = written.trim();
    loop {
        let (part, behind) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = closing_quote(quoted)?;
                let (name, behind) = (quoted.get(..end)?, quoted.get(end + 1..)?);
                (Ident::exact(&name.replace("\"\"", "\"")), behind)
            }
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let (name, behind) = rest.split_at_checked(end)?;
                (Ident::folded(name), behind)
            }
        };
        if part.as_str().is_empty() {
            return None;
        }
        parts.push(part);
        if behind.is_empty() {
            return Some(parts);
        }
        rest = behind.strip_prefix('.')?;
    }
}

/// Where a quoted name ends, doubled quotes inside it.
fn closing_quote(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('"')?;
        if !text.get(at + 1..)?.starts_with('"') {
            return Some(at);
        }
        from = at + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn names_are_read_as_statements_write_them() {
        let read = |text| path(text).map(|parts| parts.iter().map(|p| p.as_str().to_owned()).collect::<Vec<_>>());
        assert_eq!(read("Users.user_name"), Some(vec!["users".to_owned(), "user_name".to_owned()]));
        assert_eq!(read("\"My.Table\".\"a\"\"b\""), Some(vec!["My.Table".to_owned(), "a\"b".to_owned()]));
        for wrong in ["", "a..b", "a.", "\"a", "\"a\"b"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
