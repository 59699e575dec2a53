/**
 * The kprobe events of kernels that flush by INVLPGB: requests that are broadcast, the instructions
 * themselves, and global ASIDs.
 */
import type { EventBody } from './events.js';
import { Fields } from './fields.js';
import { type BodyParser, flushInfo } from './probe-events.js';

/**
 * Bits of ECX that count the steps beyond the first (bit 31 says that they are 2 MiB), and where EDX holds
 * the PCID.
 */
const COUNT_BITS = 0xffffn;
const LARGE_STEPS = 1n << 31n;
const PCID_SHIFT = 16n;
const PCID_BITS = 0xfffn;

function invlpgb(site: number): BodyParser {
  return (text) => {
    const fields = new Fields(`invlpgb_${site}`, text);
    return {
      kind: 'invlpgb',
      site,
      rax: fields.hex('rax'),
      pages: Number(fields.hex('ecx') & COUNT_BITS) + 1,
      large: (fields.hex('ecx') & LARGE_STEPS) !== 0n,
      pcid: Number((fields.hex('edx') >> PCID_SHIFT) & PCID_BITS),
    };
  };
}

const tlbsync =
  (site: number): BodyParser =>
  () => ({ kind: 'tlbsync', site });

function transition(kind: 'transition_wait' | 'transition_done'): BodyParser {
  return (text) => {
    const fields = new Fields(kind, text);
    return { kind, mm: fields.pointer('mm'), asid: fields.number('asid') };
  };
}

const bcastFlush = (text: string): EventBody => {
  const fields = new Fields('bcast_flush', text);
  return {
    kind: 'bcast_flush',
    ...flushInfo(fields),
    cpus: fields.hex('cpus'),
    asid: fields.number('asid'),
    transition: fields.flag('trans'),
  };
};

export const BROADCAST_EVENTS: Readonly<Record<string, BodyParser>> = {
  use_global_asid: (text) => {
    const fields = new Fields('use_global_asid', text);
    return {
      kind: 'use_global_asid',
      mm: fields.pointer('mm'),
      asid: fields.number('asid'),
      ctx: fields.number('ctx'),
      cpus: fields.hex('cpus'),
    };
  },
  bcast_flush: bcastFlush,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((site) => [`invlpgb_${site}`, invlpgb(site)])),
  ...Object.fromEntries([1, 2, 3].map((site) => [`tlbsync_${site}`, tlbsync(site)])),
  transition_wait: transition('transition_wait'),
  transition_done: transition('transition_done'),
  free_global_asid: (text) => {
    const fields = new Fields('free_global_asid', text);
    return {
      kind: 'free_global_asid',
      mm: fields.pointer('mm'),
      asid: fields.number('asid'),
      ctx: fields.number('ctx'),
    };
  },
};
