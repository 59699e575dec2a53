import ts from 'typescript';
import { expect, it } from 'vitest';
import { keeping } from '../../src/modules/parsed-files.js';

/** Files in memory, and how often each was parsed. */
function host(files: Record<string, string>) {
  const parsed: string[] = [];
  const options: ts.CompilerOptions = { noEmit: true };
  const host = {
    ...ts.createCompilerHost(options),
    readFile: (file: string) => files[file],
    getSourceFile: (file: string, version: ts.ScriptTarget | ts.CreateSourceFileOptions) => {
      parsed.push(file);
      return ts.createSourceFile(file, files[file] ?? '', version);
    },
  };
  const isKept = (file: string): boolean => file.startsWith('/kept/');
  const read = (given: ts.CompilerOptions = options): ts.CompilerHost['getSourceFile'] =>
    keeping(ts, given, host, isKept);
  return { parsed, read };
}

it('parses what is kept again only where its text, or how it is read, has changed', () => {
  const files = { '/kept/api.ts': 'export type A = 1;', '/own/mine.ts': 'export const mine = 1;' };
  const { parsed, read } = host(files);
  const first = read()('/kept/api.ts', ts.ScriptTarget.ES2023);
  expect(read()('/kept/api.ts', ts.ScriptTarget.ES2023)).toBe(first);
  expect(parsed).toEqual(['/kept/api.ts']);
  expect(read()('/kept/api.ts', ts.ScriptTarget.ES2020)).not.toBe(first);
  expect(read({ strict: true })('/kept/api.ts', ts.ScriptTarget.ES2023)).not.toBe(first);
  files['/kept/api.ts'] = 'export type A = 2;';
  expect(read()('/kept/api.ts', ts.ScriptTarget.ES2023)?.text).toBe('export type A = 2;');
  read()('/own/mine.ts', ts.ScriptTarget.ES2023);
  read()('/own/mine.ts', ts.ScriptTarget.ES2023);
  expect(parsed.filter((file) => file === '/own/mine.ts')).toHaveLength(2);
});
