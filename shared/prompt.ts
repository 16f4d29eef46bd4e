// What a prompt can come to, in the tokens of whoever reads it: the same walk with an exact gauge and with one that
// knows no vocabulary. Pure.
import { mostOfJson, mostQuoted, mostTokens } from './bound.ts'
import { fieldsOf, text as textIn } from './fields.ts'
import type { Message, ModelRequest, Part, Tool, ToolCall } from './request.ts'
import { strays } from './stray.ts'
import type { CountTokens } from './tokens.ts'
import { utf8Length } from './utf8.ts'

/** How text becomes tokens, and what is put around it. */
export interface Gauge {
  readonly text: CountTokens
  /** A text that may stand in JSON when the model reads it. */
  readonly quoted: CountTokens
  readonly json: (value: unknown) => number
  /** The id of a call, which some templates write out. */
  readonly id: CountTokens
  /** Around the prompt, a message, a tool call, a tool, all tools, the shape of an answer. */
  readonly frame: Readonly<Record<'prompt' | 'message' | 'call' | 'tool' | 'tools' | 'format', number>>
}

export interface Measured {
  /** Of everything but pictures and documents. */
  readonly tokens: number
  readonly pictures: number
  /** Documents: pages are packed, or kept elsewhere, and nobody sees here how much they hold. */
  readonly files: number
  /** The model reads something beside it whose length cannot be known here; at most all that fits into its window. */
  readonly isOpen: boolean
}

/**
 * OpenAI's own models. A message costs 3 and its role 1, the answer is primed with 3, a name costs 1:
 * https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken. The same page counts 7 to 12 for a function
 * beside its words, which the model reads in a shorter notation than JSON; a schema it reads as JSON below a heading.
 */
export const exactGauge = (count: CountTokens): Gauge => {
  // A run longer than a token can be is not counted in slices here, which could come out too low.
  const text: CountTokens = (words) => count(words, utf8Length)
  return {
    text,
    quoted: text,
    json: (value) => text(JSON.stringify(value) ?? ''),
    id: () => 0,
    frame: { prompt: 3, message: 4, call: 8, tool: 16, tools: 32, format: 32 },
  }
}

/**
 * Anybody's model. The frames are more than templates and vendors are known to add:
 * - a message: 6 in Llama 3 (https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/), 5 in ChatML, fewer elsewhere;
 * - a prompt: the instructions that a template has where the client gives none, some 70 words in gpt-oss
 *   (https://cookbook.openai.com/articles/openai-harmony);
 * - all tools: 804 at most for Claude (Opus 4.7 with a forced tool; https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#pricing),
 *   some 500 in the template of Command R (https://docs.cohere.com/docs/prompting-command-r);
 * - the shape of an answer: Claude is told in an instruction of its own
 *   (https://platform.claude.com/docs/en/build-with-claude/structured-outputs), others as with tools.
 */
export const boundGauge: Gauge = {
  text: mostTokens,
  quoted: mostQuoted,
  json: mostOfJson,
  id: mostTokens,
  frame: { prompt: 256, message: 16, call: 64, tool: 64, tools: 1_024, format: 512 },
}

export function measure(request: ModelRequest, gauge: Gauge): Measured {
  const ids = (request.embedding?.tokens ?? []).reduce((sum, list) => sum + list.length, 0)
  let sum: Measured = { tokens: ids + gauge.frame.prompt, pictures: 0, files: 0, isOpen: false }
  for (const message of request.messages) sum = plus(sum, ofMessage(message, gauge))
  if (request.tools.length > 0) sum = plus(sum, { tokens: gauge.frame.tools })
  for (const tool of request.tools) sum = plus(sum, ofTool(tool, gauge))
  return plus(plus(sum, ofFormat(request, gauge)), ofUnread(request, gauge))
}

const OPEN: Partial<Measured> = { isOpen: true }

const plus = (sum: Measured, more: Partial<Measured>): Measured => ({
  tokens: sum.tokens + (more.tokens ?? 0),
  pictures: sum.pictures + (more.pictures ?? 0),
  files: sum.files + (more.files ?? 0),
  isOpen: sum.isOpen || more.isOpen === true,
})

const NOTHING: Measured = { tokens: 0, pictures: 0, files: 0, isOpen: false }

function ofMessage(message: Message, gauge: Gauge): Measured {
  const { role, parts, toolCalls = [], toolCallId, name, native } = message
  const read = role === 'tool' ? gauge.quoted : gauge.text
  let sum = plus(NOTHING, { tokens: gauge.frame.message })
  for (const part of parts) sum = plus(sum, ofPart(part, read))
  sum = plus(sum, { tokens: Math.max(0, parts.length - 1) }) // a line end between two of them
  for (const call of toolCalls) sum = plus(sum, { tokens: ofCall(call, gauge) })
  if (name !== undefined) sum = plus(sum, { tokens: 1 + gauge.text(name) })
  if (toolCallId !== undefined) sum = plus(sum, { tokens: gauge.id(toolCallId) })
  // The same dialect is sent the message as it came, with fields that nobody here has a word for.
  for (const stray of strays(native?.value)) sum = plus(sum, { tokens: gauge.json(stray) })
  return sum
}

const ofCall = ({ id, name, json, signature }: ToolCall, gauge: Gauge): number =>
  gauge.frame.call + gauge.id(id) + gauge.text(name) + gauge.quoted(json) + sealed(signature?.data)

/** Base64 of something encrypted: its letters are more than the tokens that are in it. */
const sealed = (data = ''): number => data.length

function ofPart(part: Part, read: CountTokens): Partial<Measured> {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { tokens: read(part.text) }
    case 'reasoning':
      return { tokens: read(part.text) + sealed(part.signature?.data) }
    case 'image':
      return { pictures: 1 }
    case 'audio':
      return { tokens: Math.ceil(part.data.length / SOUND_CHARS_PER_TOKEN) }
    case 'file':
      return { files: 1 }
    case 'other':
      return OPEN
  }
}

/**
 * Sound counts 32 tokens a second at most (https://ai.google.dev/gemini-api/docs/audio), and no codec that vendors take
 * needs less than 4.75 kbit/s, which is 594 bytes or 792 letters of base64.
 */
const SOUND_CHARS_PER_TOKEN = 16

/** Tools of a vendor's own kind that the client runs; the longest of their definitions has 735 tokens and 499 more of instructions. */
const CLIENT_RUN = /^(?:function|custom|local_shell|apply_patch|(?:bash|text_editor|computer|memory)_\d{8})$/
/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/computer-use-tool#pricing */
const CLIENT_RUN_TOKENS = 1_536

function ofTool(tool: Tool, gauge: Gauge): Partial<Measured> {
  const { hosted, name, description = '', parameters = {} } = tool
  if (hosted === undefined)
    return { tokens: gauge.frame.tool + gauge.json({ name, description, parameters }) }
  // What a search finds, a page holds or a program prints is read by the model and billed as a prompt.
  if (!CLIENT_RUN.test(textIn(fieldsOf(hosted.value)['type']))) return OPEN
  return { tokens: CLIENT_RUN_TOKENS + gauge.json(hosted.value) }
}

function ofFormat({ format }: ModelRequest, gauge: Gauge): Partial<Measured> {
  switch (format.type) {
    case 'text':
      return {}
    case 'json':
      return { tokens: gauge.frame.format }
    case 'json-schema':
      return { tokens: gauge.frame.format + gauge.json(format) }
  }
}

/** Fields of requests that bring text of the vendor's keeping or finding into the prompt. */
const BRINGING: ReadonlySet<string> = new Set([
  'cachedContent',
  'container',
  'mcp_servers',
  'plugins',
  'prompt',
  'search_parameters',
  'web_search_options',
])

function ofUnread({ unread = [], native }: ModelRequest, gauge: Gauge): Partial<Measured> {
  if (unread.some((field) => BRINGING.has(field))) return OPEN
  const values = unread.flatMap((field) => native.body[field] ?? [])
  return { tokens: values.reduce<number>((sum, value) => sum + gauge.json(value), 0) }
}
