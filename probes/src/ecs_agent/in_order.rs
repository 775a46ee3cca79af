//! Sorting few things.

/// The items in their order. For a thousand at most: the general sort of the standard library adds
/// five kilobytes to the program for each type.
pub(super) fn in_order<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut sorted = Vec::new();
    for item in items {
        let place = sorted.partition_point(|other| *other <= item);
        sorted.insert(place, item);
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_comes_first() {
        assert_eq!(in_order([3, 1, 2, 1]), [1, 1, 2, 3]);
        assert!(in_order::<u8>([]).is_empty());
    }
}
