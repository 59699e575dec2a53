import type { Surroundings } from './function.js';

/** Calls of what the lab has for C code (shims/lab/operations.h), as text. */

type Call = ReturnType<Surroundings['call']>;

/** What never changes while a machine runs. */
const CONSTANT: Readonly<Record<string, string>> = {
  this_cpu: 'cpu.id',
  cpus: 'cpu.scenario.cpus',
  slots: 'cpu.own.tlbstate.ctxs.length',
  has_pcid: '(cpu.scenario.pcid ? 1 : 0)',
};
/** Operations, and whether they answer. */
const OPERATIONS: Readonly<Record<string, boolean>> = {
  smp_mb: false,
  smp_rmb: false,
  smp_wmb: false,
  fetch_add: true,
  inc_return: true,
  dec_return: true,
  fetch_or: true,
  fetch_and: true,
  xchg: true,
  cmpxchg: true,
  test_cpu: true,
  set_cpu: false,
  clear_cpu: false,
  test_and_set_cpu: true,
  test_and_clear_cpu: true,
  any_cpu_but: true,
  clear_mask: false,
  or_masks: false,
  irq_disable: false,
  irq_enable: false,
  irqs_on: true,
  read_cr3: true,
  write_cr3: false,
  invlpg: false,
  invpcid: false,
  second_is_over: true,
  trace_tlb_flush: false,
  warn: false,
  cond_load_acquire: true,
  store_release: false,
  send_ipi: false,
  send_ipis: false,
  next_and: true,
  and_masks: false,
  set_own_cpu: false,
  clear_own_cpu: false,
  weight: true,
};

/** Null for what the lab does not have. */
export function imported(name: string, args: readonly string[]): Call | null {
  if (Object.hasOwn(CONSTANT, name))
    return { text: CONSTANT[name], isProtocol: false, answers: true, isPure: true };
  if (name === 'publish') {
    const call = `lab.publish(${['cpu', 'c', 'callable', ...args].join(', ')})`;
    return { text: call, isProtocol: true, answers: true, isPure: false };
  }
  if (name === 'call_many') {
    const call = `lab.callMany(${['cpu', 'c', 'callable', ...args].join(', ')})`;
    return { text: call, isProtocol: true, answers: false, isPure: false };
  }
  if (!Object.hasOwn(OPERATIONS, name)) return null;
  const call = `lab.${name}(${['cpu', 'c', ...args].join(', ')})`;
  return { text: call, isProtocol: true, answers: OPERATIONS[name], isPure: false };
}

/** Every name that C code may import. */
export const IMPORTED_NAMES: readonly string[] = [
  ...Object.keys(CONSTANT),
  ...Object.keys(OPERATIONS),
  'call_many',
  'publish',
];
