/**
 * A small recording, written by hand: two CPUs, two address spaces (contexts 10 and 11). CPU 1 runs context
 * 10, then 11, and comes back to 10, while CPU 0 maps and unmaps memory of context 10.
 */
export const HEADER = '# tracer: nop\n#\n# entries-in-buffer/entries-written: N/N   #P:2\n#\n';

export const A = '0xffff888000000a00';
export const B = '0xffff888000000b00';

/** One line at time 1: `who` is comm-pid. */
export function line(who: string, cpu: number, text: string, flags = '.....'): string {
  return `${who.padStart(20)} [${String(cpu).padStart(3, '0')}] ${flags}  1.000000: ${text}`;
}

/** A switch of `cpu`; `cr3` is null where none is written. */
export function switchTo(
  cpu: number,
  from: string,
  to: string,
  mm: string,
  ctx: number,
  gen: number,
  cr3: string | null,
): string[] {
  const [fromComm, fromPid] = from.split(/-(?=\d+$)/);
  const [toComm, toPid] = to.split(/-(?=\d+$)/);
  return [
    line(
      from,
      cpu,
      `sched_switch: prev_comm=${fromComm} prev_pid=${fromPid} prev_prio=120 prev_state=R ==> ` +
        `next_comm=${toComm} next_pid=${toPid} next_prio=120`,
      'd..2.',
    ),
    line(
      from,
      cpu,
      `switch_mm: (switch_mm_irqs_off+0x0/0x470) prev=0x0 next=${mm} nctx=${ctx} ngen=${gen} ncpus=0x1`,
      'd..2.',
    ),
    ...(cr3 === null
      ? []
      : [
          line(from, cpu, `write_cr3_1: (load_new_mm_cr3+0x4e/0xe0) cr3=${cr3}`, 'd..2.'),
          line(
            from,
            cpu,
            `tlb_flush: pages:${cr3.startsWith('0x8') ? 0 : -1} reason:flush on task switch (0)`,
            'd..2.',
          ),
        ]),
  ];
}

function munmap(
  cpu: number,
  who: string,
  address: string,
  length: string,
  end: string,
  gen: number,
): string[] {
  return [
    line(who, cpu, `sys_munmap(addr: ${address}, len: ${length})`),
    line(
      who,
      cpu,
      `flush_mm_range: (flush_tlb_mm_range+0x0/0x170) mm=${A} start=0x${address} end=0x${end} stride=12 ` +
        `freed=0 ctx=10 gen=${gen} cpus=0x3`,
    ),
    line(
      who,
      cpu,
      `native_flush_multi: (native_flush_tlb_multi+0x0/0x100) cpus=0x3 mm=${A} start=0x${address} ` +
        `end=0x${end} gen=${gen + 1} init=${cpu} stride=12 freed=0 trim=0`,
    ),
    line(who, cpu, 'tlb_flush: pages:4 reason:remote ipi send (4)'),
    line(who, cpu, `ipi_single: (native_send_call_func_single_ipi+0x0/0x20) cpu=${1 - cpu}`, '...2.'),
    line(who, cpu, 'flush_mm_range_ret: (tlb_finish_mmu+0xea/0x180 <- flush_tlb_mm_range)'),
    line(who, cpu, 'sys_munmap -> 0x0'),
  ];
}

/** Before the window: CPU 0 loads context 10, CPU 1 both contexts. */
export const BEFORE: string[] = [
  ...switchTo(0, '<idle>-0', 'my-task 1-100', A, 10, 4, '0x1000002'),
  ...switchTo(1, '<idle>-0', 'my-task 1-101', A, 10, 4, '0x1000001'),
  ...switchTo(1, 'my-task 1-101', 'other-200', B, 11, 7, '0x2000002'),
  ...switchTo(1, 'other-200', 'my-task 1-101', A, 10, 4, '0x8000000001000001'),
];

/** The window: an unmap of a mapping made before it, an mmap and unmap in it, and a return of CPU 1. */
export const WINDOW: string[] = [
  ...munmap(0, 'my-task 1-100', '7f0000000000', '4000', '7f0000004000', 4),
  ...switchTo(1, 'my-task 1-101', 'other-200', B, 11, 7, '0x8000000002000002'),
  line('my-task 1-100', 0, 'sys_mmap(addr: 0, len: 4000, prot: 3, flags: 22, fd: ffffffff, off: 0)'),
  line('my-task 1-100', 0, 'sys_mmap -> 0x7f0000002000'),
  line('my-task 1-100', 0, 'page_fault_user: address=0x7f0000002010 ip=0x401000 error_code=0x6'),
  ...munmap(0, 'my-task 1-100', '7f0000002000', '4000', '7f0000006000', 5),
  ...switchTo(1, 'other-200', 'my-task 1-101', A, 10, 6, '0x1000001'),
  line('my-task 1-101', 1, 'enter_lazy: (enter_lazy_tlb+0x0/0x30) mm=0xffff888000000a00', 'd..2.'),
];

/** A whole file of these lines, with its header and with times 10 us apart. */
export function file(lines: readonly string[]): string {
  const timed = lines.map((text, i) =>
    text.replace(' 1.000000: ', ` 1.${String(i * 10).padStart(6, '0')}: `),
  );
  return `${HEADER.replace('N/N', `${lines.length}/${lines.length}`)}${timed.join('\n')}\n`;
}

export const GOLDEN = file([...BEFORE, ...WINDOW]);
/** Header lines before the first event. */
export const HEADER_LINES = 4;
