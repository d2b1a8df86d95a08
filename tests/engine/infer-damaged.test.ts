import { describe, expect, it } from '@jest/globals';
import { inferFrom } from './inferring.ts';
import { failure } from './validation.ts';

const table = (sound: number, damaged: number) =>
  `id,name\n${Array.from({ length: sound }, (_, n) => `${n},x\n`).join('')}${'1,2,3\n'.repeat(damaged)}`;

describe('a sample with damaged records', () => {
  it('is no sample if they are more than half', async () => {
    const error = await failure(inferFrom([{ name: 'f.csv', bytes: table(40, 60) }]));

    expect(error).toMatchObject({
      name: 'FileRejectedError',
      message: expect.stringMatching(/^f\.csv: 60 of 100 records are damaged \(60 too_many_fields\)/),
    });
  });

  it.each<[string, number, boolean]>([
    ['is for a person to look at if they are more than one in twenty', 6, true],
    ['is told with their number if they are fewer', 5, false],
  ])('%s', async (_, damaged, isAsked) => {
    const { yaml } = await inferFrom(table(100 - damaged, damaged));

    expect(/TODO 6 % of the rows are damaged/.test(yaml)).toBe(isAsked);
    expect(yaml).toContain(`100 rows, ${damaged} of them damaged`);
  });
});

describe('nested values with personal data', () => {
  it('are named where they stay, without any of them', async () => {
    const { yaml, draft } = await inferFrom(
      '{"id":1,"payload":{"email":"ada@example.com","ssn":"123-45-6789","n":1}}\n{"id":2,"payload":{"email":"b@example.com"}}\n',
    );

    const text = yaml.replace(/\n *# */g, ' ');
    expect(text).toContain(
      'TODO personal data seems to be in payload, which meta_rescued would keep: email addresses (payload.email), national or tax ids (payload.ssn)',
    );
    expect(yaml + JSON.stringify(draft)).not.toMatch(/ada@|123-45/);
  });
});

describe('a file without a header', () => {
  it('is not taken to have one, and the names of its people are found', async () => {
    const people = ['1,Ada Lovelace,ada@example.com', '2,Bob Smith,bob@example.com', '3,Cid Jung,cid@example.com'];

    const { contract } = await inferFrom(people.map((line) => `${line}\n`).join(''));

    expect(contract.file.header).toBe(false);
    expect(contract.columns.map(({ name, pii }) => [name, pii])).toEqual([
      ['column_1', false],
      ['column_2', true],
      ['column_3', true],
    ]);
  });
});

describe('texts with colons', () => {
  it.each([
    ['times of day', ['10:00:00', '11:30:15', '09:15:00']],
    ['addresses of machines', ['00:1A:2B:3C:4D:5E', '00:1A:2B:3C:4D:5F', '00:1A:2B:3C:4D:60']],
  ])('are no network addresses: %s', async (_, texts) => {
    const { contract } = await inferFrom(`id,x\n${texts.map((text, n) => `${n},${text}\n`).join('')}`);

    expect(contract.columns[1]).toMatchObject({ pii: false });
    expect(contract.columns[1]!.format).toBeUndefined();
  });
});
