//! The macros: who runs the migrations, where they are, and what stands in the macro's place.

use crate::arguments::{Arguments, Misused};
use crate::build_script;
use crate::emit::{self, Checks};
use crate::input::Input;
use crate::settings::Settings;
use migrate_safety_core::Layout;
use proc_macro::TokenStream;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Whose macro the checked one stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// `sqlx::migrate!`.
    Sqlx,
    /// `diesel_migrations::embed_migrations!`.
    Diesel,
    /// Nobody's: only the check.
    None,
}

/// `migrate!`, `embed_migrations!`, `check_migrations!`.
pub(crate) fn expand(host: Host, input: TokenStream) -> TokenStream {
    expanded(input, |arguments, manifest_dir| {
        let input = host.read(arguments, manifest_dir)?;
        let mut checks = Checks { tracked: input.files(host), ..Checks::default() };
        checks.judge(&input, "");
        checks.warnings.extend(input.nothing_found.clone());
        checks.warnings.extend(build_script::warning(manifest_dir, &input.directory));
        let checks = checks.to_source();
        Ok(match host.own_macro(arguments) {
            Some(own) => format!("{{ {checks} {own} }}"),
            None => checks,
        })
    })
}

/// `checked_sql!`.
pub(crate) fn expand_sql(input: TokenStream) -> TokenStream {
    expanded(input, |arguments, manifest_dir| {
        let (Some(literal), Some(sql)) = (&arguments.literal, &arguments.text) else {
            return Err(arguments.misused("write the SQL as a string literal"));
        };
        let settings = Settings::read(arguments, manifest_dir, manifest_dir)?;
        let usual = manifest_dir.join("migrations");
        let directory = settings.migrations.clone().or_else(|| usual.is_dir().then_some(usual));
        let mut input = match directory {
            Some(directory) => Input::read(&directory, settings.layout, settings).map_err(|m| arguments.misused(&m))?,
            None => Input::nothing(manifest_dir, settings),
        };
        let mut checks = Checks { tracked: input.files(Host::None), ..Checks::default() };
        input.only_statement(sql);
        checks.judge(&input, sql);
        Ok(format!("{{ {} {literal} }}", checks.to_source()))
    })
}

/// `assert_checked!`.
pub(crate) fn expand_assert(input: TokenStream) -> TokenStream {
    expanded(input, |arguments, manifest_dir| {
        let named = arguments.text.as_deref().unwrap_or("migrations");
        let directory = manifest_dir.join(named);
        let misused = |error| arguments.misused(&format!("{}: {error}", directory.display()));
        emit::assertion(&directory, named).map_err(misused)
    })
}

/// What a macro expands to: the source that `write` gives, or an error where the arguments stand.
fn expanded(input: TokenStream, write: impl FnOnce(&Arguments, &Path) -> Result<String, Misused>) -> TokenStream {
    let written = Arguments::parse(input).and_then(|arguments| {
        let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR")
            .ok_or_else(|| arguments.misused("CARGO_MANIFEST_DIR is not set: build with cargo"))?;
        let source = write(&arguments, Path::new(&manifest_dir))?;
        Ok((source, arguments.span))
    });
    match written {
        Ok((source, span)) => emit::tokens(&source, span),
        Err(Misused { message, span }) => emit::tokens(&emit::error(&message), span),
    }
}

impl Host {
    fn read(self, arguments: &Arguments, manifest_dir: &Path) -> Result<Input, Misused> {
        let told = arguments.text.as_ref().map(|path| manifest_dir.join(path));
        let host = match self {
            Self::Sqlx => Some((Layout::Sqlx, default_of_sqlx(manifest_dir))),
            Self::Diesel => Some((Layout::Diesel, default_of_diesel(manifest_dir))),
            Self::None => None,
        };
        let start = told.clone().or_else(|| host.as_ref().map(|(_, default)| default.clone()));
        if host.is_some() {
            arguments.refuse("layout", "the macro of a host reads that host's layout; check_migrations! reads any")?;
            arguments.refuse("migrations", "write the path first, as in `migrate!(\"db/migrations\", deny = flag)`")?;
        }
        let settings = Settings::read(arguments, manifest_dir, start.as_deref().unwrap_or(manifest_dir))?;
        let Some((layout, default)) = host else {
            let directory = told.or_else(|| settings.migrations.clone());
            let directory = directory.unwrap_or_else(|| manifest_dir.join("migrations"));
            return Input::read(&directory, settings.layout, settings).map_err(|m| arguments.misused(&m));
        };
        Input::of_host(&told.unwrap_or(default), layout, settings).map_err(|m| arguments.misused(&m))
    }

    /// The call of the host's macro, as the user would have written it.
    fn own_macro(self, arguments: &Arguments) -> Option<String> {
        let literal = arguments.literal.as_ref().map(ToString::to_string).unwrap_or_default();
        match self {
            Self::Sqlx => Some(format!("::sqlx::migrate!({literal})")),
            // Unqualified, as in what it expands to.
            Self::Diesel => Some(format!("diesel_migrations::embed_migrations!({literal})")),
            Self::None => None,
        }
    }
}

/// Where `sqlx::migrate!()` looks.
fn default_of_sqlx(manifest_dir: &Path) -> PathBuf {
    let text = std::fs::read_to_string(manifest_dir.join("sqlx.toml")).unwrap_or_default();
    let table = DeTable::parse(&text).ok();
    let migrate = table.as_ref().and_then(|table| table.get_ref().get("migrate")?.get_ref().as_table());
    let told = migrate.and_then(|migrate| migrate.get("migrations-dir")?.get_ref().as_str());
    manifest_dir.join(told.unwrap_or("migrations"))
}

/// Where `embed_migrations!()` looks: `migrations` in `src` or the nearest directory above it.
fn default_of_diesel(manifest_dir: &Path) -> PathBuf {
    let src = manifest_dir.join("src");
    let found = src.ancestors().map(|dir| dir.join("migrations")).find(|dir| dir.is_dir());
    found.unwrap_or_else(|| manifest_dir.join("migrations"))
}
