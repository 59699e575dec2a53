import { Bytes } from '../bytes.js';
import { AT, type Entry, TAG } from './entries.js';

/** What C code is made of, by its debug information: variables, structures, functions and their frames. */

/** A word that a variable or structure consists of. */
export interface Scalar {
  /** `ctxs[2].tlb_gen`; empty for a variable that is no structure. */
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface GlobalVariable {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  readonly scalars: readonly Scalar[];
}

/** What of a function's frame is one object: a local variable or parameter. */
export interface FrameObject {
  readonly offset: number;
  readonly bytes: number;
}

export interface CFunction {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly objects: readonly FrameObject[];
}

const DW_OP_ADDR = 0x03;
const DW_OP_FBREG = 0x91;
/** Longest list of one structure's words. */
const SCALARS_MAX = 10_000;

export class CTypes {
  private readonly byOffset = new Map<number, Entry>();
  private readonly top: readonly Entry[];

  constructor(units: readonly Entry[]) {
    const note = (entry: Entry): void => {
      this.byOffset.set(entry.offset, entry);
      entry.children.forEach(note);
    };
    units.forEach(note);
    this.top = units.flatMap(({ children }) => children);
  }

  /** Variables with an address, static ones of functions among them. */
  variables(): GlobalVariable[] {
    const found: GlobalVariable[] = [];
    const visit = (entry: Entry): void => {
      const declaration = this.referenced(entry, AT.specification) ?? entry;
      const location = entry.attributes.get(AT.location);
      if (entry.tag === TAG.variable && location instanceof Uint8Array && location[0] === DW_OP_ADDR) {
        const scalars: Scalar[] = [];
        const type = this.referenced(declaration, AT.type);
        this.collect(type, '', 0, scalars);
        const address = new Bytes(location, 1).u32();
        found.push({ name: nameOf(declaration), address, bytes: this.size(type), scalars });
      }
      entry.children.forEach(visit);
    };
    this.top.forEach(visit);
    return found;
  }

  /** The words of `struct NAME`, or null where the code has none. */
  structure(name: string): Scalar[] | null {
    const entry = this.top.find(
      (one) => one.tag === TAG.structureType && nameOf(one) === name && one.children.length > 0,
    );
    if (entry === undefined) return null;
    const scalars: Scalar[] = [];
    this.collect(entry, '', 0, scalars);
    return scalars;
  }

  functions(): CFunction[] {
    return this.top.flatMap((entry) => {
      const low = entry.attributes.get(AT.lowPc);
      const length = entry.attributes.get(AT.highPc);
      if (entry.tag !== TAG.subprogram || typeof low !== 'number' || typeof length !== 'number') return [];
      const objects: FrameObject[] = [];
      this.frameObjects(entry, objects);
      return [{ name: nameOf(entry), low, high: low + length, objects }];
    });
  }

  private frameObjects(entry: Entry, found: FrameObject[]): void {
    for (const child of entry.children) {
      const location = child.attributes.get(AT.location);
      if (location instanceof Uint8Array && location[0] === DW_OP_FBREG) {
        const offset = new Bytes(location, 1).sleb();
        found.push({ offset, bytes: this.size(this.referenced(child, AT.type)) });
      }
      this.frameObjects(child, found);
    }
  }

  private referenced(entry: Entry, attribute: number): Entry | undefined {
    const offset = entry.attributes.get(attribute);
    return typeof offset === 'number' ? this.byOffset.get(offset) : undefined;
  }

  /** Appends the words of a type that lies at `offset`. */
  private collect(type: Entry | undefined, path: string, offset: number, found: Scalar[]): void {
    if (type === undefined || found.length > SCALARS_MAX) return;
    switch (type.tag) {
      case TAG.structureType:
      case TAG.unionType:
        for (const member of type.children) this.collectMember(member, path, offset, found);
        return;
      case TAG.arrayType: {
        const element = this.referenced(type, AT.type);
        const bytes = this.size(element);
        for (let index = 0; index < elementsOf(type); index++)
          this.collect(element, `${path}[${index}]`, offset + index * bytes, found);
        return;
      }
      case TAG.baseType:
      case TAG.pointerType:
      case TAG.enumerationType:
        // Members of a union, and bits of one word, lie on each other: they are one word.
        if (!found.some((one) => one.offset === offset)) found.push({ path, offset, bytes: this.size(type) });
        return;
      default:
        this.collect(this.referenced(type, AT.type), path, offset, found);
    }
  }

  private collectMember(member: Entry, path: string, offset: number, found: Scalar[]): void {
    if (member.tag !== TAG.member) return;
    const at = member.attributes.get(AT.memberLocation);
    const name = nameOf(member);
    const below = name === '' ? path : path === '' ? name : `${path}.${name}`;
    this.collect(this.referenced(member, AT.type), below, offset + (typeof at === 'number' ? at : 0), found);
  }

  private size(type: Entry | undefined): number {
    if (type === undefined) return 0;
    const bytes = type.attributes.get(AT.byteSize);
    if (typeof bytes === 'number') return bytes;
    if (type.tag === TAG.pointerType) return 4;
    const element = this.size(this.referenced(type, AT.type));
    return type.tag === TAG.arrayType ? elementsOf(type) * element : element;
  }
}

function elementsOf(array: Entry): number {
  return array.children.reduce((product, { attributes }) => {
    const count = attributes.get(AT.count);
    const last = attributes.get(AT.upperBound);
    return product * (typeof count === 'number' ? count : typeof last === 'number' ? last + 1 : 0);
  }, 1);
}

function nameOf({ attributes }: Entry): string {
  const name = attributes.get(AT.name);
  return typeof name === 'string' ? name : '';
}
