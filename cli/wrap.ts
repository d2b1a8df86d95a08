/** Characters that take two places on a terminal: East Asian wide ones and most emoji (Unicode, UAX #11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const places = (grapheme: string): number => (WIDE.test(grapheme) ? 2 : 1);

/** Places that a line of text takes on a terminal. */
export function textWidth(line: string): number {
  // Most text is ASCII, and segmenting is slow.
  if (/^[\x20-\x7e]*$/.test(line)) return line.length;
  let width = 0;
  for (const { segment } of graphemes.segment(line)) width += places(segment);
  return width;
}

/** Breaks text into lines of at most `width` places: at a space where there is one in the second half, else anywhere. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (textWidth(rest) > width) {
    const head = take(rest, width);
    const space = head.lastIndexOf(' ');
    const end = rest[head.length] === ' ' ? head.length : space > head.length / 2 ? space : head.length;
    lines.push(rest.slice(0, end));
    rest = rest.slice(rest[end] === ' ' ? end + 1 : end);
  }
  return [...lines, rest];
}

/** As much of the beginning as fits, but at least one character. */
function take(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += places(segment);
    if (used > width && taken !== '') break;
    taken += segment;
  }
  return taken;
}
