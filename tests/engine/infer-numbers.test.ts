import { describe, expect, it } from '@jest/globals';
import { inferFrom } from './inferring.ts';
import { validate } from './validation.ts';

const csv = (header: string, rows: string[]) => `${[header, ...rows].join('\n')}\n`;
const TODO = /TODO decimals or thousands\?/;

describe('numbers that can be read in two ways', () => {
  it.each<[string, string, object, boolean]>([
    [
      'points are between thousands where another column has commas before its decimals',
      csv('Artikel;Preis;Umsatz', ['A;12,50;1.234', 'B;9,99;2.500', 'C;1,00;12.000']),
      { type: { kind: 'int' }, decimalSeparator: ',', thousandsSeparator: '.' },
      false,
    ],
    [
      'commas are before decimals where another column has them there',
      csv('Artikel;Preis;Umsatz', ['A;12,50;1,234', 'B;9,99;2,500', 'C;1,00;12,125']),
      { type: { kind: 'decimal', scale: 3 }, decimalSeparator: ',' },
      false,
    ],
    [
      'points are before decimals where another column has them there',
      csv('Artikel;Preis;Umsatz', ['A;12.50;1.234', 'B;9.99;2.500', 'C;1.00;12.000']),
      { type: { kind: 'decimal', scale: 3 } },
      false,
    ],
    [
      'a person decides where no other column tells',
      csv('Artikel;Preis;Umsatz', ['A;12;1.234', 'B;9;2.500', 'C;1;12.000']),
      { type: { kind: 'decimal', scale: 3 } },
      true,
    ],
    [
      'a person decides where other columns tell different things',
      csv('Artikel;Preis;Umsatz;Rate', ['A;12,50;1.234;0.5', 'B;9,99;2.500;0.25']),
      { type: { kind: 'decimal', scale: 3 } },
      true,
    ],
    [
      'the column itself tells by one value',
      csv('Artikel;Preis;Umsatz', ['A;12;1.234', 'B;9;2.500', 'C;1;0.125']),
      { type: { kind: 'decimal', scale: 3 } },
      false,
    ],
  ])('%s', async (_, content, expected, isAsked) => {
    const { contract, yaml, counts } = await inferFrom(content);

    expect(contract.columns[2]).toMatchObject(expected);
    expect(TODO.test(yaml)).toBe(isAsked);
    expect(counts.rejected).toBe(0);
  });

  it('are read as they are meant when the draft is used', async () => {
    const content = csv('Artikel;Preis;Umsatz', ['A;12,50;1.234', 'B;9,99;2.500', 'C;1,00;12.000']);
    const { contract } = await inferFrom(content);

    const { rows } = await validate(content, contract);

    expect(rows.map(({ umsatz }) => Number(umsatz)).sort((a, b) => a - b)).toEqual([1234, 2500, 12000]);
  });

  it('are not among the numbers of JSON, which only programs write', async () => {
    const { contract, yaml } = await inferFrom('{"preis":"12,50","weight":1.234}\n{"preis":"9,99","weight":2.125}\n');

    expect(contract.columns[1]).toMatchObject({ name: 'weight', type: { kind: 'decimal', scale: 3 } });
    expect(contract.columns[1]!.thousandsSeparator).toBeUndefined();
    expect(yaml).not.toMatch(TODO);
  });
});

describe('years of two digits', () => {
  it('are for a person to decide, since they are read as 2000 to 2099', async () => {
    const { yaml } = await inferFrom(csv('id,entry', ['1,31.12.98', '2,01.02.75', '3,15.06.68']));

    expect(yaml.replace(/\n *# */g, ' ')).toContain(
      'TODO years of two digits are read as 2000 to 2099, here 2068 to 2098: is that what they mean?',
    );
  });
});
