/**
 * The client operations of a recording: its system calls, flush requests and forks, each with what belongs to
 * it elsewhere in the file. Made once over the whole file, so that a window can know what began before it and
 * ends after it.
 */
import { type EventOf, FLUSH_ALL, type SyscallName } from './events.js';
import { MachineState } from './machine-state.js';
import type { Recording } from './recording.js';

/**
 * A system call from its entry to its exit. The task may have moved to another CPU in between, so calls are
 * matched by pid.
 */
export interface SyscallRecord {
  readonly name: SyscallName;
  readonly pid: number;
  /** ctx_id of the caller's mm, null when the recording has not shown it yet. */
  readonly ctx: number | null;
  /** Index into the events of entry; of exit, null when the file ends before. */
  readonly enter: number;
  exit: number | null;
  readonly args: Readonly<Record<string, bigint>>;
  ret: bigint | null;
  /** Flush requests made within. */
  readonly flushes: FlushRecord[];
}

/** One call of flush_tlb_mm_range. */
export interface FlushRecord {
  /** Index into the events of its `flush_mm_range`. */
  readonly index: number;
  readonly event: EventOf<'flush_mm_range'>;
  /** Who asked (from the return probe); null when the file ends before. */
  caller: string | null;
  readonly syscall: SyscallRecord | null;
  /** Whether the flush is the tear-down of the whole mm (exit_mmap). */
  readonly exits: boolean;
  /**
   * Whether page tables were freed with it. Not simply the recorded `freed`: a gather that ran beside another
   * one asks for a flush of everything, tables included, without having freed any (tlb_finish_mmu); only what
   * it had gathered tells then.
   */
  readonly freedTables: boolean;
  /** ctx_id of the mm that the CPU had loaded, null when unknown. */
  readonly loaded: number | null;
  /** Whether that mm was loaded lazily: a kernel thread or an exiting task asked. */
  readonly lazy: boolean;
}

/** A fork that copied an mm. */
export interface ForkRecord {
  readonly flush: FlushRecord;
  readonly childPid: number;
  /** ctx_id of the child's mm, null when it never ran in the recording. */
  childCtx: number | null;
}

export interface History {
  readonly syscalls: readonly SyscallRecord[];
  readonly flushes: readonly FlushRecord[];
  readonly forks: readonly ForkRecord[];
  /** Event index of `sys_enter` or `sys_exit`: its call. */
  readonly syscallAt: ReadonlyMap<number, SyscallRecord>;
  /** Event index of `flush_mm_range`: its record. */
  readonly flushAt: ReadonlyMap<number, FlushRecord>;
  /** Event index of `batch_flush`: the call in which the task reclaims, null when it is in none (kswapd). */
  readonly batchAt: ReadonlyMap<number, SyscallRecord | null>;
}

const FORK_CALLERS: ReadonlySet<string> = new Set(['dup_mmap', 'copy_process', 'dup_mm', 'copy_mm']);

export function isForkCaller(caller: string | null): boolean {
  return caller !== null && FORK_CALLERS.has(caller);
}

/** `freed_tables` in the bit-field word of a gather, of every version. */
const GATHER_FREED_TABLES = 4;

const histories = new WeakMap<Recording, History>();

/** The history of a recording, made once. */
export function historyOf(recording: Recording): History {
  let history = histories.get(recording);
  if (history === undefined) {
    history = makeHistory(recording);
    histories.set(recording, history);
  }
  return history;
}

function makeHistory(recording: Recording): History {
  const machine = new MachineState(recording.cpus);
  const syscalls: SyscallRecord[] = [];
  const flushes: FlushRecord[] = [];
  const forks: ForkRecord[] = [];
  const syscallAt = new Map<number, SyscallRecord>();
  const flushAt = new Map<number, FlushRecord>();
  const batchAt = new Map<number, SyscallRecord | null>();
  const openSyscall = new Map<number, SyscallRecord>();
  const exiting = new Map<number, number>();
  const openFlush = new Map<number, FlushRecord>();
  /** By pid: the bit-field word of the gather whose finish came last. */
  const finishing = new Map<number, number>();
  /** By parent pid: the flush of a dup_mmap whose sched_process_fork comes later. */
  const copying = new Map<number, FlushRecord>();
  const childOf = new Map<number, ForkRecord>();

  recording.events.forEach((event, index) => {
    const cpu = machine.cpu(event.cpu);
    const comingPid = cpu.comingPid;
    switch (event.kind) {
      case 'sys_enter': {
        const call: SyscallRecord = {
          name: event.name,
          pid: event.pid,
          ctx: ownCtx(machine, event.pid, event.cpu),
          enter: index,
          exit: null,
          args: event.args,
          ret: null,
          flushes: [],
        };
        syscalls.push(call);
        syscallAt.set(index, call);
        openSyscall.set(event.pid, call);
        break;
      }
      case 'sys_exit': {
        const call = openSyscall.get(event.pid);
        if (call === undefined || call.name !== event.name) break; // Entered before the recording began.
        call.exit = index;
        call.ret = event.ret;
        syscallAt.set(index, call);
        openSyscall.delete(event.pid);
        break;
      }
      case 'batch_flush':
        batchAt.set(index, openSyscall.get(event.pid) ?? null);
        break;
      case 'exit_mmap':
        exiting.set(event.pid, event.ctx);
        break;
      case 'finish_mmu':
        finishing.set(event.pid, event.gatherFlags);
        break;
      case 'flush_mm_range': {
        const call = openSyscall.get(event.pid) ?? null;
        // A call whose task was not known to have an mm learns it here; a call of another mm's task is not
        // this flush's.
        const syscall = call !== null && (call.ctx === null || call.ctx === event.ctx) ? call : null;
        const exits = exiting.get(event.pid) === event.ctx;
        const gathered =
          event.end === FLUSH_ALL ? ((finishing.get(event.pid) ?? 0) & GATHER_FREED_TABLES) !== 0 : true;
        const freedTables = event.freed && gathered;
        finishing.delete(event.pid);
        const record: FlushRecord = {
          index,
          event,
          caller: null,
          syscall,
          exits,
          freedTables,
          loaded: cpu.ctx,
          lazy: cpu.lazy,
        };
        flushes.push(record);
        flushAt.set(index, record);
        syscall?.flushes.push(record);
        openFlush.set(event.cpu, record);
        break;
      }
      case 'flush_mm_range_ret': {
        const record = openFlush.get(event.cpu);
        if (record === undefined) break;
        record.caller = event.caller;
        openFlush.delete(event.cpu);
        if (isForkCaller(event.caller)) copying.set(event.pid, record);
        break;
      }
      case 'sched_process_fork': {
        const flush = copying.get(event.parentPid);
        if (flush === undefined) break;
        copying.delete(event.parentPid);
        const fork: ForkRecord = { flush, childPid: event.childPid, childCtx: null };
        forks.push(fork);
        childOf.set(event.childPid, fork);
        break;
      }
      case 'switch_mm': {
        const fork = comingPid === null ? undefined : childOf.get(comingPid);
        if (fork !== undefined && fork.childCtx === null) fork.childCtx = event.nctx;
        break;
      }
      default:
        break;
    }
    machine.apply(event);
  });
  return { syscalls, flushes, forks, syscallAt, flushAt, batchAt };
}

/**
 * ctx_id of a task's mm: what its last switch_mm said, or what its CPU has loaded while the task is known to
 * run there.
 */
function ownCtx(machine: MachineState, pid: number, cpuIndex: number): number | null {
  const known = machine.ctxOfPid.get(pid);
  if (known !== undefined) return known;
  const cpu = machine.cpu(cpuIndex);
  return cpu.pid === pid && !cpu.lazy ? cpu.ctx : null;
}
