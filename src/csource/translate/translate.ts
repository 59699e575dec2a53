import {
  type CallForm,
  CPU_SHIFT,
  ENTRIES,
  type EntryName,
  SMP_ENTRIES,
  TABLE_ENTRIES,
} from '../addresses.js';
import { type CFunction, CTypes, type GlobalVariable } from '../dwarf/c-types.js';
import { readEntries } from '../dwarf/entries.js';
import { type CLine, LineTable } from '../dwarf/lines.js';
import { type Fields, fieldsOf } from '../known-fields.js';
import { type Instruction, instructionsOf, OP, UnknownInstruction } from '../wasm/decode.js';
import type { FunctionBody, WasmModule } from '../wasm/module.js';
import { Frame } from './frame.js';
import { FunctionTranslation, type Surroundings } from './function.js';
import { imported } from './imports.js';
import { type MadeLine, Untranslatable } from './operands.js';

/** A module of C code as protocol code: functions that the entries reach, and the words that they name. */

export interface TranslatedFunction {
  /** As C has it. */
  readonly name: string;
  /** In the generated text. */
  readonly jsName: string;
  readonly lines: readonly MadeLine[];
  readonly at: CLine | null;
}

/** Something that the code asks for and nobody has: reached, it ends the run. */
export interface Missing {
  readonly name: string;
  readonly by: string;
  readonly at: CLine | null;
}

export interface Translation extends Fields {
  readonly functions: readonly TranslatedFunction[];
  /** By entry: the function's name in the generated text. */
  readonly entries: Readonly<Partial<Record<EntryName, string>>>;
  /** Bytes of stack that the deepest chain of calls takes, with room for a word. */
  readonly stackBytes: number;
  readonly missing: readonly Missing[];
  /** Numbers of flush_tlb_func and of the condition in the table of functions, and the request's address. */
  readonly callable: { readonly function: number; readonly condition: number; readonly request: number };
}

export interface TranslationInput {
  readonly module: WasmModule;
  /** Names of per-CPU variables. */
  readonly perCpu: ReadonlySet<string>;
  /** The function that chooses CPUs, and the one that they run. */
  readonly condition: string;
  readonly called: string;
  /** Default: direct. */
  readonly form?: CallForm;
}

/** Throws Untranslatable. */
export function translate(input: TranslationInput): Translation {
  return new Program(input).translate();
}

/** A function that a pointer may be of. */
interface PointedFunction {
  readonly index: number;
  /** In the table of functions: what the pointer is. */
  readonly number: number;
  readonly isCondition: boolean;
}

interface Code {
  readonly body: FunctionBody;
  readonly instructions: readonly Instruction[];
}

class Program {
  private readonly module: WasmModule;
  private readonly types: CTypes;
  private readonly lines: LineTable;
  private readonly perCpu: readonly GlobalVariable[];
  private readonly variables: readonly GlobalVariable[];
  private readonly made: readonly CFunction[];
  private readonly code = new Map<number, Code>();
  private readonly stored = new Set<number>();
  private readonly names = new Map<number, string>();
  private readonly missing: Missing[] = [];
  private readonly frames = new Map<number, { readonly bytes: number; readonly calls: number[] }>();

  constructor(private readonly input: TranslationInput) {
    this.module = input.module;
    this.types = new CTypes(readEntries(input.module.custom));
    this.lines = new LineTable(input.module.custom.get('.debug_line'));
    this.made = this.types.functions();
    const all = this.types.variables();
    this.perCpu = all.filter(({ name }) => input.perCpu.has(name));
    this.variables = all.filter(({ name }) => !input.perCpu.has(name));
  }

  translate(): Translation {
    const ofForm = this.input.form === 'table' ? TABLE_ENTRIES : [];
    const names: readonly EntryName[] = [...ENTRIES, ...SMP_ENTRIES, ...ofForm];
    const entries = names.flatMap((name) => {
      const index = this.module.exports.get(`lab_${name}`);
      return index === undefined ? [] : [[name, index] as const];
    });
    for (const [, index] of entries) this.reach(index);
    const functions = [...this.code.values()].map((code) => this.function(code));
    const fields = fieldsOf({
      variables: this.variables,
      perCpu: this.perCpu,
      mm: this.types.structure('mm_struct') ?? [],
      batch: this.types.structure('arch_tlbflush_unmap_batch') ?? [],
      csd: this.types.structure('__call_single_data') ?? [],
      isStored: (variable) => [...this.stored].some((address) => isIn(variable, address)),
      initial: (address, bytes) => this.initial(address, bytes),
    });
    return {
      ...fields,
      functions,
      entries: Object.fromEntries(entries.map(([name, index]) => [name, this.nameOf(index)])),
      stackBytes: this.stackBytes(entries.map(([, index]) => index)),
      missing: this.missing,
      callable: {
        function: this.numberOf(this.input.called),
        condition: this.numberOf(this.input.condition),
        request: this.perCpu.find(({ name }) => name === 'flush_tlb_info')?.address ?? 0,
      },
    };
  }

  /** Reads a function and what it calls; notes which addresses are stored to. */
  private reach(index: number): void {
    const body = this.bodyOf(index);
    if (body === null || this.code.has(index)) return;
    let instructions: Instruction[];
    try {
      instructions = instructionsOf(this.module, body);
    } catch (error) {
      if (!(error instanceof UnknownInstruction)) throw error;
      const what = error.isWideAccess
        ? 'accesses 64 bits at once, which are two words of the lab'
        : 'has arithmetic of 64 bits or of fractions, which the lab does not know';
      throw new Untranslatable(`${body.name} ${what}`, this.lines.at(error.address));
    }
    this.code.set(index, { body, instructions });
    for (const one of instructions) for (const called of this.callsOf(one)) this.reach(called);
    this.noteStores(instructions);
  }

  /** Which functions an instruction may call. */
  private callsOf({ opcode, a }: Instruction): readonly number[] {
    if (opcode === OP.call) return [a];
    return opcode === OP.callIndirect ? this.byPointer(a).map(({ index }) => index) : [];
  }

  /** What may be called by a pointer to a function of that type: what CPUs run, and what chooses them. */
  private byPointer(type: number): readonly PointedFunction[] {
    const { called, condition } = this.input;
    const wanted = this.module.types[type];
    const parameters = wanted.parameters.length;
    return ([called, condition] as const).flatMap((name, at) => {
      const body = this.module.functions.find((one) => plain(one.name) === name);
      const isOfType =
        body?.type.parameters.length === parameters && body.type.results.length === wanted.results.length;
      if (body === undefined || !isOfType || this.numberOf(name) < 0) return [];
      return [{ index: body.index, number: this.numberOf(name), isCondition: at === 1 }];
    });
  }

  /**
   * `i32.const a; ...; i32.store b`: at -O0 a variable's address is 0 with the rest as the store's offset.
   */
  private noteStores(instructions: readonly Instruction[]): void {
    for (const { opcode, a } of instructions)
      if ((opcode === OP.i32Store || opcode === OP.i32Store8 || opcode === OP.i32Store16) && a >= 1024)
        this.stored.add(a);
  }

  private bodyOf(index: number): FunctionBody | null {
    const { imports, functions } = this.module;
    return index < imports.length ? null : functions[index - imports.length];
  }

  private function({ body, instructions }: Code): TranslatedFunction {
    const made = this.made.find(({ name, low }) => name === plain(body.name) && this.isOf(body, low));
    const frame = new Frame(made?.objects ?? []);
    const missingBefore = this.missing.length;
    new FunctionTranslation(body, instructions, this.around(body), frame, null).run();
    this.missing.length = missingBefore;
    const variables = frame.variables();
    const translation = new FunctionTranslation(
      body,
      instructions,
      this.around(body),
      frame,
      variables,
    ).run();
    this.frames.set(body.index, {
      bytes: -frame.base,
      calls: instructions.flatMap((one) => this.callsOf(one)),
    });
    const parameters = body.type.parameters.map((_, index) => `p${index}`);
    const declared = translation.declarations();
    const lines: MadeLine[] = [
      {
        text: `function* ${this.nameOf(body.index)}(${['cpu', 'c', 'sp', ...parameters].join(', ')}) {`,
        at: null,
      },
      ...(declared.length === 0 ? [] : [{ text: `let ${declared.join(', ')};`, at: null }]),
      ...translation.lines,
      { text: '}', at: null },
    ];
    const at = this.lines.at(body.start - this.module.codeStart);
    return { name: plain(body.name), jsName: this.nameOf(body.index), lines, at };
  }

  private isOf(body: FunctionBody, low: number): boolean {
    const address = body.start - this.module.codeStart;
    // The entry's address is that of the function's header, before its locals.
    return low <= address && address - low < 1000;
  }

  private around(body: FunctionBody): Surroundings {
    const { module } = this;
    return {
      call: (index, args, sp) => {
        const known = module.imports[index] as WasmModule['imports'][number] | undefined;
        if (known === undefined) {
          const answers = (this.bodyOf(index)?.type.results.length ?? 0) > 0;
          const call = `${this.nameOf(index)}(${['cpu', 'c', sp, ...args].join(', ')})`;
          const made = this.input.form === 'table' ? this.throughTable(body, index, args, call) : call;
          return { text: made, isProtocol: true, answers, isPure: false };
        }
        const call = known.module === 'lab' ? imported(known.name, args) : null;
        if (call !== null) return call;
        const line = this.lines.at(body.start - module.codeStart);
        if (!this.missing.some(({ name, by }) => name === known.name && by === body.name))
          this.missing.push({ name: known.name, by: plain(body.name), at: line });
        const said = Object.hasOwn(WAITS, known.name)
          ? WAITS[known.name]
          : `calls ${known.name}, which the lab does not have: --shim FILE gives it`;
        const what = JSON.stringify(said);
        const answers = known.type.results.length > 0;
        return { text: `lab.missing(${what})`, isProtocol: false, answers, isPure: false };
      },
      byPointer: (type) => ({
        parameters: module.types[type].parameters.length,
        answers: module.types[type].results.length > 0,
        functions: this.byPointer(type).map(({ index, number, isCondition }) => ({
          ...{ number, isCondition },
          call: (args, sp) =>
            this.input.form === 'table'
              ? `lab.table.${isCondition ? 'asked' : 'called'}(${['cpu', 'c', ...args].join(', ')})`
              : `${this.nameOf(index)}(${['cpu', 'c', sp, ...args].join(', ')})`,
        })),
      }),
      parametersOf: (index) =>
        (module.imports[index]?.type ?? this.bodyOf(index)?.type)?.parameters.length ?? 0,
      constantAt: (address, bytes) => {
        const variable = this.variables.find((one) => isIn(one, address));
        if (variable === undefined) return this.isUnnamed(address) ? this.initial(address, bytes) : null;
        if ([...this.stored].some((stored) => isIn(variable, stored))) return null;
        return this.initial(address, bytes);
      },
      lineAt: (address) => this.lines.at(address),
    };
  }

  /** The lab's own entries call what they stand for. */
  private throughTable(by: FunctionBody, index: number, args: readonly string[], call: string): string {
    const name = plain(this.bodyOf(index)?.name ?? '');
    if (!THROUGH_TABLE.has(name) || by.name.startsWith('lab_')) return call;
    const made = `lab.table.${name}(${['cpu', 'c', 'callable', ...args].join(', ')})`;
    return BEFORE_CALL.has(name) ? `${made}; yield* ${call}` : made;
  }

  /** Whether data lies there that the compiler made, such as what a local structure begins with. */
  private isUnnamed(address: number): boolean {
    if (this.stored.has(address) || this.perCpu.some((one) => isIn(one, address))) return false;
    return this.module.segments.some(({ address: first, bytes }) => {
      return address >= first && address < first + bytes.length;
    });
  }

  private initial(address: number, bytes: number): number {
    for (const segment of this.module.segments) {
      const at = address - segment.address;
      if (at < 0 || at + bytes > segment.bytes.length) continue;
      let value = 0;
      for (let byte = bytes - 1; byte >= 0; byte--) value = (value << 8) | segment.bytes[at + byte];
      return value;
    }
    return 0;
  }

  private numberOf(name: string): number {
    const index = this.module.functions.find((one) => plain(one.name) === name)?.index;
    return [...this.module.table].find(([, one]) => one === index)?.[0] ?? -1;
  }

  private nameOf(index: number): string {
    const known = this.names.get(index);
    if (known !== undefined) return known;
    const base = (this.bodyOf(index)?.name ?? '').replace(/\W/g, '_');
    const taken = new Set(this.names.values());
    const isFree = base !== '' && !RESERVED.has(base) && !VARIABLE.test(base) && !taken.has(base);
    const name = isFree ? base : `${base}_${index}`;
    this.names.set(index, name);
    return name;
  }

  /** The deepest chain of calls. Throws Untranslatable for one that comes back to itself. */
  private stackBytes(entries: readonly number[]): number {
    const depths = new Map<number, number>();
    const open = new Set<number>();
    const depthOf = (index: number): number => {
      const frame = this.frames.get(index);
      if (frame === undefined) return 0;
      const body = this.bodyOf(index);
      if (open.has(index)) {
        const at = body === null ? null : this.lines.at(body.start - this.module.codeStart);
        throw new Untranslatable(`${body?.name} calls itself, and the depth of calls must be known`, at);
      }
      const known = depths.get(index);
      if (known !== undefined) return known;
      open.add(index);
      const depth = frame.bytes + Math.max(0, ...frame.calls.map(depthOf));
      open.delete(index);
      depths.set(index, depth);
      return depth;
    };
    return (Math.max(...entries.map(depthOf), 0) + 16 + 15) & ~15;
  }
}

function isIn({ address, bytes }: GlobalVariable, at: number): boolean {
  return at >= address && at < address + Math.max(bytes, 1) && at < 1 << CPU_SHIFT;
}

/** `name.1` of a second static function of one name. */
function plain(name: string): string {
  return name.replace(/\.\d+$/, '');
}

/** Names that C may have and the generated text cannot: JavaScript's words, and those of the text itself. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval ' +
    'export extends false finally for function if implements import in instanceof interface let new null ' +
    'of package private protected public return static super switch this throw true try typeof undefined ' +
    'var void while with yield Math callable cpu c defineVariant lab replace sp tables variant'
  ).split(' '),
);
/** Parameters, locals, temporaries, words of the frame, labels. */
const VARIABLE = /^[Llprst]\d+$/;

/** What only a wait calls that the lab cannot see the end of. */
const WAITS: Readonly<Record<string, string>> = {
  cpu_relax: 'waits by itself: cpu_relax outside of a wait that the lab knows, as smp_cond_load_acquire',
  waits_for_more_than_clear_bits: 'waits for something else than that bits of a word are clear',
};

/** By their names in C: runtime/through-table.ts has what is called in their place, */
const THROUGH_TABLE: ReadonlySet<string> = new Set(
  (
    'inc_mm_tlb_gen switch_mm_irqs_off flush_tlb_func flush_tlb_multi flush_tlb_one_user ' +
    'should_trim_cpumask choose_new_asid load_new_mm_cr3'
  ).split(' '),
);
/** or, of these, before them. */
const BEFORE_CALL: ReadonlySet<string> = new Set(['load_new_mm_cr3']);
