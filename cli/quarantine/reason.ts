/** Why a row was rejected, as the quarantine table holds it. */
export interface Reason {
  column: string | null;
  rule: string | null;
  value: string | null;
  message: string | null;
}

/** `amount: not a number ("12,5")`. */
export function reasonText(reason: Reason): string {
  const what = reason.message || reason.rule || 'rejected';
  const value = !reason.value || what.includes(reason.value) ? '' : ` (${JSON.stringify(reason.value)})`;
  // Most messages begin with the column.
  const prefix = reason.column && !what.startsWith(`${reason.column} `) ? `${reason.column}: ` : '';
  return `${prefix}${what}${value}`;
}
