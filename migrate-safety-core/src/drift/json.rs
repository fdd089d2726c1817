//! Drift as JSON, version 1.

use super::Drift;
use serde_json::{Value, json};

impl Drift {
    /// The drift as JSON, version 1.
    pub fn to_json(&self) -> Value {
        json!({
            "version": 1,
            "objects": self.objects.iter().map(|object| json!({
                "kind": object.kind.name(),
                "name": object.name,
                "change": object.change.name(),
                "detail": object.detail,
                "sql": object.sql,
            })).collect::<Vec<_>>(),
            "migrations": self.migrations.iter().map(|migration| json!({
                "id": migration.id,
                "state": migration.state.name(),
            })).collect::<Vec<_>>(),
            "leftovers": self.leftovers.iter().map(|leftover| json!({
                "kind": leftover.kind.name(),
                "name": leftover.name,
                "detail": leftover.detail,
            })).collect::<Vec<_>>(),
            "unread": self.unread.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }
}
