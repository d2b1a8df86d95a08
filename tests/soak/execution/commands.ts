import type { Ended, Position } from './execute.ts';
import type { FaultPlan } from './faults.ts';

/** What a process of the harness is asked to do. */
export type Command =
  | {
      do: 'execute';
      run: string;
      from: Position;
      /** File that each state entered and each side effect is written to, at once, so that it outlives a SIGKILL. */
      journal: string;
      /** Returns before this state is entered. */
      until?: string;
      /** Dies of SIGKILL right before or right after the side effect of this name. */
      kill?: Point;
      faults?: FaultPlan;
    }
  | { do: 'report'; run: string; dataset: string; fileId: string; error: string };

export interface Point {
  when: 'before' | 'after';
  /** `MergeRows: Athena StartQueryExecution merge silver.orders #1` */
  effect: string;
}

export type Line = { entered: Position } | { before: string } | { after: string };

export interface Executed extends Ended {
  /** How often each kind of fault was injected. */
  injected: Record<string, number>;
  /** Ids of the queries whose start was answered, by what they are. */
  queries: { id: string; statement: string }[];
}

export type Reported = { woken?: string };
export type Answer = { ready: true } | { executed: Executed } | { reported: Reported } | { problem: string };
