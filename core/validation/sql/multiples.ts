import type { ColumnType } from '../../contract/dataset.ts';
import { literal } from './text.ts';

/**
 * SQL that is true for a number that is no multiple of `factor`, a positive decimal number as text. Exact for whole
 * numbers and decimals; a double is taken for a multiple when it is the nearest to one that a double can come, give or
 * take a few units in its last place.
 */
export function notMultipleSql(value: string, type: ColumnType, factor: string): string {
  const { units, scale: places } = parseDecimal(factor);
  if (type.kind === 'double') {
    const quotient = `(${value} / ${literal(factor)}::DOUBLE)`;
    return `abs(${quotient} - round(${quotient})) > 1e-15 * greatest(abs(${quotient}), 1)`;
  }
  // v / 10^s is a multiple of u / 10^p if v * 10^(p-s) is one of u; so, if v is one of u without what both have in common.
  const scale = type.kind === 'decimal' ? type.scale : 0;
  const step =
    places > scale ? units / gcd(units, 10n ** BigInt(places - scale)) : units * 10n ** BigInt(scale - places);
  const digits = type.kind === 'decimal' ? type.precision : type.kind === 'int' ? 10 : 19;
  if (step >= 10n ** BigInt(digits)) return `${value} <> 0`;
  if (type.kind !== 'decimal') return `${value} % ${step} <> 0`;
  const text = step.toString().padStart(scale + 1, '0');
  const decimal = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
  return `${value} % ${literal(decimal)}::DECIMAL(${type.precision},${scale}) <> 0`;
}

/** A positive number as whole units of a power of ten; also as JavaScript writes small and large ones (`1e-7`). */
function parseDecimal(text: string): { units: bigint; scale: number } {
  const [, whole, fraction = '', exponent = '0'] = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const scale = fraction.length - Number(exponent);
  const units = BigInt(`${whole}${fraction}`) * 10n ** BigInt(Math.max(-scale, 0));
  return { units, scale: Math.max(scale, 0) };
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
