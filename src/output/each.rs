//! Going through a list on however many threads the caller likes.
//!
//! Not here: the threads themselves (`pipeline`, `cli`).

use std::sync::OnceLock;

/// How to go through a list of `n` things: calls the function once with each of `0..n`, in any order and on any
/// threads, and returns when all is done. It keeps the choice of threads with the caller.
pub type Each<'a> = &'a (dyn Fn(usize, &(dyn Fn(usize) + Sync)) + Sync);

/// The plainest `Each`: in order, on this thread.
pub fn one_by_one(n: usize, each: &(dyn Fn(usize) + Sync)) {
    (0..n).for_each(each);
}

/// Files that are gone through in one go: enough to be worth a thread's while.
pub(super) const AT_ONCE: usize = 128;

/// What comes of each chunk of a list, in order.
pub(super) fn by_chunks<'l, T: Sync, R: Send + Sync>(
    list: &'l [T],
    size: usize,
    each: Each,
    make: &(dyn Fn(&'l [T]) -> R + Sync),
) -> Vec<R> {
    let chunks: Vec<&[T]> = list.chunks(size).collect();
    let made: Vec<OnceLock<R>> = chunks.iter().map(|_| OnceLock::new()).collect();
    each(chunks.len(), &|index| {
        if let (Some(chunk), Some(made)) = (chunks.get(index), made.get(index)) {
            made.get_or_init(|| make(chunk));
        }
    });
    made.into_iter().filter_map(OnceLock::into_inner).collect()
}
