import { createHash } from 'node:crypto';

/** Text that is HTML already. Only `html` makes it, and it escapes everything else that is put in. */
export type Html = { readonly html: string };

type Part = Html | string | number | readonly Html[];

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replaceAll('\0', '\ufffd');

const rendered = (part: Part): string => {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map((one) => one.html).join('');
};

/** HTML with whatever is put in escaped, in text as well as in quoted attributes. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: texts.map((text, index) => text + (index < parts.length ? rendered(parts[index] ?? '') : '')).join(''),
});

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 0 1rem 4rem; }
.banner { margin: 0 -1rem 1rem; padding: .5rem 1rem; background: #f5c542; color: #1d1b16; }
.banner a { color: inherit; }
.about { opacity: .75; }
nav a { display: inline-block; padding: .25rem .75rem .25rem 0; }
nav a[aria-current] { font-weight: 600; text-decoration: none; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
th, td { text-align: left; font-weight: normal; padding: .2rem 1.5rem .2rem 0; vertical-align: top; overflow-wrap: anywhere; }
.selected { background: #f5c54255; }
pre { overflow: auto; max-height: 40rem; padding: .75rem; border: 1px solid #8886; border-radius: 4px; font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.text { border-style: dashed; font-family: inherit; }
button { font: inherit; padding: .4rem 1rem; }
small { opacity: .75; }
`;

/** Nothing is loaded or executed; the one style is named by its hash, and forms go to this address only. */
export const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const row = (name: string, value: string): Html => html`<tr><th>${name}</th><td>${value}</td></tr>`;

export const listItem = (href: string, label: string, about: string): Html =>
  html`<li><a href="${href}">${label}</a> <small>${about}</small></li>`;

/** A whole page, under the banner that says what this is. */
export const page = (title: string, content: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · stand-in of Kaggle</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<p class="banner">This is a stand-in of Kaggle on this computer. Nothing here is on the internet. <a href="/">All notebooks</a></p>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.html;
