import { describe, expect, it } from '@jest/globals';
import {
  type PlannedRollback,
  PlanRollbackInput,
  RollbackStep,
  type TableRolledBack,
} from '../../core/operation/rollback-item.ts';
import { type GoldRefreshed, RefreshGoldInput } from '../../core/pipeline/payloads.ts';
import { type Outcome, readMachine, runMachine } from './interpreter.ts';

const machine = readMachine('statemachines/rollback.asl.json');
const input = { dataset: 'orders', to: '2026-03-01T10:00:00Z', dry_run: false };
const plan = {
  ...{ dataset: 'orders', operation: 'rollback-1', to: input.to },
  ...{ snapshot_id: '1234567890123456789', snapshot_at: '2026-03-01T09:00:00.000Z' },
};

const returns = (value: unknown): Outcome => ({ returns: value });
const planned = (next: PlannedRollback['next']) => returns({ ...plan, next } satisfies PlannedRollback);
const rolledBack = (outcome: TableRolledBack['outcome']) => returns({ outcome } satisfies TableRolledBack);
const refreshed = (outcome: GoldRefreshed['outcome']) => returns({ outcome, marts: [] } satisfies GoldRefreshed);

const plain = {
  PlanRollback: [planned('rollback')],
  RollbackTable: [rolledBack('rolled_back')],
  RefreshGold: [refreshed('refreshed')],
  FinishRollback: [returns({ woken: null })],
};

describe('the path of a rollback', () => {
  it('brings the table back, gold after it, and gives the table back', () => {
    const run = runMachine(machine, input, plain);

    expect(run.path).toEqual([
      ...['PlanRollback', 'RoutePlan', 'RollbackTable', 'RouteRollback', 'RefreshGold', 'RouteGold'],
      ...['FinishRollback', 'RolledBack'],
    ]);
  });

  it.each([
    ['dry_run', 'Planned'],
    ['nothing', 'NothingToDo'],
  ] as const)('ends without a change when the plan is %s', (next, end) => {
    const run = runMachine(machine, input, { PlanRollback: [planned('running'), planned(next)] });

    expect(run.status).toBe('SUCCEEDED');
    expect(run.path).toEqual(['PlanRollback', 'RoutePlan', 'WaitForPlan', 'PlanRollback', 'RoutePlan', end]);
  });

  it('waits for its turn, for its statement and for gold', () => {
    const script = {
      ...plain,
      RollbackTable: [rolledBack('waiting'), rolledBack('running'), rolledBack('rolled_back')],
      RefreshGold: [refreshed('running'), refreshed('refreshed')],
    };

    const run = runMachine(machine, input, script);

    const waits = run.path.filter((state) => state.startsWith('Wait'));
    expect(waits).toEqual(['WaitForTurn', 'WaitForRollback', 'WaitForGold']);
    expect(run.path.at(-1)).toBe('RolledBack');
  });

  it('gives the table back when there was nothing to change', () => {
    const { RefreshGold: _, ...rest } = plain;

    const run = runMachine(machine, input, { ...rest, RollbackTable: [rolledBack('nothing')] });

    expect(run.path.slice(-3)).toEqual(['RouteRollback', 'FinishRollback', 'RolledBack']);
  });

  it('gives each task the input that it takes, also when it is called again', () => {
    const schemas = {
      PlanRollback: PlanRollbackInput,
      RollbackTable: RollbackStep,
      RefreshGold: RefreshGoldInput,
      FinishRollback: RollbackStep,
    };
    const script = { ...plain, PlanRollback: [planned('running'), planned('rollback')] };

    const { attempts } = runMachine(machine, input, script);

    expect(attempts).toHaveLength(5);
    for (const { state, input: given } of attempts) {
      const { error } = schemas[state as keyof typeof schemas].safeParse(given);
      expect([state, error]).toEqual([state, undefined]);
    }
  });

  it.each([
    ['names what is neither a snapshot nor a time', { ...input, to: 'yesterday' }],
    ['gives the id as a number, which does not hold it', { ...input, to: 1234567890123456789n }],
    ['does not say whether it is a dry run', { dataset: 'orders', to: input.to }],
    ['has a field that nobody knows', { ...input, dryrun: true }],
  ])('is refused when its input %s', (_, wrong) => {
    expect(PlanRollbackInput.safeParse({ input: wrong, run: 'arn' }).success).toBe(false);
  });
});
