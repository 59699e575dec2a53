import type { TraceStep } from '../../src/explain/trace-step.js';
import { plainProgram } from '../../src/programs/plain-program.js';
import { replayProgram } from '../../src/replay/replay-finding.js';
import type { PageDocument } from '../../src/report/page/document.js';
import { reportPage, type ShownWitness } from '../../src/report/page/results.js';
import type { Execution } from '../../src/report/reporters/hunt-report.js';
import { sampleFinding } from '../findings/sample.js';
import { recordRun } from '../replay/record-run.js';

/** Executions to look at: real ones, since a page is of those. */

/** Two CPUs that store and load `rounds` times each. */
function program(rounds: number) {
  return plainProgram({
    name: 'long',
    words: { x: 0, y: 0, late: 0 },
    cpus: [
      function* writer(cpu, at) {
        for (let i = 1; i <= rounds; i++) {
          yield* cpu.writeOnce(at.x, i);
          yield* cpu.smpMb();
        }
        yield* cpu.writeOnce(at.late, 1);
      },
      function* reader(cpu, at) {
        for (let i = 1; i <= rounds; i++) {
          yield* cpu.readOnce(at.x);
          yield* cpu.xchg(at.y, i);
        }
      },
    ],
    final: () => false,
  });
}

/** An execution of `4 * rounds + 2` steps. */
export function longExecution(rounds: number): Execution {
  const schedule = Array.from({ length: rounds }, () => ['0*2', '1*2']).flat();
  const run = recordRun(program(rounds), [...schedule, '0', '0b'], 'tso');
  const { trace, start, memory, links } = replayProgram(program(rounds), run);
  return { trace: trace.map(withReason), start, memory, links };
}

/** Some of the steps decide. */
function withReason(step: TraceStep): TraceStep {
  return step.step % 40 === 7 ? { ...step, deciding: `step ${step.step} decides`, isCause: true } : step;
}

export function pageOf(execution: Execution | undefined, change: Partial<ShownWitness> = {}): PageDocument {
  const witness = {
    finding: sampleFinding(),
    cause: 'no IPI',
    replay: 'shootdown replay f.json',
    file: null,
  };
  const head = { shootdown: '0.1.0', command: 'show', settings: [], interrupted: false };
  return reportPage(head, [], [{ ...witness, ...(execution && { execution }), ...change }], []).document;
}
