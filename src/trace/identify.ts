/**
 * Which kernel made a recording: what the meta file says, else what the text shows. A probe's line has the
 * size of its function, which together make a build out; without known sizes, wording and what only newer
 * kernels do tell the release as far as it matters here.
 */
import { TLB_REMOTE_WRONG_CPU } from '../kernel/constants.js';
import { type Profile, profiles } from '../kernel/profiles.js';
import type { Recording } from './recording.js';

/** How a recording's profile was found. */
export type FoundBy = 'given' | 'meta' | 'build' | 'wording';

export interface Identified {
  readonly profile: Profile;
  readonly by: FoundBy;
}

/** Sizes in bytes of the probed functions that differ between the recorded builds. */
const BUILDS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '6.1.192': sizes(0x170, 0x1f0, 0x470, 0x330, 0x310, 0x130, 0x100),
  '6.12.117': sizes(0x1c0, 0x1f0, 0x500, 0x4c0, 0x3b0, 0x190, 0x100),
  '6.16.3': sizes(0x750, 0x300, 0x410, 0x540, 0x3b0, 0x1f0, 0x130),
  '6.18.15': sizes(0x770, 0x300, 0x420, 0x570, 0x3b0, 0x210, 0x130),
};

function sizes(
  range: number,
  func: number,
  switchMm: number,
  call: number,
  exit: number,
  drop: number,
  multi: number,
) {
  return {
    flush_tlb_mm_range: range,
    flush_tlb_func: func,
    switch_mm_irqs_off: switchMm,
    smp_call_function_many_cond: call,
    exit_mmap: exit,
    __mmdrop: drop,
    native_flush_tlb_multi: multi,
  };
}

const byName = (name: string): Profile | undefined => profiles.find((profile) => profile.name === name);

/** The profile of the kernel that the recording's meta file names. */
function fromMeta(recording: Recording): Profile | undefined {
  const named = `${recording.meta?.kernel ?? ''} ${recording.meta?.kernelVersion ?? ''}`;
  return profiles.find((profile) =>
    new RegExp(`(?<![\\d.])${profile.name.replaceAll('.', '\\.')}(?![\\d.])`).test(named),
  );
}

/**
 * The build whose functions have the sizes that the lines show; where several do, the first: they decide
 * alike.
 */
function fromSizes(recording: Recording): Profile | undefined {
  const shown = Object.entries(recording.symbolSizes ?? {});
  const fits = (build: Readonly<Record<string, number>>): boolean => {
    const known = shown.filter(([symbol]) => build[symbol] !== undefined);
    return known.length > 0 && known.every(([symbol, size]) => build[symbol] === size);
  };
  const found = Object.keys(BUILDS).filter((name) => fits(BUILDS[name] ?? {}));
  const [first, ...others] = found.map(byName);
  if (first === undefined) return undefined;
  const decides = ({ features }: Profile): string => JSON.stringify(features);
  return others.every((other) => other !== undefined && decides(other) === decides(first))
    ? first
    : undefined;
}

/** A release that words things as the lines do; undefined where nothing tells. */
function fromWording(recording: Recording): Profile | undefined {
  let wrongCpu = false;
  for (const event of recording.events) {
    if (event.kind !== 'tlb_flush') continue;
    // Since 6.17 the reasons are spelled so.
    if (/ MM shootdown$| IPI send$| wrong CPU$/.test(event.reasonText)) return byName('6.18.15');
    wrongCpu ||= event.reason === TLB_REMOTE_WRONG_CPU;
  }
  if (recording.prefixedArguments === true) return byName('6.18.15');
  return wrongCpu ? byName('6.16.3') : undefined;
}

/** The profile of the kernel that made the recording; null when neither the meta file nor the text tells. */
export function identify(recording: Recording): Identified | null {
  const meta = fromMeta(recording);
  if (meta !== undefined) return { profile: meta, by: 'meta' };
  // A kernel that is named and has no profile is not another one that looks like it.
  if (recording.meta !== undefined && recording.meta.kernel !== UNNAMED) return null;
  const build = fromSizes(recording);
  if (build !== undefined) return { profile: build, by: 'build' };
  const wording = fromWording(recording);
  return wording === undefined ? null : { profile: wording, by: 'wording' };
}

/** The profile alone. */
export const profileOf = (recording: Recording): Profile | null => identify(recording)?.profile ?? null;

/** What a meta file without a kernel's name is read as. */
const UNNAMED = 'not named';
