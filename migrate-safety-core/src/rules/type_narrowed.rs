//! A type change that does not keep every value.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::TypeRef;
use crate::effects::postgres::narrowing::{self, Loss};
use crate::effects::DataLossKind;
use crate::sql::operation::TableAction;
use crate::sql::{DataType, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "type-narrowed",
    category: Category::DataLoss,
    title: "A type change that does not keep every value",
    why: "An assignment to a numeric type of smaller scale, a timestamp of lower precision or a date rounds or cuts \
          without a word, and so does an explicit cast to a shorter varchar. Other values that do not fit make the \
          migration fail, when it has reached them.",
    source: "PostgreSQL docs, 8.1 Numeric Types, 8.3 Character Types; measured, PG 14-18",
    bad: &[
        Sample::new(PRICES, "ALTER TABLE prices ALTER COLUMN amount TYPE numeric(10,2);").rows(FEW).with(&["writes-no-longer-fit"]),
        Sample::new(PRICES, "ALTER TABLE prices ALTER COLUMN name TYPE varchar(100);").rows(FEW).with(&["writes-no-longer-fit"]),
        Sample::new(PRICES, "ALTER TABLE prices ALTER COLUMN at TYPE date;").rows(FEW).with(&["type-changed"]),
    ],
    good: &[
        Sample::new(PRICES, "ALTER TABLE prices ALTER COLUMN amount TYPE numeric(14,4);"),
        Sample::new(PRICES, "ALTER TABLE prices ALTER COLUMN name TYPE text;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

const PRICES: &str =
    "CREATE TABLE prices (id bigint PRIMARY KEY, amount numeric(10,4), name varchar(200), at timestamptz);";
const FEW: &[(&str, u64)] = &[("public.prices", 100)];

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = &view.located.operation else { return };
    let TableAction::SetType { column, data_type, .. } = &alter.action else { return };
    let catalog = view.scene.catalog;
    if let Some(relation) = view.scene.target().filter(|relation| relation.unknown) {
        return unknown(view, findings, &format!("{}.{column}", relation.qualified()), data_type);
    }
    let losses = view.old_losses(DataLossKind::Narrowed);
    let (Some(lost), Some(loss)) = (losses.first(), narrowing::of(&view.scene)) else { return };
    if view.judged.empty.contains(&lost.relation.id) {
        return;
    }
    let Some(old) = catalog.table(lost.relation.id).and_then(|t| t.column(column)).map(|c| &c.data_type) else { return };
    let new = catalog.settled_type(data_type);
    if let (TypeRef::Enum(_), TypeRef::Enum(_)) = (catalog.type_of(old), catalog.type_of(&new)) {
        return;
    }
    let name = format!("{}.{column}", lost.relation.name);
    let finding = match loss {
        Loss::Nothing => return,
        Loss::Refused => findings.flag(format!("this fails if a value of {name} does not fit {new}")),
        Loss::Computed => findings.flag(format!("what USING does not carry over from {name} is gone")),
        Loss::Silent => findings.block(format!("values of {name} are rounded or cut to fit {new}, and nothing says so")),
    };
    finding.at(view.located.span).help(
        "add a column of the new type, write both, fill it in batches, decide about the values that do not fit, then \
         move readers over and drop the old one",
    );
    let (table, column) = (alter.table.sql(), column.sql());
    let misfits = misfits(loss, old, &new, &column);
    finding.verify(match misfits {
        Some(condition) => format!("SELECT count(*) FROM {table} WHERE {condition}"),
        None => format!("can every value of {name} become {new}?"),
    });
}

/// Where the history does not say what the column was.
fn unknown(view: &OperationView<'_>, findings: &mut Findings<'_>, name: &str, new: &DataType) {
    let takes_all = new.is("text") || (new.is("varchar") && new.modifiers.is_empty());
    if !takes_all {
        findings
            .flag(format!("values of {name} may not fit {new}"))
            .at(view.located.span)
            .verify(format!("which type has {name} now, and can every value of it become {new}?"));
    }
}

/// The condition under which a value loses something, where it can be asked.
fn misfits(loss: Loss, old: &DataType, new: &DataType, column: &str) -> Option<String> {
    if old.array || new.array || loss == Loss::Computed {
        return None;
    }
    let range = match new.name.as_str() {
        "int2" => Some("-32768 AND 32767"),
        "int4" => Some("-2147483648 AND 2147483647"),
        "int8" => Some("-9223372036854775808 AND 9223372036854775807"),
        _ => None,
    };
    let is_number = matches!(old.name.as_str(), "int2" | "int4" | "int8" | "numeric");
    match (range, new.modifier(0)) {
        (Some(range), _) if is_number && loss == Loss::Refused => Some(format!("{column} NOT BETWEEN {range}")),
        (_, Some(limit)) if matches!(new.name.as_str(), "varchar" | "bpchar") => {
            Some(format!("length({column}::text) > {limit}"))
        }
        _ if loss == Loss::Silent && old.schema.is_none() && new.schema.is_none() && old.name != "text" => {
            Some(format!("{column} <> {column}::{new}::{old}"))
        }
        _ => None,
    }
}
