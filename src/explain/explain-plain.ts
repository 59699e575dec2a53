import type { Machine } from '../machine/machine.js';
import * as K from '../machine/op-kinds.js';
import type { JudgedViolation } from '../vocabulary/violation.js';
import { personally, type WaitingCpu, waitingWords } from '../vocabulary/violation-facts.js';
import type { Explanation } from './explanation.js';
import type { Names } from './names.js';
import { isStore, type Overtaken, overtakenStores, reads } from './overtaken.js';
import type { RawStep, Write } from './raw-step.js';

/**
 * The deciding steps of a program that is not the simulated kernel. What it is for is unknown here, so
 * nothing is called a cause. Marked are facts: where it was judged, where the words that were judged got
 * their values, loads that missed a buffered store, and stores that rest on a load which another CPU had
 * overtaken.
 */

/** The newest facts of a kind that are marked; a long execution may have many more, further from its end. */
const MARKS_MAX = 8;
/** Words of the final memory that the sentence tells. */
const WORDS_TOLD_MAX = 8;
/** Values that the history of a word shows. */
const VALUES_MAX = 6;

/**
 * The machine stands where the execution ended; `judged`: the words that an assertion over the final memory
 * looked at, in order.
 */
export function explainPlain(
  machine: Machine,
  steps: readonly RawStep[],
  names: Names,
  violation: JudgedViolation,
  judged: readonly number[],
): Explanation {
  return new PlainExplainer(machine, steps, names, violation).explain(judged);
}

class PlainExplainer {
  private readonly reasons = new Map<number, string>();

  constructor(
    private readonly machine: Machine,
    private readonly steps: readonly RawStep[],
    private readonly names: Names,
    private readonly violation: JudgedViolation,
  ) {}

  explain(judged: readonly number[]): Explanation {
    const { violation, steps } = this;
    const atEnd = violation.step >= steps.length;
    const isStuck = violation.class === 'deadlock' || violation.class === 'livelock';
    let sentence = violation.message;
    const waiting = this.machine.cpus
      .filter((cpu) => !cpu.finished)
      .map((cpu) => this.machine.waiting(cpu.id));
    if (isStuck) this.stuck(waiting);
    else if (atEnd) {
      sentence = [violation.message, ...this.finalMemory(judged)].join('; ');
      this.givenUp();
    } else this.judgedAt(steps[violation.step]);
    this.unseenStores();
    for (const overtaken of overtakenStores(steps).slice(-MARKS_MAX)) this.overtaken(overtaken);
    // What it is for is unknown, so that what was judged has to do.
    return {
      deciding: this.reasons,
      sentence,
      cause: isStuck ? { kind: 'stuck', waiting } : { kind: 'outcome', facts: violation.facts },
      circumstance: null,
      causeStep: null,
      former: null,
      told: [],
    };
  }

  private mark(step: RawStep, why: string): void {
    const before = this.reasons.get(step.step);
    this.reasons.set(step.step, before === undefined ? why : `${before}; ${why}`);
  }

  private is(address: number, value: number): string {
    return `${this.names.word(address, -1)} is ${this.names.value(address, value)}`;
  }

  /** The newest step before `until` that wrote the word. */
  private lastWrite(address: number, until: number): RawStep | undefined {
    return this.steps.findLast(
      (step) => step.step < until && step.writes.some((write) => write.address === address),
    );
  }

  private judgedAt(step: RawStep): void {
    this.mark(step, this.violation.message);
    if (!reads(step)) return;
    const source = this.lastWrite(step.a, step.step);
    if (source !== undefined && step.unseen === null)
      this.mark(
        source,
        `what CPU${step.cpu} meets in ${this.names.word(step.a, step.cpu)} at step ${step.step}`,
      );
  }

  /** Where every CPU that has not finished stands, and who last wrote the word that it waits for. */
  private stuck(waiting: readonly WaitingCpu[]): void {
    for (const stands of waiting) {
      const last = this.steps.findLast((step) => step.cpu === stands.cpu);
      if (last !== undefined)
        this.mark(last, `then ${waitingWords(stands, personally(this.machine.program.layout))}`);
      if (stands.wait === null) continue;
      const { word } = stands.wait;
      const source = this.lastWrite(word, this.steps.length);
      if (source !== undefined) this.mark(source, `${this.is(word, this.machine.mem[word])} from here on`);
    }
  }

  /** Marks the last store to each word that was judged; answers their values in words. */
  private finalMemory(judged: readonly number[]): string[] {
    const { mem } = this.machine;
    for (const address of judged.slice(0, WORDS_TOLD_MAX)) {
      const source = this.lastWrite(address, this.steps.length);
      if (source !== undefined)
        this.mark(source, `${this.is(address, mem[address])} from here on, and is judged at the end`);
    }
    if (judged.length === 0) return [];
    const told = judged.slice(0, WORDS_TOLD_MAX).map((address) => this.is(address, mem[address]));
    const more = judged.length > told.length ? ` (and ${judged.length - told.length} more)` : '';
    return [`at the end ${told.join(', ')}${more}`];
  }

  /** The last compare-exchange of a CPU on a word, where it failed: nothing was stored for it in the end. */
  private givenUp(): void {
    const last = new Map<string, RawStep>();
    for (const step of this.steps)
      if (step.kind === K.OP_CMPXCHG || step.kind === K.OP_CMPXCHG_PAIR)
        last.set(`${step.cpu} ${step.a}`, step);
    const failed = [...last.values()].filter((step) =>
      step.kind === K.OP_CMPXCHG ? step.value !== step.b : step.value === 0,
    );
    for (const step of failed.slice(-MARKS_MAX))
      this.mark(step, `fails, and CPU${step.cpu} does not try again`);
  }

  /** Loads that missed another CPU's buffered store: the newest of each CPU and word. */
  private unseenStores(): void {
    const newest = new Map<string, RawStep>();
    for (const step of this.steps) if (step.unseen !== null) newest.set(`${step.cpu} ${step.a}`, step);
    for (const step of [...newest.values()].slice(-MARKS_MAX)) {
      const { cpu, value } = step.unseen as { cpu: number; value: number };
      const ofStore = (one: RawStep): boolean => one.cpu === cpu && one.a === step.a;
      const stored = this.steps.findLast((one) => one.step < step.step && ofStore(one) && isStore(one));
      if (stored !== undefined)
        this.mark(stored, `CPU${step.cpu} reads the word at step ${step.step}, before this reaches memory`);
      const drain = this.steps.find(
        (one) =>
          one.step > step.step && one.writes.some((write) => write.cpu === cpu && write.address === step.a),
      );
      const when = drain === undefined ? 'and does not leave it' : `until step ${drain.step}`;
      const what = `CPU${cpu}'s store of ${this.names.value(step.a, value)}`;
      this.mark(
        step,
        `CPU${step.cpu} reads ${this.names.value(step.a, step.value)}: ${what} is in its store ` +
          `buffer ${when}`,
      );
    }
  }

  private overtaken({ read, step, write, between }: Overtaken): void {
    const { address } = write;
    const word = this.names.word(address, write.cpu);
    const value = (number: number): string => this.names.value(address, number);
    const others = [...new Set(between.map(({ cpu }) => `CPU${cpu}`))].join(' and ');
    const since = `since CPU${write.cpu} had read ${value(read.value)} at step ${read.step}`;
    const history = this.history(between, value);
    this.mark(
      read,
      `CPU${write.cpu} reads ${value(read.value)}, and stores to ${word} on it at step ${step.step}`,
    );
    if (step.kind === K.OP_CMPXCHG && write.address === step.a)
      this.mark(
        step,
        `succeeds although ${others} changed ${word} ${since} (${history}): it is the same value again`,
      );
    else this.mark(step, `overwrites what ${others} stored to ${word} ${since} (${history})`);
  }

  /** `1, 0, 2, 1`: what a word was, one store after the other. */
  private history(between: readonly Write[], value: (number: number) => string): string {
    const values = [between[0].before, ...between.map((write) => write.value)].map(value);
    return values.length <= VALUES_MAX
      ? values.join(', ')
      : `${values.slice(0, VALUES_MAX - 1).join(', ')}, ..., ${values.at(-1)}`;
  }
}
