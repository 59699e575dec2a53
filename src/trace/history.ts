/**
 * The client operations of a recording: its system calls, flush requests and forks, each with what belongs to
 * it elsewhere in the file. Made once over the whole file, so that a window can know what began before it and
 * ends after it.
 */
import { type EventOf, FLUSH_ALL, type SyscallName, type TraceEvent } from './events.js';
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
  const reader = new HistoryReader(recording.cpus);
  for (const [index, event] of recording.events.entries()) reader.read(event, index);
  const { syscalls, flushes, forks, syscallAt, flushAt, batchAt } = reader;
  return { syscalls, flushes, forks, syscallAt, flushAt, batchAt };
}

/** Reads a recording once, from its beginning: what is open is closed by what comes later. */
class HistoryReader implements History {
  readonly syscalls: SyscallRecord[] = [];
  readonly flushes: FlushRecord[] = [];
  readonly forks: ForkRecord[] = [];
  readonly syscallAt = new Map<number, SyscallRecord>();
  readonly flushAt = new Map<number, FlushRecord>();
  readonly batchAt = new Map<number, SyscallRecord | null>();
  readonly #machine: MachineState;
  readonly #openSyscall = new Map<number, SyscallRecord>();
  readonly #exiting = new Map<number, number>();
  readonly #openFlush = new Map<number, FlushRecord>();
  /** By pid: the bit-field word of the gather whose finish came last. */
  readonly #finishing = new Map<number, number>();
  /** By parent pid: the flush of a dup_mmap whose sched_process_fork comes later. */
  readonly #copying = new Map<number, FlushRecord>();
  readonly #childOf = new Map<number, ForkRecord>();

  constructor(cpus: number) {
    this.#machine = new MachineState(cpus);
  }

  read(event: TraceEvent, index: number): void {
    const { comingPid } = this.#machine.cpu(event.cpu);
    switch (event.kind) {
      case 'sys_enter':
        this.#entered(event, index);
        break;
      case 'sys_exit':
        this.#exited(event, index);
        break;
      case 'batch_flush':
        this.batchAt.set(index, this.#openSyscall.get(event.pid) ?? null);
        break;
      case 'exit_mmap':
        this.#exiting.set(event.pid, event.ctx);
        break;
      case 'finish_mmu':
        this.#finishing.set(event.pid, event.gatherFlags);
        break;
      case 'flush_mm_range':
        this.#flushed(event, index);
        break;
      case 'flush_mm_range_ret':
        this.#flushReturned(event);
        break;
      case 'sched_process_fork':
        this.#forked(event);
        break;
      case 'switch_mm': {
        const fork = comingPid === null ? undefined : this.#childOf.get(comingPid);
        if (fork !== undefined && fork.childCtx === null) fork.childCtx = event.nctx;
        break;
      }
      default:
        break;
    }
    this.#machine.apply(event);
  }

  #entered({ name, pid, cpu, args }: EventOf<'sys_enter'>, index: number): void {
    const ctx = ownCtx(this.#machine, pid, cpu);
    const call = { name, pid, ctx, enter: index, exit: null, args, ret: null, flushes: [] };
    this.syscalls.push(call);
    this.syscallAt.set(index, call);
    this.#openSyscall.set(pid, call);
  }

  #exited({ name, pid, ret }: EventOf<'sys_exit'>, index: number): void {
    const call = this.#openSyscall.get(pid);
    if (call === undefined || call.name !== name) return; // Entered before the recording began.
    call.exit = index;
    call.ret = ret;
    this.syscallAt.set(index, call);
    this.#openSyscall.delete(pid);
  }

  #flushed(event: EventOf<'flush_mm_range'>, index: number): void {
    const { pid } = event;
    const { ctx: loaded, lazy } = this.#machine.cpu(event.cpu);
    const call = this.#openSyscall.get(pid) ?? null;
    // A call whose task was not known to have an mm learns it here; a call of another mm's task is not
    // this flush's.
    const syscall = call !== null && (call.ctx === null || call.ctx === event.ctx) ? call : null;
    const exits = this.#exiting.get(pid) === event.ctx;
    const gathered =
      event.end === FLUSH_ALL ? ((this.#finishing.get(pid) ?? 0) & GATHER_FREED_TABLES) !== 0 : true;
    const freedTables = event.freed && gathered;
    this.#finishing.delete(pid);
    const record = { index, event, caller: null, syscall, exits, freedTables, loaded, lazy };
    this.flushes.push(record);
    this.flushAt.set(index, record);
    syscall?.flushes.push(record);
    this.#openFlush.set(event.cpu, record);
  }

  #flushReturned({ cpu, pid, caller }: EventOf<'flush_mm_range_ret'>): void {
    const record = this.#openFlush.get(cpu);
    if (record === undefined) return;
    record.caller = caller;
    this.#openFlush.delete(cpu);
    if (isForkCaller(caller)) this.#copying.set(pid, record);
  }

  #forked({ parentPid, childPid }: EventOf<'sched_process_fork'>): void {
    const flush = this.#copying.get(parentPid);
    if (flush === undefined) return;
    this.#copying.delete(parentPid);
    const fork: ForkRecord = { flush, childPid, childCtx: null };
    this.forks.push(fork);
    this.#childOf.set(childPid, fork);
  }
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
