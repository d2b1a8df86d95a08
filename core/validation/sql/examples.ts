import type { Dataset } from '../../contract/dataset.ts';
import { list, literal } from './text.ts';

/** Rejected rows that are looked at: of a million different values the most frequent is not worth the time. */
const LOOKED_AT = 100_000;

/** Examples of a reason that a profile has, and characters of a value that one shows. */
const EXAMPLES = 3;
const CHARACTERS = 100;

/**
 * For each reason the values that were refused most often among the first rejected rows, and where the first is:
 * `reason`, `value`, `n`, `record`, `line`. A value is shown if its column is not personal data and nothing else is wrong with its row: where the fields of
 * a row are in each other's places, several are refused, and one may be somebody's name. Of a reason that shows no value
 * there is one example, without.
 */
export function examplesSql({ columns }: Dataset): string {
  const open = columns.filter(({ pii }) => !pii).map(({ name }) => literal(name));
  const shown = open.length === 0 ? 'false' : `reason.column_name IN (${list(open)}) AND alone`;
  return `SELECT concat_ws('.', column_name, rule) AS reason, "value", n, record, line FROM (
      SELECT reason.column_name, reason.rule, CASE WHEN ${shown} THEN ${shortSql('reason."value"')} END AS "value",
        count(*)::DOUBLE AS n, min(record)::DOUBLE AS record, arg_min(line, record)::DOUBLE AS line
      FROM (SELECT record, line, unnest(reasons) AS reason,
          list_unique(list_transform(reasons, lambda reason: coalesce(reason.column_name, ''))) = 1 AS alone
        FROM (FROM rejects ORDER BY record LIMIT ${LOOKED_AT}))
      GROUP BY 1, 2, 3)
    WINDOW of_reason AS (PARTITION BY column_name, rule ORDER BY "value" IS NULL, n DESC, record)
    QUALIFY row_number() OVER of_reason <= ${EXAMPLES} AND ("value" IS NOT NULL OR row_number() OVER of_reason = 1)
    ORDER BY reason, row_number() OVER of_reason`;
}

const shortSql = (value: string) =>
  `CASE WHEN length(${value}) > ${CHARACTERS} THEN left(${value}, ${CHARACTERS}) || '…' ELSE ${value} END`;
