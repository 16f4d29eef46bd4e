// A loaded model: the file's weights in one memory, connected with the kernel. One exists for each isolate. The weights
// are copied straight to where they are used, so a file can be loaded as it comes in and is never in memory twice.
import { readGguf, type Gguf } from './gguf.ts'
import { connectKernel, type Kernel } from './kernel.ts'
import { planLayout, type Layout } from './layout.ts'
import { readShape, type Shape } from './shape.ts'
import { readyWeights } from './weights.ts'

export interface Model {
  readonly shape: Shape
  readonly layout: Layout
  readonly kernel: Kernel
  readonly memory: WebAssembly.Memory
  /** The logits of the last token that went through, valid until the next call of `forward`. */
  readonly logits: Float32Array
}

/** With its file's head, which an engine needs once and a large vocabulary makes large. */
export interface LoadedModel extends Model {
  readonly file: Gguf
}

export interface Loading {
  /** Takes bytes of the file, whichever they are and in any order. */
  fill(fileAt: number, bytes: Uint8Array): void
  /** Once every byte has been filled in. */
  finish(): LoadedModel
}

/** Begins to load a file whose head is known. Throws ModelFileError when it is not a model this engine runs. */
export function beginModel(file: Gguf, kernelModule: WebAssembly.Module): Loading {
  const shape = readShape(file)
  const layout = planLayout(file, shape)
  const pages = layout.totalBytes / 65_536
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const kernel = connectKernel(kernelModule, memory)
  const weights = new Uint8Array(memory.buffer, layout.weights.at, layout.weights.bytes)
  return {
    fill(fileAt, bytes) {
      const skipped = Math.max(0, file.dataAt - fileAt)
      if (skipped < bytes.length) weights.set(bytes.subarray(skipped), fileAt + skipped - file.dataAt)
    },
    finish() {
      readyWeights(memory, kernel, layout, shape)
      const logits = new Float32Array(memory.buffer, layout.scratch.logits, shape.vocabularySize)
      return { file, shape, layout, kernel, memory, logits }
    },
  }
}

/** Loads a GGUF file. Throws ModelFileError when the file is damaged or not a model this engine runs. */
export function loadModel(bytes: ArrayBuffer, kernelModule: WebAssembly.Module): LoadedModel {
  const loading = beginModel(readGguf(bytes), kernelModule)
  loading.fill(0, new Uint8Array(bytes))
  return loading.finish()
}
