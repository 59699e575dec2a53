import { Cover, type CoveredFile, type Insert, withInserts } from './cover.js';
import { type Node, parsed, visitAll } from './loose-tree.js';
import { throwNote } from './note-throws.js';

/**
 * Loops of a user's module that never end would hang a worker without a word. In bundles that are explored,
 * every loop's body begins with a call that counts its turns and throws past a number that no execution comes
 * near, naming the loop's place.
 *
 * Text is inserted within lines, so that lines stay what they are. A stress run has its watchdog and no
 * guards.
 */

const LOOPS = new Set([
  'WhileStatement',
  'DoWhileStatement',
  'ForStatement',
  'ForOfStatement',
  'ForInStatement',
]);

const TURNS_MAX = 20_000_000;

/** What the guards call: the first lines of a bundle. The error says as data what is wrong (see `Told`). */
export const LOOP_GUARD = `globalThis.shootdownLoopTurns = 0;
function shootdownLoop(line, file) {
  if (++globalThis.shootdownLoopTurns > ${TURNS_MAX}) {
    globalThis.shootdownLoopTurns = 0;
    throw new Error('a loop does not end', { cause: { told: 'loop', place: { file, line } } });
  }
}`;

/**
 * The module with its loops guarded and its throws noted. A module that does not parse comes back as it is:
 * the bundler says what is wrong with it.
 */
export function guardLoops(source: string, path: string, name: string): string {
  const program = parsed(source, path);
  return program === null ? source : withInserts(source, guards(program, path, name));
}

/** The same with what runs of it noted too. */
export function guardAndCover(source: string, path: string, name: string): string {
  const program = parsed(source, path);
  if (program === null) return source;
  const cover = new Cover(name);
  const { sites } = cover.module(program);
  const head: Insert = [0, `const shootdownRan=shootdownCover(${JSON.stringify(name)},${sites.length});`];
  return withInserts(source, [head, ...guards(program, path, name), ...cover.inserts]);
}

/** What `guardAndCover` notes in a module; null for one that does not parse. */
export function coveredFile(source: string, path: string, name: string): CoveredFile | null {
  const program = parsed(source, path);
  return program === null ? null : new Cover(name).module(program);
}

/** A module whose throws alone are noted: for a run on threads, which is watched and needs no guards. */
export function noteThrows(source: string, path: string): string {
  const program = parsed(source, path);
  if (program === null) return source;
  const inserts: Insert[] = [];
  visitAll(program, (node) => inserts.push(...throwNote(node, path)));
  return withInserts(source, inserts);
}

function guards(program: Node, path: string, name: string): Insert[] {
  const inserts: Insert[] = [];
  visitAll(program, (node) => {
    inserts.push(...throwNote(node, path));
    if (LOOPS.has(node.type)) {
      const body = node.body as Node;
      const call = `shootdownLoop(${node.loc.start.line},${JSON.stringify(name)});`;
      if (body.type === 'BlockStatement') inserts.push([body.start + 1, call]);
      else inserts.push([body.start, `{${call}`], [body.end, '}', body.start - 0.5]);
    }
  });
  return inserts;
}
