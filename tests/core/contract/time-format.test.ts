import { describe, expect, it } from '@jest/globals';
import { parseTimeFormat, timeFormatProblem } from '../../../core/contract/time-format.ts';

describe('parseTimeFormat', () => {
  it('splits a pattern into fields and texts, with quoted ones joined to their neighbours', () => {
    const tokens = parseTimeFormat("d/MMMM yy 'o''clock' ''h''a");

    expect(tokens).toEqual([
      { kind: 'field', field: 'day', letters: 'd' },
      { kind: 'literal', text: '/' },
      { kind: 'field', field: 'month', letters: 'MMMM' },
      { kind: 'literal', text: ' ' },
      { kind: 'field', field: 'year', letters: 'yy' },
      { kind: 'literal', text: " o'clock '" },
      { kind: 'field', field: 'half_hour', letters: 'h' },
      { kind: 'literal', text: "'" },
      { kind: 'field', field: 'half', letters: 'a' },
    ]);
  });
});

describe('timeFormatProblem', () => {
  it.each(['iso', 'yyyy-MM-dd', 'd.M.yy', 'yyyyMMdd', 'EEE, d MMM yyyy', 'EEEE dd MMMM yyyy', 'yyyy年MM月dd日'])(
    'lets %s pass for dates and times',
    (format) => {
      expect([timeFormatProblem(format, 'date'), timeFormatProblem(format, 'timestamp')]).toEqual([
        undefined,
        undefined,
      ]);
    },
  );

  it.each([
    'epoch_seconds',
    'epoch_milliseconds',
    'epoch_microseconds',
    "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX",
    'dd/MM/yyyy h:mm a',
    'MM/dd/yyyy hh:mm:ssa',
    'yyyyMMddHHmmssSSS',
    'yyyy-MM-dd HH',
    'd MMM yyyy H:mm:ss,SSS X',
  ])('lets %s pass for times alone', (format) => {
    expect(timeFormatProblem(format, 'timestamp')).toBeUndefined();
    expect(timeFormatProblem(format, 'date')).toMatch(/is a time and no date|has a time, and the column is a date/);
  });

  it.each([
    ['', 'the pattern  has no year (yyyy)'],
    ['dd.MM', 'the pattern dd.MM has no year (yyyy)'],
    ['yyyy-mm-dd', 'the pattern yyyy-mm-dd has no month (MM)'],
    ['yyyy-MM', 'the pattern yyyy-MM has no day (dd)'],
    ['YYYY-MM-dd', 'the pattern YYYY-MM-dd has "YYYY"; possible are yy, yyyy'],
    ['yyyy-MM-DD', 'the pattern yyyy-MM-DD has "DD"; possible are d, dd'],
    ['yyyyy-MM-dd', 'the pattern yyyyy-MM-dd has "yyyyy"; possible are yy, yyyy'],
    ['yyyy-MM-dd E', 'the pattern yyyy-MM-dd E has "E"; possible are EEE, EEEE'],
    [
      'yyyy-MM-ddTHH',
      'the pattern yyyy-MM-ddTHH has "T", which stands for nothing here; text must be in quotes: \'T\'',
    ],
    ["yyyy-MM-dd'T", "the pattern yyyy-MM-dd'T has a quote that does not end"],
    [
      'yyyy-MM-dd[ HH]',
      'the pattern yyyy-MM-dd[ HH] has "[", which must stand in quotes to mean itself; for optional parts list several formats',
    ],
    ['yyyy-MM-dd yy', 'the pattern yyyy-MM-dd yy has the year twice'],
    ['yyyy-MM-dd HH hh a', 'the pattern yyyy-MM-dd HH hh a has the hour twice'],
    ['yyyy-MM-dd hh:mm', 'the pattern yyyy-MM-dd hh:mm needs both h (1 to 12) and a (AM or PM), or H (0 to 23)'],
    ['yyyy-MM-dd HH a', 'the pattern yyyy-MM-dd HH a needs both h (1 to 12) and a (AM or PM), or H (0 to 23)'],
    ['yyyy-MM-dd mm', 'the pattern yyyy-MM-dd mm has no hour (HH)'],
    ['yyyy-MM-dd XXX', 'the pattern yyyy-MM-dd XXX has no hour (HH)'],
    ['yyyy-MM-dd HH:ss', 'the pattern yyyy-MM-dd HH:ss has seconds but no minutes (mm)'],
    ['yyyy-MM-dd HH:mm.SSS', 'the pattern yyyy-MM-dd HH:mm.SSS has a fraction but no seconds (ss)'],
    ['dMyyyy', 'the pattern dMyyyy has digits right behind "d", so where it ends can not be known'],
    ["yyyy-MM-d'00'", 'the pattern yyyy-MM-d\'00\' has digits right behind "d", so where it ends can not be known'],
    ['dd.MM.yyyy HH:mm:ss SSSSSSSSSS', /has "SSSSSSSSSS"; possible are .*SSSSSSSSS$/],
  ])('refuses %j', (format, expected) => {
    const reason = timeFormatProblem(format, 'timestamp');

    if (typeof expected === 'string') expect(reason).toBe(expected);
    else expect(reason).toMatch(expected);
  });
});
