import type { MmuLayout } from './program.js';

/**
 * The layout of a machine without page tables and frames: a plain program's. Its CPUs have no operation that
 * would come here.
 */
export const NO_MMU: MmuLayout = {
  ghost: {
    keys: 1,
    pages: 0,
    entryStride: 1,
    historyScale: 1,
    frameStride: 1,
    version: 0,
    revokedRead: 0,
    revokedWrite: 0,
    history: 0,
    historyNext: 0,
    frameAlloc: 0,
    frameOwner: 0,
    linkedAlloc: 0,
    mmSerial: 0,
  },
  handles: 0,
  framesBase: 0,
  frameWords: 0,
  frameStride: 0,
  frames: 0,
  freeTop: 0,
  freeStack: 0,
  freeLists: null,
  grace: 0,
  graceCapacity: 0,
  generations: [],
  pages: 0,
};
