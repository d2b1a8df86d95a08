import { describe, expect, it } from '@jest/globals';
import { type FileUndone, type PlannedUndo, PlanUndoInput, UndoFileInput } from '../../core/operation/undo-item.ts';
import { type GoldRefreshed, RefreshGoldInput } from '../../core/pipeline/payloads.ts';
import { type Outcome, readMachine, runMachine } from './interpreter.ts';

const machine = readMachine('statemachines/undo.asl.json');
const input = { file_id: 'f'.repeat(32), dry_run: false };
const file = { file_id: input.file_id, dataset: 'orders', bucket: 'b', key: 'landing/orders/a.csv', version_id: 'v' };

const returns = (value: unknown): Outcome => ({ returns: value });
const planned = (next: PlannedUndo['next']) => returns({ ...file, next } satisfies PlannedUndo);
const undone = (outcome: FileUndone['outcome']) => returns({ outcome } satisfies FileUndone);
const refreshed = (outcome: GoldRefreshed['outcome']) => returns({ outcome, marts: [] } satisfies GoldRefreshed);
const finished = returns({ woken: null });

const plain = {
  PlanUndo: [planned('undo')],
  UndoFile: [undone('undone')],
  RefreshGold: [refreshed('refreshed')],
  FinishUndo: [finished],
};

describe('the path of an undo', () => {
  it('takes the file out, brings gold up to date and gives the table back', () => {
    const run = runMachine(machine, input, plain);

    expect(run.path).toEqual([
      ...['PlanUndo', 'RoutePlan', 'UndoFile', 'RouteUndo', 'RefreshGold', 'RouteGold', 'FinishUndo', 'Undone'],
    ]);
  });

  it.each([
    ['dry_run', 'Planned'],
    ['already_undone', 'AlreadyUndone'],
  ] as const)('ends without a change when the plan is %s', (next, end) => {
    const run = runMachine(machine, input, { PlanUndo: [planned('running'), planned(next)] });

    expect(run.status).toBe('SUCCEEDED');
    expect(run.path).toEqual(['PlanUndo', 'RoutePlan', 'WaitForPlan', 'PlanUndo', 'RoutePlan', end]);
  });

  it('waits for its turn, for its statement and for gold', () => {
    const script = {
      ...plain,
      UndoFile: [undone('waiting'), undone('running'), undone('undone')],
      RefreshGold: [refreshed('running'), refreshed('refreshed')],
    };

    const run = runMachine(machine, input, script);

    expect(run.path.filter((state) => state.startsWith('Wait'))).toEqual(['WaitForTurn', 'WaitForUndo', 'WaitForGold']);
    expect(run.path.at(-1)).toBe('Undone');
  });

  it('gives the table back when there was nothing to take out', () => {
    const { RefreshGold: _, ...rest } = plain;

    const run = runMachine(machine, input, { ...rest, UndoFile: [undone('nothing')] });

    expect(run.path.slice(-3)).toEqual(['RouteUndo', 'FinishUndo', 'Undone']);
  });

  it('gives each task the input that it takes, also when it is called again', () => {
    const schemas = {
      PlanUndo: PlanUndoInput,
      UndoFile: UndoFileInput,
      RefreshGold: RefreshGoldInput,
      FinishUndo: UndoFileInput,
    };
    const script = { ...plain, PlanUndo: [planned('running'), planned('undo')] };

    const { attempts } = runMachine(machine, input, script);

    expect(attempts).toHaveLength(5);
    for (const { state, input: given } of attempts) {
      const { error } = schemas[state as keyof typeof schemas].safeParse(given);
      expect([state, error]).toEqual([state, undefined]);
    }
  });

  it.each([
    ['names a file that is none', { file_id: 'x', dry_run: false }],
    ['does not say whether it is a dry run', { file_id: input.file_id }],
    ['has a field that nobody knows', { ...input, dryrun: true }],
  ])('is refused when its input %s', (_, wrong) => {
    expect(PlanUndoInput.safeParse({ input: wrong, run: 'arn' }).success).toBe(false);
  });

  it('has a file at its states by which a failure is told and its dataset freed', () => {
    const run = runMachine(machine, input, plain);

    expect(run.output.file).toMatchObject({ file_id: input.file_id, dataset: 'orders', bucket: 'b', key: file.key });
  });
});
