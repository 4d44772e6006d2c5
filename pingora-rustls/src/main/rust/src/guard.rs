// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! The border: panics stay on this side, addresses and lengths become slices.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice;

/// Runs `work`; a panic becomes `otherwise`.
pub fn guarded<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(otherwise)
}

/// The octets that Java points to.
///
/// # Safety
/// `address` is that of `length` readable octets which nobody writes to during `'a`, or `length`
/// is 0.
pub unsafe fn octets<'a>(address: *const u8, length: i64) -> &'a [u8] {
    if length <= 0 || address.is_null() {
        return &[];
    }
    slice::from_raw_parts(address, length as usize)
}

/// The room that Java points to.
///
/// # Safety
/// `address` is that of `length` writable octets which nobody else touches during `'a`, or `length`
/// is 0.
pub unsafe fn room<'a>(address: *mut u8, length: i64) -> &'a mut [u8] {
    if length <= 0 || address.is_null() {
        return &mut [];
    }
    slice::from_raw_parts_mut(address, length as usize)
}

/// Copies as much of `from` as there is room for; says how long it is.
pub fn put(from: &[u8], into: &mut [u8]) -> i64 {
    let copied = from.len().min(into.len());
    into[..copied].copy_from_slice(&from[..copied]);
    from.len() as i64
}
