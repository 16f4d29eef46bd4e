// Looks at the model file that a configuration names before anything starts: is it there, is it a model that micro runs,
// and does it fit. Only its head is read.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Config } from '../../shared/config.ts'
import { HeadCutError, ModelFileError, readGguf, type Gguf } from '../../workers/micro/gguf.ts'
import { planLayout } from '../../workers/micro/layout.ts'
import { readShape } from '../../workers/micro/shape.ts'
import { makePrompter } from '../../workers/micro/template.ts'
import { makeTokenizer } from '../../workers/micro/tokenizer.ts'
import { readVocabulary } from '../../workers/micro/vocabulary.ts'
import { Refusal } from './refusal.ts'

export type MicroConfig = NonNullable<Config['micro']>

/** Read at first; a head that is longer is read again with four times as much. */
const FIRST_LOOK_BYTES = 1 << 20

/** The absolute path of the file. Throws a Refusal that names the file, what was found and what is needed. */
export function checkModel(
  folder: string,
  { gguf, contextWindow = 0 }: MicroConfig,
  configName: string,
): string {
  const path = resolve(folder, gguf)
  const refuse = (what: string): never => {
    throw new Refusal(`${configName}, micro.gguf: ${basename(path)} cannot take micro's place. ${what}`)
  }
  try {
    const file = readHead(path)
    const { contextLength } = planLayout(file, readShape(file))
    makePrompter(file, makeTokenizer(readVocabulary(file)))
    if (contextWindow > contextLength) {
      refuse(
        `There is room for ${contextLength} tokens, and micro.contextWindow asks for ${contextWindow}. Lower it, or use a smaller or more quantized file.`,
      )
    }
  } catch (error) {
    if (error instanceof ModelFileError) refuse(error.message)
    if (error instanceof Error && 'code' in error)
      refuse(`The file ${path} cannot be read (${String(error.code)}).`)
    throw error
  }
  return path
}

function readHead(path: string): Gguf {
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    for (let bytes = Math.min(FIRST_LOOK_BYTES, size); ; bytes = Math.min(bytes * 4, size)) {
      const beginning = new Uint8Array(bytes)
      readSync(descriptor, beginning, 0, bytes, 0)
      try {
        return readGguf(beginning.buffer, size)
      } catch (error) {
        if (!(error instanceof HeadCutError) || bytes === size) throw error
      }
    }
  } finally {
    closeSync(descriptor)
  }
}
