import type { Dataset } from '../contract/dataset.ts';
import type { ObjectVersion } from '../pipeline/identify.ts';
import type { WakePorts } from '../pipeline/wake.ts';

export type LandedVersion = Omit<ObjectVersion, 'bucket'>;

export interface StoredObject {
  key: string;
  size: number;
}

/** What a sweep needs of a run. */
export interface RunState {
  status: string;
  startedAt: Date;
  stoppedAt?: Date;
  /** Name of the error that it ended with. */
  error?: string;
}

export interface SweepPorts extends WakePorts {
  /** Name of the landing bucket. */
  bucket: string;
  datasets: Record<string, Pick<Dataset, 'freshnessSeconds'>>;
  /** Names of the marts that are tables, and so have leases. */
  marts: string[];
  landing: {
    /** All versions of all objects under a prefix, page by page; delete markers are left out. */
    versions(prefix: string): AsyncIterable<LandedVersion[]>;
    exists(version: ObjectVersion): Promise<boolean>;
  };
  lake: {
    /** All objects under a prefix in the order of their keys, page by page. */
    objects(prefix: string): AsyncIterable<StoredObject[]>;
    exists(key: string): Promise<boolean>;
  };
  runs: {
    /** Undefined when there is no such run any more. */
    describe(arn: string): Promise<RunState | undefined>;
    /** ARN of the run of `ingest` that has, or would have, this name. */
    arnOf(name: string): string;
    /** Starts a run of `ingest`; undefined when one of this name exists already. */
    startNamed(input: string, name: string): Promise<string | undefined>;
  };
  failures: {
    /** Counts a run that ended badly in its incident, marks its file and frees its leases; wakes nobody. */
    note(arn: string): Promise<void>;
    /** Pages for the incidents that have been noted and of which nobody has been told. */
    page(): Promise<void>;
  };
}

export interface SweepOptions {
  /** Only this dataset. */
  dataset?: string;
  /** Looks and says what it would do; changes nothing. */
  dryRun: boolean;
  /** What is younger is taken for being under way. */
  graceMilliseconds: number;
  /** What has not moved for this long is stuck. */
  stuckMilliseconds: number;
  /** Runs started at most. */
  maxStarts: number;
}

export const standardOptions: SweepOptions = {
  dryRun: false,
  graceMilliseconds: 15 * 60_000,
  stuckMilliseconds: 2 * 3_600_000,
  maxStarts: 500,
};
