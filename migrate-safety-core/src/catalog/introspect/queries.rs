//! The questions to a server: always the same ones, however many tables there are.
//!
//! Each gives one JSON object per row. They read nothing but `pg_catalog`, which everybody may.

/// Text of a question, with what all of them share before it.
macro_rules! question {
    ($file:literal) => {
        concat!(
            "WITH ",
            include_str!("queries/prelude.sql"),
            "SELECT row_to_json(q)::text FROM (\n",
            include_str!(concat!("queries/", $file)),
            ") AS q"
        )
    };
}

/// What is asked, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Server,
    Kinds,
    Spaces,
    Collations,
    Types,
    Relations,
    Parents,
    Columns,
    Constraints,
    Indexes,
    Sequences,
    Routines,
    Triggers,
    Rules,
    Policies,
    StatisticsObjects,
    Comments,
    Tables,
    IndexUse,
    Health,
    Replicas,
    // Last: it keeps ACCESS SHARE on what views read until the transaction ends.
    Views,
}

impl Question {
    pub(super) const ALL: [Self; 22] = [
        Self::Server,
        Self::Kinds,
        Self::Spaces,
        Self::Collations,
        Self::Types,
        Self::Relations,
        Self::Parents,
        Self::Columns,
        Self::Constraints,
        Self::Indexes,
        Self::Sequences,
        Self::Routines,
        Self::Triggers,
        Self::Rules,
        Self::Policies,
        Self::StatisticsObjects,
        Self::Comments,
        Self::Tables,
        Self::IndexUse,
        Self::Health,
        Self::Replicas,
        Self::Views,
    ];

    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Server => question!("server.sql"),
            Self::Kinds => {
                concat!("SELECT row_to_json(q)::text FROM (\n", include_str!("queries/kinds.sql"), ") AS q")
            }
            Self::Spaces => question!("spaces.sql"),
            Self::Collations => question!("collations.sql"),
            Self::Types => question!("types.sql"),
            Self::Relations => question!("relations.sql"),
            Self::Parents => question!("parents.sql"),
            Self::Columns => question!("columns.sql"),
            Self::Constraints => question!("constraints.sql"),
            Self::Indexes => question!("indexes.sql"),
            Self::Sequences => question!("sequences.sql"),
            Self::Routines => question!("routines.sql"),
            Self::Triggers => question!("triggers.sql"),
            Self::Rules => question!("rules.sql"),
            Self::Policies => question!("policies.sql"),
            Self::StatisticsObjects => question!("statistics_objects.sql"),
            Self::Comments => question!("comments.sql"),
            Self::Tables => question!("tables.sql"),
            Self::IndexUse => question!("index_use.sql"),
            Self::Health => question!("health.sql"),
            Self::Replicas => question!("replicas.sql"),
            Self::Views => question!("views.sql"),
        }
    }
}
