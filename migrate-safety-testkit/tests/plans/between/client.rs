//! A release of the application, as the statements by which it writes and reads.

/// How a release writes and reads a row: `$k` is its key, `$1`, `$2` … its values.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) name: &'static str,
    /// Which form of the values it knows.
    pub(crate) form: Form,
    /// Statements in one transaction.
    pub(crate) insert: Vec<String>,
    pub(crate) update: Vec<String>,
    pub(crate) delete: Vec<String>,
    /// A query of one value.
    pub(crate) read: String,
}

/// A form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Old,
    New,
}

/// A release as an act writes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    pub(crate) insert: &'static [&'static str],
    pub(crate) update: &'static [&'static str],
    pub(crate) delete: &'static [&'static str],
    pub(crate) read: &'static str,
}

impl Written {
    pub(crate) fn client(&self, name: &'static str, form: Form) -> Client {
        let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
        Client {
            name,
            form,
            insert: owned(self.insert),
            update: owned(self.update),
            delete: owned(self.delete),
            read: self.read.to_owned(),
        }
    }

    /// A release that writes and reads as code of a plan says; rows go as in this one.
    ///
    /// # Errors
    /// The code has no such functions.
    pub(crate) fn as_in(&self, name: &'static str, form: Form, code: &str) -> Result<Client, String> {
        let statements = |function: &str| statements(code, function);
        Ok(Client {
            insert: statements("insert")?,
            update: statements("update")?,
            read: statements("read")?.concat(),
            ..self.client(name, form)
        })
    }

    /// A release that writes and reads values as code of a plan says, also behind adding rows as this one does.
    ///
    /// # Errors
    /// The code has no such functions.
    pub(crate) fn behind(&self, name: &'static str, form: Form, code: &str) -> Result<Client, String> {
        let client = self.client(name, form);
        let update = statements(code, "update")?;
        Ok(Client {
            insert: client.insert.iter().chain(&update).cloned().collect(),
            update,
            read: statements(code, "read")?.concat(),
            ..client
        })
    }
}

/// The statements of a function, the key as `$k`.
fn statements(code: &str, function: &str) -> Result<Vec<String>, String> {
    let (_, behind) = code
        .split_once(&format!("async fn {function}("))
        .ok_or_else(|| format!("no function {function} in\n{code}"))?;
    let body = behind.split("async fn ").next().unwrap_or_default();
    let texts: Vec<String> = texts(body).into_iter().map(|text| placed(&text)).collect();
    if texts.is_empty() { Err(format!("no statement in {function} of\n{code}")) } else { Ok(texts) }
}

/// The string constants of a text in Rust.
pub(crate) fn texts(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code.chars();
    while rest.by_ref().any(|c| c == '"') {
        let mut text = String::new();
        while let Some(c) = rest.next().filter(|c| *c != '"') {
            match c {
                '\\' => text.extend(rest.next().map(|escaped| if escaped == 'n' { '\n' } else { escaped })),
                other => text.push(other),
            }
        }
        found.push(text);
    }
    found
}

/// The first parameter of the code is the key, the values follow.
fn placed(sql: &str) -> String {
    (1..=9).fold(sql.to_owned(), |sql, n| {
        sql.replace(&format!("${n}"), &if n == 1 { "$k".to_owned() } else { format!("${}", n - 1) })
    })
}

/// A template with its key and values.
pub(crate) fn filled(template: &str, key: u32, values: &[&str]) -> String {
    let text = template.replace("$k", &key.to_string());
    values.iter().zip(1..).fold(text, |text, (value, n)| text.replace(&format!("${n}"), value))
}
