import { expect, it } from '@jest/globals';
import { UsageError } from '../../../cli/exit.ts';
import { buildProgram } from '../../../cli/program.ts';

it.each([
  [[], /name a run, or give --failed/],
  [['abc', '--failed'], /either the name of a run or --failed/],
  [['abc', '--since', '2h', '--dry-run'], /^--since, --dry-run: only together with --failed/],
  [['--again'], /name the file by its id/],
  [['abc', '--again'], /not a file id/],
  [['abc', '--rolled-back', 'rollback-1'], /brings all files of a rollback back/],
  [['--rolled-back', 'rollback-1', '--failed', '--since', '2h'], /^--failed, --since: not together with/],
  [['--failed', '--dataset', 'ordres'], /no contract for a dataset "ordres"/],
])('refuses what makes no sense before it looks for a cloud: rerun %j', async (args, reason) => {
  const parsed = buildProgram().parseAsync(['node', 'tributary', 'rerun', ...args]);

  const error = await parsed.then(
    () => undefined,
    (thrown: Error) => thrown,
  );

  expect(error).toBeInstanceOf(UsageError);
  expect(error?.message).toMatch(reason);
});
