//! A value of an enum under another name: every release that is running has to know both.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::sql::operation::AlterType;
use crate::sql::{ObjectName, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "rename-enum-value",
    title: "ALTER TYPE … RENAME VALUE of an enum that is used",
    samples: &[
        RecipeSample::new(
            "CREATE TYPE state AS ENUM ('open', 'done'); \
             CREATE TABLE tasks (id bigint PRIMARY KEY, s state NOT NULL DEFAULT 'done', CHECK (s <> 'done' OR id > 0));",
            "ALTER TYPE state RENAME VALUE 'done' TO 'closed'",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TYPE \"S\".\"State\" AS ENUM ('it''s open', 'x'); CREATE TABLE tasks (s \"S\".\"State\"[]);",
            "ALTER TYPE \"S\".\"State\" RENAME VALUE 'it''s open' TO 'open'",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::AlterType { name, action: AlterType::RenameValue { from, to } } = request.operation()? else {
        return None;
    };
    if !request.blocks(request.sql()) {
        return None;
    }
    let (from, to) = (literal(from), literal(to));
    let back = format!("ALTER TYPE {} RENAME VALUE {to} TO {from}", name.sql());
    let step = DraftStep::ddl(format!("Call {from} of {} {to}", name.sql()), [request.sql()])
        .undo([back])
        .allow("enum-value-renamed", "every release that is running knows both names");
    Some(Ok(Draft::new()
        .deploy(
            PhaseName::Contract,
            format!(
                "Deployed everywhere: an application (and functions, whose text is not changed) that reads {from} and {to} \
                 as the same, and writes whichever of them the type has. After the phase: one that knows {to} alone."
            ),
        )
        .code(PhaseName::Contract, "SQL of the release that knows both names", code(name, &from, &to))
        .contract(step)
        .note(format!(
            "Rows, defaults, checks and indexes keep the value itself, and need no change; what names it in a text \
             (functions, queries of the application) has to say {to} from then on."
        ))))
}

/// What a release says instead of the value as long as its name may be either.
fn code(name: &ObjectName, from: &str, to: &str) -> String {
    let type_name = name.sql();
    let written = format!(
        "(SELECT enumlabel::text::{type_name} FROM pg_catalog.pg_enum WHERE enumtypid = {}::regtype AND enumlabel IN ({from}, \
         {to}))",
        literal(&type_name)
    );
    format!(
        "/// The value, in a statement that writes it.\nconst VALUE: &str = {written:?};\n\
         /// Whether a column has it, behind the name of the column.\nconst IS_VALUE: &str = {:?};\n",
        format!("::text IN ({from}, {to})")
    )
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
