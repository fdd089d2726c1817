//! What rules put beside a change, or in its place.

use super::{Doing, Event};
use crate::catalog::RelationId;
use crate::effects::postgres::bodies;
use crate::sql::operation::{FiringState, RuleText};
use crate::sql::{Ident, Operation};

impl Doing<'_> {
    /// Follows the rules of a relation for a change. Whether one of them replaces it.
    pub(super) fn apply_rules(&mut self, id: RelationId, rules: &[(Ident, FiringState)], event: &Event) -> bool {
        let mut replaced = false;
        for (name, _) in rules.iter().filter(|(_, state)| *state != FiringState::Disabled) {
            let Some(text) = self.rule(id, name, event) else { continue };
            replaced |= text.replaces;
            let key = (id, name.clone());
            if self.ruled.contains(&key) {
                continue;
            }
            let Some(actions) = bodies::rule_actions(text, self.scene.catalog) else {
                self.ask(format!("what does the rule {name} do?"));
                continue;
            };
            self.facts.insert("data/rule");
            self.ruled.push(key);
            for action in &actions {
                self.inner(action);
            }
            self.ruled.pop();
        }
        replaced
    }

    /// Whether nothing is done in place of a statement: it does not even read.
    pub(super) fn is_discarded(&self, operation: &Operation) -> bool {
        let (target, event) = match operation {
            Operation::Insert(insert) => (&insert.table, Event::Insert),
            Operation::Update(update) => (&update.table.name, Event::Update(Vec::new())),
            Operation::Delete(delete) => (&delete.table.name, Event::Delete),
            _ => return false,
        };
        let Some(relation) = self.scene.relation(target).and_then(|id| self.scene.catalog.relation(id)) else {
            return false;
        };
        let rules = match (relation.table(), relation.view()) {
            (Some(table), _) => table.rules.as_slice(),
            (_, Some(view)) => view.rules.as_slice(),
            _ => &[],
        };
        let enabled = rules.iter().filter(|(_, state)| *state != FiringState::Disabled);
        let mut texts = enabled.filter_map(|(name, _)| self.rule(relation.id, name, &event)).peekable();
        let discards = |text: &RuleText| {
            text.replaces && bodies::rule_actions(text, self.scene.catalog).is_some_and(|actions| actions.is_empty())
        };
        texts.peek().is_some() && texts.all(discards)
    }

    /// A rule, if it is for this change.
    fn rule(&self, id: RelationId, name: &Ident, event: &Event) -> Option<&RuleText> {
        let text = self.scene.catalog.rule_text(id, name)?;
        let wanted = match event {
            Event::Insert => "INSERT",
            Event::Update(_) => "UPDATE",
            Event::Delete => "DELETE",
            Event::Truncate => return None,
        };
        text.event.eq_ignore_ascii_case(wanted).then_some(text)
    }
}
