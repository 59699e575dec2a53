/** Values that lines sample: generations and masks. */
import { INIT_MM, MM_NULL } from '../kernel/constants.js';
import type { Kind } from './kinds.js';
import { hex, low32 } from './masks.js';
import type { Replay } from './replay.js';

export class Values {
  constructor(readonly replay: Replay) {}

  /** A generation of an mm as the line samples it. */
  compareGen(cpu: number, mm: number, kernel: number, kind: Kind = 'gen'): void {
    const view = this.replay.mms.view(mm);
    const word = this.replay.genWord(mm);
    const model = this.replay.mem[word];
    if (view.doubted !== null) {
      this.replay.differ(kind, `${kernel} of ctx ${view.doubted}`, `${model} of ctx ${view.ctx}, which was not freed`, false);
      return;
    }
    if (!view.genKnown) {
      view.genKnown = true;
      this.replay.board.learn(kind);
      if (!view.genSeen) this.shiftSlots(mm, kernel - model);
      else if (kernel !== model) this.moveSlots(mm, model, kernel);
      view.genSeen = true;
      this.replay.mem[word] = kernel;
      return;
    }
    if (kernel === model) {
      this.replay.board.agree(kind);
      return;
    }
    const [before, after] = this.replay.races.increments(
      cpu,
      mm,
      this.replay.at,
      this.replay.order.nextOwn(this.replay.at),
      this.replay.now,
    );
    const raced = kernel >= model - before && kernel <= model + after;
    this.replay.differ(kind, String(kernel), String(model), raced);
    if (!raced) this.replay.mem[word] = kernel;
    else if (kernel > model) this.replay.requests.seenCounted(mm, kernel);
  }

  /** A request that began before the file carries the first generation seen of an mm: others may have counted since. */
  learnGiven(mm: number, gen: number): void {
    const view = this.replay.mms.view(mm);
    if (mm <= INIT_MM || view.genSeen) return;
    const word = this.replay.genWord(mm);
    this.shiftSlots(mm, gen - this.replay.mem[word]);
    view.genSeen = true;
    this.replay.mem[word] = gen;
  }

  /** First sight of the mm's generation: slots are as far behind it as they were seen to be. */
  private shiftSlots(mm: number, by: number): void {
    const ctxId = this.replay.mem[this.replay.lab.layout.mms[mm].ctxId];
    for (let cpu = 0; cpu < this.replay.lab.cpus; cpu++) {
      for (const slot of this.replay.lab.per(cpu).tlbstate.ctxs) {
        if (this.replay.mem[slot.ctxId] === ctxId) this.replay.mem[slot.tlbGen] = Math.max(0, this.replay.mem[slot.tlbGen] + by);
      }
    }
  }

  /** Reclaim's increments were not as many as the model placed: slots that were up to date still are, and none is ahead. */
  moveSlots(mm: number, from: number, to: number): void {
    const ctxId = this.replay.mem[this.replay.lab.layout.mms[mm].ctxId];
    for (let cpu = 0; cpu < this.replay.lab.cpus; cpu++) {
      for (const slot of this.replay.lab.per(cpu).tlbstate.ctxs) {
        if (this.replay.mem[slot.ctxId] === ctxId && this.replay.mem[slot.tlbGen] >= Math.min(from, to)) this.replay.mem[slot.tlbGen] = to;
      }
    }
  }

  /** The first sight of a mask with bits that their CPUs may have left set before the file. */
  private firstMask(kind: Kind, mm: number, address: number, kernel: number): void {
    this.replay.mms.view(mm).maskSeen = true;
    if (this.replay.lab.mask(address) === kernel >>> 0) this.replay.board.agree(kind);
    else this.replay.board.learn(kind);
    this.replay.mem[address] = kernel & this.replay.online;
  }

  compareMask(kind: Kind, cpu: number, mm: number, address: number, recorded: bigint): void {
    const kernel = low32(recorded);
    if (this.replay.lazyCpumask && mm > INIT_MM && !this.replay.mms.view(mm).maskSeen) {
      this.firstMask(kind, mm, address, kernel);
      return;
    }
    let learnt = false;
    for (let other = 0; other < this.replay.lab.cpus; other++) {
      const view = this.replay.beliefs.cpus[other];
      const there = ((kernel >>> other) & 1) !== 0;
      // A bit that stays set when its CPU leaves tells nothing of what the CPU has loaded.
      if (this.replay.lazyCpumask && !view.mmKnown) continue;
      if (mm === MM_NULL || (view.mmKnown && !view.tentative)) continue;
      // What has not been seen of this CPU may be the switch that it is in the middle of.
      if (there && !view.mmKnown && other !== cpu) this.replay.switches.seenSwitching(other);
      if (!view.mmKnown && there) {
        this.replay.beliefs.learnMm(other, mm, false);
        learnt = true;
      } else if (view.tentative && this.replay.beliefs.loadedMm(other) === mm) {
        if (!there) {
          this.replay.beliefs.learnMm(other, INIT_MM, false);
          learnt = true;
        }
        view.tentative = false;
      }
    }
    const model = this.replay.lab.mask(address);
    // CPUs that the check cannot have: the words of its masks have 32 bits.
    const beyond = recorded >> 32n;
    if (kernel === model && beyond === 0n) {
      if (learnt) this.replay.board.learn(kind);
      else this.replay.board.agree(kind);
      return;
    }
    const differing = kernel ^ model;
    if (
      mm === MM_NULL &&
      this.replay.beliefs.cpus.every((view, other) => ((differing >>> other) & 1) === 0 || !view.mmKnown || view.tentative)
    ) {
      // Where these CPUs were when the batch was gathered, no line has told.
      this.replay.board.learn(kind);
      this.replay.mem[address] = kernel & this.replay.online;
      return;
    }
    let raced = (differing & ~this.replay.online) === 0 && beyond === 0n;
    for (let other = 0; other < this.replay.lab.cpus; other++) {
      if ((((kernel ^ model) >>> other) & 1) === 0) continue;
      raced = raced && this.replay.races.changesMasks(cpu, other, this.replay.at, this.replay.order.nextOwn(this.replay.at));
    }
    this.replay.differ(kind, `0x${recorded.toString(16)}`, hex(model), raced);
    if (!raced || mm === MM_NULL) this.replay.mem[address] = kernel & this.replay.online;
    else
      for (let other = 0; other < this.replay.lab.cpus; other++)
        if ((((kernel ^ model) >>> other) & 1) !== 0) this.replay.switches.seenSwitching(other);
  }
}
