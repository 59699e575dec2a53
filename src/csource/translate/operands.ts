import type { CLine } from '../dwarf/lines.js';
import { type Instruction, OP } from '../wasm/decode.js';
import type { FunctionBody } from '../wasm/module.js';
import type { Frame } from './frame.js';
import { constant, expression, readsOf, text, type Value } from './stack-value.js';

/**
 * What WebAssembly computes with while a function is translated: its stack of operands and its locals, as
 * expressions of the generated text for as long as what they read stays as it is, and the lines that are
 * made.
 */

/** A line of the generated text, and the line of C that it was made of. */
export interface MadeLine {
  readonly text: string;
  readonly at: CLine | null;
}

/** C code that cannot be translated. */
export class Untranslatable extends Error {
  constructor(
    message: string,
    readonly at: CLine | null,
  ) {
    super(message);
  }
}

export class Operands {
  readonly lines: MadeLine[] = [];
  readonly stack: Value[] = [];
  /** The line of C that is translated. */
  line: CLine | null = null;
  private readonly temporaries: string[] = [];
  /** Locals that are set once, by what they hold. */
  private readonly known = new Map<number, Value>();
  private readonly sets: number[];
  /** Reads that are still to come. */
  private readonly uses: number[];
  private readonly parameters: number;

  constructor(
    { type, locals }: FunctionBody,
    instructions: readonly Instruction[],
    private readonly frame: Frame,
  ) {
    this.parameters = type.parameters.length;
    const count = this.parameters + locals.length;
    // The call sets a parameter.
    this.sets = Array.from({ length: count }, (_, index) => (index < this.parameters ? 1 : 0));
    this.uses = new Array<number>(count).fill(0);
    const carried = new Set<number>();
    for (const { opcode, a } of instructions) {
      if (opcode === OP.localSet || opcode === OP.localTee) this.sets[a]++;
      else if (opcode === OP.localGet) {
        this.uses[a]++;
        if (this.sets[a] === 0) carried.add(a);
      }
    }
    // Read in front of where it is set: in a loop, what the turn before has set. It changes.
    for (const local of carried) if (this.sets[local] > 0) this.sets[local]++;
  }

  /** The declarations of locals and temporaries. */
  declarations(): string[] {
    const changing = this.sets.flatMap((sets, index) =>
      index >= this.parameters && sets > 1 ? [`l${index} = 0`] : [],
    );
    return [...changing, ...this.temporaries];
  }

  /** A variable for the result of a block. */
  result(): string {
    const name = `r${this.temporaries.length}`;
    this.temporaries.push(`${name} = 0`);
    return name;
  }

  pop(): Value {
    return this.stack.pop() ?? this.fail('an operand is missing');
  }

  /** The text of a value that is used as one. */
  use(value: Value): string {
    if (value.kind === 'frame') this.frame.addressTaken(value.offset);
    return expression(value, 'sp');
  }

  /** The text of a value that is asked for being 0 or not. */
  truth(value: Value): string {
    if (value.kind === 'text' && value.condition !== undefined) return value.condition;
    return `${this.use(value)} !== 0`;
  }

  /** A value that may stand in several places. */
  named(value: Value): Value {
    if (value.kind !== 'text' || value.isShort) return value;
    return this.temporary(value.text, value.isBoolean);
  }

  temporary(made: string, isBoolean = false): Value {
    const name = `t${this.temporaries.length}`;
    this.temporaries.push(`${name} = 0`);
    this.emit(`${name} = ${made};`);
    return text(name, [], true, isBoolean);
  }

  emit(made: string): void {
    this.lines.push({ text: made, at: this.line });
  }

  fail(what: string): never {
    throw new Untranslatable(what, this.line);
  }

  /** A variable changes: values that still read it are kept. */
  changes(variable: string): void {
    const keep = (value: Value): Value =>
      readsOf(value).includes(variable) ? this.temporary(expression(value, 'sp')) : value;
    this.keepValues(keep);
  }

  /** What follows may run after other code than what stands before it: nothing unfinished crosses. */
  settle(): void {
    this.keepValues((value) =>
      readsOf(value).length === 0 ? value : this.temporary(expression(value, 'sp')),
    );
  }

  private keepValues(keep: (value: Value) => Value): void {
    this.stack.forEach((value, index) => {
      this.stack[index] = keep(value);
    });
    for (const [local, value] of this.known) if (this.uses[local] > 0) this.known.set(local, keep(value));
  }

  getLocal(index: number): void {
    this.uses[index]--;
    const known = this.known.get(index);
    if (known !== undefined) this.stack.push(known);
    else if (index < this.parameters)
      this.stack.push(text(`p${index}`, this.sets[index] > 1 ? [`p${index}`] : [], true));
    else if (this.sets[index] > 1) this.stack.push(text(`l${index}`, [`l${index}`], true));
    // Never set: locals begin as 0.
    else this.stack.push(constant(0));
  }

  setLocal(index: number, value: Value): void {
    if (this.sets[index] > 1) {
      const name = index < this.parameters ? `p${index}` : `l${index}`;
      this.changes(name);
      this.emit(`${name} = ${this.use(value)};`);
      return;
    }
    if (this.uses[index] === 0) return;
    this.known.set(index, this.uses[index] === 1 ? value : this.named(value));
  }
}
