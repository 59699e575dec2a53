import type ts from 'typescript';

/**
 * What a compiler has parsed of files that are nobody's module: its own libraries, and the hundreds that the
 * API consists of. Whoever checks one module after the other (tests, a watched hunt) has them parsed once.
 */

/** Half a minute after the last check they go: they take some 150 MB. */
const KEPT_MS = 30_000;

const known = new Map<typeof ts, Map<string, ts.SourceFile>>();
let forgetting: NodeJS.Timeout | undefined;

type Read = ts.CompilerHost['getSourceFile'];

/**
 * `read`, which parses, with files that `isKept` kept while their text stays the same. `options`: parsing and
 * binding depend on them.
 */
export function keeping(
  compiler: typeof ts,
  options: ts.CompilerOptions,
  host: ts.CompilerHost,
  isKept: (file: string) => boolean,
): Read {
  const files = known.get(compiler) ?? new Map<string, ts.SourceFile>();
  known.set(compiler, files);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => known.clear(), KEPT_MS).unref();
  const how = JSON.stringify(options);
  return (file, version, ...rest) => {
    if (!isKept(file)) return host.getSourceFile(file, version, ...rest);
    const key = JSON.stringify([file, how, version]);
    const before = files.get(key);
    if (before !== undefined && before.text === host.readFile(file)) return before;
    const parsed = host.getSourceFile(file, version, ...rest);
    if (parsed !== undefined) files.set(key, parsed);
    return parsed;
  };
}
