import type { Insert } from '../bundle/cover.js';
import { type AnyNode, contains, isSite, lineOf, Unsupported } from './syntax.js';

/**
 * `try`: what our own translation throws in it is no business of the script's handler, nor what something
 * that is frozen throws, wherever the handler stands:
 *
 *     catch (error) { ... }
 *     catch (error) {shootdownFrames.caught(error, "a.ts", 3); ... }
 */

export type TryBlock = AnyNode & { type: 'TryStatement' };

const LEAVES = new Set(['ReturnStatement', 'BreakStatement', 'ContinueStatement', 'ThrowStatement']);

/** Throws Unsupported for one with operations in it that is not seen through. */
export function requireTry({ finalizer }: TryBlock): void {
  // How it was come to, and with what, is kept meanwhile where nobody can look.
  if (finalizer != null && contains(finalizer, isSite))
    throw new Unsupported(lineOf(finalizer), 'an operation in finally: put it behind the try');
  if (finalizer != null && contains(finalizer, ({ type }) => LEAVES.has(type)))
    throw new Unsupported(lineOf(finalizer), 'finally is left by a jump');
}

export function caughtInserts(handler: AnyNode & { type: 'CatchClause' }, file: string): Insert[] {
  const { param, body } = handler;
  const name = param?.type === 'Identifier' ? param.name : 'shootdownError';
  const call = `shootdownFrames.caught(${name},${JSON.stringify(file)},${lineOf(handler)});`;
  if (param == null)
    return [
      [body.start, `(${name})`],
      [body.start + 1, call],
    ];
  if (param.type === 'Identifier') return [[body.start + 1, call]];
  // What stands between the pattern and the block becomes a comment.
  return [
    [param.start, `${name}){${call}let `],
    [param.end, `=${name};/*`],
    [body.start + 1, '*/'],
  ];
}
