/** Something in which the files of late differ from their contract, or from the files before them: a fact, with its counts. */
export interface Finding {
  kind:
    | 'unknown_field'
    | 'absent_column'
    | 'refused_files'
    | 'refused_values'
    | 'rejects_rising'
    | 'nulls_changed'
    | 'near_bound'
    | 'format_changed';
  /** What it says, a word for each part, the same at another time: what was told is not told again. */
  ids: string[];
  /** Column of the contract, or field of the files; null if it is of files as a whole. */
  column: string | null;
  sentence: string;
  /** Files of the recent period that it is in. */
  files: number;
  /** LastModified of the first of these. */
  since: string;
  /** A part of the contract as it could be, in YAML. */
  suggestion?: string;
}
