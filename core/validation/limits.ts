/** Sizes beyond which input is refused, so that one file can not take the function down. */
export interface Limits {
  /** Bytes of one record; a longer one is rejected alone. */
  record: number;
  /** Bytes of one file after decompression. */
  file: number;
  /** How many times its size a compressed file may grow, once it has grown past `ratioFrom` bytes. */
  ratio: number;
  ratioFrom: number;
}

const MB = 1024 * 1024;

/** Gzip reaches a ratio of about 1,030 on constant input; tables of text stay under 30. */
export const LIMITS: Limits = { record: 16 * MB, file: 4096 * MB, ratio: 200, ratioFrom: 64 * MB };

/** A header beyond these is none. */
export const HEADER_BYTES = MB;
export const HEADER_FIELDS = 10_000;

/** Bytes that may be looked at in vain, for the ends of records that have none, before the file is given up. */
export const VAIN_BYTES = 1024 * MB;
