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
  SERVICE_AGENT,
  WALKER_AGENT,
} from '../../src/machine/agents.js';
import * as H from '../../src/machine/hardware.js';
import {
  FLUSH_EVERYTHING,
  FLUSH_PAGES,
  HOST_COMPLETED_ACCESS,
  HOST_COPIED,
  HOST_ENTERED,
  HOST_ENTERED_FLUSHED,
  HOST_ENTERED_LOST,
  HOST_ENTERED_MARKED,
  HOST_LEFT_FOR_USER_SPACE,
  HOST_NOTHING,
  HOST_PREEMPTED,
  HOST_PREEMPTED_IN_ACCESS,
  HOST_PREEMPTED_IN_ACCESS_UNMARKED,
  KVM_VCPU_FLUSH_TLB,
  KVM_VCPU_PREEMPTED,
} from '../../src/machine/hypervisor.js';
import { Machine } from '../../src/machine/machine.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { findVariant } from '../../src/variants/index.js';
import { quiet } from '../kernel/harness.js';

/** A21 (KVM's host) and the request handling that A23 needs. */

type Body = (cpu: KernelCpu) => Protocol<unknown>;

/** Two virtual CPUs, both in mm A, that run the bodies; nothing has been walked yet. */
class Guest {
  readonly machine: Machine;
  readonly program;
  choice = 0;

  constructor(variant: string, bodies: readonly Body[]) {
    const known = findVariant(variant);
    if (known === undefined) throw new Error(variant);
    const replace: Partial<KernelFunctions> = {
      *runScript(cpu) {
        yield* bodies[cpu.id](cpu);
      },
    };
    const scenario = quiet({ cpus: 2, mms: [{}], start: [{ loadedMm: 0 }, { loadedMm: 0 }] });
    this.program = kernelProgram(scenario, { ...known, replace: { ...known.replace, ...replace } });
    this.machine = new Machine(this.program, 'tso');
    this.machine.choose = () => this.choice;
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
  get byte(): number {
    return this.machine.mem[this.program.config.layout.kvm.preempted[0]];
  }
  set byte(value: number) {
    this.machine.mem[this.program.config.layout.kvm.preempted[0]] = value;
  }
  field(cpu: number, offset: number): number {
    return this.machine.mem[this.machine.block(cpu) + offset];
  }
  /** Puts a translation of page 0 into the CPU's TLB. */
  fill(cpu: number, pcid = 1): void {
    const { mem } = this.machine;
    const block = this.machine.block(cpu);
    const at = block + H.TLB_BASE + mem[block + H.TLB_COUNT]++ * H.TLB_WORDS;
    mem[at + H.TLB_KEY] = pcid << 8;
    // Present, writable, user, accessed, dirty; frame 1.
    mem[at + H.TLB_PTE] = 0x1f | (1 << 6);
    mem[at + H.TLB_OWNER] = mem[block + H.CR3_OWNER];
    mem[at + H.TLB_ALLOC] = mem[this.machine.ghost.allocOf(1)];
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
function* accessLast(cpu: KernelCpu): Protocol<void> {
  yield* cpu.userAccess(0, false);
}

describe('a vCPU that is preempted', () => {
  it('has drained its stores, is marked, and moves no more until its host brings it back', () => {
    const guest = new Guest('kvm/v0', [storeTwice, idle]);
    guest.step(0, CPU_AGENT);
    expect(guest.can(0, BUFFER_AGENT)).toBe(true);
    expect(guest.step(0, PREEMPT_AGENT)).toBe(HOST_PREEMPTED);
    expect(guest.machine.mem[guest.program.config.layout.rule.seq[0]]).toBe(1);
    expect(guest.byte).toBe(KVM_VCPU_PREEMPTED);
    for (const kind of [CPU_AGENT, BUFFER_AGENT, LINE_AGENT, WALKER_AGENT])
      expect(guest.can(0, kind)).toBe(false);
    expect(guest.can(0, HOST_AGENT)).toBe(true);
    expect(guest.step(0, PREEMPT_AGENT)).toBe(HOST_NOTHING);
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED);
    expect([guest.byte, guest.can(0, CPU_AGENT), guest.can(0, HOST_AGENT)]).toEqual([0, true, false]);
  });

  it('is flushed whole before it runs again if that was asked for, and only then', () => {
    const guest = new Guest('kvm/v0', [storeTwice, idle]);
    guest.fill(0);
    guest.fill(0, 2);
    guest.step(0, PREEMPT_AGENT);
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED);
    expect(guest.field(0, H.TLB_COUNT)).toBe(2);
    guest.step(0, PREEMPT_AGENT);
    guest.byte |= KVM_VCPU_FLUSH_TLB;
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED_FLUSHED);
    expect([guest.field(0, H.TLB_COUNT), guest.byte]).toEqual([0, 0]);
  });

  it('keeps an IPI pending while it is out', () => {
    const guest = new Guest('kvm/v0', [
      storeTwice,
      function* (cpu) {
        yield* cpu.sendIpi(0);
      },
    ]);
    guest.step(0, PREEMPT_AGENT);
    guest.step(1, CPU_AGENT);
    expect(guest.can(0, LINE_AGENT)).toBe(false);
    guest.step(0, HOST_AGENT);
    expect(guest.can(0, LINE_AGENT)).toBe(true);
  });

  it('is not one that idles: that halts by itself', () => {
    const guest = new Guest('kvm/v0', [idle, idle]);
    guest.step(0, CPU_AGENT);
    expect(guest.step(0, PREEMPT_AGENT)).toBe(HOST_NOTHING);
    expect(guest.byte).toBe(0);
  });

  it('is one that idles to a host that does not tell the two apart; no access of it is under way', () => {
    const guest = new Guest('kvm/v0+hostMarksHalted', [accessLast, idle]);
    guest.fill(0);
    guest.step(0, CPU_AGENT);
    guest.choice = 1;
    expect(guest.step(0, PREEMPT_AGENT)).toBe(HOST_PREEMPTED);
    expect(guest.byte).toBe(KVM_VCPU_PREEMPTED);
    guest.byte |= KVM_VCPU_FLUSH_TLB;
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED_FLUSHED);
    expect([guest.byte, guest.can(0, HOST_AGENT)]).toEqual([0, false]);
  });
});

describe('a host that is broken', () => {
  it('B27: loses a request that comes between its copy and its write-back', () => {
    const guest = new Guest('b27', [storeTwice, idle]);
    guest.fill(0);
    guest.step(0, PREEMPT_AGENT);
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_COPIED);
    // The guest still sees the mark.
    expect(guest.byte).toBe(KVM_VCPU_PREEMPTED);
    guest.byte |= KVM_VCPU_FLUSH_TLB;
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED_LOST);
    expect([guest.byte, guest.field(0, H.TLB_COUNT)]).toEqual([0, 1]);
  });

  it('B27: serves one that came before its copy', () => {
    const guest = new Guest('b27', [storeTwice, idle]);
    guest.fill(0);
    guest.step(0, PREEMPT_AGENT);
    guest.byte |= KVM_VCPU_FLUSH_TLB;
    guest.step(0, HOST_AGENT);
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED_FLUSHED);
    expect(guest.field(0, H.TLB_COUNT)).toBe(0);
  });

  it(
    'B29: marks a vCPU whose access has its translation already; a correct one does not, and both ' +
      'complete it',
    () => {
      for (const [variant, preempted, byte] of [
        ['b29', HOST_PREEMPTED_IN_ACCESS, KVM_VCPU_PREEMPTED],
        ['b29-fixed', HOST_PREEMPTED_IN_ACCESS_UNMARKED, 0],
      ] as const) {
        const guest = new Guest(variant, [readPage, idle]);
        guest.fill(0);
        guest.choice = 1;
        expect(guest.step(0, PREEMPT_AGENT)).toBe(preempted);
        expect(guest.byte).toBe(byte);
        // Whatever becomes of the TLB, the access is done with what was latched.
        guest.machine.mem[guest.machine.block(0) + H.TLB_COUNT] = 0;
        expect(guest.step(0, HOST_AGENT)).toBe(HOST_COMPLETED_ACCESS);
        expect(guest.machine.cpus[0].pending.kind).toBe(11);
        expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED);
      }
    },
  );

  it('B30: leaves its mark on a vCPU that runs once the page has been moved, and never looks again', () => {
    const guest = new Guest('b30', [storeTwice, idle]);
    guest.fill(0);
    guest.step(0, PREEMPT_AGENT);
    guest.choice = 1;
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED_MARKED);
    expect(guest.byte).toBe(KVM_VCPU_PREEMPTED);
    guest.choice = 0;
    guest.byte |= KVM_VCPU_FLUSH_TLB;
    guest.step(0, PREEMPT_AGENT);
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED_MARKED);
    expect([guest.byte, guest.field(0, H.TLB_COUNT)]).toEqual([KVM_VCPU_PREEMPTED | KVM_VCPU_FLUSH_TLB, 1]);
  });

  it('B30: serves a request where the page has stayed', () => {
    const guest = new Guest('b30', [storeTwice, idle]);
    guest.fill(0);
    guest.step(0, PREEMPT_AGENT);
    guest.byte |= KVM_VCPU_FLUSH_TLB;
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED_FLUSHED);
    expect([guest.byte, guest.field(0, H.TLB_COUNT)]).toEqual([0, 0]);
  });

  it('B31: marks a vCPU whose access user space emulates, and not one whose access it emulates itself', () => {
    for (const [choice, preempted, byte] of [
      [1, HOST_PREEMPTED_IN_ACCESS_UNMARKED, 0],
      [2, HOST_LEFT_FOR_USER_SPACE, KVM_VCPU_PREEMPTED],
    ] as const) {
      const guest = new Guest('b31', [readPage, idle]);
      guest.fill(0);
      guest.choice = choice;
      expect(guest.step(0, PREEMPT_AGENT)).toBe(preempted);
      expect(guest.byte).toBe(byte);
      expect(guest.step(0, HOST_AGENT)).toBe(HOST_COMPLETED_ACCESS);
      guest.choice = 0;
      expect(guest.step(0, HOST_AGENT)).toBe(HOST_ENTERED);
    }
  });

  it('B28: stores its mark over a request if it does not remember that it has marked', () => {
    for (const [variant, left] of [
      ['b28', KVM_VCPU_PREEMPTED],
      ['b28-fixed', KVM_VCPU_PREEMPTED | KVM_VCPU_FLUSH_TLB],
    ] as const) {
      const guest = new Guest(variant, [storeTwice, idle]);
      guest.step(0, PREEMPT_AGENT);
      guest.byte |= KVM_VCPU_FLUSH_TLB;
      guest.step(0, PREEMPT_AGENT);
      expect(guest.byte).toBe(left);
    }
  });
});

describe('a flush hypercall', () => {
  const post = (what: number, start = 0, end = 0): Body =>
    function* (cpu) {
      const wanted = cpu.layout.hypercall.wanted[1];
      yield* cpu.writeOnce(wanted, what);
      yield* cpu.writeOnce(wanted + 1, start);
      yield* cpu.writeOnce(wanted + 2, end);
      yield* cpu.postFlush(0);
      yield* cpu.condLoadAcquire(cpu.layout.hypercall.outstanding[1], -1, 0);
    };
  const posted = (variant: string, body: Body): Guest => {
    const guest = new Guest(variant, [storeTwice, body]);
    guest.fill(0);
    guest.fill(0, 2);
    for (let i = 0; i < 3; i++) guest.step(1, CPU_AGENT);
    return guest;
  };

  it(
    'waits for a vCPU that runs, which serves it at a boundary, interrupts on or off, its ' +
      'stores drained',
    () => {
      const guest = posted('hypercall/v0', post(FLUSH_EVERYTHING));
      guest.step(0, CPU_AGENT);
      guest.machine.mem[guest.machine.block(0) + H.IF] = 0;
      expect(guest.step(1, CPU_AGENT)).toBe(1);
      expect(guest.can(1, CPU_AGENT)).toBe(false);
      expect(guest.field(0, H.TLB_COUNT)).toBe(2);
      guest.step(0, SERVICE_AGENT);
      expect(guest.field(0, H.TLB_COUNT)).toBe(0);
      expect(guest.field(0, H.SB_COUNT)).toBe(0);
      expect([guest.can(1, CPU_AGENT), guest.can(0, SERVICE_AGENT)]).toEqual([true, false]);
    },
  );

  it('is owed to a vCPU that is out, and nobody waits', () => {
    const guest = posted('hypercall/v0', post(FLUSH_EVERYTHING));
    guest.step(0, PREEMPT_AGENT);
    expect(guest.step(1, CPU_AGENT)).toBe(0);
    expect(guest.can(1, CPU_AGENT)).toBe(true);
    guest.step(0, HOST_AGENT);
    expect(guest.field(0, H.TLB_COUNT)).toBe(0);
  });

  it('waits for one that is out in the middle of an access', () => {
    const guest = new Guest('hypercall/v0', [readPage, post(FLUSH_EVERYTHING)]);
    guest.fill(0);
    guest.choice = 1;
    for (let i = 0; i < 3; i++) guest.step(1, CPU_AGENT);
    expect(guest.step(0, PREEMPT_AGENT)).toBe(HOST_PREEMPTED_IN_ACCESS_UNMARKED);
    expect(guest.step(1, CPU_AGENT)).toBe(1);
    expect(guest.step(0, HOST_AGENT)).toBe(HOST_COMPLETED_ACCESS);
    guest.step(0, HOST_AGENT);
    expect(guest.can(1, CPU_AGENT)).toBe(false);
    guest.step(0, SERVICE_AGENT);
    expect(guest.can(1, CPU_AGENT)).toBe(true);
  });

  it('drops some pages of every PCID, and no others', () => {
    const guest = posted('hypercall/v0', post(FLUSH_PAGES, 1, 2));
    guest.step(1, CPU_AGENT);
    guest.step(0, SERVICE_AGENT);
    expect(guest.field(0, H.TLB_COUNT)).toBe(2);
    const other = posted('hypercall/v0', post(FLUSH_PAGES, 0, 1));
    other.step(1, CPU_AGENT);
    other.step(0, SERVICE_AGENT);
    expect(other.field(0, H.TLB_COUNT)).toBe(0);
  });

  it('that is under way when its target is preempted is served by the exit', () => {
    const guest = posted('hypercall/v0', post(FLUSH_EVERYTHING));
    guest.step(1, CPU_AGENT);
    guest.step(0, PREEMPT_AGENT);
    expect(guest.can(1, CPU_AGENT)).toBe(true);
    expect(guest.field(0, H.TLB_COUNT)).toBe(0);
  });
});
