import acceptance from './jest.acceptance.mjs';

/** The acceptance suite's promises in full counts: hours, with figures printed; the same cloud, brought up empty. */
export default {
  ...acceptance,
  testMatch: ['<rootDir>/tests/soak/**/*.test.ts'],
};
