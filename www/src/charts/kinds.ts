// Every kind of chart: a new one is a file of its own, a line here, and a variant of `Show` in
// src/experiments.
import type { Show } from '../protocol';
import { bars } from './bars';
import type { Chart, Drawn, Frame, Shown } from './chart';
import { codes } from './codes';
import { course } from './course';
import { differences } from './differences';
import { lesions } from './lesions';
import { matrix } from './matrix';
import { pairs } from './pairs';
import { profile } from './profile';
import { trajectories } from './trajectories';

const charts: { [K in Show['kind']]: Chart<K> } = {
  course,
  profile,
  bars,
  trajectories,
  pairs,
  differences,
  lesions,
  matrix,
  codes,
};

/// Draws what a panel shows. Gives words where there is nothing to draw.
export function draw<S extends Show>(show: S, shown: Shown, frame: Frame): Drawn | string {
  const chart = charts[show.kind] as (show: S, shown: Shown, frame: Frame) => Drawn | string;
  return chart(show, shown, frame);
}
