//! The same list with every stage in dispatches of its own: what stages inner_steps, meta_sweeps and
//! second_order walk through in one. Networks so wide that one workgroup is too few for a lane go this way,
//! and tests.

use super::{Dispatch, dense_groups};
use crate::gpu::kernels::{self as k, Stage};
use crate::gpu::records::{Part, Pass, Wave, work};

/// Takes the lists of walking stages apart; other dispatches stay.
pub fn alone(list: &[Dispatch]) -> Vec<Dispatch> {
    list.iter()
        .flat_map(|dispatch| match dispatch.stage.name {
            "inner_steps" => inner_steps(dispatch),
            "meta_sweeps" => meta_sweeps(dispatch),
            "second_order" => second_order(dispatch),
            _ => vec![dispatch.clone()],
        })
        .collect()
}

fn inner_steps(dispatch: &Dispatch) -> Vec<Dispatch> {
    let part = |step: u32| Part {
        sweep: step,
        column: step,
        columns: 1,
        taken: step,
    };
    let parts = (0..dispatch.wave.inner).map(part);
    taken_apart(dispatch, parts, |part, _| part)
}

fn meta_sweeps(dispatch: &Dispatch) -> Vec<Dispatch> {
    let part = |sweep: u32| Part {
        sweep,
        column: 0,
        columns: dispatch.wave.columns,
        taken: sweep,
    };
    let parts = (1..=dispatch.wave.inner).map(part);
    taken_apart(dispatch, parts, |part, _| part)
}

fn second_order(dispatch: &Dispatch) -> Vec<Dispatch> {
    let Wave {
        inner, inner_slots, ..
    } = dispatch.wave;
    let part = |step: u32| Part {
        // The added terms' slots lie where another sweep would.
        sweep: inner_slots + 1,
        column: step,
        columns: 1,
        taken: step,
    };
    let parts = (0..inner).rev().map(part);
    taken_apart(dispatch, parts, |part, work| match work {
        work::DENSE => Part {
            column: inner + part.taken,
            ..part
        },
        _ => part,
    })
}

/// Every record's stage by itself, part after part; `of` a kind of work may have its own.
fn taken_apart(
    dispatch: &Dispatch,
    parts: impl Iterator<Item = Part>,
    of: impl Fn(Part, u32) -> Part + Copy,
) -> Vec<Dispatch> {
    let passes = parts.flat_map(|part| {
        dispatch.passes.iter().map(move |&pass| Pass {
            part: of(part, pass.work),
            ..pass
        })
    });
    passes.map(|pass| one(dispatch, pass)).collect()
}

/// One record's stage by itself.
fn one(walk: &Dispatch, pass: Pass) -> Dispatch {
    let (columns, lanes) = (pass.part.columns, walk.groups[2]);
    let of_columns = |stage: &'static Stage, width: u32| {
        let [blocks, fours, lanes] = dense_groups(width, columns, lanes);
        (stage, [blocks, fours, lanes])
    };
    let (stage, groups): (&'static Stage, _) = match (pass.work, columns) {
        (work::DENSE, 1) => of_columns(&k::DENSE_COLUMN, pass.units),
        (work::DENSE, _) => of_columns(&k::DENSE, pass.units),
        (work::DENSE_BACK, 1) => of_columns(&k::DENSE_BACK_COLUMN, pass.fan_in),
        (work::DENSE_BACK, _) => of_columns(&k::DENSE_BACK, pass.fan_in),
        (work::COMPETE, _) => (&k::COMPETE, [columns, 1, lanes]),
        (work::SOFTMAX, _) => (&k::SOFTMAX, [columns, 1, lanes]),
        (work::TERMS, _) => of_columns(&k::TERMS, pass.units),
        (work::TERMS_BACK, _) => of_columns(&k::TERMS_BACK, pass.units),
        (work::COMPETE_ALONG, _) => (&k::COMPETE_ALONG, [1, 1, lanes]),
        (work::SOFTMAX_ALONG, _) => (&k::SOFTMAX_ALONG, [1, 1, lanes]),
        (work::COMPETE_BACK_ALONG, _) => (&k::COMPETE_BACK_ALONG, [1, 1, lanes]),
        _ => (&k::COMPETE_BACK, [columns, 1, lanes]),
    };
    Dispatch {
        stage,
        wave: walk.wave,
        passes: vec![pass],
        groups,
    }
}
