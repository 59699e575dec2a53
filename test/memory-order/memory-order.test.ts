import { describe, expect, it } from 'vitest';
import { MEMORY_MODELS, memoryModelWords, memoryOrders } from '../../src/memory-order/index.js';
import type { PlainStores } from '../../src/memory-order/order.js';

/** What becomes of a store under each memory model. */

function doneBy(model: (typeof MEMORY_MODELS)[number]): string[] {
  const did: string[] = [];
  const stores: PlainStores = {
    push: (...store) => did.push(`waits ${store.join(' ')}`),
    atOnce: (...store) => did.push(`at once ${store.join(' ')}`),
  };
  memoryOrders[model].store(stores, 1, 20, 3, 0, 4, 5, 6);
  return did;
}

describe('memory models', () => {
  it('say whether a store waits, and it does', () => {
    expect(MEMORY_MODELS.map((name) => [name, memoryOrders[name].hasStoreBuffers, doneBy(name)])).toEqual([
      ['tso', true, ['waits 1 20 3 0 4 5 6']],
      ['sc', false, ['at once 1 20 3 0 4 5 6']],
    ]);
  });

  it('are told with what they are of', () => {
    expect(memoryModelWords()).toBe('tso (x86) or sc (sequential consistency)');
  });
});
