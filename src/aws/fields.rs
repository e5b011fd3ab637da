//! The class of each field of a kind.
//!
//! A *route* field says where requests go, an *access* field who may send them or be called by
//! them. `walk` compares both with the plan: a test changes each of them, once, in a finished stack.
//! *Other* fields do neither, so they hold no handle, port, host, path, method or authorization.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::stack::{Address, Group, Label, List, Value};

/// A type of which a field may be neither route nor access.
pub(crate) trait Other {}

macro_rules! others {
    ($($type:ty),*) => { $(impl Other for $type {})* };
}

others! { bool, u32, u64, f64, str, String, Address, Group, Label, List, Value }

impl<T: Other + ?Sized> Other for &T {}
impl<T: Other + ?Sized> Other for Arc<T> {}
impl<T: Other> Other for [T] {}
impl<T: Other> Other for Option<T> {}
impl<T: Other> Other for Vec<T> {}
impl<K, T: Other> Other for BTreeMap<K, T> {}
impl<A: Other, B: Other> Other for (A, B) {}

pub(crate) fn is_other<T: Other + ?Sized>(_: &T) {}

/// Returns whether the name of a field is neither that of a route nor that of access.
pub(crate) const fn is_other_name(name: &str) -> bool {
    const WORDS: [&[u8]; 5] = [b"port", b"host", b"path", b"method", b"authoriz"];
    let name = name.as_bytes();
    let mut start = 0;
    while start < name.len() {
        let mut word = 0;
        while word < WORDS.len() {
            let mut length = 0;
            while length < WORDS[word].len()
                && start + length < name.len()
                && name[start + length] == WORDS[word][length]
            {
                length += 1;
            }
            if length == WORDS[word].len() {
                return false;
            }
            word += 1;
        }
        start += 1;
    }
    true
}

/// Sorts each field of a struct into one class; a field in none or in two does not compile. The
/// values of an enum's variants are of the class of the field that holds it, so an enum names them
/// alone.
///
/// Written beside the type: `fields! { Resource { route: [api, parent, path_part] } }`.
macro_rules! fields {
    (enum $kind:ident {
        $($variant:ident $(($value:ident))? $({ $($field:ident),+ })?),+ $(,)?
    }) => {
        #[cfg(test)]
        impl $crate::aws::fields::tests::Part for $kind {
            fn sample(change: &$crate::aws::fields::tests::Change) -> Option<Self> {
                Self::samples(change).into_iter().flatten().next()
            }

            fn visit(&mut self, change: &mut $crate::aws::fields::tests::Change) {
                change.leaf(self, |old, change| {
                    let is_other = |new: &Self| {
                        std::mem::discriminant(new) != std::mem::discriminant(old)
                    };
                    Self::samples(change).into_iter().flatten().find(is_other)
                });
                match self {
                    $(Self::$variant $(($value))? $({ $($field),+ })? => {
                        $(change.at(stringify!($variant), $value);)?
                        $($(change.at(
                            concat!(stringify!($variant), ".", stringify!($field)),
                            $field,
                        );)+)?
                    })+
                }
            }
        }

        #[cfg(test)]
        impl $kind {
            fn samples(change: &$crate::aws::fields::tests::Change) -> Vec<Option<Self>> {
                type Sample<T> = fn(&$crate::aws::fields::tests::Change) -> Option<T>;
                let samples: &[Sample<Self>] = &[$(|_change| {
                    $(let $value = $crate::aws::fields::tests::Part::sample(_change)?;)?
                    $($(let $field = $crate::aws::fields::tests::Part::sample(_change)?;)+)?
                    Some(Self::$variant $(($value))? $({ $($field),+ })?)
                }),+];
                samples.iter().map(|sample| sample(change)).collect()
            }
        }
    };
    ($kind:ident { other: [$($other:ident),+ $(,)?] }) => {
        impl $crate::aws::fields::Other for $kind {}

        fields!(@struct $kind [] [$($other,)+] {});
    };
    ($kind:ident {
        $(route: [$($route:ident),+ $(,)?] $(,)?)?
        $(access: [$($access:ident),+ $(,)?] $(,)?)?
    }) => {
        fields!(@struct $kind [$($($route,)+)? $($($access,)+)?] [] {
            fn sample(change: &$crate::aws::fields::tests::Change) -> Option<Self> {
                Some(Self {
                    $($($route: $crate::aws::fields::tests::Part::sample(change)?,)+)?
                    $($($access: $crate::aws::fields::tests::Part::sample(change)?,)+)?
                })
            }
        });
    };
    ($kind:ident {
        $(route: [$($route:ident),+ $(,)?] $(,)?)?
        $(access: [$($access:ident),+ $(,)?] $(,)?)?
        other: [$($other:ident),+ $(,)?] $(,)?
    }) => {
        fields!(@struct $kind [$($($route,)+)? $($($access,)+)?] [$($other,)+] {});
    };
    (@struct $kind:ident [$($compared:ident,)*] [$($other:ident,)*] { $($sample:tt)* }) => {
        const _: fn(&$kind) = |part| {
            let $kind { $($compared: _,)* $($other,)* } = part;
            $($crate::aws::fields::is_other($other);)*
            $(const { assert!($crate::aws::fields::is_other_name(stringify!($other))) };)*
        };

        #[cfg(test)]
        impl $crate::aws::fields::tests::Part for $kind {
            $($sample)*

            fn visit(&mut self, _change: &mut $crate::aws::fields::tests::Change) {
                $(_change.at(stringify!($compared), &mut self.$compared);)*
            }
        }
    };
}

#[cfg(test)]
pub(crate) mod tests;
