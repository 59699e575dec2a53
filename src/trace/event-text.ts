/** Events as ftrace prints them: what the parsers of this room read. */

import type { EventBody, FlushInfoFields, TraceEvent } from './events.js';

/** What the kernel's ftrace prints above its lines. */
export const HEADER: readonly string[] = [
  '# tracer: nop',
  '#',
  '#                                _-----=> irqs-off/BH-disabled',
  '#                               / _----=> need-resched',
  '#                              | / _---=> hardirq/softirq',
  '#                              || / _--=> preempt-depth',
  '#                              ||| / _-=> migrate-disable',
  '#                              |||| /     delay',
  '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
  '#              | |         |   |||||     |         |',
];

const COMM_COLUMNS = 16;

/** A line. The time is printed as the clock `counter` has it: a whole number. */
export function eventLine({ comm, pid, cpu, flags, time }: TraceEvent, body: EventBody): string {
  const task = `${comm.padStart(COMM_COLUMNS)}-${String(pid).padEnd(7)}`;
  return `${task} [${String(cpu).padStart(3, '0')}] ${flags} ${String(time).padStart(8)}: ${bodyText(body)}`;
}

/** Function of the kernel in which a probe stands, by event. */
const PLACES: Partial<Record<EventBody['kind'], string>> = {
  flush_mm_range: 'flush_tlb_mm_range',
  native_flush_multi: 'native_flush_tlb_multi',
  kvm_flush_multi: 'kvm_flush_tlb_multi',
  flush_func: 'flush_tlb_func',
  should_flush: 'should_flush_tlb',
  switch_mm: 'switch_mm_irqs_off',
  enter_lazy: 'enter_lazy_tlb',
  batch_flush: 'arch_tlbbatch_flush',
  batch_pending: 'flush_tlb_batched_pending',
  finish_mmu: 'tlb_finish_mmu',
  exit_mmap: 'exit_mmap',
  mmdrop: '__mmdrop',
  ipi_mask: 'native_send_call_func_ipi',
  ipi_single: 'native_send_call_func_single_ipi',
};

/** Throws for an event that no execution of ours has. */
function bodyText(body: EventBody): string {
  const place = PLACES[body.kind];
  const fields = fieldsText(body);
  return place === undefined ? fields : `${body.kind}: (${place}) ${fields}`;
}

function fieldsText(body: EventBody): string {
  switch (body.kind) {
    case 'tlb_flush':
      return `tlb_flush: pages:${body.pages} reason:${body.reasonText} (${body.reason})`;
    case 'flush_mm_range':
      return (
        `mm=${body.mm} start=${hex(body.start)} end=${hex(body.end)} stride=${body.stride} ` +
        `freed=${flag(body.freed)} ctx=${body.ctx} gen=${body.gen} cpus=${hex(body.cpus)}`
      );
    case 'flush_mm_range_ret':
      return `flush_mm_range_ret: (${body.caller} <- flush_tlb_mm_range)`;
    case 'native_flush_multi':
    case 'kvm_flush_multi':
      return `cpus=${hex(body.cpus)} ${infoText(body)}`;
    case 'flush_func':
      return infoText(body);
    case 'should_flush':
    case 'ipi_single':
      return `cpu=${body.target}`;
    case 'should_flush_ret':
      return `should_flush_ret: (${body.caller} <- should_flush_tlb) ret=${flag(body.ret)}`;
    case 'ipi_mask':
    case 'batch_flush':
      return `cpus=${hex(body.cpus)}`;
    case 'switch_mm':
      return (
        `prev=${body.prev} next=${body.next} nctx=${body.nctx} ngen=${body.ngen} ` +
        `ncpus=${hex(body.ncpus)}`
      );
    case 'write_cr3':
      return `write_cr3_${body.site}: (switch_mm_irqs_off) cr3=${hex(body.cr3)}`;
    case 'enter_lazy':
    case 'batch_pending':
      return `mm=${body.mm}`;
    case 'finish_mmu': {
      const range = `start=${hex(body.start)} end=${hex(body.end)}`;
      return `mm=${body.mm} ${range} flags=${hex(BigInt(body.gatherFlags))}`;
    }
    case 'exit_mmap':
      return `mm=${body.mm} ctx=${body.ctx} gen=${body.gen} cpus=${hex(body.cpus)}`;
    case 'mmdrop':
      return `mm=${body.mm} ctx=${body.ctx}`;
    case 'irq_vector':
      return `${body.vectorKind}_${body.phase}: vector=${body.vector}`;
    case 'sched_switch':
      return (
        `sched_switch: prev_comm=${body.prevComm} prev_pid=${body.prevPid} prev_prio=${body.prevPrio} ` +
        `prev_state=${body.prevState} ==> next_comm=${body.nextComm} next_pid=${body.nextPid} ` +
        `next_prio=${body.nextPrio}`
      );
    default:
      throw new Error(`an event ${body.kind} is not written`);
  }
}

function infoText({ mm, start, end, gen, init, stride, freed, trim }: FlushInfoFields): string {
  return (
    `mm=${mm} start=${hex(start)} end=${hex(end)} gen=${gen} init=${init} stride=${stride} ` +
    `freed=${flag(freed)} trim=${flag(trim)}`
  );
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const flag = (value: boolean): string => (value ? '1' : '0');
