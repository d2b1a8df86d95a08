import { describe, expect, it } from '@jest/globals';
import { parseColumn, problemsAt } from './contract.ts';

const DATE = 'logicalType: date, physicalType: date';
const TIME = 'logicalType: timestamp, physicalType: timestamp';
const formats = (list: string) => `customProperties: [{ property: formats, value: ${list} }]`;

describe('formats', () => {
  it.each([
    [`${DATE}, logicalTypeOptions: { format: dd.MM.yyyy }`, { formats: ['dd.MM.yyyy'] }],
    [`${DATE}, ${formats('[iso, d.M.yy, yyyyMMdd]')}`, { formats: ['iso', 'd.M.yy', 'yyyyMMdd'] }],
    [`${DATE}, ${formats('[dd/MM/yyyy, d/M/yyyy]')}`, { formats: ['dd/MM/yyyy', 'd/M/yyyy'] }],
    [`${TIME}, ${formats('[iso, epoch_seconds]')}`, { formats: ['iso', 'epoch_seconds'] }],
    [`${TIME}, ${formats('[yyyyMMdd, yyyyMMddHHmmss]')}`, { formats: ['yyyyMMdd', 'yyyyMMddHHmmss'] }],
    [`${TIME}, logicalTypeOptions: { timezone: false, defaultTimezone: Asia/Kolkata }`, { timeZone: 'Asia/Kolkata' }],
    [`${TIME}, logicalTypeOptions: { defaultTimezone: Etc/UTC }`, {}],
    [
      `${TIME}, logicalTypeOptions: { format: "dd/MM/yyyy HH:mm", defaultTimezone: Europe/Berlin }`,
      { formats: ['dd/MM/yyyy HH:mm'], timeZone: 'Europe/Berlin' },
    ],
  ])('of %s are read', (column, expected) => {
    expect(parseColumn(column)).toEqual(expected);
  });

  it.each([
    [`${DATE}, logicalTypeOptions: { §format: dd.mm.yyyy }`, 'x: the pattern dd.mm.yyyy has no month (MM)'],
    [`${DATE}, logicalTypeOptions: { §format: iso }`, 'x: iso is no pattern; give it in the customProperty formats'],
    [`${DATE}, ${formats('[iso, §epoch_seconds]')}`, 'x: epoch_seconds is a time and no date'],
    [`${DATE}, ${formats('[iso, §iso]')}`, 'x: the format iso is listed twice'],
    [
      `${DATE}, customProperties: [{ property: formats, §value: [] }]`,
      'formats: Too small: expected array to have >=1 items',
    ],
    [
      `${DATE}, ${formats('[dd/MM/yyyy, §MM/dd/yyyy]')}`,
      'x: a text can match both dd/MM/yyyy and MM/dd/yyyy and mean two things: keep one of them',
    ],
    [
      `${DATE}, ${formats('[yyyyMMdd, §ddMMyyyy]')}`,
      'x: a text can match both yyyyMMdd and ddMMyyyy and mean two things: keep one of them',
    ],
    [
      `${DATE}, ${formats('[iso, §yyyy-dd-MM]')}`,
      'x: a text can match both iso and yyyy-dd-MM and mean two things: keep one of them',
    ],
    [
      `${TIME}, ${formats('["yyyy-dd-MM HH:mm:ss", §iso]')}`,
      'x: a text can match both yyyy-dd-MM HH:mm:ss and iso and mean two things: keep one of them',
    ],
    [
      `${TIME}, ${formats('[epoch_seconds, §epoch_milliseconds]')}`,
      'x: a text can match both epoch_seconds and epoch_milliseconds and mean two things: keep one of them',
    ],
    [
      `${TIME}, ${formats('[yyyyMMdd, §epoch_seconds]')}`,
      'x: a text can match both yyyyMMdd and epoch_seconds and mean two things: keep one of them',
    ],
    [`${DATE}, logicalTypeOptions: { §format: yyyyMMdd }, ${formats('[iso]')}`, 'x: give format or formats, not both'],
    [
      `logicalType: string, physicalType: string, customProperties: [{ property: formats, §value: [iso] }]`,
      'x: formats are of dates and times; the column is a string',
    ],
    [`${TIME}, logicalTypeOptions: { §timezone: true }`, 'timezone: instants are stored in UTC without a zone'],
    [`${DATE}, logicalTypeOptions: { §defaultTimezone: UTC }`, 'unknown field "defaultTimezone"'],
    [
      `${TIME}, logicalTypeOptions: { §defaultTimezone: Europe/Atlantis }`,
      'x: defaultTimezone "Europe/Atlantis" is not a time zone like Europe/Berlin',
    ],
    [
      `${TIME}, logicalTypeOptions: { §defaultTimezone: "+01:00" }`,
      'x: defaultTimezone "+01:00" is not a time zone like Europe/Berlin',
    ],
    [
      `${TIME}, logicalTypeOptions: { §defaultTimezone: europe/berlin }`,
      'x: defaultTimezone "europe/berlin" is written Europe/Berlin',
    ],
    [
      `${TIME}, logicalTypeOptions: { §defaultTimezone: Europe/Berlin }, ${formats('[epoch_seconds, "dd/MM/yyyy HH:mm XXX"]')}`,
      'x: defaultTimezone is never used: every format tells the zone by itself',
    ],
  ])('of %s are refused', (column, reason) => {
    expect(problemsAt({ column })).toEqual([reason]);
  });
});
