use std::collections::HashSet;

use super::*;
use crate::config::{Order, TaskKind};
use crate::experiments;

fn drawn(classes: u32, change: impl FnOnce(&mut Config)) -> Result<Stream, StreamError> {
    let mut config = experiments::find("figure1").unwrap().config;
    change(&mut config);
    let (train, test) = (cycled(60_000, classes), cycled(10_000, classes));
    let pool = Pool {
        train: &train,
        test: &test,
        classes,
        side: 28,
    };
    Stream::new(&config, 3, &pool)
}

/// Labels of so many images, the classes in turn.
fn cycled(images: u32, classes: u32) -> Vec<u8> {
    (0..images).map(|i| (i % classes) as u8).collect()
}

fn stream(change: impl FnOnce(&mut Config)) -> Stream {
    drawn(10, change).unwrap()
}

#[test]
fn one_pass_sees_every_sample_once() {
    let s = stream(|_| {});
    assert_eq!(s.steps.len(), 800);
    let mut seen: Vec<u32> = s.steps.iter().flat_map(|s| s.current.clone()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..4000).collect::<Vec<_>>());
    for step in &s.steps {
        assert!(step.current.iter().all(|&x| s.task_of(x) == step.task));
    }
}

#[test]
fn replay_holds_only_what_was_seen_before_the_step() {
    let s = stream(|c| c.glances = 2);
    let mut seen = HashSet::new();
    assert!(s.steps[0].replay.is_empty() && s.steps[1].replay.is_empty());
    for pair in s.steps.chunks(2) {
        for step in pair {
            assert!(step.replay.iter().all(|x| seen.contains(x)));
        }
        let mut again = pair[1].current.clone();
        again.sort_unstable();
        let mut once = pair[0].current.clone();
        once.sort_unstable();
        assert_eq!(once, again);
        seen.extend(once);
    }
    assert!(s.steps[2..].iter().all(|s| s.replay.len() == 5));
}

#[test]
fn the_reservoir_keeps_old_and_new_alike() {
    let s = stream(|_| {});
    // Replay during the last task: its mean task is near the middle of the stream.
    let last = &s.steps[760..];
    let tasks: Vec<f64> = last
        .iter()
        .flat_map(|x| &x.replay)
        .map(|&x| f64::from(s.task_of(x)))
        .collect();
    let mean = tasks.iter().sum::<f64>() / tasks.len() as f64;
    assert!((7.0..12.0).contains(&mean), "{mean}");
}

#[test]
fn angles_lie_in_their_intervals_and_images_are_distinct() {
    let s = stream(|_| {});
    for (t, task) in s.tasks.iter().enumerate() {
        assert!((t as f64 * 9.0..(t + 1) as f64 * 9.0).contains(&task.view.angle));
        assert_eq!((task.training.len(), task.evaluation.len()), (200, 500));
    }
    let mut all: Vec<u32> = s.tasks.iter().flat_map(|t| t.training.clone()).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 4000);
}

#[test]
fn one_knob_does_not_move_another_purposes_draws() {
    let a = stream(|_| {});
    let b = stream(|c| c.replay = 3);
    assert_eq!(a.tasks, b.tasks);
    assert!(
        a.steps
            .iter()
            .zip(&b.steps)
            .all(|(a, b)| a.current == b.current)
    );
    assert_ne!(a.digest(), b.digest());
}

#[test]
fn a_ragged_last_batch_is_kept() {
    let s = stream(|c| c.samples_per_task = 12);
    let sizes: Vec<usize> = s.steps[..3].iter().map(|s| s.current.len()).collect();
    assert_eq!(sizes, [5, 5, 2]);
}

#[test]
fn too_few_images_are_named() {
    let config = experiments::find("figure1").unwrap().config;
    let pool = Pool {
        train: &[0; 100],
        test: &[0; 10_000],
        classes: 10,
        side: 28,
    };
    let e = Stream::new(&config, 0, &pool).unwrap_err();
    assert_eq!(
        e.to_string(),
        "each task asks for 200 training images, but the data set has only 100"
    );
}

#[test]
fn permuted_tasks_have_a_permutation_each_and_differ_in_nothing_else() {
    let s = stream(|c| c.stream = TaskKind::Permuted);
    let rotated = stream(|_| {});
    assert_eq!(s.steps, rotated.steps);
    let mut met = HashSet::new();
    for (task, other) in s.tasks.iter().zip(&rotated.tasks) {
        assert_eq!((task.view.angle, task.view.classes), (0.0, None));
        assert_eq!(task.training, other.training);
        assert_eq!(task.evaluation, other.evaluation);
        let permutation = task.view.permutation.clone().unwrap();
        let mut sorted = permutation.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..784).collect::<Vec<_>>());
        assert!(met.insert(permutation));
    }
    assert_ne!(s.digest(), rotated.digest());
}

/// Every class has its task, and a task only images of its own, as many of each as can be.
#[test]
fn tasks_by_classes_share_them_out() {
    for (classes, tasks) in [(10, 5), (10, 3), (10, 10), (47, 4), (62, 31), (2, 1)] {
        let s = drawn(classes, |c| {
            (c.stream, c.tasks) = (TaskKind::Classes, tasks);
            c.evaluation_images = 160;
        })
        .unwrap();
        let mut met = HashSet::new();
        for task in &s.tasks {
            let of = task.view.classes.unwrap();
            assert!([classes / tasks, classes.div_ceil(tasks)].contains(&of.count()));
            assert!(of.classes().all(|c| c < classes && met.insert(c)));
            assert_eq!((task.training.len(), task.evaluation.len()), (200, 160));
            for images in [&task.training, &task.evaluation] {
                assert_eq!(images.iter().collect::<HashSet<_>>().len(), images.len());
                // The classes come in turn, from whichever end one counts.
                let taken = |n: usize| {
                    let shown = |class| {
                        images[..n]
                            .iter()
                            .filter(|&&i| i % classes == class)
                            .count()
                    };
                    of.classes().map(shown).collect::<Vec<_>>()
                };
                for n in [7, 100, images.len()] {
                    let shares = taken(n);
                    assert_eq!(shares.iter().sum::<usize>(), n);
                    assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
                }
            }
        }
        assert_eq!(met.len(), classes as usize);
    }
    let of = |seed| {
        let config = Config {
            stream: TaskKind::Classes,
            tasks: 5,
            ..Config::default()
        };
        let views = views(&config, seed, 28, 10, [60_000, 10_000]).unwrap();
        views
            .iter()
            .map(|v| v.classes.unwrap().words()[0])
            .collect::<Vec<_>>()
    };
    assert_ne!(of(0), of(1));
}

#[test]
fn learned_items_of_tasks_by_classes_are_their_own() {
    let s = stream(|c| {
        (c.stream, c.tasks) = (TaskKind::Classes, 5);
        (c.evaluate_on, c.evaluation_images) = (EvaluateOn::Learned, 11);
    });
    for task in &s.tasks {
        assert_eq!(task.evaluation, task.training[..11]);
    }
}

#[test]
fn classes_too_few_for_the_tasks_are_named() {
    let of = |classes, tasks, own_heads| {
        let change = |c: &mut Config| {
            (c.stream, c.tasks, c.own_heads) = (TaskKind::Classes, tasks, own_heads);
        };
        drawn(classes, change).err().map(|e| e.to_string())
    };
    assert_eq!(of(10, 10, false), None);
    assert_eq!(of(10, 5, true), None);
    let said = of(10, 11, false).unwrap();
    assert!(
        said.contains("11 tasks with at least 1 classes each"),
        "{said}"
    );
    let said = of(10, 6, true).unwrap();
    assert!(said.contains("at least 2 classes each"), "{said}");
    // One class with fewer images than its share.
    let mut train = cycled(60_000, 10);
    train
        .iter_mut()
        .filter(|l| **l == 4)
        .skip(30)
        .for_each(|l| *l = 5);
    let pool = Pool {
        train: &train,
        test: &cycled(10_000, 10),
        classes: 10,
        side: 28,
    };
    let config = Config {
        stream: TaskKind::Classes,
        tasks: 5,
        ..Config::default()
    };
    let error = Stream::new(&config, 0, &pool).unwrap_err();
    let expected = StreamError::TooFewOfClass {
        which: "training",
        class: 4,
        wanted: 100,
        held: 30,
    };
    assert_eq!(error, expected);
}

#[test]
fn mixed_order_sees_every_sample_once_and_every_task_everywhere() {
    let kinds = [
        (TaskKind::Rotated, 20),
        (TaskKind::Permuted, 20),
        (TaskKind::Classes, 5),
    ];
    for (kind, tasks) in kinds {
        let of = |order| {
            stream(|c| {
                (c.stream, c.tasks, c.order) = (kind, tasks, order);
                c.samples_per_task = 202;
            })
        };
        let (mixed, sequential) = (of(Order::Mixed), of(Order::Sequential));
        assert_eq!(mixed.tasks, sequential.tasks);
        assert_eq!(mixed.steps.len(), sequential.steps.len());
        let shape = |s: &Stream| -> Vec<_> {
            let steps = s.steps.iter();
            steps
                .map(|s| (s.task, s.current.len(), s.replay.len()))
                .collect()
        };
        assert_eq!(shape(&mixed), shape(&sequential));
        let mut seen: Vec<u32> = mixed.steps.iter().flat_map(|s| s.current.clone()).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..202 * tasks).collect::<Vec<_>>());
        // Each stretch, as long as a task, meets nearly all of them.
        for stretch in 0..tasks {
            let steps = mixed.steps.iter().filter(|s| s.task == stretch);
            let met: HashSet<u32> = steps
                .flat_map(|s| &s.current)
                .map(|&x| mixed.task_of(x))
                .collect();
            assert!(met.len() as u32 > tasks - 2, "{kind:?}, {stretch}: {met:?}");
        }
    }
}

#[test]
fn heads_of_their_own_answer_among_their_tasks_classes() {
    let with = |own_heads| {
        stream(|c| (c.stream, c.tasks, c.own_heads) = (TaskKind::Classes, 5, own_heads))
    };
    let (own, shared) = (with(true), with(false));
    assert_eq!(own.tasks, shared.tasks);
    for task in 0..5 {
        assert_eq!(own.among(task), own.tasks[task as usize].view.classes);
        assert_eq!(shared.among(task), None);
    }
    assert_eq!(own.among(5), None);
}
