/** Numbers of the simulated kernel as a recording prints them. */

import { INIT_MM, MM_NULL, TLB_FLUSH_ALL } from '../../kernel/constants.js';
import { FLUSH_ALL } from '../../trace/events.js';

export const PAGE_SHIFT = 12;
/** An mm of a user is a slab object, the kernel's own lies in its image. */
const FIRST_MM = 0xffff_8881_0000_0000n;
const MM_BYTES = 0x800n;
const INIT_MM_POINTER = '0xffffffff82a00000';
/** A frame's number in CR3. */
const NO_FLUSH = 1n << 63n;

export function mmPointer(mm: number): string {
  if (mm === MM_NULL) return '0x0';
  return mm === INIT_MM ? INIT_MM_POINTER : `0x${(FIRST_MM + BigInt(mm) * MM_BYTES).toString(16)}`;
}

/** The address of a page; the end of everything is the kernel's. */
export function address(page: number): bigint {
  return page === TLB_FLUSH_ALL ? FLUSH_ALL : BigInt(page) << BigInt(PAGE_SHIFT);
}

export function cr3(root: number, pcid: number, noFlush: boolean): bigint {
  return (noFlush ? NO_FLUSH : 0n) | (BigInt(root) << BigInt(PAGE_SHIFT)) | BigInt(pcid);
}
