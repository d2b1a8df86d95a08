import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { load, type Resource, variables } from './load.ts';

describe('the dashboard', () => {
  it('is JSON in which no two charts cover each other', async () => {
    const functions = { 'file(resources/functions.yml)': { 'merge-rows': {} } };
    const { Resources } = await load<{ Resources: Record<string, Resource> }>('dashboard.cjs', {
      ...variables,
      ...functions,
    });

    const body = (Resources.Dashboard!.Properties.DashboardBody as { 'Fn::Sub': string })['Fn::Sub'];
    const { widgets } = JSON.parse(body) as { widgets: { x: number; y: number; width: number; height: number }[] };

    expect(widgets.length).toBeGreaterThan(0);
    expect(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size).toBe(widgets.length);
    expect(widgets.every(({ x, width }) => x + width <= 24)).toBe(true);
  });

  it('has a success rate of files for every contract', async () => {
    const functions = { 'file(resources/functions.yml)': { 'merge-rows': {} } };
    const { Resources } = await load<{ Resources: Record<string, Resource> }>('dashboard.cjs', {
      ...variables,
      ...functions,
    });

    const body = (Resources.Dashboard!.Properties.DashboardBody as { 'Fn::Sub': string })['Fn::Sub'];
    const { widgets } = JSON.parse(body) as { widgets: { properties: { title: string; metrics: unknown[][] } }[] };
    const { metrics } = widgets.find(({ properties }) => properties.title.startsWith('Upload success'))!.properties;
    const last = metrics.map((metric) => metric.at(-1) as { id: string; expression?: string; label?: string });
    const rates = last.filter(({ expression }) => expression !== undefined);

    const contracts = readdirSync('schemas').filter((name) => name.endsWith('.odcs.yaml'));
    expect(rates.map(({ label }) => `${label}.odcs.yaml`)).toEqual(contracts.sort());
    const ids = new Set(last.map(({ id }) => id));
    expect(ids.size).toBe(last.length);
    expect(rates.flatMap(({ expression }) => expression!.match(/[a-z]+\d+/g)!).every((id) => ids.has(id))).toBe(true);
  });

  it('has a chart of every metric that is published, and the guide says what each is', async () => {
    const source = readFileSync('aws/metrics.ts', 'utf8');
    const names = [...source.matchAll(/(?:count|addMetric)\('(\w+)'/g)].map(([, name]) => name!);
    const functions = { 'file(resources/functions.yml)': { 'merge-rows': {} } };
    const { Resources } = await load<{ Resources: Record<string, Resource> }>('dashboard.cjs', {
      ...variables,
      ...functions,
    });

    const body = (Resources.Dashboard!.Properties.DashboardBody as { 'Fn::Sub': string })['Fn::Sub'];
    const guide = readFileSync('docs/guide/quality.md', 'utf8');

    expect(names.length).toBeGreaterThan(25);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(body))).toEqual([]);
    expect(names.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  });

  it('shows how many runs began, and how each of them ended', async () => {
    const functions = { 'file(resources/functions.yml)': { 'merge-rows': {} } };
    const { Resources } = await load<{ Resources: Record<string, Resource> }>('dashboard.cjs', {
      ...variables,
      ...functions,
    });

    const body = (Resources.Dashboard!.Properties.DashboardBody as { 'Fn::Sub': string })['Fn::Sub'];
    const { widgets } = JSON.parse(body) as { widgets: { properties: { title: string; metrics: unknown[][] } }[] };
    const charts = new Map(widgets.map(({ properties }) => [properties.title, properties.metrics]));

    // Every end that a run of a standard workflow can have: docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
    const ends = ['ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of Fn::Sub
    const ofIngest = ['StateMachineArn', '${IngestStateMachine}'];
    expect(charts.get('Runs')).toEqual(
      ['ExecutionsStarted', ...ends].map((metric) => [
        ...['AWS/States', metric, ...ofIngest],
        expect.objectContaining({ stat: 'Sum' }),
      ]),
    );
    expect(charts.get('Duration of runs (ms)')).toEqual(
      ['p50', 'p95'].map((stat) => ['AWS/States', 'ExecutionTime', ...ofIngest, expect.objectContaining({ stat })]),
    );
  });
});
