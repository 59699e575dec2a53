import { fileURLToPath } from 'node:url';

/**
 * Every command line of README.md and of docs/, and how `readme.test.ts` executes it. What costs minutes is
 * reduced, and by what is said here; the rest is run as it stands, in a directory that has copies of
 * `examples`, the carried recording as `my.trace.gz`, an empty `known.json`, and the findings of earlier
 * commands.
 */

/** It imports the sources beside it. */
const RUN_TOKEN = fileURLToPath(new URL('../../examples/run-token.ts', import.meta.url));

export type How =
  /** In this process, by the real engine. */
  | {
      readonly by: 'cli';
      /** What is run, where it is not the line itself. */
      readonly argv?: string;
      /** What is run before it. */
      readonly after?: readonly string[];
      /** Exit codes that are right. */
      readonly exit: readonly number[];
      /** Executions of each hunt at most (default 60). */
      readonly executions?: number;
      /**
       * Executions of each row of a study; then its counts are taken in full too (default 1, and counts over
       * 1 per scenario).
       */
      readonly perRow?: number;
      /** Standard output has to match. */
      readonly prints?: RegExp;
    }
  /** By a test that runs the same command with other amounts. */
  | { readonly by: 'another test'; readonly test: string; readonly of: string }
  /** By a check of its own in readme.test.ts. */
  | {
      readonly by:
        | 'npm ci'
        | 'npm start'
        | 'npm test'
        | 'npm run'
        | 'npm run site'
        | 'npm pack'
        | 'npm install'
        | 'npx';
    };

const cli = (
  exit: number | readonly number[],
  more: Omit<Extract<How, { by: 'cli' }>, 'by' | 'exit'> = {},
): How => ({
  by: 'cli',
  exit: typeof exit === 'number' ? [exit] : exit,
  ...more,
});

const VERIFIED_PART =
  'verify --variant 6.18 --scenario dontneed-read --shard 2/2 --reporter blob --reporter-file parts/2.json';

const inTest = (test: string, of: string): How => ({ by: 'another test', test: `test/${test}.test.ts`, of });

/** The finding that `shootdown hunt --variant b1` writes: README says `findings/b1--....json` for it. */
export const B1_PLACEHOLDER = 'findings/b1--....json';

/**
 * Where no more is said, rows of studies are hunted for 1 execution each, and counted over 1 per scenario.
 */
export const COMMANDS: Readonly<Record<string, How>> = {
  // The lock file has to be what `npm ci` wants; the tests run in what it installed.
  'npm ci': { by: 'npm ci' },
  'npm ci --ignore-scripts': { by: 'npm ci' },
  // The script's command line, in a process of its own, for one row.
  'npm start': { by: 'npm start' },
  // This test is run by it.
  'npm test': { by: 'npm test' },
  // The script's command line, in a process of its own, with ARGS = list strategies.
  'npm run -s shootdown -- ARGS': { by: 'npm run' },
  // Without the build, and without writing the tarball. All of it, with an installation:
  // scripts/check-package.ts.
  'npm run site': { by: 'npm run site' },
  'npm pack': { by: 'npm pack' },
  // What packing runs first.
  'npm run build': { by: 'npm pack' },
  'npm install ./shootdown-0.1.0.tgz': { by: 'npm install' },
  'npx shootdown': { by: 'npx' },

  'shootdown study remote-tlb-gen': cli(0, {
    argv: 'study remote-tlb-gen --variant hypercall/v4,kvm/v4',
    prints: /^kvm: /m,
  }),
  'shootdown study remote-tlb-gen --budget 10m': cli(0, {
    argv: 'study remote-tlb-gen --budget 10m --variant hypercall/v12',
    prints: /^v12 +none/m,
  }),
  'shootdown explore': cli(0, { prints: /shootdown-explore\.html/ }),
  'shootdown explore --variant 6.14 --output try.html': cli(0, { prints: /^try\.html$/m }),
  'shootdown hunt examples/seqlock.ts --watch': inTest('cli/watch/again', "'--watch'"),
  'shootdown source check ~/linux': inTest('csource/command-line', "['source', 'check', TREE]"),
  'shootdown hunt --kernel-source ~/linux': inTest('csource/command-line', "'hunt', '--kernel-source', TREE"),
  'shootdown hunt --kernel-source ~/linux --c-files tlb.c,smp.c': inTest(
    'csource/smp',
    "'hunt', '--kernel-source', root, ...HUNT",
  ),
  'shootdown hunt --kernel-source ~/linux --c-opt 2': inTest(
    'csource/optimised',
    "'hunt', '--kernel-source', LAST_FLUSH, '--c-opt', '2'",
  ),
  'shootdown stress --kernel-source ~/linux --cpus 8': inTest(
    'csource/command-line',
    "'stress', '--kernel-source', root",
  ),
  'shootdown verify --kernel-source ~/linux --budget 30s': inTest('csource/verify', "'--kernel-source',"),
  'shootdown trace check --kernel-source ~/linux my.trace.gz': inTest('check/c-text', "'--kernel-source',"),
  'shootdown source compare ~/linux --c-files tlb.c,smp.c': inTest(
    'csource/smp',
    "'source', 'compare', root, ...FILES",
  ),
  'shootdown source compare ~/linux --c-opt 2': inTest(
    'csource/optimised',
    "'source', 'compare', LAST_FLUSH, '--c-opt', '2'",
  ),
  'shootdown source compare ~/linux': inTest('csource/command-line', "'source', 'compare', root"),
  'shootdown compare --kernel-source ~/linux --against HEAD~1': inTest(
    'csource/command-line',
    "'--against',",
  ),
  'shootdown verify examples/debates/kernel-cr3-loaded.ts': inTest('examples/debates', 'kernel-cr3-loaded'),
  'shootdown verify examples/debates/csd-lock.ts': inTest('examples/debates', 'csd-lock'),
  'shootdown hunt examples/papers/early-ack.ts': inTest('examples/papers', 'early-ack.ts'),
  'shootdown hunt examples/papers/flush-on-return.ts': inTest('examples/papers', 'flush-on-return.ts'),
  'shootdown hunt examples/papers/luf.ts': inTest('examples/papers', 'luf.ts'),
  'shootdown hunt examples/papers/latr.ts': inTest('examples/papers', 'latr.ts'),
  'shootdown verify examples/ticket-lock.ts': cli(1, {
    prints: /^ticket-lock: no violation in any execution/m,
  }),
  'shootdown verify examples/seqlock.ts --program seqlock --memory sc --memory-limit 1g --budget 60s --json':
    cli(0, {
      prints: /"complete": true/,
    }),
  'shootdown verify --variant 6.18 --scenario dontneed-read': cli(0, {
    prints: /no violation in any execution/,
  }),
  'shootdown verify --variant b27 --scenario preempted-read --json': cli(1, {
    prints: /"violation": "stale-use"/,
  }),
  'shootdown verify --variant 6.18 --scenario two-dontneed --budget 30s': cli(0, {
    argv: 'verify --variant 6.18 --scenario two-dontneed --budget 4s',
    prints: /no violation/,
  }),
  'shootdown verify --variant 6.18 --scenario two-dontneed --state searches': cli(0, {
    argv: 'verify --variant 6.18 --scenario dontneed-read --state searches',
  }),
  'shootdown verify --variant 6.18 --scenario two-dontneed --state searches --resume': cli(0, {
    argv: 'verify --variant 6.18 --scenario dontneed-read --state searches-again --resume',
    after: ['verify --variant 6.18 --scenario dontneed-read --state searches-again'],
  }),
  'shootdown verify --variant 6.18 --scenario dontneed-read --preemptions-of-cpus 2': cli(0),
  'shootdown verify lock.ts --shard 2/8 --reporter blob --reporter-file parts/2.json': cli(0, {
    argv: VERIFIED_PART,
    prints: /shard 2\/2, from its 32 of 64 states after 44 steps:\s+no violation in any execution/,
  }),
  'shootdown merge parts': cli(3, {
    after: [VERIFIED_PART],
    prints: /^6\.18 in dontneed-read: not decided, shard 1 is missing/m,
  }),
  // For half a second; test/programs proves it whole.
  'shootdown verify examples/run-token.ts': cli([0, 1], { argv: `verify ${RUN_TOKEN} --budget 500ms` }),
  'shootdown study remote-tlb-gen --exhaustive': cli(0, {
    argv: 'study remote-tlb-gen --exhaustive --variant kvm/v5 --scenario preempted-read,preempted-whole',
    prints: /^v5 +stale-use, \d+ steps/m,
  }),
  'shootdown study remote-tlb-gen --exhaustive --variant kvm/v7 --budget 1m': cli(0, {
    argv: 'study remote-tlb-gen --exhaustive --variant kvm/v7 --scenario preempted-read --budget 1m',
    prints: /^v7 +none +1 of 1/m,
  }),
  'shootdown verify --variant 6.18 --scenario switch-back --reduce': cli(0, {
    prints: /steps of a CPU's own at\s+once/,
  }),
  'shootdown list scenarios --verify': cli(0, { prints: /^dontneed-read /m }),
  'shootdown list functions': cli(0, { prints: /flush_tlb_func/ }),
  'shootdown list operations': cli(0, { prints: /invlpg/i }),
  'shootdown hunt --variant xen': cli(0, { prints: /\bnone in \d+ executions/ }),
  'shootdown hunt --variant hyperv': cli(0, { prints: /\bnone in \d+ executions/ }),
  'shootdown hunt --variant rar': cli(0, { prints: /\bnone in \d+ executions/ }),
  'shootdown hunt --variant invlpgb --scenario global-idle': cli(0, {
    executions: 60,
    prints: /known: idle-not-lazy/,
  }),
  'shootdown hunt --variant invlpgb+lazyBeforeGlobalAsid --scenario global-idle': cli(0, {
    executions: 60,
    prints: /\bnone in 60 executions/,
  }),
  'shootdown hunt --variant invlpgb': cli(0, { prints: /\bnone in \d+ executions/ }),
  'shootdown litmus examples/SB.litmus': cli(0, { prints: /^States 4$/m }),
  'shootdown litmus examples/SB.litmus --on-threads': cli(0, {
    argv: 'litmus examples/SB.litmus --on-threads --for 20ms',
    prints: /^On threads [\d,]+ tries$/m,
  }),
  'shootdown litmus examples --memory sc --json': cli(0, { prints: /"verdict": "No"/ }),
  'shootdown study': cli(0, { prints: /^remote-tlb-gen +176 /m }),
  // The witness of 6.15-rc6 is found in execution 310; 6.17.5 is hunted for 400, not 20,000.
  'shootdown demo': cli(0, { executions: 400, prints: /^6\.15-rc6 +stale-use/m }),
  'shootdown hunt examples/my-variant.ts': cli(1, { executions: 800, prints: /^caught-up +stale-use/m }),
  'shootdown hunt examples/my-features.ts': inTest('examples/examples', 'my-features.ts'),
  'shootdown hunt examples/my-features.ts --variant quiet~quietWhenSwitching --allow-no-effect': cli(0, {
    executions: 200,
    prints: /what\s+quietWhenSwitching does otherwise the rest undoes/,
  }),
  'shootdown study remote-tlb-gen examples/my-rule.ts': cli(0, {
    perRow: 300,
    prints: /^my-rule +none/m,
  }),
  'shootdown hunt examples/my-scenario.ts --variant b1,b3,6.18': inTest(
    'examples/examples',
    'my-scenario.ts',
  ),
  'shootdown hunt --variant 6.12 --scenario exit-while-lazy': cli(0, {
    executions: 600,
    prints: /known: left-mask-before-cr3/,
  }),
  'shootdown hunt --variant 6.18 --budget 20m --shard 2/8 --reporter blob --reporter-file blobs/2.json':
    cli(0),
  'shootdown init': cli([0, 2]),
  // b1 is found in execution 117.
  'shootdown run': cli(1, {
    argv: 'run --config examples/config/shootdown.config.ts --no-type-check --executions 60',
    prints: /^mainline \(6\.18\): clean, as expected$/m,
  }),
  'shootdown run --project mainline --mode batch': cli(0, {
    argv:
      'run --config examples/config/shootdown.config.ts --no-type-check --project mainline --mode batch ' +
      '--executions 60',
    prints: /^mainline \(6\.18\): clean, as expected$/m,
  }),
  // One shard of eight, which is no whole hunt.
  'shootdown merge blobs': cli(3, { prints: /^6\.18: shards 1, 3, 4, 5, 6, 7, 8 are missing/m }),
  'shootdown merge lazy': inTest('cli/merge-study', "['merge', ...files"),
  'shootdown study lazy --seed 2 --reporter blob --reporter-file lazy/2.json': cli(0, {
    argv: 'study lazy --variant kvm/v0 --executions 20 --reporter blob --reporter-file lazy/2.json',
    prints: /^v0 +none/m,
  }),
  'shootdown merge runs': inTest('cli/merge-stress', "['merge', ...files"),
  'shootdown stress --variant 6.18 --for 1h --seed 2 --reporter blob --reporter-file runs/2.json': inTest(
    'cli/stress',
    '--reporter blob',
  ),
  'shootdown merge blobs --reporter junit --reporter-file junit.xml': cli(3, { prints: /^6\.18 +none/m }),
  'shootdown merge blobs --reporter html --report-dir night': cli(3, { prints: /^6\.18 +none/m }),
  'shootdown hunt --variant 6.14 --reporter html': cli([0, 1], { prints: /^6\.14 /m }),
  'shootdown hunt --variant 6.14 --reporter html,junit --reporter-file junit.xml': cli([0, 1]),
  'shootdown verify lock.ts --reporter html': cli(1, {
    argv: 'verify examples/ticket-lock.ts --reporter html',
  }),
  'shootdown study remote-tlb-gen --reporter html': cli(0, {
    argv: 'study remote-tlb-gen --variant hypercall/v4 --reporter html',
    prints: /^v4 /m,
  }),
  'shootdown show --open FILE': cli(0, {
    argv: `show --open ${B1_PLACEHOLDER}`,
    prints: /shootdown-report\/index\.html/,
  }),
  'shootdown show --open findings/b1--....json': cli(0, { prints: /shootdown-report\/index\.html/ }),
  'shootdown show --format perfetto --output b1.pftrace FILE': cli(0, {
    argv: `show --format perfetto --output b1.pftrace ${B1_PLACEHOLDER}`,
    prints: /^b1\.pftrace$/m,
  }),
  'shootdown show --format ftrace FILE > simulated.trace': cli(0, {
    argv: `show --format ftrace ${B1_PLACEHOLDER}`,
    prints: /should_flush_ret: /,
  }),
  'shootdown list findings': cli(0, { prints: /^left-mask-before-cr3/m }),
  'shootdown hunt examples/my-backend.ts': inTest('examples/examples', 'my-backend.ts'),
  'shootdown hunt examples/my-host.ts --variant host-forgets-move --scenario ping-pong-munmap': inTest(
    'examples/examples',
    'my-host.ts',
  ),
  'shootdown hunt examples/my-rule-optimistic.ts --scenario five-mms-two-slots': inTest(
    'examples/examples',
    'my-rule-optimistic.ts',
  ),
  'shootdown hunt examples/seqlock.ts --memory sc': cli(1, {
    executions: 300,
    prints: /^seqlock-missing-fence +none/m,
  }),
  // For half a second; whether threads meet the bug in it is theirs.
  'shootdown stress examples/my-variant.ts --for 10s': cli([0, 1], {
    argv: 'stress examples/my-variant.ts --for 500ms --scenario far-generations --no-witness',
  }),
  // Likewise.
  'shootdown stress examples/treiber-stack.ts --program treiber-stack-aba --for 10s': cli([0, 1], {
    argv: 'stress examples/treiber-stack.ts --program treiber-stack-aba --for 500ms --no-witness',
  }),

  'shootdown hunt --variant b1': cli(1, { executions: 300, prints: /^b1 +stale-use/m }),
  'shootdown hunt --variant cve-2025-37964 --json': cli(1, { executions: 200, prints: /^\{/ }),
  // 60 executions, not 60 s.
  'shootdown hunt --variant 6.12-stable+switchingBeforeGen --budget 60s': cli(0),
  'shootdown hunt --variant 6.18 --scenario trace:my.trace.gz --window 4000..4200': cli(0),
  'shootdown hunt --variant 6.18 --baseline known.json --reporter github-actions': cli(0),
  [`shootdown replay ${B1_PLACEHOLDER}`]: cli(1, { prints: /^reproduced/m }),
  [`shootdown replay ${B1_PLACEHOLDER} --on-threads`]: cli(1, { prints: /^in lockstep on 2 threads/m }),
  // No terminal here: it prints. Walking through it is tested by test/cli/show.test.ts.
  [`shootdown minimise ${B1_PLACEHOLDER}`]: cli(0, {
    argv: `minimise ${B1_PLACEHOLDER} --executions 300 --states 0`,
    prints: /^ {2}operations +\d+ +to \d+$/m,
  }),
  // Its orderings take long: of one that is not minimised, with fewer executions.
  [`shootdown orderings ${B1_PLACEHOLDER}`]: cli(0, {
    argv: `orderings ${B1_PLACEHOLDER} --executions 1 --states 0`,
    prints: /^stale-use comes of \d+ ordering/m,
  }),
  [`shootdown show ${B1_PLACEHOLDER}`]: cli(0, { prints: /user load/ }),
  'shootdown trace info my.trace.gz': cli(0, { prints: /17588|17,588/ }),
  'shootdown trace check my.trace.gz': cli(0),
  // For one second.
  'shootdown verify --variant rar --scenario rar-page': cli(0, { prints: /no violation in any execution/ }),
  'shootdown stress --variant rar': cli(0, { argv: 'stress --variant rar --cpus 2 --for 1s' }),
  'shootdown stress --variant b3 --cpus 2 --for 10s': cli([0, 1], {
    argv: 'stress --variant b3 --cpus 2 --for 1s --no-witness',
  }),
  'shootdown stress --variant b3 --for 10s --reporter html': cli([0, 1], {
    argv: 'stress --variant b3 --cpus 2 --for 300ms --no-witness --reporter html',
    prints: /^report: /m,
  }),
  'shootdown trace check --reporter html my.trace.gz': cli(0, { prints: /^report: /m }),
  'shootdown man': cli(0, { prints: /^\.SS\nshootdown hunt \[options\]/m }),
  'shootdown completion bash': cli(0, { prints: /complete -o default -F _shootdown shootdown/ }),
  'shootdown doctor': cli(0, { prints: /^verdict/m }),
  // Each of the eight lists.
  'shootdown list variants|rules|backends|scenarios|features|oracles|strategies|assumptions': cli(0, {
    prints: /^NAME/,
  }),
  'shootdown list assumptions': cli(0, { prints: /not modelled|x86-tso/ }),
  'shootdown replay FILE': cli(1, { argv: `replay ${B1_PLACEHOLDER}`, prints: /^reproduced/m }),
  'shootdown show FILE': cli(0, { argv: `show ${B1_PLACEHOLDER}`, prints: /user load/ }),
  'shootdown hunt --variant 6.12+rcuTableFree --scenario exit-while-lazy': cli(0, {
    executions: 300,
    prints: /^6\.12\+rcuTableFree +none/m,
  }),
  // Whether 60 executions find it is not asked: what it finds, and when, stands in docs/kernels.md.
  'shootdown hunt --variant 6.14+filterSwitching --memory sc': cli([0, 1]),
  'shootdown list features': cli(0, { prints: /^NAME/ }),
  'shootdown list oracles': cli(0, { prints: /^stale-use/m }),
  'shootdown list rules': cli(0, { prints: /^v4 /m }),
  'shootdown list variants': cli(0, { prints: /^b1 /m }),
  'shootdown study lazy': cli(0),
  'shootdown study cpumask': cli(0),
  'shootdown study cpumask --count 600 --executions 300': cli(0, {
    argv: 'study cpumask --variant native/mask-never-trimmed --count 20 --executions 20',
  }),
  'shootdown hunt --variant invlpgb/v1': cli([0, 1]),
  'shootdown study partial': cli(0),
  'shootdown study backends': cli(0),
  'shootdown study backends --count 300': cli(0, {
    argv: 'study backends --count 5 --scenario global-switch',
    prints: /^invlpgb /m,
  }),
  'shootdown study NAME': cli(0, { argv: 'study lazy' }),
  'shootdown compare BASE PATCH': cli(0, {
    argv: 'compare kvm/v0 kvm/v7 --scenario two-flushers --executions 13',
    prints: /kvm\/v7/,
  }),
  'shootdown compare A.json B.json': cli([0, 1], {
    after: ['a', 'b'].map(
      (name) => `hunt --variant b3 --scenario two-flushers --json --reporter-file ${name}.json`,
    ),
    argv: 'compare a.json b.json',
    prints: /b3/,
  }),
  'shootdown trace check FILE': cli(0, { argv: 'trace check my.trace.gz' }),
  'shootdown show': cli(0, { argv: `show ${B1_PLACEHOLDER} --deciding`, prints: /decides/ }),
};

/** Several options of README in one command line each. */
const A_STUDY = cli(0, {
  argv:
    'study remote-tlb-gen --budget 10m --variant kvm/v4,kvm/v12 --scenario trace:my.trace.gz ' +
    '--window 4000..4200',
});
const A_HUNT = cli(0, {
  argv:
    'hunt --variant 6.18 --memory sc --shard 2/3 --reporter junit --reporter-file junit.xml ' +
    '--baseline known.json --jobs 1 --seed 2',
});
const AN_UPDATE = cli(0, {
  argv: 'hunt --variant b3 --scenario two-flushers,lazy-return --baseline new.json --update-baseline',
});

/** Options that README names between backquotes, with the command line that they are tried in. */
export const OPTIONS: Readonly<Record<string, How>> = {
  '--budget 10m': A_STUDY,
  '--variant kvm/v4,kvm/v12': A_STUDY,
  '--scenario trace:FILE': A_STUDY,
  '--variant 6.12-stable+switchingBeforeGen': cli(0, {
    argv: 'hunt --variant 6.12-stable+switchingBeforeGen',
  }),
  '--memory sc': A_HUNT,
  '--allow-no-effect': A_HUNT,
  '--jobs': A_HUNT,
  '--reporter junit --reporter-file FILE': A_HUNT,
  '--reporter github-actions': cli(0, {
    argv: 'hunt --variant 6.18 --baseline known.json --reporter github-actions',
  }),
  '--shard I/N': A_HUNT,
  '--baseline FILE': A_HUNT,
  '--update-baseline': AN_UPDATE,
  '--plain': cli(0, { argv: `show ${B1_PLACEHOLDER} --plain`, prints: /user load/ }),
};
