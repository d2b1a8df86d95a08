import { type Content, Html, html } from './html.ts';
import { style } from './style.ts';

/**
 * What a page may load: nothing but its own style. Values of files that strangers wrote are in it, so that even markup
 * that was not escaped could neither run nor fetch anything.
 */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export interface Crumb {
  text: string;
  /** Left out: this page. */
  href?: string;
}

/** A whole page that needs nothing else: no script, no font, no picture from elsewhere. */
export function page(title: string, crumbs: Crumb[], heading: Content, content: Content, footer: Content): string {
  const trail = crumbs.map(({ text, href }) =>
    href === undefined ? html`<li aria-current="page">${text}</li>` : html`<li><a href="${href}">${text}</a></li>`,
  );
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<nav aria-label="Where this is"><ol>${trail}</ol></nav>
<h1>${heading}</h1>
</header>
<main>
${content}
</main>
<footer>${footer}</footer>
</body>
</html>
`;
  return markup;
}
