/**
 * A WebAssembly module with the functions of `Locked` over one imported memory, put together here byte by
 * byte: seven functions of a few instructions each need no tool chain.
 */

const I32 = 0x7f;
/** Instructions: `locals(n)` pushes argument n. */
const argument = (n: number): number[] => [0x20, n];
const I32_CONST_2 = [0x41, 2];
const I32_SHL = 0x74;
const I64_CONST_32 = [0x42, 32];
const I64_SHL = 0x86;
const I64_OR = 0x84;
const I64_EQ = 0x51;
const I64_EXTEND_I32_U = 0xad;
/** Atomic instructions have a prefix, and say their alignment (as a power of two) and an offset. */
const atomic = (code: number, align: number): number[] => [0xfe, code, align, 0];
/** Argument 0 is the index of a word; memory has bytes. */
const ADDRESS = [...argument(0), ...I32_CONST_2, I32_SHL];
/** Arguments n and n + 1 as the 64 bits that they make in memory. */
const pairOf = (n: number): number[] => [
  ...argument(n),
  I64_EXTEND_I32_U,
  ...argument(n + 1),
  I64_EXTEND_I32_U,
  ...I64_CONST_32,
  I64_SHL,
  I64_OR,
];

interface Function {
  readonly name: string;
  readonly arguments: number;
  readonly body: readonly number[];
}

/** An i32 operation with all arguments on the stack. */
const onWord = (name: string, code: number, count: number): Function => ({
  name,
  arguments: count,
  body: [
    ...ADDRESS,
    ...Array.from({ length: count - 1 }, (_, i) => argument(i + 1)).flat(),
    ...atomic(code, 2),
  ],
});

const FUNCTIONS: readonly Function[] = [
  onWord('load', 0x10, 1),
  onWord('add', 0x1e, 2),
  onWord('and', 0x2c, 2),
  onWord('or', 0x33, 2),
  onWord('exchange', 0x41, 2),
  onWord('compareExchange', 0x48, 3),
  // i64.atomic.rmw.cmpxchg answers the old value: it is what was expected if it was replaced.
  {
    name: 'compareExchangePair',
    arguments: 5,
    body: [...ADDRESS, ...pairOf(1), ...pairOf(3), ...atomic(0x49, 3), ...pairOf(1), I64_EQ],
  },
];

/** An unsigned number, seven bits a byte. */
function number(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)];
}
const text = (value: string): number[] => [...number(value.length), ...new TextEncoder().encode(value)];
const list = (items: readonly (readonly number[])[]): number[] => [...number(items.length), ...items.flat()];
const sized = (bytes: readonly number[]): number[] => [...number(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)];

/** Pages of memory at most: what 32 bits can address. */
const PAGES_MAX = 1 << 16;

function bytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      list(
        FUNCTIONS.map((one) => [
          0x60,
          ...list(Array.from({ length: one.arguments }, () => [I32])),
          ...list([[I32]]),
        ]),
      ),
    ),
    // 2: a memory; 3: shared, with a maximum.
    ...section(2, list([[...text('threads'), ...text('memory'), 2, 3, ...number(1), ...number(PAGES_MAX)]])),
    ...section(3, list(FUNCTIONS.map((_, i) => number(i)))),
    ...section(7, list(FUNCTIONS.map((one, i) => [...text(one.name), 0, ...number(i)]))),
    ...section(10, list(FUNCTIONS.map((one) => sized([0, ...one.body, 0x0b])))),
  ]);
}

let compiled: WebAssembly.Module | null = null;

/** The module, compiled once in each thread. */
export function lockedModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(bytes());
  return compiled;
}
