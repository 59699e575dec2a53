import type { Insert } from '../bundle/cover.js';
import { type AnyNode, contains, isSite, lineOf, Unsupported } from './syntax.js';

/**
 * `try` with operations in it. What our own translation throws there is no business of the script's handler:
 *
 *     catch (error) { ... }
 *     catch (error) {shootdownFrames.caught(error, "a.ts", 3); ... }
 */

export type TryBlock = AnyNode & { type: 'TryStatement' };

const LEAVES = new Set(['ReturnStatement', 'BreakStatement', 'ContinueStatement', 'ThrowStatement']);

/** Throws Unsupported for one that is not seen through. */
export function requireTry(node: TryBlock): TryBlock {
  const { handler, finalizer } = node;
  // How it was come to, and with what, is kept meanwhile where nobody can look.
  if (finalizer != null && contains(finalizer, isSite))
    throw new Unsupported(lineOf(finalizer), 'an operation in finally: put it behind the try');
  if (finalizer != null && contains(finalizer, ({ type }) => LEAVES.has(type)))
    throw new Unsupported(lineOf(finalizer), 'finally is left by a jump');
  if (handler?.param != null && handler.param.type !== 'Identifier')
    throw new Unsupported(lineOf(handler), 'catch takes its error apart: give it a name first');
  return node;
}

export function tryInserts({ handler }: TryBlock, file: string): Insert[] {
  if (handler == null) return [];
  const { param, body } = handler;
  const name = param?.type === 'Identifier' ? param.name : 'shootdownError';
  const call = `shootdownFrames.caught(${name},${JSON.stringify(file)},${lineOf(handler)});`;
  return [...(param == null ? [[body.start, `(${name})`] as const] : []), [body.start + 1, call]];
}
