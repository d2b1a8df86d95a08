import { expect, it } from '@jest/globals';
import { parseContract } from '../../../core/contract/parse.ts';
import { validate } from '../validation.ts';
import { isoTime } from './cells.ts';
import { contract, csv, expected, normal } from './every-type.ts';

it('validateFile keeps the extremes of every type to the microsecond, the cent and the last bit', async () => {
  const dataset = parseContract(contract, 'every_type.odcs.yaml');

  const { rows, counts } = await validate(csv, dataset);

  expect(counts).toMatchObject({ in: expected.length, accepted: expected.length });
  const texts = rows.map(({ moment, ...row }) => ({
    ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])),
    moment: moment === null ? null : isoTime(BigInt(String(moment))).replace('T', ' '),
  }));
  expect(texts.map(normal)).toEqual(expected);
});

const textOf = (value: unknown) => (value === null ? null : Object.is(value, -0) ? '-0' : String(value));
