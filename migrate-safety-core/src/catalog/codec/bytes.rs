//! Numbers and texts.

use super::Codec;
use crate::sql::Ident;
use std::collections::HashMap;

/// Collects bytes.
pub(crate) struct Writer {
    bytes: Vec<u8>,
    /// The names that have been written, by their numbers.
    names: HashMap<Ident, u64>,
    /// Whether something came that has no form in bytes.
    failed: bool,
    depth: u16,
}

/// Takes bytes.
pub(crate) struct Reader<'b> {
    rest: &'b [u8],
    names: Vec<Ident>,
    depth: u16,
}

/// How deep values hold values: deeper than people write, and not so deep that the stack of an unoptimised reader ends.
const MAX_DEPTH: u16 = 256;

impl Writer {
    pub(crate) fn new() -> Self {
        Self { bytes: Vec::new(), names: HashMap::new(), failed: false, depth: MAX_DEPTH }
    }

    /// What was written; `None`: not all of it could be.
    pub(crate) fn finish(self) -> Option<Vec<u8>> {
        (!self.failed).then_some(self.bytes)
    }

    /// Something has no form in bytes.
    pub(crate) fn fail(&mut self) {
        self.failed = true;
    }

    /// Seven bits a byte, the lowest first.
    pub(crate) fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// Writes what may hold values of its own kind.
    pub(super) fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        match self.depth.checked_sub(1) {
            Some(depth) => {
                self.depth = depth;
                write(self);
                self.depth += 1;
            }
            None => self.failed = true,
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, names: Vec::new(), depth: MAX_DEPTH }
    }

    /// Whether all has been taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        let mut shift = 0;
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if *byte <= 0x7f {
                return Some(number);
            }
            shift += 7;
            if shift > 63 {
                return None;
            }
        }
    }

    /// A number of values that follow, each of at least one byte.
    pub(crate) fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|length| *length <= self.rest.len())
    }

    /// Reads what may hold values of its own kind.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth = self.depth.checked_sub(1)?;
        let value = read(self);
        self.depth += 1;
        value
    }

    fn text(&mut self) -> Option<&'b str> {
        let length = self.length()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        std::str::from_utf8(text).ok()
    }
}

macro_rules! unsigned {
    ($($number:ty),*) => {$(
        impl Codec for $number {
            fn write(&self, out: &mut Writer) {
                out.number(*self as u64);
            }

            fn read(from: &mut Reader<'_>) -> Option<Self> {
                Self::try_from(from.number()?).ok()
            }
        }
    )*};
}
unsigned!(u16, u32, usize);

impl Codec for i64 {
    fn write(&self, out: &mut Writer) {
        out.number(self.cast_unsigned());
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(from.number()?.cast_signed())
    }
}

impl Codec for bool {
    fn write(&self, out: &mut Writer) {
        out.number((*self).into());
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        match from.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Codec for Box<str> {
    fn write(&self, out: &mut Writer) {
        out.text(self);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.text().map(Self::from)
    }
}

impl Codec for String {
    fn write(&self, out: &mut Writer) {
        out.text(self);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.text().map(Self::from)
    }
}

/// A name is written once; later its number stands for it, and whoever has it shares its text.
impl Codec for Ident {
    fn write(&self, out: &mut Writer) {
        if let Some(number) = out.names.get(self) {
            return out.number(*number);
        }
        out.number(0);
        out.text(self);
        let number = out.names.len() as u64 + 1;
        out.names.insert(self.clone(), number);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        match usize::try_from(from.number()?).ok()?.checked_sub(1) {
            Some(known) => from.names.get(known).cloned(),
            None => {
                let name = Self::exact(from.text()?);
                from.names.push(name.clone());
                Some(name)
            }
        }
    }
}
