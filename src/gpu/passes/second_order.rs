//! The way back through the inner steps in second order, record by record: see shaders/second_order.wgsl.

use super::Writer;
use crate::gpu::kernels::{self as k, Pass, work};
use crate::gpu::layout::pad;
use crate::model::Source;

impl Writer<'_> {
    /// A product's derivative: W u', and then what the adjoint adds to it.
    fn along(&self, matrices: &[usize], target_at: u32, node: Pass, list: &mut Vec<Pass>) {
        let mut is_begun = false;
        for &m in matrices {
            // The images stay as they are.
            if self.model.matrices[m].source != Source::Input {
                list.push(self.product(m, target_at, true, is_begun));
                is_begun = true;
            }
        }
        let pass = Pass {
            work: work::TERMS,
            target_at: self.at.acts_base + target_at,
            flags: self.common.flags | if is_begun { k::FLAG_ADD } else { 0 },
            ..node
        };
        let dots: Vec<_> = matrices.iter().map(|&m| (self.source_dots(m), m)).collect();
        list.push(self.terms(&dots, pass));
    }

    /// What takes one inner step's derivatives through the network and back.
    pub(super) fn second_order(&self) -> Vec<Pass> {
        let mut list = Vec::new();
        for (l, offsets) in self.at.layers.iter().enumerate() {
            let matrix = self.model.layers[l].matrix;
            self.along(&[matrix], offsets.acts, self.layer(l), &mut list);
            list.push(Pass {
                work: work::COMPETE_ALONG,
                dots_at: offsets.act_dots,
                ..self.layer(l)
            });
        }
        for (h, offsets) in self.at.heads.iter().enumerate() {
            let matrices: Vec<usize> = self.model.into_head(h).collect();
            let node = Pass {
                units: offsets.units,
                units_pad: pad(offsets.units),
                deltas_at: offsets.deltas,
                ..self.common
            };
            self.along(&matrices, offsets.logits[0], node, &mut list);
            list.push(Pass {
                work: work::SOFTMAX_ALONG,
                pre_activation_at: self.at.acts_base + offsets.logits[0],
                dots_at: offsets.delta_dots,
                ..node
            });
        }
        for l in (0..self.model.layers.len()).rev() {
            self.layer_gradient(l, &mut list);
            let pass = Pass {
                work: work::TERMS_BACK,
                ..self.layer(l)
            };
            list.push(self.terms_above(l, pass));
            list.push(Pass {
                work: work::COMPETE_BACK_ALONG,
                dots_at: self.at.layers[l].delta_dots,
                ..self.layer(l)
            });
        }
        // The added terms' slots lie where another sweep would.
        for pass in &mut list {
            pass.sweep = self.at.inner + 1;
        }
        list
    }
}
