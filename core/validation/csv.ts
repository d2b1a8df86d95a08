/** The fields of one structurally sound record: quoted fields without their quotes, others as they stand. */
export function csvFields(record: string): string[] {
  const fields: string[] = [];
  for (let at = 0; ; ) {
    let end: number;
    if (record[at] === '"') {
      end = record.indexOf('"', at + 1);
      while (record[end + 1] === '"') end = record.indexOf('"', end + 2);
      fields.push(record.slice(at + 1, end).replaceAll('""', '"'));
      end++;
    } else {
      end = record.indexOf(',', at);
      if (end < 0) end = record.length;
      fields.push(record.slice(at, end));
    }
    if (end >= record.length) return fields;
    at = end + 1;
  }
}

/** One field as it must be written so that a strict reader gives the same text back. */
export function csvField(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
