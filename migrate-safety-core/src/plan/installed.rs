//! Triggers that a plan puts on a table for a time, each with a function of its own.

use super::render::server::dollar_tag;

/// The triggers of one table.
#[derive(Clone, Debug)]
pub(crate) struct Installed {
    /// The table.
    pub(crate) table: String,
    /// Each of them.
    pub(crate) parts: Vec<Part>,
}

/// A trigger and its function.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) function: String,
    pub(crate) trigger: String,
    /// When it fires for a row: `BEFORE INSERT OR UPDATE`.
    pub(crate) event: &'static str,
    pub(crate) body: String,
}

impl Installed {
    /// Statements that install them.
    pub(crate) fn create(&self) -> Vec<String> {
        let functions = self.parts.iter().map(|part| {
            let tag = dollar_tag(&[&part.body]);
            format!("CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS {tag}\n{}{tag}", part.function, part.body)
        });
        let triggers = self.parts.iter().map(|part| {
            format!(
                "CREATE TRIGGER {} {} ON {} FOR EACH ROW EXECUTE FUNCTION {}()",
                part.trigger, part.event, self.table, part.function
            )
        });
        functions.chain(triggers).collect()
    }

    /// Statements that take them away.
    pub(crate) fn drop(&self) -> Vec<String> {
        let triggers = self.parts.iter().map(|part| format!("DROP TRIGGER {} ON {}", part.trigger, self.table));
        let functions = self.parts.iter().map(|part| format!("DROP FUNCTION {}()", part.function));
        triggers.chain(functions).collect()
    }
}
