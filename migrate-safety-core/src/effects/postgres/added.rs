//! What a column definition means for a table that has rows.

use super::type_change::Conversion;
use crate::catalog::{RelationId, Resolved, TypeRef};
use crate::effects::scene::Scene;
use crate::sql::operation::{ColumnDef, ConstraintDef, ConstraintKind, ForeignKeyDef, TableAction};
use crate::sql::{DataType, Expr, ObjectName};

/// What `ADD COLUMN` adds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Added<'a> {
    scene: Scene<'a>,
    pub(super) column: &'a ColumnDef,
}

/// Where the value of existing rows comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// There is none: NULL.
    Null,
    /// Computed once, kept in the catalog (since PostgreSQL 11).
    Once,
    /// Computed when read: a virtual generated column.
    WhenRead,
    /// Computed for each row.
    EachRow,
    /// A function that is not known decides it.
    Unclear,
}

impl<'a> Added<'a> {
    /// The column, if the operation adds one that is not there yet.
    pub(super) fn new(scene: &Scene<'a>) -> Option<Self> {
        match scene.action()? {
            TableAction::AddColumn { column, if_not_exists } => {
                let exists = scene.target_table().is_some_and(|table| table.column(&column.name).is_some());
                (!(exists && *if_not_exists)).then_some(Self { scene: *scene, column })
            }
            _ => None,
        }
    }

    /// The tables that get the column: not those below one that has a column of this name already.
    pub(super) fn tables(&self) -> Vec<RelationId> {
        let mut found = Vec::new();
        let mut level: Vec<RelationId> = self.scene.target().map(|relation| relation.id).into_iter().collect();
        while let Some(id) = level.pop() {
            let Some(table) = self.scene.catalog.table(id) else { continue };
            if found.contains(&id) {
                continue;
            }
            found.push(id);
            if table.column(&self.column.name).is_none() && super::on::recurses(&self.scene) {
                level.extend(&table.children);
            }
        }
        found
    }

    /// Those of them that did not have it.
    pub(super) fn tables_without_it(&self) -> Vec<RelationId> {
        let lacks = |id: &RelationId| {
            self.scene.catalog.table(*id).is_some_and(|table| table.column(&self.column.name).is_none())
        };
        self.tables().into_iter().filter(lacks).collect()
    }

    pub(super) fn fill(&self) -> Fill {
        let column = self.column;
        if let Some(generated) = &column.generated {
            return if generated.stored { Fill::EachRow } else { Fill::WhenRead };
        }
        if column.serial || column.identity.is_some() {
            return Fill::EachRow;
        }
        let domain = self.domain();
        if domain.as_ref().is_some_and(|(_, constrained)| *constrained) {
            return Fill::EachRow;
        }
        let Some(default) = self.written_default().or_else(|| self.domain_default()) else { return Fill::Null };
        if self.scene.version() < 11 {
            return Fill::EachRow;
        }
        match self.scene.catalog.contains_volatile_functions(default) {
            Some(true) => Fill::EachRow,
            Some(false) => Fill::Once,
            None => Fill::Unclear,
        }
    }

    /// Whether each row is, or has to be taken to be, written anew.
    pub(super) fn rewrites(&self) -> bool {
        matches!(self.fill(), Fill::EachRow | Fill::Unclear)
    }

    /// Whether existing rows get a value that is not NULL, as far as can be told.
    pub(super) fn has_value(&self) -> bool {
        let column = self.column;
        column.serial
            || column.identity.is_some()
            || column.generated.is_some()
            || self.written_default().or_else(|| self.domain_default()).is_some()
    }

    /// `NOT NULL`, written or implied.
    pub(super) fn is_not_null(&self) -> bool {
        self.column.serial
            || self.column.identity.is_some()
            || self.constraints().any(|c| match &c.kind {
                ConstraintKind::NotNull { .. } => true,
                ConstraintKind::Unique(unique) => unique.primary,
                _ => false,
            })
    }

    /// Constraints written at the column.
    pub(super) fn constraints(&self) -> impl Iterator<Item = &'a ConstraintDef> + use<'a> {
        self.column.constraints.iter()
    }

    pub(super) fn checks(&self) -> impl Iterator<Item = &'a ConstraintDef> + use<'a> {
        self.constraints().filter(|c| matches!(c.kind, ConstraintKind::Check(_)) && !c.not_enforced)
    }

    pub(super) fn is_unique(&self) -> bool {
        self.constraints().any(|c| matches!(c.kind, ConstraintKind::Unique(_)))
    }

    pub(super) fn foreign_keys(&self) -> impl Iterator<Item = (&'a ConstraintDef, &'a ForeignKeyDef)> + use<'a> {
        self.constraints().filter_map(|c| match &c.kind {
            ConstraintKind::ForeignKey(key) => Some((c, key)),
            _ => None,
        })
    }

    /// Whether a foreign key written at the column is checked: where no default is written all rows are NULL, and
    /// the server knows.
    pub(super) fn checks_foreign_keys(&self) -> bool {
        self.column.default.is_some() || self.column.generated.is_some() || self.column.serial
    }

    /// Whether the type is a domain that takes no NULL.
    pub(super) fn domain_refuses_null(&self) -> bool {
        let mut current = self.data_type();
        for _ in 0..32 {
            let Some(data_type) = current.filter(|data_type| !data_type.array) else { return false };
            let TypeRef::Domain(_, domain) = self.scene.catalog.type_of(data_type) else { return false };
            if domain.not_null {
                return true;
            }
            current = Some(&domain.base);
        }
        false
    }

    /// The default as written; `DEFAULT NULL` is none, but for [`Self::checks_foreign_keys`].
    fn written_default(&self) -> Option<&'a Expr> {
        self.column.default.as_ref().map(|default| &default.expr).filter(|expr| !is_null(expr))
    }

    fn domain_default(&self) -> Option<&'a Expr> {
        let mut current = self.data_type()?;
        for _ in 0..32 {
            let TypeRef::Domain(_, domain) = self.scene.catalog.type_of(current) else { return None };
            if current.array {
                return None;
            }
            if let Some(default) = &domain.default {
                return Some(&default.expr).filter(|expr| !is_null(expr));
            }
            current = &domain.base;
        }
        None
    }

    /// The base type if the type is a domain, and whether that has constraints.
    fn domain(&self) -> Option<(DataType, bool)> {
        Conversion { catalog: self.scene.catalog, session: self.scene.session }.domain(self.data_type()?)
    }

    pub(super) fn data_type(&self) -> Option<&'a DataType> {
        self.column.data_type.as_ref()
    }

    /// The sequences that a default draws from for each row.
    pub(super) fn sequences_drawn(&self) -> Vec<RelationId> {
        if !self.rewrites() {
            return Vec::new();
        }
        let Some(default) = self.written_default().or_else(|| self.domain_default()) else { return Vec::new() };
        sequences_drawn(&self.scene, default)
    }
}

/// Whether a default is NULL, cast or not.
pub(super) fn is_null(expr: &Expr) -> bool {
    match expr {
        Expr::Null => true,
        Expr::Cast { expr, .. } => is_null(expr),
        _ => false,
    }
}

/// The sequences that `nextval` and `setval` in an expression name.
pub(super) fn sequences_drawn(scene: &Scene<'_>, expr: &Expr) -> Vec<RelationId> {
    let mut found = Vec::new();
    expr.walk(&mut |e| {
        let Expr::Call { name, args } = e else { return };
        if !matches!(&*name.name, "nextval" | "setval") {
            return;
        }
        let written = match args.first() {
            Some(Expr::String(text)) => Some(&**text),
            Some(Expr::Cast { expr, .. }) => match &**expr {
                Expr::String(text) => Some(&**text),
                _ => None,
            },
            _ => None,
        };
        let name = written.and_then(object_name);
        if let Some(Resolved::Found(id)) = name.map(|name| scene.catalog.resolve(&name)) {
            found.push(id);
        }
    });
    found
}

/// A name inside a string constant: `app."Orders_id_seq"`.
fn object_name(text: &str) -> Option<ObjectName> {
    let mut parts: Vec<crate::sql::Ident> = Vec::new();
    let mut rest = text.trim();
    loop {
        let part;
        (part, rest) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (name, rest) = quoted.split_once('"')?;
                (crate::sql::Ident::exact(name), rest)
            }
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                (crate::sql::Ident::folded(rest.get(..end)?), rest.get(end..)?)
            }
        };
        parts.push(part);
        match rest.strip_prefix('.') {
            Some(more) => rest = more,
            None => break,
        }
    }
    let name = parts.pop()?;
    Some(ObjectName { schema: parts.pop(), name })
}
