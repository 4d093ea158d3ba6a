// A rate, alpha or beta, of every matrix or layer: how each is named and told apart, in the charts of rates.
import { headOf, layerOf, metricOf } from '../course';
import type { Rate, RunDescription } from '../protocol';
import { layerColor, style } from '../theme';

/// A line or a bar of a rate.
export type Member = {
  /// Its index in the records' lists.
  index: number;
  label: string;
  /// Its name in results files and tables.
  metric: string;
  /// The layer it belongs to, as an index; none of a readout.
  layer: number | undefined;
  color: string;
};

/// What has a rate: every matrix an alpha, every layer a beta.
export function members(run: RunDescription, rate: Rate): Member[] {
  const color = (layer: number | undefined) =>
    layer === undefined ? style('--secondary') : layerColor(layer, run.layers.length);
  if (rate === 'beta') {
    return run.layers.map(({ name }, index) => ({
      index,
      label: name,
      metric: metricOf('beta', name),
      layer: index,
      color: color(index),
    }));
  }
  return run.matrices.map(({ name, label }, index) => {
    const layer = layerOf(run, index);
    const head = headOf(run, index);
    return {
      index,
      // A readout from two pathways is two lines with one name.
      label: head !== undefined && run.heads.length > 1 ? (run.heads[head]?.name ?? label) : label,
      metric: metricOf('alpha', name),
      layer,
      color: color(layer),
    };
  });
}

/// What a rate is called in a sentence and on an axis.
export const rateNames: Record<Rate, { title: string; axis: string }> = {
  alpha: { title: 'Learning rate', axis: 'learning rate alpha' },
  beta: { title: 'Competition', axis: 'competition beta' },
};
