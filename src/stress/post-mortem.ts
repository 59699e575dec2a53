import * as H from '../machine/hardware.js';
import { opName } from '../machine/op-kinds.js';
import type { Program } from '../machine/program.js';
import type { Protocol } from '../machine/protocol.js';
import { lockedOn } from '../machine/stripped/locked.js';
import {
  ATTEND_IPI,
  ATTEND_NMI,
  type ControlWords,
  RING_EVENTS,
  RING_WORDS,
} from '../machine/stripped/runner.js';
import { atOnce } from '../programs/naming.js';
import { type WatchOps, waitsInVain } from '../programs/watch.js';
import type { CpuState, Hang } from './api.js';
import * as C from './control.js';

/** Reads a machine that runs, stands still or is dead, from outside: only words, and no thread is asked. */
export class PostMortem {
  private readonly machine: ControlWords;
  private readonly watching: WatchOps = {
    load: (address) => answered(Atomics.load(this.words, address)),
    // The barrier's words lie behind the program's.
    loadMemory: (address) => answered(Atomics.load(this.mem, address)),
  };

  constructor(
    private readonly program: Program,
    private readonly mem: Int32Array,
    private readonly words: Int32Array,
    /** Lock words that are taken, and by whom. */
    private readonly locks: () => string[],
  ) {
    this.machine = C.machineControl(words, lockedOn(words, null));
  }

  /** The word that the CPU waits for, -1 for none. */
  waitAddress(cpu: number): number {
    return Atomics.load(this.words, C.cpuBlock(cpu) + C.WAIT_ADDRESS) - 1;
  }

  /**
   * Whether it waits for the others at the end of a round: then it is one of them that is stuck, if anybody
   * is.
   */
  isAtBarrier(cpu: number): boolean {
    return this.waitAddress(cpu) >= this.program.image.length;
  }

  steps(cpu: number): number {
    return Atomics.load(this.words, C.cpuBlock(cpu) + C.STEPS);
  }

  sleeps(cpu: number): number {
    return Atomics.load(this.words, C.cpuBlock(cpu) + C.WAITS);
  }

  unrung(cpu: number): number {
    return Atomics.load(this.words, C.cpuBlock(cpu) + C.UNRUNG);
  }

  waitedUs(cpu: number): number {
    return Atomics.load(this.words, C.cpuBlock(cpu) + C.WAITED_US);
  }

  /**
   * The word that the CPU waits for and that has not come, as memory is now; GETS_ON for none: what it waits
   * for may hold and only not be seen yet.
   */
  waitsInVain(cpu: number): number {
    return atOnce(waitsInVain(this.watching, C.waiterRecord(cpu)));
  }

  hang(message: string, cpus: readonly number[]): Hang {
    return { message, cpus: cpus.map((cpu) => this.cpu(cpu)), locks: this.locks() };
  }

  cpu(cpu: number): CpuState {
    const address = this.waitAddress(cpu);
    const attention = Atomics.load(this.words, this.machine.attention(cpu));
    const pending = [
      (attention & ATTEND_IPI) !== 0 ? 'IPI' : [],
      (attention & ATTEND_NMI) !== 0 ? 'NMI' : [],
    ].flat();
    return {
      cpu,
      waitsFor: address < 0 ? null : `${this.nameOf(address)} (is ${Atomics.load(this.mem, address)})`,
      interrupts: this.mem[this.program.hardwareBase + cpu * this.program.hardwareWords + H.IF] !== 0,
      pending,
      steps: this.steps(cpu),
      lastEvents: this.events(cpu),
    };
  }

  nameOf(address: number): string {
    return address >= this.program.image.length
      ? 'the barrier between two rounds'
      : this.program.layout.nameOf(address);
  }

  private events(cpu: number): string[] {
    const ring = this.machine.ring(cpu);
    const count = Atomics.load(this.words, ring);
    const events: string[] = [];
    for (let event = Math.max(0, count - RING_EVENTS); event < count; event++) {
      const at = ring + 1 + (event % RING_EVENTS) * RING_WORDS;
      const kind = this.words[at] & 63;
      const operand = this.words[at] >>> 6;
      events.push(`${opName(kind)} ${operand} -> ${this.words[at + 1]}`);
    }
    return events;
  }
}

/** An operation that has acted. */
function* answered(value: number): Protocol<number> {
  return value;
}
