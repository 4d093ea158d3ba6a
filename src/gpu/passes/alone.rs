//! The same list with every stage in dispatches of its own: what stages inner_steps, meta_sweeps and
//! second_order walk through in one. Networks so wide that one workgroup is too few for a lane go this way,
//! and tests.

use super::{Dispatch, dense_groups};
use crate::gpu::kernels::{self as k, Pass, Stage, work};

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
    let inner = dispatch.passes.first().map_or(0, |p| p.inner);
    let steps = (0..inner).flat_map(|sweep| {
        dispatch.passes.iter().map(move |&pass| Pass {
            sweep,
            column: sweep,
            taken: sweep,
            columns: 1,
            ..pass
        })
    });
    steps
        .map(|pass| one(pass, pass.columns, dispatch.groups[2]))
        .collect()
}

fn meta_sweeps(dispatch: &Dispatch) -> Vec<Dispatch> {
    let inner = dispatch.passes.first().map_or(0, |p| p.inner);
    let sweeps = (1..=inner).flat_map(|sweep| {
        dispatch.passes.iter().map(move |&pass| Pass {
            sweep,
            taken: sweep,
            ..pass
        })
    });
    sweeps
        .map(|pass| one(pass, pass.columns, dispatch.groups[2]))
        .collect()
}

fn second_order(dispatch: &Dispatch) -> Vec<Dispatch> {
    let inner = dispatch.passes.first().map_or(0, |p| p.inner);
    let steps = (0..inner).rev().flat_map(|taken| {
        dispatch.passes.iter().map(move |&pass| match pass.work {
            work::DENSE => Pass {
                taken,
                column: inner + taken,
                ..pass
            },
            _ => Pass {
                taken,
                column: taken,
                ..pass
            },
        })
    });
    steps.map(|pass| one(pass, 1, dispatch.groups[2])).collect()
}

/// One record's stage by itself, for so many columns.
fn one(pass: Pass, columns: u32, lanes: u32) -> Dispatch {
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
        passes: vec![pass],
        groups,
    }
}
