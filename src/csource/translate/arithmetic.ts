import { condition, constant, expression, readsOf, text, type Value } from './stack-value.js';

/** The arithmetic of 32-bit integers, as JavaScript expressions. */

type Binary = readonly [template: string, fold: (a: number, b: number) => number, isCondition?: boolean];

/** `$a` and `$b` stand for the operands. A condition has the value 1 or 0. */
const BINARY: Readonly<Record<number, Binary>> = {
  70: ['$a === $b', (a, b) => Number(a === b), true],
  71: ['$a !== $b', (a, b) => Number(a !== b), true],
  72: ['$a < $b', (a, b) => Number(a < b), true],
  73: ['$a >>> 0 < $b >>> 0', (a, b) => Number(a >>> 0 < b >>> 0), true],
  74: ['$a > $b', (a, b) => Number(a > b), true],
  75: ['$a >>> 0 > $b >>> 0', (a, b) => Number(a >>> 0 > b >>> 0), true],
  76: ['$a <= $b', (a, b) => Number(a <= b), true],
  77: ['$a >>> 0 <= $b >>> 0', (a, b) => Number(a >>> 0 <= b >>> 0), true],
  78: ['$a >= $b', (a, b) => Number(a >= b), true],
  79: ['$a >>> 0 >= $b >>> 0', (a, b) => Number(a >>> 0 >= b >>> 0), true],
  106: ['($a + $b | 0)', (a, b) => a + b],
  107: ['($a - $b | 0)', (a, b) => a - b],
  108: ['Math.imul($a, $b)', Math.imul],
  109: ['($a / $b | 0)', (a, b) => a / b],
  110: ['(($a >>> 0) / ($b >>> 0) | 0)', (a, b) => (a >>> 0) / (b >>> 0)],
  111: ['($a % $b | 0)', (a, b) => a % b],
  112: ['(($a >>> 0) % ($b >>> 0) | 0)', (a, b) => (a >>> 0) % (b >>> 0)],
  113: ['($a & $b)', (a, b) => a & b],
  114: ['($a | $b)', (a, b) => a | b],
  115: ['($a ^ $b)', (a, b) => a ^ b],
  116: ['($a << $b)', (a, b) => a << b],
  117: ['($a >> $b)', (a, b) => a >> b],
  118: ['($a >>> $b | 0)', (a, b) => a >>> b],
  119: ['($a << $b | $a >>> 32 - $b)', (a, b) => (a << b) | (a >>> (32 - b))],
  120: ['($a >>> $b | $a << 32 - $b)', (a, b) => (a >>> b) | (a << (32 - b))],
};
const DIVISIONS: ReadonlySet<number> = new Set([109, 110, 111, 112]);
const [ADD, SUB, AND] = [106, 107, 113];

const UNARY: Readonly<Record<number, readonly [string, (a: number) => number, boolean?]>> = {
  69: ['$a === 0', (a) => Number(a === 0), true],
  103: ['Math.clz32($a)', Math.clz32],
  104: ['($a === 0 ? 32 : 31 - Math.clz32($a & -$a))', (a) => (a === 0 ? 32 : 31 - Math.clz32(a & -a))],
  192: ['($a << 24 >> 24)', (a) => (a << 24) >> 24],
  193: ['($a << 16 >> 16)', (a) => (a << 16) >> 16],
};

/** Null for an opcode that is none of these. */
export function binary(opcode: number, a: Value, b: Value, frame: string): Value | null {
  const known = BINARY[opcode] as Binary | undefined;
  if (known === undefined) return null;
  const [template, fold, isCondition = false] = known;
  if (a.kind === 'constant' && b.kind === 'constant' && !(DIVISIONS.has(opcode) && b.value === 0))
    return constant(fold(a.value, b.value));
  const moved = addressMoved(opcode, a, b);
  if (moved !== null) return moved;
  // `x & 1` of what is 0 or 1 already: clang does that to every bool.
  if (opcode === AND && b.kind === 'constant' && b.value === 1 && a.kind === 'text' && a.isBoolean === true)
    return a;
  const [left, right] = [expression(a, frame), expression(b, frame)];
  const made = template.replaceAll('$a', () => left).replaceAll('$b', () => right);
  const reads = [...readsOf(a), ...readsOf(b)];
  return isCondition ? condition(made, reads) : text(made, reads);
}

/** An address in the frame with something constant added. */
function addressMoved(opcode: number, a: Value, b: Value): Value | null {
  if (opcode === ADD && a.kind === 'frame' && b.kind === 'constant')
    return { kind: 'frame', offset: a.offset + b.value };
  if (opcode === ADD && a.kind === 'constant' && b.kind === 'frame')
    return { kind: 'frame', offset: b.offset + a.value };
  if (opcode === SUB && a.kind === 'frame' && b.kind === 'constant')
    return { kind: 'frame', offset: a.offset - b.value };
  return null;
}

export function isUnary(opcode: number): boolean {
  return opcode in UNARY;
}

/** Of an opcode that is unary. */
export function unary(opcode: number, a: Value, frame: string): Value {
  const [template, fold, isCondition = false] = UNARY[opcode];
  if (a.kind === 'constant') return constant(fold(a.value));
  const operand = expression(a, frame);
  const made = template.replaceAll('$a', () => operand);
  return isCondition ? condition(made, readsOf(a)) : text(made, readsOf(a));
}
