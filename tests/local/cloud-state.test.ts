import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cloudEnvironment, readCloud, writeJson } from '../../local/cloud-state.ts';
import { identify } from '../../local/process-identity.ts';

const home = () => mkdtempSync(join(tmpdir(), 'home-'));
const endpoints = { aws: 'http://127.0.0.1:1', athena: 'http://127.0.0.1:2', trino: 'http://127.0.0.1:3' };

describe('readCloud', () => {
  it('knows nothing where no cloud was ever started', () => {
    expect(readCloud(home())).toBeUndefined();
  });

  it('returns the state while its supervisor runs', () => {
    const at = home();
    writeJson(join(at, 'cloud.json'), { endpoints, supervisor: identify(process.pid) });

    const cloud = readCloud(at);

    expect(cloud?.endpoints).toEqual(endpoints);
  });

  it('does not believe the state that a reboot left, even if the number runs again', () => {
    const at = home();
    writeJson(join(at, 'cloud.json'), { endpoints, supervisor: { pid: process.pid, started: 'another boot' } });

    const cloud = readCloud(at);

    expect(cloud).toBeUndefined();
  });

  it('takes a broken state file for none', () => {
    const at = home();
    writeFileSync(join(at, 'cloud.json'), '{"endpoints":');

    expect(readCloud(at)).toBeUndefined();
  });
});

describe('cloudEnvironment', () => {
  it('points every SDK at the local cloud, and Athena at its own server', () => {
    const environment = cloudEnvironment({ endpoints, region: 'us-east-1' });

    expect(environment).toEqual({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_ATHENA: 'http://127.0.0.1:2',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });
});
