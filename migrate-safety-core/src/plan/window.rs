//! What no recipe makes beside writes is made while nobody else uses the database: the plain statements, and why.

use super::change::Resolved;
use super::copy::inverse::{Return, of_cast};
use super::draft::{Draft, DraftStep};
use super::error::{PlanError, Refusal};
use super::model::{PhaseName, Plan};
use super::options::PlanOptions;
use super::piece::Piece;
use super::replayed::Replayed;
use super::request::Request;
use super::state::State;
use super::{prove, recipes};
use crate::Config;
use crate::catalog::Catalog;
use crate::layout::{Layout, MigrationSet};
use crate::rules::{Finding, Status};
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// What the check blocks because others use the database meanwhile, or because rows may have to be corrected first: in a
/// window there is no harm in it, as the statement either does what it says or nothing.
const HARMLESS_ALONE: &[&str] = &[
    "attribute-changed",
    "constraint-index-dropped",
    "constraint-validated-at-once",
    "detach-not-concurrent",
    "domain-values-may-violate",
    "drop-column",
    "drop-index-not-concurrent",
    "drop-table",
    "enum-value-renamed",
    "enum-values-dropped",
    "fails-with-rows",
    "foreign-key-added",
    "foreign-key-on-partitioned-table",
    "generated-always",
    "identity-added",
    "index-not-concurrent",
    "inserts-fail",
    "lock-order",
    "lock-upgrade",
    "long-lock",
    "not-valid-validated-at-once",
    "nulls-fail",
    "partition-locks",
    "policy-dropped",
    "reindex-not-concurrent",
    "rename-column",
    "rename-relation",
    "row-security-enabled",
    "rows-may-violate",
    "set-not-null-scans",
    "several-tables-locked",
    "trigger-on-live-table",
    "type-changed",
    "type-narrowed",
    "type-renamed",
    "unique-constraint-builds-index",
    "unique-index-dropped",
    "view-columns-changed",
    "work-under-lock",
    "writes-may-violate",
    "writes-no-longer-fit",
];

const DEPLOY: &str = "A maintenance window: nothing else may use the database until the step is done. The release that runs \
                      afterwards knows the new schema only.";

/// A piece that a recipe has refused, in a window; none if that would not take the harm from it, or it moves data: a
/// window for that has no end that is known.
pub(super) fn instead(request: &Request<'_>, refusal: &Refusal) -> Option<Draft> {
    let (reason, other) = match refusal {
        Refusal::Because { reason, instead } | Refusal::Part(PlanError::Refused { reason, instead, .. }) => {
            (reason, instead)
        }
        Refusal::Unsound { .. } | Refusal::Part(_) => return None,
    };
    let operations = || request.piece.operations.iter().map(|located| &located.operation);
    let statements = request.piece.statements();
    if !operations().all(shapes) || request.findings(&statements.join(";\n")).iter().any(does_harm) {
        return None;
    }
    let step = DraftStep::ddl(recipes::IN_A_WINDOW, statements).window(reason.clone());
    let step = match operations().any(|operation| loses(request.catalog, operation)) {
        true => {
            step.irreversible("the values are written anew, and what they were is gone: restore them from a backup")
        }
        false => step,
    };
    let draft = Draft::new().deploy(PhaseName::Contract, DEPLOY).contract(step);
    Some(draft.note(format!("There is no way to do this beside writes: {reason}. What avoids the window: {other}.")))
}

/// The whole change in a window, where the steps that were drafted for it do not hold.
pub(super) fn whole(
    (start, end): (&State, &State),
    change: &Resolved,
    pieces: &[Piece],
    (error, options): (&PlanError, &PlanOptions),
) -> Option<Plan> {
    let why = match error {
        PlanError::Unsafe { .. } | PlanError::Unfaithful { .. } | PlanError::NoWayBack { .. } => error.to_string(),
        _ => return None,
    };
    let operations = || pieces.iter().flat_map(|piece| &piece.operations).map(|located| &located.operation);
    if !operations().all(|operation| shapes(operation) || moves(operation)) || !is_harmless(start, change, options) {
        return None;
    }
    let why = format!("its parts do not go together in smaller steps ({})", why.lines().next().unwrap_or_default());
    let steps = |undoes: bool| {
        let step = |piece: &Piece| {
            let step = DraftStep::ddl(recipes::IN_A_WINDOW, piece.statements()).window(why.clone());
            let mut operations = piece.operations.iter().map(|located| &located.operation);
            let is_lost = operations.any(|operation| moves(operation) || loses(&start.catalog, operation));
            match undoes && !is_lost {
                true => step,
                false => step.irreversible("restore it from a backup that is made when the window begins"),
            }
        };
        let note = "What avoids the window: a plan for each part of the change by itself, each with the next release.";
        let draft = Draft::new().deploy(PhaseName::Contract, DEPLOY).note(note);
        pieces.iter().fold(draft, |draft, piece| draft.contract(step(piece))).of(recipes::AS_IT_IS)
    };
    let planned = |undoes| prove::plan(start, end, change, vec![steps(undoes)], options);
    planned(true).or_else(|_| planned(false)).ok()
}

/// Whether an operation changes the schema alone.
fn shapes(operation: &Operation) -> bool {
    !moves(operation)
        && !matches!(
            operation,
            Operation::Truncate { .. }
                | Operation::Copy { .. }
                | Operation::Call { .. }
                | Operation::Do { .. }
                | Operation::Merge(_)
                | Operation::Prepare { .. }
                | Operation::Execute { .. }
                | Operation::Cluster { .. }
                | Operation::DropOwned { .. }
                | Operation::Vacuum { .. }
                | Operation::Transaction(_)
                | Operation::Opaque { .. }
        )
}

fn moves(operation: &Operation) -> bool {
    matches!(operation, Operation::Select(_) | Operation::Insert(_) | Operation::Update(_) | Operation::Delete(_))
}

/// Whether values are gone afterwards, or are not what they were.
fn loses(catalog: &Catalog, operation: &Operation) -> bool {
    let alter = match operation {
        Operation::DropTable { .. } | Operation::DropSchema { .. } | Operation::DropType { .. } => return true,
        Operation::AlterTable(alter) => alter,
        _ => return false,
    };
    match &alter.action {
        TableAction::DropColumn { .. } => true,
        TableAction::SetType { column, data_type, using, .. } => {
            let table = catalog.resolve(&alter.table).found().and_then(|id| catalog.table(id));
            let before = table.and_then(|table| table.column(column));
            using.is_some()
                || before.is_none_or(|before| of_cast(catalog, &before.data_type, data_type) == Return::Lossy)
        }
        _ => false,
    }
}

fn does_harm(finding: &Finding) -> bool {
    finding.status == Status::Block && !HARMLESS_ALONE.contains(&finding.rule)
}

fn is_harmless(start: &State, change: &Resolved, options: &PlanOptions) -> bool {
    let set = MigrationSet::from_text("-", change.sql.as_str(), Layout::Plain);
    let config = Config { target: start.catalog.target(), start_after: None, only: None, ..options.config.clone() };
    !start.check(&set, &config).all_findings().any(does_harm)
}
