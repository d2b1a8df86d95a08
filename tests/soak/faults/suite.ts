import { describe } from '@jest/globals';
import { isLocal } from '../../acceptance/cloud.ts';
import { setUpCases } from './cases.ts';
import { foreignCommits } from './conflict.ts';
import { lostRows } from './conservation.ts';
import { lastingFaults, passingFaults } from './throttling.ts';

export interface Counts {
  /** Runs of which a fifth of all calls fails. */
  throttled: number;
  /** Runs of which the first answer of each start of a query is lost. */
  lost: number;
  /** Kinds of a fault that does not pass. */
  lasting: number;
  /** Waves of three files while a foreign writer is at work. */
  waves: number;
}

/** Runs of `ingest` under faults that AWS has and the local cloud has not. */
export function faultSuite({ throttled, lost, lasting, waves }: Counts): void {
  (isLocal ? describe : describe.skip)('faults', () => {
    const cases = setUpCases();

    describe('meet', () => {
      passingFaults(cases, throttled, lost);
      lastingFaults(cases, lasting);
    });
    describe('of ours:', () => lostRows(cases));
    describe('of others:', () => foreignCommits(cases, waves));
  });
}
