import { describe, expect, it } from '@jest/globals';
import { toSnowflake } from '../../../core/snowflake/dialect.ts';

describe('toSnowflake', () => {
  it.each([
    ['select a from t order by a desc', 'select a from t order by a desc nulls last'],
    ['rank() over (order by sum(x) desc)', 'rank() over (order by sum(x) desc nulls last)'],
    ['order by a desc nulls first, b desc', 'order by a desc nulls first, b desc nulls last'],
    ['order by a, b asc', 'order by a, b asc'],
    ["date_diff('day', a, b)", "datediff('day', a, b)"],
    ["date_diff ( 'day', a, b)", "datediff ( 'day', a, b)"],
  ])('makes of %s', (athena, snowflake) => {
    expect(toSnowflake(athena)).toBe(snowflake);
  });

  it.each([
    "select 'order by a desc' as text",
    'select "desc" from t',
    'select description from t -- desc',
    // Athena counts full hours, and Snowflake the hours that begin.
    "date_diff('hour', a, b)",
  ])('leaves alone: %s', (sql) => {
    expect(toSnowflake(sql)).toBe(sql);
  });
});
