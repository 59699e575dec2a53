/**
 * Findings that keep to the schema and lie: other variants, schedules, scenarios and claims. Only the engine
 * can tell.
 */

import type { KernelFinding, ProgramFinding } from '../../../src/vocabulary/finding.js';
import type { Scenario, ScriptStep } from '../../../src/vocabulary/scenario.js';
import type { Random } from './mutate-bytes.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const VARIANTS = [
  'b1',
  'b2',
  'b3',
  'b4',
  'b6',
  'b27',
  '6.18',
  '5.10',
  '6.12-stable',
  'kvm/v5',
  'kvm/v12',
  'hypercall/v17',
  'hypercall/v0',
];
const AGENTS = ['', 'b', 'i', 'w', 'h', 'r', 'p'];

export function mutateFinding(finding: KernelFinding, random: Random): KernelFinding {
  let mutant: Writable<KernelFinding> = structuredClone(finding);
  for (let changes = 1 + random(3); changes > 0; changes--) mutant = lie(mutant, random);
  return mutant;
}

function lie(finding: Writable<KernelFinding>, random: Random): Writable<KernelFinding> {
  const at = random(finding.schedule.length);
  const cpu = random(finding.scenario.cpus);
  switch (random(12)) {
    case 0:
      return { ...finding, variant: VARIANTS[random(VARIANTS.length)] ?? 'b1' };
    case 1:
      return { ...finding, memory: finding.memory === 'tso' ? 'sc' : 'tso' };
    case 2:
      return {
        ...finding,
        traceHash: random(2 ** 31)
          .toString(16)
          .padStart(8, '0'),
      };
    case 3: {
      const step = random(2) === 0 ? finding.violation.step + random(3) - 1 : random(5_000_000);
      return { ...finding, violation: { ...finding.violation, step: Math.max(0, step) } };
    }
    case 4: {
      const classes = [
        'stale-use',
        'cross-mm',
        'freed-table-walk',
        'deadlock',
        'livelock',
        'csd-reuse',
        'assertion',
        'gen-ahead',
      ] as const;
      return {
        ...finding,
        violation: { ...finding.violation, class: classes[random(classes.length)] ?? 'stale-use', cpu },
      };
    }
    case 5: // Decisions gone, doubled, or anew.
      return { ...finding, schedule: finding.schedule.toSpliced(at, random(4)) };
    case 6:
      return {
        ...finding,
        schedule: finding.schedule.toSpliced(at, 0, finding.schedule[random(finding.schedule.length)] ?? '0'),
      };
    case 7: {
      const entry =
        random(5) === 0
          ? `=${random(1_000)}`
          : `${cpu}${AGENTS[random(AGENTS.length)]}${random(2) === 0 ? '' : `*${1 + random(40)}`}`;
      return { ...finding, schedule: finding.schedule.toSpliced(at, random(2), entry) };
    }
    case 8: {
      // The end open: a schedule that goes on, now and then for as long as the format allows.
      const times = random(10) === 0 ? 4_000_000 : 40_000;
      return {
        ...finding,
        schedule: [...finding.schedule.slice(0, at), `${cpu}${AGENTS[random(AGENTS.length)]}*${times}`],
      };
    }
    case 9:
      return { ...finding, steps: random(5_000_000), execution: random(2 ** 30), seed: random(2 ** 30) };
    default:
      return { ...finding, scenario: otherScenario(finding.scenario, random) };
  }
}

/** Lies about a program's run and its module. */
export function mutateRun(finding: ProgramFinding, random: Random): ProgramFinding {
  const at = random(finding.schedule.length);
  const [module] = finding.modules;
  switch (random(8)) {
    case 0:
      return { ...finding, program: ['ticket-lock', 'no-such-program', finding.program][random(3)] ?? 'p' };
    case 1:
      return { ...finding, modules: [{ ...module, sha256: '0'.repeat(64) }] };
    case 2:
      return {
        ...finding,
        modules: [
          {
            ...module,
            file: ['../../etc/passwd', '/dev/null', 'package.json', 'src/index.ts', ''][random(5)] ?? 'x',
          },
        ],
      };
    case 3:
      return { ...finding, modules: random(2) === 0 ? [] : [module, module] };
    case 4:
      return { ...finding, cpus: 1 + random(256) };
    case 5:
      return { ...finding, schedule: finding.schedule.toSpliced(at, random(4)) };
    case 6:
      return {
        ...finding,
        memory: 'sc',
        schedule: [...finding.schedule.slice(0, at), `${random(3)}*4000000`],
      };
    default:
      return { ...finding, violation: { ...finding.violation, class: 'deadlock', step: random(5_000) } };
  }
}

function otherScenario(scenario: Scenario, random: Random): Scenario {
  const cpu = random(scenario.cpus);
  const script = scenario.scripts[cpu] ?? [];
  const at = random(script.length + 1);
  switch (random(9)) {
    case 0: {
      const cpus = Math.min(256, scenario.cpus + (random(4) === 0 ? 250 : random(4)));
      const scripts = [...scenario.scripts, ...Array.from({ length: cpus - scenario.cpus }, () => script)];
      return { ...scenario, cpus, scripts };
    }
    case 1:
      return { ...scenario, pages: random(3) === 0 ? 64 : Math.min(64, scenario.pages + random(5)) };
    case 2: {
      const more = random(4) === 0 ? 256 - scenario.mms.length : random(3);
      return {
        ...scenario,
        mms: [...scenario.mms, ...Array.from({ length: more }, () => ({ alive: random(3) > 0 }))],
      };
    }
    case 3:
      return {
        ...scenario,
        slots: Math.max(scenario.slots, 1 + random(6)),
        pcid: random(2) === 0,
        lazy: random(2) === 0,
      };
    case 4:
      return { ...scenario, walks: random(10_001), preemptions: random(10_001) };
    case 5: {
      const mms = scenario.mms.map((mm) => ({
        ...mm,
        alive: random(4) > 0,
        tlbGen: random(3) === 0 ? 2 ** 30 : random(5),
      }));
      return { ...scenario, mms };
    }
    case 6: {
      const start = Array.from({ length: scenario.cpus }, () => ({
        loadedMm: random(scenario.mms.length),
        lazy: random(2) === 0,
        loadedMmAsid: random(scenario.slots),
        nextAsid: random(7),
      }));
      return { ...scenario, start };
    }
    case 7: {
      const long = Array.from({ length: random(8) === 0 ? 5_000 : random(6) }, () =>
        scriptStep(scenario, random),
      );
      return { ...scenario, scripts: scenario.scripts.with(cpu, script.toSpliced(at, 0, ...long)) };
    }
    default:
      return {
        ...scenario,
        scripts: scenario.scripts.with(cpu, script.toSpliced(at, 1, scriptStep(scenario, random))),
      };
  }
}

function scriptStep(scenario: Scenario, random: Random): ScriptStep {
  const start = random(scenario.pages);
  const end = start + 1 + random(scenario.pages - start);
  const mm = random(scenario.mms.length);
  const page = random(scenario.pages);
  const write = random(2) === 0;
  const steps: readonly ScriptStep[] = [
    { op: 'run', mm },
    { op: 'kthread' },
    { op: 'idle', deep: write },
    { op: 'access', page, write },
    { op: 'mmap', start, end, write },
    { op: 'munmap', start, end, nominalPages: 1 + random(2 ** 30) },
    { op: 'mprotect', start, end, write },
    { op: 'madvise', start, end },
    { op: 'fork', child: mm },
    { op: 'exit' },
    { op: 'reclaim', mm, page },
  ];
  return steps[random(steps.length)] ?? { op: 'exit' };
}
