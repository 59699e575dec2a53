import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { cli } from '../cli/run-cli.js';
import { onFullDisk } from '../findings/full-disk.js';
import { askedOnce } from './asked-once.js';
import { folderWithCache } from './own-cache.js';
import { compiling, HAS_CLANG } from './with-clang.js';

vi.mock(import('../../src/csource/clang.js'), async (original) => askedOnce(await original()));

/** C text from the command line, with the real engine: the lab's own small kernel, as it is and broken. */

const folder = folderWithCache('c-text');

const TREE = new URL('fixtures/tree', import.meta.url).pathname;
const TLB_C = 'arch/x86/mm/tlb.c';
const run = (...argv: string[]) => cli(argv, { engine: createEngine() });

/** A copy of the small kernel in which `change` was made of its tlb.c. */
function treeWith(name: string, change: (c: string) => string): string {
  const root = join(folder, name);
  cpSync(TREE, root, { recursive: true });
  const file = join(root, TLB_C);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error('the change is none');
  writeFileSync(file, after);
  return root;
}

/** Several processes' worth of starting up a test, on a machine that may be busy. */
const PATIENCE = { timeout: 240_000 };
const HUNT = ['--executions', '100', '--scenario', 'ping-pong-munmap', '--jobs', '1', '--no-base'];

describe('what is no C text to run', () => {
  it.skipIf(!HAS_CLANG)('is no full disk, which is told in one line', PATIENCE, async (context) => {
    const before = process.env.XDG_CACHE_HOME;
    const could = await onFullDisk(async (disk) => {
      process.env.XDG_CACHE_HOME = join(disk, 'empty');
      for (const argv of [
        ['source', 'check', TREE],
        ['hunt', '--kernel-source', TREE, ...HUNT],
      ]) {
        const { exitCode, stderr } = await run(...argv);
        expect([argv, exitCode]).toEqual([argv, 3]);
        expect(stderr).toMatch(/^shootdown: [^\n]*(?:the disk is full|no room)[^\n]*\n$/);
        expect(stderr).not.toContain('internal');
      }
    });
    process.env.XDG_CACHE_HOME = before;
    if (!could) context.skip('nothing can be mounted here');
  });

  it('is told in one line', async () => {
    const nothing = join(folder, 'nothing');
    mkdirSync(nothing, { recursive: true });
    const piped = join(folder, 'piped');
    cpSync(TREE, piped, { recursive: true });
    rmSync(join(piped, 'arch/x86/mm/tlb.c'));
    execFileSync('mkfifo', [join(piped, 'arch/x86/mm/tlb.c')]);
    for (const [argv, said] of [
      [['hunt', '--kernel-source', join(folder, 'absent')], /absent cannot be read: no such file/],
      [
        ['hunt', '--kernel-source', nothing],
        /nothing has no arch\/x86\/mm\/tlb\.c.*give the root of a Linux tree/,
      ],
      [
        ['hunt', '--kernel-source', TREE, '--clang', '/no/clang'],
        /\/no\/clang cannot be run; install clang and lld/,
      ],
      [['hunt', '--kernel-source', TREE, '--config', 'a-b'], /--config: "a-b" is no option/],
      [['hunt', '--variant', 'b1', '--config', 'DEBUG_VM'], /--config: there is no C text to compile/],
      [['source', 'check', nothing], /^shootdown: [^ ]*nothing has no arch/],
      [['source', 'check', join(folder, 'absent')], /^shootdown: [^ ]*absent cannot be read: no such file/],
      [['source', 'check', '/dev/null'], /^shootdown: \/dev\/null is no directory/],
      [['source', 'check', piped], /tlb\.c is no regular file/],
    ] as const) {
      const { exitCode, stdout, stderr } = await run(...argv);
      expect([argv, exitCode, stdout]).toEqual([argv, 2, '']);
      expect(stderr).toMatch(said);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });
});

describe.skipIf(!HAS_CLANG)(compiling('C text on the command line'), () => {
  it('runs as it stands, and nothing is found in what is right', PATIENCE, async () => {
    const { exitCode, stdout, stderr } = await run('hunt', '--kernel-source', TREE, ...HUNT);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('c/6.12');
    expect(stdout).toMatch(/replaced flushTlbFunc: ran \d+ times/);
  });

  it(
    'is found where it is wrong, told with its lines, and replayed while it is what it was',
    PATIENCE,
    async () => {
      const root = treeWith('no-ipi', (c) => c.replace('return true;', 'return false;'));
      const out = join(folder, 'findings');
      const hunted = await run('hunt', '--kernel-source', root, ...HUNT, '--out', out);
      expect(hunted).toMatchObject({ exitCode: 1, stderr: '' });
      expect(hunted.stdout).toContain('[arch/x86/include/asm/tlbflush.h:');
      const LINE = /^ +\| .*atomic64_inc_return/m;
      expect(hunted.stdout).toMatch(LINE);
      const [name] = readdirSync(out);
      const finding = join(out, name);
      const text = readFileSync(finding, 'utf8');
      expect(JSON.parse(text)).toMatchObject({
        variant: 'c/6.12',
        kernelSource: {
          base: '6.12',
          config: [],
          files: expect.arrayContaining([{ file: TLB_C, sha256: expect.any(String) }]),
        },
      });
      expect(text).not.toContain('should_flush_tlb(int');
      expect(text).not.toContain('atomic64_inc_return');
      expect(JSON.parse(text)).not.toHaveProperty('modules');

      const replayed = await run('replay', finding);
      expect(replayed).toMatchObject({ exitCode: 1, stderr: '' });
      expect(replayed.stdout).toContain('reproduced: same violation, same step, same trace');
      expect(replayed.stdout).toMatch(LINE);
      expect(await run('show', finding)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(LINE) });
      expect((await run('show', '--json', finding)).stdout).not.toContain('atomic64_inc_return');

      // Each file that is compiled is named, and no commit: git would do what a repository says.
      const { kernelSource } = JSON.parse(text);
      const [first, ...rest] = kernelSource.files;
      for (const other of [
        { files: [] },
        { files: rest },
        { files: [...kernelSource.files, first] },
        { files: [...kernelSource.files, { ...first, file: '../../etc/passwd' }] },
        { tree: `${kernelSource.tree}@HEAD` },
      ]) {
        const lie = join(folder, 'lie.json');
        writeFileSync(
          lie,
          JSON.stringify({ ...JSON.parse(text), kernelSource: { ...kernelSource, ...other } }),
        );
        for (const verb of ['replay', 'show'])
          expect(await run(verb, lie)).toMatchObject({
            exitCode: 2,
            stdout: '',
            stderr: expect.stringMatching(
              /^shootdown: [^\n]*(?:is not there once|@HEAD cannot be read)[^\n]*\n$/,
            ),
          });
      }

      writeFileSync(join(root, TLB_C), readFileSync(join(TREE, TLB_C), 'utf8'));
      const changed = await run('replay', finding);
      expect(changed).toMatchObject({ exitCode: 2, stdout: '' });
      expect(changed.stderr).toMatch(
        /tlb\.c of \S+ has changed since the finding was made; to replay .*--kernel-source/,
      );
      const now = await run('replay', finding, '--kernel-source', root);
      expect(now.exitCode).toBe(2);
      expect(now.stderr).toContain('not reproduced');
    },
  );

  it('is told in the words of clang where it does not compile', PATIENCE, async () => {
    const root = treeWith('broken', (c) => c.replace('return true;', 'return true'));
    for (const argv of [
      ['hunt', '--kernel-source', root, ...HUNT],
      ['source', 'check', root],
    ]) {
      const { exitCode, stdout, stderr } = await run(...argv);
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/arch\/x86\/mm\/tlb\.c:\d+:\d+: error: expected ';'/);
      // The same words in every run: not where it was compiled.
      expect(stderr).not.toMatch(/\/unit\.c/);
    }
  });

  it('is told by its line where it does what the lab does not know', PATIENCE, async () => {
    const check = (root: string) => ['source', 'check', root];
    const hunt = (root: string) => ['hunt', '--kernel-source', root, ...HUNT];
    const changes: readonly (readonly [
      name: string,
      change: (c: string) => string,
      command: (root: string) => string[],
      said: RegExp,
    ])[] = [
      [
        'assembly',
        (c) => c.replace('load(next, atomic64', '__asm__ volatile("wbinvd"); load(next, atomic64'),
        check,
        /tlb\.c:\d+: inline assembly that the lab does not know: "wbinvd"/,
      ],
      [
        'wide',
        (c) => c.replace('load(next, atomic64_read(', 'load(next, (long long)atomic64_read('),
        check,
        /tlb\.c:\d+: switch_mm_irqs_off has arithmetic of 64 bits/,
      ],
      [
        'unknown',
        (c) => c.replace('if (prev == next)', 'void who(void); who(); if (prev == next)'),
        hunt,
        /tlb\.c:\d+: .*calls who, which the lab does not have/,
      ],
      [
        'null',
        (c) => c.replace('mm->context.tlb_gen));\n}', 'mm->context.tlb_gen));\n\t*(u32 *)0 = 1;\n}'),
        hunt,
        /tlb\.c:\d+: .*accesses address 0: a NULL pointer/,
      ],
    ];
    for (const [name, change, command, said] of changes) {
      const { exitCode, stderr } = await run(...command(treeWith(name, change)));
      expect([name, exitCode]).toEqual([name, 2]);
      expect(stderr).toMatch(said);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it('shows no lines of files that are none of the tree', PATIENCE, async () => {
    const secret = join(folder, 'secret.ts');
    writeFileSync(secret, "a line that is nobody's business\n".repeat(200));
    const root = treeWith('elsewhere', (c) =>
      c.replace('return true;', `\n#line 9 "${secret}"\n\treturn false;\n#line 60 "arch/x86/mm/tlb.c"\n`),
    );
    const out = join(folder, 'elsewhere-out');
    const page = ['--reporter', 'html', '--report-dir', join(folder, 'elsewhere-page')];
    const hunted = await run('hunt', '--kernel-source', root, ...HUNT, '--out', out, ...page);
    expect(hunted).toMatchObject({ exitCode: 1, stderr: '' });
    const shown = await run('show', '--plain', join(out, readdirSync(out)[0]), '--kernel-source', root);
    expect(shown.stdout).toContain('should_flush_tlb');
    for (const text of [
      hunted.stdout,
      shown.stdout,
      readFileSync(join(folder, 'elsewhere-page/index.html'), 'utf8'),
    ])
      expect(text.includes('business')).toBe(false);
  });

  it(
    'is given what the lab lacks by a header of the user, which a finding is bound to',
    PATIENCE,
    async () => {
      const root = treeWith('who', (c) =>
        c.replace('return true;', 'return who() != 0;').replace('static bool should', 'u32 who(void);\n$&'),
      );
      const shim = join(folder, 'who.h');
      const out = join(folder, 'who-out');
      writeFileSync(shim, '#define who() 1\n');
      const hunt = ['hunt', '--kernel-source', root, '--shim', shim, ...HUNT, '--out', out];
      const bare = await run(...hunt.filter((one) => one !== '--shim' && one !== shim));
      expect(bare.stderr).toMatch(/calls who, which the lab does not have: --shim FILE gives it/);
      // A macro in the place of a declaration is none: the declaration goes.
      writeFileSync(shim, 'static inline u32 lab_who(void) { return 0; }\n#define who(...) lab_who()\n');
      writeFileSync(join(root, TLB_C), readFileSync(join(root, TLB_C), 'utf8').replace('u32 who(void);', ''));
      expect((await run(...hunt)).exitCode).toBe(1);
      const finding = join(out, readdirSync(out)[0]);
      expect(await run('replay', finding)).toMatchObject({ exitCode: 1, stderr: '' });
      writeFileSync(shim, readFileSync(shim, 'utf8').replace('return 0', 'return 1'));
      const replayed = await run('replay', finding);
      expect(replayed.exitCode).toBe(2);
      expect(replayed.stderr).toMatch(/who\.h has changed since the finding was made/);
      expect(await run(...hunt)).toMatchObject({ exitCode: 0, stderr: '' });
      const gone = await run('source', 'check', root, '--shim', join(folder, 'gone.h'));
      expect(gone).toMatchObject({ exitCode: 2, stdout: '' });
      expect(gone.stderr).toMatch(/--shim: .*gone\.h cannot be read: no such file/);
    },
  );

  it('runs on threads', PATIENCE, async () => {
    const stress = (root: string) =>
      run(
        ...['stress', '--kernel-source', root, '--scenario', 'munmap-storm', '--cpus', '4', '--for', '1s'],
        '--no-witness',
      );
    const right = await stress(TREE);
    expect(right).toMatchObject({ exitCode: 0, stderr: '' });
    expect(right.stdout).toMatch(/replaced flushTlbFunc +ran [\d,]+ times/);
    const wrong = await stress(treeWith('silent', (c) => c.replace('return true;', 'return false;')));
    expect(wrong.exitCode).toBe(1);
  });

  it('has whatever names C has, and fields, per-CPU variables, parameters of its own', PATIENCE, async () => {
    const names = ['arguments', 'eval', 'import', 'replace', 'lab', 'Math', 'p0', 's4', 't0', 'cpu', '$x'];
    const root = treeWith('own', (c) =>
      c
        .replace(
          'static void load(',
          `static DEFINE_PER_CPU(u32, loads);
          ${names.map((name) => `static int ${name}(int a) { return a + 1; }\n`).join('')}
          int odd(int a) __asm__("x(){process.exit(0)}function*y");
          int odd(int a) { return a; }
          $&`,
        )
        .replace(
          'if (prev == next)',
          `int all = odd(0); ${names.map((name) => `all = ${name}(all);`).join(' ')}
          if (all != ${names.length}) *(u32 *)0 = 1;
          $&`,
        )
        .replace('this_cpu_write(cpu_tlbstate.ctxs[0].ctx_id', 'this_cpu_inc(loads);\n\t$&')
        .replace('static bool should_flush_tlb', 'static bool unused_one(int a) { return a; }\n$&'),
    );
    const checked = await run('source', 'check', root);
    expect(checked).toMatchObject({ exitCode: 0, stderr: '' });
    expect(checked.stdout).toMatch(/fields? with a word of their own, 0 at the start: .*loads/);
    expect(checked.stdout).toContain('cpu_tlbstate.switches');
    expect(await run('hunt', '--kernel-source', root, ...HUNT)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it(
    'works with a request on the stack of its sender, which others find as it was sent',
    PATIENCE,
    async () => {
      const onStack = (c: string) =>
        c
          .replace('static DEFINE_PER_CPU(struct flush_tlb_info, flush_tlb_info);', '')
          .replace('*info = this_cpu_ptr(&flush_tlb_info);', 'own, *info = &own;')
          .replace('if (mm != &init_mm)', 'if (((struct flush_tlb_info *)info)->mm == mm)');
      const hunt = (root: string) => run('hunt', '--kernel-source', root, ...HUNT);
      expect(await hunt(treeWith('on-stack', onStack))).toMatchObject({ exitCode: 0, stderr: '' });
      const unsaid = treeWith('unsaid', (c) => onStack(c).replace('info->mm = mm;', 'info->mm = NULL;'));
      expect((await hunt(unsaid)).exitCode).toBe(1);
    },
  );

  it(
    'works in the form of kernels up to 5.12, whose callers run what their targets run',
    PATIENCE,
    async () => {
      const root = treeWith('before-5.13', (c) =>
        c
          .replace('static void flush_tlb_func(', 'static void flush_tlb_func_remote(')
          .replace('should_flush_tlb, flush_tlb_func,', 'tlb_is_not_lazy, flush_tlb_func_remote,')
          .replace('should_flush_tlb', 'tlb_is_not_lazy')
          .replace(
            'static void flush(',
            'static void flush_tlb_func_local(const void *info, int reason)\n{\n' +
              '\tflush_tlb_func_remote((void *)info);\n}\n\n' +
              'static const struct flush_tlb_info full = { .end = TLB_FLUSH_ALL };\n\n$&',
          )
          .replace('flush(&batch->cpumask, NULL, 0);', 'flush_tlb_func_local(&full, 0);'),
      );
      writeFileSync(join(root, 'Makefile'), 'VERSION = 5\nPATCHLEVEL = 10\nSUBLEVEL = 7\n');
      const hunted = await run('hunt', '--kernel-source', root, ...HUNT);
      expect(hunted).toMatchObject({ exitCode: 0, stderr: '' });
      expect(hunted.stdout).toContain('c/5.10.7');
      const checked = await run('source', 'check', root);
      expect(checked.stdout).toContain('as in 5.10');
      expect(checked.stdout).toContain('not in the tree: arch_tlbbatch_flush');
    },
  );

  it('is compared access by access, with places in both texts', PATIENCE, async () => {
    const root = treeWith('drift', (c) => c.replace('return true;', 'smp_mb();\n\t\treturn true;'));
    // As a document: optimised.test.ts.
    const { exitCode, stdout, stderr } = await run(
      ...['source', 'compare', root, '--profile', '6.12', '--executions', '1'],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toMatch(/NOT EXPLAINED: smp_mb: only in C\n .*\[arch\/x86\/mm\/tlb\.c:\d+\]/);
    expect(stdout).toMatch(/\d+ differences, \d+ not explained\n$/);
    expect((await run('source', 'compare', root, '--profile', 'no-such')).exitCode).toBe(2);
  });

  it('is compared with another state of its tree, a commit among them', PATIENCE, async () => {
    const root = treeWith('states', (c) => c.replace('return true;', 'return  true;'));
    const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { stdio: 'ignore' });
    git('init', '-q');
    git('add', '-A');
    git('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-q', '-m', 'right');
    const file = join(root, TLB_C);
    writeFileSync(file, readFileSync(file, 'utf8').replace('return  true;', 'return false;'));
    const [, ...of] = HUNT.filter((one) => one !== '--no-base');
    const compare = (...argv: string[]) =>
      run('compare', ...argv, '--executions', ...of, '--count', '10', '--out', join(folder, 'states-out'));
    const { exitCode, stdout, stderr } = await compare(
      '--kernel-source',
      root,
      '--against',
      'HEAD',
      '--json',
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ base: 'c/6.12-against', patch: 'c/6.12', isNew: true });
    const { accesses } = JSON.parse(stdout);
    expect(accesses).toMatchObject({ variant: 'c/6.12', base: 'c/6.12-against', ownWords: 'same' });
    const asked = accesses.functions.find(({ name }: { name: string }) => name === 'should_flush_tlb');
    expect(asked).toMatchObject({ differences: [], answered: asked.calls });
    for (const [argv, said] of [
      [['--kernel-source', root], /--kernel-source: a tree is compared with another; give it, or a revision/],
      [['--kernel-source', root, '--against', 'gone'], /states@gone: .*; give DIR@REVISION/],
      [['--kernel-source', `${root}@HEAD`, '--against', 'HEAD'], /--against: HEAD has the same text as/],
      [['--kernel-source', root, '--against', 'HEAD', '6.18'], /6\.18 is named beside --kernel-source/],
      [['--against', 'HEAD', '6.18', '6.14'], /--against: there is no C text to compare/],
    ] as const) {
      const refused = await compare(...argv);
      expect([argv, refused.exitCode, refused.stdout]).toEqual([argv, 2, '']);
      expect(refused.stderr).toMatch(said);
      expect(refused.stderr.trimEnd().split('\n')).toHaveLength(1);
    }
    expect(await run('source', 'check', `${root}@HEAD`)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('runs nothing that a repository asks for, and believes none about the commits of another', async () => {
    const root = treeWith('stranger', (c) => c.replace('return true;', 'return   true;'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    git('init', '-q');
    git('add', '-A');
    git('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-q', '-m', 'of a stranger');
    const twin = join(folder, 'twin');
    cpSync(root, twin, { recursive: true });
    const ran = join(folder, 'ran');
    const object = git('rev-parse', `HEAD:${TLB_C}`).trim();
    rmSync(join(root, '.git/objects', object.slice(0, 2), object.slice(2)), { force: true });
    const settings = {
      ...{ 'core.repositoryformatversion': '1', 'extensions.partialClone': 'origin' },
      ...{ 'remote.origin.promisor': 'true', 'remote.origin.url': 'ssh://nowhere/x' },
      ...{ 'core.sshCommand': `touch ${ran}; false`, 'core.fsmonitor': `touch ${ran}; false` },
    };
    for (const [name, value] of Object.entries(settings)) git('config', name, value);
    // By itself git does.
    expect(() => git('cat-file', 'blob', object)).toThrow();
    expect(existsSync(ran)).toBe(true);
    rmSync(ran);
    const { exitCode, stderr } = await run('source', 'check', `${root}@HEAD`);
    expect([exitCode, stderr.split('\n').length]).toEqual([2, 2]);
    expect(existsSync(ran)).toBe(false);

    const commit = git('rev-parse', 'HEAD').trim();
    const other = join(folder, 'other-twin');
    cpSync(twin, other, { recursive: true });
    const trees = [twin, other].map(
      async (from) => (await createEngine().prepareSource(`${from}@${commit}`, { config: [] })).ref.tree,
    );
    expect(new Set(await Promise.all(trees)).size).toBe(2);
  });

  it('keeps what was made, by what it was made of', async () => {
    const cache = join(folder, 'cache', 'shootdown', 'c');
    const prepare = (config: readonly string[]) => createEngine().prepareSource(TREE, { config });
    const first = await prepare([]);
    const made = readdirSync(cache);
    expect(made.filter((name) => name.startsWith('making-'))).toEqual([]);
    expect(await prepare([])).toEqual(first);
    expect(readdirSync(cache)).toEqual(made);
    expect((await prepare(['DEBUG_VM'])).module).not.toBe(first.module);
  });
});
