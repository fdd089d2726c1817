//! What is found in a set of migrations, from the cache where it can be.

use crate::cache::{Cache, key};
use crate::input::Input;
use migrate_safety_core::check;
use migrate_safety_core::report::Message;

/// Every finding. `statement` is what else distinguishes one use of the migrations from another.
pub(crate) fn messages(input: &Input, statement: &str) -> Vec<Message> {
    let found = || check(&input.set, &input.settings.config).messages();
    let Some(cache) = Cache::of_crate(&format_args!("{:?}{statement:?}", input.directory)) else { return found() };
    // The check is a function of these two and of nothing else.
    let key = key(&format_args!("{:?}{:?}", input.set, input.settings.config));
    cache.read(&key).unwrap_or_else(|| {
        let messages = found();
        cache.write(&key, &messages);
        messages
    })
}
