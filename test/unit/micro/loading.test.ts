// A model file that comes in piece by piece becomes the same engine as one that is there as a whole.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ModelFileError } from '../../../workers/micro/gguf.ts'
import { streamEngine } from '../../../workers/micro/loading.ts'
import { loadModel } from '../../../workers/micro/model.ts'
import { greedy, kernelModule, readBytes } from './load.ts'
import { makeGguf, SMALL } from './synthetic.ts'

function stream(file: ArrayBuffer, partBytes: number): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= file.byteLength) return controller.close()
      controller.enqueue(new Uint8Array(file.slice(at, at + partBytes)))
      at += partBytes
    },
  })
}

const load = async (file: ArrayBuffer, partBytes: number, bytes = file.byteLength) => {
  const seen: number[] = []
  const engine = await streamEngine(
    { bytes, body: stream(file, partBytes) },
    kernelModule(),
    async (part) => {
      seen.push(part.length)
    },
  )
  return { engine, seen: seen.reduce((sum, length) => sum + length, 0) }
}

const NAMES = { small: makeGguf({ ...SMALL, separateOutput: true }), shipped: readBytes('models/micro.gguf') }

describe('a streamed file', () => {
  for (const [name, file] of Object.entries(NAMES)) {
    for (const partBytes of [997, 65_536, 1_000_003, file.byteLength]) {
      it(`${name}, ${partBytes} bytes at a time, is the same model`, async () => {
        const { engine, seen } = await load(file, partBytes)
        const whole = loadModel(file, kernelModule())
        const { at, bytes } = whole.layout.weights
        const [one, other] = [engine.model, whole].map(({ memory }) =>
          Buffer.compare(Buffer.from(memory.buffer, at, bytes), Buffer.from(whole.memory.buffer, at, bytes)),
        )
        expect([one, other]).toEqual([0, 0])
        expect(seen).toBe(file.byteLength)
        expect(greedy(engine.model, [1, 2, 3], 5, new Set())).toEqual(greedy(whole, [1, 2, 3], 5, new Set()))
      })
    }
  }

  it('of bytes goes through one piece of memory, and nothing of it is kept', async () => {
    const file = NAMES.shipped
    let at = 0
    const rooms = new Set<number>()
    const body = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const { byobRequest } = controller
        const view = byobRequest?.view
        if (byobRequest === null || view === null || view === undefined)
          throw new Error('the reader brought no memory of its own')
        rooms.add(view.byteLength)
        const length = Math.min(view.byteLength, file.byteLength - at, 70_000)
        new Uint8Array(view.buffer, view.byteOffset, length).set(new Uint8Array(file, at, length))
        at += length
        if (length === 0) controller.close()
        byobRequest.respond(length)
      },
    })
    const digest = createHash('sha256')
    const engine = await streamEngine({ bytes: file.byteLength, body }, kernelModule(), async (part) => {
      digest.update(part)
    })
    expect(rooms).toEqual(new Set([256 * 1024]))
    expect(digest.digest('hex')).toBe(createHash('sha256').update(new Uint8Array(file)).digest('hex'))
    const whole = loadModel(file, kernelModule())
    expect(greedy(engine.model, [1, 2, 3], 5, new Set())).toEqual(greedy(whole, [1, 2, 3], 5, new Set()))
  })

  it('that ends too early, goes on too long or is another file is refused', async () => {
    const file = NAMES.small
    await expect(load(file.slice(0, -100), 4096, file.byteLength)).rejects.toThrow(
      /was to have \d+ bytes and has only \d+/,
    )
    await expect(load(file, 4096, file.byteLength - 64)).rejects.toThrow(ModelFileError)
    await expect(load(file.slice(0, 5_000), 1_000)).rejects.toThrow(/ends at byte 5000/)
    await expect(load(new ArrayBuffer(5_000), 1_000)).rejects.toThrow('not a GGUF file')
    await expect(load(new ArrayBuffer(0), 1_000)).rejects.toThrow(ModelFileError)
  })
})
