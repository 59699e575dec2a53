import { Bytes } from '../bytes.js';

/** A WebAssembly module as the linker made it: what the translation needs of its sections. */

export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/** An imported function: `lab` has what the lab does, `env` what the C code asks for and nobody has. */
export interface ImportedFunction {
  readonly module: string;
  readonly name: string;
  readonly type: FunctionType;
}

export interface FunctionBody {
  readonly index: number;
  readonly name: string;
  readonly type: FunctionType;
  /** Types of the locals after the parameters. */
  readonly locals: readonly number[];
  /** Where its instructions lie in the file. */
  readonly start: number;
  readonly end: number;
}

export interface DataSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export interface WasmModule {
  readonly data: Uint8Array;
  readonly types: readonly FunctionType[];
  readonly imports: readonly ImportedFunction[];
  readonly functions: readonly FunctionBody[];
  /** By exported name: the function's index. */
  readonly exports: ReadonlyMap<string, number>;
  /** By index in the table of functions: the function's index. */
  readonly table: ReadonlyMap<number, number>;
  readonly segments: readonly DataSegment[];
  /** Where the code section's contents begin: addresses in DWARF count from there. */
  readonly codeStart: number;
  /** `.debug_info` and the others. */
  readonly custom: ReadonlyMap<string, Uint8Array>;
}

export const I32 = 0x7f;
const MAGIC = 0x6d736100;
const [TYPE, IMPORT, FUNCTION, EXPORT, ELEMENT, CODE, DATA] = [1, 2, 3, 7, 9, 10, 11];
const FUNCTION_KIND = 0;

/** Throws an Error for what is no module of the linker. */
export function readModule(data: Uint8Array): WasmModule {
  const bytes = new Bytes(data);
  if (bytes.u32() !== MAGIC || bytes.u32() !== 1) throw new Error('no WebAssembly module');
  const sections = new Map<number, Bytes>();
  const custom = new Map<string, Uint8Array>();
  let codeStart = 0;
  while (!bytes.done) {
    const id = bytes.u8();
    const length = bytes.uleb();
    const section = new Bytes(data, bytes.at, bytes.at + length);
    if (id === 0) {
      const name = section.name();
      custom.set(name, data.subarray(section.at, section.end));
    } else sections.set(id, section);
    if (id === CODE) codeStart = bytes.at;
    bytes.at += length;
  }
  const types = list(sections.get(TYPE), readType);
  const imports = list(sections.get(IMPORT), (section) => readImport(section, types)).flatMap(
    (one) => one ?? [],
  );
  const declared = list(sections.get(FUNCTION), (section) => types[section.uleb()]);
  const names = functionNames(custom.get('name'));
  const functions = list(sections.get(CODE), (section, index) =>
    readBody(section, imports.length + index, declared[index], names),
  );
  const exports = new Map(
    list(sections.get(EXPORT), readExport).flatMap((one) => (one === null ? [] : [one])),
  );
  const table = new Map(list(sections.get(ELEMENT), readElements).flat());
  const segments = list(sections.get(DATA), readSegment);
  return { data, types, imports, functions, exports, table, segments, codeStart, custom };
}

function list<T>(section: Bytes | undefined, read: (section: Bytes, index: number) => T): T[] {
  if (section === undefined) return [];
  const count = section.uleb();
  return Array.from({ length: count }, (_, index) => read(section, index));
}

function readType(section: Bytes): FunctionType {
  section.u8();
  const parameters = [...section.take(section.uleb())];
  const results = [...section.take(section.uleb())];
  return { parameters, results };
}

function readImport(section: Bytes, types: readonly FunctionType[]): ImportedFunction | null {
  const module = section.name();
  const name = section.name();
  if (section.u8() !== FUNCTION_KIND) throw new Error(`an import that is no function: ${module}.${name}`);
  return { module, name, type: types[section.uleb()] };
}

function readBody(
  section: Bytes,
  index: number,
  type: FunctionType,
  names: ReadonlyMap<number, string>,
): FunctionBody {
  const size = section.uleb();
  const end = section.at + size;
  const locals: number[] = [];
  for (let groups = section.uleb(); groups > 0; groups--) {
    const count = section.uleb();
    const local = section.u8();
    for (let one = 0; one < count; one++) locals.push(local);
  }
  const start = section.at;
  section.at = end;
  return { index, name: names.get(index) ?? `function${index}`, type, locals, start, end };
}

function readExport(section: Bytes): [string, number] | null {
  const name = section.name();
  const kind = section.u8();
  const index = section.uleb();
  return kind === FUNCTION_KIND ? [name, index] : null;
}

/** The linker makes one active segment with plain indices. */
function readElements(section: Bytes): [number, number][] {
  section.uleb();
  const offset = constant(section);
  return Array.from({ length: section.uleb() }, (_, at) => [offset + at, section.uleb()]);
}

function readSegment(section: Bytes): DataSegment {
  section.uleb();
  const address = constant(section);
  return { address, bytes: section.take(section.uleb()) };
}

/** `i32.const n; end`. */
function constant(section: Bytes): number {
  section.u8();
  const value = section.sleb();
  section.u8();
  return value;
}

function functionNames(section: Uint8Array | undefined): Map<number, string> {
  const names = new Map<number, string>();
  if (section === undefined) return names;
  const bytes = new Bytes(section);
  while (!bytes.done) {
    const kind = bytes.u8();
    const end = bytes.uleb() + bytes.at;
    if (kind === 1)
      for (let left = bytes.uleb(); left > 0; left--) {
        const index = bytes.uleb();
        names.set(index, bytes.name());
      }
    bytes.at = end;
  }
  return names;
}
