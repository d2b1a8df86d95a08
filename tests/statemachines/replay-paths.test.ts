import { describe, expect, it } from '@jest/globals';
import { ReplayInput, ReplayStep } from '../../core/operation/replay-items.ts';
import type { ReplayPlanned } from '../../core/operation/replay-plan.ts';
import { ValidateFileInput } from '../../core/pipeline/payloads.ts';
import { fill, type Machine, type Outcome, readMachine, runMachine, type State } from './interpreter.ts';

interface MapState extends State {
  ItemsPath: string;
  ItemSelector: Record<string, string>;
  MaxConcurrency: number;
  ItemProcessor: Machine;
}

const whole = readMachine('statemachines/replay.asl.json');
const map = whole.States.ValidateFiles as MapState;
// The interpreter knows no Map: what is inside is looked at by itself.
const machine: Machine = { ...whole, States: { ...whole.States, ValidateFiles: { ...map, Type: 'Wait' } } };
const input = { dataset: 'orders', from: '2026-01-01', allow_refused: true };

const planned = (outcome: ReplayPlanned['outcome']): Outcome => ({ returns: { outcome, id: 'r', files: [] } });
const says = (outcome: string): Outcome => ({ returns: { outcome } });
const script = {
  PlanReplay: [planned('validate'), planned('validate'), planned('ready')],
  BuildReplay: [says('built')],
  SwapReplay: [says('swapped')],
  FinishReplay: [says('done')],
};

describe('the path of a replay', () => {
  it('validates page after page, builds, swaps and finishes', () => {
    const run = runMachine(machine, input, script);

    expect(run.path.filter((state) => !state.startsWith('Route'))).toEqual([
      ...['PlanReplay', 'ValidateFiles', 'PlanReplay', 'ValidateFiles', 'PlanReplay'],
      ...['BuildReplay', 'SwapReplay', 'FinishReplay', 'Replayed'],
    ]);
  });

  it('goes back to planning when more has come, and waits for statements, for its turn and for gold', () => {
    const run = runMachine(machine, input, {
      PlanReplay: [planned('running'), planned('ready'), planned('ready'), planned('ready')],
      BuildReplay: [says('running'), says('behind'), says('built'), says('built')],
      SwapReplay: [says('waiting'), says('behind'), says('running'), says('swapped')],
      FinishReplay: [says('running'), says('more'), says('done')],
    });

    expect(run.status).toBe('SUCCEEDED');
    expect(run.path.filter((state) => state.startsWith('Wait'))).toEqual([
      ...['WaitForBuild', 'WaitForTurn', 'WaitForTurn', 'WaitForGold'],
    ]);
  });

  it('ends well when it is handed on', () => {
    const run = runMachine(machine, input, { PlanReplay: [planned('handed_on')] });

    expect([run.status, run.path.at(-1)]).toEqual(['SUCCEEDED', 'HandedOn']);
  });

  it('gives each task the input that it takes, also when it is called again', () => {
    const run = runMachine(machine, input, script);

    for (const { state, input: given } of run.attempts) {
      const parsed =
        state === 'PlanReplay'
          ? ReplayInput.safeParse((given as { input: unknown }).input)
          : ReplayStep.safeParse(given);
      expect([state, parsed.error?.message]).toEqual([state, undefined]);
    }
  });

  it('fails in the task that failed, so that a redrive goes on from there', () => {
    const run = runMachine(machine, input, {
      PlanReplay: [planned('ready')],
      BuildReplay: [{ throws: 'OperationRefusedError' }],
    });

    expect([run.status, run.error, run.path.at(-1)]).toEqual(['FAILED', 'OperationRefusedError', 'BuildReplay']);
  });

  it('gives each validation its file and the replay, some at a time', () => {
    const file = {
      ...{ file_id: 'f', dataset: 'orders', bucket: 'b', key: 'k', version_id: 'v', etag: 'e', size: 1 },
      ...{ last_modified: '2026-03-01T00:00:00.000Z', bronze_key: 'b' },
    };
    const context = { Execution: { Id: 'arn' }, Map: { Item: { Value: file } } };

    const item = fill(map.ItemSelector, { plan: { id: 'r', files: [file] } }, context);
    const task = map.ItemProcessor.States.ValidateFile!;
    const given = fill(task.Parameters, item, context);

    expect(map.ItemsPath).toBe('$.plan.files');
    expect(ValidateFileInput.parse(given)).toEqual({ file, run: 'arn', replay: 'r' });
    expect(map.MaxConcurrency).toBeGreaterThan(1);
    // Results would soon be more than a state may carry.
    expect(map.ResultPath).toBeNull();
  });
});
