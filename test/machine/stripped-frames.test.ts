import { describe, expect, it } from 'vitest';
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
  disable: (cpu: number) => void;
  enable: (cpu: number) => void;
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
  const flags = Array<boolean>(cpus).fill(true);
  const enablings = Array<number>(cpus).fill(0);
  const interrupts = {
    interruptsOn: (cpu: number) => flags[cpu],
    enablings: (cpu: number) => enablings[cpu],
  };
  const machine = { mem, locked, layout, ghost: { allocOf, ownerOf }, program, ...interrupts };
  const frames = Array.from({ length: cpus }, (_, id) => new Frames({ ...machine, id } as never));
  const disable = (cpu: number): void => {
    flags[cpu] = false;
  };
  const enable = (cpu: number): void => {
    flags[cpu] = true;
    enablings[cpu]++;
  };
  return { frames, free, mem, allocOf, disable, enable };
}

/** All frames are CPU 0's, but for one: CPU 1 freed it while CPU 3 had interrupts off, and sleeps. */
function withOneThatWaits(): ReturnType<typeof threads> & { one: number } {
  const machine = threads(4);
  const taken = Array.from({ length: machine.free }, () => machine.frames[0].alloc(0));
  machine.disable(3);
  machine.frames[1].freeAfterGracePeriod(taken[0]);
  return { ...machine, one: taken[0] };
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

describe('a frame that waits for a grace period with a CPU that sleeps', () => {
  it('is handed out to one that finds no other, once, and not before its time', () => {
    const { frames, one, mem, allocOf, enable } = withOneThatWaits();
    expect(frames[2].alloc(0)).toBe(-1);
    enable(3);
    expect(frames[2].alloc(0)).toBe(one);
    expect(mem[allocOf(one)]).toBe(1);
    frames[1].poll();
    expect(frames[0].alloc(0)).toBe(-1);
    expect(mem[allocOf(one)]).toBe(1);
  });

  it('waits anew with the one that adopts it', () => {
    const { frames, one, disable, enable } = withOneThatWaits();
    disable(0);
    enable(3);
    expect(frames[2].alloc(0)).toBe(-1);
    disable(3);
    expect(frames[2].alloc(0)).toBe(-1);
    enable(0);
    expect(frames[2].alloc(0)).toBe(one);
  });

  it('is not released by what the CPU that freed it remembers, when it waits once more', () => {
    const { frames, one, disable, enable } = withOneThatWaits();
    enable(3);
    expect(frames[2].alloc(0)).toBe(one);
    disable(3);
    frames[2].freeAfterGracePeriod(one);
    frames[1].poll();
    expect(frames[1].alloc(0)).toBe(-1);
    enable(3);
    expect(frames[1].alloc(0)).toBe(one);
    frames[2].poll();
    expect(frames[0].alloc(0)).toBe(-1);
  });

  it('waits on, for anybody, where the one that adopted it finds another', () => {
    const { frames, one, enable } = withOneThatWaits();
    expect(frames[2].alloc(0)).toBe(-1);
    const other = one === 0 ? 1 : 0;
    frames[0].free(other);
    expect(frames[2].alloc(0)).toBe(other);
    enable(3);
    expect(frames[0].alloc(0)).toBe(one);
    expect(frames[1].alloc(0)).toBe(-1);
    expect(frames[2].alloc(0)).toBe(-1);
  });

  it('is left to others by one that has interrupts off', () => {
    const { frames, one, disable, enable } = withOneThatWaits();
    disable(2);
    expect(frames[2].alloc(0)).toBe(-1);
    enable(3);
    frames[1].poll();
    expect(frames[2].alloc(0)).toBe(one);
  });
});
