import { type StrippedProgram, stripped } from '../machine/stripped/stripped-program.js';
import { COUNTERS } from '../oracles/counters.js';
import type { Definitions } from '../programs/definitions.js';
import * as C from './control.js';
import { CpuThread, TAIL_OWN, type ThreadSetup } from './cpu-thread.js';

/** What a thread that runs a plain program is told beside what all are told. */
export interface ProgramPart {
  readonly program: string;
}

/** How many CPUs have begun a round, over all rounds. */
const STARTED = TAIL_OWN;

/**
 * Looks of a CPU for the others at the start of a round, some tens of microseconds: about what it takes a
 * sleeper to come.
 */
const START_LOOKS = 4_000;

/**
 * One CPU of a plain program on its thread. In each round every CPU runs its script once; then all meet, and
 * the last to arrive judges the final memory and puts the initial one in its place. An assertion over every
 * state is the explorer's: nobody here sees every state.
 */
export class ProgramThread extends CpuThread {
  private readonly program: StrippedProgram;

  constructor(setup: ThreadSetup & ProgramPart, { programs }: Definitions) {
    const program = programs.find(({ name }) => name === setup.program);
    if (program === undefined) throw new Error(`no such program: ${setup.program}`);
    super(setup, program);
    this.program = stripped(program);
  }

  protected counters(): number[] {
    return COUNTERS.map(() => 0);
  }

  protected rounds(): void {
    const { cpu, words, mem, program, machine, image } = this;
    const own = C.cpuBlock(this.setup.id);
    for (let round = 1; ; round++) {
      this.startTogether(round);
      program.main(cpu);
      words[own + C.STEPS]++;
      words[own + C.LOOPS]++;
      this.meet(
        () => {
          const wrong = program.check(machine);
          if (wrong !== null) machine.report({ class: 'assertion', cpu: this.setup.id, text: wrong });
          mem.set(image);
        },
        () => cpu.reset(),
      );
    }
  }

  /**
   * Scripts are short: a CPU that sleeps at the meeting would come when the others are done. So who is there
   * looks out for the rest.
   */
  private startTogether(round: number): void {
    const { mem, tail, setup } = this;
    const all = Math.imul(round, setup.settings.cpus);
    if (setup.settings.waiting !== 'doorbell') return;
    for (
      let seen = Atomics.add(mem, tail + STARTED, 1) + 1, look = 0;
      seen - all < 0 && look < START_LOOKS;
      look++
    )
      seen = Atomics.load(mem, tail + STARTED);
  }
}
