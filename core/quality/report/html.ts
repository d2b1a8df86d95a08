import { VALUE_CHARACTERS } from '../../validation/reasons.ts';
import { cut, visible } from '../../visible.ts';

/** Markup that is safe to put into a page: what `html` makes, which escapes whatever is put in, and text of this program. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Content = Html | string | number | undefined | Content[];

/** Long enough for a message with a value in it; a page of many of them still opens at once. */
const CHARACTERS = 300;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** As text or in a quoted attribute, with what can't be seen spelled out. */
export function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Everything put in is escaped, except what `html` itself has made; undefined is nothing. */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(
    parts.map((part, index) => part + (index < contents.length ? rendered(contents[index]) : '')).join(''),
  );
}

function rendered(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.markup;
  if (Array.isArray(content)) return content.map(rendered).join('');
  return escaped(String(content));
}

/**
 * A text that somebody else has written: cut where it is very long, and kept from turning the direction of what stands
 * around it.
 */
export function foreign(text: string, characters = CHARACTERS): Html {
  // What was measured of a value may have been cut before, at a length that is then not its own.
  const shown = cut(text, characters);
  const more = text.length >= VALUE_CHARACTERS ? shown.replace(/ characters\)$/, ' characters or more)') : shown;
  return html`<bdi>${more}</bdi>`;
}

/** What a link within the reports leads to; every part of the way is encoded. */
export const href = (...parts: string[]): string =>
  parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/');
