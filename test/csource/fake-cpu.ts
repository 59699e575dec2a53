import type { KernelLayout } from '../../src/kernel/kernel-layout.js';
import * as H from '../../src/machine/hardware.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';

/** A CPU that writes down its operations and does them at once on plain memory. */
export class FakeCpu {
  static readonly scenario = catalogue.find(({ name }) => name === 'ping-pong-munmap') as Scenario;
  readonly id = 1;
  readonly depth = 0;
  readonly scenario = FakeCpu.scenario;
  readonly mem: Int32Array;
  private readonly held = new Map<number, number>();
  /** `read_once loaded_mm`, in the order in which they are done. */
  readonly done: string[] = [];
  readonly own: KernelLayout['cpus'][number];
  readonly per: KernelLayout['cpus'];
  readonly mms: KernelLayout['mms'];
  readonly maskWords: number;

  constructor(readonly layout: KernelLayout) {
    this.mem = new Int32Array(layout.layout.size);
    this.own = layout.cpus[this.id];
    this.per = layout.cpus;
    this.mms = layout.mms;
    this.maskWords = layout.maskWords;
  }

  /** What the CPU's own registers hold. */
  registers({ root, pcid, interrupts }: { root: number; pcid: number; interrupts: number }): void {
    this.held.set(H.CR3_ROOT, root).set(H.CR3_PCID, pcid).set(H.IF, interrupts);
  }

  /** No step, so it is not written down. */
  *ownRegister(register: number): Generator<undefined, number, number> {
    return this.held.get(register) ?? 0;
  }

  private *does<T>(what: string, value: T): Generator<undefined, T, number> {
    this.done.push(what);
    return value;
  }

  /** Runs protocol code to its end. */
  finish<T>(code: Generator<undefined, T, number>): T {
    for (;;) {
      const { done, value } = code.next();
      if (done === true) return value;
    }
  }

  private name(address: number): string {
    return this.layout.layout.nameOf(address);
  }

  readOnce = (a: number) => this.does(`read_once ${this.name(a)}`, this.mem[a]);
  writeOnce = (a: number, value: number) => {
    this.mem[a] = value;
    return this.does(`write_once ${this.name(a)} ${value}`, 0);
  };
  peek = (a: number) => this.does(`peek ${this.name(a)}`, this.mem[a]);
  poke = (a: number, value: number) => {
    this.mem[a] = value;
    return this.does(`poke ${this.name(a)} ${value}`, 0);
  };
  private locked(what: string, a: number, value: number, answer: number) {
    this.mem[a] = value;
    return this.does(`${what} ${this.name(a)}`, answer);
  }
  fetchAdd = (a: number, n: number) => this.locked('fetch_add', a, this.mem[a] + n, this.mem[a]);
  incReturn = (a: number) => this.locked('inc_return', a, this.mem[a] + 1, this.mem[a] + 1);
  decReturn = (a: number) => this.locked('dec_return', a, this.mem[a] - 1, this.mem[a] - 1);
  fetchOr = (a: number, bits: number) => this.locked('fetch_or', a, this.mem[a] | bits, this.mem[a]);
  fetchAnd = (a: number, bits: number) => this.locked('fetch_and', a, this.mem[a] & bits, this.mem[a]);
  xchg = (a: number, value: number) => this.locked('xchg', a, value, this.mem[a]);
  cmpxchg = (a: number, expected: number, value: number) =>
    this.locked('cmpxchg', a, this.mem[a] === expected ? value : this.mem[a], this.mem[a]);
  storeRelease = (a: number, value: number) => {
    this.mem[a] = value;
    return this.does(`store_release ${this.name(a)} ${value}`, 0);
  };
  condLoadAcquire = (a: number, mask: number, value: number) =>
    this.does(`cond_load_acquire ${this.name(a)} ${mask} ${value}`, this.mem[a]);
  sendIpi = (cpu: number) => this.does(`send_ipi ${cpu}`, 0);
  smpMb = () => this.does('smp_mb', 0);
  smpRmb = () => this.does('smp_rmb', 0);
  smpWmb = () => this.does('smp_wmb', 0);
  localIrqDisable = () => this.does('irq_disable', 0);
  localIrqEnable = () => this.does('irq_enable', 0);
  writeCr3 = (root: number, pcid: number, keeps: boolean) =>
    this.does(`write_cr3 ${root} ${pcid} ${keeps}`, 0);
  invlpg = (page: number) => this.does(`invlpg ${page}`, 0);
  invpcid = (type: number, pcid: number, page: number) => this.does(`invpcid ${type} ${pcid} ${page}`, 0);
  choose = (n: number) => this.does(`choose ${n}`, n - 1);
  event = (kind: number, a: number, b: number) => this.does(`event ${kind} ${a} ${b}`, 0);
  assert = (holds: boolean, message: string) => this.does(`assert ${holds} ${message}`, 0);
  readonly fn = {
    smpCallFunctionManyCond: (_cpu: unknown, mask: number, isConditional: boolean) =>
      this.does(`call_many ${this.name(mask)} ${isConditional}`, undefined),
  };
}
