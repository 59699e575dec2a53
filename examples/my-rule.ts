import type { KernelCpu, Protocol } from 'shootdown';
import { afterFlush, defineVariant, raisePairByOne, requestCtxId, requestTlbGen } from 'shootdown';

/**
 * After a flush hypercall, each CPU that it reached: one compare-exchange of its slot from {ctx_id, g-1} to
 * {ctx_id, g}, and no second try.
 */
function* raiseByOne(cpu: KernelCpu, target: number): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  yield* raisePairByOne(cpu, target, ctxId, tlbGen);
}

export const myRule = defineVariant({
  name: 'my-rule',
  base: 'hypercall/v0',
  replace: { ...afterFlush, updateRemoteGen: raiseByOne },
});
