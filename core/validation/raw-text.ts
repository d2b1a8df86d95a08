import { isUtf8 } from 'node:buffer';

/** Bytes of a rejected record that are kept in quarantine; bronze has the file whole. */
export const RAW_BYTES = 1024 * 1024;

/**
 * The text of a record as it was in the file, given everything from its first byte up to the next record. Bytes that
 * are not UTF-8, and NUL, are shown as `\xNN`.
 */
export function rawText(bytes: Uint8Array, size = bytes.length): string {
  const kept = Buffer.from(bytes.subarray(0, RAW_BYTES));
  const text = isUtf8(kept) ? kept.toString() : showBytes(kept);
  const shown = text.replaceAll('\0', '\\x00');
  return size > RAW_BYTES ? `${shown}… (the first ${RAW_BYTES} of ${size} bytes)` : withoutLineEnd(shown);
}

/** The text up to the line end that closes it; carriage returns before that are its own. */
function withoutLineEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n' || text[end - 1] === '\r') end--;
  const lineEnd = text.slice(end).search(/\r?\n/);
  return text.slice(0, lineEnd < 0 ? end : end + lineEnd);
}

function showBytes(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!;
    const size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    const sequence = bytes.subarray(at, at + size);
    const isValid = sequence.length === size && isUtf8(sequence);
    text += isValid ? sequence.toString() : `\\x${lead.toString(16).toUpperCase().padStart(2, '0')}`;
    at += isValid ? size : 1;
  }
  return text;
}
