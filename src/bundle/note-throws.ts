import { pathToFileURL } from 'node:url';
import type { Insert } from './cover.js';
import type { Node } from './loose-tree.js';

/**
 * Where a user's module throws what tells no place by itself: every `throw` of it notes its line first. Read
 * by `seal/thrown.ts`. Text is inserted within lines, so that lines stay what they are.
 */

/** What the notes call: first lines of a bundle. */
export const THROW_NOTES = `function shootdownThrow(at, value) {
  globalThis.shootdownThrew = { value, at };
  return value;
}`;

/** What notes one `throw`; none for any other node. */
export function throwNote(node: Node, path: string): Insert[] {
  if (node.type !== 'ThrowStatement') return [];
  const value = node.argument as Node;
  // As a stack names a place: a URL, in which a line break or a bracket of the path is no longer one.
  const url = pathToFileURL(path).href.replaceAll('(', '%28').replaceAll(')', '%29');
  return [
    [value.start, `shootdownThrow(${JSON.stringify(`${url}:${node.loc.start.line}:1`)},(`],
    [value.end, '))', value.start],
  ];
}
