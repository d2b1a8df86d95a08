/** What both suites share: TypeScript through swc, ES modules as they are. */
export const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
};

export default {
  ...shared,
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/acceptance/', '<rootDir>/tests/soak/'],
  // A net for what hangs, not a bound on time: properties take many rounds, and machines that build are slow and shared.
  testTimeout: 300_000,
  // One less is the default, which is a single one on the machines of most builds.
  maxWorkers: '100%',
};
