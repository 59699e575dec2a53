import { EV_CSD_QUEUED } from '../kernel/events.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import type { KernelProgram } from '../kernel/kernel-program.js';
import type { Machine } from '../machine/machine.js';
import { MachineObserver } from '../machine/observer.js';
import type { JudgedMachine } from '../machine/ports.js';
import { Counters } from './counters.js';
import { oracles } from './index.js';
import type { Oracle, OracleInfo } from './oracle.js';
import { SlotMeter } from './slot-meter.js';

type Hook<K extends keyof Oracle> = (Oracle & Required<Pick<Oracle, K>>)[];

/**
 * The machine of a kernel is watched from here on; nobody watches one of a plain program (null), which judges
 * itself.
 */
export function watch(machine: Machine, kernel: KernelProgram | null): OracleBoard | null {
  if (kernel === null) return null;
  const board = new OracleBoard(machine, kernel.config);
  machine.observer = board;
  return board;
}

/** All oracles and the counters, watching one machine. */
export class OracleBoard extends MachineObserver {
  readonly counters = new Counters();
  private readonly onBegin: Hook<'begin'>;
  private readonly onAccess: Hook<'userAccess'>;
  private readonly onDrain: Hook<'userStoreDrained'>;
  private readonly onEntryChange: Hook<'entryChanged'>;
  private readonly onTable: Hook<'tableRead'>;
  private readonly onInterrupts: Hook<'interruptsEnabled'>;
  private readonly onEntry: Hook<'vcpuEntered'>;
  protected readonly meter: SlotMeter;
  private readonly onEvent: Hook<'event'>;
  private readonly onUnlock: Hook<'unlockOfFree'>;
  private readonly keepers: (Oracle & Required<Pick<Oracle, 'state' | 'restore'>>)[];

  /** `chosen`: all, or those that can judge here. */
  constructor(
    private readonly machine: JudgedMachine,
    private readonly kernel: KernelConfig,
    chosen: readonly OracleInfo[] = oracles,
  ) {
    super();
    const made = chosen.flatMap((oracle) => (oracle.create === null ? [] : [oracle.create(machine, kernel)]));
    const withHook = <K extends keyof Oracle>(hook: K): Hook<K> =>
      made.filter((oracle) => oracle[hook] !== undefined) as Hook<K>;
    this.onBegin = withHook('begin');
    this.onAccess = withHook('userAccess');
    this.onDrain = withHook('userStoreDrained');
    this.onEntryChange = withHook('entryChanged');
    this.onTable = withHook('tableRead');
    this.onInterrupts = withHook('interruptsEnabled');
    this.onEntry = withHook('vcpuEntered');
    this.meter = new SlotMeter(machine, kernel, this.counters);
    this.onEvent = withHook('event');
    this.onUnlock = withHook('unlockOfFree');
    this.keepers = made.filter(
      (oracle): oracle is (typeof this.keepers)[number] =>
        oracle.state !== undefined && oracle.restore !== undefined,
    );
  }

  /** What oracles keep beside ghost words: for each that keeps something how many numbers, and those. */
  states(): number[] {
    return this.keepers.flatMap((oracle) => {
      const state = oracle.state();
      return [state.length, ...state];
    });
  }

  /** Takes back what `states` told; counters go on counting. */
  restore(states: readonly number[]): void {
    let at = 0;
    for (const oracle of this.keepers) {
      const length = states[at++];
      oracle.restore(states.slice(at, at + length));
      at += length;
    }
  }

  override begin(): void {
    this.meter.begin();
    for (const oracle of this.onBegin) oracle.begin();
  }
  override userAccess(cpu: number, entry: number, write: boolean): void {
    for (const oracle of this.onAccess) oracle.userAccess(cpu, entry, write);
  }
  override userStoreDrained(
    cpu: number,
    frame: number,
    alloc: number,
    ghostIndex: number,
    version: number,
  ): void {
    for (const oracle of this.onDrain) oracle.userStoreDrained(cpu, frame, alloc, ghostIndex, version);
  }
  override entryChanged(
    cpu: number,
    ghostIndex: number,
    version: number,
    before: number,
    after: number,
  ): void {
    for (const oracle of this.onEntryChange) oracle.entryChanged(cpu, ghostIndex, version, before, after);
  }
  override tableRead(cpu: number, frame: number, alloc: number, speculative: boolean): void {
    for (const oracle of this.onTable) oracle.tableRead(cpu, frame, alloc, speculative);
  }
  override interruptsEnabled(cpu: number): void {
    for (const oracle of this.onInterrupts) oracle.interruptsEnabled(cpu);
  }
  override event(cpu: number, kind: number, a: number, b: number): void {
    this.counters.event(kind, a, b);
    if (kind === EV_CSD_QUEUED) this.queued(cpu, a);
    this.meter.event(cpu, kind, a, b);
    for (const oracle of this.onEvent) oracle.event(cpu, kind, a, b);
  }
  /** The initiator waits until the target has its interrupts on again. */
  private queued(cpu: number, csd: number): void {
    const target = this.kernel.layout.cpus[cpu].cfd.csd.indexOf(csd);
    if (target >= 0 && !this.machine.interruptsOn(target)) this.counters.add('ipisHeldUp');
  }
  override vcpuEntered(cpu: number, flushed: boolean): void {
    this.counters.add('preemptions');
    if (flushed) this.counters.add('entryFlushes');
    for (const oracle of this.onEntry) oracle.vcpuEntered(cpu);
  }
  override wordCommitted(cpu: number, address: number, value: number): void {
    this.meter.committed(cpu, address, value);
  }
  override hostServed(cpu: number): void {
    this.counters.add('hostExits');
    if (this.machine.load(cpu, this.kernel.layout.cpus[cpu].tlbstate.isLazy) !== 0)
      this.counters.add('lazyRequests');
  }
  override hostLostFlush(cpu: number): void {
    this.meter.hostLostFlush(cpu);
  }
  override unlockOfFree(cpu: number, address: number): void {
    for (const oracle of this.onUnlock) oracle.unlockOfFree(cpu, address);
  }
  override drainOvertaken(): void {
    this.counters.drainOvertaken();
  }
}
