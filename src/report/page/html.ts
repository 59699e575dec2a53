/**
 * The page as one file: what runs in it, how it looks, and the data, which no browser takes for anything
 * else. It reaches no network and runs no script but its own: the policy names that one by its hash, so that
 * whatever a name or a message holds stays text.
 */

import { createHash } from 'node:crypto';
import { visible } from '../escape.js';
import type { PageApp } from './app.js';
import type { PageDocument } from './document.js';

/** The page, for `index.html`. `engine`: what executes in it, packed, or null. */
export function pageHtml(
  document: PageDocument,
  { script, style }: PageApp,
  engine: string | null = null,
): string {
  const { results } = document;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    // A worker's text has no hash here: only the script that has one can make such an address.
    ...(engine === null ? [] : ['worker-src blob:']),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>shootdown ${escapeHtml(visible(results.command))}</title>
<style>${style}</style>
</head>
<body>
<div id="app">
<noscript>This report is drawn by a script in it; results.json beside it has the same.</noscript>
</div>
<script type="application/json" id="data">${inertJson(document)}</script>
${engine === null ? '' : `<script type="text/plain" id="engine">${engine}</script>\n`}\
<script type="module">${script}</script>
</body>
</html>
`;
}

/**
 * A document as JSON between tags: nothing in it ends the element or begins a comment, and what is
 * unprintable is visible, since people read it.
 */
export function inertJson(document: unknown): string {
  const json = JSON.stringify(document, (_, value) => (typeof value === 'string' ? visible(value) : value));
  return json.replaceAll('<', '\\u003c');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.codePointAt(0)};`);
}
