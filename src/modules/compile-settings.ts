import { dirname, extname, join } from 'node:path';
import { isTypeScript } from '../bundle/user-files.js';
import { isFileToRead } from './input-size.js';
import { objectIn, parentsOf, stringsIn } from './mapped-places.js';

/**
 * What configurations say of how a file is compiled, where that gives another run of the same text: class
 * fields, decorators, side effects that are left out, and how CommonJS is imported. A file's hash says
 * it too; which files there are says all else of them.
 */

/** Names and values that are not what a file has without any configuration. */
export type CompileSettings = readonly (readonly [name: string, value: unknown])[];

/** Of one module's files: a directory's configurations are read once. */
export class SettingsOfFiles {
  private readonly options = new Map<string, Readonly<Record<string, unknown>>>();
  private readonly manifests = new Map<string, Readonly<Record<string, unknown>>>();

  /** `hasCommonJs`: whether any is, of those that are compiled together. */
  constructor(private readonly hasCommonJs: boolean) {}

  of(file: string): CompileSettings {
    const { sideEffects, type } = this.manifestFor(dirname(file));
    return [
      ...this.typeScript(file),
      ...(sideEffects === undefined || sideEffects === true ? [] : [['sideEffects', sideEffects] as const]),
      // Says how a default import of a CommonJS file is taken, and nothing else.
      ...(this.hasCommonJs && type !== undefined && /^\.[jt]sx?$/.test(extname(file))
        ? [['type', type] as const]
        : []),
    ];
  }

  private typeScript(file: string): CompileSettings {
    // The bundler takes no package for one's own text.
    if (/[\\/]node_modules[\\/]/.test(file)) return [];
    if (!isTypeScript(file)) return [];
    const options = this.optionsFor(dirname(file));
    const found: [string, unknown][] = [];
    if (!definesFields(options)) found.push(['useDefineForClassFields', false]);
    if (options.experimentalDecorators === true) found.push(['experimentalDecorators', true]);
    return found;
  }

  /** The nearest configuration's, with what it extends. */
  private optionsFor(directory: string): Readonly<Record<string, unknown>> {
    const known = this.options.get(directory);
    if (known !== undefined) return known;
    const file = ['tsconfig.json', 'jsconfig.json'].map((name) => join(directory, name)).find(isFileToRead);
    const above = dirname(directory);
    const options =
      file !== undefined ? compilerOptions(file) : above === directory ? {} : this.optionsFor(above);
    this.options.set(directory, options);
    return options;
  }

  private manifestFor(directory: string): Readonly<Record<string, unknown>> {
    const known = this.manifests.get(directory);
    if (known !== undefined) return known;
    const file = join(directory, 'package.json');
    const above = dirname(directory);
    const manifest = isFileToRead(file) ? objectIn(file) : above === directory ? {} : this.manifestFor(above);
    this.manifests.set(directory, manifest);
    return manifest;
  }
}

/** What is nearer wins, and of several that are extended the last. */
function compilerOptions(file: string, seen = new Set<string>()): Readonly<Record<string, unknown>> {
  if (seen.has(file)) return {};
  seen.add(file);
  const { extends: parents, compilerOptions: own } = objectIn(file);
  const inherited = stringsIn(parents).flatMap((parent) => {
    const found = parentsOf(parent, dirname(file)).find(isFileToRead);
    return found === undefined ? [] : [compilerOptions(found, seen)];
  });
  return Object.assign({}, ...inherited, typeof own === 'object' ? own : {});
}

/** As of ES2022, unless it is said. */
function definesFields({
  useDefineForClassFields: said,
  target,
}: Readonly<Record<string, unknown>>): boolean {
  if (typeof said === 'boolean') return said;
  return typeof target !== 'string' || !/^es(?:[356]|20(?:1[5-9]|2[01]))$/i.test(target);
}
