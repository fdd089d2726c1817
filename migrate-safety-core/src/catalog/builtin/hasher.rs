//! A hasher for the names in the tables: they are fixed, so nobody can choose names that collide, and they are looked up
//! for every type, function and operator of a history.

use std::hash::{BuildHasherDefault, Hasher};

/// A map by names that are fixed.
pub(super) type NameMap<V> = std::collections::HashMap<&'static str, V, BuildHasherDefault<NameHasher>>;

/// FNV-1a.
pub(super) struct NameHasher(u64);

impl Default for NameHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
