//! A release of the application, as the statements by which it writes and reads.

/// How a release writes and reads a row: `$k` is its key, `$1`, `$2` … its values.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) name: &'static str,
    /// Which form of the values it knows.
    pub(super) form: Form,
    pub(super) insert: String,
    pub(super) update: String,
    pub(super) read: String,
}

/// A form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Old,
    New,
}

/// A release that knows these columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    pub(super) columns: &'static [&'static str],
}

impl Written {
    pub(super) fn client(self, name: &'static str, form: Form) -> Client {
        let columns = self.columns.join(", ");
        let values: Vec<String> = (1..=self.columns.len()).map(|n| format!("${n}")).collect();
        let set: Vec<String> =
            self.columns.iter().zip(&values).map(|(column, value)| format!("{column} = {value}")).collect();
        Client {
            name,
            form,
            insert: format!("INSERT INTO users (id, {columns}) VALUES ($k, {})", values.join(", ")),
            update: format!("UPDATE users SET {} WHERE id = $k", set.join(", ")),
            read: format!("SELECT {columns} FROM users WHERE id = $k"),
        }
    }
}

impl Client {
    /// A release that writes and reads as code of a plan says.
    ///
    /// # Errors
    /// The code has no such functions.
    pub(super) fn of_code(name: &'static str, form: Form, code: &str) -> Result<Self, String> {
        Ok(Self {
            name,
            form,
            insert: placed(&statement(code, "insert")?, Place::First),
            update: placed(&statement(code, "update")?, Place::Last),
            read: placed(&statement(code, "read")?, Place::First),
        })
    }
}

/// Where the key stands among the parameters.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    First,
    Last,
}

/// The statement of a function.
fn statement(code: &str, function: &str) -> Result<String, String> {
    let missing = || format!("no statement in {function} of\n{code}");
    let (_, behind) = code.split_once(&format!("async fn {function}(")).ok_or_else(missing)?;
    let (_, text) = behind.split_once('"').ok_or_else(missing)?;
    let mut statement = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next().filter(|c| *c != '"') {
        if c == '\\' {
            statement.extend(rest.next());
        } else {
            statement.push(c);
        }
    }
    Ok(statement)
}

/// A statement with its parameters by name: `?` one behind the other, or `?2`.
fn placed(sql: &str, key: Place) -> String {
    let mut numbered = String::new();
    let mut last = 0;
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '?' {
            numbered.push(c);
            continue;
        }
        let mut digits = String::new();
        while let Some(digit) = rest.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        let number: usize = digits.parse().unwrap_or(last + 1);
        last = last.max(number);
        numbered.push_str(&format!("\u{1}{number}\u{2}"));
    }
    (1..=last).fold(numbered, |sql, number| {
        let name = match key {
            Place::First if number == 1 => "$k".to_owned(),
            Place::First => format!("${}", number - 1),
            Place::Last if number == last => "$k".to_owned(),
            Place::Last => format!("${number}"),
        };
        sql.replace(&format!("\u{1}{number}\u{2}"), &name)
    })
}

/// A template with its key and values.
pub(super) fn filled(template: &str, key: u32, values: &[Option<&str>]) -> String {
    let literal = |value: &Option<&str>| {
        value.map_or_else(|| "NULL".to_owned(), |text| format!("'{}'", text.replace('\'', "''")))
    };
    let text = template.replace("$k", &key.to_string());
    values.iter().zip(1..).fold(text, |text, (value, n)| text.replace(&format!("${n}"), &literal(value)))
}
