import { cut, visible } from '../../visible.ts';

/** Markup that is safe to put into a page: only `html` makes it, and it escapes whatever is put in. */
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
export function escape(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Everything put in is escaped, except what `html` itself has made; undefined is nothing. */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(parts.map((part, index) => part + (index < contents.length ? rendered(contents[index]) : '')).join(''));
}

function rendered(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.markup;
  if (Array.isArray(content)) return content.map(rendered).join('');
  return escape(String(content));
}

/**
 * A text that somebody else has written: cut where it is very long, and kept from turning the direction of what stands
 * around it.
 */
export function foreign(text: string, characters = CHARACTERS): Html {
  return html`<bdi>${cut(text, characters)}</bdi>`;
}

/** An attribute `href` for a link to an address within the lake's reports, each part of its path encoded. */
export function path(...parts: string[]): string {
  return parts.map((part) => (part === '..' ? part : encodeURIComponent(part.toWellFormed()))).join('/');
}
