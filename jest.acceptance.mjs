import { shared } from './jest.config.mjs';

/** One after the other, against one cloud. TRIBUTARY_STAGE points the same cases at a deployed, fresh stage on AWS. */
export default {
  ...shared,
  testMatch: ['<rootDir>/tests/acceptance/**/*.test.ts'],
  testSequencer: '<rootDir>/tests/acceptance/sequence.mjs',
  globalSetup: '<rootDir>/tests/acceptance/setup.ts',
  globalTeardown: '<rootDir>/tests/acceptance/teardown.ts',
  // A net for what hangs, not a bound on time: machines that build are slow and shared.
  testTimeout: 900_000,
  maxWorkers: 1,
};
