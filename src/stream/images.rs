//! Which images a task has: drawn without repetition within a task, of all classes as they come or of the
//! task's own in equal shares.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Purpose, StreamError, random};
use crate::config::{Config, TaskKind};
use crate::data::{ClassSet, Pool};

/// Where tasks get their images from.
pub(super) struct Images {
    training: Set,
    evaluation: Set,
}

impl Images {
    pub(super) fn new(config: &Config, seed: u32, pool: &Pool<'_>) -> Self {
        let set = |which, purpose, labels: &[u8], hand| {
            let rng = random(seed, purpose);
            let (whole, by_class) = match config.stream {
                TaskKind::Classes => (0, of_classes(labels, pool.classes)),
                TaskKind::Rotated | TaskKind::Permuted => (labels.len() as u32, Vec::new()),
            };
            Set {
                which,
                hand,
                deck: Deck::new(rng, (0..whole).collect()),
                by_class,
            }
        };
        let (training, evaluation) = (Purpose::TrainingImages, Purpose::EvaluationImages);
        Self {
            training: set("training", training, pool.train, config.samples_per_task),
            evaluation: set("test", evaluation, pool.test, config.evaluation_images),
        }
    }

    /// The next task's training images, of some classes or of all.
    pub(super) fn training(&mut self, of: Option<ClassSet>) -> Result<Vec<u32>, StreamError> {
        self.training.deal(of)
    }

    /// The next task's evaluation images out of the test set.
    pub(super) fn evaluation(&mut self, of: Option<ClassSet>) -> Result<Vec<u32>, StreamError> {
        self.evaluation.deal(of)
    }
}

/// For each class the images of it.
fn of_classes(labels: &[u8], classes: u32) -> Vec<Vec<u32>> {
    let mut by_class = vec![Vec::new(); classes as usize];
    for (i, &label) in (0..).zip(labels) {
        if let Some(images) = by_class.get_mut(usize::from(label)) {
            images.push(i);
        }
    }
    by_class
}

/// Training or test images.
struct Set {
    which: &'static str,
    /// Images of each task.
    hand: u32,
    /// All of them; empty where tasks have classes.
    deck: Deck,
    /// For each class its images, until the task that has it takes them; empty where tasks have all classes.
    by_class: Vec<Vec<u32>>,
}

impl Set {
    fn deal(&mut self, of: Option<ClassSet>) -> Result<Vec<u32>, StreamError> {
        match of {
            None => Ok(self.deck.deal(self.hand)),
            Some(classes) => self.deal_of(classes),
        }
    }

    /// Deals images of some classes, one of each in turn, so that as many as one takes from the beginning
    /// are in shares as equal as can be. Of each class what it needs is drawn together.
    fn deal_of(&mut self, classes: ClassSet) -> Result<Vec<u32>, StreamError> {
        let count = classes.count().max(1);
        let mut hands = Vec::new();
        for (place, class) in (0..).zip(classes.classes()) {
            let held = self.by_class.get_mut(class as usize);
            let cards = held.map(std::mem::take).unwrap_or_default();
            // The first classes have the images that are left over.
            let wanted = self.hand / count + u32::from(place < self.hand % count);
            if wanted as usize > cards.len() {
                return Err(StreamError::TooFewOfClass {
                    which: self.which,
                    class,
                    wanted,
                    held: cards.len() as u32,
                });
            }
            self.deck.renew(cards);
            hands.push(self.deck.deal(wanted).into_iter());
        }
        let mut dealt = Vec::with_capacity(self.hand as usize);
        while (dealt.len() as u32) < self.hand {
            let before = dealt.len();
            dealt.extend(hands.iter_mut().filter_map(Iterator::next));
            if dealt.len() == before {
                break;
            }
        }
        Ok(dealt)
    }
}

/// Deals indices without replacement; when too few are left for a hand, all are shuffled anew. So one
/// stream repeats no image while the data set lasts, and no task ever does.
struct Deck {
    rng: ChaCha8Rng,
    cards: Vec<u32>,
    dealt: usize,
}

impl Deck {
    fn new(rng: ChaCha8Rng, cards: Vec<u32>) -> Self {
        Self {
            rng,
            cards,
            dealt: 0,
        }
    }

    /// Takes other cards; the generator goes on.
    fn renew(&mut self, cards: Vec<u32>) {
        (self.cards, self.dealt) = (cards, 0);
    }

    fn deal(&mut self, hand: u32) -> Vec<u32> {
        if self.dealt + hand as usize > self.cards.len() {
            self.dealt = 0;
        }
        let start = self.dealt;
        // Fisher and Yates, as far as this hand goes.
        for i in start..start + hand as usize {
            let j = self.rng.random_range(i as u32..self.cards.len() as u32) as usize;
            self.cards.swap(i, j);
        }
        self.dealt += hand as usize;
        self.cards[start..self.dealt].to_vec()
    }
}
