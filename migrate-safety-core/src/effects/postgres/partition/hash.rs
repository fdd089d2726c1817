//! How the server hashes a key to its partition (`hash_bytes_extended`, Bob Jenkins' lookup3 with a seed; little endian).

use super::Value;
use crate::sql::DataType;

const SEED: u64 = 0x7A5B_2236_7996_DCFD;

/// The hash of a key; absent if a type's hash is not known.
pub(super) fn row(values: &[(&Option<Value>, &DataType)]) -> Option<u64> {
    let mut row: u64 = 0;
    for (value, data_type) in values {
        if let Some(value) = value {
            row = combine(row, hash(value, data_type)?);
        }
    }
    Some(row)
}

fn combine(a: u64, b: u64) -> u64 {
    a ^ b.wrapping_add(0x49a0_f4dd_15e5_a8e3).wrapping_add(a << 54).wrapping_add(a >> 7)
}

fn hash(value: &Value, data_type: &DataType) -> Option<u64> {
    match (value, data_type.name.as_str()) {
        (Value::Integer(value), "int2" | "int4") => Some(hash_u32(low_half(*value))),
        (Value::Integer(value), "int8") => {
            let (low, high) = (low_half(*value), low_half(*value >> 32));
            Some(hash_u32(low ^ if *value >= 0 { high } else { !high }))
        }
        (Value::Text(text), "text" | "varchar") => Some(hash_bytes(text.as_bytes())),
        (Value::Uuid(text), "uuid") => {
            let bytes: Option<Vec<u8>> =
                (0..16).map(|n| u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()).collect();
            Some(hash_bytes(&bytes?))
        }
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // that is what is wanted
fn low_half(value: i64) -> u32 {
    value as u32
}

/// The three words of lookup3.
struct Words(u32, u32, u32);

impl Words {
    fn new(length: usize) -> Self {
        let start = 0x9e37_79b9_u32.wrapping_add(u32::try_from(length).unwrap_or(0)).wrapping_add(3_923_095);
        let mut words = Self(start, start, start);
        words.0 = words.0.wrapping_add(u32::try_from(SEED >> 32).unwrap_or(0));
        words.1 = words.1.wrapping_add(u32::try_from(SEED & 0xffff_ffff).unwrap_or(0));
        words.mix();
        words
    }

    fn mix(&mut self) {
        let Self(a, b, c) = self;
        *a = a.wrapping_sub(*c);
        *a ^= c.rotate_left(4);
        *c = c.wrapping_add(*b);
        *b = b.wrapping_sub(*a);
        *b ^= a.rotate_left(6);
        *a = a.wrapping_add(*c);
        *c = c.wrapping_sub(*b);
        *c ^= b.rotate_left(8);
        *b = b.wrapping_add(*a);
        *a = a.wrapping_sub(*c);
        *a ^= c.rotate_left(16);
        *c = c.wrapping_add(*b);
        *b = b.wrapping_sub(*a);
        *b ^= a.rotate_left(19);
        *a = a.wrapping_add(*c);
        *c = c.wrapping_sub(*b);
        *c ^= b.rotate_left(4);
        *b = b.wrapping_add(*a);
    }

    fn finish(mut self) -> u64 {
        let Self(a, b, c) = &mut self;
        let step = |x: &mut u32, y: u32, bits: u32| *x = (*x ^ y).wrapping_sub(y.rotate_left(bits));
        step(c, *b, 14);
        step(a, *c, 11);
        step(b, *a, 25);
        step(c, *b, 16);
        step(a, *c, 4);
        step(b, *a, 14);
        step(c, *b, 24);
        (u64::from(*b) << 32) | u64::from(*c)
    }
}

fn hash_u32(value: u32) -> u64 {
    let mut words = Words::new(4);
    words.0 = words.0.wrapping_add(value);
    words.finish()
}

fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut words = Words::new(bytes.len());
    let chunks = bytes.chunks_exact(12);
    let rest = chunks.remainder();
    let word = |bytes: &[u8], at: usize| {
        (0..4).fold(0_u32, |word, n| word | u32::from(bytes.get(at + n).copied().unwrap_or(0)) << (8 * n))
    };
    for chunk in chunks {
        words.0 = words.0.wrapping_add(word(chunk, 0));
        words.1 = words.1.wrapping_add(word(chunk, 4));
        words.2 = words.2.wrapping_add(word(chunk, 8));
        words.mix();
    }
    words.0 = words.0.wrapping_add(word(rest, 0));
    words.1 = words.1.wrapping_add(word(rest, 4));
    // The lowest byte of the third word is reserved for the length.
    words.2 = words.2.wrapping_add(word(rest, 8) << 8);
    words.finish()
}
