import type { RecordStore } from '../../../core/quality/ports.ts';
import { type FileRecord, recordKey } from '../../../core/quality/record.ts';
import type { Profile } from '../../../core/validation/result.ts';

/** The lake's records by their keys, the days that are shown, those whose pages are made anew, and profiles by theirs. */
export function fakeRecords(profiles: Record<string, Profile> = {}) {
  const written = new Map<string, FileRecord>();
  const days = new Set<string>();
  const pages: string[] = [];
  const store: RecordStore = {
    write: async (record) => void written.set(recordKey(record), structuredClone(record)),
    showDay: async (dataset, day) => void days.add(`${dataset} ${day}`),
    refreshPages: async (dataset, of) => {
      pages.push(`${dataset} ${of.join(' ')}`);
      return [];
    },
    refreshDay: async (dataset, day) => {
      pages.push(`${dataset} ${day} alone`);
      return 'done';
    },
    profile: async (key) => profiles[key],
  };
  return { ...store, written, days, pages };
}
