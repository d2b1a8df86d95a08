import { describe, expect, it } from '@jest/globals';
import { parse, problemsAt } from './contract.ts';

const STRING = 'logicalType: string, physicalType: string';
const INT = 'logicalType: integer, physicalType: int';
const on = (check: string) => `${INT}, quality: [{ ${check} }]`;
const custom = (more: string) => `type: custom, id: r, engine: tributary, ${more}`;

describe('quality of type library', () => {
  it.each([
    ['mustBe: 3', { be: 3 }],
    ['mustNotBe: 0', { notBe: 0 }],
    ['mustBeGreaterThan: 0', { beGreaterThan: 0 }],
    ['mustBeGreaterOrEqualTo: 1', { beGreaterOrEqualTo: 1 }],
    ['mustBeLessThan: 9', { beLessThan: 9 }],
    ['mustBeLessOrEqualTo: 9', { beLessOrEqualTo: 9 }],
    ['mustBeBetween: [1, 9]', { beBetween: [1, 9] }],
    ['mustNotBeBetween: [1, 9]', { notBeBetween: [1, 9] }],
  ])('bounds the number of rows with %s', (operator, must) => {
    const { gates } = parse({ quality: `metric: rowCount, ${operator}` });

    expect(gates).toEqual([
      { name: 'row_count', metric: 'row_count', columns: [], unit: 'rows', must, severity: 'error' },
    ]);
  });

  it.each([
    ['nullValues', 'null_values'],
    ['invalidValues', 'invalid_values'],
    ['duplicateValues', 'duplicate_values'],
  ])('bounds the %s of a column', (metric, expected) => {
    const check = `id: few, name: Few, type: library, metric: ${metric}, unit: percent, mustBeLessThan: 1.5`;

    const { gates } = parse({ column: on(`${check}, severity: warning, dimension: accuracy, businessImpact: none`) });

    expect(gates).toEqual([
      {
        name: 'few',
        metric: expected,
        columns: ['x'],
        unit: 'percent',
        must: { beLessThan: 1.5 },
        severity: 'warning',
      },
    ]);
  });

  it('bounds the duplicates of several columns', () => {
    const { gates } = parse({ quality: 'metric: duplicateValues, arguments: { properties: [x, id] }, mustBe: 0' });

    expect(gates).toMatchObject([{ name: 'duplicate_values_x_id', columns: ['x', 'id'], must: { be: 0 } }]);
  });

  it('has nothing to measure where the key may not be repeated', () => {
    const { gates } = parse({ quality: 'metric: duplicateValues, arguments: { properties: [id] }, mustBe: 0' });

    expect(gates).toEqual([]);
  });

  it.each([
    ['§metric: rowsCount, mustBe: 1', /^metric: Invalid option: expected one of "rowCount"/],
    ['§metric: missingValues, mustBe: 0', /^missingValues: list the spellings in the customProperty nullValues/],
    ['§{ metric: rowCount }', 'rowCount: needs one operator such as mustBeLessThan, has none'],
    [
      'metric: rowCount, mustBeGreaterThan: 1, §mustBeLessThan: 9',
      'rowCount: needs one operator such as mustBeLessThan, has mustBeGreaterThan and mustBeLessThan; make them checks of their own',
    ],
    ['metric: rowCount, §mustBeMoreThan: 1, mustBe: 2', 'unknown field "mustBeMoreThan"'],
    ['metric: rowCount, §mustBe: many', 'mustBe: Invalid input: expected number, received string'],
    ['metric: rowCount, §mustBeBetween: [9, 1]', 'mustBeBetween: the smaller number stands first'],
    ['metric: rowCount, §mustBeBetween: 5', 'mustBeBetween: must be two numbers'],
    ['metric: rowCount, §mustBe: -1', 'mustBe: the figure is a number of rows, whole and never below 0'],
    ['metric: rowCount, §mustBe: 1.5', 'mustBe: the figure is a number of rows, whole and never below 0'],
    ['metric: rowCount, §mustBeLessThan: 0', 'mustBeLessThan: nothing can be so'],
    ['metric: rowCount, §unit: percent, mustBe: 1', 'rowCount is a number of rows'],
    ['metric: rowCount, §unit: share, mustBe: 1', 'unit: Invalid option: expected one of "rows"|"percent"'],
    ['metric: rowCount, §severity: info, mustBe: 1', 'severity: Invalid option: expected one of "error"|"warning"'],
    ['metric: rowCount, §dimension: speed, mustBe: 1', /^dimension: Invalid option: expected one of "accuracy"/],
    ['metric: rowCount, §schedule: daily, mustBe: 1', 'unknown field "schedule"'],
    ['§id: no good, metric: rowCount, mustBe: 1', 'id: has letters, digits, _ and - only, and begins with a letter'],
    ['metric: rowCount, §arguments: { properties: [x] }, mustBe: 1', 'rowCount has no arguments here'],
    ['§metric: nullValues, mustBe: 0', 'nullValues is of one column: put the check there'],
    ['§metric: duplicateValues, mustBe: 0', 'duplicateValues of a table needs arguments: { properties: [<columns>] }'],
    ['metric: duplicateValues, arguments: { properties: [x, §y] }, mustBe: 0', 'duplicateValues: y is not a column'],
    ['metric: duplicateValues, arguments: { properties: [x, §x] }, mustBe: 0', 'duplicateValues: x is listed twice'],
    [
      '§metric: duplicateValues, arguments: { properties: [id] }, mustBeLessThan: 5',
      'duplicateValues of the key are always 0, since repeated keys are settled: mustBe: 0',
    ],
    ['description: Nothing., §mustBe: 0', /metric: is missing/],
  ])('refuses %s on a table', (quality, reason) => {
    const problems = problemsAt({ quality });

    expect(problems).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)]);
  });

  it.each([
    ['§metric: rowCount, mustBe: 1', 'rowCount is of the table: put the check there'],
    [
      'metric: invalidValues, §arguments: { validValues: [1] }, mustBe: 1',
      'invalidValues has no arguments here: state on the column which values are valid',
    ],
    ['metric: nullValues, unit: percent, §mustBeGreaterThan: 100', 'mustBeGreaterThan: nothing can be so'],
    ['metric: nullValues, unit: percent, §mustBe: 101', 'mustBe: the figure is a share from 0 to 100'],
  ])('refuses %s on a column', (check, reason) => {
    const problems = problemsAt({ column: on(check) });

    expect(problems).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)]);
  });

  it('needs names that differ', () => {
    const checks = '[{ metric: nullValues, mustBe: 0 }, §{ metric: nullValues, mustNotBe: 3 }]';

    const problems = problemsAt({ column: `${INT}, quality: ${checks}` });

    expect(problems).toEqual(['two checks are called null_values_x: give each an id of its own']);
  });
});

describe('quality of type custom', () => {
  it('is a condition on every row', () => {
    const { rowRules } = parse({ column: INT, quality: custom('implementation: "X > 0\\n or id = \'a\'"') });

    expect(rowRules).toEqual([
      {
        name: 'r',
        expression: `"x" > 0\n or "id" = 'a'`,
        columns: ['x', 'id'],
        severity: 'error',
        message: "the row must satisfy: x > 0 or id = 'a'",
      },
    ]);
  });

  it('may stand on a column that it names, and say what it means', () => {
    const { rowRules } = parse({
      column: on(custom('implementation: x > 0, name: Positive, description: x is above 0, severity: warning')),
      quality: 'type: custom, id: r2, name: Second, engine: tributary, implementation: x < 9',
    });

    expect(rowRules).toMatchObject([
      { name: 'r2', message: 'Second' },
      { name: 'r', columns: ['x'], severity: 'warning', message: 'x is above 0' },
    ]);
  });

  it.each([
    [
      'type: custom, §engine: soda, implementation: x',
      'checks of engine "soda" are not run; use engine: tributary with a SQL condition',
    ],
    ['§{ type: custom, engine: tributary, implementation: x > 1 }', 'id: is missing'],
    ['§{ type: custom, id: r, implementation: x > 1 }', 'engine: is missing'],
    [custom('§implementation: { a: 1 }'), 'implementation: must be a text with a SQL condition'],
    [custom('implementation: x > 1, §unit: rows'), 'unknown field "unit"'],
    [custom('§implementation: y > 1'), 'r: "y" is no column of this contract'],
    [
      'type: custom, §id: required, engine: tributary, implementation: x > 1',
      '"required" is the name of a rule that there is already: call it otherwise',
    ],
    [
      'type: custom, §id: invalid_json, engine: tributary, implementation: x > 1',
      '"invalid_json" is the name of a rule that there is already: call it otherwise',
    ],
    [
      '§type: sql, query: SELECT 1, mustBe: 1',
      /^checks of type sql are not run.*engine: tributary, implementation: "<condition>"/,
    ],
    [
      '§type: regex, metric: rowCount, mustBe: 1',
      'type: Invalid option: expected one of "library"|"custom"|"sql"|"text"',
    ],
    ['§{ type: text }', 'description: is missing'],
    ['type: text, description: Fine., §mustBe: 0', 'unknown field "mustBe"'],
  ])('refuses %s on a table', (quality, reason) => {
    const problems = problemsAt({ column: INT, quality });

    expect(problems).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)]);
  });

  it('refuses a condition on a column that does not name it', () => {
    expect(problemsAt({ column: on(custom("§implementation: id = 'a'")) })).toEqual([
      'r: does not name x: put the check on the table',
    ]);
  });

  it('says nothing of columns that are there but wrong', () => {
    const column = 'logicalType: integer, §physicalType: text';

    expect(problemsAt({ column, quality: custom('implementation: x > 1') })).toEqual([
      'x: logicalType integer needs physicalType int or bigint, not text',
    ]);
  });

  it('takes text for what it is, words to people', () => {
    const { rowRules, gates } = parse({ column: STRING, quality: 'type: text, description: Checked by hand.' });

    expect([rowRules, gates]).toEqual([[], []]);
  });
});
