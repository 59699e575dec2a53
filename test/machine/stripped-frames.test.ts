import { expect, it } from 'vitest';
import { kernelProgram } from '../../src/kernel/kernel-program.js';
import { Frames } from '../../src/machine/stripped/frames.js';
import { lockedOn } from '../../src/machine/stripped/locked.js';
import { munmapStorm } from '../../src/scenarios/stress/munmap-storm.js';
import { findVariant } from '../../src/variants/index.js';

/** What Frames uses of the machine of one thread. */
function threads(cpus: number): {
  frames: Frames[];
  free: number;
  mem: Int32Array;
  allocOf: (frame: number) => number;
} {
  const program = kernelProgram(munmapStorm(cpus), findVariant('6.18')!, 1 << 13, 16);
  const layout = program.config.layout.mmu;
  const mem = new Int32Array(new SharedArrayBuffer(4 * ((program.image.length + 1) & ~1)));
  mem.set(program.image);
  const free = mem[layout.freeTop];
  Frames.prepare(mem, layout);
  const { ghost } = layout;
  const allocOf = (frame: number): number => ghost.frameAlloc + frame * ghost.frameStride;
  const ownerOf = (frame: number): number => ghost.frameOwner + frame * ghost.frameStride;
  const locked = lockedOn(mem, null);
  const frames = Array.from(
    { length: cpus },
    (_, id) => new Frames({ id, mem, locked, layout, ghost: { allocOf, ownerOf } } as never),
  );
  return { frames, free, mem, allocOf };
}

it('hands out what the CPU freed last', () => {
  const { frames, mem, allocOf } = threads(2);
  const [a, b] = [frames[0].alloc(0), frames[0].alloc(0)];
  frames[0].free(a);
  frames[0].free(b);
  expect(mem[allocOf(b)]).toBe(1);
  expect(frames[0].alloc(0)).toBe(b);
  expect(frames[0].alloc(0)).toBe(a);
});

it('takes every free frame once, from the lists of others too, and says when there is none', () => {
  const { frames, free } = threads(4);
  const taken = new Set(Array.from({ length: free }, () => frames[1].alloc(0)));
  expect(taken.size).toBe(free);
  expect(taken.has(-1)).toBe(false);
  expect(frames[1].alloc(0)).toBe(-1);
  const [one] = taken;
  frames[3].free(one);
  expect(frames[1].alloc(0)).toBe(one);
  expect(frames[0].alloc(0)).toBe(-1);
});
