import type { Locked } from './locked.js';

/**
 * What a CPU of the stripped build needs of the world that runs it: its thread in a stress run, a plan in a
 * test. Called at instruction boundaries only, never in the middle of an instruction.
 */
export interface Runner {
  /**
   * The CPU's fuel is used up: the place for perturbation, heartbeat and passing the turn. Answers the
   * boundaries until the next call.
   */
  tick(cpu: number): number;
  /**
   * The CPU waits until (word & mask) === value, or with `not` until it is another, and that does not hold.
   * Returns when it may hold, or when there may be something for the CPU to attend to; called again until one
   * of them is so.
   */
  wait(cpu: number, address: number, mask: number, value: number, not: boolean): void;
  /**
   * The CPU waits for one of several words, and none has changed. Nobody rings it for that: it looks again,
   * and others run in between.
   */
  poll(cpu: number): void;
  /** A locked operation changed the word: whoever waits for it must look again. */
  changed(cpu: number, address: number): void;
  /** A plain store that is there to end a wait: the same, as soon as the store has certainly drained. */
  released(cpu: number, address: number): void;
  /** Any other plain store: the same where somebody has ever waited for the word. */
  stored(cpu: number, address: number): void;
  /** The target has something to attend to for which nobody has rung it yet (`askFor`). */
  ring(cpu: number, target: number): void;
  /**
   * The CPU has served an interrupt; whether its turn ends with that: the runner is then called at the next
   * boundary.
   */
  served(cpu: number): boolean;
  /** The virtual CPU is off its processor: returns when it is to come back. */
  out(cpu: number): void;
  /** Lets others run for a moment. */
  pause(cpu: number): void;
  /** A number in [0, n). */
  choose(cpu: number, n: number): number;
  /** What was executed, for tests; null otherwise. */
  readonly trace: ((cpu: number, kind: number, a: number, value: number) => void) | null;
}

/** Bits of a CPU's attention word. */
export const ATTEND_IPI = 1;
export const ATTEND_NMI = 2;
/** The run is over. */
export const ATTEND_STOP = 4;
/** A flush was posted to a virtual CPU, or an invalidation broadcast to this one. */
export const ATTEND_REQUEST = 8;

/** Thrown at a boundary when the run is over, and after a violation; caught by whoever started the script. */
export class Stopped extends Error {}

/** Where each CPU's words for the runner lie, in an Int32Array apart from the simulated memory. */
export interface ControlWords {
  readonly words: Int32Array;
  /** Locked operations on them. */
  readonly locked: Locked;
  /** Attention word of a CPU: set by others. */
  attention(cpu: number): number;
  /** How often the CPU has enabled interrupts: written by itself. */
  enablings(cpu: number): number;
  /** Odd while the CPU attends to what others asked for; counts up. Written by itself. */
  activity(cpu: number): number;
  /** A word of the CPU's own for full barriers. */
  scratch(cpu: number): number;
  /**
   * First word of the CPU's event ring, of RING_EVENTS * RING_WORDS words, and the word before it that counts
   * events.
   */
  ring(cpu: number): number;
}

export const RING_EVENTS = 64;
/** Kind and operand, value. */
export const RING_WORDS = 2;
