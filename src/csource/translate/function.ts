import type { CLine } from '../dwarf/lines.js';
import { type Instruction, NO_RESULT, OP } from '../wasm/decode.js';
import type { FunctionBody } from '../wasm/module.js';
import { binary, isUnary, unary } from './arithmetic.js';
import type { Frame } from './frame.js';
import { type MadeLine, Operands } from './operands.js';
import { constant, readsOf, text, type Value } from './stack-value.js';
import { LOADS, STORES } from './written.js';

/**
 * One function of WebAssembly as a generator function of protocol code. Locals and what of the frame nobody
 * else can reach are variables; each other access is one operation, as each import that is one.
 */

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
  /** What a pointer to a function of that type may be of. */
  byPointer(type: number): {
    readonly parameters: number;
    readonly answers: boolean;
    readonly functions: readonly {
      readonly number: number;
      /** The text of its call. */
      call(args: readonly string[], sp: string): string;
      /** Chooses CPUs; else CPUs are called to run it. */
      readonly isCondition: boolean;
    }[];
  };
  /** What a variable holds that nobody stores to, or null. */
  constantAt(address: number, bytes: number): number | null;
  lineAt(address: number): CLine | null;
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
  private readonly operands: Operands;
  private readonly control: Control[] = [];
  private labels = 0;
  /** Where the stack's top is now, below the one at the call. */
  private top = 0;
  /** Nothing can come here until the block ends; blocks that began since. */
  private dead = -1;

  constructor(
    private readonly body: FunctionBody,
    private readonly instructions: readonly Instruction[],
    private readonly around: Surroundings,
    private readonly frame: Frame,
    /** Of the frame: what are variables; null while that is found out. */
    private readonly variables: ReadonlyMap<number, number> | null,
  ) {
    this.operands = new Operands(body, instructions, frame);
  }

  get lines(): readonly MadeLine[] {
    return this.operands.lines;
  }

  /** Throws Untranslatable. */
  run(): this {
    this.control.push({ kind: 'function', label: 'F', result: null, height: 0 });
    for (const instruction of this.instructions) {
      this.operands.line = this.around.lineAt(instruction.address) ?? this.operands.line;
      this.translate(instruction);
    }
    return this;
  }

  /** The declarations of its variables. */
  declarations(): string[] {
    const ofFrame = [...(this.variables?.keys() ?? [])].map((offset) => `${slotName(offset)} = 0`);
    return [...this.operands.declarations(), ...ofFrame];
  }

  private translate(instruction: Instruction): void {
    const { opcode, a } = instruction;
    if (this.dead >= 0 && !this.wakes(opcode)) return;
    if (this.structure(instruction)) return;
    switch (opcode) {
      case OP.nop:
        return;
      case OP.drop:
        this.operands.stack.pop();
        return;
      case OP.i32Const:
        this.operands.stack.push(constant(a));
        return;
      case OP.localGet:
        this.operands.getLocal(a);
        return;
      case OP.localSet:
        this.operands.setLocal(a, this.operands.pop());
        return;
      case OP.localTee: {
        const value = this.operands.named(this.operands.pop());
        this.operands.setLocal(a, value);
        this.operands.stack.push(value);
        return;
      }
      case OP.globalGet:
        this.requireStackPointer(a);
        this.operands.stack.push({ kind: 'frame', offset: this.top });
        return;
      case OP.globalSet:
        this.moveTop(a);
        return;
      case OP.call:
        this.call(a);
        return;
      case OP.callIndirect:
        this.callByPointer(a);
        return;
      case OP.select:
        this.select();
        return;
    }
    if (opcode in LOADS) this.load(opcode, a);
    else if (opcode in STORES) this.store(opcode, a);
    else this.calculate(opcode);
  }

  private requireStackPointer(global: number): void {
    if (global !== 0) this.operands.fail('a global variable of the machine besides the stack pointer');
  }

  private moveTop(global: number): void {
    this.requireStackPointer(global);
    const value = this.operands.pop();
    if (value.kind !== 'frame') this.operands.fail('a frame of variable size');
    this.top = value.offset;
    this.noteBase(value.offset);
  }

  private load(opcode: number, offset: number): void {
    const [bytes, template] = LOADS[opcode];
    const as = (made: string): string => template.replace('$v', () => made);
    const address = this.operands.pop();
    if (address.kind === 'frame') {
      const at = address.offset + offset;
      this.frame.accessed(at, bytes);
      this.noteBase(address.offset);
      const name = slotName(at);
      if (this.variables?.has(at) === true)
        this.operands.stack.push(opcode === OP.i32Load ? text(name, [name], true) : text(as(name), [name]));
      else this.operands.stack.push(this.operands.temporary(as(`c.load${bytes * 8}(sp + ${at})`)));
      return;
    }
    if (address.kind === 'constant') {
      const value = this.around.constantAt(address.value + offset, bytes);
      if (value !== null) {
        this.operands.stack.push(constant(value));
        return;
      }
    }
    const at = this.addressOf(address, offset);
    const shared = `c.read(${at}, yield* cpu.readOnce(c.words.word(${at}, ${bytes})))`;
    const made =
      address.kind === 'constant' ? shared : `${at} >= ${STACK} ? c.load${bytes * 8}(${at}) : ${shared}`;
    this.operands.stack.push(this.operands.temporary(as(opcode === OP.i32Load ? made : `(${made})`)));
  }

  private store(opcode: number, offset: number): void {
    const [bytes, mask] = STORES[opcode];
    const value = this.operands.pop();
    const address = this.operands.pop();
    const given = this.operands.use(value);
    const masked = mask === -1 || isSmall(value) ? given : `${given} & ${mask}`;
    if (address.kind === 'frame') {
      const at = address.offset + offset;
      this.frame.accessed(at, bytes);
      this.noteBase(address.offset);
      const name = slotName(at);
      this.operands.changes(name);
      if (this.variables?.has(at) === true) this.operands.emit(`${name} = ${masked};`);
      else this.operands.emit(`c.store${bytes * 8}(sp + ${at}, ${masked});`);
      return;
    }
    const at = this.addressOf(address, offset);
    const what = this.operands.use(
      this.operands.named(text(masked, readsOf(value), value.kind === 'constant')),
    );
    const shared = `yield* cpu.writeOnce(c.words.word(${at}, ${bytes}), c.words.stored(${at}, ${what}));`;
    if (address.kind === 'constant') this.operands.emit(shared);
    else this.operands.emit(`if (${at} >= ${STACK}) c.store${bytes * 8}(${at}, ${what}); else ${shared}`);
  }

  private addressOf(address: Value, offset: number): string {
    if (address.kind === 'constant') return String(address.value + offset);
    const base = this.operands.named(address);
    return offset === 0
      ? this.operands.use(base)
      : this.operands.use(this.operands.temporary(`${this.operands.use(base)} + ${offset}`));
  }

  /** The frame begins where the function's first access to it counts from. */
  private noteBase(offset: number): void {
    this.frame.base = Math.min(this.frame.base, offset);
  }

  // Calls and arithmetic.

  private call(index: number): void {
    const count = this.around.parametersOf(index);
    const args = this.operands.stack
      .splice(this.operands.stack.length - count, count)
      .map((value) => this.operands.use(value));
    const { text: made, isProtocol, answers, isPure } = this.around.call(index, args, this.stackTop());
    if (isPure) this.operands.stack.push(text(made, [], true));
    else if (!answers) this.operands.emit(`${isProtocol ? 'yield* ' : ''}${made};`);
    else this.operands.stack.push(this.operands.temporary(`${isProtocol ? 'yield* ' : ''}${made}`));
  }

  /** What is run on CPUs and what chooses them is noted, as the lab's kernel/smp.c does. */
  private callByPointer(type: number): void {
    const { operands } = this;
    const { parameters, answers, functions } = this.around.byPointer(type);
    const which = operands.use(operands.named(operands.pop()));
    const args = operands.stack
      .splice(operands.stack.length - parameters, parameters)
      .map((value) => operands.use(operands.named(value)));
    const answer = operands.result();
    for (const { number, call: callOf, isCondition } of functions) {
      const call = `${answer} = yield* ${callOf(args, this.stackTop())};`;
      const noted = isCondition
        ? `${call} yield* lab.asked(cpu, ${args[0]}, ${answer});`
        : `yield* lab.served(cpu, c, ${args[0]}); ${call} yield* lab.ran(cpu, c, ${args[0]});`;
      operands.emit(`if (${which} === ${number}) { ${noted} } else`);
    }
    const what = 'calls by a pointer what is neither run on CPUs nor chooses them';
    operands.emit(`${answer} = lab.missing(${JSON.stringify(what)});`);
    if (answers) operands.stack.push(text(answer, [], true));
  }

  private stackTop(): string {
    return this.top === 0 ? 'sp' : `sp - ${-this.top}`;
  }

  private select(): void {
    const [condition, other, one] = [this.operands.pop(), this.operands.pop(), this.operands.pop()];
    const reads = [condition, other, one].flatMap(readsOf);
    this.operands.stack.push(
      text(
        `(${this.operands.use(condition)} ? ${this.operands.use(one)} : ${this.operands.use(other)})`,
        reads,
      ),
    );
  }

  private calculate(opcode: number): void {
    if (isUnary(opcode)) {
      const given = this.operands.pop();
      const operand = opcode === OP.i32Ctz ? this.operands.named(given) : given;
      if (operand.kind === 'frame') this.frame.addressTaken(operand.offset);
      this.operands.stack.push(unary(opcode, operand, 'sp'));
      return;
    }
    const last = this.operands.pop();
    const first = this.operands.pop();
    const both = binary(opcode, first, last, 'sp');
    if (both === null)
      this.operands.fail(`instruction 0x${opcode.toString(16)}, which the lab does not know`);
    // An address in the frame that becomes something else can lead anywhere.
    if (both.kind === 'text')
      for (const value of [first, last]) if (value.kind === 'frame') this.frame.addressTaken(value.offset);
    this.operands.stack.push(both);
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
        this.operands.settle();
        this.operands.emit(this.jump(a));
        this.dead = 0;
        return true;
      case OP.brIf: {
        const condition = this.operands.truth(this.operands.pop());
        this.operands.settle();
        this.operands.emit(`if (${condition}) ${this.jump(a)}`);
        return true;
      }
      case OP.brTable: {
        const which = this.operands.use(this.operands.pop());
        this.operands.settle();
        const cases = (targets ?? []).map((depth, index, all) =>
          index === all.length - 1 ? `default: ${this.jump(depth)}` : `case ${index}: ${this.jump(depth)}`,
        );
        this.operands.emit(`switch (${which}) { ${cases.join(' ')} }`);
        this.dead = 0;
        return true;
      }
      case OP.return:
        this.operands.emit(this.returning());
        this.dead = 0;
        return true;
      case OP.unreachable:
        this.operands.emit("throw new Error('runs into code that the compiler took for unreachable');");
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
    const condition = opcode === OP.if ? this.operands.truth(this.operands.pop()) : '';
    this.operands.settle();
    const label = `L${this.labels++}`;
    let result: string | null = null;
    if (type !== NO_RESULT) result = this.operands.result();
    const kind = opcode === OP.if ? 'if' : opcode === OP.loop ? 'loop' : 'block';
    const opening = { if: `if (${condition}) {`, loop: 'for (;;) {', block: '{' }[kind];
    this.operands.emit(`${label}: ${opening}`);
    this.control.push({ kind, label, result, height: this.operands.stack.length });
  }

  private otherwise(): void {
    const { result, height } = this.control[this.control.length - 1];
    if (this.dead < 0) {
      if (result !== null) this.operands.emit(`${result} = ${this.operands.use(this.operands.pop())};`);
      this.operands.settle();
    }
    this.operands.stack.length = height;
    this.dead = -1;
    this.operands.emit('} else {');
  }

  private end(): void {
    const isDead = this.dead === 0;
    const { kind, result, height } = this.control[this.control.length - 1];
    if (kind === 'function') {
      if (!isDead) this.operands.emit(this.returning());
      this.control.pop();
      return;
    }
    if (!isDead) {
      if (result !== null) this.operands.emit(`${result} = ${this.operands.use(this.operands.pop())};`);
      this.operands.settle();
      if (kind === 'loop') this.operands.emit('break;');
    }
    this.control.pop();
    this.dead = -1;
    this.operands.stack.length = height;
    this.operands.emit('}');
    if (result !== null) this.operands.stack.push(text(result, [], true));
  }

  /** A jump out of so many blocks: to the end of a block, to the beginning of a loop. */
  private jump(depth: number): string {
    const target = this.control[this.control.length - 1 - depth];
    if (target.kind === 'function') return this.returning();
    const given =
      target.result === null || target.kind === 'loop'
        ? ''
        : `${target.result} = ${this.operands.use(this.operands.stack[this.operands.stack.length - 1])}; `;
    const jump = target.kind === 'loop' ? `continue ${target.label};` : `break ${target.label};`;
    return given === '' ? jump : `{ ${given}${jump} }`;
  }

  private returning(): string {
    if (this.body.type.results.length === 0) return 'return 0;';
    const last = this.operands.stack.at(-1) ?? this.operands.fail('no result');
    return `return ${this.operands.use(last)};`;
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
