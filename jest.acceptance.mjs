import { shared } from './jest.config.mjs';

export default {
  ...shared,
  testMatch: ['<rootDir>/tests/acceptance/**/*.test.ts'],
  maxWorkers: 1,
};
