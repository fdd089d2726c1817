//! Values of values.

use super::{Codec, Reader, Writer};
use crate::catalog::map::Map;
use std::collections::{BTreeMap, BTreeSet};

impl<T: Codec> Codec for Box<T> {
    fn write(&self, out: &mut Writer) {
        out.nested(|out| (**self).write(out));
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.nested(T::read).map(Self::new)
    }
}

impl<T: Codec> Codec for Option<T> {
    fn write(&self, out: &mut Writer) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(if bool::read(from)? { Some(T::read(from)?) } else { None })
    }
}

impl<T: Codec> Codec for Vec<T> {
    fn write(&self, out: &mut Writer) {
        sequence(self.len(), self, out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let length = from.length()?;
        from.nested(|from| {
            // Not reserved by what the bytes say: they may lie.
            let mut values = Self::new();
            for _ in 0..length {
                values.push(T::read(from)?);
            }
            Some(values)
        })
    }
}

macro_rules! tuple {
    ($($part:ident)*) => {
        impl<$($part: Codec),*> Codec for ($($part,)*) {
            #[allow(non_snake_case)]
            fn write(&self, out: &mut Writer) {
                let ($($part,)*) = self;
                $($part.write(out);)*
            }

            fn read(from: &mut Reader<'_>) -> Option<Self> {
                Some(($($part::read(from)?,)*))
            }
        }
    };
}
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);

impl<K: Codec + Ord, V: Codec> Codec for BTreeMap<K, V> {
    fn write(&self, out: &mut Writer) {
        out.number(self.len() as u64);
        pairs(self.iter(), out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Vec::read(from)?.into_iter().collect())
    }
}

impl<T: Codec + Ord> Codec for BTreeSet<T> {
    fn write(&self, out: &mut Writer) {
        sequence(self.len(), self, out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Vec::read(from)?.into_iter().collect())
    }
}

impl<K: Codec + Ord, V: Codec> Codec for Map<K, V> {
    fn write(&self, out: &mut Writer) {
        out.number(self.iter().count() as u64);
        pairs(self.iter(), out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Self::from_ascending(Vec::read(from)?)
    }
}

fn sequence<'v, T: Codec + 'v>(length: usize, values: impl IntoIterator<Item = &'v T>, out: &mut Writer) {
    out.number(length as u64);
    out.nested(|out| values.into_iter().for_each(|value| value.write(out)));
}

fn pairs<'v, K: Codec + 'v, V: Codec + 'v>(pairs: impl Iterator<Item = (&'v K, &'v V)>, out: &mut Writer) {
    out.nested(|out| {
        for (key, value) in pairs {
            key.write(out);
            value.write(out);
        }
    });
}
