import { Random } from '../../src/explore/random.js';

/**
 * Random small plain programs as source text: operations of every kind, branches, loops, calls, locals that
 * live and die. Bounded, so that every execution ends or blocks, and small, so that all of them can be
 * enumerated.
 */

const WORDS = ['x', 'y', 'z'] as const;
const LOCALS = ['a', 'b', 'c'] as const;

class Writer {
  private left = 0;

  constructor(private readonly random: Random) {}

  private pick<T>(list: readonly T[]): T {
    return list[this.random.below(list.length)];
  }
  private word(): string {
    return `at.${this.pick(WORDS)}`;
  }
  private local(): string {
    return this.pick(LOCALS);
  }
  private value(): string {
    return this.random.below(2) === 0 ? this.local() : String(this.random.below(3));
  }

  private operation(): string {
    const word = this.word();
    switch (this.random.below(13)) {
      case 0:
      case 1:
        return `cpu.writeOnce(${word}, ${this.value()})`;
      case 2:
        return `cpu.xchg(${word}, ${this.value()})`;
      case 3:
        return `cpu.cmpxchg(${word}, ${this.value()}, ${this.value()})`;
      case 4:
        return `cpu.incReturn(${word})`;
      case 5:
        return 'cpu.smpMb()';
      case 6:
        return `cpu.peek(${word})`;
      case 7:
        return 'cpu.choose(2)';
      case 8:
        return `helper(cpu, at, ${this.value()})`;
      case 9:
        return `cpu.storeRelease(${word}, ${this.value()})`;
      default:
        return `cpu.readOnce(${word})`;
    }
  }

  /** Of a list that the script changes. */
  private ofList(): string {
    return this.pick(['list[0]', '(list.pop() ?? 1)', 'list.length', 'list.push(1)']);
  }

  private statement(depth: number): string {
    this.left--;
    const target = this.local();
    switch (this.random.below(depth > 1 ? 13 : 22)) {
      case 0:
      case 1:
      case 2:
        return `${target} = yield* ${this.operation()};`;
      case 3:
        return `yield* ${this.operation()};`;
      case 4:
        return `${target} = (${this.local()} + ${this.random.below(3)}) & 3;`;
      case 5:
        return `yield* cpu.poke(at.seen + cpu.id, ${this.value()});`;
      case 6:
        return `if (${this.local()} > 1) ${target} = yield* ${this.operation()};`;
      case 7:
        return (
          `${target} = ((yield* ${this.operation()}) + ${this.local()} + ` +
          `(yield* ${this.operation()})) & 3;`
        );
      case 8:
        return `${target} = (${this.local()}++ * 2 + ${this.local()} + (yield* ${this.operation()})) & 3;`;
      case 9:
        return this.random.below(2) === 0
          ? `yield* add(${this.value()});`
          : `${target} = (${this.local()} + (yield* add(${this.value()}))) & 3;`;
      case 10:
        return `yield* given(cpu, at, (v) => { ${target} = (${this.local()} + v) & 3; });`;
      case 11:
        return `list[${this.random.below(2)}] = (${this.value()} + (yield* ${this.operation()})) & 3;`;
      case 12:
        return `${target} = (${this.ofList()} + (yield* add(${this.value()})) + ${this.ofList()}) & 3;`;
      case 13:
        return (
          `if ((yield* cpu.readOnce(${this.word()})) === ${this.value()}) { ${this.block(depth)} } ` +
          `else { ${this.block(depth)} }`
        );
      case 14:
        return (
          `for (let i${depth} = 0; i${depth} < 2; i${depth}++) { ${this.block(depth)} if ` +
          `(${this.local()} === 1) ${this.pick(['break', 'continue'])}; ${this.block(depth)} }`
        );
      case 15:
        return `yield* cpu.spinLock(at.lock); ${this.block(depth)} yield* cpu.spinUnlock(at.lock);`;
      case 16:
        return (
          `yield* cpu.${this.pick(['condLoadAcquire', ...Array(3).fill('condLoadAcquireNot')])}` +
          `(${this.word()}, -1, ${this.pick([0, 1, 3, 3, 3])});`
        );
      case 17:
        return `yield* cpu.localIrqDisable(); ${this.block(depth)} yield* cpu.localIrqEnable();`;
      case 18:
        return `yield* cpu.${this.pick(['sendIpi', 'sendNmi'])}(1 - cpu.id);`;
      case 19:
        return (
          `for (const v${depth} of [${this.value()}, ${this.value()}]) { ${this.block(depth)} ` +
          `${target} = (${this.local()} + v${depth}) & 3; if (${this.local()} === 1) ` +
          `${this.pick(['break', 'continue'])}; ${this.block(depth)} }`
        );
      case 20:
        return (
          `try { ${this.block(depth)} if (${this.local()} === 1) throw ${this.value()}; ` +
          `${this.block(depth)} } ` +
          `catch (thrown) { ${target} = thrown; ${this.block(depth)} }` +
          this.pick(['', ` finally { ${this.local()} = 2; }`])
        );
      default:
        return (
          `switch (${this.local()}) { case 0: ${target} = 1; case 1: yield* ${this.operation()}; ` +
          `break; default: ${target} = yield* ${this.operation()}; }`
        );
    }
  }

  private block(depth: number): string {
    const count = Math.min(this.left, 1 + this.random.below(2));
    return Array.from({ length: Math.max(0, count) }, () => this.statement(depth + 1)).join(' ');
  }

  /** A variable of the script's gets a new value, in a function within. */
  private changed(): string {
    const changed = this.local();
    const more = `(yield* ${this.operation()}) & more`;
    return this.random.below(2) === 0
      ? `${changed} = (${changed} + (${more})) & 3;`
      : `${changed} = (${more}) & 3;`;
  }

  private script(statements: number): string {
    this.left = statements;
    const lines: string[] = [];
    while (this.left > 0) lines.push(`      ${this.statement(0)}`);
    return (
      `function* (cpu, at) {\n      let a = 0, b = 1, c = 2; const list = [2];\n      const add = function* (more) ` +
      `{ ${this.changed()} list[0] = more; yield* cpu.smpMb(); return ${this.local()}; };\n` +
      `${lines.join('\n')}\n      yield* ` +
      'cpu.writeOnce(at.seen + cpu.id, a + b * 4 + c * 16);\n    }'
    );
  }

  program(name: string): string {
    const handler =
      'function* (cpu, at) { const old = yield* ' +
      `${this.pick([`cpu.readOnce(${this.word()})`, `cpu.incReturn(${this.word()})`])}; yield* ` +
      `cpu.writeOnce(${this.word()}, old & 3); yield* cpu.iret(); }`;
    return `  plainProgram({
    name: '${name}',
    words: { x: 0, y: 0, z: 1, lock: 0, seen: [0, 0] },
    interrupt: ${handler},
    nmi: ${handler},
    always: (read, at) => read(at.x) !== ${3 + this.random.below(3)},
    final: (read, at) => read(at.seen) !== ${this.random.below(40)},
    cpus: [${this.script(4 + this.random.below(3))}, ${this.script(3 + this.random.below(3))}],
  }),`;
  }
}

/**
 * A module that exports the programs of these seeds as `programs`. `api`: the module that has `plainProgram`.
 */
export function randomPrograms(first: number, count: number, api: string): string {
  const programs = Array.from({ length: count }, (_, i) => {
    const random = new Random();
    random.seed(first + i, 7, 0);
    return new Writer(random).program(`random ${first + i}`);
  });
  return `import { plainProgram } from ${JSON.stringify(api)};
function* helper(cpu, at, given) {
  let sum = given;
  const seen = yield* cpu.readOnce(at.y);
  if (seen > given) sum = yield* cpu.fetchOr(at.z, 1);
  const twice = sum * 2;
  yield* cpu.writeOnce(at.x, twice & 3);
  return (sum + seen) & 3;
}
function* given(cpu, at, take) {
  take(2);
  yield* cpu.readOnce(at.x);
  take(1);
  yield* cpu.smpMb();
}
export const programs = [
${programs.join('\n')}
];
`;
}
