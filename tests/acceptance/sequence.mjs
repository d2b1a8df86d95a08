import Sequencer from '@jest/test-sequencer';

/**
 * The sample goes first, since its sums are those of a fresh lake; whether gold still equals its definition is asked
 * last, of all that the other tests have left; the crash and the outage, which end parts of the cloud, before that. The
 * guide to adding a dataset comes behind even that: it leaves a copy of the project deployed that has one dataset more.
 */
const rank = ({ path }) => {
  const name = path.replace(/.*\//, '');
  if (name === 'sample.test.ts') return 0;
  if (name === 'crash.test.ts' || name === 'outage.test.ts') return 2;
  if (name === 'gold.test.ts') return 3;
  if (name === 'add-a-dataset.test.ts') return 4;
  return 1;
};

export default class Sequence extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path));
  }
}
