import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type ts from 'typescript';
import { displayPath, isTypeScript, isUserFile } from '../bundle/user-files.js';
import { InputError } from '../vocabulary/errors.js';
import { packageRoot } from '../vocabulary/package-root.js';
import { unfit } from './input-size.js';
import { keeping } from './parsed-files.js';

/**
 * Checks the types of users' modules as the compiler would: a bundler only drops them. Their nearest
 * tsconfig.json is honoured as far as it concerns types, and the TypeScript that is installed beside them is
 * the one that reads them: what their editor accepts, we do. `shootdown` means this version's API whatever is
 * installed there.
 */

/**
 * Names and types of an environment that the user's project does not describe are no mistake in the module.
 */
const ENVIRONMENT = new Set([2580, 2584, 2591, 2592, 2593, 7016]);
const CANNOT_FIND_MODULE = 2307;

/** Older ones do not know how a bundler resolves modules. */
const COMPILER_MIN = 5;

/**
 * The first mistake as `file:line: message`, or null. `apiFile`: what `shootdown` means. `ownCompiler`: keeps
 * from the TypeScript beside the modules: code that no finding vouches for.
 */
export async function typeMistake(
  files: readonly string[],
  apiFile: string,
  ownCompiler: boolean,
): Promise<string | null> {
  const roots = files.filter(isTypeScript);
  if (roots.length === 0) return null;
  const compiler = await compilerFor(roots[0], ownCompiler);
  const options = optionsFor(compiler, roots[0], apiFile);
  const compilerHost = compiler.createCompilerHost(options);
  const host = {
    ...compilerHost,
    getSourceFile: bounded(keeping(compiler, options, compilerHost, (file) => !isUserFile(file))),
    readFile: bounded(compilerHost.readFile),
  };
  return unlessTooDeep(roots[0], () => firstMistake(compiler, compiler.createProgram(roots, options, host)));
}

function firstMistake(compiler: typeof ts, program: ts.Program): string | null {
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || !isUserFile(file.fileName)) continue;
    for (const diagnostic of [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]) {
      const text = compiler.flattenDiagnosticMessageText(diagnostic.messageText, ' ').replaceAll(/\s+/g, ' ');
      if (
        ENVIRONMENT.has(diagnostic.code) ||
        (diagnostic.code === CANNOT_FIND_MODULE && text.includes("'node:"))
      )
        continue;
      const line = file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line + 1;
      return `${displayPath(file.fileName)}:${line}: ${text} (TS${diagnostic.code})`;
    }
  }
  return null;
}

/** What reads `file`: the TypeScript of its project, ours where there is none that can. */
export async function compilerFor(file: string, ownCompiler: boolean): Promise<typeof ts> {
  return (ownCompiler ? null : compilerBeside(file)) ?? (await import('typescript')).default;
}

function compilerBeside(file: string): typeof ts | null {
  try {
    const compiler: typeof ts = createRequire(file)('typescript');
    const isFit =
      Number.parseInt(compiler.version, 10) >= COMPILER_MIN && typeof compiler.createProgram === 'function';
    return isFit ? compiler : null;
  } catch {
    // None is installed, or one that does not load.
    return null;
  }
}

/** A file that is not to be read is none of the program, and told. */
function bounded<T extends (file: string, ...rest: never[]) => unknown>(read: T): T {
  return ((file: string, ...rest: never[]) => {
    const found = unfit(file);
    if (found !== null) throw new InputError(found);
    return read(file, ...rest);
  }) as T;
}

/**
 * Where the API's types are: beside it in the package, in the sources where a clone has only translated them.
 */
function typesOf(apiFile: string): string {
  const types = apiFile.replace(/\.js$/, '.d.ts');
  return existsSync(types) ? types : fileURLToPath(new URL('src/index.ts', packageRoot()));
}

function optionsFor(compiler: typeof ts, file: string, apiFile: string): ts.CompilerOptions {
  const config = compiler.findConfigFile(dirname(file), compiler.sys.fileExists);
  const own = config === undefined ? {} : configOptions(compiler, config);
  return {
    target: compiler.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    strict: true,
    noImplicitAny: false,
    ...pick(own, ['target', 'lib', 'types', 'typeRoots', 'baseUrl', 'jsx', ...STRICTNESS]),
    paths: { ...own.paths, shootdown: [typesOf(apiFile)] },
    // The modules are bundled, so they are resolved as a bundler does.
    module: compiler.ModuleKind.ESNext,
    moduleResolution: compiler.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
  };
}

const STRICTNESS = [
  'strict',
  'noImplicitAny',
  'strictNullChecks',
  'noUncheckedIndexedAccess',
  'exactOptionalPropertyTypes',
] as const;

function configOptions(compiler: typeof ts, config: string): ts.CompilerOptions {
  return unlessTooDeep(config, () => {
    const { config: json } = compiler.readConfigFile(config, bounded(compiler.sys.readFile));
    return compiler.parseJsonConfigFileContent(
      json ?? {},
      { ...compiler.sys, readDirectory: () => [], readFile: bounded(compiler.sys.readFile) },
      dirname(config),
    ).options;
  });
}

/** A compiler descends by recursion into whatever stands in a file. */
function unlessTooDeep<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(
      `${displayPath(file)}: it, or what it leads to, is nested too deep for the compiler`,
      'make it flatter',
    );
  }
}

function pick(options: ts.CompilerOptions, names: readonly string[]): ts.CompilerOptions {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}
