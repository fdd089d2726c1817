//! Whatever statements come in whatever order: nothing panics, and all links lead somewhere.

use super::facts::facts;
use crate::catalog::{Catalog, RelationKind, Stamp};
use crate::dialect::Target;
use crate::sql;
use proptest::prelude::*;

const SCRIPTS: [&str; 8] = [
    include_str!("servers/alter_table.sql"),
    include_str!("servers/bounds.sql"),
    include_str!("servers/create_table.sql"),
    include_str!("servers/defaults.sql"),
    include_str!("servers/inheritance.sql"),
    include_str!("servers/not_null.sql"),
    include_str!("servers/objects.sql"),
    include_str!("servers/partitions.sql"),
];

fn check_links(catalog: &Catalog) {
    for ((schema, name), id) in catalog.relation_names.iter() {
        let relation = catalog.relation(*id).unwrap_or_else(|| panic!("{schema}.{name} is gone"));
        assert_eq!((&relation.schema, &relation.name), (schema, name));
    }
    for relation in catalog.relations() {
        match &relation.kind {
            RelationKind::Index(index) => {
                assert!(catalog.indexes_of(index.table).contains(&relation.id), "{}", relation.name);
                for child in &index.children {
                    assert_eq!(catalog.index(*child).unwrap().parent, Some(relation.id));
                }
                if let Some(constraint) = index.constraint {
                    assert_eq!(catalog.constraint(index.table, constraint).unwrap().index(), Some(relation.id));
                }
            }
            RelationKind::Table(table) => {
                for (from, key) in &table.referenced_by {
                    assert!(catalog.constraint(*from, *key).is_some(), "{}", relation.name);
                }
                for child in &table.children {
                    assert!(catalog.ancestors(*child).contains(&relation.id), "{}", relation.name);
                }
                for sequence in &table.sequences {
                    let owner = catalog.relation(*sequence).unwrap().sequence().unwrap().owned_by;
                    assert_eq!(owner.unwrap().0, relation.id);
                }
            }
            RelationKind::View(view) => {
                for dependency in &view.depends_on {
                    assert!(catalog.readers.get(&dependency.relation).is_some_and(|r| r.contains(&relation.id)));
                }
            }
            RelationKind::Sequence(_) | RelationKind::Composite => {}
        }
    }
    facts(catalog);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn links_hold_in_any_order(
        script in 0..SCRIPTS.len(),
        version in prop_oneof![Just(14), Just(16), Just(18)],
        complete: bool,
        places in proptest::collection::vec(any::<prop::sample::Index>(), 1..160),
    ) {
        let mut catalog = Catalog::new(Target::postgres(version), complete);
        let statements = sql::parse(catalog.target(), SCRIPTS[script]).statements;
        for (at, place) in places.iter().enumerate() {
            let at = u32::try_from(at).unwrap();
            let now = Stamp { migration: 1, transaction: at, statement: at };
            for located in &place.get(&statements).operations {
                catalog.apply(&located.operation, now);
            }
            check_links(&catalog);
        }
    }
}
