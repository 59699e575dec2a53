import { expect, it } from 'vitest';
import { withOwnUrl } from '../../src/bundle/own-url.js';

const PATH = '/a b/mine.ts';
const URL = '"file:///a%20b/mine.ts"';

it.each([
  ['const here: string = import.meta.url;', `const here: string = ${URL};`],
  ['f(import.meta.url, import . meta . url)', `f(${URL}, ${URL})`],
  [
    "const text = 'import.meta.url'; // import.meta.url",
    "const text = 'import.meta.url'; // import.meta.url",
  ],
  ['const all = import.meta;', 'const all = import.meta;'],
  ['no module import.meta.url', 'no module import.meta.url'],
])('%s', (source, expected) => {
  expect(withOwnUrl(source, PATH)).toBe(expected);
});
