//! What is found in a set of migrations, from what earlier builds found where it can be.

use crate::cache::{Cache, Label};
use crate::digest::{Digest, Key};
use crate::input::Input;
use crate::states::States;
use migrate_safety_core::report::Message;
use migrate_safety_core::rules::Status;
use migrate_safety_core::{check, messages_resumed};
use std::fmt::Write;

/// Every finding. `statement` is what else distinguishes one use of the migrations from another.
pub(crate) fn messages(input: &Input, statement: &str) -> Vec<Message> {
    let Some(cache) = Cache::of_crate() else { return found(input) };
    let keys = Keys::of(input);
    let kept = cache.entry(format_args!("{:?}{statement:?}", input.directory));
    let label = Label { number: 0, key: keys.whole };
    kept.read(label).and_then(|body| parse(std::str::from_utf8(&body).ok()?)).unwrap_or_else(|| {
        // Statements of their own stand behind the same migrations.
        let what = if statement.is_empty() { "migrations" } else { "statements" };
        let states = States::new(&cache, &format!("{:?}{what}", input.directory), keys.before);
        let messages = resumed(input, &states);
        kept.write(label, print(&messages).as_bytes());
        messages
    })
}

fn found(input: &Input) -> Vec<Message> {
    check(&input.set, &input.settings.config).messages()
}

/// The findings, begun at the latest state that earlier builds have left.
fn resumed(input: &Input, states: &States) -> Vec<Message> {
    let wanted = states.wanted();
    for (number, state) in states.usable() {
        let mut keep = |number, state: Vec<u8>| states.keep(number, &state);
        let from = Some((number, &*state));
        if let Some(messages) = messages_resumed(&input.set, &input.settings.config, from, &wanted, &mut keep) {
            return messages;
        }
    }
    let mut keep = |number, state: Vec<u8>| states.keep(number, &state);
    messages_resumed(&input.set, &input.settings.config, None, &wanted, &mut keep).unwrap_or_else(|| found(input))
}

/// What stands for all that a check depends on.
struct Keys {
    /// The checker, the settings, and the migrations before each one, by its index.
    before: Vec<Key>,
    /// That, all migrations, and what stands beside them.
    whole: Key,
}

impl Keys {
    fn of(input: &Input) -> Self {
        let set = &input.set;
        let mut digest = Digest::new();
        digest.text(format_args!("{}{:?}", env!("MIGRATE_SAFETY_FINGERPRINT"), input.settings.config));
        digest.text(format_args!("{:?}{:?}", set.layout, set.complete));
        let mut before = Vec::with_capacity(set.migrations.len());
        for migration in &set.migrations {
            before.push(digest.key());
            digest
                .text(format_args!("{:?}", (&migration.id, &migration.name, migration.transaction, &migration.notes)));
            for source in [Some(&migration.up), migration.down.as_ref()].into_iter().flatten() {
                digest.bytes(source.path.as_os_str().as_encoded_bytes());
                digest.bytes(source.text.as_bytes());
            }
            digest.bytes(&[]);
        }
        digest.text(format_args!("{:?}{:?}{:?}", set.errors, set.ignored, set.schema_rs));
        Self { before, whole: digest.key() }
    }
}

/// A message is a line with its status and length, and that many bytes.
fn print(messages: &[Message]) -> String {
    let mut out = String::new();
    for Message { status, text } in messages {
        let _ = writeln!(out, "{status} {}\n{text}", text.len());
    }
    out
}

fn parse(mut body: &str) -> Option<Vec<Message>> {
    let mut messages = Vec::new();
    while !body.is_empty() {
        let (line, rest) = body.split_once('\n')?;
        let (status, length) = line.split_once(' ')?;
        let status = [Status::Flag, Status::Block].into_iter().find(|known| known.name() == status)?;
        let (text, rest) = rest.split_at_checked(length.parse().ok()?)?;
        messages.push(Message { status, text: text.to_owned() });
        body = rest.strip_prefix('\n')?;
    }
    Some(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_they_were_written() {
        let message = |text: &str| Message { status: Status::Block, text: text.to_owned() };
        let messages = ["first\nline", "\u{e9}", ""].map(message);
        assert_eq!(parse(&print(&messages)), Some(messages.to_vec()));
        assert_eq!(parse(&print(&[])), Some(Vec::new()));
    }
}
