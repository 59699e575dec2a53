import { describe, expect, it } from 'vitest';
import { namingProgram } from '../../examples/naming.js';
import { enumerate } from '../../src/explore/enumerate.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { claimReserved, giveName, NAMED, type NamingOps, NO_LINKS } from '../../src/programs/naming.js';
import { hunt } from '../stress/hunt-program.js';

describe('naming findings', () => {
  it.each([true, false])(
    'loses nothing, shows no half file and finds a name, in any execution hunted (hard links: %s)',
    (hardLinks) => {
      expect(hunt(namingProgram('three', { hardLinks }), 20_000)).toBeNull();
      expect(hunt(namingProgram('two alike', { hardLinks, files: [1, 1, 2] }), 20_000)).toBeNull();
    },
  );

  it.each([true, false])('is right in every schedule of two processes (hard links: %s)', (hardLinks) => {
    for (const files of [
      [1, 2],
      [1, 1],
    ]) {
      const { outcomes, states } = enumerate(namingProgram('two', { hardLinks, files }), {
        memory: 'sc',
        maxStates: 1_000_000,
      });
      expect(outcomes.map(({ violation }) => violation)).toEqual(outcomes.map(() => null));
      expect(states).toBeGreaterThan(20);
    }
  });

  it('shows half a file where the name comes first', () => {
    const save = function* (ops: NamingOps, names: number): Protocol<number> {
      const named = yield* giveName(ops, names);
      yield* ops.write();
      return named;
    };
    expect(hunt(namingProgram('named first', { save }), 2_000)).toMatchObject({ class: 'assertion' });
  });

  it('overwrites a finding where a look before a rename is all that there is', () => {
    const save = function* (ops: NamingOps, names: number): Protocol<number> {
      yield* ops.write();
      for (let n = 1; n <= names; n++) {
        const taken = yield* ops.isTaken(n);
        if (taken === 0) {
          yield* ops.rename(n);
          return n;
        }
      }
      return 0;
    };
    expect(hunt(namingProgram('look, then rename', { save, hardLinks: false }), 5_000)).toMatchObject({
      class: 'assertion',
    });
  });

  it('overwrites a finding where the look comes before the reservation', () => {
    const save = function* (ops: NamingOps, names: number): Protocol<number> {
      yield* ops.write();
      for (let n = 1; n <= names; n++) {
        const taken = yield* ops.isTaken(n);
        const reserved = taken === 0 ? yield* ops.reserve(n) : 0;
        if (reserved !== 0) {
          yield* ops.rename(n);
          yield* ops.release(n);
          return n;
        }
      }
      return 0;
    };
    expect(hunt(namingProgram('look, then reserve', { save, hardLinks: false }), 20_000)).toMatchObject({
      class: 'assertion',
    });
  });

  it('leaves a reservation behind where a taken name is not released', () => {
    const save = function* (ops: NamingOps, names: number): Protocol<number> {
      yield* ops.write();
      for (let n = 1; n <= names; n++) {
        const reserved = yield* ops.reserve(n);
        if (reserved !== 0) {
          const taken = yield* ops.isTaken(n);
          if (taken === 0) {
            yield* ops.rename(n);
            yield* ops.release(n);
            return n;
          }
        }
      }
      return 0;
    };
    expect(hunt(namingProgram('keeps it', { save, hardLinks: false }), 5_000)).toMatchObject({
      class: 'assertion',
    });
  });

  it('asks a file system for reservations only where it has no links', () => {
    const asked: string[] = [];
    const noting = (links: number): NamingOps => {
      const note = function* <R>(what: string, answer: R): Generator<undefined, R, number> {
        asked.push(what);
        return answer;
      };
      return {
        write: () => note('write', undefined),
        link: () => note('link', links),
        holdsSame: () => note('look', 0),
        reserve: () => note('reserve', 1),
        isTaken: () => note('is taken', 0),
        rename: () => note('rename', undefined),
        release: () => note('release', undefined),
      };
    };
    expect(giveName(noting(NAMED), 1).next().value).toBe(1);
    expect(asked.splice(0)).toEqual(['link']);
    expect(giveName(noting(NO_LINKS), 1).next().value).toBe(1);
    expect(asked.splice(0)).toEqual(['link', 'reserve', 'is taken', 'rename', 'release']);
    expect(claimReserved(noting(NO_LINKS), 1).next().value).toBe(NAMED);
  });
});
