import { LOADED_MM_SWITCHING } from '../kernel/constants.js';
import * as E from '../kernel/events.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import { Ghost } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import { HOST_COMPLETED_ACCESS, HOST_ENTERED_LOST, HOST_PREEMPTED_IN_ACCESS } from '../machine/hypervisor.js';
import type { Machine } from '../machine/machine.js';
import * as K from '../machine/op-kinds.js';
import { PTE_WRITE, pteFrame } from '../machine/pte.js';
import type { JudgedViolation } from '../vocabulary/violation.js';
import { type FactsOf, personally, waitingWords } from '../vocabulary/violation-facts.js';
import { type Cause, type FlushCause, type FlushCauseKind, flushCause } from './cause.js';
import { CIRCUMSTANCES, type Circumstance, leftMask, markCleared, passedOver, type Recorded } from './circumstance.js';
import type { Explanation } from './explanation.js';
import type { KernelNames } from './names.js';
import type { RawStep } from './raw-step.js';
import { kernelSpelling } from './site.js';
import { type StaleEntry, survived } from './survived.js';

/** A part of the story: in words, for the cause, and the step that it is about. */
interface Part {
  readonly words: string;
  readonly cause: FlushCause;
  readonly step: number;
}

interface Decisive {
  readonly cause: Cause;
  readonly step: number;
}

/** The machine stands where the execution ended; `steps` are all its steps. */
export function explain(
  machine: Machine,
  kernel: KernelConfig,
  steps: readonly RawStep[],
  names: KernelNames,
  violation: JudgedViolation,
): Explanation {
  const explainer = new Explainer(machine, kernel, steps, names, violation);
  const { facts } = violation;
  switch (facts.class) {
    case 'stale-use':
      return explainer.staleUse();
    case 'freed-table-walk':
      return explainer.freedTableWalk(facts);
    case 'deadlock':
    case 'livelock':
      return explainer.stuck();
    default:
      return explainer.lastStepOnly();
  }
}

class Explainer implements Recorded {
  private readonly deciding = new Map<number, string>();

  constructor(
    private readonly machine: Machine,
    readonly kernel: KernelConfig,
    readonly steps: readonly RawStep[],
    private readonly names: KernelNames,
    private readonly violation: JudgedViolation,
  ) {}

  private mark(step: RawStep, why: string): void {
    this.deciding.set(step.step, why);
  }

  /** The first step after `from` that satisfies `wanted`. */
  private after(from: number, wanted: (step: RawStep) => boolean): RawStep | undefined {
    return this.steps.find((step) => step.step > from && wanted(step));
  }

  private before(until: number, wanted: (step: RawStep) => boolean): RawStep | undefined {
    return this.steps.findLast((step) => step.step < until && wanted(step));
  }

  lastStepOnly(): Explanation {
    const last = this.steps.at(-1);
    if (last !== undefined) this.mark(last, this.violation.message);
    return this.unexplained();
  }

  /** Only what the oracle says is known. */
  private unexplained(): Explanation {
    const { message, facts } = this.violation;
    return { deciding: this.deciding, sentence: message, cause: { kind: 'outcome', facts }, circumstance: null, causeStep: null };
  }

  stuck(): Explanation {
    const waiting = this.machine.cpus.filter((cpu) => !cpu.finished).map((cpu) => this.machine.waiting(cpu.id));
    for (const stands of waiting) {
      const last = this.steps.findLast((step) => step.cpu === stands.cpu);
      if (last !== undefined) this.mark(last, `then ${waitingWords(stands, personally(this.kernel.layout.layout))}`);
    }
    return { ...this.unexplained(), cause: { kind: 'stuck', waiting } };
  }

  freedTableWalk({ frame }: FactsOf<'freed-table-walk'>): Explanation {
    const last = this.steps.at(-1);
    if (last === undefined) return this.lastStepOnly();
    this.mark(last, this.violation.message);
    const freed = this.before(
      last.step,
      (step) => (step.kind === K.OP_FREE_FRAME || step.kind === K.OP_FREE_FRAME_RCU) && step.a === frame,
    );
    if (freed === undefined) return this.unexplained();
    this.mark(freed, `the page-table page in frame ${freed.a} is freed`);
    const unlinked = this.before(
      freed.step,
      (step) => step.kind === K.OP_SET_PTE && step.cpu === freed.cpu && step.b === 0 && step.d >= this.machine.ghost.pages,
    );
    if (unlinked === undefined) return this.unexplained();
    this.mark(unlinked, 'the table is unlinked');
    const told = this.initiatorsView(unlinked.step, freed.step, freed.cpu, last.cpu);
    if (told === null) return this.unexplained();
    const isUnasked = told.cause.kind === 'noIpi';
    return this.told([told.words], told, isUnasked ? leftMask(this, last.cpu, unlinked.c, freed.step, last.step) : null);
  }

  private told(parts: readonly string[], { cause, step }: Decisive, circumstance: Circumstance | null = null): Explanation {
    const sentence = [this.violation.message, ...parts].join('; ');
    return { deciding: this.deciding, sentence, cause, circumstance, causeStep: step };
  }

  /** Where in a switch the target stood that should_flush_tlb passed over. */
  private passedOver(told: Part, mm: number, target: number, counted: RawStep): Circumstance | null {
    const { kind } = told.cause;
    if (kind === 'sawSwitching') return CIRCUMSTANCES.inSwitching;
    return kind === 'saidNo' || kind === 'noIpi' ? null : passedOver(this, target, mm, counted.step, told.step);
  }

  staleUse(): Explanation {
    const use = this.steps.at(-1);
    if (use === undefined) return this.lastStepOnly();
    const target = use.cpu;
    const store = use.kind === K.STEP_DRAIN;
    const emulated = use.kind === K.STEP_HOST;
    const executed = store ? this.before(use.step, (step) => step.cpu === target && step.kind === K.OP_USER_ACCESS && step.b !== 0) : use;
    const block = this.machine.block(target);
    const latch = block + H.LATCH_BASE;
    const page = emulated ? this.machine.mem[latch + H.TLB_KEY] & 0xff : (executed?.a ?? 0);
    const entry = emulated ? latch : this.machine.mmu.lookup(block, page);
    this.mark(use, this.violation.message);
    if (entry < 0 || executed === undefined) return this.unexplained();
    const { mem } = this.machine;
    const mm = Ghost.mmOf(mem[entry + H.TLB_OWNER]);
    const filledAt = mem[entry + H.TLB_STEP];
    const fill = this.steps.find((step) => step.step === filledAt);
    if (fill !== undefined)
      this.mark(
        fill,
        `CPU${target}'s TLB entry for page ${page} of ${this.names.mm(mm)} is made (frame ${pteFrame(mem[entry + H.TLB_PTE])})`,
      );
    const change = this.after(filledAt, (step) => this.revokes(step, mm, page, executed.b !== 0));
    if (change === undefined) return this.unexplained();
    this.mark(change, `this takes away what CPU${target}'s entry still says`);
    const root = this.machine.word(this.kernel.layout.mms[mm].pgd);
    return this.flushStory(change, use, mm, target, { page, pcid: mem[entry + H.TLB_KEY] >> 8, root });
  }

  private revokes(step: RawStep, mm: number, page: number, write: boolean): boolean {
    if (step.c !== mm || step.d !== page) return false;
    if (step.kind === K.OP_PTEP_GET_AND_CLEAR) return true;
    return write && (step.kind === K.OP_PTEP_SET_WRPROTECT || (step.kind === K.OP_SET_PTE && (step.b & PTE_WRITE) === 0));
  }

  /** From the change to the use: the request, whom it reached, what the target decided, the return. */
  private flushStory(change: RawStep, use: RawStep, mm: number, target: number, entry: StaleEntry): Explanation {
    const initiator = change.cpu;
    const name = this.names.mm(mm);
    const genWord = this.kernel.layout.mms[mm].tlbGen;
    const counted = this.after(change.step, (step) => step.cpu === initiator && step.kind === K.OP_FETCH_ADD && step.a === genWord);
    const returned = this.after(counted?.step ?? change.step, (step) => step.cpu === initiator && this.returns(step));
    const done = returned !== undefined && returned.step < use.step;
    const words: string[] = [];
    let why: Pick<Part, 'cause' | 'step'> | null = null;
    let circumstance: Circumstance | null = null;
    if (counted === undefined || counted.step > use.step) {
      words.push(`CPU${initiator} had not counted a flush request for its change`);
      why = { cause: flushCause('notCounted'), step: change.step };
    } else {
      this.mark(counted, `generation ${counted.value} of ${name} is the one that covers the change`);
      words.push(`CPU${initiator}'s change is covered by generation ${counted.value} of ${name}`);
      const told = this.initiatorsView(counted.step, use.step, initiator, target);
      const lost = this.hostsView(counted.step, use.step, target);
      const early = told === null ? this.waitersView(counted.step, use.step, initiator, target) : null;
      // What it decided before the request reached it is no part of the story.
      const decided = early === null ? this.targetsView(change.step, use.step, target, mm, counted.value) : null;
      const informed = this.informed(counted, use.step, target);
      const parts = [told, lost, early, decided];
      // Before the initiator is done there need not have been a flush.
      const silent = done && (told === null || informed !== undefined) && lost === null && early === null && decided === null;
      const flushed = silent ? this.flushesView(counted.step, use.step, target, mm, entry, informed) : null;
      for (const part of [...parts, flushed]) if (part !== null) words.push(part.words);
      if (!done) this.overtaker(change, use, initiator, words);
      // A target that nobody asked, or whose host forgot, could not decide otherwise: the first of them is the cause. Unless it learned of
      // the request by itself: then nobody had to ask.
      const own = decided !== null && !decided.cause.isRaised ? decided : flushed;
      why = (informed === undefined ? null : own) ?? parts.find((part) => part !== null) ?? flushed;
      if (!done && (why === null || why.cause.kind === 'noIpi')) circumstance = markCleared(this, mm, change.step, use.step);
      else if (why !== null && why === told) circumstance = this.passedOver(told, mm, target, counted);
      if (why !== null && why !== decided && decided?.cause.isRaised === true)
        why = { cause: { ...why.cause, isRaised: true }, step: why.step };
    }
    if (done) this.mark(returned, `CPU${initiator}'s operation returns, or frees the page: from here nobody may use it`);
    return this.told(words, why ?? { cause: { kind: 'outcome', facts: this.violation.facts }, step: use.step }, circumstance);
  }

  /** Whose operation returned, and with a promise, while the initiator's was still under way; silent if more than one can have been it. */
  private overtaker(change: RawStep, use: RawStep, initiator: number, words: string[]): void {
    const others = this.steps.filter(
      ({ step, cpu, events }) =>
        step > change.step && step < use.step && cpu !== initiator && events.some(({ kind }) => kind === E.EV_OPERATION),
    );
    const [first] = others;
    if (first === undefined || others.some(({ cpu }) => cpu !== first.cpu)) return;
    this.mark(first, `CPU${first.cpu}'s operation returns, and CPU${initiator}'s flush, on which it relies, is not done`);
    words.push(`CPU${first.cpu}'s operation returned before CPU${initiator}'s flush was done`);
  }

  /** Where the target read the generation of the request, or a later one, before the use: it then knew, whoever had asked it. */
  private informed(counted: RawStep, until: number, target: number): RawStep | undefined {
    return this.steps.find(
      ({ step, cpu, kind, a, value }) =>
        step > counted.step && step < until && cpu === target && kind === K.OP_READ_ONCE && a === counted.a && value >= counted.value,
    );
  }

  /** Whether the initiator went on before the target had taken its request; null if not, or if nobody noted it. */
  private waitersView(from: number, until: number, initiator: number, target: number): Part | null {
    const csd = this.kernel.layout.cpus[initiator].cfd.csd[target];
    const notes = (step: RawStep, kind: number): boolean => step.events.some((event) => event.kind === kind && event.a === csd);
    const queued = this.after(from, (step) => step.cpu === initiator && notes(step, E.EV_CSD_QUEUED));
    if (queued === undefined) return null;
    const returned = this.after(queued.step, (step) => step.cpu === initiator && this.returns(step));
    if (returned === undefined || returned.step > until) return null;
    const served = this.after(queued.step, (step) => step.cpu === target && notes(step, E.EV_IPI_SERVED));
    if (served !== undefined && served.step < returned.step) return null;
    this.mark(queued, `CPU${initiator} asks CPU${target} for the flush`);
    const words = `CPU${initiator} went on before CPU${target} had served its request`;
    return { words, cause: flushCause('notServed'), step: queued.step };
  }

  /** What the target flushed instead, between the request and the use, where none of its functions says what it decided. */
  private flushesView(from: number, until: number, target: number, mm: number, entry: StaleEntry, informed?: RawStep): Part | null {
    const flushes = survived(this.steps, target, from, until, entry);
    if (flushes === null) return null;
    const { otherPage, otherPcid } = flushes;
    const part = (step: RawStep, words: string, cause: FlushCause): Part => {
      this.mark(step, words);
      return { words, cause, step: step.step };
    };
    if (otherPage !== undefined) {
      const told = part(otherPage, `CPU${target} invalidated page ${otherPage.a}, not page ${entry.page}`, flushCause('otherPages'));
      const partial = this.before(otherPage.step, ({ cpu, events }) => cpu === target && events.some(({ b }) => b === E.DECIDED_PARTIAL));
      const slot = partial?.events.find(({ kind, b }) => kind === E.EV_DECIDED && b === E.DECIDED_PARTIAL);
      const raised = slot === undefined ? null : this.raisedBy(otherPage.step, target, slot.a);
      return raised === null ? told : { ...told, words: `${told.words}; ${raised}`, cause: flushCause('otherPages', false, true) };
    }
    if (otherPcid !== undefined)
      return part(
        otherPcid,
        `CPU${target} flushed PCID ${otherPcid.b}, and the entry is under PCID ${entry.pcid}`,
        flushCause('otherPcid'),
      );
    // The end of what a variant has in the place of flush_tlb_func, if it ran; else where the target might have known better.
    const name = kernelSpelling(this.kernel.functions.flushTlbFunc.name);
    const ended = this.before(until, ({ step, cpu, site }) => step > from && cpu === target && site?.functions.includes(name) === true);
    if (ended !== undefined) return part(ended, `CPU${target}'s ${name} flushed nothing of page ${entry.page}`, flushCause('nothing'));
    const words = `CPU${target} flushed nothing`;
    if (informed !== undefined)
      this.mark(informed, `CPU${target} reads generation ${informed.value} of ${this.names.mm(mm)}, and flushes nothing`);
    return { words, cause: flushCause('nothing'), step: informed?.step ?? until };
  }

  /** What the target's host did wrong between the request and the use; null if nothing. */
  private hostsView(from: number, until: number, target: number): Part | null {
    const host = (value: number): RawStep | undefined =>
      this.steps.find(
        (step) => step.step > from && step.step <= until && step.cpu === target && step.kind === K.STEP_HOST && step.value === value,
      );
    const lost = host(HOST_ENTERED_LOST);
    if (lost !== undefined) {
      this.mark(lost, `CPU${target}'s host loses the flush request that was set after it had read the byte`);
      const words = `CPU${target}'s host wrote the preempted byte back over the flush request`;
      return { words, cause: flushCause('hostLost'), step: lost.step };
    }
    const latched = this.before(
      until,
      (step) => step.cpu === target && step.kind === K.STEP_PREEMPT && step.value === HOST_PREEMPTED_IN_ACCESS,
    );
    if (host(HOST_COMPLETED_ACCESS)?.step !== until || latched === undefined) return null;
    this.mark(latched, `CPU${target}'s access has its translation already, and the host still marks the vCPU as preempted`);
    const words = `CPU${target}'s host had translated the address before it marked the vCPU as preempted`;
    return { words, cause: flushCause('hostCompleted'), step: latched.step };
  }

  /** Whose store last put the slot's generation where it is, if it was not its owner's; null otherwise. */
  private raisedBy(until: number, target: number, asid: number): string | null {
    const slot = this.kernel.layout.cpus[target].tlbstate.ctxs[asid];
    const last = this.before(
      until,
      (step) =>
        ((step.kind === K.OP_WRITE_ONCE || step.kind === K.OP_CMPXCHG) && step.a === slot.tlbGen) ||
        (step.kind === K.OP_CMPXCHG_PAIR && step.a === slot.ctxId && step.value === 1),
    );
    if (last === undefined || last.cpu === target) return null;
    this.mark(last, `CPU${last.cpu} writes to CPU${target}'s slot ${asid}`);
    return `CPU${last.cpu} had written to CPU${target}'s slot ${asid}`;
  }

  private returns(step: RawStep): boolean {
    return step.kind === K.OP_FREE_FRAME || step.events.some((event) => event.kind === E.EV_OPERATION);
  }

  /** Why the initiator did not reach the target; null if the record does not tell. */
  private initiatorsView(from: number, until: number, initiator: number, target: number): Part | null {
    const asked = this.steps.find(
      (step) =>
        step.step >= from &&
        step.step < until &&
        step.cpu === initiator &&
        step.events.some((event) => event.kind === E.EV_SHOULD_FLUSH && event.a === target),
    );
    if (asked === undefined) {
      // It flushes itself, without an IPI.
      if (initiator === target) return null;
      const served = this.after(
        from,
        (step) => step.cpu === target && step.step < until && step.events.some((event) => event.kind === E.EV_IPI_SERVED),
      );
      return served === undefined ? { words: `CPU${target} got no IPI for it`, cause: flushCause('noIpi'), step: from } : null;
    }
    const answer = asked.events.some((event) => event.kind === E.EV_SHOULD_FLUSH && event.a === target && event.b === 1);
    if (answer) return null;
    const state = this.kernel.layout.cpus[target].tlbstate;
    const loaded = this.before(
      asked.step + 1,
      (step) => step.cpu === initiator && step.kind === K.OP_READ_ONCE && step.a === state.loadedMm && step.step >= from,
    );
    const lazy = this.before(
      asked.step + 1,
      (step) => step.cpu === initiator && step.kind === K.OP_READ_ONCE && step.a === state.isLazy && step.step >= from,
    );
    const wasLazy = lazy !== undefined && lazy.value !== 0;
    const reason = wasLazy
      ? `saw CPU${target} lazy`
      : loaded === undefined
        ? 'said no'
        : `saw loaded_mm = ${this.names.mm(loaded.value)} on CPU${target}`;
    const decisive = wasLazy ? lazy : (loaded ?? asked);
    const hidden = decisive.unseen;
    const buffered = hidden === null ? '' : `, whose store of ${this.names.value(decisive.a, hidden.value)} was still in its store buffer`;
    this.mark(decisive, `should_flush_tlb ${reason}${buffered}: no IPI`);
    const cause = wasLazy
      ? flushCause('sawLazy', hidden !== null)
      : loaded === undefined
        ? flushCause('saidNo')
        : loaded.value === LOADED_MM_SWITCHING
          ? flushCause('sawSwitching')
          : flushCause('sawOther', hidden !== null);
    return { words: `should_flush_tlb ${reason}${buffered} and sent no IPI`, cause, step: decisive.step };
  }

  /** What the target decided from its slot between the change and the use. */
  private targetsView(from: number, until: number, target: number, mm: number, generation: number): Part | null {
    const decided = this.steps.findLast(
      (step) => step.step < until && step.step > from && step.cpu === target && step.events.some((event) => event.kind === E.EV_DECIDED),
    );
    const event = decided?.events.find((candidate) => candidate.kind === E.EV_DECIDED);
    if (decided === undefined || event === undefined) return null;
    const state = this.kernel.layout.cpus[target].tlbstate;
    const name = this.names.mm(mm);
    const raised = this.raisedBy(decided.step, target, event.a);
    const by = raised === null ? '' : `; ${raised}`;
    const part = (words: string, kind: FlushCauseKind): Part => ({
      words: words + by,
      cause: flushCause(kind, false, raised !== null),
      step: decided.step,
    });
    if (event.b === E.DECIDED_NO_FLUSH_SWITCH || event.b === E.DECIDED_NO_FLUSH_LAZY) {
      const read = this.before(
        decided.step + 1,
        (step) => step.cpu === target && step.kind === K.OP_READ_ONCE && step.a === this.kernel.layout.mms[mm].tlbGen,
      );
      if (read !== undefined) this.mark(read, `CPU${target} reads generation ${read.value} of ${name}, not ${generation}`);
      const published = this.before(
        decided.step + 1,
        (step) => step.cpu === target && step.kind === K.OP_WRITE_ONCE && step.a === state.loadedMm && step.b === LOADED_MM_SWITCHING,
      );
      if (published !== undefined && event.b === E.DECIDED_NO_FLUSH_SWITCH)
        this.mark(published, `CPU${target} stores SWITCHING; when others see it is another matter`);
      this.mark(decided, `slot ${event.a} is taken as current: no flush`);
      const isSwitch = event.b === E.DECIDED_NO_FLUSH_SWITCH;
      const where = isSwitch ? 'switch_mm_irqs_off' : "switch_mm_irqs_off's way back from lazy mode";
      const had = read === undefined ? '' : `had read generation ${read.value} and `;
      return part(`CPU${target}'s ${where} ${had}kept slot ${event.a} without a flush`, isSwitch ? 'keptAtSwitch' : 'keptAtLazy');
    }
    if (event.b === E.DECIDED_EARLY_OUT || event.b === E.DECIDED_UP_TO_DATE) {
      this.mark(decided, `flush_tlb_func thinks slot ${event.a} current: no flush`);
      return part(`CPU${target}'s flush_tlb_func returned without a flush`, 'notFlushed');
    }
    return null;
  }
}
