// Everything an isolate needs to answer with micro, assembled once from a model file and the compiled kernel.
import { makeCacheStore, type CacheStore } from './cache.ts'
import { loadModel, type LoadedModel, type Model } from './model.ts'
import { makePagePool } from './pages.ts'
import { makePrompter, type Prompter } from './template.ts'
import { makeTokenizer, type Tokenizer } from './tokenizer.ts'
import { readVocabulary } from './vocabulary.ts'

export interface Engine {
  readonly model: Model
  readonly tokenizer: Tokenizer
  readonly prompter: Prompter
  readonly caches: CacheStore
}

/** Loads a model file. Throws ModelFileError, with what is wrong in the file. */
export function loadEngine(file: ArrayBuffer, kernel: WebAssembly.Module): Engine {
  return assembleEngine(loadModel(file, kernel))
}

/** What a loaded model still needs. Throws ModelFileError where its file does not say it. */
export function assembleEngine({ file, ...model }: LoadedModel): Engine {
  const tokenizer = makeTokenizer(readVocabulary(file))
  const prompter = makePrompter(file, tokenizer)
  const caches = makeCacheStore(makePagePool(model.layout.pages), model.memory)
  return { model, tokenizer, prompter, caches }
}
