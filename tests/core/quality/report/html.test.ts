import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escaped, foreign, href, html } from '../../../../core/quality/report/html.ts';
import { style } from '../../../../core/quality/report/style.ts';
import { visible } from '../../../../core/visible.ts';
import { textOf } from './fixture.ts';

/** Any text at all, halves of characters among them, and often what means something to a browser. */
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '&lt;b&gt;',
    '</style><script>',
    '<!--',
    ']]>',
    '\u202e gpj.exe',
    '\ud800',
    '\0',
  ),
);

describe('what is put into a page', () => {
  it('never becomes markup, in a text or an attribute, and can be read as it was', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`;

        const [, attribute, content] = /^<p title="([^"]*)">([^<]*)<\/p>$/.exec(markup)!;
        expect(textOf(attribute!)).toBe(visible(text));
        expect(textOf(content!)).toBe(visible(text));
        expect(markup.isWellFormed()).toBe(true);
        expect(markup).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });

  it('is cut where it is long, and says so', () => {
    const cut = textOf(foreign('x'.repeat(400)).markup);
    const cutBefore = textOf(foreign('x'.repeat(1_000), 10).markup);

    expect(cut).toBe(`${'x'.repeat(300)}… (400 characters)`);
    expect(cutBefore).toBe('xxxxxxxxxx… (1,000 characters or more)');
  });

  it('is escaped once where it is markup of its own', () => {
    expect(html`<p>${html`<b>${'<'}</b>`}${[1, '&', undefined]}</p>`.markup).toBe('<p><b>&lt;</b>1&amp;</p>');
    expect(escaped('&lt;')).toBe('&amp;lt;');
  });

  it('can not lead a link out of the reports', () => {
    expect(href('javascript:alert(1)')).toBe('javascript%3Aalert(1)');
    expect(href('//evil', 'a b?#.html')).toBe('%2F%2Fevil/a%20b%3F%23.html');
    expect(href('\ud800')).toBe('%EF%BF%BD');
  });
});

describe('the style', () => {
  const palettes = [...style.matchAll(/:root\{([^}]*)\}/g)].map(
    ([, text]) => new Map([...text!.matchAll(/--([a-z-]+):(#[0-9a-f]+)/g)].map(([, name, value]) => [name!, value!])),
  );

  it.each([
    ['text', 'page'],
    ['text', 'card'],
    ['text', 'soft-good'],
    ['text', 'soft-warn'],
    ['text', 'soft-bad'],
    ['dim', 'page'],
    ['dim', 'card'],
    ['link', 'page'],
    ['link', 'soft-bad'],
    ['good', 'soft-good'],
    ['warn', 'soft-warn'],
    ['bad', 'soft-bad'],
  ])('shows %s on %s with enough contrast, light and dark', (front, back) => {
    const contrasts = palettes.map((colours) => contrast(colours.get(front)!, colours.get(back)!));

    expect(contrasts).toHaveLength(2);
    for (const value of contrasts) expect(value).toBeGreaterThanOrEqual(4.5);
  });
});

/** WCAG 2.1, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
