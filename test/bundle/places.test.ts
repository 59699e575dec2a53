import { describe, expect, it } from 'vitest';
import { BundlePlaces, userError } from '../../src/bundle/places.js';
import { SealError } from '../../src/seal/process-seal.js';

const places = new BundlePlaces('/nowhere/bundle.mjs');

describe('the place of a frame', () => {
  it.each([
    ['    at f (/a/b.ts:12:3)', { path: '/a/b.ts', line: 12 }],
    ['    at /a/b.ts:12:3', { path: '/a/b.ts', line: 12 }],
    ['    at async file:///a/b%20c.ts:12:3', { path: '/a/b c.ts', line: 12 }],
    ['    at async Promise.all (index 0)', null],
    ['    at new A (file:///a(b)/c.ts:1:2)', { path: '/a(b)/c.ts', line: 1 }],
    ['    at Object.<anonymous> (/a (b)/c.ts:1:2)', { path: '/a (b)/c.ts', line: 1 }],
    ['    at file://elsewhere/c.ts:1:2', null],
    ['    at node:internal/timers:1:2', null],
  ])('%s', (frame, place) => {
    expect(places.place(frame)).toEqual(place);
  });
});

describe('an error whose stack a module has written', () => {
  it('is of the modules where it is ours', () => {
    const error = Object.assign(new SealError('process.exit() would end it'), { stack: 'nothing' });
    expect(userError(error, places, ['/a/m.ts'])?.message).toMatch(
      /a\/m\.ts: process\.exit\(\) would end it$/,
    );
    expect(userError(error, places, [])).toBeNull();
  });

  it('is of nobody where it is not', () => {
    expect(
      userError(Object.assign(new Error('x'), { stack: 'at file://host/x:1:1' }), places, ['/a/m.ts']),
    ).toBeNull();
  });
});
