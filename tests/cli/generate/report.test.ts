import { describe, expect, it } from '@jest/globals';
import { surprises } from '../../../cli/generate/report.ts';
import type { FollowResult } from '../../../cli/runs/follow.ts';
import type { GeneratedFile } from '../../../core/generate/files.ts';

const counts = { in: 5, accepted: 3, rejected: 1, duplicate: 1, superseded: 0 };
const file = (more: Partial<GeneratedFile> = {}): GeneratedFile => ({
  ...{ name: 'a.csv', text: '', at: new Date(0), planted: {}, expected: counts, refused: false },
  ...more,
});
const result = (more: Partial<FollowResult> = {}): FollowResult => ({
  ...{ key: 'landing/a/a.csv', fileId: 'f', since: new Date(0), outcome: 'done', counts, milliseconds: 1 },
  ...more,
});

describe('surprises', () => {
  it('are none where all came as planted, a refusal too', () => {
    expect(surprises([file(), file({ refused: true })], [result(), result({ outcome: 'rejected' })])).toEqual([]);
  });

  it('name what came otherwise', () => {
    const found = surprises(
      [file(), file({ name: 'b.csv', refused: true }), file({ name: 'c.csv' })],
      [result({ counts: { ...counts, accepted: 4, duplicate: 0 } }), result(), result({ outcome: 'not_picked_up' })],
    );

    expect(found).toEqual([
      'a.csv: accepted must be 3, and is 4',
      'a.csv: duplicate must be 1, and is 0',
      'b.csv: rejected was expected, and it is done',
      'c.csv: done was expected, and it is not picked up',
    ]);
  });
});
