/**
 * What `console` is in bundles with users' modules: words go to stderr, so that they are not in a JSON
 * document, and what a terminal would act on is escaped, as in everything else that is printed. Text for the
 * first lines of a bundle.
 */
export const QUIET_CONSOLE = `import { format as shootdownFormat } from 'node:util';
const shootdownEscape = (c) => '\\\\u' + c.codePointAt(0).toString(16).padStart(4, '0');
const shootdownPrint = (...values) => {
  process.stderr.write(shootdownFormat(...values).replace(/[^\\n\\t\\P{C}]/gu, shootdownEscape) + '\\n');
};
const console = Object.fromEntries(
  ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'].map((name) => [name, shootdownPrint]),
);`;
