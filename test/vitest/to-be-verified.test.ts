import 'shootdown/vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findVariant, plainProgram } from 'shootdown';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { seqlock } from '../../examples/seqlock.js';
import { brokenTicketLock, ticketLock } from '../../examples/ticket-lock.js';
import { readFinding } from '../../src/findings/read.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';

/** The matcher, where it passes and where it fails: what it prints, what it saves, how it replays. */

const out = mkdtempSync(join(tmpdir(), 'shootdown-verified-'));
afterAll(() => rmSync(out, { recursive: true }));
afterEach(() => {
  delete process.env.SHOOTDOWN_REPLAY;
});

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => Promise.reject(new Error('it passed')),
    (error: Error) => error.message,
  );
}

const local = plainProgram({
  name: 'local',
  words: { x: 0 },
  cpus: [
    function* (cpu, at) {
      yield* cpu.writeOnce(at.x, 1);
    },
  ],
});

describe('toBeVerified', () => {
  it('passes what no execution breaks, and .not passes what one does', async () => {
    await expect(ticketLock).toBeVerified();
    await expect(brokenTicketLock).not.toBeVerified();
  });

  it('fails with the timeline of a shortest witness, a saved finding and a command that replays it', async () => {
    const message = await failure(expect(brokenTicketLock).toBeVerified({ out }));
    expect(message).toMatch(/^ticket-lock-broken: deadlock in 15 steps, the fewest that any execution needs/);
    const [, path] = /SHOOTDOWN_REPLAY=(\S+) npx vitest run test\/vitest\/to-be-verified/.exec(message) ?? [];
    expect(readFinding(path)).toMatchObject({ program: 'ticket-lock-broken', strategy: 'verify' });
    process.env.SHOOTDOWN_REPLAY = path;
    expect(await failure(expect(brokenTicketLock).toBeVerified())).toContain('reproduced: deadlock');
  });

  it('passes neither way where it is not decided', async () => {
    const memoryLimit = 2 ** 20;
    const told = /the memory was used up.*; give the test more time/;
    // Both at once, too.
    const both = [
      expect(seqlock).toBeVerified({ memoryLimit }),
      expect(seqlock).not.toBeVerified({ memoryLimit }),
    ];
    for (const message of await Promise.all(both.map(failure))) expect(message).toMatch(told);
    await expect(seqlock).toBeVerified({ preemptionsOfCpus: 0 });
  });

  it('takes a variant of the package in scenarios', async () => {
    const kernel = findVariant('6.18');
    const scenarios = verifyCatalogue.filter(({ name }) => name === 'dontneed-read');
    await expect(kernel).toBeVerified({ scenarios, memory: 'sc' });
  });

  it('says what to do where the program is of no module', async () => {
    await expect(expect(local).toBeVerified()).rejects.toThrow(
      "local: it is made in the test's own file; export it from a module of its own",
    );
    await expect(expect(ticketLock).toBeVerified({ module: 'examples/seqlock.ts' })).rejects.toThrow(
      'examples/seqlock.ts exports nothing that is named "ticket-lock"; export it from',
    );
  });
});
