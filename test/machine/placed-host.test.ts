import { describe, expect, it } from 'vitest';
import type { KernelFunctions } from '../../src/kernel/functions.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { kernelProgram } from '../../src/kernel/kernel-program.js';
import {
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  HOST_AGENT,
  LINE_AGENT,
  PREEMPT_AGENT,
  WALKER_AGENT,
} from '../../src/machine/agents.js';
import * as H from '../../src/machine/hardware.js';
import * as HO from '../../src/machine/host-operations.js';
import { KVM_VCPU_FLUSH_TLB, KVM_VCPU_PREEMPTED } from '../../src/machine/hypervisor.js';
import { Machine } from '../../src/machine/machine.js';
import * as K from '../../src/machine/op-kinds.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { findVariant } from '../../src/variants/index.js';
import { quiet } from '../kernel/harness.js';

/** A host in protocol code, and physical CPUs whose TLBs are tagged by VPID. */

type Body = (cpu: KernelCpu) => Protocol<unknown>;

/** Two vCPUs on pCPU0 and pCPU1, both in mm A; pCPU2 is free. */
class Guest {
  readonly machine: Machine;
  readonly program;
  /** What is chosen, in turn; 0 when there is none left. */
  readonly choices: number[] = [];

  constructor(variant: string, bodies: readonly Body[], host: Partial<KernelFunctions> = {}) {
    const known = findVariant(variant);
    if (known === undefined) throw new Error(variant);
    const replace: Partial<KernelFunctions> = {
      ...host,
      *runScript(cpu) {
        yield* bodies[cpu.id](cpu);
      },
    };
    const scenario = quiet({ cpus: 2, mms: [{}], start: [{ loadedMm: 0 }, { loadedMm: 0 }] });
    this.program = kernelProgram(scenario, { ...known, replace: { ...known.replace, ...replace } });
    this.machine = new Machine(this.program, 'tso');
    this.machine.choose = () => this.choices.shift() ?? 0;
    this.machine.begin();
  }

  step(cpu: number, kind: number): number {
    const agent = agentOf(cpu, kind);
    expect(this.machine.canStep(agent)).toBe(true);
    this.machine.stepAgent(agent);
    return this.machine.lastValue;
  }
  can(cpu: number, kind: number): boolean {
    return this.machine.canStep(agentOf(cpu, kind));
  }
  /** The host's code of the vCPU, to its entry or before the operation that is named. */
  host(cpu: number, until?: (kind: number, a: number) => boolean): number[] {
    const done: number[] = [];
    for (;;) {
      const { kind, a } = this.machine.cpus[cpu].pending;
      if (this.machine.running(cpu) || until?.(kind, a) === true) return done;
      if (kind === K.OP_HOST) done.push(a);
      this.step(cpu, CPU_AGENT);
    }
  }
  get byte(): number {
    return this.machine.mem[this.program.config.layout.kvm.preempted[0]];
  }
  set byte(value: number) {
    this.machine.mem[this.program.config.layout.kvm.preempted[0]] = value;
  }
  field(cpu: number, offset: number): number {
    return this.machine.mem[this.machine.block(cpu) + offset];
  }
  /** Puts a translation of a page into the CPU's TLB. */
  fill(cpu: number, page = 0): void {
    const { mem } = this.machine;
    const block = this.machine.block(cpu);
    const at = block + H.TLB_BASE + mem[block + H.TLB_COUNT]++ * H.TLB_WORDS;
    mem[at + H.TLB_KEY] = (1 << 8) | page;
    // Present, writable, user, accessed, dirty; frame 1.
    mem[at + H.TLB_PTE] = 0x1f | (1 << 6);
    mem[at + H.TLB_OWNER] = mem[block + H.CR3_OWNER];
    mem[at + H.TLB_ALLOC] = mem[this.machine.ghost.allocOf(1)];
  }
  /** Out, and in again on the physical CPU that the choice is of: 0 stays. */
  travel(cpu: number, choice: number): number[] {
    this.choices.push(choice);
    this.step(cpu, PREEMPT_AGENT);
    return this.host(cpu);
  }
}

function* idle(cpu: KernelCpu): Protocol<void> {
  yield* cpu.smpMb();
}
function* storeTwice(cpu: KernelCpu): Protocol<void> {
  yield* cpu.writeOnce(cpu.layout.rule.seq[cpu.id], 1);
  yield* cpu.writeOnce(cpu.layout.rule.seq[cpu.id], 2);
}
function* readPage(cpu: KernelCpu): Protocol<void> {
  yield* cpu.userAccess(0, false);
  yield* cpu.smpMb();
}

const NO_FLUSH = [HO.HOST_OP_REASON, HO.HOST_OP_PUT, HO.HOST_OP_PLACE, HO.HOST_OP_ENTER];
const flushing = (what: number): number[] => [...NO_FLUSH.slice(0, 3), what, HO.HOST_OP_ENTER];

describe("a host's code", () => {
  it.each([
    ['kvm-host', false, 0],
    ['kvm-host+hostMarksHalted', true, KVM_VCPU_PREEMPTED],
  ])('%s: an idle vCPU that halts is taken for a preempted one: %s', (variant, isTaken, byte) => {
    const guest = new Guest(variant, [idle, idle]);
    guest.step(0, CPU_AGENT);
    guest.step(0, PREEMPT_AGENT);
    expect(guest.machine.running(0)).toBe(!isTaken);
    guest.host(0, (kind, a) => kind === K.OP_HOST && a === HO.HOST_OP_PUT);
    guest.machine.drain(0);
    expect(guest.byte).toBe(byte);
    guest.host(0);
    expect([guest.machine.running(0), guest.byte]).toEqual([true, 0]);
  });

  it("runs on the vCPU's CPU; the guest stands still, its interrupt flag its own, and IPIs wait", () => {
    const send: Body = function* (cpu) {
      yield* cpu.sendIpi(0);
    };
    const guest = new Guest('kvm-host', [storeTwice, send]);
    guest.step(0, CPU_AGENT);
    guest.step(0, PREEMPT_AGENT);
    // What the guest had stored is in memory.
    expect(guest.machine.mem[guest.program.config.layout.rule.seq[0]]).toBe(1);
    guest.step(1, CPU_AGENT);
    const movers = [CPU_AGENT, LINE_AGENT, WALKER_AGENT, HOST_AGENT, BUFFER_AGENT];
    expect(movers.map((kind) => guest.can(0, kind))).toEqual([true, false, false, false, false]);
    expect(guest.field(0, H.IF)).toBe(1);
    expect(guest.host(0)).toEqual(NO_FLUSH);
    expect([guest.byte, guest.can(0, LINE_AGENT)]).toEqual([0, true]);
    guest.step(0, LINE_AGENT);
    expect(guest.machine.cpus[0].depth).toBe(1);
  });

  it('marks by a store, which waits in the store buffer until it has left its processor', () => {
    const guest = new Guest('kvm-host', [storeTwice, idle]);
    guest.step(0, PREEMPT_AGENT);
    guest.host(0, (_, a) => a === HO.HOST_OP_PUT);
    expect([guest.byte, guest.can(0, BUFFER_AGENT)]).toEqual([0, true]);
    guest.step(0, CPU_AGENT);
    expect(guest.byte).toBe(KVM_VCPU_PREEMPTED);
  });

  it('takes the mark, and drops what the VPID has cached if that was asked for', () => {
    const guest = new Guest('kvm-host', [storeTwice, idle]);
    guest.fill(0);
    guest.step(0, PREEMPT_AGENT);
    guest.host(0, (kind) => kind === K.OP_XCHG);
    guest.byte |= KVM_VCPU_FLUSH_TLB;
    expect(guest.host(0)).toEqual([HO.HOST_OP_INVVPID_CONTEXT, HO.HOST_OP_ENTER]);
    expect([guest.byte, guest.field(0, H.TLB_COUNT)]).toEqual([0, 0]);
  });

  it('completes an access that it emulates with the translation made before', () => {
    const guest = new Guest('kvm-host', [readPage, idle]);
    guest.fill(0);
    guest.choices.push(1);
    guest.step(0, PREEMPT_AGENT);
    guest.machine.mem[guest.machine.block(0) + H.TLB_COUNT] = 0;
    const complete = HO.HOST_OP_COMPLETE_ACCESS;
    expect(guest.host(0)).toEqual([...NO_FLUSH.slice(0, 3), complete, HO.HOST_OP_ENTER]);
    expect(guest.machine.cpus[0].pending.kind).toBe(K.OP_SMP_MB);
    expect(guest.byte).toBe(0);
  });

  it('is nothing that a guest may run, nor a host that is no code', () => {
    const enter: Body = function* (cpu) {
      yield* cpu.hostOp(HO.HOST_OP_ENTER);
    };
    expect(() => new Guest('kvm-host', [enter, idle]).step(0, CPU_AGENT)).toThrow(/in the guest/);
    expect(() => new Guest('kvm', [enter, idle]).step(0, CPU_AGENT)).toThrow(/hostOp needs a host/);
  });
});

describe('physical CPUs', () => {
  it('keep what a vCPU has cached there, for it alone; a correct host drops it when it comes back', () => {
    for (const [host, left] of [
      [{}, 0],
      [{ *kvmVcpuFlushTlbAll() {} } as unknown as Partial<KernelFunctions>, 1],
    ] as const) {
      const guest = new Guest('kvm-host', [storeTwice, storeTwice], host);
      guest.fill(0);
      guest.travel(0, 1);
      // pCPU2 has nothing of it, and what vCPU1 has there is not its own.
      expect(guest.field(0, H.TLB_COUNT)).toBe(0);
      guest.travel(0, 1);
      expect(guest.field(0, H.TLB_COUNT)).toBe(left);
    }
  });

  it('owe a flush after every move, and none to a vCPU that stays', () => {
    const guest = new Guest('kvm-host', [storeTwice, idle]);
    guest.fill(0);
    expect(guest.travel(0, 0)).toEqual(NO_FLUSH);
    expect(guest.field(0, H.TLB_COUNT)).toBe(1);
    expect(guest.travel(0, 1)).toEqual(flushing(HO.HOST_OP_INVVPID_ALL));
  });

  it('drop one address, one VPID or all, as they are told', () => {
    for (const [what, own, others] of [
      [HO.HOST_OP_INVVPID_ADDRESS, 1, 1],
      [HO.HOST_OP_INVVPID_CONTEXT, 0, 1],
      [HO.HOST_OP_INVVPID_ALL, 0, 0],
    ] as const) {
      const guest = new Guest('kvm-host', [storeTwice, storeTwice], {
        *kvmVcpuFlushTlbAll() {},
        *kvmVcpuFlushTlbGuest(cpu: KernelCpu) {
          yield* cpu.hostOp(what, cpu.id + 1, 1);
        },
      } as Partial<KernelFunctions>);
      // vCPU0 leaves pCPU0 with an entry there; vCPU1 comes, fills two and has its host flush.
      guest.fill(0);
      guest.travel(0, 1);
      guest.travel(1, 1);
      guest.fill(1, 0);
      guest.fill(1, 1);
      const byte = guest.program.config.layout.kvm.preempted[1];
      guest.step(1, PREEMPT_AGENT);
      guest.host(1, (kind) => kind === K.OP_XCHG);
      guest.machine.mem[byte] |= KVM_VCPU_FLUSH_TLB;
      guest.host(1);
      expect(guest.field(1, H.TLB_COUNT)).toBe(own);
      // vCPU1 makes room, and vCPU0 comes back to what is left of it.
      guest.travel(1, 1);
      guest.travel(0, 1);
      expect(guest.field(0, H.TLB_COUNT)).toBe(others);
    }
  });
});
