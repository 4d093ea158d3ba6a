//! One piece of an evaluation: some images of one task forward, under every lesion, and what is counted of
//! them.

use super::{Dispatch, Lanes, Writer};
use crate::gpu::kernels::{self as k, EVALUATED, THREADS};
use crate::gpu::layout::{Layout, pad};
use crate::gpu::records::{Evaluated, Pass};
use crate::model::{Lesion, Model, Rule};

/// The counters of one task of one lane: correct answers for each head and lesion, then active units
/// for each layer.
pub fn counters(model: &Model) -> u32 {
    (model.heads.len() * model.lesions().len() + model.layers.len()) as u32
}

/// Columns that a thread of stage dense_tiles makes: fewer take as long.
pub const TILE: u32 = 8;

/// What of an evaluation is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The task that the images are of, from 0.
    pub task: u32,
    /// Images of each seed.
    pub columns: u32,
    /// Entry of the first seed's first image.
    pub entry_at: u32,
    /// Entries from one seed to the next: images of each task.
    pub per_task: u32,
}

/// Evaluates a piece of one task, into that task's counters.
pub fn evaluate(
    model: &Model,
    rule: &Rule,
    at: &Layout,
    lanes: Lanes,
    piece: Piece,
    gathered: bool,
) -> Vec<Dispatch> {
    let Piece {
        task,
        columns,
        entry_at,
        per_task: images,
    } = piece;
    let mut w = Writer::new(model, rule, at, lanes);
    w.wave.entry_at = entry_at;
    w.wave.entry_seed = images;
    w.wave.columns = columns;
    let per_task = counters(model);
    w.wave.counters_lane = per_task * lanes.tasks;
    let counter_at = task * per_task;
    w.inputs(gathered);
    // Of stages whose workgroups have several columns.
    let groups = [columns.div_ceil(EVALUATED), 1, lanes.lanes];
    for l in 0..model.layers.len() {
        if let Some(pass) = w.layer_product(l) {
            w.dense_tiles(columns, pass);
        }
        let pass = w.competition(l);
        w.push(&k::COMPETE_COLUMNS, groups, pass);
    }
    let lesions = model.lesions();
    if let (Some(silenced), Some([left, _])) = (at.silenced, model.pathway_layers()) {
        let mut pass = w.layer(left);
        pass.evaluated.silenced_at = at.acts_base + silenced;
        let groups = [pass.units.div_ceil(THREADS), columns, lanes.lanes];
        w.push(&k::SILENCE, groups, pass);
    }
    for (h, head) in at.heads.iter().enumerate() {
        let matrices: Vec<usize> = model.into_head(h).collect();
        for (&m, &logits) in matrices.iter().zip(&head.logits) {
            let pass = w.product(m, logits, false, false);
            w.dense_tiles(columns, pass);
        }
        if let (Some(silenced), Some(&logits)) = (at.silenced, head.logits.last()) {
            let mut pass = w.product(matrices[0], logits, false, false);
            pass.source.at = at.acts_base + silenced;
            w.dense_tiles(columns, pass);
        }
        for (i, lesion) in lesions.iter().enumerate() {
            let all = &head.logits[..];
            let kept = match lesion {
                Lesion::Intact => &all[..matrices.len()],
                Lesion::WithoutL => &all[1..2],
                Lesion::WithoutR => &all[..1],
                Lesion::WithoutSomeL => &all[1..],
            };
            // A head has one product or two; the shader reads so many.
            let product = |i: usize| at.acts_base + kept.get(i).map_or(0, |&logits| logits);
            let pass = Pass {
                units: head.units,
                units_pad: pad(head.units),
                head: h as u32,
                evaluated: Evaluated {
                    product_at: [product(0), product(1)],
                    products: kept.len() as u32,
                    counter_at: counter_at + (h * lesions.len() + i) as u32,
                    ..Evaluated::default()
                },
                ..w.pass()
            };
            w.push(&k::SCORE, groups, pass);
        }
    }
    for l in 0..model.layers.len() {
        let counter_at = counter_at + (model.heads.len() * lesions.len() + l) as u32;
        let offsets = &at.layers[l];
        let pass = Pass {
            evaluated: Evaluated {
                counter_at,
                centre_at: offsets.centre,
                spread_at: offsets.spread,
                codes_at: offsets.codes,
                ..Evaluated::default()
            },
            ..w.layer(l)
        };
        w.push(&k::COUNT, groups, pass);
        w.push(&k::STANDARDIZE, groups, pass);
        let units = [(pass.units + 1).div_ceil(THREADS), 1, lanes.lanes];
        w.push(&k::POOL, units, pass);
    }
    w.list
}
