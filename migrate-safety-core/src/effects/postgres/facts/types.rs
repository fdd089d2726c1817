//! `ALTER TYPE`, `ALTER DOMAIN`.

use crate::catalog::{DomainDef, Relation, RelationId, RelationKind, TypeDef, TypeDefKind, TypeRef};
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::on::{TableColumn, table_column};
use crate::effects::postgres::retyped::Retyped;
use crate::effects::postgres::type_change::Conversion;
use crate::effects::scene::Scene;
use crate::effects::{Breakage, BreakageKind, DataLoss, DataLossKind, Effects, Failure, RelationRef};
use crate::sql::LockMode::{AccessExclusive, Share};
use crate::sql::operation::{AlterDomain, AlterType};
use crate::sql::{DataType, Ident, ObjectName, Operation};

const Y: &str = "CREATE TYPE y AS (a int, b text); CREATE TABLE t OF y (PRIMARY KEY (a));";
const D: &str = "CREATE DOMAIN d AS int; CREATE TABLE t (id int, a d);";

/// The facts about types and domains.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "alter-type/composite",
        of: &[Kind::AlterType],
        condition: "attributes of a composite type, or its name",
        when: |scene| attribute(scene).is_some() || is_renamed(scene),
        acts: &[Act::lock(composite, AccessExclusive)],
        examples: &[
            Example::new("CREATE TYPE y AS (a int)", "ALTER TYPE y ADD ATTRIBUTE b int"),
            Example::new("CREATE TYPE y AS (a int)", "ALTER TYPE y RENAME TO z"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "alter-type/typed-tables",
        of: &[Kind::AlterType],
        condition: "attributes of a composite type, with CASCADE to the tables of this type",
        when: |scene| attribute(scene).is_some_and(|(_, cascade)| cascade),
        acts: &[
            Act::lock(typed_tables, AccessExclusive),
            Act::lock(dropped_indexes, AccessExclusive),
            Act::work(rewritten, AccessExclusive, Work::Rewrite),
            Act::lock(|s| retyped(s, Retyped::indexes), AccessExclusive),
            Act::work(|s| retyped(s, Retyped::scanned), AccessExclusive, Work::Scan),
            Act::work(|s| retyped(s, Retyped::rebuilt), AccessExclusive, Work::RebuildIndex),
        ],
        also: typed_tables_change,
        examples: &[
            Example::new(Y, "ALTER TYPE y ADD ATTRIBUTE c int CASCADE"),
            Example::new(Y, "ALTER TYPE y DROP ATTRIBUTE a CASCADE"),
            Example::new(Y, "ALTER TYPE y ALTER ATTRIBUTE a TYPE bigint CASCADE"),
            Example::new(Y, "ALTER TYPE y ALTER ATTRIBUTE b TYPE varchar CASCADE"),
            Example::new(Y, "ALTER TYPE y RENAME ATTRIBUTE a TO c CASCADE"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "alter-type/enum",
        of: &[Kind::AlterType],
        condition: "a value of an enum: no relation is locked",
        also: enum_value_renamed,
        examples: &[
            Example::new("CREATE TYPE e AS ENUM ('x'); CREATE TABLE t (a e)", "ALTER TYPE e ADD VALUE 'y'"),
            Example::new("CREATE TYPE e AS ENUM ('x'); CREATE TABLE t (a e)", "ALTER TYPE e RENAME VALUE 'x' TO 'y'"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "alter-domain/checked",
        of: &[Kind::AlterDomain],
        condition: "a CHECK without NOT VALID, SET NOT NULL, or VALIDATE CONSTRAINT: values in tables are looked at",
        when: looks_at_values,
        acts: &[Act::work(tables_of_domain, Share, Work::Scan)],
        also: nested_in_another_type,
        examples: &[
            Example::new(D, "ALTER DOMAIN d ADD CHECK (value > -1)"),
            Example::new(D, "ALTER DOMAIN d ADD CONSTRAINT k CHECK (value > -1) NOT VALID"),
            Example::new(D, "ALTER DOMAIN d SET NOT NULL"),
            Example::new(D, "ALTER DOMAIN d SET DEFAULT 3"),
            Example::new(
                "CREATE DOMAIN d AS int; ALTER DOMAIN d ADD CONSTRAINT k CHECK (value > -1) NOT VALID; CREATE TABLE t (id int, a d)",
                "ALTER DOMAIN d VALIDATE CONSTRAINT k",
            ),
        ],
        ..Fact::BASE
    },
];

/// The attribute that changes, and whether tables of the type follow.
fn attribute<'a>(scene: &Scene<'a>) -> Option<(&'a Ident, bool)> {
    let Operation::AlterType { action, .. } = scene.operation else { return None };
    match action {
        AlterType::AddAttribute { name, cascade, .. }
        | AlterType::DropAttribute { name, cascade, .. }
        | AlterType::AlterAttribute { name, cascade, .. }
        | AlterType::RenameAttribute { name, cascade, .. } => Some((name, *cascade)),
        _ => None,
    }
}

fn is_renamed(scene: &Scene<'_>) -> bool {
    matches!(scene.operation, Operation::AlterType { action: AlterType::Rename { .. }, .. })
}

fn type_name<'a>(scene: &Scene<'a>) -> Option<&'a ObjectName> {
    match scene.operation {
        Operation::AlterType { name, .. } | Operation::AlterDomain { name, .. } => Some(name),
        _ => None,
    }
}

fn data_type(name: &ObjectName) -> DataType {
    DataType { schema: name.schema.clone(), name: name.name.clone(), modifiers: Vec::new(), array: false }
}

fn type_def<'a>(scene: &Scene<'a>) -> Option<&'a TypeDef> {
    match scene.catalog.type_of(&data_type(type_name(scene)?)) {
        TypeRef::Other(def) | TypeRef::Enum(def) | TypeRef::Domain(def, _) => Some(def),
        _ => None,
    }
}

/// The relation that describes a composite type's attributes.
fn composite(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(def) = type_def(scene) else { return Vec::new() };
    let name = ObjectName { schema: Some(def.schema.clone()), name: def.name.clone() };
    let found = scene.relation(&name).and_then(|id| scene.catalog.relation(id));
    found
        .filter(|relation| matches!(relation.kind, RelationKind::Composite))
        .map(|relation| relation.id)
        .into_iter()
        .collect()
}

/// The tables `OF` the type, and those below them.
fn typed_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(def) = type_def(scene) else { return Vec::new() };
    let is_of = |relation: &&Relation| {
        relation
            .table()
            .and_then(|table| table.of_type.as_ref())
            .is_some_and(|of| matches!(scene.catalog.type_of(&data_type(of)), TypeRef::Other(of) if of.id == def.id))
    };
    let tables = scene.catalog.relations().filter(is_of).map(|relation| relation.id);
    tables.flat_map(|id| std::iter::once(id).chain(scene.catalog.descendants(id))).collect()
}

fn typed_columns<'a>(scene: &Scene<'a>) -> Vec<TableColumn<'a>> {
    let Some((name, _)) = attribute(scene) else { return Vec::new() };
    typed_tables(scene).into_iter().filter_map(|id| table_column(scene.catalog, id, name)).collect()
}

fn dropped_indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    if !matches!(scene.operation, Operation::AlterType { action: AlterType::DropAttribute { .. }, .. }) {
        return Vec::new();
    }
    let indexes = |found: TableColumn<'_>| scene.catalog.indexes_on_column(found.id, found.column.id);
    typed_columns(scene).into_iter().flat_map(indexes).collect()
}

fn retyped<'a>(scene: &Scene<'a>, list: impl FnOnce(&Retyped<'a>) -> Vec<RelationId>) -> Vec<RelationId> {
    match scene.operation {
        Operation::AlterType { action: AlterType::AlterAttribute { data_type, .. }, .. } => {
            list(&Retyped::of(scene, typed_columns(scene), data_type, None, None))
        }
        _ => Vec::new(),
    }
}

/// A new type, or a new column whose type is a domain with constraints.
fn rewritten(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::AlterType { action, .. } = scene.operation else { return Vec::new() };
    match action {
        AlterType::AlterAttribute { .. } => retyped(scene, Retyped::rewritten),
        AlterType::AddAttribute { data_type, .. } => {
            let conversion = Conversion { catalog: scene.catalog, session: scene.session };
            let constrained = conversion.domain(data_type).is_some_and(|(_, constrained)| constrained);
            if constrained { typed_tables(scene) } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

fn typed_tables_change(scene: &Scene<'_>, effects: &mut Effects) {
    let Operation::AlterType { action, .. } = scene.operation else { return };
    let named = |id: RelationId| scene.catalog.relation(id).map(|r| RelationRef { name: r.qualified(), id });
    if matches!(action, AlterType::AddAttribute { .. }) {
        let changed = typed_tables(scene).into_iter().filter_map(named);
        effects.breaks.extend(changed.map(|relation| Breakage { relation, column: None, what: BreakageKind::RowType }));
    }
    for found in typed_columns(scene) {
        let Some(relation) = named(found.id) else { continue };
        let what = match action {
            AlterType::DropAttribute { .. } => BreakageKind::Gone,
            AlterType::RenameAttribute { .. } => BreakageKind::Renamed,
            _ => BreakageKind::Retyped,
        };
        let name = found.column.name.to_string();
        if what == BreakageKind::Gone {
            let column = Some(name.clone());
            effects.data_loss.push(DataLoss { relation: relation.clone(), column, how: DataLossKind::Dropped });
        }
        effects.breaks.push(Breakage { relation, column: Some((found.column.id, name)), what });
    }
}

fn enum_value_renamed(scene: &Scene<'_>, effects: &mut Effects) {
    let renames = matches!(scene.operation, Operation::AlterType { action: AlterType::RenameValue { .. }, .. });
    let adds = matches!(scene.operation, Operation::AlterType { action: AlterType::AddValue { .. }, .. });
    let Some(def) = type_def(scene).filter(|_| renames || adds) else { return };
    for id in scene.catalog.tables_using_type(def.id) {
        let Some(relation) = scene.catalog.relation(id) else { continue };
        let relation = RelationRef { name: relation.qualified(), id };
        effects.breaks.push(Breakage { relation, column: None, what: BreakageKind::Values });
    }
}

fn domain<'a>(scene: &Scene<'a>) -> Option<(&'a TypeDef, &'a DomainDef)> {
    let def = type_def(scene)?;
    match &def.kind {
        TypeDefKind::Domain(domain) => Some((def, domain)),
        _ => None,
    }
}

fn looks_at_values(scene: &Scene<'_>) -> bool {
    let Operation::AlterDomain { action, .. } = scene.operation else { return false };
    let Some((_, domain)) = domain(scene) else { return false };
    match action {
        AlterDomain::AddConstraint(constraint) => {
            !constraint.not_valid && (constraint.check.is_some() || !domain.not_null)
        }
        AlterDomain::NotNull(set) => *set && !domain.not_null,
        AlterDomain::ValidateConstraint { name } => domain.checks.iter().any(|(own, ..)| own == name),
        _ => false,
    }
}

/// Tables and materialised views with a column of the domain, or of a domain over it.
fn tables_of_domain(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some((def, _)) = domain(scene) else { return Vec::new() };
    let holds = |data_type: &DataType| !data_type.array && is_over(scene, data_type, def);
    let uses = |relation: &&Relation| match &relation.kind {
        RelationKind::Table(table) => {
            !table.is_partitioned() && table.columns.iter().any(|column| holds(&column.data_type))
        }
        RelationKind::View(view) => {
            view.materialized && view.columns.iter().any(|column| column.data_type.as_ref().is_some_and(holds))
        }
        _ => false,
    };
    scene.catalog.relations().filter(uses).map(|relation| relation.id).collect()
}

/// Whether a type is the domain, or a domain over it.
fn is_over(scene: &Scene<'_>, data_type: &DataType, wanted: &TypeDef) -> bool {
    let mut current = data_type;
    for _ in 0..32 {
        let TypeRef::Domain(def, domain) = scene.catalog.type_of(current) else { return false };
        if def.id == wanted.id {
            return true;
        }
        if domain.base.array {
            return false;
        }
        current = &domain.base;
    }
    false
}

/// The server does not look into arrays and composite values.
fn nested_in_another_type(scene: &Scene<'_>, effects: &mut Effects) {
    let Some((def, _)) = domain(scene) else { return };
    for relation in scene.catalog.relations() {
        let Some(table) = relation.table() else { continue };
        for column in table.columns.iter().filter(|column| contains(scene, &column.data_type, def)) {
            effects.failures.push(Failure {
                sqlstate: "0A000",
                message: format!(
                    "cannot alter type \"{}\" because column \"{}.{}\" uses it",
                    def.name, relation.name, column.name
                ),
                only_with_rows: false,
            });
        }
    }
}

/// Whether a type holds values of the domain inside: as elements or attributes.
fn contains(scene: &Scene<'_>, data_type: &DataType, wanted: &TypeDef) -> bool {
    if data_type.array {
        return is_over(scene, &DataType { array: false, ..data_type.clone() }, wanted);
    }
    match scene.catalog.type_of(data_type) {
        TypeRef::Other(TypeDef { kind: TypeDefKind::Composite(attributes), .. }) => attributes
            .iter()
            .any(|(_, attribute)| is_over(scene, attribute, wanted) || contains(scene, attribute, wanted)),
        TypeRef::Domain(_, domain) => contains(scene, &domain.base, wanted),
        _ => false,
    }
}
