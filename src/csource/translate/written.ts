import { OP } from '../wasm/decode.js';

/** How loads and stores of WebAssembly's widths are written. */

/** `$v`: the word loaded. */
export const LOADS: Readonly<Record<number, readonly [bytes: number, template: string]>> = {
  [OP.i32Load]: [4, '$v'],
  [OP.i32Load8S]: [1, '($v << 24 >> 24)'],
  [OP.i32Load8U]: [1, '($v & 255)'],
  [OP.i32Load16S]: [2, '($v << 16 >> 16)'],
  [OP.i32Load16U]: [2, '($v & 65535)'],
};
export const STORES: Readonly<Record<number, readonly [bytes: number, mask: number]>> = {
  [OP.i32Store]: [4, -1],
  [OP.i32Store8]: [1, 255],
  [OP.i32Store16]: [2, 65535],
};
