/**
 * A page-table entry in one word: flags, frame number and a ghost version.
 *
 *     bit 0 present, 1 writable, 2 user, 3 accessed, 4 dirty, 5 swap (software: unmapped by reclaim)
 *     bits 6-14 frame number (512 frames), bits 15-30 ghost version
 *
 * The stripped build has more frames and fewer bits of version (FRAME_BITS), for machines of 256 CPUs.
 *
 * The version counts the changes of this entry, so that a walker's one load tells value and version together.
 * The simulated kernel never looks at it: the machine's PTE operations add it, and `pteValue` strips it for
 * comparison.
 */

import { FRAME_BITS } from './frame-bits.js';

export const PTE_PRESENT = 1;
export const PTE_WRITE = 2;
export const PTE_USER = 4;
export const PTE_ACCESSED = 8;
export const PTE_DIRTY = 16;
export const PTE_SWAP = 32;

const FRAME_SHIFT = 6;
const FRAME_MASK = (1 << FRAME_BITS) - 1;
export const FRAMES_MAX = FRAME_MASK + 1;
const VERSION_SHIFT = FRAME_SHIFT + FRAME_BITS;
export const VERSION_MAX = (1 << (31 - VERSION_SHIFT)) - 1;
const VALUE_MASK = (1 << VERSION_SHIFT) - 1;

/** Flags and frame, without the ghost version. */
export function makePte(frame: number, flags: number): number {
  return (frame << FRAME_SHIFT) | flags;
}

/** The frame that the entry points to. */
export function pteFrame(pte: number): number {
  return (pte >> FRAME_SHIFT) & FRAME_MASK;
}

/** What the kernel sees: flags and frame. */
export function pteValue(pte: number): number {
  return pte & VALUE_MASK;
}

/** Ghost: how many changes the entry has seen. */
export function pteVersion(pte: number): number {
  return pte >>> VERSION_SHIFT;
}

/** Ghost: the value with a version. */
export function withVersion(value: number, version: number): number {
  return (value & VALUE_MASK) | (version << VERSION_SHIFT);
}

/**
 * Whether replacing `before` by `after` takes something away that a TLB may still hold: present cleared,
 * frame changed, W or U cleared, D cleared. Never: A cleared, a permission added.
 */
export function isRestricting(before: number, after: number): boolean {
  if ((before & PTE_PRESENT) === 0) return false;
  if ((after & PTE_PRESENT) === 0) return true;
  if (pteFrame(before) !== pteFrame(after)) return true;
  const lost = before & ~after;
  return (lost & (PTE_WRITE | PTE_USER | PTE_DIRTY)) !== 0;
}

/** `P-UA- frame 3`, for people. */
export function formatPte(pte: number): string {
  if ((pte & PTE_PRESENT) === 0) return (pte & PTE_SWAP) !== 0 ? 'swap entry' : 'none';
  const flag = (bit: number, letter: string): string => ((pte & bit) !== 0 ? letter : '-');
  const flags = flag(PTE_WRITE, 'W') + flag(PTE_USER, 'U') + flag(PTE_ACCESSED, 'A') + flag(PTE_DIRTY, 'D');
  return `frame ${pteFrame(pte)} ${flags}`;
}
