import type { Program } from '../machine/program.js';
import { ATTEND_IPI, ATTEND_NMI } from '../machine/stripped/host.js';
import { COUNTERS } from '../oracles/counters.js';
import { findProgram } from '../programs/own.js';
import * as C from './control.js';
import { TAIL_OWN, ThreadCpu, type ThreadSetup } from './thread-cpu.js';

/** What a thread that runs a plain program is told beside what all are told. */
export interface ProgramPart {
  readonly program: string;
}

/** Words behind the image: handlers begun; how many at the meeting before; 1: nothing is under way any more. */
const BEGUN = TAIL_OWN;
const BEGUN_BEFORE = TAIL_OWN + 1;
const QUIET = TAIL_OWN + 2;
/** How many CPUs have begun a round, over all rounds. */
const STARTED = TAIL_OWN + 3;

/** Looks of a CPU for the others at the start of a round, some tens of microseconds: about what it takes a sleeper to come. */
const START_LOOKS = 4_000;

/**
 * One CPU of a plain program on its thread. In each round every CPU runs its script once; then all meet, and the last to arrive judges the
 * final memory and puts the initial one in its place. An assertion over every state is the explorer's: nobody here sees every state.
 */
export class ProgramCpu extends ThreadCpu {
  private readonly program: Program;

  constructor(setup: ThreadSetup & ProgramPart) {
    const program = findProgram(setup.program);
    if (program === undefined) throw new Error(`no such program: ${setup.program}`);
    const tail = setup.image.byteLength >> 2;
    super(setup, {
      ...program,
      interrupt: (cpu) => {
        Atomics.add(this.mem, tail + BEGUN, 1);
        return program.interrupt(cpu);
      },
      nmi: (cpu) => {
        Atomics.add(this.mem, tail + BEGUN, 1);
        return program.nmi(cpu);
      },
    });
    this.program = program;
  }

  protected counters(): number[] {
    return COUNTERS.map(() => 0);
  }

  protected rounds(): void {
    const { cpu, words, mem, tail, program, machine, image } = this;
    const own = C.cpuBlock(this.setup.id);
    for (let round = 1; ; round++) {
      this.startTogether(round);
      // In this build a protocol function acts at once.
      program.main(cpu as never);
      words[own + C.STEPS]++;
      words[own + C.LOOPS]++;
      do this.meet(() => this.judgeQuiet());
      while (Atomics.load(mem, tail + QUIET) === 0);
      this.meet(() => {
        const wrong = program.check(machine as never);
        if (wrong !== null) machine.report('assertion', this.setup.id, wrong);
        mem.set(image);
        Atomics.store(mem, tail + BEGUN, 0);
        Atomics.store(mem, tail + BEGUN_BEFORE, 0);
      });
      cpu.reset();
    }
  }

  /** Scripts are short: a CPU that sleeps at the meeting would come when the others are done. So who is there looks out for the rest. */
  private startTogether(round: number): void {
    const { mem, tail, setup } = this;
    const all = Math.imul(round, setup.settings.cpus);
    if (setup.settings.waiting !== 'doorbell') return;
    for (let seen = Atomics.add(mem, tail + STARTED, 1) + 1, look = 0; seen - all < 0 && look < START_LOOKS; look++)
      seen = Atomics.load(mem, tail + STARTED);
  }

  /**
   * Whether every interrupt that was sent has been served to its end, handlers' stores included. A CPU arrives at a meeting only when its
   * handlers have returned; one that runs in a handler while it waits began it after the meeting before, and is counted then.
   */
  private judgeQuiet(): void {
    const { mem, words, tail, setup } = this;
    let pending = 0;
    for (let cpu = 0; cpu < setup.settings.cpus; cpu++) pending |= Atomics.load(words, C.cpuBlock(cpu) + C.ATTENTION);
    const begun = Atomics.load(mem, tail + BEGUN);
    const quiet = (pending & (ATTEND_IPI | ATTEND_NMI)) === 0 && begun === Atomics.load(mem, tail + BEGUN_BEFORE);
    Atomics.store(mem, tail + BEGUN_BEFORE, begun);
    Atomics.store(mem, tail + QUIET, quiet ? 1 : 0);
  }
}
