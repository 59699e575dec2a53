/**
 * The kernel's own tracepoints (tlb, sched, irq_vectors, exceptions, ipi, csd), trace marks, and the system
 * calls.
 */
import type { EventBody, SyscallName } from './events.js';
import { argumentHex, decimal, Fields, fail, hex } from './fields.js';
import type { BodyParser } from './probe-events.js';
import { quote } from './trace-error.js';

// Task names are at most 16 bytes in these events; the bound keeps the patterns linear on hostile lines.
const SCHED_SWITCH = new RegExp(
  [
    /^prev_comm=(.{0,64}?) prev_pid=(\d{1,10}) prev_prio=(-?\d{1,10}) prev_state=(\S{1,16}) ==> /,
    /next_comm=(.{0,64}?) next_pid=(\d{1,10}) next_prio=(-?\d{1,10})$/,
  ]
    .map(({ source }) => source)
    .join(''),
  'u',
);
/** The same as trace-cmd and perf print it. */
const SHORT_SWITCH =
  /^(.{0,64}?):(\d{1,10}) \[(-?\d{1,10})\] (\S{1,16}) ==> (.{0,64}?):(\d{1,10}) \[(-?\d{1,10})\]$/u;
const FORK = /^comm=(.{0,64}?) pid=(\d{1,10}) child_comm=(.{0,64}?) child_pid=(\d{1,10})$/u;
const TASK = /^comm=(.{0,64}?) pid=(\d{1,10}) prio=(-?\d{1,10})(?:$| )/u;
const EXEC = /^filename=(.{0,4096}?) pid=(\d{1,10}) old_pid=(\d{1,10})$/u;
const TLB_FLUSH = /^pages:(-?\d{1,16}) reason:(.{1,64}?) \((\d{1,4})\)$/u;
const SYSCALL = /^sys_(mmap|munmap|mprotect|madvise|mremap|brk)(\(| -> )(.*)$/u;
/** A mask of more than 32 CPUs is printed in comma-separated groups of eight digits. */
const GROUPED_MASK = /^[0-9a-f]{1,8}(?:,[0-9a-f]{8}){0,127}$/i;

const LISTED_MASK = /^\d{1,3}(?:-\d{1,3})?(?:,\d{1,3}(?:-\d{1,3})?){0,99}$/;

/** A mask in hexadecimal groups, or (trace-cmd, perf) as a list of CPUs and ranges. */
function cpumask(text: string): bigint {
  if (GROUPED_MASK.test(text)) return BigInt(`0x${text.replaceAll(',', '')}`);
  if (!LISTED_MASK.test(text))
    fail(`ipi_send_cpumask has cpumask=${quote(text)}`, `expected hexadecimal groups like 00000000,0000000e`);
  let mask = 0n;
  for (const range of text.split(',')) {
    const [first = 0, last = first] = range.split('-').map(Number);
    for (let cpu = first; cpu <= last; cpu++) mask |= 1n << BigInt(cpu);
  }
  return mask;
}

function vectors(
  vectorKind: 'call_function' | 'call_function_single' | 'reschedule',
  phase: 'entry' | 'exit',
): BodyParser {
  return (text) => ({
    kind: 'irq_vector',
    vectorKind,
    phase,
    vector: new Fields(`${vectorKind}_${phase}`, text).number('vector'),
  });
}

function pageFault(user: boolean): BodyParser {
  const event = user ? 'page_fault_user' : 'page_fault_kernel';
  return (text) => {
    const fields = new Fields(event, text);
    // Addresses have no 0x where a tool has looked for their symbols.
    const address = argumentHex(event, 'address', fields.text('address'));
    return {
      kind: 'page_fault',
      user,
      address,
      ip: fields.text('ip'),
      errorCode: Number(fields.hex('error_code')),
    };
  };
}

function csdFunction(phase: 'entry' | 'exit'): BodyParser {
  return (text) => ({
    kind: 'csd_function',
    phase,
    func: new Fields(`csd_function_${phase}`, text).text('func'),
  });
}

export const KERNEL_EVENTS: Readonly<Record<string, BodyParser>> = {
  tlb_flush: (text) => {
    const match = TLB_FLUSH.exec(text);
    if (match === null) fail(`tlb_flush with ${quote(text)}`, `expected "pages:N reason:TEXT (CODE)"`);
    return {
      kind: 'tlb_flush',
      pages: decimal('tlb_flush', 'pages', match[1] ?? '', -1),
      reason: Number(match[3]),
      reasonText: match[2] ?? '',
    };
  },
  sched_switch: (text) => {
    const match = SCHED_SWITCH.exec(text) ?? SHORT_SWITCH.exec(text);
    if (match === null)
      fail(
        `sched_switch with ${quote(text)}`,
        `expected "prev_comm= prev_pid= prev_prio= prev_state= ==> ` + 'next_comm= next_pid= next_prio="',
      );
    return {
      kind: 'sched_switch',
      prevComm: match[1] ?? '',
      prevPid: Number(match[2]),
      prevPrio: Number(match[3]),
      prevState: match[4] ?? '',
      nextComm: match[5] ?? '',
      nextPid: Number(match[6]),
      nextPrio: Number(match[7]),
    };
  },
  sched_migrate_task: (text) => {
    const match = TASK.exec(text);
    if (match === null)
      fail(`sched_migrate_task with ${quote(text)}`, `expected "comm= pid= prio= orig_cpu= dest_cpu="`);
    const fields = new Fields('sched_migrate_task', text);
    return {
      kind: 'sched_migrate_task',
      taskComm: match[1] ?? '',
      taskPid: Number(match[2]),
      prio: Number(match[3]),
      origCpu: fields.number('orig_cpu'),
      destCpu: fields.number('dest_cpu'),
    };
  },
  sched_process_fork: (text) => {
    const match = FORK.exec(text);
    if (match === null)
      fail(`sched_process_fork with ${quote(text)}`, `expected "comm= pid= child_comm= child_pid="`);
    return {
      kind: 'sched_process_fork',
      parentComm: match[1] ?? '',
      parentPid: Number(match[2]),
      childComm: match[3] ?? '',
      childPid: Number(match[4]),
    };
  },
  sched_process_exec: (text) => {
    const match = EXEC.exec(text);
    if (match === null) fail(`sched_process_exec with ${quote(text)}`, `expected "filename= pid= old_pid="`);
    return {
      kind: 'sched_process_exec',
      filename: match[1] ?? '',
      taskPid: Number(match[2]),
      oldPid: Number(match[3]),
    };
  },
  sched_process_exit: (text) => {
    const match = TASK.exec(text);
    if (match === null) fail(`sched_process_exit with ${quote(text)}`, `expected "comm= pid= prio="`);
    return {
      kind: 'sched_process_exit',
      taskComm: match[1] ?? '',
      taskPid: Number(match[2]),
      prio: Number(match[3]),
    };
  },
  call_function_entry: vectors('call_function', 'entry'),
  call_function_exit: vectors('call_function', 'exit'),
  call_function_single_entry: vectors('call_function_single', 'entry'),
  call_function_single_exit: vectors('call_function_single', 'exit'),
  reschedule_entry: vectors('reschedule', 'entry'),
  reschedule_exit: vectors('reschedule', 'exit'),
  page_fault_user: pageFault(true),
  page_fault_kernel: pageFault(false),
  ipi_send_cpumask: (text) => {
    const fields = new Fields('ipi_send_cpumask', text);
    const mask = fields.text('cpumask');
    return {
      kind: 'ipi_send_cpumask',
      cpus: cpumask(mask),
      callsite: fields.text('callsite'),
      callback: fields.text('callback'),
    };
  },
  ipi_send_cpu: (text) => {
    const fields = new Fields('ipi_send_cpu', text);
    return {
      kind: 'ipi_send_cpu',
      target: fields.number('cpu'),
      callsite: fields.text('callsite'),
      callback: fields.text('callback'),
    };
  },
  csd_queue_cpu: (text) => {
    const fields = new Fields('csd_queue_cpu', text);
    return { kind: 'csd_queue_cpu', target: fields.number('cpu'), func: fields.text('func') };
  },
  csd_function_entry: csdFunction('entry'),
  csd_function_exit: csdFunction('exit'),
  tracing_mark_write: (text) => ({ kind: 'tracing_mark_write', text }),
};

/** The arguments each system call must have, by the kernel's parameter names. */
const SYSCALL_ARGUMENTS: Readonly<Record<SyscallName, readonly string[]>> = {
  mmap: ['addr', 'len', 'prot', 'flags'],
  munmap: ['addr', 'len'],
  mprotect: ['start', 'len', 'prot'],
  madvise: ['start', 'len_in', 'behavior'],
  mremap: ['addr', 'old_len', 'new_len'],
  brk: ['brk'],
};

/** Arguments `name: hex, ...`, checked to be all that are needed. */
function syscallArguments(name: SyscallName, text: string): EventBody {
  // No prototype: the names come from the file.
  const args = Object.create(null) as Record<string, bigint>;
  for (const argument of text.split(', ')) {
    const colon = argument.indexOf(': ');
    if (colon <= 0 || colon > 32)
      fail(`sys_${name} with argument ${quote(argument)}`, `expected "name: hex"`);
    args[argument.slice(0, colon)] = argumentHex(
      `sys_${name}`,
      argument.slice(0, colon),
      argument.slice(colon + 2),
    );
  }
  for (const wanted of SYSCALL_ARGUMENTS[name]) {
    if (args[wanted] === undefined)
      fail(`sys_${name} without argument "${wanted}"`, `expected ${SYSCALL_ARGUMENTS[name].join(', ')}`);
  }
  return { kind: 'sys_enter', name, args };
}

/**
 * A system call's entry `sys_NAME(arg: hex, ...)` or exit `sys_NAME -> 0x0`; undefined when it is another
 * call or another event.
 */
export function parseSyscall(text: string): EventBody | undefined {
  const match = SYSCALL.exec(text);
  if (match === null) return undefined;
  const name = match[1] as SyscallName;
  const rest = match[3] ?? '';
  if (match[2] !== '(') return { kind: 'sys_exit', name, ret: hex(`sys_${name}`, 'return value', rest) };
  if (!rest.endsWith(')'))
    fail(`sys_${name} with ${quote(text)}`, `expected a closing ")" (is the line cut?)`);
  return syscallArguments(name, rest.slice(0, -1));
}

/** The same calls as trace-cmd and perf name their events. */
export const SYSCALL_EVENTS: Readonly<Record<string, BodyParser>> = Object.fromEntries(
  (Object.keys(SYSCALL_ARGUMENTS) as SyscallName[]).flatMap((name): [string, BodyParser][] => [
    [`sys_enter_${name}`, (text) => syscallArguments(name, text.trim())],
    [
      `sys_exit_${name}`,
      (text) => ({ kind: 'sys_exit', name, ret: argumentHex(`sys_${name}`, 'return value', text.trim()) }),
    ],
  ]),
);
