/**
 * The probes that each kind of decision stands on: where one of them is missing, the kind is not compared.
 */
import { type MissingProbe, missingProbes, type Probe } from '../trace/probes.js';
import type { Recording } from '../trace/recording.js';
import { TraceError } from '../trace/trace-error.js';
import { KIND_NAMES, type Kind } from './kinds.js';

/**
 * Lines that move generations, those that move what a CPU has loaded, and those that show a request served.
 */
const REQUESTS: readonly Probe[] = ['flush_mm_range', 'batch_flush', 'native_flush_multi'];
const SWITCHES: readonly Probe[] = ['switch_mm', 'write_cr3'];
const SERVED: readonly Probe[] = ['flush_func', 'tlb_flush'];
const ANSWERS: readonly Probe[] = ['native_flush_multi', 'should_flush', 'should_flush_ret', 'enter_lazy'];

const GENERATIONS: readonly Probe[] = [...REQUESTS, 'switch_mm'];
const SLOTS: readonly Probe[] = [...SWITCHES, 'enter_lazy'];
const FLUSHES: readonly Probe[] = [...REQUESTS, ...SWITCHES, ...SERVED, ...ANSWERS];
const TARGETS: readonly Probe[] = [...ANSWERS, 'switch_mm', 'tlb_flush'];
const IPIS: readonly Probe[] = [...TARGETS, 'flush_mm_range', 'ipi_*'];

const NEEDS: Readonly<Record<Kind, readonly Probe[]>> = {
  gen: GENERATIONS,
  ngen: GENERATIONS,
  cpus: [...REQUESTS, ...SWITCHES, ...SERVED],
  ncpus: ['native_flush_multi', ...SWITCHES, ...SERVED],
  pcid: SLOTS,
  slot: SLOTS,
  'flush bit': [...SLOTS, ...REQUESTS, ...SERVED],
  'page table': SWITCHES,
  should_flush: TARGETS,
  tlb_flush: FLUSHES,
  'no tlb_flush': FLUSHES,
  'global asid': REQUESTS,
  'asid given': [...REQUESTS, ...SWITCHES, ...SERVED],
  'asid freed': ['mmdrop'],
  broadcast: REQUESTS,
  invlpgb: REQUESTS,
  tlbsync: REQUESTS,
  transition: [...REQUESTS, ...SWITCHES, ...SERVED],
  'follows asid': [...REQUESTS, ...SWITCHES, ...SERVED],
  request: ['flush_mm_range', 'native_flush_multi'],
  trim: ['native_flush_multi'],
  'pv dropped': ['native_flush_multi'],
  'IPI targets': IPIS,
  'IPI really sent': IPIS,
};

/** A kind that is not compared, and why. */
export interface NotCompared {
  readonly kind: Kind;
  readonly missing: readonly Probe[];
}

/** The kinds that the recording gives nothing to compare for. */
export function notCompared(missing: readonly MissingProbe[]): NotCompared[] {
  const lacks = new Set(missing.filter(({ proven }) => proven).map(({ probe }) => probe));
  return KIND_NAMES.map((kind) => ({
    kind,
    missing: [...new Set(NEEDS[kind])].filter((probe) => lacks.has(probe)),
  })).filter((entry) => entry.missing.length > 0);
}

/**
 * Throws TraceError for a recording in which neither requests nor switches have lines: nothing of it can be
 * compared.
 */
export function requireProbes({ events, file }: Recording): void {
  if (events.some(({ kind }) => kind === 'flush_mm_range' || kind === 'switch_mm')) return;
  const missing = missingProbes(events).map(({ probe }) => probe);
  throw new TraceError(
    file,
    null,
    `has nothing to compare without the probes ${missing.join(', ')}; docs/recording.md has them (trace ` +
      'info counts what the lines give)',
  );
}
