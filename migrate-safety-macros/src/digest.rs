//! What stands for a content: 128 bits of it.

use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hasher};

/// Takes in a content.
#[derive(Clone)]
pub(crate) struct Digest([DefaultHasher; 2]);

/// What stands for a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key([u64; 2]);

impl Digest {
    pub(crate) fn new() -> Self {
        let mut digest = Self([DefaultHasher::new(), DefaultHasher::new()]);
        digest.0[1].write_u8(1);
        digest
    }

    /// Takes in bytes; what follows is told apart from them.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        for hasher in &mut self.0 {
            hasher.write_usize(bytes.len());
            hasher.write(bytes);
        }
    }

    /// Takes in a text that need not be in memory as a whole.
    pub(crate) fn text(&mut self, text: fmt::Arguments<'_>) {
        let _ = self.write_fmt(text);
        self.bytes(&[]);
    }

    /// What stands for all that has been taken in.
    pub(crate) fn key(&self) -> Key {
        Key([self.0[0].finish(), self.0[1].finish()])
    }
}

impl Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.iter_mut().for_each(|hasher| hasher.write(text.as_bytes()));
        Ok(())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([first, second]) = self;
        write!(f, "{first:016x}{second:016x}")
    }
}
