import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type ts from 'typescript';
import { displayPath, isTypeScript, isUserFile } from '../bundle/user-files.js';
import { InputError } from '../vocabulary/errors.js';
import { packageRoot } from '../vocabulary/package-root.js';
import { tooLarge } from './input-size.js';

/**
 * Checks the types of users' modules as the compiler would: a bundler only drops them. Their nearest
 * tsconfig.json is honoured as far as it concerns types; `shootdown` means this version's API whatever is
 * installed beside the module.
 */

/**
 * Names and types of an environment that the user's project does not describe are no mistake in the module.
 */
const ENVIRONMENT = new Set([2580, 2584, 2591, 2592, 2593, 7016]);
const CANNOT_FIND_MODULE = 2307;

/** The first mistake as `file:line: message`, or null. `apiFile`: what `shootdown` means. */
export async function typeMistake(files: readonly string[], apiFile: string): Promise<string | null> {
  const roots = files.filter(isTypeScript);
  if (roots.length === 0) return null;
  const { default: compiler } = await import('typescript');
  const options = optionsFor(compiler, roots[0], apiFile);
  const compilerHost = compiler.createCompilerHost(options);
  const program = compiler.createProgram(roots, options, {
    ...compilerHost,
    getSourceFile: bounded(compilerHost.getSourceFile),
  });
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

/** A file that is too large is none of the program, and told. */
function bounded<T extends (file: string, ...rest: never[]) => unknown>(read: T): T {
  return ((file: string, ...rest: never[]) => {
    const large = tooLarge(file);
    if (large !== null) throw new InputError(large);
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
  const { config: json } = compiler.readConfigFile(config, bounded(compiler.sys.readFile));
  return compiler.parseJsonConfigFileContent(
    json ?? {},
    { ...compiler.sys, readDirectory: () => [], readFile: bounded(compiler.sys.readFile) },
    dirname(config),
  ).options;
}

function pick(options: ts.CompilerOptions, names: readonly string[]): ts.CompilerOptions {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}
