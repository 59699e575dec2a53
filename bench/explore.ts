import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { argumentsOf } from './arguments.js';
import { bundle } from './bundle.js';
import { record } from './harness.js';

/**
 * How fast the explorer is, on one core:
 *
 *     npx tsx bench/explore.ts [--only throughput|peers|bug|scaling] [--seconds 1] [--record]
 *
 * JSON lines on stdout, the same as a table on stderr. Every figure is the median of five runs in one
 * process, after warm-up; a step is a CPU instruction, a drain or a delivery (walker steps are beside it).
 * Rates are per second of CPU time. Exit code 1 if a bar is missed; a busy computer still slows a step down
 * (caches, shared cores), so run it alone.
 */

const { only, seconds, isRecorded } = argumentsOf({ only: 'all', seconds: 1 });

/** Columns of a line that say what was measured. */
const NAMES = 57;
const bundled = await bundle('./explore-main.ts');
const lines: Record<string, unknown>[] = [];
try {
  const child = spawn(process.execPath, [bundled.file, only, String(seconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const done = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    lines.push(JSON.parse(line));
    const described = describe(lines[lines.length - 1]);
    console.error(described);
    const [what, result] = [
      described.slice(0, NAMES).trim(),
      described.slice(NAMES).replace(/ +/g, ' ').trim(),
    ];
    if (isRecorded)
      record({
        what: `explorer: ${what.replace(/ +/g, ' ')}`,
        result,
        command: `npx tsx bench/explore.ts --only ${only}`,
      });
  }
  const code = await done;
  process.exitCode = code !== 0 ? code : lines.every((line) => line.ok !== false) ? 0 : 1;
} finally {
  bundled.dispose();
}

/** `throughput  P3 3x3 sc random   449,000 executions/s ...   bar 250,000: met`. */
function describe(line: Record<string, unknown>): string {
  const number = (value: unknown): string =>
    (value as number).toLocaleString('en-US', { maximumFractionDigits: 2 });
  const what =
    line.program ??
    line.scenario ??
    (line.cpus === undefined ? `${line.from} to ${line.to} CPUs` : `${line.cpus} CPUs`);
  const columns = [
    `${line.bench}`.padEnd(12),
    `${what}`.padEnd(28),
    `${line.memory ?? ''}`.padEnd(4),
    `${line.strategy}`.padEnd(10),
  ];
  if (line.executionsPerSecond !== undefined) {
    columns.push(
      `${number(line.executionsPerSecond)} executions/s`.padStart(24),
      `${number(line.stepsPerSecond)} steps/s`.padStart(20),
      `${number(line.nsPerStep)} ns/step`.padStart(16),
      `${number(line.stepsPerExecution)} steps`.padStart(14),
      `${number(line.walkerStepsPerExecution)} walker steps each`.padStart(24),
      `${number((line.cpuShare as number) * 100)} % of a core`.padStart(18),
    );
  }
  if (line.meanExecutions !== undefined)
    columns.push(
      `${number(line.meanExecutions)} executions to the bug (mean of 30 seeds, most ` +
        `${number(line.maxExecutions)})`,
    );
  if (line.ratio !== undefined) columns.push(`a step costs ${number(line.ratio)} times as much`);
  if (typeof line.bar === 'number')
    columns.push(`  bar ${number(line.bar)}: ${line.ok === true ? 'met' : 'MISSED'}`);
  return columns.join(' ');
}
