/** The fields of a row as they are written, by column. */
export type Row = Record<string, string | number>;

export const instant = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

export const secondsAfter = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);
