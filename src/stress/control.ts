import type { Locked } from '../machine/stripped/locked.js';
import { type ControlWords, RING_EVENTS, RING_WORDS } from '../machine/stripped/runner.js';
import type { TokenWords } from '../programs/run-token.js';
import type { WaiterWords, WaitRecord } from '../programs/waiters.js';

/**
 * The words that the threads of a stress run share besides the simulated memory: interrupts in flight,
 * doorbells, run tokens, progress. What others write and what a CPU writes itself lie on different cache
 * lines.
 */

/** 1: the run is over. */
export const STOP = 0;
/** Threads at the gate; 1 when it is open. */
export const READY = 1;
export const GATE = 2;
/** CPUs that are not asleep. */
export const AWAKE = 16;
/** Run tokens that nobody holds. */
export const FREE_TOKENS = 32;
/** CPUs that want a run token, a bit each; those of them that have something to attend to. */
export const READY_CPUS = 48;
export const URGENT_CPUS = 64;
/** Sleepers by the hash of the word that they wait for: how many, and which, a bit each. */
export const WAITERS = 80;
export const WAITER_BUCKETS = 256;
export const WAITER_CPUS = WAITERS + WAITER_BUCKETS;
/** Words of a set of CPUs. */
export const SET_WORDS = 8;

/** Words that anybody has ever waited for in the run, a bit each by the low bits of their addresses. */
export const WAITED = WAITER_CPUS + WAITER_BUCKETS * SET_WORDS;
export const WAITED_WORDS = 256;

const CPU_BASE = WAITED + WAITED_WORDS;
const CPU_STRIDE = 32 + 16 * Math.ceil((1 + RING_EVENTS * RING_WORDS) / 16);

/** Offsets in a CPU's block. Written by others: */
export const ATTENTION = 0;
export const SLEEP = 1;
/** With run tokens: RUN_* of run-token.ts. */
export const RUN = 2;
/**
 * Written by itself: what it waits for (address + 1; 0: nothing), mask, value, and how many waits it has
 * begun.
 */
export const WAIT_ADDRESS = 16;
export const WAIT_MASK = 17;
export const WAIT_VALUE = 18;
export const WAITS = 19;
const ENABLINGS = 20;
const SCRATCH = 21;
/** 1: it waits for another value than that. */
export const WAIT_NOT = 25;
/** Odd while it attends to what others asked for. */
export const ACTIVITY = 26;
/** Waits that ended since their time was up, though what they waited for had come: nobody rang. */
export const UNRUNG = 27;
/** Microseconds asleep in waits. */
export const WAITED_US = 28;
/** Script steps finished; rounds of the script; calls of `tick`. */
export const STEPS = 22;
export const LOOPS = 23;
export const BEAT = 24;
const RING = 32;

/** Words of control memory for a machine of `cpus` CPUs. */
export function controlWords(cpus: number): number {
  return CPU_BASE + cpus * CPU_STRIDE;
}

/** First word of a CPU's block. */
export function cpuBlock(cpu: number): number {
  return CPU_BASE + cpu * CPU_STRIDE;
}

/** Where the run tokens of so many CPUs are. */
export function tokenWords(cpus: number): TokenWords {
  const runs = Array.from({ length: cpus }, (_, cpu) => cpuBlock(cpu) + RUN);
  return { runs, free: FREE_TOKENS, ready: READY_CPUS, urgent: URGENT_CPUS };
}

/** Where it is said who waits for what. */
export function waiterWords(cpus: number): WaiterWords {
  const records = Array.from({ length: cpus }, (_, cpu) => waiterRecord(cpu));
  return { records, counts: WAITERS, sets: WAITER_CPUS, setWords: SET_WORDS, hashMask: WAITER_BUCKETS - 1 };
}

export function waiterRecord(cpu: number): WaitRecord {
  const own = cpuBlock(cpu);
  return {
    waits: own + WAITS,
    address: own + WAIT_ADDRESS,
    mask: own + WAIT_MASK,
    value: own + WAIT_VALUE,
    not: own + WAIT_NOT,
  };
}

/** The part that the machine layer knows. */
export function machineControl(words: Int32Array, locked: Locked): ControlWords {
  return {
    words,
    locked,
    attention: (cpu) => cpuBlock(cpu) + ATTENTION,
    enablings: (cpu) => cpuBlock(cpu) + ENABLINGS,
    activity: (cpu) => cpuBlock(cpu) + ACTIVITY,
    scratch: (cpu) => cpuBlock(cpu) + SCRATCH,
    ring: (cpu) => cpuBlock(cpu) + RING,
  };
}

/**
 * Words after the start image that restarts of the scripts need (see round.ts): they survive a reset of
 * memory.
 */
export const TAIL_WORDS = 6;
