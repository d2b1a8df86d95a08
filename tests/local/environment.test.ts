import { describe, expect, it } from '@jest/globals';
import { partEnvironment, withoutAws } from '../../local/environment.ts';

const users = {
  PATH: '/bin',
  HOME: '/home/me',
  LC_ALL: 'C.UTF-8',
  AWS_PROFILE: 'production',
  AWS_ENDPOINT_URL_S3: 'https://example.com',
  AWS_SESSION_TOKEN: 'secret',
  HTTPS_PROXY: 'http://proxy',
  NO_PROXY: 'intranet',
  NODE_OPTIONS: '--inspect',
  LOG_LEVEL: 'DEBUG',
};

describe('partEnvironment', () => {
  it('keeps what every program needs and none of the user’s settings', () => {
    const environment = partEnvironment({ AWS_REGION: 'us-east-1' }, users);

    expect(environment).toEqual({ PATH: '/bin', HOME: '/home/me', LC_ALL: 'C.UTF-8', AWS_REGION: 'us-east-1' });
  });
});

describe('withoutAws', () => {
  it('lets a tool reach registries through the proxy, but no AWS other than ours', () => {
    const environment = withoutAws({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, users);

    expect(environment.HTTPS_PROXY).toBe('http://proxy');
    expect(environment.NO_PROXY).toBe('127.0.0.1,localhost,intranet');
    expect(Object.keys(environment).filter((name) => name.startsWith('AWS_'))).toEqual([
      'AWS_CONFIG_FILE',
      'AWS_SHARED_CREDENTIALS_FILE',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_ENDPOINT_URL',
    ]);
  });
});
