//! Everything but tables and indexes.

mod bound;
mod comments;
mod domains;
mod drops;
mod names;
mod others;
mod roles;
mod routines;
mod schemas;
mod sequences;
mod statistics;
mod support;
mod triggers;
mod types;
mod view_text;
mod views;

use super::Applied;
use crate::catalog::{Catalog, Stamp};
use crate::sql::Operation;
use crate::sql::operation::{AlterTable, RelationWord, TableAction};

/// Applies an operation on anything but a table or index. False: it is not one.
pub(super) fn apply_object(catalog: &mut Catalog, operation: &Operation, now: Stamp, applied: &mut Applied) -> bool {
    match operation {
        Operation::CreateSchema { name, if_not_exists } => catalog.create_schema(name, *if_not_exists, now, applied),
        Operation::DropSchema { names, if_exists, cascade } => {
            catalog.drop_schemas(names, *if_exists, *cascade, applied);
        }
        Operation::RenameSchema { name, to } => catalog.rename_schema(name, to, applied),
        Operation::CreateExtension { name, if_not_exists, schema, cascade } => {
            catalog.create_extension(name, *if_not_exists, schema.as_ref(), *cascade, now, applied);
        }
        Operation::DropExtension { names, if_exists, cascade } => {
            catalog.drop_extensions(names, *if_exists, *cascade, applied);
        }
        Operation::Set { name, value, .. } if name.eq_ignore_ascii_case("search_path") => {
            catalog.set_search_path(value.as_deref());
        }
        Operation::Set { name, value, .. } if name.eq_ignore_ascii_case("check_function_bodies") => {
            catalog.check_bodies = !value.as_deref().is_some_and(is_off);
        }
        // If it was not there, the history has ended here.
        Operation::Set { .. } | Operation::Grant { .. } => catalog.roles.extend(operation.roles_named()),
        Operation::OtherObject { class, .. } if &**class == "role" => catalog.apply_role(operation),
        Operation::OtherObject { .. } => catalog.apply_other(operation, applied),
        Operation::AlterTable(alter) => {
            catalog.roles.extend(operation.roles_named());
            return alter_relation(catalog, alter, applied);
        }
        _ => {
            return apply_drop(catalog, operation, applied)
                || apply_type_or_routine(catalog, operation, now, applied)
                || apply_relation(catalog, operation, now, applied)
                || apply_on_table(catalog, operation, now, applied);
        }
    }
    true
}

/// Whether a setting is off.
fn is_off(value: &str) -> bool {
    matches!(value.trim_matches('\'').to_ascii_lowercase().as_str(), "off" | "false" | "no" | "0" | "f" | "n")
}

fn apply_drop(catalog: &mut Catalog, operation: &Operation, applied: &mut Applied) -> bool {
    let (names, if_exists, cascade, word) = match operation {
        Operation::DropTable { names, if_exists, cascade } => (names, if_exists, cascade, RelationWord::Table),
        Operation::DropIndex { names, if_exists, cascade, .. } => (names, if_exists, cascade, RelationWord::Index),
        Operation::DropView { names, if_exists, cascade } => (names, if_exists, cascade, RelationWord::View),
        Operation::DropMaterializedView { names, if_exists, cascade } => {
            (names, if_exists, cascade, RelationWord::MaterializedView)
        }
        Operation::DropSequence { names, if_exists, cascade } => (names, if_exists, cascade, RelationWord::Sequence),
        Operation::DropType { names, domain, if_exists, cascade } => {
            catalog.drop_types(names, *domain, *if_exists, *cascade, applied);
            return true;
        }
        Operation::DropRoutine { word, routines, if_exists, cascade } => {
            catalog.drop_routines(*word, routines, *if_exists, *cascade, applied);
            return true;
        }
        _ => return false,
    };
    catalog.drop_relations(names, word, *if_exists, *cascade, applied);
    true
}

fn apply_type_or_routine(catalog: &mut Catalog, operation: &Operation, now: Stamp, applied: &mut Applied) -> bool {
    match operation {
        Operation::CreateType { name, kind } => catalog.create_type(name, kind, now, applied),
        Operation::AlterType { name, action } => catalog.alter_type(name, action, now, applied),
        Operation::CreateDomain { name, data_type, collation, default, constraints } => {
            let domain = domains::NewDomain {
                name,
                data_type,
                collation: collation.as_ref(),
                default: default.as_deref(),
                constraints,
            };
            catalog.create_domain(&domain, now, applied);
        }
        Operation::AlterDomain { name, action } => catalog.alter_domain(name, action, applied),
        Operation::CreateRoutine(routine) => catalog.create_routine(routine, now, applied),
        Operation::AlterRoutine { name, args, action } => {
            catalog.alter_routine(name, args.as_deref(), action, applied);
        }
        _ => return false,
    }
    true
}

fn apply_relation(catalog: &mut Catalog, operation: &Operation, now: Stamp, applied: &mut Applied) -> bool {
    match operation {
        Operation::CreateView(view) => catalog.create_view(view, now, applied),
        Operation::CreateMaterializedView { name, columns, query, sql, if_not_exists, with_data } => {
            let (if_not_exists, with_data) = (*if_not_exists, *with_data);
            let view = views::NewMaterializedView { name, columns, query, sql, if_not_exists, with_data };
            catalog.create_materialized_view(&view, now, applied);
        }
        Operation::RefreshMaterializedView { name, concurrently, with_data } => {
            catalog.refresh(name, *concurrently, *with_data, applied);
        }
        Operation::CreateSequence { name, if_not_exists, persistence, options } => {
            catalog.create_sequence(name, *if_not_exists, *persistence, options, now, applied);
        }
        Operation::AlterSequence { name, if_exists, options } => {
            catalog.alter_sequence(name, *if_exists, options, applied);
        }
        _ => return false,
    }
    true
}

/// Triggers, rules, policies and comments.
fn apply_on_table(catalog: &mut Catalog, operation: &Operation, now: Stamp, applied: &mut Applied) -> bool {
    match operation {
        Operation::CreateTrigger(trigger) => catalog.create_trigger(trigger, now, applied),
        Operation::AlterTrigger { name, table, rename_to } => {
            catalog.rename_trigger(name, table, rename_to.as_ref(), applied);
        }
        Operation::DropTrigger { name, table, if_exists, cascade } => {
            catalog.drop_trigger(name, table, *if_exists, *cascade, applied);
        }
        Operation::CreateRule { name, table, or_replace, condition, actions, text } => {
            catalog.create_rule(name, table, *or_replace, (condition.as_deref(), actions), text, applied);
        }
        Operation::AlterRule { name, table, rename_to } => catalog.rename_rule(name, table, rename_to, applied),
        Operation::DropRule { name, table, if_exists, cascade } => {
            catalog.drop_rule(name, table, *if_exists, *cascade, applied);
        }
        Operation::CreatePolicy { name, table, expressions, clauses, .. } => {
            catalog.create_policy(name, table, expressions, clauses, applied);
        }
        Operation::AlterPolicy { name, table, rename_to, clauses } => {
            catalog.alter_policy(name, table, rename_to.as_ref(), clauses, applied);
        }
        Operation::DropPolicy { name, table, if_exists } => catalog.drop_policy(name, table, *if_exists, applied),
        Operation::Statistics { .. } => catalog.apply_statistics(operation, applied),
        Operation::Comment { on, text, label } => catalog.comment(on, text.as_deref(), *label, applied),
        _ => return false,
    }
    true
}

/// The actions of `ALTER TABLE` and the like that change names, or a view.
fn alter_relation(catalog: &mut Catalog, alter: &AlterTable, applied: &mut Applied) -> bool {
    match &alter.action {
        TableAction::Rename { to } => catalog.rename_relation(&alter.table, alter.word, alter.if_exists, to, applied),
        TableAction::SetSchema { schema } => {
            catalog.move_relation_to(&alter.table, alter.word, alter.if_exists, schema, applied);
        }
        TableAction::RenameColumn { column, to } => {
            let view = catalog
                .resolve(&alter.table)
                .found()
                .filter(|id| catalog.relation(*id).is_some_and(|r| r.view().is_some()));
            let Some(id) = view else { return false };
            catalog.rename_view_column(id, column, to, applied);
        }
        _ => return false,
    }
    true
}
