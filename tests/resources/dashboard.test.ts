import { readdirSync } from 'node:fs';
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
});
