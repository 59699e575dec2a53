import type { Insert } from '../bundle/cover.js';
import { type AnyNode, contains, isFunction, isSite, lineOf, Unsupported } from './syntax.js';

/**
 * Loops over lists with operations in them. An iterator is an object that nobody can look into, so that no
 * state in which a script keeps one were ever met again. A list and a place in it say the same:
 *
 *     for (const word of [at.x, at.y]) sum += yield* cpu.readOnce(word);
 *     for (let shootdownPlace7 = 0, shootdownList7 = shootdownFrames.list([at.x, at.y], "a.ts", 3);
 *     shootdownPlace7 < shootdownList7.length; shootdownPlace7++) {
 *     const word = shootdownList7[shootdownPlace7]; sum += yield* cpu.readOnce(word); }
 *
 * Text is inserted within lines here too: what is not wanted becomes a comment.
 */

export type EachLoop = AnyNode & { type: 'ForOfStatement' | 'ForInStatement' };
export type ListLoop = AnyNode & { type: 'ForOfStatement' };

/** What gets a new value in each round. */
export function targetOf({ left }: EachLoop): AnyNode {
  return left.type === 'VariableDeclaration' ? left.declarations[0].id : left;
}

/** Throws Unsupported for a loop that cannot be made one over a list. */
export function requireListLoop(node: EachLoop): ListLoop {
  if (node.type === 'ForInStatement')
    throw new Unsupported(lineOf(node), 'an operation in a loop over in: loop over Object.keys(...)');
  const { left } = node;
  if (node.await) throw new Unsupported(lineOf(node), 'for await');
  if (left.type === 'VariableDeclaration' && left.kind === 'var')
    throw new Unsupported(lineOf(node), 'var: write let or const');
  if (contains(left, isSite) || contains(left, isFunction))
    throw new Unsupported(lineOf(node), 'an operation or a function where a loop names its value');
  return node;
}

/** Names that are live wherever the loop is under way. */
export const loopNames = (number: number): readonly string[] => [
  `shootdownList${number}`,
  `shootdownPlace${number}`,
];

/** Throws Unsupported where comments stand in the loop's head. */
export function loopInserts(loop: ListLoop, source: string, file: string, number: number): Insert[] {
  const { left, right, body } = loop;
  const head = source.slice(left.start, left.end);
  const word = /^\s*of\b/.exec(source.slice(left.end, right.start));
  const after = /^[\s)]*\)\s*$/.exec(source.slice(right.end, body.start));
  if (word === null || after === null || /\/[/*]|\*\//.test(head))
    throw new Unsupported(lineOf(loop), 'a comment in the head of a loop with operations: put it above');
  const [list, place] = loopNames(number);
  const listAt = left.end + word[0].length;
  const end = right.end + after[0].lastIndexOf(')');
  const value = `${list}[${place}]`;
  const flat = head.replaceAll(/\s+/g, ' ');
  const taken = left.type === 'VariableDeclaration' ? `${flat}=${value};` : `(${flat}=${value});`;
  return [
    [left.start, `let ${place}=0,${list}=shootdownFrames.list((/*`],
    [listAt, '*/'],
    [end, `),${JSON.stringify(file)},${lineOf(loop)});${place}<${list}.length;${place}++`, listAt],
    [body.start, `{${taken}`],
    [body.end, '}', body.start],
  ];
}
