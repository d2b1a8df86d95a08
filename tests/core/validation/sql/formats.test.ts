import { isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { TextFormat } from '../../../../core/contract/dataset.ts';
import { broken, column, damaged, dataset, randomOf, SEED } from './evaluate.ts';

/** The texts that are of the format. */
async function matching(format: TextFormat, texts: string[]): Promise<string[]> {
  const found = await broken(
    dataset([column('a', { kind: 'string' }, { format })]),
    texts.map((text) => [text]),
  );
  return texts.filter((_, index) => found[index]!.length === 0);
}

describe('a format', () => {
  it.each<[TextFormat, string[], string[]]>([
    [
      'email',
      [
        'ada@example.com',
        "o'hara+news@mail.example.co.uk",
        'a.b@x.io',
        `${'a'.repeat(64)}@example.com`,
        'A_1%@ex-ample.museum',
        'a@xn--bcher-kva.example',
      ],
      [
        'ada',
        'ada@',
        '@example.com',
        'ada@example',
        'a b@example.com',
        'ada@example..com',
        'ada@@example.com',
        'a@b@example.com',
        '.a@example.com',
        'a.@example.com',
        'a..b@example.com',
        'ada@-example.com',
        'ada@example-.com',
        'ada@1.2.3.4',
        'ada@example.com ',
        'ada@example.com\n',
        `${'a'.repeat(250)}@example.com`,
        'ada@exam_ple.com',
        'Ada <ada@example.com>',
        'adä@example.com',
      ],
    ],
    [
      'uuid',
      [
        '123e4567-e89b-12d3-a456-426614174000',
        '00000000-0000-0000-0000-000000000000',
        'ABCDEF01-2345-6789-abcd-ef0123456789',
      ],
      [
        '123e4567e89b12d3a456426614174000',
        '{123e4567-e89b-12d3-a456-426614174000}',
        '123e4567-e89b-12d3-a456-42661417400',
        '123e4567-e89b-12d3-a456-42661417400g',
        'urn:uuid:123e4567-e89b-12d3-a456-426614174000',
      ],
    ],
    [
      'uri',
      [
        'https://example.com',
        'http://example.com:8080/a/b?q=1&r=%20#top',
        'mailto:ada@example.com',
        'urn:isbn:0451450523',
        's3://bucket/key',
        'file:///etc/hosts',
        'https://[2001:db8::1]/',
        'tel:+49-30-1234',
        'HTTP://EXAMPLE.COM',
      ],
      [
        'example.com',
        '/a/b',
        '//example.com',
        'https://exa mple.com',
        'https://',
        'http:',
        'http:/a',
        'https:///a',
        'http://?q',
        '1http://a',
        'https://example.com/%zz',
        'https://example.com/ä',
        'https://a/#b#c',
        'https://a/<b>',
        'http://a\n',
      ],
    ],
    [
      'hostname',
      [
        'localhost',
        'example.com',
        'a.b-c.d1',
        '1and1.com',
        '3com',
        'xn--bcher-kva.example',
        `${'a'.repeat(63)}.com`,
        `${'a.'.repeat(126)}a`,
      ],
      [
        '',
        '-a.com',
        'a-.com',
        'a..b',
        '.a',
        'a.',
        'a_b.com',
        'exämple.com',
        '1.2.3.4',
        'a.123',
        '123',
        `${'a'.repeat(64)}.com`,
        `${'a.'.repeat(126)}aa`,
        'a b',
        'a.com\n',
      ].filter((text) => text !== ''),
    ],
    [
      'ipv4',
      ['192.0.2.1', '0.0.0.0', '255.255.255.255'],
      ['256.0.0.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4 ', '1.2.3.4/24', '0x1.2.3.4', '١.2.3.4'],
    ],
    [
      'ipv6',
      [
        '::',
        '::1',
        '1::',
        '2001:db8::1',
        '1:2:3:4:5:6:7:8',
        '1:2:3:4:5:6:7::',
        '::2:3:4:5:6:7:8',
        '::ffff:192.0.2.1',
        '1:2:3:4:5:6:1.2.3.4',
        'A::f',
      ],
      [
        ':',
        ':::',
        '1:2:3:4:5:6:7',
        '1:2:3:4:5:6:7:8:9',
        '1::2::3',
        '12345::',
        '::1.2.3',
        '::1.2.3.256',
        '1.2.3.4',
        '1:2:3:4:5:6:7:1.2.3.4',
        'fe80::1%eth0',
        '[::1]',
        '::g',
        '1:2:3:4:5:6:7:8::',
      ],
    ],
  ])('%s takes what is one and nothing else', async (format, good, bad) => {
    const found = await matching(format, [...good, ...bad]);

    expect(found).toEqual(good);
  });

  it('of addresses takes what Node takes, of thousands of near misses', async () => {
    const random = randomOf(SEED);
    const group = () =>
      random(65536)
        .toString(16)
        .slice(0, 1 + random(4));
    const v4 = () => Array.from({ length: 4 }, () => random(random(8) ? 256 : 300)).join('.');
    const v6 = () => {
      const groups = Array.from({ length: 1 + random(9) }, group);
      if (random(3) === 0) groups.push(v4());
      if (random(3)) groups.splice(random(groups.length + 1), 0, random(2) ? '' : ':');
      return groups.join(':').replace(/:{3,}/g, '::');
    };
    const any = () => [v4, v6, v6, v6][random(4)]!();
    const texts = Array.from({ length: 10_000 }, () =>
      random(2) ? any() : damaged(any(), random, ':.0123456789abcdefG '),
    );
    const nonEmpty = texts.filter((text) => text !== '');

    const four = await matching('ipv4', nonEmpty);
    const six = await matching('ipv6', nonEmpty);

    expect({ SEED, four }).toEqual({ SEED, four: nonEmpty.filter((text) => isIP(text) === 4) });
    expect({ SEED, six }).toEqual({ SEED, six: nonEmpty.filter((text) => isIP(text) === 6) });
    expect(four.length).toBeGreaterThan(500);
    expect(six.length).toBeGreaterThan(500);
  });
});
