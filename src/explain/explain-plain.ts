import type { Machine } from '../machine/machine.js';
import * as K from '../machine/op-kinds.js';
import type { JudgedViolation } from '../vocabulary/violation.js';
import { personally, type WaitingCpu, waitingWords } from '../vocabulary/violation-facts.js';
import { aboutToStore, aboutToStoreFact } from './about-to-store.js';
import type { Cause } from './cause.js';
import type { Explanation } from './explanation.js';
import type { Fact } from './fact.js';
import { groundFacts, landedFacts, staleFacts } from './judged-facts.js';
import { missed, missedFact, sourceFact, sources } from './known-from.js';
import type { Names } from './names.js';
import { overtakenFact, overtakenStores } from './overtaken.js';
import type { RawStep } from './raw-step.js';
import { reordering, reorderingFact } from './reordering.js';
import { repeats } from './repeats.js';
import { tornFact, tornReads } from './torn-reads.js';
import { Traffic } from './traffic.js';

/**
 * The deciding steps of a program that is not the simulated kernel. What it is for is unknown here. Told are
 * facts: where it was judged, where the words that were judged got their values, and what CPUs did to each
 * other's words on the way (`Fact`).
 */

/** Deciding steps that a reader can still hold together. */
const MARKS_MAX = 12;
/** Facts that the sentence tells. */
const FACTS_TOLD_MAX = 3;
/** Words of the final memory that the sentence tells. */
const WORDS_TOLD_MAX = 8;
/** Of a kind of which an execution may have many. */
const OF_A_KIND_MAX = 2;

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
  private readonly reasons = new Map<number, string[]>();
  private readonly told = new Set<number>();
  private readonly sentence: string[];
  private readonly traffic: Traffic;

  constructor(
    private readonly machine: Machine,
    private readonly steps: readonly RawStep[],
    private readonly names: Names,
    private readonly violation: JudgedViolation,
  ) {
    this.sentence = [violation.message];
    this.traffic = new Traffic(steps);
  }

  explain(judged: readonly number[]): Explanation {
    const { violation, steps, machine } = this;
    const isStuck = violation.class === 'deadlock' || violation.class === 'livelock';
    const waiting = machine.waits.unfinished();
    const last = steps.at(-1);
    let facts: Fact[] = [];
    if (isStuck) facts = this.stuck(waiting);
    else if (last === undefined || violation.step > last.step) facts = this.finalMemory(judged);
    else facts = this.judgedAt(last);
    const first = this.take(facts);
    const cause: Cause = isStuck ? { kind: 'stuck', waiting } : { kind: 'outcome', facts: violation.facts };
    const detail = first?.detail ?? null;
    return {
      deciding: new Map([...this.reasons].map(([step, reasons]) => [step, reasons.join('; ')])),
      sentence: this.sentence.join('; '),
      cause: detail === null ? cause : { ...cause, detail },
      former: detail === null ? null : cause,
      circumstance: null,
      causeStep: first?.marks[0]?.step.step ?? null,
      told: [...this.told],
    };
  }

  /**
   * Marks what the facts tell, as far as there is room; answers the first one that tells a bug from others.
   */
  private take(facts: readonly Fact[]): Fact | undefined {
    for (const [index, { words, marks }] of facts.entries()) {
      const isTold = index < FACTS_TOLD_MAX;
      if (isTold) this.sentence.push(words);
      for (const { step, why, isPlain } of marks)
        if (this.mark(step, why, isPlain) && isTold) this.told.add(step.step);
    }
    return facts.find(({ detail }) => detail !== null);
  }

  /** Whether there was room for it. */
  private mark({ step }: RawStep, why: string, isPlain = false): boolean {
    const reasons = this.reasons.get(step);
    if (reasons === undefined) {
      if (this.reasons.size >= MARKS_MAX) return false;
      this.reasons.set(step, [why]);
    } else if (!isPlain && !reasons.includes(why)) reasons.push(why);
    return true;
  }

  private is(address: number, value: number): string {
    return `${this.names.word(address, -1)} is ${this.names.value(address, value)}`;
  }

  /** What no order of operations explains, and what was stored on old values: wherever it was. */
  private everywhere(): Fact[] {
    const { traffic, names } = this;
    const chain = reordering(traffic);
    return [
      ...(chain === null ? [] : [reorderingFact(chain, names)]),
      ...overtakenStores(traffic, OF_A_KIND_MAX).map((overtaken) => overtakenFact(overtaken, names)),
    ];
  }

  /** An assertion in a script, or over every state. */
  private judgedAt(step: RawStep): Fact[] {
    const { traffic, names } = this;
    this.mark(step, this.violation.message);
    this.told.add(step.step);
    const torn = tornReads(traffic, step.cpu, step.step);
    const coming = aboutToStore(this.machine, traffic, step.cpu, step.step);
    const known = [
      ...this.everywhere(),
      ...(torn === null ? [] : [tornFact(torn, names)]),
      ...(coming === null ? [] : [aboutToStoreFact(coming, names)]),
    ];
    const landed = step.asserted === null ? landedFacts(traffic, names, step) : [];
    const grounds = groundFacts(traffic, names, step);
    const stale = staleFacts(traffic, names, step, [...known, ...grounds]);
    return [...known, ...landed, ...grounds, ...stale, ...this.sources(step.cpu, step.step, known)];
  }

  /** What the CPU's last loads saw of others, as far as no other fact speaks of it. */
  private sources(cpu: number, until: number, known: readonly Fact[]): Fact[] {
    const marked = new Set(known.flatMap(({ marks }) => marks.map(({ step }) => step)));
    return sources(this.traffic, cpu, until)
      .filter(({ load, store }) => !marked.has(load.step) || !marked.has(store.made))
      .map((source) => sourceFact(source, this.names));
  }

  /**
   * Where every CPU that has not finished stands, who last wrote the word that it waits for, who looked too
   * soon.
   */
  private stuck(waiting: readonly WaitingCpu[]): Fact[] {
    const { traffic, names, machine } = this;
    const stuck = new Set(waiting.map(({ cpu }) => cpu));
    for (const stands of waiting) {
      const last = this.steps.findLast((step) => step.cpu === stands.cpu);
      if (last !== undefined) {
        this.mark(last, `then ${waitingWords(stands, personally(machine.program.layout))}`);
        this.told.add(last.step);
      }
      for (const { word } of stands.waits) {
        const source = traffic.last(word);
        if (source === undefined) this.sentence.push(`nobody has stored to ${names.word(word, -1)}`);
        else {
          this.mark(source.made, `${this.is(word, machine.mem[word])} from here on`);
          this.told.add(source.made.step);
        }
      }
    }
    if (this.violation.class === 'livelock')
      for (const { words, marks } of repeats(this.steps, stuck, names)) {
        this.sentence.push(words);
        for (const { step, why } of marks) if (this.mark(step, why)) this.told.add(step.step);
      }
    const others = machine.cpus.map(({ id }) => id);
    const looked = others.flatMap((cpu) =>
      missed(traffic, cpu, (store) => stuck.has(store.cpu) || stuck.has(cpu)).slice(0, 1),
    );
    return [...this.everywhere(), ...looked.map((one) => missedFact(one, names))];
  }

  /** Marks the last store to each word that was judged, and tells their values. */
  private finalMemory(judged: readonly number[]): Fact[] {
    const { traffic, names } = this;
    const { mem } = this.machine;
    const last = judged.slice(0, WORDS_TOLD_MAX).flatMap((address) => traffic.last(address) ?? []);
    if (judged.length > 0) {
      const told = judged.slice(0, WORDS_TOLD_MAX).map((address) => this.is(address, mem[address]));
      const more = judged.length > told.length ? ` (and ${judged.length - told.length} more)` : '';
      this.sentence.push(`at the end ${told.join(', ')}${more}`);
    }
    for (const store of last.slice(0, MARKS_MAX / 2)) {
      this.mark(
        store.made,
        `${this.is(store.address, mem[store.address])} from here on, and is judged at the end`,
      );
      this.told.add(store.made.step);
    }
    const torn = last
      .flatMap(({ cpu, made }) => tornReads(traffic, cpu, made.step) ?? [])
      .slice(0, OF_A_KIND_MAX);
    const known = [...this.everywhere(), ...this.givenUp(), ...torn.map((one) => tornFact(one, names))];
    return [...known, ...last.flatMap(({ cpu, made }) => this.sources(cpu, made.step, known))];
  }

  /** The last compare-exchange of a CPU on a word, where it failed: nothing was stored for it in the end. */
  private givenUp(): Fact[] {
    const last = new Map<string, RawStep>();
    for (const step of this.steps)
      if (step.kind === K.OP_CMPXCHG || step.kind === K.OP_CMPXCHG_PAIR)
        last.set(`${step.cpu} ${step.a}`, step);
    const failed = [...last.values()].filter((step) =>
      step.kind === K.OP_CMPXCHG ? step.value !== step.b : step.value === 0,
    );
    return failed.slice(-OF_A_KIND_MAX).map((step) => ({
      words:
        `CPU${step.cpu}'s compare-exchange of ${this.names.word(step.a, -1)} at step ` +
        `${step.step} failed for good`,
      marks: [{ step, why: `fails, and CPU${step.cpu} does not try again` }],
      detail: null,
    }));
  }
}
