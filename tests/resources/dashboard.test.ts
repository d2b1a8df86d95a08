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
});
