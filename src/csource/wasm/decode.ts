import { Bytes } from '../bytes.js';
import type { FunctionBody, WasmModule } from './module.js';

/** One instruction: its opcode, up to two immediates, and where it lies in the code section. */
export interface Instruction {
  readonly opcode: number;
  readonly a: number;
  readonly b: number;
  /** Of br_table: the targets, the default last. */
  readonly targets?: readonly number[];
  /** As DWARF counts addresses. */
  readonly address: number;
}

/** What clang makes of C at -O0 for a 32-bit machine, and what -O2 adds. */
export const OP = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Load: 0x28,
  i32Load8S: 0x2c,
  i32Load8U: 0x2d,
  i32Load16S: 0x2e,
  i32Load16U: 0x2f,
  i32Store: 0x36,
  i32Store8: 0x3a,
  i32Store16: 0x3b,
  i32Const: 0x41,
  i32Eqz: 0x45,
  i32Ctz: 0x68,
} as const;

const [I64_LOAD, I64_STORE] = [0x29, 0x37];

/** No type of a block's result. */
export const NO_RESULT = 0x40;
const LAST_MEMORY = 0x3e;

/** A word of code that the translation does not know: 64-bit and floating-point arithmetic, for one. */
export class UnknownInstruction extends Error {
  constructor(
    readonly opcode: number,
    readonly address: number,
  ) {
    super(`instruction 0x${opcode.toString(16)}`);
  }

  /** Whether it is a load or store of 64 bits. */
  get isWideAccess(): boolean {
    return this.opcode === I64_LOAD || this.opcode === I64_STORE;
  }
}

/** Throws UnknownInstruction. */
export function instructionsOf(module: WasmModule, body: FunctionBody): Instruction[] {
  const bytes = new Bytes(module.data, body.start, body.end);
  const found: Instruction[] = [];
  while (!bytes.done) {
    const address = bytes.at - module.codeStart;
    const opcode = bytes.u8();
    found.push({ opcode, address, ...immediates(bytes, opcode, address) });
  }
  return found;
}

function immediates(
  bytes: Bytes,
  opcode: number,
  address: number,
): { readonly a: number; readonly b: number; readonly targets?: readonly number[] } {
  const of = (a = 0, b = 0) => ({ a, b });
  switch (opcode) {
    case OP.block:
    case OP.loop:
    case OP.if:
      return of(bytes.u8());
    case OP.br:
    case OP.brIf:
    case OP.call:
    case OP.localGet:
    case OP.localSet:
    case OP.localTee:
    case OP.globalGet:
    case OP.globalSet:
      return of(bytes.uleb());
    case OP.brTable: {
      const count = bytes.uleb() + 1;
      return { ...of(), targets: Array.from({ length: count }, () => bytes.uleb()) };
    }
    case OP.callIndirect:
      return of(bytes.uleb(), bytes.uleb());
    case OP.i32Const:
      return of(bytes.sleb());
  }
  if (opcode >= OP.i32Load && opcode <= LAST_MEMORY) {
    if (!MEMORY.has(opcode)) throw new UnknownInstruction(opcode, address);
    bytes.uleb();
    return of(bytes.uleb());
  }
  const isPlain =
    opcode <= OP.nop ||
    [OP.else, OP.end, OP.return, OP.drop, OP.select].some((known) => known === opcode) ||
    (opcode >= OP.i32Eqz && opcode <= 0x4f) ||
    (opcode >= 0x67 && opcode <= 0x78) ||
    opcode === 0xc0 ||
    opcode === 0xc1;
  if (!isPlain) throw new UnknownInstruction(opcode, address);
  return of();
}

const MEMORY: ReadonlySet<number> = new Set([
  OP.i32Load,
  OP.i32Load8S,
  OP.i32Load8U,
  OP.i32Load16S,
  OP.i32Load16U,
  OP.i32Store,
  OP.i32Store8,
  OP.i32Store16,
]);
