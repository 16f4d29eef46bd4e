// Reads the head of a GGUF model file: its metadata and where each tensor lies. Pure.
// Source: github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { FORMATS, nameOf, TENSOR_TYPES, typeOf, type TensorType } from './formats.ts'

export type MetaValue = string | number | boolean | readonly MetaValue[]

export interface Tensor {
  readonly name: string
  readonly type: TensorType
  /** Length of a row: the dimension whose values lie side by side. */
  readonly columns: number
  readonly rows: number
  /** Where it begins in the file, and how many bytes it takes. */
  readonly at: number
  readonly byteLength: number
}

export interface Gguf {
  readonly metadata: ReadonlyMap<string, MetaValue>
  readonly tensors: ReadonlyMap<string, Tensor>
  /** Where the head ends and the tensors begin, and where the file ends. */
  readonly dataAt: number
  readonly fileBytes: number
}

/** The head goes on beyond the bytes that were given. */
export class HeadCutError extends Error {
  override readonly name = 'HeadCutError'
}

export class ModelFileError extends Error {
  override readonly name = 'ModelFileError'
}

const MAGIC = 0x46554747
const MOST_ENTRIES = 1 << 20

/** A cursor over the file that fails with the place instead of reading past the end. */
interface Reader {
  at: number
  readonly view: DataView<ArrayBuffer>
  readonly fileBytes: number
}

function take(reader: Reader, bytes: number): number {
  const at = reader.at
  if (bytes > reader.fileBytes - at) {
    throw new ModelFileError(
      `The model file ends at byte ${reader.fileBytes}, in the middle of a field at byte ${at}. It is cut off or damaged.`,
    )
  }
  if (bytes > reader.view.byteLength - at) throw new HeadCutError(`The head goes on behind byte ${at}.`)
  reader.at = at + bytes
  return at
}

const readU32 = (reader: Reader) => reader.view.getUint32(take(reader, 4), true)

function readU64(reader: Reader): number {
  const value = reader.view.getBigUint64(take(reader, 8), true)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ModelFileError(
      `The model file holds the impossible length ${value} at byte ${reader.at - 8}. It is damaged.`,
    )
  }
  return Number(value)
}

function readCount(reader: Reader, what: string): number {
  const count = readU64(reader)
  if (count > MOST_ENTRIES) {
    throw new ModelFileError(
      `The model file claims ${count} ${what}, more than the ${MOST_ENTRIES} this reader takes. It is damaged or too large.`,
    )
  }
  return count
}

const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

function readString(reader: Reader): string {
  const length = readU64(reader)
  const at = take(reader, length)
  return utf8.decode(new Uint8Array(reader.view.buffer, at, length))
}

function readValue(reader: Reader, type: number, key: string): MetaValue {
  const { view } = reader
  switch (type) {
    case 0:
      return view.getUint8(take(reader, 1))
    case 1:
      return view.getInt8(take(reader, 1))
    case 2:
      return view.getUint16(take(reader, 2), true)
    case 3:
      return view.getInt16(take(reader, 2), true)
    case 4:
      return readU32(reader)
    case 5:
      return view.getInt32(take(reader, 4), true)
    case 6:
      return view.getFloat32(take(reader, 4), true)
    case 7:
      return view.getUint8(take(reader, 1)) !== 0
    case 8:
      return readString(reader)
    case 9: {
      const element = readU32(reader)
      const count = readCount(reader, `elements in ${key}`)
      if (element === 9)
        throw new ModelFileError(`Metadata ${key} is a list of lists, which this reader does not take.`)
      return Array.from({ length: count }, () => readValue(reader, element, key))
    }
    case 10:
      return readU64(reader)
    case 11:
      return Number(view.getBigInt64(take(reader, 8), true))
    case 12:
      return view.getFloat64(take(reader, 8), true)
  }
  throw new ModelFileError(
    `Metadata ${key} has the unknown type ${type}. The file is damaged or newer than this reader.`,
  )
}

interface TensorPlace {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: number
  readonly offset: number
}

function readPlace(reader: Reader): TensorPlace {
  const name = readString(reader)
  const dimensions = readU32(reader)
  if (dimensions < 1 || dimensions > 4) {
    throw new ModelFileError(`Tensor ${name} has ${dimensions} dimensions; a file has 1 to 4. It is damaged.`)
  }
  const shape = Array.from({ length: dimensions }, () => readU64(reader))
  return { name, shape, type: readU32(reader), offset: readU64(reader) }
}

function locate(place: TensorPlace, fileBytes: number, dataAt: number, alignment: number): Tensor {
  const { name } = place
  const type = typeOf(place.type)
  if (type === undefined) {
    throw new ModelFileError(
      `Tensor ${name} is of type ${nameOf(place.type)}; micro runs ${TENSOR_TYPES.join(', ')}. Quantize the model to one of these, Q4_K_M for example.`,
    )
  }
  const block = FORMATS[type]
  const [columns = 0, ...others] = place.shape
  const rows = others.reduce((product, size) => product * size, 1)
  if (columns % block.values !== 0) {
    throw new ModelFileError(
      `Tensor ${name} has rows of ${columns} values, but ${type} comes in blocks of ${block.values}.`,
    )
  }
  const bytes = (columns / block.values) * block.bytes * rows
  const at = dataAt + place.offset
  if (place.offset % alignment !== 0)
    throw new ModelFileError(
      `Tensor ${name} lies at offset ${place.offset}, not a multiple of ${alignment}. The file is damaged.`,
    )
  if (bytes === 0 || at + bytes > fileBytes) {
    throw new ModelFileError(
      `Tensor ${name} needs bytes ${at} to ${at + bytes}, but the file has ${fileBytes}. It is cut off or damaged.`,
    )
  }
  return { name, type, columns, rows, at, byteLength: bytes }
}

/**
 * Reads the head of a GGUF file of `fileBytes` bytes from the bytes with which it begins. Throws ModelFileError, and
 * HeadCutError where more of those bytes are needed.
 */
export function readGguf(beginning: ArrayBuffer, fileBytes = beginning.byteLength): Gguf {
  const reader: Reader = { at: 0, view: new DataView(beginning), fileBytes }
  if (readU32(reader) !== MAGIC)
    throw new ModelFileError('This is not a GGUF file: it does not begin with "GGUF".')
  const version = readU32(reader)
  if (version !== 2 && version !== 3) {
    throw new ModelFileError(`The file is GGUF version ${version}; versions 2 and 3 are read.`)
  }
  const tensorCount = readCount(reader, 'tensors')
  const metaCount = readCount(reader, 'metadata entries')

  const metadata = new Map<string, MetaValue>()
  for (let i = 0; i < metaCount; i++) {
    const key = readString(reader)
    metadata.set(key, readValue(reader, readU32(reader), key))
  }
  const places = Array.from({ length: tensorCount }, () => readPlace(reader))

  const alignment = metadata.get('general.alignment') ?? 32
  if (typeof alignment !== 'number' || !Number.isInteger(alignment) || alignment < 1) {
    throw new ModelFileError(`general.alignment is ${String(alignment)}, which is no positive whole number.`)
  }
  const dataAt = Math.ceil(reader.at / alignment) * alignment
  const tensors = new Map<string, Tensor>()
  for (const place of places) {
    if (tensors.has(place.name))
      throw new ModelFileError(`Tensor ${place.name} stands twice in the file. It is damaged.`)
    tensors.set(place.name, locate(place, fileBytes, dataAt, alignment))
  }
  return { metadata, tensors, dataAt, fileBytes }
}
