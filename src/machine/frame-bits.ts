/** Bits of a page-table entry that hold the frame number. A module of its own, so that the build for threads can have another one. */
export const FRAME_BITS = 9;
