//! Pieces of a change between one that takes something away and one that makes it again: a view for the time in which the
//! type of a column changes. Whoever uses it must never find it missing.

use super::piece::{Piece, runs};
use crate::sql::operation::{CommentTarget, OnTable, TableAction};
use crate::sql::{Ident, ObjectName, Operation};

/// What goes and comes again without losing anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Thing {
    /// A view, materialised or not.
    View(ObjectName),
    /// A trigger, rule or policy of a table.
    OnTable(OnTable, ObjectName, Ident),
    Routine(ObjectName),
}

impl Piece {
    /// What it takes away.
    pub(crate) fn takes(&self) -> Vec<Thing> {
        let [located] = &*self.operations else { return Vec::new() };
        match &located.operation {
            Operation::DropView { names, cascade: false, .. }
            | Operation::DropMaterializedView { names, cascade: false, .. } => {
                names.iter().cloned().map(Thing::View).collect()
            }
            Operation::DropTrigger { name, table, cascade: false, .. } => on_table(OnTable::Trigger, table, name),
            Operation::DropRule { name, table, cascade: false, .. } => on_table(OnTable::Rule, table, name),
            Operation::DropPolicy { name, table, .. } => on_table(OnTable::Policy, table, name),
            Operation::DropRoutine { routines, cascade: false, .. } => {
                routines.iter().map(|routine| Thing::Routine(routine.name.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What it makes.
    pub(crate) fn makes(&self) -> Option<Thing> {
        let [located] = &*self.operations else { return None };
        Some(match &located.operation {
            Operation::CreateView(create) => Thing::View(create.name.clone()),
            Operation::CreateMaterializedView { name, .. } => Thing::View(name.clone()),
            Operation::CreateTrigger(create) => {
                Thing::OnTable(OnTable::Trigger, create.table.clone(), create.name.clone())
            }
            Operation::CreateRule { name, table, .. } => Thing::OnTable(OnTable::Rule, table.clone(), name.clone()),
            Operation::CreatePolicy { name, table, .. } => Thing::OnTable(OnTable::Policy, table.clone(), name.clone()),
            Operation::CreateRoutine(create) => Thing::Routine(create.name.clone()),
            _ => return None,
        })
    }

    /// Whether it gives or takes rights on something of these.
    pub(crate) fn gives_rights_on(&self, things: &[Thing]) -> bool {
        let is_grant = matches!(self.operation(), Some(Operation::Grant { .. }));
        is_grant && self.adds_to().is_some_and(|thing| things.contains(&thing))
    }

    /// Whether it is about one of the views that go later, and goes with it.
    pub(crate) fn view_it_is_on(&self, mut gone: impl Iterator<Item = Thing>) -> bool {
        let made_on = self.makes().or_else(|| self.takes().into_iter().next()).and_then(|thing| match thing {
            Thing::OnTable(_, table, _) => Some(Thing::View(table)),
            _ => None,
        });
        let on = self.adds_to().map(|thing| match thing {
            Thing::OnTable(_, table, _) => Thing::View(table),
            other => other,
        });
        let drops_index = matches!(self.operation(), Some(Operation::DropIndex { .. }));
        let on = on.or(made_on);
        gone.any(|thing| matches!(thing, Thing::View(_)) && (drops_index || on.as_ref() == Some(&thing)))
    }

    /// The thing that it says more about.
    fn adds_to(&self) -> Option<Thing> {
        let [located] = &*self.operations else { return None };
        Some(match &located.operation {
            Operation::CreateIndex(create) => Thing::View(create.table.clone()),
            Operation::Grant { relations, .. } => {
                let name = relations.first()?.clone();
                Thing::View(ObjectName { schema: name.schema.or_else(|| Some(Ident::exact("public"))), ..name })
            }
            Operation::Comment { on: CommentTarget::Relation(name) | CommentTarget::Column(name, _), .. } => {
                Thing::View(name.clone())
            }
            Operation::Comment { on: CommentTarget::OnTable(sort, table, name), .. } => {
                Thing::OnTable(*sort, table.clone(), name.clone())
            }
            Operation::Comment { on: CommentTarget::Routine(routine), .. } => Thing::Routine(routine.name.clone()),
            _ => return None,
        })
    }
}

fn on_table(sort: OnTable, table: &ObjectName, name: &Ident) -> Vec<Thing> {
    vec![Thing::OnTable(sort, table.clone(), name.clone())]
}

/// Pieces from one that takes something away to the one that makes it again become one.
pub(super) fn bracketed(pieces: Vec<Piece>) -> Vec<Piece> {
    runs(&demands_behind(pieces), |pieces| {
        let added = if pieces.first().is_some_and(adds_column) {
            pieces.iter().take_while(|piece| adds_column(piece) || sets_default(piece)).count()
        } else {
            0
        };
        let (_, behind) = pieces.split_at_checked(added).unwrap_or_default();
        match length(behind) {
            length if added == 0 => length,
            // A view of `SELECT *` has other columns once there are more: what made it before does so again only without them.
            length if behind.iter().take(length).any(takes_all_columns) => added + length,
            _ => 0,
        }
    })
}

/// What demands values of a column, or no longer does, needs nothing to be away: it goes behind the bracket in which it
/// stands.
fn demands_behind(pieces: Vec<Piece>) -> Vec<Piece> {
    use TableAction::{AddIdentity, DropNotNull, SetNotNull};
    let action = |piece: &Piece| match piece.operation() {
        Some(Operation::AlterTable(alter)) => Some(alter.action.clone()),
        _ => None,
    };
    let demands = |piece: &Piece| matches!(action(piece), Some(SetNotNull { .. } | DropNotNull { .. }));
    let needs_them = |piece: &Piece| matches!(action(piece), Some(AddIdentity { .. }));
    let (mut out, mut rest) = (Vec::new(), &*pieces);
    while let Some((first, others)) = rest.split_first() {
        match rest.split_at_checked(length(rest)) {
            Some((inside, behind)) if inside.iter().any(demands) && !inside.iter().any(needs_them) => {
                let (last, stay): (Vec<&Piece>, Vec<&Piece>) = inside.iter().partition(|piece| demands(piece));
                out.extend(stay.into_iter().chain(last).cloned());
                rest = behind;
            }
            _ => {
                out.push(first.clone());
                rest = others;
            }
        }
    }
    out
}

fn adds_column(piece: &Piece) -> bool {
    matches!(piece.operation(), Some(Operation::AlterTable(alter)) if matches!(alter.action, TableAction::AddColumn { .. }))
}

fn sets_default(piece: &Piece) -> bool {
    use TableAction::{DropDefault, SetDefault};
    matches!(piece.operation(), Some(Operation::AlterTable(alter)) if matches!(alter.action, SetDefault { .. } | DropDefault { .. }))
}

/// Whether a piece makes a view of all columns of something.
fn takes_all_columns(piece: &Piece) -> bool {
    let all = piece.sql.match_indices('*').any(|(at, _)| {
        let before = piece.sql.get(..at).map(str::trim_end).unwrap_or_default();
        let word = before.get(before.len().saturating_sub(6)..).unwrap_or_default();
        before.ends_with(['.', ',']) || word.eq_ignore_ascii_case("select")
    });
    matches!(piece.makes(), Some(Thing::View(_))) && all
}

/// How many pieces belong to the bracket that the first one opens, or none.
fn length(pieces: &[Piece]) -> usize {
    let Some(first) = pieces.first() else { return 0 };
    let mut open = first.takes();
    let mut end = 0;
    loop {
        let remade = |piece: &Piece| piece.makes().is_some_and(|thing| open.contains(&thing));
        let Some(last) = pieces.iter().rposition(remade).filter(|last| *last > end) else { break };
        open.extend(pieces.iter().take(last).skip(end + 1).flat_map(Piece::takes));
        end = last;
    }
    if end == 0 {
        return 0;
    }
    let of_it = |piece: &&Piece| piece.adds_to().is_some_and(|thing| open.contains(&thing));
    end + 1 + pieces.iter().skip(end + 1).take_while(of_it).count()
}
