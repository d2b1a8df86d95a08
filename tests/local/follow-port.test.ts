import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { followPort } from '../../local/follow-port.ts';

const state = '{"a":"http://127.0.0.1:4566/000/q","b":"http://127.0.0.1:45660/x"}';

function homeStartedOn(port: number): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(home, 'ministack'));
  followPort(home, port);
  for (const name of ['sqs', 'dynamodb']) writeFileSync(join(home, 'ministack', `${name}.json`), state);
  return home;
}

describe('followPort', () => {
  it('moves queue URLs to the new port and touches neither other ports nor users’ data', () => {
    const home = homeStartedOn(4566);

    followPort(home, 5000);

    expect(readFileSync(join(home, 'ministack', 'sqs.json'), 'utf8')).toBe(
      '{"a":"http://127.0.0.1:5000/000/q","b":"http://127.0.0.1:45660/x"}',
    );
    expect(readFileSync(join(home, 'ministack', 'dynamodb.json'), 'utf8')).toBe(state);
  });

  it('changes nothing when the port is the same', () => {
    const home = homeStartedOn(4566);

    followPort(home, 4566);

    expect(readFileSync(join(home, 'ministack', 'sqs.json'), 'utf8')).toBe(state);
  });
});
