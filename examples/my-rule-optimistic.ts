import {
  afterFlush,
  completeFlush,
  defineVariant,
  findSlot,
  fitsAll,
  type KernelCpu,
  type Protocol,
  type Rule,
  requestCtxId,
  requestIsFull,
  requestTlbGen,
} from 'shootdown';

/**
 * A rule as the built-in ones are written, put on two backends: store the generation into the target's slot,
 * look whether the slot is still the mm's, take the store back if it is not. Lowering a slot is always legal,
 * so what can go wrong? In between, the slot's new owner believes a generation that is not its own, and skips
 * a flush of its own.
 *
 *     shootdown hunt examples/my-rule-optimistic.ts --scenario five-mms-two-slots
 */
function* storeAndLookAgain(cpu: KernelCpu, target: number): Protocol<void> {
  if (!(yield* requestIsFull(cpu))) return;
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid < 0) return;
  const slot = cpu.per[target].tlbstate.ctxs[asid];
  yield* cpu.xchg(slot.tlbGen, tlbGen);
  const owner = yield* cpu.readOnce(slot.ctxId);
  if (owner !== ctxId) yield* cpu.writeOnce(slot.tlbGen, 0);
}

const rule: Rule = {
  name: 'store-and-look-again',
  summary: 'stores g into the slot of the mm, and takes it back if the slot has changed hands',
  assumes: 'nobody acts on the slot before it is taken back',
  senseless: fitsAll,
  functions: (backend) => ({ ...afterFlush, ...completeFlush(backend), updateRemoteGen: storeAndLookAgain }),
};

export const optimistic = ['hypercall', 'kvm'].map((backend) =>
  defineVariant({ name: `optimistic-${backend}`, backend, rule }),
);
