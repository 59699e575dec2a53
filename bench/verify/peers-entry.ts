import type { SearchResult } from '../../src/verify/search.js';
import { plainSearch } from '../../src/verify/searches.js';
import { p1 } from '../peers/p1.js';
import { p2 } from '../peers/p2.js';
import { p3 } from '../peers/p3.js';
import { p4 } from '../peers/p4.js';

/** The programs of the peers through the exhaustive engine, bundled and lowered. */

const PROGRAMS = {
  P1: () => p1(),
  P2: () => p2(false),
  'P2 with fence': () => p2(true),
  'P3 3x3': () => p3(3, 3),
  'P3 3x8': () => p3(3, 8),
  'P4 LOOPS=2': () => p4(2),
  'P4 LOOPS=5': () => p4(5),
  'P4 LOOPS=10': () => p4(10),
  P4b: () => p4(2, true),
} as const;
export type PeerName = keyof typeof PROGRAMS;
export const names = Object.keys(PROGRAMS) as PeerName[];

export function verifyPeer(name: PeerName, memory: 'tso' | 'sc'): SearchResult & { readonly cpuMs: number } {
  const before = process.cpuUsage();
  const result = plainSearch(PROGRAMS[name](), memory, {
    memoryBytes: 8 * 2 ** 30,
    isOver: () => false,
  }).run();
  const { user, system } = process.cpuUsage(before);
  return { ...result, cpuMs: (user + system) / 1000 };
}
