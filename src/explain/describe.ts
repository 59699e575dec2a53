import { INVLPGB_PCID, INVLPGB_VA } from '../machine/broadcast.js';
import { SB_USER } from '../machine/hardware.js';
import * as HO from '../machine/host-operations.js';
import * as HV from '../machine/hypervisor.js';
import { ACCESS_FAULT, ACCESS_OK, WALK_CONTINUE, WALK_DONE } from '../machine/mmu.js';
import * as K from '../machine/op-kinds.js';
import { formatPte } from '../machine/pte.js';
import { NOTHING_PENDING } from '../machine/remote-actions.js';
import type { Names } from './names.js';
import type { BufferedStore, RawStep } from './raw-step.js';

/**
 * What a step did, on one line, with the stores to memory that only the running task can reach, which cost no
 * step.
 */
export function describeWithPokes(step: RawStep, names: Names, buffered: boolean): string {
  const pokes = step.writes.filter(({ poked }) => poked);
  const text = describe(step, names, buffered);
  return [
    text,
    ...pokes.map(({ address, value }) => `${names.word(address, step.cpu)} = ${names.value(address, value)}`),
  ].join('; ');
}

/** What a step did, on one line. */
export function describe(step: RawStep, names: Names, buffered: boolean): string {
  return (
    aboutMemory(step, names, buffered) ??
    aboutPages(step, names, buffered) ??
    aboutInterrupts(step) ??
    K.opName(step.kind)
  );
}

/** Loads, stores, locked operations, locks; null for any other step. */
function aboutMemory(step: RawStep, names: Names, buffered: boolean): string | null {
  const word = (): string => names.word(step.a, step.cpu);
  const value = (number: number): string => names.value(step.a, number);
  const later = buffered ? ' (buffered)' : '';
  switch (step.kind) {
    case K.OP_READ_ONCE:
    case K.OP_LOAD_ACQUIRE:
      return `${word()} is ${value(step.value)}${unseenWords(step, value)}`;
    case K.OP_COND_LOAD_ACQUIRE:
      return `waited for ${word()}, is ${value(step.value)}${unseenWords(step, value)}`;
    case K.OP_WAIT_CHANGE:
      return `waited until ${word()}${step.c > 1 ? `, or one of ${step.c - 1} more words,` : ''} changed`;
    case K.OP_WRITE_ONCE:
    case K.OP_STORE_RELEASE:
      return `${word()} = ${value(step.b)}${later}`;
    case K.OP_XCHG:
      return `xchg ${word()}: ${value(step.value)} to ${value(step.b)}`;
    case K.OP_CMPXCHG:
      return step.value === step.b
        ? `cmpxchg ${word()}: ${value(step.b)} to ${value(step.c)}`
        : `cmpxchg ${word()} failed: is ${value(step.value)}, not ${value(step.b)}`;
    case K.OP_CMPXCHG_PAIR:
      return comparePair(step, names);
    case K.OP_FETCH_ADD: {
      // The result is the old value or the new one, as the caller asked.
      const after = step.c !== 0 ? step.value : step.value + step.b;
      return step.b === 0
        ? `${word()} is ${value(after)}`
        : `${word()} ${step.b > 0 ? 'up' : 'down'} to ${value(after)}`;
    }
    case K.OP_FETCH_OR:
      return `set bits ${hexBits(step.b)} in ${word()} (was ${value(step.value)})`;
    case K.OP_FETCH_AND:
      return `clear bits ${hexBits(~step.b)} in ${word()} (was ${value(step.value)})`;
    case K.OP_SMP_MB:
      return 'full barrier';
    case K.OP_SPIN_LOCK:
      return `lock ${word()}`;
    case K.OP_SPIN_UNLOCK:
      return `unlock ${word()}${later}`;
    case K.STEP_DRAIN:
      return step.c === SB_USER
        ? 'a user store reaches memory'
        : `${word()} = ${value(step.b)} reaches memory`;
    default:
      return null;
  }
}

/** What concerns translations: CR3, TLB, walks, page tables and frames; null for any other step. */
function aboutPages(step: RawStep, names: Names, buffered: boolean): string | null {
  switch (step.kind) {
    case K.OP_WRITE_CR3:
      return `CR3 = root in frame ${step.a}, PCID ${step.b}, ${step.c !== 0 ? 'no flush' : 'flush'}`;
    case K.OP_INVLPG:
      return `invlpg page ${step.a}`;
    case K.OP_INVPCID:
      return `invpcid type ${step.a}, PCID ${step.b}`;
    case K.OP_USER_ACCESS:
      return access(step);
    case K.OP_WALK:
      return walk(step);
    case K.OP_FAULT:
      return `page fault on page ${step.a}`;
    case K.OP_SET_PTE:
      return `set ${names.entry(step.c, step.d)} to ${formatPte(step.b)}${buffered ? ' (buffered)' : ''}`;
    case K.OP_PTEP_GET_AND_CLEAR:
      return `clear ${names.entry(step.c, step.d)} (was ${formatPte(step.value)})`;
    case K.OP_PTEP_SET_WRPROTECT:
      return `write-protect ${names.entry(step.c, step.d)}`;
    case K.OP_ALLOC_FRAME:
      return `allocate frame ${step.value}`;
    case K.OP_FREE_FRAME:
      return `free frame ${step.a}`;
    case K.OP_FREE_FRAME_RCU:
      return `free frame ${step.a} after a grace period`;
    case K.STEP_WALK:
      return `speculative walk, page ${step.a}`;
    default:
      return null;
  }
}

/** What concerns interrupts and the host; null for any other step. */
function aboutInterrupts(step: RawStep): string | null {
  switch (step.kind) {
    case K.OP_LOCAL_IRQ_DISABLE:
      return 'interrupts off';
    case K.OP_LOCAL_IRQ_ENABLE:
      return 'interrupts on';
    case K.OP_SEND_IPI:
      return `IPI to CPU${step.a}`;
    case K.OP_SEND_NMI:
      return `NMI to CPU${step.a}`;
    case K.OP_IRET:
      return 'iret';
    case K.STEP_DELIVER:
      return 'interrupt';
    case K.OP_POST_FLUSH:
      return (
        `hypercall: flush CPU${step.a} ` +
        `${step.value !== 0 ? '(runs: it serves this itself)' : '(is out: flushed before it runs again)'}`
      );
    case K.OP_HOST:
      return hostOpText(step);
    case K.STEP_SERVE:
      return 'flush posted by a hypercall';
    case K.OP_INVLPGB:
      return invlpgbText(step);
    case K.OP_TLBSYNC:
      return 'tlbsync';
    case K.OP_SEND_RAR:
      return `RAR signal to CPU${step.a}, for payload ${step.b}`;
    case K.STEP_REMOTE_ACTION:
      return step.value === NOTHING_PENDING
        ? 'microcode finds nothing pending'
        : `microcode carries out payload ${step.value}`;
    case K.STEP_INVALIDATE:
      return `carries out what CPU${step.value} has broadcast`;
    case K.STEP_PREEMPT:
    case K.STEP_HOST:
      return hostAct(step) === null ? K.opName(step.kind) : `the host ${hostAct(step)}`;
    default:
      return null;
  }
}

/** What a host's code has its processor do: `vCPU onto pCPU2, VPID 1`. */
function hostOpText({ a: what, b: vpid, c: page, value }: RawStep): string {
  switch (what) {
    case HO.HOST_OP_REASON:
      return `VM exit: ${EXIT_REASONS[value] ?? 'unknown'}`;
    case HO.HOST_OP_PUT:
      return `vCPU off pCPU${value}`;
    case HO.HOST_OP_PLACE:
      return `vCPU onto pCPU${value}, VPID ${vpid}`;
    case HO.HOST_OP_INVVPID_ADDRESS:
      return `invvpid: page ${page} of VPID ${vpid}`;
    case HO.HOST_OP_INVVPID_CONTEXT:
      return `invvpid: all of VPID ${vpid}`;
    case HO.HOST_OP_INVVPID_ALL:
      return 'invvpid: all VPIDs';
    case HO.HOST_OP_COMPLETE_ACCESS:
      return 'the emulated access, with the translation made before';
    default:
      return `VM entry${value === 0 ? '' : ', after a flush'}`;
  }
}

const EXIT_REASONS = ['preempted', 'an access to emulate', 'an access that user space emulates'];

/** `invlpgb pages 3-4 of PCID 7`. */
function invlpgbText({ a: flags, b: pcid, c: first, d: pages }: RawStep): string {
  const of = (flags & INVLPGB_PCID) !== 0 ? ` of PCID ${pcid}` : '';
  if ((flags & INVLPGB_VA) === 0) return `invlpgb all${of === '' ? ' but global entries' : of}`;
  if (pages <= 0) return `invlpgb no page${of}: its count is ${pages}`;
  return `invlpgb ${pages === 1 ? `page ${first}` : `pages ${first}-${first + pages - 1}`}${of}`;
}

function unseenWords({ unseen }: RawStep, value: (number: number) => string): string {
  return unseen === null ? '' : ` (CPU${unseen.cpu}'s store of ${value(unseen.value)} is still buffered)`;
}

/** What the host does, without the subject. */
const HOST_ACTS: Readonly<Record<number, string>> = {
  [HV.HOST_PREEMPTED]: 'takes the vCPU off its processor and marks it PREEMPTED',
  [HV.HOST_PREEMPTED_UNMARKED]: 'takes the vCPU off its processor',
  [HV.HOST_PREEMPTED_IN_ACCESS]:
    'takes the vCPU off in an access that it emulates, its address translated, and marks it PREEMPTED',
  [HV.HOST_PREEMPTED_IN_ACCESS_UNMARKED]:
    'takes the vCPU off in an access that it emulates, its address translated; no mark',
  [HV.HOST_NOTHING]: 'finds nothing to preempt',
  [HV.HOST_COPIED]: 'reads the preempted byte into a copy',
  [HV.HOST_ENTERED]: 'takes the mark: the vCPU enters the guest, no flush owed',
  [HV.HOST_ENTERED_FLUSHED]: 'takes the mark: the vCPU enters the guest after the flush owed to it',
  [HV.HOST_ENTERED_LOST]:
    'writes 0 over the preempted byte and the FLUSH_TLB in it: the vCPU enters the guest unflushed',
  [HV.HOST_COMPLETED_ACCESS]: 'completes the emulated access with the translation made before',
  [HV.HOST_LEFT_FOR_USER_SPACE]:
    'leaves an access, its address translated, to its user space, and marks the vCPU PREEMPTED',
  [HV.HOST_MARKED_AGAIN]: 'stores the mark once more, over the flush request: the vCPU had been out already',
  [HV.HOST_ENTERED_MARKED]:
    'takes the mark in a page that the guest has left: the vCPU enters the guest, PREEMPTED to all others',
};

/** What the host did, for a column of its own: the subject is known there. Null for any other step. */
export function hostAct({ kind, value }: RawStep): string | null {
  return kind === K.STEP_PREEMPT || kind === K.STEP_HOST ? (HOST_ACTS[value] ?? null) : null;
}

/** A store in the CPU's store buffer, or one that leaves it: `loaded_mm=SWITCHING`. */
export function describeStore({ address, value, kind }: BufferedStore, cpu: number, names: Names): string {
  if (kind === SB_USER) return 'a user store';
  const equals = names.isPhrase(address, cpu) ? ' = ' : '=';
  return names.word(address, cpu) + equals + names.value(address, value);
}

/** The first half's name and format stand for the pair's; the second word follows it. */
function comparePair(step: RawStep, names: Names): string {
  const pair = (first: number, second: number): string =>
    `{${names.value(step.a, first)}, ${names.value(step.a + 1, second)}}`;
  const what = `cmpxchg16b ${names.word(step.a, step.cpu)}`;
  const expected = pair(step.b, step.c);
  if (step.value === 1) return `${what}: ${expected} to ${pair(step.d, step.e)}`;
  return step.found === null
    ? `${what} failed`
    : `${what} failed: is ${pair(step.found.first, step.found.second)}, not ${expected}`;
}

function hexBits(bits: number): string {
  return `0x${(bits >>> 0).toString(16)}`;
}

function access(step: RawStep): string {
  const what = `user ${step.b !== 0 ? 'store to' : 'load from'} page ${step.a}`;
  if (step.value === ACCESS_OK) return what;
  return step.value === ACCESS_FAULT ? `${what}: not allowed` : `${what}: TLB miss`;
}

function walk(step: RawStep): string {
  if (step.value === WALK_CONTINUE) return `walk for page ${step.a}`;
  return step.value === WALK_DONE
    ? `walk for page ${step.a}: TLB entry made`
    : `walk for page ${step.a}: not present or not allowed`;
}
