//! Items by some segments of their paths.
//!
//! Each set of positions that is looked up has a table, so that a lookup takes the same time however
//! many items there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

/// Position of a segment in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SegmentPosition {
    FromLeft(usize),
    FromRight(usize),
}

impl SegmentPosition {
    /// Index of the segment among so many.
    pub(crate) fn index(self, count: usize) -> usize {
        match self {
            Self::FromLeft(at) => at,
            Self::FromRight(at) => count - 1 - at,
        }
    }
}

/// Sorted items in lists, by the key of each list.
type ItemLists<K, T> = BTreeMap<K, BTreeSet<T>>;

/// Items by their segments at some positions.
type SegmentTable<'a, S, K, T> = HashMap<Vec<&'a S>, ItemLists<K, T>>;

/// Items whose paths have one shape, by the segments that were looked up.
pub(crate) struct SegmentIndex<'a, S: ?Sized, K, T> {
    items: Vec<IndexedItem<'a, S, K, T>>,
    tables: BTreeMap<Vec<SegmentPosition>, SegmentTable<'a, S, K, T>>,
}

struct IndexedItem<'a, S: ?Sized, K, T> {
    segments: Vec<&'a S>,
    key: K,
    item: T,
}

impl<S: ?Sized, K, T> Default for SegmentIndex<'_, S, K, T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            tables: BTreeMap::new(),
        }
    }
}

impl<'a, S: ?Sized + Eq + Hash, K: Clone + Ord, T: Copy + Ord> SegmentIndex<'a, S, K, T> {
    /// Adds an item to the list of the key.
    pub(crate) fn insert(&mut self, segments: Vec<&'a S>, key: K, item: T) {
        let indexed = IndexedItem {
            segments,
            key,
            item,
        };
        for (positions, table) in &mut self.tables {
            indexed.add_to(table, positions);
        }
        self.items.push(indexed);
    }

    /// Lists of the items that have the path's segments at the positions.
    pub(crate) fn lists<'m>(
        &'m mut self,
        positions: Vec<SegmentPosition>,
        path: &[&'m S],
    ) -> Option<&'m ItemLists<K, T>> {
        let segments = segments_at(path, &positions);
        let items = &self.items;
        let table: &SegmentTable<'_, S, K, T> =
            self.tables
                .entry(positions)
                .or_insert_with_key(|positions| {
                    let mut table = SegmentTable::new();
                    items
                        .iter()
                        .for_each(|item| item.add_to(&mut table, positions));
                    table
                });
        table.get(&segments)
    }
}

impl<'a, S: ?Sized + Eq + Hash, K: Clone + Ord, T: Copy + Ord> IndexedItem<'a, S, K, T> {
    fn add_to(&self, table: &mut SegmentTable<'a, S, K, T>, positions: &[SegmentPosition]) {
        let lists = table.entry(segments_at(&self.segments, positions));
        let list = lists.or_default().entry(self.key.clone());
        list.or_default().insert(self.item);
    }
}

fn segments_at<'s, S: ?Sized>(path: &[&'s S], positions: &[SegmentPosition]) -> Vec<&'s S> {
    let segments = positions.iter();
    segments.map(|at| path[at.index(path.len())]).collect()
}

#[cfg(test)]
mod tests {
    use super::SegmentPosition::{FromLeft, FromRight};
    use super::*;

    fn found(
        index: &mut SegmentIndex<'_, str, char, usize>,
        positions: &[SegmentPosition],
        path: &str,
    ) -> Vec<(char, Vec<usize>)> {
        let path: Vec<&str> = path.split('/').collect();
        let lists = index.lists(positions.to_vec(), &path).into_iter().flatten();
        lists
            .map(|(key, list)| (*key, list.iter().copied().collect()))
            .collect()
    }

    #[test]
    fn items_are_found_by_the_segments_at_the_positions() {
        let mut index = SegmentIndex::default();
        for (path, key, item) in [
            ("a/x/c", 'k', 3),
            ("a/y/d", 'k', 1),
            ("b/x/c", 'k', 2),
            ("a/z/c", 'j', 4),
        ] {
            index.insert(path.split('/').collect(), key, item);
        }
        assert_eq!(
            found(&mut index, &[FromLeft(0)], "a"),
            [('j', vec![4]), ('k', vec![1, 3])]
        );
        assert_eq!(
            found(&mut index, &[FromLeft(0), FromRight(0)], "b/q/r/c"),
            [('k', vec![2])]
        );
        assert_eq!(found(&mut index, &[FromLeft(1)], "a/q"), []);
        let all = [('j', vec![4]), ('k', vec![1, 2, 3])];
        assert_eq!(found(&mut index, &[], ""), all);
    }

    #[test]
    fn an_item_is_added_to_the_tables_that_were_looked_up_before() {
        let mut index = SegmentIndex::default();
        index.insert(vec!["a"], 'k', 1);
        assert_eq!(found(&mut index, &[FromRight(0)], "a"), [('k', vec![1])]);
        index.insert(vec!["a"], 'k', 0);
        assert_eq!(found(&mut index, &[FromRight(0)], "a"), [('k', vec![0, 1])]);
    }
}
