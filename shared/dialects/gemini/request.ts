// A client's generateContent request, read. Model, stream and framing come from its address. Pure.
// Source: https://ai.google.dev/api/generate-content
import type { Address } from '../../dialect.ts'
import { isFields } from '../../fields.ts'
import { invalid, mistake } from '../../mistake.ts'
import type { Format, ModelRequest, Sampling } from '../../request.ts'
import { readContents, readInstruction } from './contents.ts'
import { camelCased, DIALECT } from './names.ts'
import { type GeminiBody, type GenerationConfig, requestSchema } from './schema.ts'
import { readSchema } from './openapi.ts'
import { readThinking } from './thinking.ts'
import { readTools } from './tools.ts'

export function readRequest(body: unknown, address: Address = {}): ModelRequest {
  if (!isFields(body)) throw invalid('The request body must be a JSON object.', undefined)
  const named = camelCased(body)
  const checked = requestSchema.safeParse(named)
  if (!checked.success) throw mistake(checked.error, named)
  const asked = checked.data
  const config = asked.generationConfig ?? {}
  const reasoning = readThinking(config.thinkingConfig)
  const serviceTier = readTier(asked.serviceTier)
  const unread = unreadOf(asked, config)
  const instruction = asked.systemInstruction
  return {
    model: (address.model ?? asked.model ?? 'auto').replace(/^models\//, ''),
    messages: [...(instruction ? [readInstruction(instruction)] : []), ...readContents(asked.contents)],
    ...readTools(asked),
    stream: address.stream === true,
    streamUsage: true, // every chunk of Google's carries it
    choices: config.candidateCount ?? 1,
    format: readFormat(config),
    ...(reasoning === undefined ? {} : { reasoning }),
    sampling: readSampling(config),
    limits: typeof config.maxOutputTokens === 'number' ? { maxOutput: config.maxOutputTokens } : {},
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(unread.length === 0 ? {} : { unread }),
    native: {
      dialect: DIALECT,
      body: asked.tools ? { ...named, tools: asked.tools } : named, // a tool alone is a list now
      ...(address.framing === undefined ? {} : { framing: address.framing }),
    },
  }
}

function readFormat(config: GenerationConfig): Format {
  const modern =
    config.responseFormat?.find(({ text }) => (text ?? undefined) !== undefined)?.text ?? undefined
  const mimeType = config.responseMimeType ?? modern?.mimeType ?? ''
  const schema = config.responseJsonSchema ?? modern?.schema
  if (schema !== undefined && schema !== null) return { type: 'json-schema', name: 'response', schema }
  if (config.responseSchema && !mimeType.includes('enum')) {
    return { type: 'json-schema', name: 'response', schema: readSchema(config.responseSchema) }
  }
  return { type: /json/i.test(mimeType) ? 'json' : 'text' }
}

function readSampling(config: GenerationConfig): Sampling {
  const { temperature, topP, topK, stopSequences, seed, presencePenalty, frequencyPenalty } = config
  const isNumber = (value: unknown): value is number => typeof value === 'number'
  const wantsLogprobs = config.responseLogprobs === true
  return {
    ...(isNumber(temperature) ? { temperature } : {}),
    ...(isNumber(topP) ? { topP } : {}),
    ...(isNumber(topK) ? { topK } : {}),
    ...(stopSequences && stopSequences.length > 0 ? { stop: stopSequences } : {}),
    ...(isNumber(seed) ? { seed } : {}),
    ...(isNumber(presencePenalty) ? { presencePenalty } : {}),
    ...(isNumber(frequencyPenalty) ? { frequencyPenalty } : {}),
    ...(wantsLogprobs ? { topLogprobs: config.logprobs ?? 0 } : {}),
  }
}

/** Google's `standard` is what others call `default`. https://ai.google.dev/gemini-api/docs/flex-inference */
function readTier(tier: string | null | undefined): string | undefined {
  const word = tier?.toLowerCase()
  if (word === 'flex' || word === 'priority') return word
  return word === 'standard' ? 'default' : undefined
}

const READ = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'serviceTier',
])

const READ_CONFIG = new Set([
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'stopSequences',
  'candidateCount',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseFormat',
  'thinkingConfig',
])

/** Fields that only Google understands: those of the body, and those of its generation config under its name. */
function unreadOf(body: GeminiBody, config: GenerationConfig): string[] {
  const isSaid = ([, value]: [string, unknown]): boolean => value !== null && value !== undefined
  const modalities = config.responseModalities ?? []
  const onlyText = modalities.every((modality) => modality.toUpperCase() === 'TEXT')
  return [
    ...Object.entries(body)
      .filter(isSaid)
      .flatMap(([name]) => (READ.has(name) ? [] : [name])),
    ...Object.entries(config)
      .filter(isSaid)
      .flatMap(([name]) =>
        READ_CONFIG.has(name) || (name === 'responseModalities' && onlyText)
          ? []
          : [`generationConfig.${name}`],
      ),
  ]
}
