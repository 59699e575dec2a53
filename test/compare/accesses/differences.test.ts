import { expect, it } from 'vitest';
import type { Access } from '../../../src/compare/accesses/access.js';
import { differencesOf } from '../../../src/compare/accesses/differences.js';

const at = (text: string): Access[] =>
  text.split(' ').map((item) => {
    const [name, told = null] = item.split('=');
    return { name, told, word: name, isPrivate: false, functions: [], place: null };
  });
const found = (left: string, right: string) =>
  differencesOf(at(left), at(right)).map(({ kind, name, isRepeated, isLater, past }) => ({
    kind,
    name,
    isRepeated,
    isLater,
    past,
  }));
const difference = { isRepeated: false, isLater: false, past: [] };

it('sees no difference where there is none', () => {
  expect(found('a b=1 c', 'a b=1 c')).toEqual([]);
});

it('tells what is in one only, and whether the other has it somewhere else', () => {
  expect(found('a b c', 'a c')).toEqual([{ ...difference, kind: 'left', name: 'b' }]);
  expect(found('a c', 'a b c')).toEqual([{ ...difference, kind: 'right', name: 'b' }]);
  expect(found('a b a', 'a b')).toEqual([{ ...difference, kind: 'left', name: 'a', isRepeated: true }]);
});

it('tells what has moved past what, and which way', () => {
  const moved = { ...difference, kind: 'moved', name: 'x' };
  expect(found('x a b', 'a b x')).toEqual([{ ...moved, past: ['a', 'b'] }]);
  expect(found('a b x', 'x a b')).toEqual([{ ...moved, isLater: true, past: ['a', 'b'] }]);
});

it('tells what is stored otherwise', () => {
  expect(found('a b=1', 'a b=2')).toEqual([{ ...difference, kind: 'told', name: 'b' }]);
});
