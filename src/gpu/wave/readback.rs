//! What is read back from the GPU: rates, counts, codes, whole lanes.

use std::borrow::Cow;

use super::transpose::transpose;
use super::{GpuWave, LaneRates};
use crate::gpu::GpuError;
use crate::gpu::layout::{Layout, pad};
use crate::gpu::passes;
use crate::gpu::records::misc;
use crate::model::{LaneState, Model};
use crate::numeric::{codes, cores};

/// Bytes of weights that are read at once.
const PIECE: u64 = 64 << 20;

/// One lane's values from its weights as the GPU lays them.
fn state(model: &Model, at: &Layout, all: &[f32], rates: LaneRates) -> LaneState<f32> {
    let matrices = model.matrices.iter().zip(&at.weights);
    let weights = matrices.map(|(matrix, &offset)| {
        let mut by_units = vec![0.0; matrix.units * matrix.fan_in];
        let by_inputs = &all[offset as usize..];
        let stride = pad(matrix.units as u32) as usize;
        let shape = [matrix.fan_in, matrix.units];
        transpose(by_inputs, stride, &mut by_units, matrix.fan_in, shape);
        by_units
    });
    LaneState {
        weights: weights.collect(),
        alpha: rates.alpha,
        beta: rates.beta,
    }
}

impl GpuWave {
    /// Reads every lane's rates.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn rates(&self) -> Result<Vec<LaneRates>, GpuError> {
        let at = &self.training.at;
        let stride = at.rates_lane as usize;
        let words = self
            .gpu
            .read(
                &self.staging,
                &self.shared.rates,
                0,
                u64::from(self.lanes.lanes) * stride as u64,
            )
            .await?;
        let numbers: &[f32] = bytemuck::cast_slice(&words);
        let matrices = at.matrices as usize;
        Ok(numbers
            .chunks_exact(stride)
            .map(|r| {
                let counted = &r[at.misc()..];
                let diverged = counted[misc::DIVERGED];
                LaneRates {
                    alpha: r[..matrices].to_vec(),
                    beta: r[matrices..matrices + self.model.layers.len()].to_vec(),
                    loss_sum: counted[misc::LOSS_SUM],
                    loss: counted[misc::LOSS],
                    diverged: (diverged > 0.0).then(|| diverged as u32 - 1),
                }
            })
            .collect())
    }

    /// Reads all counts: for each lane, for each task, what [`passes::counters`] says.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn counts(&self) -> Result<Vec<u32>, GpuError> {
        let len = self.lanes.lanes * self.lanes.tasks * passes::counters(&self.model);
        self.gpu
            .read(&self.staging, &self.shared.counters, 0, len.into())
            .await
    }

    /// Reads how alike codes are: for each lane, for each layer, their mean correlation.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn correlations(&self) -> Result<Vec<Vec<Option<f64>>>, GpuError> {
        let at = &self.evaluation.at;
        let len = self.lanes.lanes * at.codes_lane;
        let words = self
            .gpu
            .read(&self.staging, &self.shared.codes, 0, len.into())
            .await?;
        let sums: &[f32] = bytemuck::cast_slice(&words);
        let of_layer = |lane: &[f32], codes: u32, units: u32| {
            let (sum, number) = lane[codes as usize..].split_at(units as usize);
            codes::correlation(sum.iter().map(|&s| s.into()), number[0] as u64)
        };
        Ok(sums
            .chunks_exact(at.codes_lane as usize)
            .map(|lane| {
                let layers = at.layers.iter();
                layers.map(|l| of_layer(lane, l.codes, l.units)).collect()
            })
            .collect())
    }

    /// Reads a lane's values.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn lane(&self, lane: u32) -> Result<LaneState<f32>, GpuError> {
        let len = u64::from(self.training.at.weights_lane);
        let words = self
            .gpu
            .read(
                &self.staging,
                &self.shared.weights,
                u64::from(lane) * len,
                len,
            )
            .await?;
        let rates = self.rates().await?.swap_remove(lane as usize);
        Ok(state(
            &self.model,
            &self.training.at,
            bytemuck::cast_slice(&words),
            rates,
        ))
    }

    /// Reads every lane's values.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn all_lanes(&self) -> Result<Vec<LaneState<f32>>, GpuError> {
        self.each_lane(|_, state| state).await
    }

    /// Reads every lane's values, some lanes at a time, and keeps what `of` makes of a lane (its place in the
    /// wave) and its values: all of them may be more than there is memory for.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn each_lane<T: Send>(
        &self,
        of: impl Fn(usize, LaneState<f32>) -> T + Sync,
    ) -> Result<Vec<T>, GpuError> {
        let len = u64::from(self.training.at.weights_lane);
        let rates = self.rates().await?;
        let at_once = (PIECE / (4 * len).max(1)).clamp(1, rates.len().max(1) as u64);
        let (staging, most) = (&self.staging, at_once * len);
        let (model, at) = (&self.model, &self.training.at);
        let mut all = Vec::with_capacity(rates.len());
        for rates in rates.chunks(at_once as usize) {
            let first = all.len();
            let range = first as u64 * len..(first + rates.len()) as u64 * len;
            let of_piece = |bytes: &[u8]| {
                // A browser hands bytes out where it likes.
                let words = bytemuck::try_cast_slice(bytes).map_or_else(
                    |_| Cow::Owned(bytemuck::pod_collect_to_vec(bytes)),
                    Cow::Borrowed,
                );
                cores::each(rates, |i, rates| {
                    let weights: &[f32] = &words[i * len as usize..][..len as usize];
                    of(first + i, state(model, at, weights, rates.clone()))
                })
            };
            let piece = (self.gpu).read_by(staging, most, &self.shared.weights, range, of_piece);
            all.extend(piece.await?);
        }
        Ok(all)
    }

    /// Reads what the last evaluation left in lane `lane`, column `column`: logits of each head's inbound
    /// products, and each layer's outputs.
    ///
    /// # Errors
    /// If the device failed.
    #[allow(clippy::type_complexity)]
    pub async fn evaluated(
        &self,
        lane: u32,
        column: u32,
    ) -> Result<(Vec<Vec<Vec<f32>>>, Vec<Vec<f32>>), GpuError> {
        let at = &self.evaluation.at;
        let start = u64::from(at.acts_base) + u64::from(lane) * u64::from(at.acts_lane);
        let words = self
            .gpu
            .read(
                &self.staging,
                &self.evaluation.acts,
                start,
                at.acts_lane.into(),
            )
            .await?;
        let all: &[f32] = bytemuck::cast_slice(&words);
        let take = |offset: u32, units: u32| {
            let from = (offset + column * pad(units)) as usize;
            all[from..from + units as usize].to_vec()
        };
        let heads = at
            .heads
            .iter()
            .enumerate()
            .map(|(i, h)| {
                let products = h.logits.iter().take(self.model.into_head(i).count());
                products.map(|&offset| take(offset, h.units)).collect()
            })
            .collect();
        Ok((
            heads,
            at.layers.iter().map(|l| take(l.acts, l.units)).collect(),
        ))
    }
}
