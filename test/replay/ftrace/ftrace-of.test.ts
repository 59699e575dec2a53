import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFile } from '../../../src/check/check-recording.js';
import { drive } from '../../../src/drive/drive.js';
import { RecordedDecider } from '../../../src/drive/recorded.js';
import { decodeSchedule } from '../../../src/drive/schedule.js';
import { environmentOf } from '../../../src/explore/batch.js';
import { Executor } from '../../../src/explore/executor.js';
import { hex } from '../../../src/explore/hex.js';
import { Random } from '../../../src/explore/random.js';
import { findStrategy } from '../../../src/explore/strategies/index.js';
import { catalogue, type Finding, hunt } from '../../../src/index.js';
import { Machine } from '../../../src/machine/machine.js';
import { ftraceOf, probedProgram } from '../../../src/replay/ftrace/ftrace-of.js';
import { FtraceProbes } from '../../../src/replay/ftrace/probes.js';
import { HEADER } from '../../../src/trace/event-text.js';
import { parseTrace } from '../../../src/trace/parse.js';
import { findVariant } from '../../../src/variants/index.js';
import type { Variant } from '../../../src/variants/variant.js';
import type { KernelFinding } from '../../../src/vocabulary/finding.js';
import type { Scenario } from '../../../src/vocabulary/scenario.js';

const directory = mkdtempSync(join(tmpdir(), 'shootdown-ftrace-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const variantOf = (name: string): Variant => findVariant(name) as Variant;
const scenarioOf = (name: string): Scenario => catalogue.find((one) => one.name === name) as Scenario;

/** What our own check says of lines. */
function checked(lines: readonly string[], version: Variant) {
  const file = join(directory, 'x.trace');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return checkFile(file, version);
}

/** The lines of a random execution, on as many slots as the kernel has. */
function executed(variant: Variant, scenario: Scenario): string[] {
  const probes = new FtraceProbes(variant.backend.name !== 'native');
  const sized = { ...scenario, slots: 6 };
  const program = probedProgram(variant, sized, probes);
  const machine = new Machine(program, 'tso');
  probes.watch(machine);
  const executor = new Executor(machine, environmentOf({ variant: variant.name, scenario: sized }, program));
  executor.run(findStrategy('random')!.create(), new Random(), 500);
  return [...HEADER, ...probes.lines];
}

let finding: KernelFinding;
beforeAll(async () => {
  const scenarios = [scenarioOf('ping-pong-mprotect')];
  finding = (await hunt({ variant: 'b1', scenarios, executions: 60 })).finding as KernelFinding;
}, 60_000);

describe('a simulated execution as a recording', () => {
  it.each([
    ['6.12', 'ping-pong-munmap'],
    ['6.18', 'lazy-return'],
    ['6.18', 'three-mms-two-slots'],
    ['6.18', 'fork-cow'],
    ['6.1.192', 'concurrent-dontneed'],
    // A generation is counted, between a switch's line and its CR3 write, in the very line that tells of it.
    ['6.12', 'deep-idle'],
    // A flush of what is not loaded leaves the mask between a request's line and what it counts.
    ['6.18', 'full-against-partial'],
    // A switch whose line says one generation reads the next, and two flushes later nothing is left to do.
    ['6.1.192', 'lazy-two-flushers'],
    ['kvm', 'ping-pong-mprotect'],
  ])('of %s in %s is decided as our own check decides', (variant, scenario) => {
    const report = checked(executed(variantOf(variant), scenarioOf(scenario)), variantOf(variant));
    expect(report.disagreements).toEqual([]);
    expect(report.agreed).toBeGreaterThan(20);
    expect(report.notCompared).toEqual([]);
  });

  it('is another one where a line is', () => {
    const version = variantOf('6.18');
    const lines = executed(version, scenarioOf('lazy-return'));
    const wrong = lines.map((line) => line.replace(/(should_flush_ret: .* ret=)1/, '$10'));
    expect(wrong).not.toEqual(lines);
    expect(checked(wrong, version).disagreed).toBeGreaterThan(0);
  });

  it('of a finding shows its decisions, and adds no step to it', () => {
    const lines = ftraceOf(finding);
    const { raced, disagreed } = checked(lines, variantOf('b1'));
    // What the store buffer hides, a check can only take for another order.
    expect({ isRaced: raced > 0, disagreed }).toEqual({ isRaced: true, disagreed: 0 });
    const { events } = parseTrace(`${lines.join('\n')}\n`, 'x.trace');
    expect(events.some((event) => event.kind === 'should_flush_ret' && !event.ret)).toBe(true);
    const probes = new FtraceProbes(false);
    const machine = new Machine(probedProgram(variantOf('b1'), finding.scenario, probes), finding.memory);
    probes.watch(machine);
    drive(machine, new RecordedDecider(machine, decodeSchedule(finding.schedule)));
    expect(hex(machine.hash)).toBe(finding.traceHash);
  });

  it('says what names of a stranger are, on their own line', () => {
    const named = { ...finding, scenario: { ...finding.scenario, name: 'a\n::error::b' } };
    expect(ftraceOf(named)[0]).toBe('# "b1" in "a\\n::error::b", simulated; times are steps');
    expect(ftraceOf(named)[1]).toMatch(/^# \d ASID slots, where the kernel has 6/);
  });

  it('is refused where nothing stands for its probes', () => {
    expect(() => ftraceOf({ variant: 'hyperv', scenario: {} } as Finding)).toThrow(
      '--format ftrace: nothing here stands for the probes of the backend hyperv',
    );
    expect(() => ftraceOf({ program: 'p' } as Finding)).toThrow('the finding is of a plain program');
  });
});
