import { enumerate } from '../../src/explore/enumerate.js';
import { type Addresses, type PlainCpu, type PlainScript, plainProgram } from '../../src/programs/plain-program.js';
import type { MemoryModel } from '../../src/vocabulary/finding.js';

/** One x86 instruction of a litmus test; registers and locations by name. */
export type Instruction =
  | { readonly op: 'store'; readonly location: string; readonly value: number }
  | { readonly op: 'load'; readonly register: string; readonly location: string }
  | { readonly op: 'set'; readonly register: string; readonly value: number }
  | { readonly op: 'xchg'; readonly location: string; readonly register: string }
  | { readonly op: 'mfence' };

export interface LitmusTest {
  readonly name: string;
  readonly initial: Readonly<Record<string, number>>;
  readonly threads: readonly (readonly Instruction[])[];
}

const registerWord = (thread: number, register: string): string => `${thread}:${register}`;

/** Every final state under the memory model, projected to `observed` (`0:EAX`, `[x]`), as `0:EAX=1; [x]=2;`, sorted. */
export function finalStates(test: LitmusTest, memory: MemoryModel, observed: readonly string[]): string[] {
  const words: Record<string, number> = { ...test.initial };
  test.threads.forEach((thread, id) => {
    for (const instruction of thread) {
      if ('location' in instruction) words[instruction.location] ??= 0;
      if ('register' in instruction) words[registerWord(id, instruction.register)] = 0;
    }
  });
  for (const item of observed) words[item.replace(/^\[(.*)\]$/, '$1')] ??= 0;
  const program = plainProgram({ name: test.name, words, cpus: test.threads.map((thread) => script(thread)) });
  const { outcomes } = enumerate(program, {
    memory,
    project: (machine) => observed.map((item) => `${item}=${machine.mem[program.at[item.replace(/^\[(.*)\]$/, '$1')]]};`).join(' '),
  });
  return outcomes.map((outcome) => {
    if (outcome.violation !== null) throw new Error(`${test.name}: ${outcome.violation.message}`);
    return outcome.state;
  });
}

/** Registers are words that only their own CPU reaches, without steps. */
function script(thread: readonly Instruction[]): PlainScript<Record<string, number>, Record<never, never>> {
  return function* (cpu: PlainCpu, at: Addresses<Record<string, number>, Record<never, never>>) {
    for (const instruction of thread) {
      switch (instruction.op) {
        case 'store':
          yield* cpu.writeOnce(at[instruction.location], instruction.value);
          break;
        case 'load': {
          const value = yield* cpu.readOnce(at[instruction.location]);
          yield* cpu.poke(at[registerWord(cpu.id, instruction.register)], value);
          break;
        }
        case 'set':
          yield* cpu.poke(at[registerWord(cpu.id, instruction.register)], instruction.value);
          break;
        case 'xchg': {
          const mine = yield* cpu.peek(at[registerWord(cpu.id, instruction.register)]);
          const old = yield* cpu.xchg(at[instruction.location], mine);
          yield* cpu.poke(at[registerWord(cpu.id, instruction.register)], old);
          break;
        }
        case 'mfence':
          yield* cpu.smpMb();
          break;
      }
    }
  };
}
