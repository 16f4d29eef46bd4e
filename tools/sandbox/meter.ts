// Makes a WebAssembly module stop by itself: it counts its turns down from what its exported global `fuel` is set to, and
// traps below nothing; and its memory cannot grow beyond `pages`. Pure.
import { chargeBody, meterBody } from './body.ts'
import { nameBytes, numberBytes, Reader, Writer } from './bytes.ts'

export interface Bounds {
  /** Of 64 KiB. */
  readonly pages: number
}

const TYPES = 1
const IMPORTS = 2
const FUNCTIONS = 3
const MEMORIES = 5
const GLOBALS = 6
const EXPORTS = 7
const CODE = 10
const I32 = 0x7f
/** What a module may use while it is being instantiated, before anybody can set more: 1,048,576 turns. */
const START_FUEL = [0x80, 0x80, 0xc0, 0x00]

export function meter(module: Uint8Array, { pages }: Bounds): Uint8Array {
  const sections = sectionsOf(module)
  const types = readTypes(sections)
  const imports = readImports(sections)
  const functions = readFunctions(sections)
  const [ownGlobals, globals] = listIn(sections, GLOBALS)
  const [ownExports, exports] = listIn(sections, EXPORTS)
  const fuel = imports.globals + ownGlobals
  const charge = imports.functions + functions.length
  const charging = { fuel, charge }

  const replaced = new Map<number, Uint8Array | number[]>([
    [
      TYPES,
      [
        ...numberBytes(types.length + 1),
        ...(listIn(sections, TYPES)[1] as Iterable<number>),
        0x60,
        1,
        I32,
        0,
      ],
    ],
    [FUNCTIONS, [functions.length + 1, ...functions, types.length].flatMap(numberBytes)],
    [GLOBALS, [...numberBytes(ownGlobals + 1), ...globals, I32, 1, 0x41, ...START_FUEL, 0x0b]],
    [EXPORTS, [...numberBytes(ownExports + 1), ...exports, ...nameBytes('fuel'), 3, ...numberBytes(fuel)]],
    [
      CODE,
      writeCode(
        sections,
        charging,
        functions.map((type) => types[type] ?? 0),
      ),
    ],
  ])
  const memory = sections.get(MEMORIES)
  if (memory !== undefined) replaced.set(MEMORIES, boundMemory(memory, pages))

  const out = new Writer()
  out.push(module.subarray(0, 8))
  for (const [id, bytes] of sections) {
    if (id === 0) continue // names and the like, for people
    const section = replaced.get(id) ?? bytes
    out.push([id, ...numberBytes(section.length)])
    out.push(section)
  }
  return out.bytes()
}

type Sections = ReadonlyMap<number, Uint8Array>

/** In the order of the file, which the format prescribes. */
function sectionsOf(module: Uint8Array): Sections {
  const reader = new Reader(module, 8)
  const sections = new Map<number, Uint8Array>()
  while (!reader.isDone) {
    const id = reader.byte()
    sections.set(id, reader.take(reader.number()))
  }
  for (const id of [TYPES, IMPORTS, FUNCTIONS, GLOBALS, EXPORTS, CODE])
    if (!sections.has(id)) throw new Error(`section ${id} is missing`)
  return sections
}

/** How many entries a section lists, and their bytes. */
function listIn(sections: Sections, id: number): readonly [number, Uint8Array] {
  const reader = new Reader(sections.get(id) ?? new Uint8Array([0]))
  const count = reader.number()
  return [count, reader.bytes.subarray(reader.at)]
}

/** How many parameters each type has. */
function readTypes(sections: Sections): readonly number[] {
  const [count, bytes] = listIn(sections, TYPES)
  const reader = new Reader(bytes)
  return Array.from({ length: count }, () => {
    if (reader.byte() !== 0x60) throw new Error('a type that is no function')
    const parameters = reader.number()
    reader.take(parameters)
    reader.take(reader.number())
    return parameters
  })
}

function readImports(sections: Sections): { readonly functions: number; readonly globals: number } {
  const [count, bytes] = listIn(sections, IMPORTS)
  const reader = new Reader(bytes)
  let functions = 0
  let globals = 0
  for (let index = 0; index < count; index += 1) {
    reader.take(reader.number())
    reader.take(reader.number())
    const kind = reader.byte()
    if (kind === 0) {
      functions += 1
      reader.number()
    } else if (kind === 2) {
      if (reader.byte() % 2 === 1) reader.passNumber()
      reader.passNumber()
    } else if (kind === 3) {
      globals += 1
      reader.at += 2
    } else throw new Error(`an import of kind ${kind} is not known here`)
  }
  return { functions, globals }
}

/** The type of each function. */
function readFunctions(sections: Sections): readonly number[] {
  const [count, bytes] = listIn(sections, FUNCTIONS)
  const reader = new Reader(bytes)
  return Array.from({ length: count }, () => reader.number())
}

function boundMemory(section: Uint8Array, pages: number): number[] {
  const reader = new Reader(section)
  const count = reader.number()
  reader.byte()
  const least = reader.number()
  if (count !== 1 || least > pages) throw new Error(`${count} memories, ${least} pages at least`)
  return [1, 1, ...numberBytes(least), ...numberBytes(pages)]
}

function writeCode(
  sections: Sections,
  charging: { readonly fuel: number; readonly charge: number },
  parameters: readonly number[],
): Uint8Array {
  const [count, bytes] = listIn(sections, CODE)
  const reader = new Reader(bytes)
  const out = new Writer()
  out.push(numberBytes(count + 1))
  for (let index = 0; index < count; index += 1) {
    const size = reader.number()
    const body = meterBody(new Reader(reader.take(size)), charging, parameters[index] ?? 0)
    out.push(numberBytes(body.length))
    out.push(body)
  }
  const charge = chargeBody(charging.fuel)
  out.push(numberBytes(charge.length))
  out.push(charge)
  return out.bytes()
}
