//! The catalog as bytes, so that a later replay can begin where an earlier one was.
//!
//! Written by hand and without a dependency: what embeds migrations compiles it into every build, unoptimised. Types and
//! their fields are listed in `types`, and the compiler refuses a list that leaves one out. Bytes of another version of
//! this crate mean nothing: who keeps them keeps that with them.

mod bytes;
mod collections;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use bytes::{Reader, Writer};

use super::Catalog;

impl Catalog {
    /// The catalog as bytes that [`Catalog::from_bytes`] of the same version of this crate reads; `None`: an expression in
    /// it is nested too deeply.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut out = Writer::new();
        self.write(&mut out);
        out.finish()
    }

    /// The catalog that was written; `None`: these are not such bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        Self::read(&mut reader).filter(|_| reader.is_empty())
    }
}

/// What can be written as bytes and read from them.
pub(crate) trait Codec: Sized {
    fn write(&self, out: &mut Writer);

    /// `None`: the bytes are not what [`Codec::write`] writes.
    fn read(from: &mut Reader<'_>) -> Option<Self>;
}

/// The codec of a struct by its fields, or of an enum by its variants, each with a number of its own.
macro_rules! codec {
    (struct $name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::catalog::codec::Codec for $name {
            fn write(&self, out: &mut $crate::catalog::codec::Writer) {
                let Self { $($field),* } = self;
                $($crate::catalog::codec::Codec::write($field, out);)*
            }

            fn read(from: &mut $crate::catalog::codec::Reader<'_>) -> Option<Self> {
                Some(Self { $($field: $crate::catalog::codec::Codec::read(from)?),* })
            }
        }
    };
    (id $($name:ident),* $(,)?) => {$(
        impl $crate::catalog::codec::Codec for $name {
            fn write(&self, out: &mut $crate::catalog::codec::Writer) {
                $crate::catalog::codec::Codec::write(&self.0, out);
            }

            fn read(from: &mut $crate::catalog::codec::Reader<'_>) -> Option<Self> {
                Some(Self($crate::catalog::codec::Codec::read(from)?))
            }
        }
    )*};
    (enum $name:ident {
        $($number:literal $variant:ident $(($($part:ident),*))? $({$($field:ident),*})?),* $(,)?
    }) => {
        impl $crate::catalog::codec::Codec for $name {
            fn write(&self, out: &mut $crate::catalog::codec::Writer) {
                match self {
                    $(Self::$variant $(($($part),*))? $({$($field),*})? => {
                        out.number($number);
                        $($($crate::catalog::codec::Codec::write($part, out);)*)?
                        $($($crate::catalog::codec::Codec::write($field, out);)*)?
                    })*
                }
            }

            fn read(from: &mut $crate::catalog::codec::Reader<'_>) -> Option<Self> {
                Some(match from.number()? {
                    $($number => {
                        $($(let $part = $crate::catalog::codec::Codec::read(from)?;)*)?
                        $($(let $field = $crate::catalog::codec::Codec::read(from)?;)*)?
                        Self::$variant $(($($part),*))? $({$($field),*})?
                    })*
                    _ => return None,
                })
            }
        }
    };
}
pub(crate) use codec;
