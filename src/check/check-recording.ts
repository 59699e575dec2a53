/** Checks a recording: the model's decisions against the kernel's. */
import { invlpgbBackend } from '../backends/invlpgb.js';
import { kvmPvBackend } from '../backends/kvm-pv.js';
import { nativeBackend } from '../backends/native.js';
import type { Backend } from '../kernel/backend.js';
import type { Features } from '../kernel/features/index.js';
import type { KernelFunctions } from '../kernel/functions.js';
import type { OwnWords } from '../kernel/own-words.js';
import type { TraceEvent } from '../trace/events.js';
import { type HypervisorEvent, readHypervisorLog } from '../trace/hypervisor-log.js';
import { type FoundBy, identify } from '../trace/identify.js';
import { missingProbes } from '../trace/probes.js';
import { recordingParts } from '../trace/read-parts.js';
import { readRecording } from '../trace/read-recording.js';
import type { Recording } from '../trace/recording.js';
import { TraceError } from '../trace/trace-error.js';
import { addedReports } from './add-reports.js';
import { Board, type Findings, type Score } from './board.js';
import { BROADCAST_KINDS, broadcastLines } from './globals.js';
import { SLOTS } from './lab.js';
import { type NotCompared, notCompared, requireProbes } from './needs.js';
import { takeLines } from './take-lines.js';

/** What of a kernel a check runs: a profile, or a variant of one. */
export interface CheckedVersion {
  readonly name: string;
  readonly features: Features;
  readonly replace?: Partial<KernelFunctions>;
  /** Its functions are a kernel's C text, of the form that calls through the table. */
  readonly isKernelText?: boolean;
  readonly ownWords?: OwnWords;
}

/** The answer of `trace check --json`: what was found, and the sums over the kinds that have a bar. */
export interface CheckReport extends Findings, Score {
  readonly file: string;
  readonly profile: string;
  /** Parts that a large file was checked in; absent where it was checked as a whole. */
  readonly parts?: number;
  /** How the profile was found. */
  readonly profileBy: FoundBy;
  readonly backend: string;
  readonly events: number;
  /** Kinds that stand on a probe which the recording lacks: in no score. */
  readonly notCompared: readonly NotCompared[];
}

/** CPU masks are printed with 64 bits; the model's words of a mask have 32. */
const MAX_CPUS = 32;
/** Words of the simulated machine are 32 bits wide. */
const MAX_GEN = 2 ** 30;

function validate(recording: Recording): void {
  const { file, cpus, events } = recording;
  if (cpus > MAX_CPUS)
    throw new TraceError(file, null, `${cpus} CPUs`, `expected at most ${MAX_CPUS} for a check`);
  for (const event of events) {
    const gen = event.kind === 'switch_mm' ? event.ngen : 'gen' in event ? event.gen : 0;
    if (gen >= MAX_GEN)
      throw new TraceError(file, event.line, `generation ${gen}`, `expected less than ${MAX_GEN}`);
  }
}

/** Lines that are read, and decide nothing. */
const PASSED_OVER: ReadonlySet<string> = new Set<TraceEvent['kind']>([
  'other',
  'csd_queue_cpu',
  'csd_function',
]);

/** The lines that the model takes, and which of them it does not model (null: none). */
function modelled(
  all: readonly TraceEvent[],
  broadcasts: boolean,
): { events: TraceEvent[]; marks: Uint8Array | null } {
  const marks = broadcasts ? null : broadcastLines(all, SLOTS);
  // What else was traced says nothing of the protocol, and may stand anywhere: between a switch_mm and its
  // CR3 write, too.
  const taken = ({ kind }: TraceEvent): boolean =>
    !PASSED_OVER.has(kind) && (broadcasts || !BROADCAST_KINDS.has(kind));
  return { events: all.filter(taken), marks: marks?.filter((_, index) => taken(all[index])) ?? null };
}

/** What of the machine the lines show. */
interface Traits {
  readonly pv: boolean;
  readonly pcid: boolean;
  /** CPUs broadcast, and the probes on it are set. */
  readonly broadcasts: boolean;
}

function traitsOf({ events, meta }: Recording): Traits {
  return {
    pv: events.some((event) => event.kind === 'kvm_flush_multi'),
    broadcasts: events.some(({ kind }) => BROADCAST_KINDS.has(kind)),
    pcid: meta?.pcid ?? events.some((event) => event.kind === 'write_cr3' && event.pcid !== 0),
  };
}

/**
 * Checks a recording that has been read; `hypervisor` is the log beside it (PV recordings). Throws TraceError
 * for one that cannot be.
 */
export function checkRecording(
  recording: Recording,
  version: CheckedVersion,
  hypervisor: readonly HypervisorEvent[] | null,
  traits: Traits | null = null,
): CheckReport {
  validate(recording);
  if (traits === null) requireProbes(recording);
  const { pv, pcid, ...shown } = traits ?? traitsOf(recording);
  const broadcasts = shown.broadcasts && version.features.globalAsids;
  if (broadcasts && version.isKernelText === true)
    throw new TraceError(recording.file, null, 'its CPUs broadcast', 'C text runs on CPUs without INVLPGB');
  const backend = pv ? kvmPvBackend : broadcasts ? invlpgbBackend : nativeBackend;
  const kernel = { ...version, backend, replace: replacedBy(version, backend) };
  const { events, marks } = modelled(recording.events, broadcasts);
  const left = notCompared(missingProbes(events));
  const board = new Board(new Set(left.map(({ kind }) => kind)));
  takeLines({ ...recording, events }, kernel, pcid, hypervisor ?? [], marks, board);
  if (!broadcasts)
    for (const event of recording.events) if (BROADCAST_KINDS.has(event.kind)) board.leave(event);
  return {
    file: recording.file,
    profile: version.name,
    profileBy: 'given',
    backend: backend.name,
    events: recording.events.length,
    notCompared: left,
    ...board.report(),
  };
}

/** What the version's functions replace; a hypervisor's way to reach vCPUs is not in C text. */
function replacedBy(
  { replace = {}, isKernelText }: CheckedVersion,
  backend: Backend,
): Partial<KernelFunctions> {
  if (isKernelText !== true || backend === nativeBackend) return replace;
  const { flushTlbMulti: _, ...rest } = replace;
  return rest;
}

/** The profile to check with, the hypervisor's log, and what the first part of the recording shows. */
function prepare(recording: Recording, version: CheckedVersion | null) {
  const { file } = recording;
  requireProbes(recording);
  const found = version === null ? identify(recording) : null;
  const chosen = version ?? found?.profile;
  if (chosen === undefined) {
    const kernel =
      recording.meta === undefined
        ? 'no meta file names its kernel, and its lines do not show which it was'
        : `there is no profile of its kernel ${recording.meta.kernel}`;
    throw new TraceError(file, null, kernel, 'give one with --profile (shootdown list variants)');
  }
  // Of a vCPU that wrote no line the recording may not know.
  const log = readHypervisorLog(file, Math.max(recording.cpus, recording.meta?.cpus ?? 0));
  if (log !== null && recording.ticks) {
    const what = 'has ticks for times, and a hypervisor log beside it';
    throw new TraceError(file, null, what, 'expected the trace clock of the log (mono)');
  }
  return { chosen, by: found?.by ?? ('given' as const), log };
}

/**
 * Reads and checks `file`; `version` null takes the profile of the kernel that made it, as meta file or text
 * tell.
 */
export function checkFile(file: string, version: CheckedVersion | null): CheckReport {
  const recording = readRecording(file);
  const { chosen, by, log } = prepare(recording, version);
  return { ...checkRecording(recording, chosen, log), profileBy: by };
}

/**
 * The same for a file of any length: one that is too large for memory is checked in parts, each of which
 * begins with what is not known (its first sights are learnt again), and the figures are their sums.
 * `onBytes` is told of those how many bytes of the file have been read.
 */
export async function checkPath(
  file: string,
  version: CheckedVersion | null,
  onBytes?: (bytes: number) => void,
): Promise<CheckReport> {
  let prepared: ReturnType<typeof prepare> | null = null;
  let traits: Traits = { pv: false, pcid: false, broadcasts: false };
  let sum: CheckReport | null = null;
  let parts = 0;
  for await (const part of recordingParts(file, onBytes)) {
    prepared ??= prepare(part, version);
    const shown = traitsOf(part);
    traits = {
      pv: traits.pv || shown.pv,
      pcid: traits.pcid || shown.pcid,
      broadcasts: traits.broadcasts || shown.broadcasts,
    };
    const report = { ...checkRecording(part, prepared.chosen, prepared.log, traits), profileBy: prepared.by };
    sum = sum === null ? report : addedReports(sum, report);
    parts++;
  }
  if (sum === null) throw new TraceError(file, null, 'has no event', 'expected a recording');
  return parts === 1 ? sum : { ...sum, parts };
}
