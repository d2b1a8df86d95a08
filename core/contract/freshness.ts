import type { Source } from './source.ts';

interface SlaProperty {
  property: string;
  value: string | number;
  unit?: string;
}

/** Units as the contract standard writes them ("d, day, days for days"). */
const seconds: Record<string, number> = {
  ...{ s: 1, second: 1, seconds: 1 },
  ...{ m: 60, min: 60, minute: 60, minutes: 60 },
  ...{ h: 3600, hour: 3600, hours: 3600 },
  ...{ d: 86_400, day: 86_400, days: 86_400 },
  ...{ w: 604_800, week: 604_800, weeks: 604_800 },
};

/**
 * How often a new file is expected: the `frequency` of a contract's `slaProperties`, and its `latency`, by which one may be
 * late, together. Undefined when it has neither; whatever else is agreed is for people.
 */
export function freshnessOf(agreed: SlaProperty[], source: Source): number | undefined {
  const spans = agreed.flatMap(({ property, value, unit }, index) => {
    if (property !== 'frequency' && property !== 'latency') return [];
    const path = ['slaProperties', index];
    const amount = Number(value);
    if (!(amount > 0) || !Number.isFinite(amount))
      source.report([...path, 'value'], `${property} must be a number above 0`);
    const one = seconds[unit ?? ''];
    if (one === undefined) {
      source.report(
        [...path, unit === undefined ? 'property' : 'unit'],
        `${property} needs a unit of ${Object.keys(seconds).join(', ')}`,
      );
    }
    return [amount * (one ?? 0)];
  });
  return spans.length === 0 ? undefined : spans.reduce((sum, span) => sum + span, 0);
}
