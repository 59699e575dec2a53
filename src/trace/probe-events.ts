/**
 * The kprobe events (`tlbk/*`): `name: (place) key=value ...`.
 */
import type { EventBody, FlushInfoFields } from './events.js';
import { Fields, fail } from './fields.js';
import { quote } from './trace-error.js';

/** The text after the event's name to a body. */
export type BodyParser = (text: string) => EventBody;

const NO_FLUSH_BIT = 1n << 63n;
const RETURN_PLACE = /^\(([\w.]{1,128})(?:\+0x[0-9a-f]{1,16}\/0x[0-9a-f]{1,16})? <- [\w.]{1,128}\)/;

/** A function's name without what the compiler appended (`.isra.0`, `.constprop.0`, `.part.0`). */
function functionName(symbol: string): string {
  const dot = symbol.indexOf('.', 1);
  return dot === -1 ? symbol : symbol.slice(0, dot);
}

/** The caller in a return probe's place `(caller+0x1/0x2 <- function)`. */
function returnCaller(event: string, text: string): string {
  const match = RETURN_PLACE.exec(text);
  if (match === null)
    fail(`${event} with ${quote(text)}`, `expected a return probe's place "(caller+0x1/0x2 <- function)"`);
  return functionName(match[1] ?? '');
}

export function flushInfo(fields: Fields): FlushInfoFields {
  return {
    mm: fields.pointer('mm'),
    start: fields.hex('start'),
    end: fields.hex('end'),
    gen: fields.number('gen'),
    init: fields.number('init'),
    stride: fields.number('stride'),
    freed: fields.flag('freed'),
    trim: fields.find('trim') === undefined ? false : fields.flag('trim'),
  };
}

function writeCr3(event: string, text: string, site: number): EventBody {
  const cr3 = new Fields(event, text).hex('cr3');
  return { kind: 'write_cr3', site, cr3, noFlush: (cr3 & NO_FLUSH_BIT) !== 0n, pcid: Number(cr3 & 0xfffn) };
}

export const PROBE_EVENTS: Readonly<Record<string, BodyParser>> = {
  flush_mm_range: (text) => {
    const fields = new Fields('flush_mm_range', text);
    return {
      kind: 'flush_mm_range',
      mm: fields.pointer('mm'),
      start: fields.hex('start'),
      end: fields.hex('end'),
      stride: fields.number('stride'),
      freed: fields.flag('freed'),
      ctx: fields.number('ctx'),
      gen: fields.number('gen'),
      cpus: fields.hex('cpus'),
      asid: fields.numberIfAny('asid'),
      transition: fields.numberIfAny('trans') !== 0,
    };
  },
  flush_mm_range_ret: (text) => ({
    kind: 'flush_mm_range_ret',
    caller: returnCaller('flush_mm_range_ret', text),
  }),
  native_flush_multi: (text) => {
    const fields = new Fields('native_flush_multi', text);
    return { kind: 'native_flush_multi', cpus: fields.hex('cpus'), ...flushInfo(fields) };
  },
  kvm_flush_multi: (text) => {
    const fields = new Fields('kvm_flush_multi', text);
    return { kind: 'kvm_flush_multi', cpus: fields.hex('cpus'), ...flushInfo(fields) };
  },
  flush_func: (text) => ({ kind: 'flush_func', ...flushInfo(new Fields('flush_func', text)) }),
  should_flush: (text) => ({ kind: 'should_flush', target: new Fields('should_flush', text).number('cpu') }),
  should_flush_ret: (text) => ({
    kind: 'should_flush_ret',
    ret: new Fields('should_flush_ret', text).flag('ret'),
    caller: returnCaller('should_flush_ret', text),
  }),
  ipi_mask: (text) => ({ kind: 'ipi_mask', cpus: new Fields('ipi_mask', text).hex('cpus') }),
  ipi_single: (text) => ({ kind: 'ipi_single', target: new Fields('ipi_single', text).number('cpu') }),
  kvm_ipi_mask: (text) => {
    const fields = new Fields('kvm_ipi_mask', text);
    return { kind: 'kvm_ipi_mask', cpus: fields.hex('cpus'), vector: fields.number('vector') };
  },
  switch_mm: (text) => {
    const fields = new Fields('switch_mm', text);
    return {
      kind: 'switch_mm',
      prev: fields.pointer('prev'),
      next: fields.pointer('next'),
      nctx: fields.number('nctx'),
      ngen: fields.number('ngen'),
      ncpus: fields.hex('ncpus'),
      nasid: fields.numberIfAny('nasid'),
      ntransition: fields.numberIfAny('ntrans') !== 0,
    };
  },
  write_cr3_1: (text) => writeCr3('write_cr3_1', text, 1),
  write_cr3_2: (text) => writeCr3('write_cr3_2', text, 2),
  write_cr3_3: (text) => writeCr3('write_cr3_3', text, 3),
  enter_lazy: (text) => ({ kind: 'enter_lazy', mm: new Fields('enter_lazy', text).pointer('mm') }),
  leave_mm: () => ({ kind: 'leave_mm' }),
  finish_mmu: (text) => {
    const fields = new Fields('finish_mmu', text);
    return {
      kind: 'finish_mmu',
      mm: fields.pointer('mm'),
      start: fields.hex('start'),
      end: fields.hex('end'),
      gatherFlags: Number(fields.hex('flags')),
    };
  },
  batch_flush: (text) => ({ kind: 'batch_flush', cpus: new Fields('batch_flush', text).hex('cpus') }),
  batch_pending: (text) => ({ kind: 'batch_pending', mm: new Fields('batch_pending', text).pointer('mm') }),
  flush_all: () => ({ kind: 'flush_all' }),
  flush_kernel_range: (text) => {
    const fields = new Fields('flush_kernel_range', text);
    return { kind: 'flush_kernel_range', start: fields.hex('start'), end: fields.hex('end') };
  },
  exit_mmap: (text) => {
    const fields = new Fields('exit_mmap', text);
    return {
      kind: 'exit_mmap',
      mm: fields.pointer('mm'),
      ctx: fields.number('ctx'),
      gen: fields.number('gen'),
      cpus: fields.hex('cpus'),
    };
  },
  mmdrop: (text) => {
    const fields = new Fields('mmdrop', text);
    return { kind: 'mmdrop', mm: fields.pointer('mm'), ctx: fields.number('ctx') };
  },
};
