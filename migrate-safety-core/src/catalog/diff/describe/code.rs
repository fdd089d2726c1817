//! Routines, and what stands on tables and views with code: triggers, rules, policies.

use super::{Described, Describer, state};
use crate::catalog::diff::ObjectKind;
use crate::catalog::{Object, Policy, Relation, Routine, TEMP_SCHEMA, Trigger};
use crate::sql::Ident;
use crate::sql::operation::{FiringState, Volatility};

/// Whether a body is `RETURN …` or `BEGIN ATOMIC …`; neither begins an SQL function's string.
fn is_statement(body: &str) -> bool {
    let first = body.split_ascii_whitespace().next().unwrap_or_default();
    ["return", "begin"].iter().any(|word| first.eq_ignore_ascii_case(word))
}

impl Describer<'_> {
    pub(super) fn routine(&mut self, routine: &Routine) {
        let kind = if routine.procedure { ObjectKind::Procedure } else { ObjectKind::Function };
        let inputs: Vec<String> = routine.inputs().map(|t| self.argument_type(t)).collect();
        let name = format!("{}.{}({})", routine.schema, routine.name, inputs.join(","));
        let mut described = Described::new(kind, name, Object::Routine(routine.id))
            .part_of(ObjectKind::Schema, routine.schema.as_str());
        self.signature(&mut described, routine);
        self.comment(&mut described);
        self.described.push(described);
    }

    fn argument_type(&self, data_type: &crate::sql::DataType) -> String {
        let settled = self.catalog.settled_type(data_type);
        // The server prints the row type of a temporary table without its schema.
        let schema = settled.schema.filter(|schema| *schema != *TEMP_SCHEMA);
        crate::sql::DataType { modifiers: Vec::new(), schema, ..settled }.to_string()
    }

    fn signature(&self, described: &mut Described, routine: &Routine) {
        let args: Vec<String> = routine
            .args
            .iter()
            .map(|(name, data_type, mode, default)| {
                let name = name.as_ref().map_or("", |n| n.as_str());
                let default = if *default { " with a default" } else { "" };
                format!("{mode:?} {name} {}{default}", self.argument_type(data_type))
            })
            .collect();
        described.has("arguments", args.join(", "));
        let returns = routine.returns.as_ref().filter(|t| !t.is("void") || !routine.procedure);
        // A function with OUT arguments need not say what it returns.
        described.may_have("result", returns.map(|t| self.argument_type(t)));
        described.has("language", &routine.language);
        described.has(
            "volatility",
            match routine.volatility {
                Volatility::Immutable => "immutable",
                Volatility::Stable => "stable",
                Volatility::Volatile => "volatile",
            },
        );
        described.has("strict", routine.strict);
        self.traits(described, routine);
        // One that is not a string is written anew by the server.
        let body = routine.body.as_ref().filter(|body| !(routine.language == *"sql" && is_statement(&body.text)));
        described.may_have("body", body.map(|body| body.text.to_string()));
        let mut settings: Vec<String> =
            routine.settings.iter().map(|(name, value)| format!("{name} = {}", value.trim_matches('\''))).collect();
        settings.sort();
        let known = routine.settings.iter().all(|(_, value)| !value.is_empty());
        described.may_have("settings", known.then(|| settings.join(", ")));
    }

    /// What differs from what is so when nothing is said.
    fn traits(&self, described: &mut Described, routine: &Routine) {
        let traits = &routine.traits;
        described.has("security definer", traits.security_definer.unwrap_or(false));
        described.has("leakproof", traits.leakproof.unwrap_or(false));
        described.has("parallel", traits.parallel.as_ref().map_or("unsafe", Ident::as_str));
        let is_compiled = matches!(routine.language.as_str(), "c" | "internal");
        let unusual = |written: &Option<Box<str>>, usual: f64| {
            written.as_deref().filter(|text| text.parse().ok() != Some(usual)).unwrap_or_default().to_owned()
        };
        described.has("cost", unusual(&traits.cost, if is_compiled { 1.0 } else { 100.0 }));
        described.has("rows", unusual(&traits.rows, 1000.0));
        let with_default = routine.args.iter().filter(|(.., default)| *default).map(|(_, data_type, ..)| data_type);
        let defaults = with_default.zip(&routine.defaults);
        let defaults: Vec<String> = defaults.map(|(t, default)| self.normal(None).of(&default.expr, Some(t))).collect();
        described.has("argument defaults", defaults.join(", "));
    }

    pub(super) fn triggers(&mut self, relation: &Relation, kind: ObjectKind, triggers: &[Trigger]) {
        let parent = relation.table().and_then(|t| t.partition_of.as_ref()).map(|(parent, _)| *parent);
        for trigger in triggers {
            let name = format!("{}.{}", relation.qualified(), trigger.name);
            let object = Object::Trigger(relation.id, trigger.name.clone());
            let mut described = Described::new(ObjectKind::Trigger, name, object).part_of(kind, relation.qualified());
            if let Some(parent) = parent.filter(|_| trigger.for_each_row) {
                let parents = format!("{}.{}", self.relation_name(parent), trigger.name);
                described = described.copy_of(ObjectKind::Trigger, parents);
            }
            self.trigger(&mut described, relation, trigger);
            self.comment(&mut described);
            self.described.push(described);
        }
    }

    fn trigger(&self, described: &mut Described, relation: &Relation, trigger: &Trigger) {
        described.has("timing", format!("{:?}", trigger.timing));
        let events = trigger.events;
        let events = [
            (events.insert, "insert"),
            (events.update, "update"),
            (events.delete, "delete"),
            (events.truncate, "truncate"),
        ];
        let events: Vec<&str> = events.into_iter().filter(|(fires, _)| *fires).map(|(_, word)| word).collect();
        described.has("events", events.join(", "));
        described.has("for each", if trigger.for_each_row { "row" } else { "statement" });
        let mut columns: Vec<&Ident> = trigger
            .columns
            .iter()
            .filter_map(|id| self.catalog.column(relation.id, *id))
            .map(|column| &column.name)
            .collect();
        columns.sort();
        described.has("columns", columns.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", "));
        let function = match trigger.routine.and_then(|id| self.catalog.routines.get(&id)) {
            Some(routine) => format!("{}.{}", routine.schema, routine.name),
            // One of an extension.
            None => trigger.function.name.to_string(),
        };
        described.has("function", function);
        described.has("arguments", trigger.details.args.replace(", ", ","));
        described.has("fires", state(trigger.state));
        described.has("constraint", trigger.constraint);
        described.has("deferrable", trigger.details.deferrable || trigger.details.initially_deferred);
        described.has("initially deferred", trigger.details.initially_deferred);
        let table = |name: &Option<Ident>| name.as_ref().map(ToString::to_string).unwrap_or_default();
        described.has("old rows", table(&trigger.details.old_table));
        described.has("new rows", table(&trigger.details.new_table));
        described.has("from", trigger.from.map(|id| self.relation_name(id)).unwrap_or_default());
        self.expression(described, "when", trigger.when.as_ref(), Some(relation.id), None);
    }

    pub(super) fn rules(&mut self, relation: &Relation, kind: ObjectKind, rules: &[(Ident, FiringState)]) {
        for (name, fires) in rules {
            let object = Object::Rule(relation.id, name.clone());
            let name = format!("{}.{name}", relation.qualified());
            let mut described = Described::new(ObjectKind::Rule, name, object).part_of(kind, relation.qualified());
            described.has("fires", state(*fires));
            self.comment(&mut described);
            self.described.push(described);
        }
    }

    pub(super) fn policies(&mut self, relation: &Relation, policies: &[Policy]) {
        for policy in policies {
            let object = Object::Policy(relation.id, policy.name.clone());
            let name = format!("{}.{}", relation.qualified(), policy.name);
            let mut described =
                Described::new(ObjectKind::Policy, name, object).part_of(ObjectKind::Table, relation.qualified());
            let clauses = &policy.clauses;
            described.has("restrictive", clauses.restrictive);
            let command = clauses.command.as_deref().unwrap_or("all").to_ascii_lowercase();
            described.has("command", command);
            let roles = clauses.roles.as_deref().unwrap_or("public");
            let mut roles: Vec<&str> = roles.split(',').map(|role| role.trim().trim_matches('"')).collect();
            roles.sort_unstable();
            described.has("roles", roles.join(", "));
            self.expression(&mut described, "using", clauses.using.as_ref(), Some(relation.id), None);
            self.expression(&mut described, "with check", clauses.check.as_ref(), Some(relation.id), None);
            self.comment(&mut described);
            self.described.push(described);
        }
    }
}
