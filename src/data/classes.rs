//! Sets of classes, and what a stream is drawn from.

use super::Dataset;

/// Some of a data set's classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClassSet(u64);

impl ClassSet {
    /// Whether it has a class; it has none from 64 on.
    pub fn contains(self, class: u32) -> bool {
        self.0.checked_shr(class).is_some_and(|bits| bits & 1 == 1)
    }

    /// Its classes, ascending.
    pub fn classes(self) -> impl Iterator<Item = u32> {
        (0..u64::BITS).filter(move |&class| self.contains(class))
    }

    /// How many it has.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// As bits, class 0's the lowest of the first word.
    pub fn words(self) -> [u32; 2] {
        [self.0 as u32, (self.0 >> 32) as u32]
    }

    /// Of the numbers of its classes the largest one's index, the first of equals; 0 where there is none.
    pub fn argmax<T: PartialOrd>(self, values: &[T]) -> usize {
        let mine = (0..values.len()).filter(|&i| self.contains(i as u32));
        let better = |best: usize, i: usize| if values[i] > values[best] { i } else { best };
        mine.reduce(better).unwrap_or(0)
    }
}

impl FromIterator<u32> for ClassSet {
    /// Classes from 64 on, which no data set has, are left out.
    fn from_iter<I: IntoIterator<Item = u32>>(classes: I) -> Self {
        let bits = classes.into_iter().filter_map(|c| 1_u64.checked_shl(c));
        Self(bits.fold(0, |all, bit| all | bit))
    }
}

/// What a stream is drawn from: how many images there are, what they show, and how large they are.
#[derive(Clone, Copy, Debug)]
pub struct Pool<'a> {
    /// For each training image its class.
    pub train: &'a [u8],
    /// For each test image its class.
    pub test: &'a [u8],
    /// Classes that labels tell apart.
    pub classes: u32,
    /// Pixels of an image's side.
    pub side: u32,
}

impl Dataset {
    /// What streams are drawn from.
    pub fn pool(&self) -> Pool<'_> {
        Pool {
            train: &self.train.labels,
            test: &self.test.labels,
            classes: self.info.classes,
            side: self.info.side,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_its_classes_and_no_others() {
        let set: ClassSet = [61, 0, 33, 0, 64, 200].into_iter().collect();
        assert_eq!(set.classes().collect::<Vec<_>>(), [0, 33, 61]);
        assert_eq!((set.count(), set.words()), (3, [1, 1 << 1 | 1 << 29]));
        assert!(!set.contains(1) && !set.contains(64) && !set.contains(u32::MAX));
        assert_eq!(ClassSet::default().count(), 0);
    }

    #[test]
    fn the_largest_is_looked_for_among_its_classes() {
        let set: ClassSet = [1, 3, 4].into_iter().collect();
        assert_eq!(set.argmax(&[9.0, 1.0, 8.0, 2.0, 2.0, 7.0]), 3);
        assert_eq!(set.argmax(&[9.0, -1.0]), 1);
        assert_eq!(ClassSet::default().argmax(&[1.0]), 0);
    }
}
