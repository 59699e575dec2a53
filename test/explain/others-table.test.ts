import { describe, expect, it } from 'vitest';
import { hunt } from '../../src/api/hunt.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';

describe("a walk through what was cached of another mm's paging structures", () => {
  it('is told with the load of CR3 that kept it', async () => {
    const scenarios = catalogue.filter(({ name }) => name === 'fork-cow');
    const { replay, finding } = await hunt({ variant: 'b23', scenarios, executions: 500 });
    if (finding === null || replay === null) throw new Error('nothing found');
    expect(finding.violation.class).toBe('stale-use');
    expect(replay.cause).toBe('a PCID was loaded for another mm without a flush');
    expect(replay.sentence).toMatch(
      /; CPU(\d) walked [A-E]'s page table for ([A-E]); CPU\1 took slot 0 over for \2,/,
    );
    expect(replay.sentence).toMatch(/, and loaded PCID 0 without a flush$/);
    const marked = replay.trace.filter(({ deciding }) => deciding !== null);
    const saying = (words: string) => marked.find(({ deciding }) => deciding?.includes(words));
    const cached = saying('caches where');
    const loaded = saying('is loaded for');
    const walked = saying('the walk for');
    expect(loaded?.text).toMatch(/^CR3 = .*, no flush$/);
    expect(loaded?.functions).toContain('xen_write_cr3');
    for (const step of [cached, loaded, walked]) expect(replay.told).toContain(step?.step);
    expect([cached, loaded, walked].map((one) => one?.step)).toEqual(
      [cached, loaded, walked].map((one) => one?.step).toSorted((a, b) => Number(a) - Number(b)),
    );
  });
});
