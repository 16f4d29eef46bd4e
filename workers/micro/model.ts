// A loaded model: the file's weights in one memory, connected with the kernel. One exists for each isolate.
import { readGguf, type Gguf } from './gguf.ts'
import { connectKernel, type Kernel } from './kernel.ts'
import { planLayout, type Layout } from './layout.ts'
import { readShape, type Shape } from './shape.ts'
import { fillMemory } from './weights.ts'

export interface Model {
  readonly file: Gguf
  readonly shape: Shape
  readonly layout: Layout
  readonly kernel: Kernel
  readonly memory: WebAssembly.Memory
  /** The logits of the last token that went through, valid until the next call of `forward`. */
  readonly logits: Float32Array
}

/** Loads a GGUF file. Throws ModelFileError when the file is damaged or not a model this engine runs. */
export function loadModel(bytes: ArrayBuffer, kernelModule: WebAssembly.Module): Model {
  const file = readGguf(bytes)
  const shape = readShape(file)
  const layout = planLayout(file, bytes.byteLength, shape)
  const pages = layout.totalBytes / 65_536
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const kernel = connectKernel(kernelModule, memory)
  fillMemory(memory, layout, shape)
  const logits = new Float32Array(memory.buffer, layout.scratch.logits, shape.vocabularySize)
  return { file, shape, layout, kernel, memory, logits }
}
