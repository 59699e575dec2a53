import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateLowered, projectFile } from '../verify/lowered.js';
import type * as Entry from './proved-entry.js';

/**
 * The tool's own concurrency in every execution, as `shootdown verify examples/FILE` goes through it. The
 * texts are those that run, in src/programs.
 */

let entry: typeof Entry;

beforeAll(async () => {
  entry = await evaluateLowered(
    `export * from ${JSON.stringify(projectFile('test/programs/proved-entry.ts'))};`,
  );
}, 180_000);

describe('all executions', () => {
  it.each(['claims', 'doorbell', 'handOver', 'naming', 'runToken', 'waiters', 'watch'])(
    'of examples: %s',
    (name) => {
      const proved = entry.prove(name);
      const right = proved.filter(({ program }) => !program.startsWith('planted'));
      expect(right.length).toBeGreaterThan(0);
      expect(right).toEqual(right.map(({ program }) => ({ program, complete: true, steps: null })));
      const planted = proved.filter(({ program }) => program.startsWith('planted'));
      expect(planted.filter(({ steps }) => steps === null)).toEqual([]);
    },
  );

  it('find the lock that two have', () => {
    expect(entry.prove('claims')).toContainEqual({
      program: 'planted: one name for all, taken over',
      complete: false,
      steps: 18,
    });
  });
});
