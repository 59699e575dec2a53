import type { Cpu } from './cpu.js';
import { ACCESS_FAULT, ACCESS_MISS, ACCESS_OK, WALK_CONTINUE, WALK_FAULT } from './mmu.js';
import type { Protocol } from './protocol.js';

/**
 * A user load or store, as hardware does it: look up and access in one step; on a miss walk, a level a step,
 * and look up again, for the entry may be gone. Returns ACCESS_OK or ACCESS_FAULT.
 */
export function* userAccess(cpu: Cpu, page: number, write: boolean): Protocol<number> {
  for (;;) {
    const outcome = yield* cpu.userAccess(page, write);
    if (outcome === ACCESS_OK) return ACCESS_OK;
    if (outcome !== ACCESS_MISS) return ACCESS_FAULT;
    let level = WALK_CONTINUE;
    while (level === WALK_CONTINUE) level = yield* cpu.walk(page, write);
    if (level === WALK_FAULT) return ACCESS_FAULT;
  }
}
