/**
 * Bits of a page-table entry that hold the frame number. A module of its own, so that the stripped build can
 * have another one.
 */
export const FRAME_BITS = 9;
/**
 * Words of a cache line, which words that different CPUs write are kept apart by; 1: packed, since nobody
 * shares anything here.
 */
export const LINE_WORDS: number = 1;
