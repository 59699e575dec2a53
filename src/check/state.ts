/**
 * The state of a check: the simulated kernel, and what is known of each CPU of the recording and under way on
 * it.
 */
import { MM_NULL } from '../kernel/constants.js';
import type { KernelFunctions } from '../kernel/functions.js';
import { CSD_FLAGS } from '../kernel/structs.js';
import type { FlushInfoFields } from '../trace/events.js';
import { type Lab, SLOTS } from './lab.js';
import type { Mms } from './mms.js';

/**
 * What a flush request asks for: the range, and what its send says of trimming (false where none is sent).
 */
export type Asked = Pick<FlushInfoFields, 'start' | 'end' | 'stride' | 'freed' | 'trim'>;

/** A flush request under way on its initiator. */
export interface Request {
  /** Index of its flush_mm_range or batch_flush; of its send, where the request began before the file. */
  readonly index: number;
  /** Handle; MM_NULL for a batch. */
  readonly mm: number;
  readonly asked: Asked;
}

/** A send whose IPIs are being collected. */
export interface Send {
  readonly index: number;
  readonly line: number;
  /** The CPUs that the kernel sent to. */
  kernel: number;
  /** CPUs that others have sent to and that have not come yet: their queue may hold something. */
  queued: number;
  /** Index of the last line that shows it under way. */
  until: number;
  /** Whether its tlb_flush was seen. */
  isTraced: boolean;
  /** Whether all its IPIs are out. */
  isOut: boolean;
}

/** A switch_mm_irqs_off under way. */
export interface Switching {
  /** Index of its switch_mm. */
  readonly index: number;
  readonly next: number;
  readonly slotLearnt: boolean;
  readonly flushLearnt: boolean;
  /** Whether flush_tlb_func makes it. */
  readonly inFlush: boolean;
  /** Whether the model has yet to begin it. */
  pending: boolean;
  /** Index of the line at which the model began it: what it has read is of then. */
  begunAt: number;
}

/** What is known of a slot of `cpu_tlbstate.ctxs`. */
export class SlotState {
  known = false;
  genKnown = false;
  /**
   * Of a slot that stands in for an unseen one: whether that one may have been handed to another mm since.
   */
  mayBeGone = false;
  /** How far its generation may be lower and higher if what it was taken from came in another order. */
  below = 0;
  above = 0;
}

/** The slot's generation and its bounds before a flush_func, and whose request that was. */
export interface BeforeFlush {
  readonly gen: number;
  readonly below: number;
  readonly above: number;
  readonly initiator: number;
  /** Index of the line from which on the function may have read. */
  readonly from: number;
}

/** What is known of a CPU. -1 stands for none in every number that names a CPU, a slot or a line. */
export class CpuState {
  /** Whether the loaded mm is known. */
  mmKnown = false;
  /**
   * Known from enter_lazy only, which names the borrowed mm: the CPU may have been pushed to init_mm before.
   */
  tentative = false;
  /**
   * The mm that the CPU was last seen not to have loaded, while nothing tells which it has; MM_NULL: none.
   */
  notLoaded: number = MM_NULL;
  lazyKnown = false;
  readonly slots: readonly SlotState[] = Array.from({ length: SLOTS }, () => new SlotState());
  /** In the place of a slot under a global ASID: there is nothing to know. */
  private readonly noSlot = Object.assign(new SlotState(), { known: true, genKnown: true });
  /** The slot that stands in for the loaded mm's while its number is unknown. */
  standIn = -1;
  /**
   * The loaded mm has a global ASID and is in transition to it: nothing told yet whether this CPU has
   * followed.
   */
  mayHaveFollowed = false;
  cursorKnown = false;
  /** Where the cursor is if a slot taken over was not handed out in turn but found. */
  cursorDoubt = -1;
  /** Whether the current task is the idle task. */
  idle = false;
  /** Index of the last line that shows the CPU to be lazy: a request for its mm that passed it over. */
  lazySeen = 0;

  /** What is known of the slot of an ASID. */
  slot(asid: number): SlotState {
    return this.slots[asid] ?? this.noSlot;
  }

  request: Request | null = null;
  /** Whether that request is broadcast. */
  broadcasting = false;
  /** Whether it has asked for a flush since the file began. */
  hasAsked = false;
  /**
   * The flush_mm_range that waits for the CPU's next line of its own: its increment is done as late as it can
   * have been.
   */
  laterRequest = -1;
  /** Whether the increments of the CPU's last batch are not in the model. */
  unmapsUnknown = false;
  send: Send | null = null;
  /**
   * Whether the CPU's queue of function calls holds something: an IPI is under way to it, or has come and
   * nothing was taken off yet. Before the file something may have been queued, and its IPI be under way.
   */
  queue: 'empty' | 'called' | 'arrived' = 'called';
  /** When the PV flush began whose native one has not come yet, in microseconds. */
  pvSince: number | null = null;
  /** The CPU that should_flush_tlb was last asked for, and where. */
  asked: { readonly target: number; readonly index: number } = { target: -1, index: 0 };

  /** The initiator of a flush_func whose flush is traced next. */
  func = -1;
  /** Whether that flush taught the slot's generation. */
  slotGenLearnt = false;
  /** Whether the reason 5 that comes next tells something new of the CPU. */
  wrongCpuLearnt = false;
  beforeFlush: BeforeFlush | null = null;

  switching: Switching | null = null;
  /** The switch_mm that waits for its CR3 write. */
  laterSwitch = -1;
  /** Whether the last CR3 write's flush bit raced. */
  cr3Raced = false;
  /** Whether the last CR3 write was that of a switch that began before the file. */
  headless = false;
}

export interface State {
  readonly lab: Lab;
  /** The simulated kernel's memory. */
  readonly mem: Int32Array;
  readonly mms: Mms;
  readonly pcid: boolean;
  /** Whether sends go by kvm_flush_tlb_multi first. */
  readonly pv: boolean;
  /** Whether CPUs broadcast, and the recording shows it. */
  readonly broadcasts: boolean;
  /** Whether a CPU that switches away stays in the mm's mask. */
  readonly lazyCpumask: boolean;
  /** How the kernel decides to trim masks: not told where the times of the recording are ticks. */
  readonly trims: 'never' | 'by the clock' | 'not told';
  /** The protocol's functions, without the gates of the lab. */
  readonly own: KernelFunctions;
  readonly cpus: readonly CpuState[];
  /** Lines that the recorder says to have missed, by probe; counted down where one is found missing. */
  readonly missed: Record<string, number>;
  /** ctx_id of the next new mm in the model. */
  serial: number;
  /** Whether the global ASID that was last given out is known. */
  poolKnown: boolean;
}

/** Addresses of an mm's words in the model. */
export const maskWord = (s: State, mm: number): number => s.lab.layout.mms[mm].cpumask;
export const genWord = (s: State, mm: number): number => s.lab.layout.mms[mm].tlbGen;
/** Address of the mask of a request: the mm's, or (MM_NULL) that of the CPU's batch. */
export const requestMask = (s: State, cpu: number, mm: number): number =>
  mm === 0 ? s.lab.per(cpu).ubc.cpumask : maskWord(s, mm);

export const genOf = (s: State, mm: number): number => s.mem[genWord(s, mm)];
export const ctxIdOf = (s: State, mm: number): number => s.mem[s.lab.layout.mms[mm].ctxId];
export const loadedMm = (s: State, cpu: number): number => s.mem[s.lab.per(cpu).tlbstate.loadedMm];
export const loadedAsid = (s: State, cpu: number): number => s.mem[s.lab.per(cpu).tlbstate.loadedMmAsid];
export const isLazy = (s: State, cpu: number): boolean => s.mem[s.lab.per(cpu).tlbstate.isLazy] !== 0;
/** Whether the CPU runs under a global ASID: no slot of its own. */
export const underGlobalAsid = (s: State, cpu: number): boolean => loadedAsid(s, cpu) >= SLOTS;
/** Mask of the CPUs that there are. */
export const online = (s: State): number => (s.lab.cpus >= 32 ? -1 : 2 ** s.lab.cpus - 1);
/** `target` has answered the call of `initiator`, whatever it did: its csd is unlocked. */
export function answer(s: State, initiator: number, target: number): void {
  s.mem[s.lab.per(initiator).cfd.csd[target] + CSD_FLAGS] = 0;
}
