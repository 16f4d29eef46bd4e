// What a request needs of a model, and which models have it: a request never reaches one that surely cannot serve it. Pure.
import { Failed } from '../../shared/failure.ts'
import { type ModelRequest, textOf } from '../../shared/request.ts'
import type { Model } from './catalog.ts'

/** Why a model cannot serve a request, as one word. */
export type Lack = 'tools' | 'images' | 'files' | 'audio' | 'embeddings' | 'chat' | 'long'

export interface Needs {
  readonly abilities: readonly Exclude<Lack, 'long'>[]
  /** Of all that has to fit into one window. */
  readonly chars: number
  /** A JSON Schema is to be followed. */
  readonly schema: boolean
  /** Tokens that the answer may have, where the client said. */
  readonly output: number
}

/** English text has about four characters a token; answers need room too. */
const CHARS_PER_TOKEN = 4
const ROOM = 0.9
/** Hardly any text has more, so what is longer by this measure is too long by any. */
const MOST_CHARS_PER_TOKEN = 6

export function needsOf(request: ModelRequest): Needs {
  const { messages, tools, embedding, format } = request
  const kinds = new Set(messages.flatMap((message) => message.parts.map((part) => part.type)))
  const lengths = messages.map((message) => textOf(message).length)
  return {
    abilities: [
      ...(tools.some((tool) => tool.hosted === undefined) ? (['tools'] as const) : []),
      ...(kinds.has('image') ? (['images'] as const) : []),
      ...(kinds.has('file') ? (['files'] as const) : []),
      ...(kinds.has('audio') ? (['audio'] as const) : []),
      embedding === undefined ? 'chat' : 'embeddings',
    ],
    // The inputs of an embedding are read one by one.
    chars: lengths.reduce(
      (sum, length) => (embedding === undefined ? sum + length : Math.max(sum, length)),
      0,
    ),
    schema: format.type === 'json-schema',
    output: embedding === undefined ? (request.limits.maxOutput ?? 0) : 0,
  }
}

function lacks({ facts = {} }: Model, ability: Exclude<Lack, 'long'>): boolean {
  switch (ability) {
    case 'chat':
      return facts.embedding === true
    case 'embeddings':
      return facts.embedding === false
    case 'tools':
    case 'images':
    case 'files':
    case 'audio':
      return facts[ability] === false
  }
}

/** What a model surely cannot do for a request; nobody is held back by what is not known of it. */
export function lackOf(model: Model, needs: Needs): Lack | undefined {
  const missing = needs.abilities.find((ability) => lacks(model, ability))
  if (missing !== undefined) return missing
  const room = model.contextWindow
  return room !== undefined && needs.chars / MOST_CHARS_PER_TOKEN > room ? 'long' : undefined
}

/** The prompt may be too long for it, it may write less than was asked for or miss the schema: others are asked first. */
export function doubtOf(
  { contextWindow, maxOutput, facts, plainText }: Model,
  needs: Needs,
): 'long' | 'output' | 'format' | undefined {
  if (contextWindow !== undefined && needs.chars / CHARS_PER_TOKEN > contextWindow * ROOM) return 'long'
  if (maxOutput !== undefined && needs.output > maxOutput && !plainText) return 'output'
  return needs.schema && facts?.jsonSchema === false ? 'format' : undefined
}

/** Those that can serve a request, in their order, with the doubtful ones behind the others. */
export function able(models: readonly Model[], needs: Needs): readonly Model[] {
  const left = models.filter((model) => lackOf(model, needs) === undefined)
  const isSure = (model: Model): boolean => doubtOf(model, needs) === undefined
  return left.every(isSure) ? left : [...left.filter(isSure), ...left.filter((model) => !isSure(model))]
}

const SAID: Readonly<Record<Exclude<Lack, 'long'>, string>> = {
  tools: 'calls no tools',
  images: 'reads no images',
  files: 'reads no files',
  audio: 'hears no audio',
  embeddings: 'makes no embeddings',
  chat: 'makes embeddings only',
}

/** The field of the request that asks for it. */
const FIELDS: Readonly<Record<Lack, string>> = {
  tools: 'tools',
  images: 'images',
  files: 'files',
  audio: 'audio',
  embeddings: 'model',
  chat: 'model',
  long: 'messages',
}

/** None of the models can serve the request; says which, and what they lack. */
export function unable(name: string, models: readonly Model[], needs: Needs): Failed {
  const found = models.map((model) => ({ model, lack: lackOf(model, needs) ?? 'long' }))
  if (found.every(({ lack }) => lack === 'long')) {
    const least = Math.ceil(needs.chars / MOST_CHARS_PER_TOKEN)
    const windows = found.map(({ model }) => `${model.name} reads ${model.contextWindow ?? 0}`)
    const message = `The prompt is too long for '${name}': it has ${needs.chars} characters, at least ${least} tokens, and ${windows.join(', ')}.`
    const code = 'context_length_exceeded'
    return new Failed({ kind: 'context-length', status: 400, message, code, param: 'messages' })
  }
  const reasons = found.map(({ model, lack }) =>
    lack === 'long'
      ? `${model.name} reads ${model.contextWindow ?? 0} tokens and the prompt has more`
      : `${model.name} ${SAID[lack]}`,
  )
  const parameters = [...new Set(found.map(({ lack }) => FIELDS[lack]))]
  const message = `'${name}' cannot serve this request: ${reasons.join('; ')}. GET /v1/models lists what models can do; where that is wrong, models.<name> in minnow.jsonc says it right.`
  return new Failed({ kind: 'unsupported', message, parameters })
}
