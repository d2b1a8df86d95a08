import { describe, expect, it } from '@jest/globals';
import { columns, shares, sparkline } from '../../../../core/quality/report/chart.ts';

const attribute = (markup: string, element: string, name: string) =>
  [...markup.matchAll(new RegExp(`<${element}[^>]* ${name}="([^"]*)"`, 'g'))].map(([, value]) => value!);

describe('a line', () => {
  it('goes from the oldest to the last value, the greatest at the top, with a gap where nothing is known', () => {
    const { markup } = sparkline([0, 50, undefined, 100], 'a trend');

    expect(attribute(markup, 'path', 'd')).toEqual(['M3 21L41 12M117 3']);
    expect(attribute(markup, 'circle', 'cy')).toEqual(['3']);
    expect(attribute(markup, 'svg', 'aria-label')).toEqual(['a trend']);
  });

  it('lies in the middle when nothing changes, and is not there when nothing is known', () => {
    expect(attribute(sparkline([7, 7], 'same').markup, 'path', 'd')).toEqual(['M3 12L117 12']);
    expect(sparkline([undefined], 'nothing').markup).toBe('');
  });
});

describe('parts of a whole', () => {
  it('are as wide as they are large, and seen however small they are', () => {
    const parts = [
      { name: 'accepted', value: 999_999 },
      { name: 'rejected', value: 1 },
      { name: 'duplicate', value: 0 },
    ];

    const widths = attribute(shares(parts, 'rows').markup, 'rect', 'width').map(Number);

    expect(widths).toHaveLength(2);
    expect(widths[1]).toBeGreaterThanOrEqual(2.9);
    expect(widths[0]! + widths[1]!).toBeCloseTo(1_000, 0);
  });

  it('stand on each other in columns, the highest of which fills the drawing', () => {
    const stacks = [
      { title: 'one', parts: [{ name: 'accepted', value: 50 }] },
      {
        title: 'two',
        parts: [
          { name: 'accepted', value: 60 },
          { name: 'rejected', value: 40 },
        ],
      },
    ];

    const { markup } = columns(stacks, 'days');

    expect(attribute(markup, 'rect', 'height').map(Number)).toEqual([43, 51.6, 34.4]);
    expect(attribute(markup, 'rect', 'y').map(Number)).toEqual([47, 38.4, 4]);
    expect(markup).toContain('<title>two</title>');
  });

  it('are nothing of nothing', () => {
    expect(attribute(shares([{ name: 'accepted', value: 0 }], 'rows').markup, 'rect', 'width')).toEqual([]);
  });
});
