/** Which lines are about an mm with a global ASID. */
import { describe, expect, it } from 'vitest';
import { broadcastLines } from '../../src/check/globals.js';
import { parseTrace } from '../../src/trace/parse.js';

const A = '0xffff888000000a00';
const B = '0xffff888000000b00';
const info = (mm: string, init: number) =>
  `mm=${mm} start=0x0 end=0x1000 gen=2 init=${init} stride=12 freed=0`;

function marked(bodies: readonly string[]): string[] {
  const text = bodies
    .map((body, i) => `  t-1  [000] d.... 1.${String(i).padStart(6, '0')}: ${body}\n`)
    .join('');
  const { events } = parseTrace(text, 'x.trace');
  const marks = broadcastLines(events, 6);
  return bodies.filter((_, index) => marks?.[index] === 1).map((body) => body.slice(0, body.indexOf(':')));
}
const request = (mm: string, asid: number) =>
  `flush_mm_range: (x) mm=${mm} start=0x0 end=0x1000 stride=12 freed=0 ctx=9 gen=1 cpus=0x1 ` +
  `asid=${asid} trans=0`;
const switchTo = (mm: string, nasid: number) =>
  `switch_mm: (x) prev=0x0 next=${mm} nctx=9 ngen=1 ncpus=0x1 nasid=${nasid} ntrans=0`;

describe('lines of an mm with a global ASID', () => {
  it('are none on other kernels', () => {
    expect(
      marked([request(A, 0), 'flush_mm_range_ret: (tlb_finish_mmu+0x1/0x2 <- flush_tlb_mm_range)']),
    ).toEqual([]);
  });

  it('are those after it got its ASID, of the request under way too, until it is freed', () => {
    const ret = 'flush_mm_range_ret: (tlb_finish_mmu+0x1/0x2 <- flush_tlb_mm_range)';
    const lines = [
      ...[
        request(A, 0),
        `use_global_asid: (x) mm=${A} asid=6 ctx=9 cpus=0xf`,
        ret,
        request(A, 6),
        ret,
        request(B, 0),
        ret,
      ],
      ...[`mmdrop: (x) mm=${A} ctx=9`, request(A, 0), ret],
    ];
    expect(marked(lines)).toEqual([
      'use_global_asid',
      'flush_mm_range_ret',
      'flush_mm_range',
      'flush_mm_range_ret',
    ]);
  });

  it('are all since its life began where no line says when it got its ASID', () => {
    const flush = [`flush_func: (x) ${info(A, 0)}`, 'tlb_flush: pages:1 reason:remote shootdown (1)'];
    expect(marked([`mmdrop: (x) mm=${A} ctx=8`, ...flush, request(A, 7)])).toEqual([
      'flush_func',
      'tlb_flush',
      'flush_mm_range',
    ]);
  });

  it('are known by a PCID that no CPU hands out itself', () => {
    const [cr3, on] = [
      'write_cr3_1: (x) cr3=0x8000000001234007',
      'tlb_flush: pages:0 reason:flush on task switch (0)',
    ];
    expect(
      marked([
        switchTo(A, 0).replace(/ nasid.*/, ''),
        cr3,
        on,
        switchTo(B, 0),
        cr3.replace('4007', '4006'),
        on,
      ]),
    ).toEqual(['switch_mm', 'write_cr3_1', 'tlb_flush']);
  });

  it('are batches that an INVLPGB flushes', () => {
    expect(
      marked(['batch_flush: (x) cpus=0xe', 'invlpgb_6: (x) rax=0x4 ecx=0x0 edx=0x0', 'tlbsync_3: (x)']),
    ).toEqual(['batch_flush']);
  });
});
