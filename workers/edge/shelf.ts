// The list of models in the shapes of Anthropic and of Gemini, page by page, for clients that speak those.
import { Failed } from '../../shared/failure.ts'
import type { Catalog, Listed } from '../routing/catalog.ts'
import type { Caller } from '../service.ts'
import { CREATED, findModel, listModels, readModel, usable } from './describe.ts'

type Fields = Readonly<Record<string, unknown>>

/** Anthropic's clients send this with every request, and OpenAI's address for the list is theirs too. */
export const speaksAnthropic = (headers: Headers): boolean => headers.has('anthropic-version')

/** The list at /v1/models, in the shape that the client expects there. */
export const modelsFor = ({ headers, url }: Request, catalog: Catalog, caller: Caller): object =>
  speaksAnthropic(headers)
    ? anthropicList(catalog, caller, new URL(url).searchParams)
    : listModels(catalog, caller)

export const modelFor = ({ headers }: Request, catalog: Catalog, caller: Caller, id: string): object =>
  speaksAnthropic(headers) ? anthropicModel(catalog, caller, id) : readModel(catalog, caller, id)

const CREATED_AT = new Date(CREATED * 1000).toISOString().replace('.000Z', 'Z')

/** Source: https://platform.claude.com/docs/en/api/models/list */
export function anthropicList(catalog: Catalog, caller: Caller, query: URLSearchParams): Fields {
  const all = usable(catalog, caller)
  const limit = pageSize(query.get('limit'), 'limit', 20)
  const [after, before] = [query.get('after_id'), query.get('before_id')]
  const start = after === null ? 0 : placeOf(all, after, 'after_id') + 1
  const end = before === null ? all.length : placeOf(all, before, 'before_id')
  // The page before a model is the one that ends with its neighbour.
  const first = before === null ? start : Math.max(start, end - limit)
  const page = all.slice(first, before === null ? Math.min(end, start + limit) : end)
  return {
    data: page.map(anthropicEntry),
    has_more: before === null ? first + page.length < end : first > start,
    first_id: page.at(0)?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  }
}

/** Source: https://platform.claude.com/docs/en/api/models/retrieve */
export const anthropicModel = (catalog: Catalog, caller: Caller, id: string): Fields =>
  anthropicEntry(findModel(catalog, caller, id))

const anthropicEntry = ({ id, model }: Listed): Fields => ({
  type: 'model',
  id,
  display_name: id,
  created_at: CREATED_AT,
  ...(model?.contextWindow === undefined ? {} : { max_input_tokens: model.contextWindow }),
  ...(model?.maxOutput === undefined ? {} : { max_tokens: model.maxOutput }),
})

/** Source: https://ai.google.dev/api/models#method:-models.list */
export function geminiList(catalog: Catalog, caller: Caller, query: URLSearchParams): Fields {
  const all = usable(catalog, caller)
  const size = pageSize(query.get('pageSize'), 'pageSize', 50)
  const token = query.get('pageToken') ?? ''
  const start = token === '' ? 0 : placeOf(all, token, 'pageToken') + 1
  const page = all.slice(start, start + size)
  const last = page.at(-1)
  return {
    models: page.map(geminiEntry),
    ...(last === undefined || start + page.length >= all.length ? {} : { nextPageToken: last.id }),
  }
}

/** Source: https://ai.google.dev/api/models#method:-models.get */
export const geminiModel = (catalog: Catalog, caller: Caller, id: string): Fields =>
  geminiEntry(findModel(catalog, caller, id))

const geminiEntry = ({ id, model }: Listed): Fields => ({
  name: `models/${id}`,
  displayName: id,
  ...(model?.contextWindow === undefined ? {} : { inputTokenLimit: model.contextWindow }),
  ...(model?.maxOutput === undefined ? {} : { outputTokenLimit: model.maxOutput }),
  supportedGenerationMethods:
    model?.facts?.embedding === true
      ? ['embedContent']
      : ['generateContent', 'streamGenerateContent', 'countTokens'],
  ...(model?.facts?.reasoning === undefined ? {} : { thinking: model.facts.reasoning }),
})

const MOST = 1_000

function pageSize(given: string | null, param: string, usual: number): number {
  if (given === null || given === '') return usual
  const size = Number(given)
  if (Number.isInteger(size) && size >= 1) return Math.min(size, MOST)
  const message = `Invalid '${param}': send a whole number from 1 to ${MOST}.`
  throw new Failed({ kind: 'invalid-request', message, param })
}

function placeOf(all: readonly Listed[], id: string, param: string): number {
  const place = all.findIndex((listed) => listed.id === id)
  if (place >= 0) return place
  const message = `Invalid '${param}': the list has no model '${id}'.`
  throw new Failed({ kind: 'invalid-request', message, param })
}
