/** Why a row is rejected: one of possibly several reasons. */
export interface Reason {
  /** Empty if the reason is about the record as a whole. */
  column: string;
  rule: string;
  value: string;
  /** A sentence for people. */
  message: string;
}

/** A record whose structure is broken, so that its fields are not known. */
export interface DamagedRecord {
  /** 1 for the first record after the header. */
  record: number;
  /** Physical line on which it begins, 1 for the first of the file. */
  line: number;
  rule: DamageRule;
  value: string;
  message: string;
}

export type DamageRule =
  | 'too_few_fields'
  | 'too_many_fields'
  | 'unterminated_quote'
  | 'text_after_closing_quote'
  | 'invalid_utf8'
  | 'nul_byte'
  | 'record_too_long'
  | 'invalid_json'
  | 'not_an_object';

/** Characters of an offending value that are kept; the record's raw text has it whole. */
export const VALUE_CHARACTERS = 1000;
