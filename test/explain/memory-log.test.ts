import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { decodeSchedule } from '../../src/drive/schedule.js';
import { KernelTeller } from '../../src/explain/kernel-teller.js';
import { MemoryLog } from '../../src/explain/memory-log.js';
import { Recorder } from '../../src/explain/recorder.js';
import type { KernelProgram } from '../../src/kernel/kernel-program.js';
import { Machine } from '../../src/machine/machine.js';
import { plainProgram } from '../../src/programs/plain-program.js';
import { programOf } from '../../src/programs/subject.js';
import { followRecorded } from '../../src/replay/follow-recorded.js';
import { replayProgram } from '../../src/replay/replay-finding.js';
import type { Finding } from '../../src/vocabulary/finding.js';
import { recordRun } from '../replay/record-run.js';

/** What is told of memory is what was in it. */

const WITNESSES = fileURLToPath(new URL('../../data/witnesses', import.meta.url));
const findingIn = (file: string): Finding => JSON.parse(readFileSync(join(WITNESSES, file), 'utf8'));

const noSite = () => ({ functions: [], place: null });

/** Values of all told words after the last step: as told, and as the machine has them. */
function endOf(finding: Finding): { told: string[]; machine: string[]; accesses: number; steps: number } {
  const { program } = programOf(finding, NO_MODULES);
  const machine = new Machine(program, finding.memory);
  const teller = new KernelTeller(machine, (program as KernelProgram).config, noSite);
  machine.observer = teller.log;
  const log = new MemoryLog(machine, teller.names);
  const { steps } = followRecorded(machine, decodeSchedule(finding.schedule), teller.log, () => {
    const recorder = new Recorder(machine, teller.log, null);
    return {
      steps: recorder.steps,
      before(agent: number): void {
        // The start state is in memory from the first step on.
        if (recorder.steps.length === 0) log.begin();
        recorder.before(agent);
      },
      after: (agent: number) => recorder.after(agent),
    };
  });
  const { words, accesses } = log.told(steps);
  const values = words.map(({ start }) => start);
  for (const { writes } of accesses) for (const { word, value } of writes) values[word] = value;
  const { layout } = program;
  const now = new Map<string, string>();
  for (let address = 0; address < layout.size; address++) {
    const { cpu, name } = layout.ownerOf(address) ?? { cpu: null, name: layout.nameOf(address) };
    now.set(`${cpu} ${name}`, teller.names.value(address, machine.mem[address]));
  }
  const machines = words.map(({ cpu, name }) => now.get(`${cpu} ${name}`) ?? 'no such word');
  return { told: values, machine: machines, accesses: accesses.length, steps: steps.length };
}

describe('memory as it is told', () => {
  it.each(readdirSync(WITNESSES).slice(0, 12))('%s ends with what the machine holds', (file) => {
    const { told, machine, accesses, steps } = endOf(findingIn(file));
    expect(told.length).toBeGreaterThan(20);
    expect(told).toEqual(machine);
    expect(accesses).toBe(steps);
  });

  it('has the word that a step loads from, and what it makes reach memory', () => {
    const program = plainProgram({
      name: 'words',
      words: { x: 7, y: 0 },
      cpus: [
        function* only(cpu, at) {
          yield* cpu.readOnce(at.x);
          yield* cpu.writeOnce(at.y, 3);
          yield* cpu.xchg(at.x, 9);
        },
      ],
      final: () => false,
    });
    const { memory } = replayProgram(program, recordRun(program, ['0*3'], 'tso'));
    const x = memory.words.findIndex(({ name }) => name === 'x');
    const y = memory.words.findIndex(({ name }) => name === 'y');
    expect([memory.words[x], memory.words[y]]).toEqual([
      { name: 'x', cpu: null, start: '7' },
      { name: 'y', cpu: null, start: '0' },
    ]);
    expect(memory.accesses.slice(0, 3)).toEqual([
      { read: x, writes: [] },
      { read: null, writes: [] },
      {
        read: x,
        writes: [
          { word: y, value: '3' },
          { word: x, value: '9' },
        ],
      },
    ]);
  });
});
