import { describe, expect, it } from 'vitest';
import { FLUSH_ALL, type TraceEvent } from '../../src/trace/events.js';
import { parseTrace } from '../../src/trace/parse.js';
import { TraceError } from '../../src/trace/trace-error.js';
import { file, GOLDEN, HEADER_LINES, line } from './golden.js';

/** Parses one event's text; the flags and the rest of the line are as in a recording. */
function event(text: string, flags = 'd.h1.'): TraceEvent {
  const [parsed] = parseTrace(
    `            unmap-468     [002] ${flags}    14.804733: ${text}\n`,
    'one',
  ).events;
  if (parsed === undefined) throw new Error('no event');
  return parsed;
}

function message(text: string): string {
  try {
    parseTrace(text, 'f.trace');
  } catch (error) {
    if (error instanceof TraceError) return error.message;
    throw error;
  }
  throw new Error('parsed');
}

describe('a line', () => {
  it('has line, time in microseconds, CPU, task and flags', () => {
    expect(event('leave_mm: (leave_mm+0x0/0x10)')).toEqual({
      line: 1,
      time: 14_804_733,
      cpu: 2,
      comm: 'unmap',
      pid: 468,
      flags: 'd.h1.',
      kind: 'leave_mm',
    });
  });

  it.each(['a b', 'kworker/u8:1-ev', 'x-1 [2] y', '<idle>', '<...>', 'jörg'])(
    'keeps the task name %j',
    (comm) => {
      const { events } = parseTrace(
        `  ${comm}-12  [000] ..... 1.000000: leave_mm: (leave_mm+0x0/0x10)\n`,
        'f',
      );
      // The first "-pid [cpu]" of the line counts: a name that itself looks like one is cut there, not
      // misread later.
      expect(events[0]?.comm).toBe(comm);
    },
  );

  it('may have no flags, or a thread group', () => {
    expect(parseTrace('a-1 [000] 1.000000: leave_mm: (x)\n', 'f').events[0]?.flags).toBe('');
    expect(parseTrace('a-1 (  12) [000] ..... 1.000000: leave_mm: (x)\n', 'f').events[0]?.pid).toBe(1);
  });

  it('may end in CR LF', () => {
    expect(event('mmdrop: (__mmdrop+0x0/0x130) mm=0xffff888005c35580 ctx=536\r')).toMatchObject({
      kind: 'mmdrop',
      ctx: 536,
    });
  });
});

describe('every kind of event', () => {
  const info =
    'mm=0xffff888005fabf00 start=0x7f16ffceb000 end=0x7f16ffcef000 gen=26 init=2 stride=12 freed=0 trim=1';
  const infoFields = {
    mm: '0xffff888005fabf00',
    start: 0x7f16ffceb000n,
    end: 0x7f16ffcef000n,
    gen: 26,
    init: 2,
    stride: 12,
    freed: false,
    trim: true,
  };
  it.each([
    [
      'tlb_flush: pages:-1 reason:flush on task switch (0)',
      { kind: 'tlb_flush', pages: -1, reason: 0, reasonText: 'flush on task switch' },
    ],
    [
      'flush_mm_range: (flush_tlb_mm_range+0x0/0x170) mm=0xffff8880055bba80 start=0x0 ' +
        'end=0xffffffffffffffff stride=0 freed=1 ctx=793 gen=5 cpus=0x4',
      {
        kind: 'flush_mm_range',
        mm: '0xffff8880055bba80',
        start: 0n,
        end: FLUSH_ALL,
        stride: 0,
        freed: true,
        ctx: 793,
        gen: 5,
        cpus: 4n,
      },
    ],
    [
      'flush_mm_range_ret: (tlb_finish_mmu+0xea/0x180 <- flush_tlb_mm_range)',
      { kind: 'flush_mm_range_ret', caller: 'tlb_finish_mmu' },
    ],
    [
      'flush_mm_range_ret: (dup_mmap.constprop.0+0xea/0x180 <- flush_tlb_mm_range)',
      { kind: 'flush_mm_range_ret', caller: 'dup_mmap' },
    ],
    [
      `native_flush_multi: (native_flush_tlb_multi+0x0/0x100) cpus=0xf ${info}`,
      { kind: 'native_flush_multi', cpus: 15n, ...infoFields },
    ],
    [
      `kvm_flush_multi: (kvm_flush_tlb_multi+0x0/0xa0) cpus=0xf ${info}`,
      { kind: 'kvm_flush_multi', cpus: 15n, ...infoFields },
    ],
    [`flush_func: (flush_tlb_func+0x0/0x1f0) ${info}`, { kind: 'flush_func', ...infoFields }],
    [`flush_func: (x) ${info.replace(' trim=1', '')}`, { kind: 'flush_func', ...infoFields, trim: false }],
    ['should_flush: (should_flush_tlb+0x0/0x60) cpu=2', { kind: 'should_flush', target: 2 }],
    [
      'should_flush_ret: (smp_call_function_many_cond+0x221/0x330 <- should_flush_tlb) ret=1',
      { kind: 'should_flush_ret', ret: true, caller: 'smp_call_function_many_cond' },
    ],
    [
      'ipi_mask: (native_send_call_func_ipi+0x0/0xb0) cpus=0xffffffffffffffff',
      { kind: 'ipi_mask', cpus: FLUSH_ALL },
    ],
    ['ipi_single: (native_send_call_func_single_ipi+0x0/0x20) cpu=2', { kind: 'ipi_single', target: 2 }],
    [
      'kvm_ipi_mask: (kvm_send_ipi_mask+0x0/0x10) cpus=0x8 vector=253',
      { kind: 'kvm_ipi_mask', cpus: 8n, vector: 253 },
    ],
    [
      'switch_mm: (switch_mm_irqs_off+0x0/0x470) prev=0x0 next=0xffff888005c31200 nctx=666 ngen=14 ncpus=0x4',
      { kind: 'switch_mm', prev: '0x0', next: '0xffff888005c31200', nctx: 666, ngen: 14, ncpus: 4n },
    ],
    [
      'write_cr3_1: (load_new_mm_cr3+0x4e/0xe0) cr3=0x8000000009c4e002',
      { kind: 'write_cr3', site: 1, cr3: 0x8000000009c4e002n, noFlush: true, pcid: 2 },
    ],
    [
      'write_cr3_2: (x) cr3=0x53de000',
      { kind: 'write_cr3', site: 2, cr3: 0x53de000n, noFlush: false, pcid: 0 },
    ],
    [
      'enter_lazy: (enter_lazy_tlb+0x0/0x30) mm=0xffff888005c32400',
      { kind: 'enter_lazy', mm: '0xffff888005c32400' },
    ],
    ['leave_mm: (leave_mm+0x0/0x40)', { kind: 'leave_mm' }],
    [
      'finish_mmu: (tlb_finish_mmu+0x0/0x180) mm=0xffff888005fabf00 start=0x7ffffffff000 end=0x0 flags=0x8',
      { kind: 'finish_mmu', mm: '0xffff888005fabf00', start: 0x7ffffffff000n, end: 0n, gatherFlags: 8 },
    ],
    ['batch_flush: (arch_tlbbatch_flush+0x0/0x100) cpus=0xe', { kind: 'batch_flush', cpus: 14n }],
    [
      'batch_pending: (flush_tlb_batched_pending+0x0/0x60) mm=0xffff888005c30000',
      { kind: 'batch_pending', mm: '0xffff888005c30000' },
    ],
    ['flush_all: (flush_tlb_all+0x0/0x20)', { kind: 'flush_all' }],
    [
      'flush_kernel_range: (flush_tlb_kernel_range+0x0/0x90) start=0xffffc90000000000 end=0xffffc90000001000',
      { kind: 'flush_kernel_range', start: 0xffffc90000000000n, end: 0xffffc90000001000n },
    ],
    [
      'exit_mmap: (exit_mmap+0x0/0x310) mm=0xffff888005c36300 ctx=539 gen=4 cpus=0x0',
      { kind: 'exit_mmap', mm: '0xffff888005c36300', ctx: 539, gen: 4, cpus: 0n },
    ],
    [
      'mmdrop: (__mmdrop+0x0/0x130) mm=0xffff888005c35580 ctx=536',
      { kind: 'mmdrop', mm: '0xffff888005c35580', ctx: 536 },
    ],
    [
      'sched_switch: prev_comm=a b ==> c prev_pid=15 prev_prio=120 prev_state=R+ ==> ' +
        'next_comm=ksoftirqd/2 next_pid=25 next_prio=-1',
      {
        kind: 'sched_switch',
        prevComm: 'a b ==> c',
        prevPid: 15,
        prevPrio: 120,
        prevState: 'R+',
        nextComm: 'ksoftirqd/2',
        nextPid: 25,
        nextPrio: -1,
      },
    ],
    [
      'sched_migrate_task: comm=khuge paged pid=48 prio=139 orig_cpu=1 dest_cpu=2',
      { kind: 'sched_migrate_task', taskComm: 'khuge paged', taskPid: 48, prio: 139, origCpu: 1, destCpu: 2 },
    ],
    [
      'sched_process_fork: comm=exe pid=468 child_comm=exe child_pid=470',
      { kind: 'sched_process_fork', parentComm: 'exe', parentPid: 468, childComm: 'exe', childPid: 470 },
    ],
    [
      'sched_process_exec: filename=/proc/self/exe pid=468 old_pid=468',
      { kind: 'sched_process_exec', filename: '/proc/self/exe', taskPid: 468, oldPid: 468 },
    ],
    [
      'sched_process_exit: comm=spin pid=471 prio=120',
      { kind: 'sched_process_exit', taskComm: 'spin', taskPid: 471, prio: 120 },
    ],
    [
      'sched_process_exit: comm=spin pid=471 prio=120 group_dead=true',
      { kind: 'sched_process_exit', taskPid: 471 },
    ],
    [
      'call_function_entry: vector=252',
      { kind: 'irq_vector', vectorKind: 'call_function', phase: 'entry', vector: 252 },
    ],
    [
      'call_function_single_exit: vector=251',
      { kind: 'irq_vector', vectorKind: 'call_function_single', phase: 'exit', vector: 251 },
    ],
    [
      'reschedule_entry: vector=253',
      { kind: 'irq_vector', vectorKind: 'reschedule', phase: 'entry', vector: 253 },
    ],
    [
      'page_fault_user: address=0x7ffc4ddf2bc8 ip=0x440615 error_code=0x7',
      { kind: 'page_fault', user: true, address: 0x7ffc4ddf2bc8n, ip: '0x440615', errorCode: 7 },
    ],
    [
      'page_fault_kernel: address=0x17bd8690 ip=__put_user_nocheck_4 error_code=0x3',
      { kind: 'page_fault', user: false, address: 0x17bd8690n, ip: '__put_user_nocheck_4', errorCode: 3 },
    ],
    ['sys_munmap(addr: 7f16ffceb000, len: 4000)', { kind: 'sys_enter', name: 'munmap' }],
    ['sys_mmap -> 0x7f16ffceb000', { kind: 'sys_exit', name: 'mmap', ret: 0x7f16ffceb000n }],
    [
      'ipi_send_cpumask: cpumask=00000000,0000000e callsite=on_each_cpu_cond_mask+0x24/0x40 ' +
        'callback=generic+0x0/0x20',
      {
        kind: 'ipi_send_cpumask',
        cpus: 14n,
        callsite: 'on_each_cpu_cond_mask+0x24/0x40',
        callback: 'generic+0x0/0x20',
      },
    ],
    [
      'ipi_send_cpu: cpu=1 callsite=generic_exec_single+0x33/0x130 callback=0x0',
      { kind: 'ipi_send_cpu', target: 1, callsite: 'generic_exec_single+0x33/0x130', callback: '0x0' },
    ],
    [
      'sys_munmap(addr: 0x7f16ffceb000, len: 0x4000)',
      { kind: 'sys_enter', args: { addr: 0x7f16ffceb000n, len: 0x4000n } },
    ],
    ['sys_brk(brk: 0)', { kind: 'sys_enter', name: 'brk', args: { brk: 0n } }],
    ['tlb_flush: pages:0 reason:0x5 (5)', { kind: 'tlb_flush', pages: 0, reason: 5, reasonText: '0x5' }],
    ['tlb_flush: pages:0 reason:remote wrong CPU (5)', { kind: 'tlb_flush', pages: 0, reason: 5 }],
    [
      'flush_mm_range: (flush_tlb_mm_range+0x4/0x770) mm=0xffff888006518000 start=0x0 end=0x1000 ' +
        'stride=12 freed=0 ctx=696 gen=19 cpus=0xf asid=6 trans=1',
      { kind: 'flush_mm_range', cpus: 15n, asid: 6 },
    ],
    [
      'switch_mm: (x) prev=0x0 next=0xffff888005f82400 nctx=695 ngen=4 ncpus=0x2 nasid=8 ntrans=0',
      { kind: 'switch_mm', nasid: 8 },
    ],
    [
      'use_global_asid: (flush_tlb_mm_range+0x58a/0x770) mm=0xffff888006518000 asid=6 ctx=696 cpus=0xf',
      { kind: 'use_global_asid', mm: '0xffff888006518000', asid: 6, ctx: 696, cpus: 15n },
    ],
    [
      'bcast_flush: (flush_tlb_mm_range+0xbb/0x770) mm=0xffff888005fabf00 start=0x7f16ffceb000 ' +
        'end=0x7f16ffcef000 gen=26 init=2 stride=12 freed=0 asid=6 trans=1 cpus=0xf',
      { kind: 'bcast_flush', ...infoFields, trim: false, asid: 6, transition: true, cpus: 15n },
    ],
    [
      'invlpgb_3: (flush_tlb_mm_range+0x414/0x770) rax=0x7f11e8362007 ecx=0x80000003 edx=0x70000',
      { kind: 'invlpgb', site: 3, rax: 0x7f11e8362007n, pages: 4, pcid: 7 },
    ],
    ['tlbsync_1: (flush_tlb_mm_range+0x4aa/0x770)', { kind: 'tlbsync', site: 1 }],
    [
      'transition_wait: (x) mm=0xffff888006518000 asid=6',
      { kind: 'transition_wait', mm: '0xffff888006518000', asid: 6 },
    ],
    ['transition_done: (x) mm=0xffff888006518000 asid=6', { kind: 'transition_done', asid: 6 }],
    [
      'free_global_asid: (mm_free_global_asid+0x4/0x80) mm=0xffff888005f86000 asid=0 ctx=692',
      { kind: 'free_global_asid', asid: 0, ctx: 692 },
    ],
    [
      'tracing_mark_write: begin w1 tsc=37685736158',
      { kind: 'tracing_mark_write', text: 'begin w1 tsc=37685736158' },
    ],
    [
      'kmem_cache_alloc: call_site=x ptr=y',
      { kind: 'other', name: 'kmem_cache_alloc', text: 'call_site=x ptr=y' },
    ],
    ['sys_openat(dfd: ffffff9c)', { kind: 'other', name: 'sys_openat' }],
    ['do_idle <-cpu_startup_entry', { kind: 'other', name: 'do_idle' }],
  ])('%s', (text, expected) => {
    expect(event(text)).toMatchObject(expected);
  });

  it('keeps a system call by argument name', () => {
    const parsed = event('sys_madvise(start: 7fee26848000, len_in: 9000, behavior: 15)');
    expect(parsed.kind === 'sys_enter' && { ...parsed.args }).toEqual({
      start: 0x7fee26848000n,
      len_in: 0x9000n,
      behavior: 0x15n,
    });
  });
});

describe('a file', () => {
  it('has its events in order, with line numbers, CPUs and losses', () => {
    const recording = parseTrace(GOLDEN, 'golden');
    expect(recording.cpus).toBe(2);
    expect(recording.lostEvents).toBe(0);
    expect(recording.events[0]?.line).toBe(HEADER_LINES + 1);
    expect(recording.events.at(-1)?.line).toBe(recording.lines);
  });

  it('may have lost events, stack traces and buffer marks', () => {
    const text =
      `${line('a-1', 0, 'leave_mm: (x)')}\n => schedule\n##### CPU 1 buffer started ` +
      '####\nCPU:1 [LOST 12 EVENTS]\nCPU:1 [LOST EVENTS]\n\n';
    expect(parseTrace(text, 'f')).toMatchObject({ lostEvents: 13, lines: 6 });
    expect(
      parseTrace(
        `# entries-in-buffer/entries-written: 1/30   #P:4\n${line('a-1', 0, 'leave_mm: (x)')}\n`,
        'f',
      ).lostEvents,
    ).toBe(29);
  });
});

describe('a file of another tracer or editor', () => {
  const body = 'leave_mm: (x)';
  const stamped = (...times: string[]): string =>
    times.map((time) => `  a-1     [000] d..2. ${time}: ${body}\n`).join('');

  it('may have lost its last newline, if the header says that nothing else is missing', () => {
    const one = line('a-1', 0, body);
    expect(
      parseTrace(`# entries-in-buffer/entries-written: 2/2   #P:1\n${one}\n${one}`, 'f').events,
    ).toHaveLength(2);
    expect(message(`# entries-in-buffer/entries-written: 3/3   #P:1\n${one}\n${one}`)).toMatch(
      /^f\.trace:3: the last line has no end/,
    );
  });

  it('may begin with a byte order mark', () => {
    expect(parseTrace(`\ufeff# tracer: nop\n${line('a-1', 0, body)}\n`, 'f').events).toHaveLength(1);
  });

  it.each([
    ['nanoseconds', ['12.000001999', '12.000002000'], [12_000_001, 12_000_002], false],
    ['milliseconds', ['12.001', '12.010'], [12_001_000, 12_010_000], false],
    ['ticks', ['37685736158', '37685736159'], [37_685_736_158, 37_685_736_159], true],
  ])('may give its times in %s', (_, times, expected, ticks) => {
    const recording = parseTrace(stamped(...times), 'f');
    expect(recording.events.map(({ time }) => time)).toEqual(expected);
    expect(recording.ticks).toBe(ticks);
  });

  it('has one clock', () => {
    expect(message(stamped('12', '12.000001'))).toMatch(
      /^f\.trace:2: time 12\.000001 after 12; expected times of one clock/,
    );
  });

  it('has the CPUs of its masks where no header counts them', () => {
    const flush = line('a-1', 0, 'batch_flush: (x) cpus=0x21');
    expect(parseTrace(`${flush}\n`, 'f').cpus).toBe(6);
    expect(parseTrace(`# entries-in-buffer/entries-written: 1/1   #P:4\n${flush}\n`, 'f').cpus).toBe(4);
  });
});

describe('a file that is not one', () => {
  const good = line('a-1', 0, 'leave_mm: (x)');
  it.each([
    ['empty', '', 'f.trace:1: nothing, the file is empty; expected an ftrace recording'],
    ['only a header', '# tracer: nop\n', /^f\.trace:1: the end of the file and no event before it; expected/],
    ['foreign', '{\n  "a": 1\n}\n', /^f\.trace:1: "\{"; expected an ftrace line/],
    [
      'binary',
      '\u0000\u001b[31mELF\u0007\n',
      /^f\.trace:1: "\\x00\\x1b\[31mELF\\x07"; expected an ftrace line/,
    ],
    [
      'long lines',
      `${'x'.repeat(20_000)}\n`,
      /^f\.trace:1: a line of more than 16384 characters beginning "x+\.\.\."; expected/,
    ],
    ['cut in a line', `${good}\n${good.slice(0, -3)}`, /^f\.trace:2: the last line has no end/],
    [
      'cut between lines',
      GOLDEN.split('\n').slice(0, 20).join('\n').concat('\n'),
      /^f\.trace:21: the end of the file after 16 events; expected 42, as line 3 says/,
    ],
    [
      'a field missing',
      `${line('a-1', 0, 'mmdrop: (x) mm=0x1')}\n`,
      /^f\.trace:1: mmdrop without "ctx="; expected ctx=VALUE in "\(x\) mm=0x1"$/,
    ],
    [
      'a field of another kind',
      `${line('a-1', 0, 'mmdrop: (x) mm=0x1 ctx=no')}\n`,
      /^f\.trace:1: mmdrop has ctx="no"; expected a decimal number$/,
    ],
    [
      'a number too large',
      `${line('a-1', 0, 'mmdrop: (x) mm=0x1 ctx=9999999999999999')}\n`,
      /expected a decimal number$/,
    ],
    ['a pointer that is none', `${line('a-1', 0, 'enter_lazy: (x) mm=(null)')}\n`, /expected a pointer/],
    [
      'a return probe without a caller',
      `${line('a-1', 0, 'flush_mm_range_ret: (x)')}\n`,
      /expected a return probe's place/,
    ],
    ['a system call cut', `${line('a-1', 0, 'sys_munmap(addr: 7f16ff')}\n`, /expected a closing "\)"/],
    [
      'a system call without an argument',
      `${line('a-1', 0, 'sys_munmap(addr: 7f16ff)')}\n`,
      /without argument "len"/,
    ],
    ['no event after the time', `${line('a-1', 0, '!')}\n`, /expected "event: fields"$/],
    ['a CPU beyond all', `${line('a-1', 9999, 'leave_mm: (x)')}\n`, /CPU 9999; expected a CPU number up to/],
  ])('%s', (_, text, expected) => {
    const found = message(text);
    expect(found).toMatch(expected);
    expect(found).not.toContain('\n');
  });

  it('shuffled: says both times', () => {
    const lines = GOLDEN.split('\n');
    const shuffled = [...lines.slice(0, 10), lines[12], lines[11], lines[10], ...lines.slice(13)].join('\n');
    expect(message(shuffled)).toMatch(
      /^f\.trace:12: time \d+\.\d{6} after \d+\.\d{6}; expected times that never run backward/,
    );
  });

  it('is an event, whatever it is, only if its line is whole', () => {
    expect(message(file([good, 'CPU:0 [LOST x EVENTS]']))).toMatch(/^f\.trace:6: "CPU:0 \[LOST x EVENTS\]"/);
  });

  it('is told with control and direction characters escaped, in the file name too', () => {
    try {
      parseTrace('a\u202eb\u009b\n', 'x\u001b[2J');
    } catch (error) {
      expect((error as Error).message).toMatch(/^x\\x1b\[2J:1: "a\\u\{202e\}b\\x9b"; expected/);
    }
  });
});
