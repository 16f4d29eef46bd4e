// Loads a model file as it comes in, straight to where its weights are used: the file is never in memory as a whole.
import { assembleEngine, type Engine } from './engine.ts'
import { HeadCutError, ModelFileError, readGguf, type Gguf } from './gguf.ts'
import { beginModel } from './model.ts'
import { readParts } from './parts.ts'

/** A file that is being read. */
export interface ModelStream {
  readonly bytes: number
  readonly body: ReadableStream<Uint8Array>
}

/** A longer head is no head: the largest vocabularies take a tenth of this. */
const MOST_HEAD_BYTES = 32 * 1024 * 1024
const FIRST_LOOK_BYTES = 256 * 1024

function grow(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length)
  larger.set(bytes)
  return larger
}

/** Undefined as long as the head goes on. */
function tryHead(beginning: ArrayBuffer, fileBytes: number): Gguf | undefined {
  try {
    return readGguf(beginning, fileBytes)
  } catch (error) {
    if (error instanceof HeadCutError) return undefined
    throw error
  }
}

/**
 * Loads an engine from a stream; `watch` sees every byte, in order. Throws ModelFileError where the file is not a model
 * that this engine runs, too large, or not as long as it was said to be.
 */
export async function streamEngine(
  { body, bytes: fileBytes }: ModelStream,
  kernel: WebAssembly.Module,
  watch: (bytes: Uint8Array) => Promise<void>,
): Promise<Engine> {
  const limit = Math.min(fileBytes, MOST_HEAD_BYTES)
  let head = new Uint8Array(Math.min(limit, FIRST_LOOK_BYTES))
  let received = 0
  let loading: ReturnType<typeof beginModel> | undefined

  function look(): void {
    const file = tryHead(head.buffer.slice(0, received), fileBytes)
    if (file === undefined) return
    loading = beginModel(file, kernel)
    loading.fill(0, head.subarray(0, received))
  }

  for await (const part of readParts(body)) {
    await watch(part)
    if (received + part.length > fileBytes) throw lengthError(fileBytes, 'more')
    let from = 0
    while (loading === undefined && from < part.length) {
      if (received === head.length && head.length < limit) head = grow(head, Math.min(limit, head.length * 4))
      const taken = part.subarray(from, from + head.length - received)
      if (taken.length === 0) throw new ModelFileError('The head of the model file does not end.')
      head.set(taken, received)
      received += taken.length
      from += taken.length
      if (received === head.length) look()
    }
    loading?.fill(received, part.subarray(from))
    received += part.length - from
  }
  if (received !== fileBytes) throw lengthError(fileBytes, `only ${received}`)
  if (loading === undefined) throw new ModelFileError('The head of the model file does not end.')
  return assembleEngine(loading.finish())
}

const lengthError = (expected: number, found: string) =>
  new ModelFileError(`The model file was to have ${expected} bytes and has ${found}.`)
