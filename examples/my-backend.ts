import {
  type Backend,
  BY_ENTRY,
  defineVariant,
  EV_TLB_FLUSH,
  type KernelCpu,
  KVM_VCPU_FLUSH_TLB,
  KVM_VCPU_PREEMPTED,
  lowestBit,
  nativeFlushTlbMulti,
  type Protocol,
  TLB_REMOTE_SEND_IPI,
} from 'shootdown';

/**
 * Two ways of one's own to reach other CPUs: IPIs one after the other instead of all at once, which is slow
 * and right; and KVM's paravirtual flush with a plain store in the place of its compare-exchange, which is
 * fast and wrong: a vCPU that has come back meanwhile never looks.
 *
 *     shootdown hunt examples/my-backend.ts
 */
function* oneByOne(cpu: KernelCpu, mask: number): Protocol<void> {
  yield* cpu.event(EV_TLB_FLUSH, TLB_REMOTE_SEND_IPI, 0);
  const freedTables = yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
  const single = cpu.layout.rule.held[cpu.id];
  for (let word = 0; word < cpu.maskWords; word++) yield* cpu.poke(single + word, 0);
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    while (bits !== 0) {
      yield* cpu.poke(single + word, 1 << lowestBit(bits));
      bits = bits & (bits - 1);
      yield* cpu.fn.smpCallFunctionManyCond(cpu, single, freedTables === 0);
    }
    yield* cpu.poke(single + word, 0);
  }
}

function* storedRequest(cpu: KernelCpu, mask: number): Protocol<void> {
  const { preempted, mask: masks } = cpu.layout.kvm;
  const left = masks[cpu.id];
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    yield* cpu.poke(left + word, bits);
    while (bits !== 0) {
      const bit = lowestBit(bits);
      bits = bits & (bits - 1);
      const state = yield* cpu.readOnce(preempted[word * 32 + bit]);
      if ((state & KVM_VCPU_PREEMPTED) === 0) continue;
      yield* cpu.writeOnce(preempted[word * 32 + bit], state | KVM_VCPU_FLUSH_TLB);
      const others = yield* cpu.peek(left + word);
      yield* cpu.poke(left + word, others & ~(1 << bit));
      yield* cpu.fn.targetAsked(cpu, word * 32 + bit, BY_ENTRY);
    }
  }
  yield* nativeFlushTlbMulti(cpu, left);
}

const serial: Backend = {
  name: 'serial',
  summary: 'IPIs to one CPU after the other',
  has: { ipis: true },
  profile: '6.18',
  flushTlbMulti: oneByOne,
};

const hasty: Backend = {
  name: 'hasty',
  summary: "KVM's paravirtual flush with a plain store of the request",
  has: { ipis: true, virtualCpus: true, preemptedByte: true },
  profile: '6.18',
  flushTlbMulti: storedRequest,
};

export const serialIpis = defineVariant({ name: 'serial-ipis', backend: serial });
export const hastyKvm = defineVariant({ name: 'hasty-kvm', backend: hasty });
