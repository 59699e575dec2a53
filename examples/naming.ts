import { type PlainCpu, type PlainProgram, type Protocol, plainProgram } from 'shootdown';
import { NAMED, type NamingOps, NO_LINKS, TAKEN, writeAndName } from '../src/programs/naming.js';

/**
 * How findings get their names, as a plain program: processes save to one directory, whose names are words
 * that say whose file has them. The explorer hunts it for names that lead to half a file, and for files that
 * are lost after their process was told their name.
 *
 * `writeAndName` is the very text that saving runs, with system calls in the place of these operations.
 */

export interface NamingShape {
  /** What each process saves; equal numbers are the same bytes. */
  readonly files?: readonly number[];
  readonly names?: number;
  readonly hardLinks?: boolean;
  /** The text, or a planted fault. */
  readonly save?: (ops: NamingOps, names: number) => Protocol<number>;
}

type Addresses = Readonly<Record<string, number>>;

/** A file is nothing, then half there, then whole. */
const HALF = 1;
const WHOLE = 2;

/** One process's system calls. Each acts on the directory in one step. */
class ModelFiles implements NamingOps {
  constructor(
    private readonly cpu: PlainCpu,
    private readonly at: Addresses,
    private readonly bytes: readonly number[],
    private readonly hardLinks: boolean,
  ) {}

  *write(): Protocol<void> {
    yield* this.cpu.xchg(this.at[`file${this.cpu.id}`], HALF);
    yield* this.cpu.xchg(this.at[`file${this.cpu.id}`], WHOLE);
  }
  *link(n: number): Protocol<number> {
    if (!this.hardLinks) return NO_LINKS;
    const had = yield* this.cpu.cmpxchg(this.at[`name${n}`], 0, this.cpu.id + 1);
    return had === 0 ? NAMED : TAKEN;
  }
  *holdsSame(n: number): Protocol<number> {
    const whose = yield* this.cpu.readOnce(this.at[`name${n}`]);
    return whose !== 0 && this.bytes[whose - 1] === this.bytes[this.cpu.id] ? 1 : 0;
  }
  *reserve(n: number): Protocol<number> {
    const had = yield* this.cpu.cmpxchg(this.at[`reserved${n}`], 0, 1);
    return had === 0 ? 1 : 0;
  }
  *isTaken(n: number): Protocol<number> {
    const whose = yield* this.cpu.readOnce(this.at[`name${n}`]);
    return whose === 0 ? 0 : 1;
  }
  *rename(n: number): Protocol<void> {
    yield* this.cpu.xchg(this.at[`name${n}`], this.cpu.id + 1);
  }
  *release(n: number): Protocol<void> {
    yield* this.cpu.xchg(this.at[`reserved${n}`], 0);
  }
}

export function namingProgram(name: string, shape: NamingShape = {}): PlainProgram {
  const { files = [1, 2, 3], names = files.length, hardLinks = true, save = writeAndName } = shape;
  const processes = files.map((_, id) => id);
  const all = Array.from({ length: names }, (_, i) => i + 1);
  const zeros = (prefix: string, of: readonly number[]): Record<string, number> =>
    Object.fromEntries(of.map((i) => [`${prefix}${i}`, 0]));
  return plainProgram({
    name,
    words: {
      ...zeros('file', processes),
      ...zeros('told', processes),
      ...zeros('name', all),
      ...zeros('reserved', all),
    },
    cpus: files.map(
      () =>
        function* (cpu: PlainCpu, at: Addresses): Protocol<void> {
          const told = yield* save(new ModelFiles(cpu, at, files, hardLinks), names);
          yield* cpu.xchg(at[`told${cpu.id}`], told);
        },
    ),
    always: (read, at) => {
      for (const n of all) {
        const whose = read(at[`name${n}`]);
        if (whose !== 0 && read(at[`file${whose - 1}`]) !== WHOLE)
          return `name ${n} leads to a file that is not whole`;
      }
      for (const id of processes) {
        const told = Math.abs(read(at[`told${id}`]));
        if (told === 0) continue;
        const whose = read(at[`name${told}`]);
        if (whose === 0 || files[whose - 1] !== files[id])
          return `what process ${id} saved as name ${told} is not there`;
      }
      return true;
    },
    final: (read, at) => {
      if (processes.some((id) => read(at[`told${id}`]) === 0))
        return 'a process was told that all names are taken';
      return all.every((n) => read(at[`reserved${n}`]) === 0) || 'a reservation is left';
    },
  }) as unknown as PlainProgram;
}

export const naming = namingProgram('naming, three processes');
export const namingWithoutLinks = namingProgram('naming, two processes without hard links', {
  files: [1, 2],
  hardLinks: false,
});
