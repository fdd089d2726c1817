//! In which order objects can be made.

use crate::catalog::dependents::Object;
use crate::catalog::{Catalog, RelationId, RelationKind, RoutineId, TypeId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An object that is made by a statement of its own and that others need. Ordered as they are best read, which is
/// followed as far as what they need of each other allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Node {
    Type(TypeId),
    Sequence(RelationId),
    Routine(RoutineId),
    Table(RelationId),
    View(RelationId),
}

/// An object in its place.
pub(super) struct Placed {
    pub(super) node: Node,
    /// Whether functions that its expressions may call come later, because they need it.
    pub(super) calls_wait: bool,
}

/// What an object waits for.
#[derive(Default)]
struct Waiting {
    /// Objects without which it cannot be made.
    hard: BTreeSet<Node>,
    /// Objects that only its defaults and checks need, which can be added afterwards.
    soft: BTreeSet<Node>,
}

/// Everything to be made, each after what it needs.
pub(super) fn in_order(catalog: &Catalog) -> Vec<Placed> {
    let nodes = nodes(catalog);
    let mut waiting: BTreeMap<Node, Waiting> = nodes.iter().map(|node| (*node, Waiting::default())).collect();
    let mut unblocks: HashMap<Node, Vec<Node>> = HashMap::new();
    for needed in &nodes {
        for (node, hard) in dependents(catalog, *needed) {
            let Some(waits) = waiting.get_mut(&node).filter(|_| node != *needed) else { continue };
            if hard {
                waits.hard.insert(*needed)
            } else {
                waits.soft.insert(*needed)
            };
            unblocks.entry(*needed).or_default().push(node);
        }
    }
    let mut free: BTreeSet<Node> = BTreeSet::new();
    let mut possible: BTreeSet<Node> = BTreeSet::new();
    for (node, waits) in &waiting {
        sort_in(*node, waits, &mut free, &mut possible);
    }
    let mut placed = Vec::with_capacity(nodes.len());
    while let Some(node) = free.pop_first().or_else(|| possible.pop_first()).or_else(|| waiting.keys().next().copied())
    {
        let calls_wait = waiting.remove(&node).is_some_and(|waits| !waits.soft.is_empty());
        possible.remove(&node);
        placed.push(Placed { node, calls_wait });
        for unblocked in unblocks.remove(&node).unwrap_or_default() {
            let Some(waits) = waiting.get_mut(&unblocked) else { continue };
            waits.hard.remove(&node);
            waits.soft.remove(&node);
            sort_in(unblocked, waits, &mut free, &mut possible);
        }
    }
    placed
}

/// Notes a node that can be made now.
fn sort_in(node: Node, waits: &Waiting, free: &mut BTreeSet<Node>, possible: &mut BTreeSet<Node>) {
    if !waits.hard.is_empty() {
        return;
    }
    if waits.soft.is_empty() {
        possible.remove(&node);
        free.insert(node);
    } else {
        possible.insert(node);
    }
}

fn nodes(catalog: &Catalog) -> Vec<Node> {
    let types = catalog.types.keys().map(|id| Node::Type(*id));
    let routines = catalog.routines.keys().map(|id| Node::Routine(*id));
    let relations = catalog.relations().filter(|r| super::script::is_written(r)).filter_map(|r| node_of(catalog, r.id));
    let identity = |node: &Node| match node {
        Node::Sequence(id) => catalog.relation(*id).and_then(|r| r.sequence()).is_some_and(|s| s.identity),
        _ => false,
    };
    types.chain(routines).chain(relations.filter(|n| !identity(n))).collect()
}

fn node_of(catalog: &Catalog, id: RelationId) -> Option<Node> {
    match &catalog.relation(id)?.kind {
        RelationKind::Table(_) => Some(Node::Table(id)),
        RelationKind::View(_) => Some(Node::View(id)),
        RelationKind::Sequence(_) => Some(Node::Sequence(id)),
        RelationKind::Index(_) | RelationKind::Composite => None,
    }
}

/// What needs an object, and whether it cannot be made without it.
fn dependents(catalog: &Catalog, needed: Node) -> Vec<(Node, bool)> {
    let objects = match needed {
        Node::Type(id) => vec![Object::Type(id), Object::ArrayType(id)],
        Node::Routine(id) => vec![Object::Routine(id)],
        Node::Sequence(id) => vec![Object::Relation(id)],
        Node::Table(id) | Node::View(id) => vec![Object::Relation(id), Object::RowType(id)],
    };
    let edges = objects.iter().flat_map(|object| catalog.edges(object));
    edges.filter_map(|(dependent, _)| needing(catalog, &dependent)).collect()
}

fn needing(catalog: &Catalog, dependent: &Object) -> Option<(Node, bool)> {
    Some(match dependent {
        Object::Relation(id) => match node_of(catalog, *id)? {
            // Partitions are attached, owned sequences are given to their tables afterwards.
            Node::Sequence(_) => return None,
            Node::Table(id) if catalog.table(id).is_some_and(|t| t.partition_of.is_some()) => return None,
            node => (node, true),
        },
        Object::Column(id, _) => (Node::Table(*id), true),
        Object::Default(id, _) => (Node::Table(*id), false),
        Object::Constraint(id, constraint) => {
            // Foreign keys are added afterwards.
            let constraint = catalog.constraint(*id, *constraint)?;
            if matches!(constraint.kind, crate::catalog::ConstraintKind::ForeignKey(_)) {
                return None;
            }
            (Node::Table(*id), false)
        }
        Object::Type(id) | Object::Attribute(id, _) | Object::DomainConstraint(id, _) => (Node::Type(*id), true),
        Object::Routine(id) => (Node::Routine(*id), true),
        _ => return None,
    })
}
