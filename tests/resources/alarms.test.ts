import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parseContract } from '../../core/contract/parse.ts';
import { load, type Resource, variables } from './load.ts';

const { rejectLimits } = createRequire(import.meta.url)('../../resources/alarms.cjs');
const datasets = readdirSync(new URL('../../schemas/', import.meta.url))
  .filter((name) => name.endsWith('.odcs.yaml'))
  .map((name) => name.slice(0, -'.odcs.yaml'.length));

let alarms: Resource[];

beforeAll(async () => {
  const { Resources } = await load<{ Resources: Record<string, Resource> }>('alarms.cjs', variables);
  alarms = Object.values(Resources);
});

describe('every alarm', () => {
  it('tells the alert topic when it rings and when it is over', () => {
    const topic = [{ Ref: 'AlertTopic' }];

    const deaf = alarms.filter(({ Properties }) => {
      const { AlarmActions, OKActions } = Properties;
      return JSON.stringify([AlarmActions, OKActions]) !== JSON.stringify([topic, topic]);
    });

    expect(alarms.length).toBeGreaterThan(datasets.length);
    expect(deaf).toEqual([]);
  });

  it('looks at one minute and takes silence for well, or for as it was where a sweep speaks once an hour', () => {
    for (const { Properties } of alarms) {
      const hourly = ['StuckFiles', 'UnaccountedFiles'].includes(Properties.MetricName as string);
      const silence = hourly ? 'ignore' : 'notBreaching';
      expect(Properties).toMatchObject({ Period: 60, EvaluationPeriods: 1, TreatMissingData: silence });
    }
  });

  it('says what it means and which section of the runbook to open', () => {
    const file = new URL('../../docs/runbook.md', import.meta.url);
    const runbook = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const sections = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading!));

    const named = alarms.map(
      ({ Properties }) =>
        /\w.* First look: docs\/runbook\.md#([a-z-]+)$/.exec(String(Properties.AlarmDescription))?.[1],
    );

    expect(named).not.toContain(undefined);
    expect(sections).toEqual(expect.arrayContaining([...new Set(named)]));
  });
});

describe('the alarms on failed runs', () => {
  it('are none, since each would be a second page; they are on what pages', () => {
    const watched = alarms.map(({ Properties }) => JSON.stringify([Properties.Namespace, Properties.Dimensions]));

    expect(watched.filter((metric) => metric.includes('AWS/States'))).toEqual([]);
    for (const name of ['report-failure', 'sweep-incidents']) {
      expect(watched).toContain(
        JSON.stringify(['AWS/Lambda', [{ Name: 'FunctionName', Value: `tributary-dev-${name}` }]]),
      );
    }
  });
});

describe('the alarm on report pages', () => {
  it('is one, on what is counted of all datasets together', () => {
    const found = alarms.filter(({ Properties }) => Properties.MetricName === 'ReportsNotWritten');

    expect(found.map(({ Properties }) => Properties.Dimensions)).toEqual([
      [
        { Name: 'service', Value: 'tributary' },
        { Name: 'stage', Value: 'dev' },
      ],
    ]);
  });
});

describe('the alarm on rejected rows', () => {
  it('exists for each contract', () => {
    const watched = alarms.flatMap(({ Properties }) =>
      Properties.MetricName === 'RejectedPercent' ? [Properties.Dimensions] : [],
    );

    expect(watched).toEqual(
      [...datasets].sort().map((dataset) => [
        { Name: 'service', Value: 'tributary' },
        { Name: 'stage', Value: 'dev' },
        { Name: 'dataset', Value: dataset },
      ]),
    );
  });

  it('rings at four fifths of what a file may have, unless the contract says otherwise', () => {
    const contract = (...customProperties: unknown[]) => ({ schema: [{ customProperties }] });
    const max = { property: 'maxRejectPercent', value: 50 };
    const own = { property: 'alarmRejectPercent', value: 7.5 };

    expect(rejectLimits(contract(max), 'f')).toEqual({ limit: 50, threshold: 40 });
    expect(rejectLimits(contract(max, own), 'f')).toEqual({ limit: 50, threshold: 7.5 });
  });

  it.each(datasets)('rings where the contract of %s says, with its own share and with the default', (dataset) => {
    const file = `schemas/${dataset}.odcs.yaml`;
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const withoutOwn = text.replace(/^ *- \{ property: alarmRejectPercent, .*\n/m, '');

    const [own, standard] = [text, withoutOwn].map((contract) => ({
      alarm: rejectLimits(parse(contract), file),
      dataset: parseContract(contract, file),
    }));

    expect(withoutOwn).not.toContain('alarmRejectPercent');
    for (const { alarm, dataset } of [own!, standard!]) {
      expect(alarm).toEqual({ limit: dataset.maxRejectPercent, threshold: dataset.alarmRejectPercent });
    }
    expect(standard!.alarm.threshold).toBeCloseTo(0.8 * standard!.alarm.limit, 10);
  });

  it.each([undefined, '5', -1, 101, Number.NaN])('fails the build on the share %p, naming the contract', (value) => {
    const contract = { schema: [{ customProperties: [{ property: 'maxRejectPercent', value }] }] };

    expect(() => rejectLimits(contract, 'schemas/x.odcs.yaml')).toThrow('schemas/x.odcs.yaml: maxRejectPercent');
  });
});

/** How GitHub makes an anchor of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
