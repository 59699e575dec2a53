import {
  impersonally,
  type ViolationFacts,
  violationWords,
  type WaitingCpu,
  type WordNames,
  waitingWords,
} from '../vocabulary/violation-facts.js';

/**
 * What went wrong, the same for every witness of one bug: no CPU, mm, page, generation or step is told of it.
 * A baseline of known violations holds its words (`causeWords`), so a change of one of them makes known
 * violations look new: add words, do not reword.
 */
export type Cause = FlushCause | OutcomeCause | StuckCause;

/** What went wrong between the change of a page table and the use of what it had been. */
export interface FlushCause {
  readonly kind: FlushCauseKind;
  /** What was read was not the newest: that waited in its CPU's store buffer. */
  readonly isBuffered: boolean;
  /** What the target decided, it decided from a slot that another CPU had written to. */
  readonly isRaised: boolean;
  /**
   * What the target decided, it decided from a slot in which it had stored more itself than it had flushed.
   */
  readonly isClaimed: boolean;
}

/** Nothing is known but what was judged. */
export interface OutcomeCause {
  readonly kind: 'outcome';
  readonly facts: ViolationFacts;
  /** What the execution shows that led to it; absent where it shows nothing. */
  readonly detail?: OutcomeDetail;
}

/** What CPUs did to each other's words: the same for every program. */
export interface OutcomeDetail {
  readonly kind: keyof typeof DETAILS;
  /** Addresses of the words, in the order in which they are told. */
  readonly words: readonly number[];
}

/** What the CPUs of a machine that is stuck wait for. */
export interface StuckCause {
  readonly kind: 'stuck';
  readonly waiting: readonly WaitingCpu[];
  readonly detail?: OutcomeDetail;
}

const DETAILS = {
  buffered: 'a store waited in its store buffer, and its CPU had read on',
  changed: 'changed between two loads',
  early: 'was stored before the other word',
  lost: 'was stored on an old value',
  aba: 'was the same value again',
  missed: 'was read before it changed',
} as const;

const WORDS = {
  notCounted: 'no flush was requested before the use',
  noIpi: 'no IPI',
  saidNo: 'no IPI: should_flush_tlb said no',
  sawLazy: 'no IPI: should_flush_tlb saw is_lazy',
  sawSwitching: 'no IPI: should_flush_tlb saw SWITCHING',
  sawOther: 'no IPI: should_flush_tlb saw a loaded_mm',
  hostLost: 'the host lost the flush request',
  hostCompleted: 'the host completed an access with an old translation',
  keptAtSwitch: 'switch_mm_irqs_off kept the slot without a flush',
  keptAtLazy: 'the way back from lazy mode kept the slot without a flush',
  notFlushed: 'flush_tlb_func returned without a flush',
  notServed: 'the initiator went on before its request had been served',
  otherPages: 'other pages were flushed',
  otherPcid: 'another PCID was flushed',
  nothing: 'nothing was flushed',
  hostErased: 'the host marked the vCPU once more over the flush request',
  hostLeftMark: 'the host left its mark on a vCPU that runs',
  hostMoved: 'the host moved the vCPU to another physical CPU and flushed nothing',
  sharedVpid: 'two vCPUs had the same VPID',
  userSpaceCompleted: "the host's user space completed an access with an old translation",
  interrupted: 'the interrupt came in the middle of the switch',
  recycled: 'a PCID was loaded for another mm without a flush',
  answeredEarly: 'the target answered before it had carried out the request',
  waitedElsewhere: 'the initiator waited for another word than the answer',
  freedEarly: 'the page was freed before its flush was requested',
  sameGeneration: 'the generation was not counted up',
  unordered: 'the generation was counted without a barrier',
  claimed: 'the slot took a generation that was read after its flush',
} as const;

export type FlushCauseKind = keyof typeof WORDS;

const BUFFERED = ', with a newer value in the store buffer';
const RAISED = '; another CPU had written to the slot';
const CLAIMED = '; the CPU had stored a generation in the slot that it had not flushed';

export function flushCause(kind: FlushCauseKind, isBuffered = false, isRaised = false): FlushCause {
  return { kind, isBuffered, isRaised, isClaimed: false };
}

/** The cause's words in a baseline. `names`: names of the program's words. */
export function causeWords(cause: Cause, names: WordNames): string {
  if (cause.kind === 'outcome')
    return violationWords(cause.facts, impersonally(names)) + detailWords(cause.detail, names);
  if (cause.kind === 'stuck') return stuckWords(cause.waiting, names) + detailWords(cause.detail, names);
  return (
    WORDS[cause.kind] +
    (cause.isBuffered ? BUFFERED : '') +
    (cause.isRaised ? RAISED : '') +
    (cause.isClaimed ? CLAIMED : '')
  );
}

/** `; flag, data: was stored before the other word`. */
function detailWords(detail: OutcomeDetail | undefined, names: WordNames): string {
  if (detail === undefined) return '';
  const { word } = impersonally(names);
  const words = [...new Set(detail.words.map((address) => word(address)))].join(', ');
  return `; ${words}: ${DETAILS[detail.kind]}`;
}

/** Which CPU waits for which word is chance, and so is how many wait for the same. */
function stuckWords(waiting: readonly WaitingCpu[], names: WordNames): string {
  const spelling = impersonally(names);
  return [...new Set(waiting.map((one) => waitingWords(one, spelling)))].sort().join('; ');
}
