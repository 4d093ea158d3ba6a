//! The same work on every element of a list: on all cores where there are several, in the list's order.

/// What the work makes of each element, with its place.
pub fn each<T: Sync, R: Send>(list: &[T], work: impl Fn(usize, &T) -> R + Send + Sync) -> Vec<R> {
    let work = |(place, element): (usize, &T)| work(place, element);
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        list.par_iter().enumerate().map(work).collect()
    }
    #[cfg(target_arch = "wasm32")]
    {
        list.iter().enumerate().map(work).collect()
    }
}

/// The same of elements that the work changes.
pub fn each_mut<T: Send, R: Send>(
    list: &mut [T],
    work: impl Fn(&mut T) -> R + Send + Sync,
) -> Vec<R> {
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        list.par_iter_mut().map(work).collect()
    }
    #[cfg(target_arch = "wasm32")]
    {
        list.iter_mut().map(work).collect()
    }
}
