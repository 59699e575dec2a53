import type { PlainCpu } from '../programs/plain-cpu.js';
import {
  type Addresses,
  type PlainProgram,
  type PlainScript,
  plainProgram,
} from '../programs/plain-program.js';
import { type Instruction, type LitmusProgram, registerName } from './litmus-test.js';

/** A litmus test as a plain program: the machine's own operations, a CPU a thread. */

type Words = Readonly<Record<string, number>>;
type NoPairs = Readonly<Record<never, never>>;

/** `observed`: words that it must have although no instruction names them. */
export function litmusProgram(
  test: LitmusProgram,
  observed: readonly string[],
): PlainProgram<Words, NoPairs> {
  const words: Record<string, number> = { ...test.initial };
  test.threads.forEach((thread, id) => {
    for (const instruction of thread) {
      if ('location' in instruction) words[instruction.location] ??= 0;
      if ('register' in instruction) words[registerName(id, instruction.register)] ??= 0;
    }
  });
  for (const name of observed) words[name] ??= 0;
  return plainProgram<Words, NoPairs>({
    name: test.name,
    words,
    cpus: test.threads.map((thread) => script(thread)),
  });
}

/** Registers are words that only their own CPU reaches, without steps. */
function script(thread: readonly Instruction[]): PlainScript<Words, NoPairs> {
  return function* (cpu: PlainCpu, at: Addresses<Words, NoPairs>) {
    const word = (register: string): number => at[registerName(cpu.id, register)];
    for (const instruction of thread) {
      switch (instruction.op) {
        case 'store':
          yield* cpu.writeOnce(at[instruction.location], instruction.value);
          break;
        case 'store-register': {
          const mine = yield* cpu.peek(word(instruction.register));
          yield* cpu.writeOnce(at[instruction.location], mine);
          break;
        }
        case 'load': {
          const value = yield* cpu.readOnce(at[instruction.location]);
          yield* cpu.poke(word(instruction.register), value);
          break;
        }
        case 'set':
          yield* cpu.poke(word(instruction.register), instruction.value);
          break;
        case 'xchg': {
          const mine = yield* cpu.peek(word(instruction.register));
          const old = yield* cpu.xchg(at[instruction.location], mine);
          yield* cpu.poke(word(instruction.register), old);
          break;
        }
        case 'mfence':
          yield* cpu.smpMb();
          break;
      }
    }
  };
}
