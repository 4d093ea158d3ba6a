//! The way back through the inner steps in second order, record by record: see shaders/second_order.wgsl.

use super::Writer;
use crate::gpu::layout::pad;
use crate::gpu::records::{Matrix, Node, Pass, work};
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
            matrix: Matrix {
                target_at: self.at.acts_base + target_at,
                adds: is_begun.into(),
                ..Matrix::default()
            },
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
            let mut pass = self.layer(l);
            pass.work = work::COMPETE_ALONG;
            pass.node.dots_at = offsets.act_dots;
            list.push(pass);
        }
        for (h, offsets) in self.at.heads.iter().enumerate() {
            let matrices: Vec<usize> = self.model.into_head(h).collect();
            let head = Pass {
                units: offsets.units,
                units_pad: pad(offsets.units),
                node: Node {
                    pre_activation_at: self.at.acts_base + offsets.logits[0],
                    deltas_at: offsets.deltas,
                    dots_at: offsets.delta_dots,
                    ..Node::default()
                },
                ..self.pass()
            };
            self.along(&matrices, offsets.logits[0], head, &mut list);
            list.push(Pass {
                work: work::SOFTMAX_ALONG,
                ..head
            });
        }
        for l in (0..self.model.layers.len()).rev() {
            self.layer_gradient(l, &mut list);
            let mut pass = self.layer(l);
            pass.work = work::TERMS_BACK;
            list.push(self.terms_above(l, pass));
            let mut pass = self.layer(l);
            pass.work = work::COMPETE_BACK_ALONG;
            pass.node.dots_at = self.at.layers[l].delta_dots;
            list.push(pass);
        }
        list
    }
}
