import { expect, it } from '@jest/globals';
import { UsageError } from '../../../cli/exit.ts';
import { buildProgram } from '../../../cli/program.ts';

it.each([
  [['-d', 'orders'], /give either --to or --list/],
  [['-d', 'orders', '--list', '--to', '2026-03-01'], /give either --to or --list/],
  [['-d', 'orders', '--list', '--yes'], /only together with --to/],
  [['-d', 'ordres', '--list'], /no contract for a dataset "ordres"/],
  [['-d', 'orders', '--to', 'yesterday'], /not "yesterday"/],
  [['-d', 'orders', '--to', '2026-03-01'], /rollback changes the lake: add --yes/],
])('refuses what makes no sense before it looks for a cloud: rollback %j', async (args, reason) => {
  const parsed = buildProgram().parseAsync(['node', 'tributary', 'rollback', ...args]);

  const error = await parsed.then(
    () => undefined,
    (thrown: Error) => thrown,
  );

  expect(error).toBeInstanceOf(UsageError);
  expect(error?.message).toMatch(reason);
});
