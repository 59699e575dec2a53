import { Bytes } from '../bytes.js';

/**
 * The entries of `.debug_info` (DWARF 4, 32-bit), as a tree: tags and the attributes that C needs, nothing
 * interpreted.
 */

export type Attribute = number | string | Uint8Array;

export interface Entry {
  /** Where it begins: what references to it say. */
  readonly offset: number;
  readonly tag: number;
  readonly attributes: ReadonlyMap<number, Attribute>;
  readonly children: readonly Entry[];
}

export const TAG = {
  arrayType: 0x01,
  formalParameter: 0x05,
  lexicalBlock: 0x0b,
  member: 0x0d,
  pointerType: 0x0f,
  compileUnit: 0x11,
  structureType: 0x13,
  unionType: 0x17,
  subrangeType: 0x21,
  baseType: 0x24,
  enumerationType: 0x04,
  subprogram: 0x2e,
  variable: 0x34,
} as const;

export const AT = {
  location: 0x02,
  name: 0x03,
  byteSize: 0x0b,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  upperBound: 0x2f,
  count: 0x37,
  memberLocation: 0x38,
  type: 0x49,
  bitSize: 0x0d,
  specification: 0x47,
  abstractOrigin: 0x31,
} as const;

interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly fields: readonly (readonly [attribute: number, form: number])[];
}

/** The top-level entries of every compile unit. Throws an Error for another version of DWARF. */
export function readEntries(sections: ReadonlyMap<string, Uint8Array>): Entry[] {
  const info = sections.get('.debug_info');
  const abbreviations = sections.get('.debug_abbrev');
  if (info === undefined || abbreviations === undefined) return [];
  const strings = sections.get('.debug_str') ?? new Uint8Array();
  const bytes = new Bytes(info);
  const found: Entry[] = [];
  while (!bytes.done) {
    const start = bytes.at;
    const end = bytes.u32() + bytes.at;
    if (bytes.u16() !== 4) throw new Error('debug information of another version than DWARF 4');
    const table = readAbbreviations(abbreviations, bytes.u32());
    bytes.u8();
    const unit = new UnitReader(new Bytes(info, bytes.at, end), table, strings, start);
    for (let entry = unit.entry(); entry !== null; entry = unit.entry()) found.push(entry);
    bytes.at = end;
  }
  return found;
}

function readAbbreviations(section: Uint8Array, offset: number): Map<number, Abbreviation> {
  const bytes = new Bytes(section, offset);
  const table = new Map<number, Abbreviation>();
  for (let code = bytes.uleb(); code !== 0; code = bytes.uleb()) {
    const tag = bytes.uleb();
    const hasChildren = bytes.u8() !== 0;
    const fields: [number, number][] = [];
    for (;;) {
      const attribute = bytes.uleb();
      const form = bytes.uleb();
      if (attribute === 0 && form === 0) break;
      fields.push([attribute, form]);
    }
    table.set(code, { tag, hasChildren, fields });
  }
  return table;
}

class UnitReader {
  constructor(
    private readonly bytes: Bytes,
    private readonly table: ReadonlyMap<number, Abbreviation>,
    private readonly strings: Uint8Array,
    /** References count from the unit's start. */
    private readonly start: number,
  ) {}

  /** The next entry with all below it; null at the end of a list. */
  entry(): Entry | null {
    const { bytes } = this;
    if (bytes.done) return null;
    const offset = bytes.at;
    const code = bytes.uleb();
    if (code === 0) return null;
    const abbreviation = this.table.get(code);
    if (abbreviation === undefined) throw new Error(`debug information without abbreviation ${code}`);
    const attributes = new Map<number, Attribute>();
    for (const [attribute, form] of abbreviation.fields) attributes.set(attribute, this.value(form));
    const children: Entry[] = [];
    if (abbreviation.hasChildren)
      for (let child = this.entry(); child !== null; child = this.entry()) children.push(child);
    return { offset, tag: abbreviation.tag, attributes, children };
  }

  /** A value by its form (DWARF 4, 7.5.4). */
  private value(form: number): Attribute {
    const { bytes } = this;
    switch (form) {
      case 0x01: // addr: 32 bits on this machine
      case 0x06: // data4
      case 0x17: // sec_offset
        return bytes.u32();
      case 0x0a: // block1
        return bytes.take(bytes.u8());
      case 0x18: // exprloc
      case 0x09: // block
        return bytes.take(bytes.uleb());
      case 0x0b: // data1
      case 0x0c: // flag
        return bytes.u8();
      case 0x05: // data2
        return bytes.u16();
      case 0x07: // data8
        return bytes.u64();
      case 0x08: // string
        return bytes.cString();
      case 0x0d: // sdata
        return bytes.sleb();
      case 0x0e: // strp
        return new Bytes(this.strings, bytes.u32()).cString();
      case 0x0f: // udata
        return bytes.uleb();
      case 0x13: // ref4
        return this.start + bytes.u32();
      case 0x19: // flag_present
        return 1;
      default:
        throw new Error(`debug information of form 0x${form.toString(16)}`);
    }
  }
}
