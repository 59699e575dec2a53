/**
 * A recording of a kernel that broadcasts: an mm on four CPUs gets a global ASID, the CPUs follow, its
 * flushes are broadcast, a batch is, and the ASID is given back. Each kind of line changed, or lost, is told.
 */
import { describe, expect, it } from 'vitest';
import { type CheckReport, checkRecording, type Kind } from '../../src/check/index.js';
import { parseTrace } from '../../src/trace/parse.js';
import { findVariant } from '../../src/variants/index.js';

const A = '0xffff888000000a00';
const CPUS = [0, 1, 2, 3];
const TASK = 'd....';
const IRQ = 'd.h..';
/** A probe on an instruction. */
const PROBE = 'd.Z..';

type Line = readonly [cpu: number, flags: string, body: string];

const switchTo = (cpu: number): Line[] => [
  [cpu, TASK, `switch_mm: (f+0x4/0x420) prev=0x0 next=${A} nctx=9 ngen=4 ncpus=0xf nasid=0 ntrans=0`],
  [cpu, TASK, 'write_cr3_1: (f) cr3=0x1234002'],
  [cpu, TASK, 'tlb_flush: pages:-1 reason:flush on task switch (0)'],
];
const follow = (cpu: number, flags: string): Line[] => [
  [cpu, flags, `switch_mm: (f+0x4/0x420) prev=0x0 next=${A} nctx=9 ngen=6 ncpus=0xf nasid=6 ntrans=1`],
  [cpu, flags, 'write_cr3_2: (f) cr3=0x8000000001234007'],
  [cpu, flags, 'tlb_flush: pages:0 reason:flush on task switch (0)'],
];
const addressOf = (page: number): string => `0x${(0x10000 + page * 0x1000).toString(16)}`;
const info = (gen: number, pages: number): string =>
  `mm=${A} start=0x10000 end=${addressOf(pages)} gen=${gen} init=0 stride=12 freed=0 trim=0`;
const request = (gen: number, pages: number, asid: string): Line => [
  0,
  TASK,
  `flush_mm_range: (f) mm=${A} start=0x10000 end=${addressOf(pages)} stride=12 freed=0 ` +
    `ctx=9 gen=${gen} cpus=0xf ${asid}`,
];
const RET: Line = [0, TASK, 'flush_mm_range_ret: (tlb_finish_mmu+0x110/0x180 <- flush_tlb_mm_range)'];
const func = (cpu: number, flags: string, gen: number): Line => [
  cpu,
  flags,
  `flush_func: (flush_tlb_func+0x4/0x300) ${info(gen, 2)}`,
];
const send = (gen: number): Line[] => [
  [0, TASK, `native_flush_multi: (f) cpus=0xf ${info(gen, 2)}`],
  [0, TASK, 'tlb_flush: pages:2 reason:remote IPI send (4)'],
];
const asked = (cpu: number): Line[] => [
  [0, TASK, `should_flush: (f) cpu=${cpu}`],
  [0, TASK, 'should_flush_ret: (smp_call_function_many_cond+0x224/0x4d0 <- should_flush_tlb) ret=1'],
];
const broadcast = (gen: number, pages: number, asid: string): Line[] => [
  request(gen - 1, pages, asid),
  [0, TASK, `bcast_flush: (f) ${info(gen, pages)} ${asid} cpus=0xf`],
];
const invlpgb3 = (page: number, pages: number): Line => [
  0,
  PROBE,
  `invlpgb_3: (f) rax=${addressOf(page).slice(0, -1)}7 ecx=0x${(pages - 1).toString(16)} edx=0x70000`,
];
const SYNC: Line = [0, PROBE, 'tlbsync_1: (f)'];

const STORY: readonly Line[] = [
  ...CPUS.flatMap(switchTo),
  // By IPI: then the mm gets a global ASID, the first since the search began anew.
  request(4, 2, 'asid=0 trans=0'),
  ...send(5),
  ...[1, 2, 3].flatMap(asked),
  [0, TASK, 'ipi_mask: (f) cpus=0xe'],
  ...asked(0),
  func(0, TASK, 5),
  [0, TASK, 'tlb_flush: pages:2 reason:local MM shootdown (3)'],
  ...[1, 2, 3].flatMap((cpu): Line[] => [
    func(cpu, IRQ, 5),
    [cpu, IRQ, 'tlb_flush: pages:2 reason:remote shootdown (1)'],
  ]),
  [0, PROBE, 'invlpgb_5: (f) rax=0x4 ecx=0x0 edx=0x0'],
  [0, PROBE, 'tlbsync_2: (f)'],
  [0, TASK, `use_global_asid: (f) mm=${A} asid=6 ctx=9 cpus=0xf`],
  RET,
  // In transition: broadcast, and an IPI to all.
  ...broadcast(6, 2, 'asid=6 trans=1'),
  invlpgb3(0, 2),
  [0, TASK, `transition_wait: (f) mm=${A} asid=6`],
  ...send(6),
  [0, TASK, 'ipi_mask: (f) cpus=0xe'],
  func(0, TASK, 6),
  ...follow(0, TASK),
  ...[1, 2, 3].flatMap((cpu) => [func(cpu, IRQ, 6), ...follow(cpu, IRQ)]),
  SYNC,
  RET,
  // All have followed.
  ...broadcast(7, 11, 'asid=6 trans=1'),
  invlpgb3(0, 8),
  invlpgb3(8, 3),
  [0, TASK, `transition_done: (f) mm=${A} asid=6`],
  SYNC,
  RET,
  ...broadcast(8, 2, 'asid=6 trans=0'),
  invlpgb3(0, 2),
  SYNC,
  RET,
  // Of everything, whoever is in the mask.
  [0, TASK, 'batch_flush: (f) cpus=0xf'],
  [0, PROBE, 'invlpgb_6: (f) rax=0x4 ecx=0x0 edx=0x0'],
  [0, PROBE, 'tlbsync_3: (f)'],
  ...broadcast(10, 1, 'asid=6 trans=0'),
  invlpgb3(0, 1),
  SYNC,
  RET,
  [0, TASK, `mmdrop: (f) mm=${A} ctx=9`],
  [0, TASK, `free_global_asid: (f) mm=${A} asid=6 ctx=9`],
];

function check(lines: readonly Line[], name = '6.18.15'): CheckReport {
  const version = findVariant(name);
  if (version === undefined) throw new Error('no profile');
  const text = lines.map(
    ([cpu, flags, body], at) =>
      `  t-${1000 + cpu}  [00${cpu}] ${flags} 1.${String(at).padStart(6, '0')}: ${body}\n`,
  );
  return checkRecording(parseTrace(`# #P:4\n${text.join('')}`, 'story.trace'), version, null);
}

const told = (lines: readonly Line[], name?: string): string[] =>
  check(lines, name).disagreements.map(
    ({ kind, kernel, model }) => `${kind}: kernel ${kernel}, model ${model}`,
  );

/** The `nth` line of a name, changed; `to` null: lost. */
function changed(name: string, nth: number, from: RegExp, to: string | null): Line[] {
  const places = STORY.flatMap(([, , body], at) => (body.startsWith(`${name}:`) ? [at] : []));
  const place = places.at(nth) ?? -1;
  expect(STORY[place]?.[2]).toMatch(from);
  return STORY.flatMap((line, at): Line[] => {
    if (at !== place) return [line];
    return to === null ? [] : [[line[0], line[1], line[2].replace(from, to)]];
  });
}

describe('a kernel that broadcasts', () => {
  it('agrees with the model, in every kind', () => {
    const { kinds, disagreements, contradictions, backend, notModelled } = check(STORY);
    expect({ disagreements, contradictions, backend, notModelled }).toEqual({
      disagreements: [],
      contradictions: [],
      backend: 'invlpgb',
      notModelled: {},
    });
    const lines = (kind: Kind): number => kinds[kind].agreed;
    expect(lines('broadcast')).toBe(6);
    expect(lines('invlpgb')).toBe(7);
    expect(lines('tlbsync')).toBe(6);
    expect(lines('transition')).toBe(2);
    expect(lines('follows asid')).toBe(4);
    expect(lines('asid freed')).toBe(1);
    // Which ASID was given out before is not known at the first.
    expect(kinds['asid given']).toEqual({ agreed: 0, raced: 0, disagreed: 0, learnt: 1 });
  });

  it.each([
    ['the ASID of a request', 'flush_mm_range', -1, /asid=6/, 'asid=7', 'global asid: kernel 7, model 6'],
    [
      'a transition that has ended',
      'bcast_flush',
      -1,
      /trans=0/,
      'trans=1',
      'global asid: kernel 6 in transition, model 6',
    ],
    ['a flush by IPI', 'bcast_flush', -1, /.*/, null, 'broadcast: kernel kept, model broadcast'],
    [
      'the PCID',
      'invlpgb_3',
      -1,
      /edx=0x7/,
      'edx=0x8',
      'invlpgb: kernel PCID 8, 1 from 0x10000, model PCID 7, 1 from 0x10000',
    ],
    [
      'the pages',
      'invlpgb_3',
      1,
      /ecx=0x7/,
      'ecx=0x6',
      'invlpgb: kernel PCID 7, 7 from 0x10000, model PCID 7, 8 from 0x10000',
    ],
    ['an INVLPGB less', 'invlpgb_3', 2, /.*/, null, 'invlpgb: kernel none, model PCID 7, 3 from 0x18000'],
    ['no TLBSYNC', 'tlbsync_1', -1, /.*/, null, 'tlbsync: kernel none before the return, model TLBSYNC'],
    ['no wait', 'transition_wait', 0, /_wait/, '_done', 'transition: kernel ends, model waits'],
    ['no end', 'transition_done', 0, /.*/, null, 'transition: kernel nothing, model ends'],
    ['a batch by IPI', 'invlpgb_6', 0, /.*/, null, 'broadcast: kernel kept, model broadcast'],
    ['the ASID freed', 'free_global_asid', 0, /asid=6/, 'asid=0', 'asid freed: kernel none, model 6'],
    ['the PCID of CR3', 'write_cr3_2', 1, /4007/, '4008', 'pcid: kernel 8, model 7'],
  ] as const)('changed: %s', (_, name, nth, from, to, expected) => {
    expect(told(changed(name, nth, from, to))).toContain(expected);
  });

  it('a CPU that does not follow', () => {
    const at = STORY.findIndex(([cpu, , body]) => cpu === 2 && body.includes('nasid=6'));
    expect(told([...STORY.slice(0, at), ...STORY.slice(at + 3)])).toContain(
      'follows asid: kernel has it, model follows',
    );
  });

  it('an ASID for an mm that too few CPUs run', () => {
    const away: Line[] = [
      [
        3,
        TASK,
        'switch_mm: (f+0x4/0x420) prev=0x0 next=0xffffffff82000000 nctx=1 ngen=1 ncpus=0x0 nasid=0 ntrans=0',
      ],
      [3, TASK, 'write_cr3_2: (f) cr3=0x8000000001000001'],
      [3, TASK, 'tlb_flush: pages:0 reason:flush on task switch (0)'],
      [3, TASK, 'page_fault_kernel: address=0x10 ip=f error_code=0x3'],
    ];
    const at = STORY.findIndex(([, , body]) => body.startsWith('invlpgb_5'));
    expect(told([...STORY.slice(0, at), ...away, ...STORY.slice(at)])).toContain(
      'asid given: kernel 6, model none',
    );
  });

  it('is not what a kernel does whose INVLPGBs come to no end, and the check does', () => {
    expect(told(STORY, 'b17')).toContain('invlpgb: kernel none, model PCID 7, 0 from 0x10000');
  });

  it('is not what was posted: batches by mm', () => {
    expect(told(STORY, 'b20a')).toContain('broadcast: kernel broadcast, model kept');
  });

  it('is left out where the version has no global ASIDs', () => {
    expect(check(STORY, '6.18.15~globalAsids').notModelled.bcast_flush).toBe(4);
  });
});
