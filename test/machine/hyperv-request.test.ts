import { describe, expect, it } from 'vitest';
import * as H from '../../src/machine/hardware.js';
import { EVERY_SPACE, flushAsInputPage, listEntry, WHOLE_SPACE } from '../../src/machine/hyperv-request.js';

/** The host's half of A23. */

const REQUEST = 0;
const BLOCK = 100;

function flushed(space: number, list: readonly number[] | null, pcid: number, root: number): string[] {
  const mem = new Int32Array(BLOCK + H.HW_WORDS);
  mem.set([space, ...(list ?? [])], REQUEST);
  mem[BLOCK + H.CR3_PCID] = pcid;
  mem[BLOCK + H.CR3_ROOT] = root;
  const did: string[] = [];
  const mmu = {
    hostFlush: () => did.push('all'),
    hostFlushAddress: (_: number, page: number) => did.push(`page ${page}`),
  };
  flushAsInputPage(mmu, mem, BLOCK, REQUEST, list?.length ?? WHOLE_SPACE);
  return did;
}

describe('a flush hypercall on one virtual processor', () => {
  it('drops the space, or the pages of each entry, whatever the PCID and what is loaded', () => {
    expect(flushed(7, null, 3, 9)).toEqual(['all']);
    expect(flushed(7, [listEntry(2, 1), listEntry(5, 0)], 3, 9)).toEqual(['page 2', 'page 3', 'page 5']);
  });

  it('without PCIDs knows that another space is not there, but not for every space', () => {
    expect(flushed(7, null, 0, 9)).toEqual([]);
    expect(flushed(7, null, 0, 7)).toEqual(['all']);
    expect(flushed(EVERY_SPACE, null, 0, 9)).toEqual(['all']);
  });
});
