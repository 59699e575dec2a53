import type { PlainProgram } from '../../src/programs/plain-program.js';
import { plainProgram } from '../../src/programs/plain-program.js';

/** Store buffering: each CPU's load comes before the other's store is in memory. */

type Change = 'none' | 'harmless' | 'mended';

/** `harmless`: with a step more; `mended`: with barriers. All have the same name, as a changed module has. */
export function storeBuffering(change: Change = 'none'): PlainProgram {
  return plainProgram({
    name: 'store-buffering',
    words: { ...(change === 'harmless' ? { more: 0 } : {}), x: 0, y: 0, seenX: 9, seenY: 9, other: 0 },
    cpus: [
      function* first(cpu, at) {
        yield* cpu.writeOnce(at.other, 1);
        if (change === 'harmless') yield* cpu.readOnce(at.more as number);
        yield* cpu.writeOnce(at.x, 1);
        if (change === 'mended') yield* cpu.smpMb();
        const seen = yield* cpu.readOnce(at.y);
        yield* cpu.writeOnce(at.seenY, seen);
      },
      function* second(cpu, at) {
        yield* cpu.readOnce(at.other);
        yield* cpu.writeOnce(at.y, 1);
        if (change === 'mended') yield* cpu.smpMb();
        const seen = yield* cpu.readOnce(at.x);
        yield* cpu.writeOnce(at.seenX, seen);
      },
    ],
    final: (read, at) => read(at.seenX) + read(at.seenY) > 0 || 'both saw nothing',
  });
}
