// The window's title says what is shown: of many open pages, and in a bookmark, it is found by it.
import { experimentOf, tour } from '../catalog';
import type { Course } from '../course';
import type { Choice } from '../state/choice';
import { LAB } from '../tabs';
import { stretches } from '../words';

const NAME = 'Complementary learning systems, emerging';

/// What is shown, in a few words.
export function viewOf(choice: Choice, course: Course | undefined, at: number): string {
  if (choice.tour !== null) return `Tour, ${choice.tour}: ${tour[choice.tour - 1]?.title ?? ''}`;
  const experiment = experimentOf(choice.experiment)?.title ?? choice.experiment;
  const what = choice.tab === LAB ? `Lab, from ${experiment}` : experiment;
  if (!course) return what;
  const { config } = course.run;
  const when = at === 0 ? 'untrained' : `after ${at} of ${config.tasks} ${stretches(config)}`;
  return `${what}, ${when}${course.kind === 'live' ? ', on this machine' : ''}`;
}

export function refresh(choice: Choice, course: Course | undefined, at: number) {
  const title = `${viewOf(choice, course, at)} · ${NAME}`;
  if (document.title !== title) document.title = title;
}
