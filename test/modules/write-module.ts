import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Users' modules in a folder of their own, for one test file. */
export class ModuleFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'shootdown-test-'));

  /** Writes a module; answers its path. */
  write(name: string, ...lines: readonly string[]): string {
    const file = join(this.path, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  }

  /** As messages name it. */
  shown(file: string): string {
    return relative(process.cwd(), file).replaceAll('\\', '/');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A program of one CPU, with what its script does on line 4. */
export const program = (body: string, rest = ''): string[] => [
  "import { plainProgram } from 'shootdown';",
  "export const p = plainProgram({ name: 'p', words: { x: 0 }, cpus: [",
  '  function* (cpu, at) {',
  `    ${body}`,
  `  }], ${rest}});`,
];
