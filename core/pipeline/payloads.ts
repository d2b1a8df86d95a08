import { z } from 'zod';

/**
 * What the states of `ingest` hand to each other: pointers and counts, never rows (Step Functions carries at most
 * 256 KB). Each task's result is added to the state under its own name; everything a leader needs is in the ledger, so
 * that any step can run twice.
 */

/** The part of S3's EventBridge "Object Created" event that is used; a run is started, and re-run, with this. */
export const ObjectCreated = z.looseObject({
  /** Brings a file back that was taken out of the lake at this time (`undone_at` of its item); of no event of S3's. */
  again: z.string().optional(),
  detail: z.looseObject({
    bucket: z.looseObject({ name: z.string().min(1) }),
    object: z.looseObject({
      /** Not URL-encoded in EventBridge events, unlike in S3's own notifications. */
      key: z.string().min(1),
      size: z.number().optional(),
      etag: z.string().optional(),
      'version-id': z.string().optional(),
    }),
  }),
});
export type ObjectCreated = z.infer<typeof ObjectCreated>;

export const RowCountsSchema = z.object({
  in: z.number(),
  accepted: z.number(),
  rejected: z.number(),
  duplicate: z.number(),
  superseded: z.number(),
});

export const FileRef = z.object({
  file_id: z.string(),
  dataset: z.string(),
  bucket: z.string(),
  key: z.string(),
  version_id: z.string(),
  etag: z.string(),
  size: z.number(),
  last_modified: z.string(),
  bronze_key: z.string(),
});
export type FileRef = z.infer<typeof FileRef>;

/** IdentifyFile in: `{ event: $, run: $$.Execution.Id }`; out, at `$.file`: */
export const IdentifyFileInput = z.object({ event: ObjectCreated, run: z.string() });
export const Identified = z.object({
  /** validate → ValidateFile; merge → MergeRows (already staged); the others → Succeed. */
  next: z.enum(['validate', 'merge', 'already_ingested', 'undone', 'not_a_file']),
  reason: z.string().optional(),
  ...FileRef.partial().shape,
});
export type Identified = z.infer<typeof Identified>;

/** ValidateFile in: `{ file: $.file, run }`, with the id of the replay if it is for one; out, at `$.validation`: */
export const ValidateFileInput = z.object({ file: FileRef, run: z.string(), replay: z.string().optional() });
export const Validated = z.object({
  stage_id: z.string(),
  attempt: z.number(),
  counts: RowCountsSchema,
  staging_key: z.string(),
  profile_key: z.string(),
  /** null when no row was rejected. */
  quarantine_key: z.string().nullable(),
  /** Rows were rejected, or an earlier attempt may have registered some: QuarantineRows must run. */
  quarantine: z.boolean(),
  /** What the contract only warns about, a sentence each, the most frequent first; at most 20. */
  warnings: z.array(z.string()).default([]),
});
export type Validated = z.infer<typeof Validated>;

/** QuarantineRows in: `{ file, validation, run }`; out, at `$.quarantine`: */
export const QuarantineRowsInput = z.object({ file: FileRef, validation: Validated, run: z.string() });
export type Quarantined = { rejected: number; summary_key: string | null };

/** MergeRows, RefreshGold and PublishMetrics in: `{ file, run }`; out, at `$.merge`, `$.gold`, `$.metrics`: */
export const LeadInput = z.object({ file: FileRef, run: z.string() });
/** RefreshGold does not look at the file, and is a state of operations on a dataset, too. */
export const RefreshGoldInput = z.object({ file: FileRef.pick({ dataset: true }), run: z.string() });
export type Merged = {
  /** running → wait, call again; merged → RefreshGold; handed_over → Succeed, `leader_run` merges the file. */
  outcome: 'running' | 'merged' | 'handed_over';
  leader_run: string;
  batch_seq: number | null;
  files: number;
  rows: number;
};
export type GoldRefreshed = { outcome: 'running' | 'refreshed'; marts: string[] };
export type Published = {
  /** more → MergeRows again: files were staged meanwhile; done → Succeed, the lease is released. */
  outcome: 'more' | 'done';
  /** Done, but there was no time for the report pages of all days → PublishMetrics again, which makes those. */
  pages_left: boolean;
  files: number;
  counts: z.infer<typeof RowCountsSchema>;
};
