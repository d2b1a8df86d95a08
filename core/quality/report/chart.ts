import { type Content, type Html, html } from './html.ts';

/** Numbers of one place after the point keep a drawing small. */
const at = (value: number) => String(Math.round(value * 10) / 10);

const width = 120;
const height = 24;
const edge = 3;

/**
 * A line through values in their order, oldest first; a value that is not known leaves a gap. `label` tells in words what
 * it shows, for who can't see it.
 */
export function sparkline(values: (number | undefined)[], label: string): Html {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return html``;
  const low = Math.min(...known);
  const high = Math.max(...known);
  const x = (index: number) => edge + (index * (width - 2 * edge)) / Math.max(1, values.length - 1);
  // What never changes lies in the middle.
  const y = (value: number) =>
    low === high ? height / 2 : height - edge - ((value - low) * (height - 2 * edge)) / (high - low);
  const line = values
    .map((value, index) => {
      if (value === undefined) return '';
      return `${index === 0 || values[index - 1] === undefined ? 'M' : 'L'}${at(x(index))} ${at(y(value))}`;
    })
    .join('');
  const last = values.findLastIndex((value) => value !== undefined);
  return html`<svg role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><path class="trend" d="${line}"/><circle class="dot" cx="${at(x(last))}" cy="${at(y(values[last]!))}" r="2.5"/></svg>`;
}

export interface Part {
  /** A class of the style that gives the colour. */
  name: string;
  value: number;
}

/** Parts of a whole, side by side. Where there is any of a part, it can be seen. */
export function shares(parts: Part[], label: string): Html {
  const all = parts.reduce((sum, { value }) => sum + value, 0);
  const shown = parts
    .filter(({ value }) => value > 0)
    .map((part) => ({ ...part, wide: Math.max(3, (part.value * 1000) / Math.max(1, all)) }));
  const total = shown.reduce((sum, { wide }) => sum + wide, 0);
  let from = 0;
  const rects: Content[] = shown.map(({ name, wide }) => {
    const scaled = (wide * 1000) / total;
    const rect = html`<rect class="${name}" x="${at(from)}" width="${at(scaled)}" height="20"/>`;
    from += scaled;
    return rect;
  });
  return html`<svg role="img" aria-label="${label}" width="1000" height="20" viewBox="0 0 1000 20" preserveAspectRatio="none">${rects}</svg>`;
}

/** One column a day or file, oldest first, made of parts from below; `names` are shown by pointing at a column. */
export function columns(stacks: { title: string; parts: Part[] }[], label: string): Html {
  const tall = 90;
  const step = 600 / Math.max(12, stacks.length);
  const most = Math.max(1, ...stacks.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0)));
  const drawn = stacks.map(({ title, parts }, index) => {
    let top = tall;
    const rects = parts
      .filter(({ value }) => value > 0)
      .map(({ name, value }) => {
        const size = Math.max(1, (value * (tall - 4)) / most);
        top -= size;
        return html`<rect class="${name}" x="${at(index * step + step * 0.1)}" y="${at(top)}" width="${at(step * 0.8)}" height="${at(size)}"/>`;
      });
    return html`<g><title>${title}</title>${rects}</g>`;
  });
  return html`<svg role="img" aria-label="${label}" width="600" height="${tall + 1}" viewBox="0 0 600 ${tall + 1}" preserveAspectRatio="none"><line class="axis" x1="0" x2="600" y1="${tall + 0.5}" y2="${tall + 0.5}"/>${drawn}</svg>`;
}

/** A square of a part's colour, for the key beside a drawing. */
export const swatch = (name: string): Html =>
  html`<svg aria-hidden="true" width="10" height="10"><rect class="${name}" width="10" height="10" rx="2"/></svg>`;
