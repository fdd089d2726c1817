//! An ordered map whose copies share what they have in common: a copy costs nothing, a change to one of two copies a
//! path from the root. So the check can keep the schema before each migration and try out statements.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A height-balanced (AVL) tree of shared nodes.
pub(crate) struct Map<K, V> {
    root: Link<K, V>,
}

type Link<K, V> = Option<Arc<Node<K, V>>>;

struct Node<K, V> {
    /// Shared on its own, so that copying a path copies no values.
    entry: Arc<(K, V)>,
    height: u8,
    left: Link<K, V>,
    right: Link<K, V>,
}

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    /// Puts a value in, in place of the one that is there.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        insert(&mut self.root, Arc::new((key, value)));
    }

    /// Puts a value in unless there is one.
    pub(crate) fn insert_new(&mut self, key: K, value: V) {
        if !self.contains_key(&key) {
            self.insert(key, value);
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        // A path is not copied in vain.
        self.get(key)?;
        let entry = remove(&mut self.root, key)?;
        Some(Arc::unwrap_or_clone(entry).1)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.get(key)?;
        let mut link = &mut self.root;
        loop {
            let node = Arc::make_mut(link.as_mut()?);
            match key.cmp(node.entry.0.borrow()) {
                Ordering::Less => link = &mut node.left,
                Ordering::Greater => link = &mut node.right,
                Ordering::Equal => return Some(&mut Arc::make_mut(&mut node.entry).1),
            }
        }
    }

    /// Changes the value of a key, or the default that is put in if there is none.
    pub(crate) fn change(&mut self, key: K, change: impl FnOnce(&mut V))
    where
        V: Default,
    {
        if let Some(value) = self.get_mut(&key) {
            return change(value);
        }
        let mut value = V::default();
        change(&mut value);
        self.insert(key, value);
    }

    /// Changes every value.
    pub(crate) fn for_each_mut(&mut self, mut change: impl FnMut(&mut V)) {
        for_each_mut(&mut self.root, &mut change);
    }
}

impl<K: Ord, V> Map<K, V> {
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.find(|other| key.cmp(other.borrow()))
    }

    /// The value of the key that `order` calls equal; it tells where what is looked for stands to a key.
    pub(crate) fn find(&self, order: impl Fn(&K) -> Ordering) -> Option<&V> {
        let mut link = &self.root;
        while let Some(node) = link {
            match order(&node.entry.0) {
                Ordering::Less => link = &node.left,
                Ordering::Greater => link = &node.right,
                Ordering::Equal => return Some(&node.entry.1),
            }
        }
        None
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }
}

impl<K: Ord, V> Map<K, V> {
    /// What it has that `other` does not share with it, in order. Of two copies of one map this is what was changed since
    /// then, and costs no more than that.
    pub(crate) fn unshared<'m>(&'m self, other: &Self) -> Vec<(&'m K, &'m V)> {
        let mut found = Vec::new();
        unshared(&self.root, other, &mut found);
        found
    }

    fn node(&self, key: &K) -> Option<&Arc<Node<K, V>>> {
        let mut link = &self.root;
        while let Some(node) = link {
            match key.cmp(&node.entry.0) {
                Ordering::Less => link = &node.left,
                Ordering::Greater => link = &node.right,
                Ordering::Equal => return Some(node),
            }
        }
        None
    }
}

impl<K, V> Map<K, V> {
    /// Keys and values in the order of the keys.
    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        let mut iter = Iter { open: Vec::new() };
        iter.descend(&self.root);
        iter
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

#[cfg(feature = "diff")]
impl<K: Ord, V> Map<K, V> {
    /// Whether both hold the very same entry of a key, unchanged since the one was copied from the other.
    pub(crate) fn shares_entry(&self, other: &Self, key: &K) -> bool {
        match (self.node(key), other.node(key)) {
            (Some(own), Some(others)) => Arc::ptr_eq(&own.entry, &others.entry),
            _ => false,
        }
    }
}

impl<K, V> Map<K, V> {
    pub(crate) fn is_empty(&self) -> bool {
        self.root.is_none()
    }
}

#[cfg(feature = "diff")]
impl<K, V> Map<K, V> {
    /// Whether both are the very same map, unchanged since the one was copied from the other.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.root, &other.root) {
            (Some(own), Some(others)) => Arc::ptr_eq(own, others),
            (None, None) => true,
            _ => false,
        }
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }
}

/// Goes through a [`Map`] in order.
pub(crate) struct Iter<'m, K, V> {
    /// Nodes of which the left side is done.
    open: Vec<&'m Node<K, V>>,
}

impl<'m, K, V> Iter<'m, K, V> {
    fn descend(&mut self, mut link: &'m Link<K, V>) {
        while let Some(node) = link {
            self.open.push(node);
            link = &node.left;
        }
    }
}

impl<'m, K, V> Iterator for Iter<'m, K, V> {
    type Item = (&'m K, &'m V);

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.open.pop()?;
        self.descend(&node.right);
        Some((&node.entry.0, &node.entry.1))
    }
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        Self { root: self.root.clone() }
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self { root: None }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> Self {
        let mut map = Self::default();
        entries.into_iter().for_each(|(key, value)| map.insert(key, value));
        map
    }
}

#[cfg(feature = "resume")]
impl<K: Ord, V> Map<K, V> {
    /// The map of these entries; `None`: their keys do not ascend.
    pub(crate) fn from_ascending(entries: Vec<(K, V)>) -> Option<Self> {
        let ascending = entries.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0));
        let length = entries.len();
        ascending.then(|| Self { root: build(length, &mut entries.into_iter()) })
    }
}

impl<K, V> Node<K, V> {
    /// How much higher the left side is.
    fn slope(&self) -> i16 {
        i16::from(height(&self.left)) - i16::from(height(&self.right))
    }

    fn measure(&mut self) {
        self.height = 1 + height(&self.left).max(height(&self.right));
    }
}

impl<K, V> Clone for Node<K, V> {
    fn clone(&self) -> Self {
        Self { entry: Arc::clone(&self.entry), height: self.height, left: self.left.clone(), right: self.right.clone() }
    }
}

/// A tree of the next `length` entries.
#[cfg(feature = "resume")]
fn build<K, V>(length: usize, entries: &mut impl Iterator<Item = (K, V)>) -> Link<K, V> {
    if length == 0 {
        return None;
    }
    let left = build((length - 1) / 2, entries);
    let entry = Arc::new(entries.next()?);
    let right = build(length - 1 - (length - 1) / 2, entries);
    let mut node = Node { entry, height: 0, left, right };
    node.measure();
    Some(Arc::new(node))
}

fn height<K, V>(link: &Link<K, V>) -> u8 {
    link.as_ref().map_or(0, |node| node.height)
}

/// Whether it is higher now.
fn insert<K: Ord, V>(link: &mut Link<K, V>, entry: Arc<(K, V)>) -> bool {
    let Some(node) = link.as_mut().map(Arc::make_mut) else {
        *link = Some(Arc::new(Node { entry, height: 1, left: None, right: None }));
        return true;
    };
    let before = node.height;
    let grown = match entry.0.cmp(&node.entry.0) {
        Ordering::Less => insert(&mut node.left, entry),
        Ordering::Greater => insert(&mut node.right, entry),
        Ordering::Equal => {
            node.entry = entry;
            false
        }
    };
    if grown {
        balance(link);
    }
    grown && height(link) > before
}

fn remove<K: Borrow<Q>, V, Q: Ord + ?Sized>(link: &mut Link<K, V>, key: &Q) -> Option<Arc<(K, V)>> {
    let node = Arc::make_mut(link.as_mut()?);
    let removed = match key.cmp(node.entry.0.borrow()) {
        Ordering::Less => remove(&mut node.left, key),
        Ordering::Greater => remove(&mut node.right, key),
        Ordering::Equal => match (node.left.take(), node.right.take()) {
            (left, Some(right)) => {
                node.left = left;
                node.right = Some(right);
                let next = remove_first(&mut node.right)?;
                Some(std::mem::replace(&mut node.entry, next))
            }
            (left, None) => {
                let entry = Arc::clone(&node.entry);
                *link = left;
                Some(entry)
            }
        },
    };
    balance(link);
    removed
}

fn remove_first<K, V>(link: &mut Link<K, V>) -> Option<Arc<(K, V)>> {
    let node = Arc::make_mut(link.as_mut()?);
    let first = if node.left.is_some() {
        remove_first(&mut node.left)
    } else {
        let entry = Arc::clone(&node.entry);
        *link = node.right.take();
        Some(entry)
    };
    balance(link);
    first
}

/// Makes both sides of a node of about one height again, after one of them has changed by one.
fn balance<K, V>(link: &mut Link<K, V>) {
    let Some(node) = link.as_mut().map(Arc::make_mut) else { return };
    match node.slope() {
        2.. => {
            if node.left.as_ref().is_some_and(|left| left.slope() < 0) {
                rotate_left(&mut node.left);
            }
            rotate_right(link);
        }
        ..=-2 => {
            if node.right.as_ref().is_some_and(|right| right.slope() > 0) {
                rotate_right(&mut node.right);
            }
            rotate_left(link);
        }
        _ => node.measure(),
    }
}

/// Makes the left node the root.
fn rotate_right<K, V>(link: &mut Link<K, V>) {
    let Some(mut root) = link.take() else { return };
    let node = Arc::make_mut(&mut root);
    let Some(mut left) = node.left.take() else {
        *link = Some(root);
        return;
    };
    let pivot = Arc::make_mut(&mut left);
    node.left = pivot.right.take();
    node.measure();
    pivot.right = Some(root);
    pivot.measure();
    *link = Some(left);
}

/// Makes the right node the root.
fn rotate_left<K, V>(link: &mut Link<K, V>) {
    let Some(mut root) = link.take() else { return };
    let node = Arc::make_mut(&mut root);
    let Some(mut right) = node.right.take() else {
        *link = Some(root);
        return;
    };
    let pivot = Arc::make_mut(&mut right);
    node.right = pivot.left.take();
    node.measure();
    pivot.left = Some(root);
    pivot.measure();
    *link = Some(right);
}

fn for_each_mut<K: Clone, V: Clone>(link: &mut Link<K, V>, change: &mut impl FnMut(&mut V)) {
    let Some(node) = link.as_mut().map(Arc::make_mut) else { return };
    for_each_mut(&mut node.left, change);
    change(&mut Arc::make_mut(&mut node.entry).1);
    for_each_mut(&mut node.right, change);
}

fn unshared<'m, K: Ord, V>(link: &'m Link<K, V>, other: &Map<K, V>, found: &mut Vec<(&'m K, &'m V)>) {
    let Some(node) = link else { return };
    let twin = other.node(&node.entry.0);
    if twin.is_some_and(|twin| Arc::ptr_eq(twin, node)) {
        return;
    }
    unshared(&node.left, other, found);
    if twin.is_none_or(|twin| !Arc::ptr_eq(&twin.entry, &node.entry)) {
        found.push((&node.entry.0, &node.entry.1));
    }
    unshared(&node.right, other, found);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The height of a tree, if it is in order and balanced everywhere.
    fn checked_height<K: Ord, V>(link: &Link<K, V>) -> u8 {
        let Some(node) = link else { return 0 };
        let (left, right) = (checked_height(&node.left), checked_height(&node.right));
        assert!(left.abs_diff(right) <= 1);
        assert_eq!(node.height, 1 + left.max(right));
        node.height
    }

    proptest! {
        #[test]
        fn it_does_what_a_btree_does(steps in prop::collection::vec((0u8..4, 0u8..40), 0..200)) {
            let (mut map, mut model) = (Map::default(), BTreeMap::new());
            let mut copies = Vec::new();
            for (step, (what, key)) in steps.into_iter().enumerate() {
                match what {
                    0 => {
                        map.insert(key, step);
                        model.insert(key, step);
                    }
                    1 => prop_assert_eq!(map.remove(&key), model.remove(&key)),
                    2 => {
                        map.change(key, |value| *value += 1);
                        *model.entry(key).or_default() += 1;
                    }
                    _ => {
                        copies.push((map.clone(), model.clone()));
                        if let Some(value) = map.get_mut(&key) {
                            *value += 1000;
                        }
                        model.entry(key).and_modify(|value| *value += 1000);
                    }
                }
                checked_height(&map.root);
                prop_assert_eq!(map.get(&key), model.get(&key));
            }
            map.for_each_mut(|value| *value += 1);
            model.values_mut().for_each(|value| *value += 1);
            copies.push((map, model));
            for (map, model) in &copies {
                for (other, _) in &copies {
                    let unshared = map.unshared(other);
                    let mut different = map.iter().filter(|(key, value)| other.get(*key) != Some(*value));
                    prop_assert!(different.all(|entry| unshared.contains(&entry)));
                    prop_assert!(unshared.iter().all(|entry| map.iter().any(|other| other == *entry)));
                    prop_assert!(map.unshared(map).is_empty());
                }
                prop_assert!(map.iter().eq(model.iter()));
                prop_assert_eq!(map.is_empty(), model.is_empty());
            }
        }
    }
}
