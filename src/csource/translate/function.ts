import type { CLine } from '../dwarf/lines.js';
import { type Instruction, NO_RESULT, OP } from '../wasm/instructions.js';
import type { FunctionBody } from '../wasm/module.js';
import { binary, isUnary, unary } from './arithmetic.js';
import type { Frame } from './frame.js';
import { constant, expression, readsOf, text, type Value } from './values.js';
import { LOADS, STORES, truth } from './written.js';

/**
 * One function of WebAssembly as a generator function of protocol code. Locals and what of the frame nobody
 * else can reach are variables; each other access is one operation, as each import that is one.
 */

/** A line of the generated text, and the line of C that it was made of. */
export interface MadeLine {
  readonly text: string;
  readonly at: CLine | null;
}

/** What a function may refer to. */
export interface Surroundings {
  /** How a function is called: the text of a call, whether it is to be yielded, whether it answers. */
  call(
    index: number,
    args: readonly string[],
    sp: string,
  ): {
    readonly text: string;
    readonly isProtocol: boolean;
    readonly answers: boolean;
    readonly isPure: boolean;
  };
  parametersOf(index: number): number;
  /** What a variable holds that nobody stores to, or null. */
  constantAt(address: number, bytes: number): number | null;
  lineAt(address: number): CLine | null;
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

interface Control {
  readonly kind: 'block' | 'loop' | 'if' | 'function';
  readonly label: string;
  /** The variable that takes its result. */
  readonly result: string | null;
  /** The stack's height where it begins. */
  readonly height: number;
}

export class FunctionTranslation {
  readonly lines: MadeLine[] = [];
  private readonly stack: Value[] = [];
  private readonly control: Control[] = [];
  /** Locals that are set once, by what they hold. */
  private readonly known = new Map<number, Value>();
  private readonly sets: number[];
  private readonly uses: number[];
  private readonly temporaries: string[] = [];
  private labels = 0;
  /** Where the stack's top is now, below the one at the call. */
  private top = 0;
  /** Nothing can come here until the block ends; blocks that began since. */
  private dead = -1;
  private line: CLine | null = null;

  constructor(
    private readonly body: FunctionBody,
    private readonly instructions: readonly Instruction[],
    private readonly around: Surroundings,
    private readonly frame: Frame,
    /** Of the frame: what are variables; null while that is found out. */
    private readonly variables: ReadonlyMap<number, number> | null,
  ) {
    const locals = body.type.parameters.length + body.locals.length;
    this.sets = new Array<number>(locals).fill(0);
    this.uses = new Array<number>(locals).fill(0);
    for (const { opcode, a } of instructions) {
      if (opcode === OP.localSet || opcode === OP.localTee) this.sets[a]++;
      else if (opcode === OP.localGet) this.uses[a]++;
    }
    body.type.parameters.forEach((_, index) => {
      this.sets[index]++;
    });
  }

  /** Throws Untranslatable. */
  run(): this {
    this.control.push({ kind: 'function', label: 'F', result: null, height: 0 });
    for (const instruction of this.instructions) {
      this.line = this.around.lineAt(instruction.address) ?? this.line;
      this.translate(instruction);
    }
    return this;
  }

  /** The declarations of its variables. */
  declarations(): string[] {
    const changing = this.sets.flatMap((sets, index) =>
      index >= this.body.type.parameters.length && sets > 1 ? [`l${index} = 0`] : [],
    );
    const ofFrame = [...(this.variables?.keys() ?? [])].map((offset) => `${slotName(offset)} = 0`);
    return [...changing, ...ofFrame, ...this.temporaries];
  }

  private translate(instruction: Instruction): void {
    const { opcode, a } = instruction;
    if (this.dead >= 0 && !this.wakes(opcode)) return;
    if (this.structure(instruction)) return;
    switch (opcode) {
      case OP.nop:
        return;
      case OP.drop:
        this.stack.pop();
        return;
      case OP.i32Const:
        this.stack.push(constant(a));
        return;
      case OP.localGet:
        this.getLocal(a);
        return;
      case OP.localSet:
        this.setLocal(a, this.pop());
        return;
      case OP.localTee: {
        const value = this.named(this.pop());
        this.setLocal(a, value);
        this.stack.push(value);
        return;
      }
      case OP.globalGet:
        this.requireStackPointer(a);
        this.stack.push({ kind: 'frame', offset: this.top });
        return;
      case OP.globalSet:
        this.moveTop(a);
        return;
      case OP.call:
        this.call(a);
        return;
      case OP.select:
        this.select();
        return;
    }
    if (opcode in LOADS) this.load(opcode, a);
    else if (opcode in STORES) this.store(opcode, a);
    else this.calculate(opcode);
  }

  // Values.

  private pop(): Value {
    return this.stack.pop() ?? this.fail('an operand is missing');
  }

  /** The text of a value that is used as one. */
  private use(value: Value): string {
    if (value.kind === 'frame') this.frame.addressTaken(value.offset);
    return expression(value, 'sp');
  }

  /** A value that may stand in several places. */
  private named(value: Value): Value {
    if (value.kind !== 'text' || value.isShort) return value;
    return this.temporary(value.text, value.isBoolean);
  }

  private temporary(made: string, isBoolean = false): Value {
    const name = `t${this.temporaries.length}`;
    this.temporaries.push(`${name} = 0`);
    this.emit(`${name} = ${made};`);
    return text(name, [], true, isBoolean);
  }

  private emit(made: string): void {
    this.lines.push({ text: made, at: this.line });
  }

  private fail(what: string): never {
    throw new Untranslatable(what, this.line);
  }

  /** A variable changes: values that still read it are kept. */
  private changes(variable: string): void {
    const keep = (value: Value): Value =>
      readsOf(value).includes(variable) ? this.temporary(expression(value, 'sp')) : value;
    this.keepValues(keep);
  }

  /** What follows may run after other code than what stands before it: nothing unfinished crosses. */
  private settle(): void {
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

  // Locals.

  private getLocal(index: number): void {
    this.uses[index]--;
    const known = this.known.get(index);
    if (known !== undefined) this.stack.push(known);
    else if (index < this.body.type.parameters.length)
      this.stack.push(text(`p${index}`, this.sets[index] > 1 ? [`p${index}`] : [], true));
    else if (this.sets[index] > 1) this.stack.push(text(`l${index}`, [`l${index}`], true));
    // Never set where it is read: locals begin as 0.
    else this.stack.push(constant(0));
  }

  private setLocal(index: number, value: Value): void {
    if (this.sets[index] > 1) {
      const name = index < this.body.type.parameters.length ? `p${index}` : `l${index}`;
      this.changes(name);
      this.emit(`${name} = ${this.use(value)};`);
      return;
    }
    if (this.uses[index] === 0) return;
    this.known.set(index, this.uses[index] === 1 ? value : this.named(value));
  }

  private requireStackPointer(global: number): void {
    if (global !== 0) this.fail('a global variable of the machine besides the stack pointer');
  }

  private moveTop(global: number): void {
    this.requireStackPointer(global);
    const value = this.pop();
    if (value.kind !== 'frame') this.fail('a frame of variable size');
    this.top = value.offset;
    this.noteBase(value.offset);
  }

  // Memory.

  private load(opcode: number, offset: number): void {
    const [bytes, template] = LOADS[opcode];
    const as = (made: string): string => template.replace('$v', () => made);
    const address = this.pop();
    if (address.kind === 'frame') {
      const at = address.offset + offset;
      this.frame.accessed(at, bytes);
      this.noteBase(address.offset);
      const name = slotName(at);
      if (this.variables?.has(at) === true)
        this.stack.push(opcode === OP.i32Load ? text(name, [name], true) : text(as(name), [name]));
      else this.stack.push(this.temporary(as(`c.load${bytes * 8}(sp + ${at})`)));
      return;
    }
    if (address.kind === 'constant') {
      const value = this.around.constantAt(address.value + offset, bytes);
      if (value !== null) {
        this.stack.push(constant(value));
        return;
      }
    }
    const at = this.addressOf(address, offset);
    const shared = `c.words.read(${at}, yield* cpu.readOnce(c.words.word(${at}, ${bytes})))`;
    const made =
      address.kind === 'constant' ? shared : `${at} >= ${STACK} ? c.load${bytes * 8}(${at}) : ${shared}`;
    this.stack.push(this.temporary(as(opcode === OP.i32Load ? made : `(${made})`)));
  }

  private store(opcode: number, offset: number): void {
    const [bytes, mask] = STORES[opcode];
    const value = this.pop();
    const address = this.pop();
    const given = this.use(value);
    const masked = mask === -1 || isSmall(value) ? given : `${given} & ${mask}`;
    if (address.kind === 'frame') {
      const at = address.offset + offset;
      this.frame.accessed(at, bytes);
      this.noteBase(address.offset);
      const name = slotName(at);
      this.changes(name);
      if (this.variables?.has(at) === true) this.emit(`${name} = ${masked};`);
      else this.emit(`c.store${bytes * 8}(sp + ${at}, ${masked});`);
      return;
    }
    const at = this.addressOf(address, offset);
    const what = this.use(this.named(text(masked, readsOf(value), value.kind === 'constant')));
    const shared = `yield* cpu.writeOnce(c.words.word(${at}, ${bytes}), c.words.stored(${at}, ${what}));`;
    if (address.kind === 'constant') this.emit(shared);
    else this.emit(`if (${at} >= ${STACK}) c.store${bytes * 8}(${at}, ${what}); else ${shared}`);
  }

  private addressOf(address: Value, offset: number): string {
    if (address.kind === 'constant') return String(address.value + offset);
    const base = this.named(address);
    return offset === 0 ? this.use(base) : this.use(this.temporary(`${this.use(base)} + ${offset}`));
  }

  /** The frame begins where the function's first access to it counts from. */
  private noteBase(offset: number): void {
    this.frame.base = Math.min(this.frame.base, offset);
  }

  // Calls and arithmetic.

  private call(index: number): void {
    const count = this.around.parametersOf(index);
    const args = this.stack.splice(this.stack.length - count, count).map((value) => this.use(value));
    const { text: made, isProtocol, answers, isPure } = this.around.call(index, args, this.stackTop());
    if (isPure) this.stack.push(text(made, [], true));
    else if (!answers) this.emit(`${isProtocol ? 'yield* ' : ''}${made};`);
    else this.stack.push(this.temporary(`${isProtocol ? 'yield* ' : ''}${made}`));
  }

  private stackTop(): string {
    return this.top === 0 ? 'sp' : `sp - ${-this.top}`;
  }

  private select(): void {
    const [condition, other, one] = [this.pop(), this.pop(), this.pop()];
    const reads = [condition, other, one].flatMap(readsOf);
    this.stack.push(text(`(${this.use(condition)} ? ${this.use(one)} : ${this.use(other)})`, reads));
  }

  private calculate(opcode: number): void {
    if (isUnary(opcode)) {
      const given = this.pop();
      const operand = opcode === OP.i32Ctz ? this.named(given) : given;
      if (operand.kind === 'frame') this.frame.addressTaken(operand.offset);
      this.stack.push(unary(opcode, operand, 'sp'));
      return;
    }
    const last = this.pop();
    const first = this.pop();
    const both = binary(opcode, first, last, 'sp');
    if (both === null) this.fail(`instruction 0x${opcode.toString(16)}, which the lab does not know`);
    // An address in the frame that becomes something else can lead anywhere.
    if (both.kind === 'text')
      for (const value of [first, last]) if (value.kind === 'frame') this.frame.addressTaken(value.offset);
    this.stack.push(both);
  }

  // Control.

  private structure({ opcode, a, targets }: Instruction): boolean {
    switch (opcode) {
      case OP.block:
      case OP.loop:
      case OP.if:
        this.begin(opcode, a);
        return true;
      case OP.else:
        this.otherwise();
        return true;
      case OP.end:
        this.end();
        return true;
      case OP.br:
        this.settle();
        this.emit(this.jump(a));
        this.dead = 0;
        return true;
      case OP.brIf: {
        const condition = truth(this.use(this.pop()));
        this.settle();
        this.emit(`if (${condition}) ${this.jump(a)}`);
        return true;
      }
      case OP.brTable: {
        const which = this.use(this.pop());
        this.settle();
        const cases = (targets ?? []).map((depth, index, all) =>
          index === all.length - 1 ? `default: ${this.jump(depth)}` : `case ${index}: ${this.jump(depth)}`,
        );
        this.emit(`switch (${which}) { ${cases.join(' ')} }`);
        this.dead = 0;
        return true;
      }
      case OP.return:
        this.emit(this.returning());
        this.dead = 0;
        return true;
      case OP.unreachable:
        this.emit("throw new Error('runs into code that the compiler took for unreachable');");
        this.dead = 0;
        return true;
    }
    return false;
  }

  /** In dead code blocks are only counted; true for what is to be looked at all the same. */
  private wakes(opcode: number): boolean {
    if (opcode === OP.block || opcode === OP.loop || opcode === OP.if) this.dead++;
    else if (opcode === OP.else) return this.dead === 0;
    else if (opcode === OP.end) {
      if (this.dead === 0) return true;
      this.dead--;
    }
    return false;
  }

  private begin(opcode: number, type: number): void {
    const condition = opcode === OP.if ? truth(this.use(this.pop())) : '';
    this.settle();
    const label = `L${this.labels++}`;
    let result: string | null = null;
    if (type !== NO_RESULT) {
      result = `r${this.temporaries.length}`;
      this.temporaries.push(`${result} = 0`);
    }
    const kind = opcode === OP.if ? 'if' : opcode === OP.loop ? 'loop' : 'block';
    const opening = { if: `if (${condition}) {`, loop: 'for (;;) {', block: '{' }[kind];
    this.emit(`${label}: ${opening}`);
    this.control.push({ kind, label, result, height: this.stack.length });
  }

  private otherwise(): void {
    const { result, height } = this.control[this.control.length - 1];
    if (this.dead < 0) {
      if (result !== null) this.emit(`${result} = ${this.use(this.pop())};`);
      this.settle();
    }
    this.stack.length = height;
    this.dead = -1;
    this.emit('} else {');
  }

  private end(): void {
    const isDead = this.dead === 0;
    const { kind, result, height } = this.control[this.control.length - 1];
    if (kind === 'function') {
      if (!isDead) this.emit(this.returning());
      this.control.pop();
      return;
    }
    if (!isDead) {
      if (result !== null) this.emit(`${result} = ${this.use(this.pop())};`);
      this.settle();
      if (kind === 'loop') this.emit('break;');
    }
    this.control.pop();
    this.dead = -1;
    this.stack.length = height;
    this.emit('}');
    if (result !== null) this.stack.push(text(result, [], true));
  }

  /** A jump out of so many blocks: to the end of a block, to the beginning of a loop. */
  private jump(depth: number): string {
    const target = this.control[this.control.length - 1 - depth];
    if (target.kind === 'function') return this.returning();
    const given =
      target.result === null || target.kind === 'loop'
        ? ''
        : `${target.result} = ${this.use(this.stack[this.stack.length - 1])}; `;
    const jump = target.kind === 'loop' ? `continue ${target.label};` : `break ${target.label};`;
    return given === '' ? jump : `{ ${given}${jump} }`;
  }

  private returning(): string {
    if (this.body.type.results.length === 0) return 'return 0;';
    return `return ${this.use(this.stack[this.stack.length - 1] ?? this.fail('no result'))};`;
  }
}

const STACK = 0x40000000;

function slotName(offset: number): string {
  return `s${-offset}`;
}

/** A value that a byte holds. */
function isSmall(value: Value): boolean {
  if (value.kind === 'constant') return value.value >= 0 && value.value < 256;
  return value.kind === 'text' && value.isBoolean === true;
}
