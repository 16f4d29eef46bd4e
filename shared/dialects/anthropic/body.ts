// Messages requests, written for vendors. Pure.
// Source: https://platform.claude.com/docs/en/api/messages/create
import { wantedFor } from '../../caching.ts'
import type { Parameter, WireRequest, WireTarget } from '../../dialect.ts'
import type { ModelRequest } from '../../request.ts'
import { type Generation, generationOf } from './generation.ts'
import { leastCached } from './least.ts'
import { settleMarks } from './marks.ts'
import { mend } from './mend.ts'
import type { AnthropicOptions } from './options.ts'
import { DIALECT } from './schema.ts'
import { writeSettings } from './settings.ts'
import { writeTurns } from './turns.ts'

/** The API wants a limit; this is for who gave none, on a model of which nothing is known. */
const DEFAULT_LIMIT = 4_096

/**
 * The version that still has temperature, top_p and top_k, for the models that take them; the later one refuses them.
 * A client of this dialect names its own. Source: https://platform.claude.com/docs/en/api/versioning
 */
const VERSION = '2023-06-01'

/** A body in the making, and what could not be put into it. */
export interface Draft {
  readonly body: Record<string, unknown>
  /** In the words of `Parameter`, or the client's own. */
  readonly drop: (name: Parameter | 'strict') => void
  readonly generation: Generation
  readonly target: WireTarget
  readonly maxTokens: number
}

export function writeRequest(
  request: ModelRequest,
  target: WireTarget,
  options: AnthropicOptions,
): WireRequest {
  const isOwn = request.native.dialect === DIALECT
  const dropped = new Set<string>()
  const generation = generationOf(target.model)
  const draft: Draft = {
    body: isOwn ? { ...request.native.body } : {},
    drop: (name) => void dropped.add(name),
    generation,
    target,
    maxTokens: request.limits.maxOutput ?? target.maxOutput ?? DEFAULT_LIMIT,
  }
  if (isOwn) mend(request, draft)
  else writeSettings(request, draft)
  const turns = writeTurns(request.messages, {
    inPlace: options.systemInPlace ? generation.systemInPlace : false,
    plainIds: generation.systemInPlace !== undefined,
  })
  const { body } = draft
  delete body['system']
  if (turns.system !== undefined) body['system'] = turns.system
  body['messages'] = turns.messages
  body['max_tokens'] = draft.maxTokens
  const wanted = wantedFor(request, leastCached(target.model), target.marking)
  settleMarks(body, wanted, (name) => void dropped.add(name))
  for (const name of turns.dropped) dropped.add(name)
  return { ...address(body, request, target, options), dropped: [...dropped] }
}

function address(
  body: Record<string, unknown>,
  request: ModelRequest,
  target: WireTarget,
  options: AnthropicOptions,
): Omit<WireRequest, 'dropped'> {
  const { 'anthropic-version': version, 'anthropic-beta': beta, ...sent } = headersOf(request)
  const { versionInBody } = options
  if (versionInBody === undefined) body['model'] = target.model
  else {
    delete body['model']
    body['anthropic_version'] = versionInBody
  }
  if (request.stream && options.streamInBody) body['stream'] = true
  else delete body['stream']
  if (beta !== undefined && options.betasInBody)
    body['anthropic_beta'] = beta.split(',').map((name) => name.trim())
  return {
    path: options.path(target.model, request.stream),
    body,
    headers: {
      ...sent,
      ...(versionInBody === undefined ? { 'anthropic-version': version ?? VERSION } : {}),
      ...(beta === undefined || options.betasInBody ? {} : { 'anthropic-beta': beta }),
    },
  }
}

/** Those of the client's own request that belong to the wire; a client of another dialect has none. */
const headersOf = ({ native }: ModelRequest): Readonly<Record<string, string>> =>
  native.dialect === DIALECT ? (native.headers ?? {}) : {}

/** What is counted of a request: all that makes up its prompt. */
const COUNTED: ReadonlySet<string> = new Set([
  'anthropic_version',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
  'mcp_servers',
  'context_management',
])

/** Asks the vendor how long the prompt is. Source: https://platform.claude.com/docs/en/api/messages/count_tokens */
export function writeCountRequest(
  request: ModelRequest,
  target: WireTarget,
  options: AnthropicOptions,
): WireRequest {
  const { body, ...rest } = writeRequest({ ...request, stream: false }, target, options)
  const counted = Object.entries(body).filter(([name]) => COUNTED.has(name))
  // The model stands in the body here, also at hosts that have it in the address elsewhere.
  return { ...rest, path: options.countPath, body: { model: target.model, ...Object.fromEntries(counted) } }
}
