// `/openapi.json`: the API of the gateway as OpenAPI 3.1, made from the schemas that check requests. Written by the build
// beside the browser's files, so that a running gateway spends nothing on it.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { admin } from './areas/admin.ts'
import { anthropic } from './areas/anthropic.ts'
import { conversations } from './areas/conversations.ts'
import { gateway } from './areas/gateway.ts'
import { gemini } from './areas/gemini.ts'
import { openai } from './areas/openai.ts'
import { passed } from './areas/passed.ts'
import { responses } from './areas/responses.ts'
import { schemaComponents } from './components.ts'
import {
  headerComponents,
  headerRefs,
  parameterComponents,
  parameterRefs,
  REFUSAL_HEADERS,
  REPLY_HEADERS,
} from './headers.ts'
import type { Body, ErrorShape, Operation, Reply } from './operation.ts'
import { type Json, refTo, schemaOf } from './schemas.ts'
import { TAGS } from './tags.ts'
import { KEYS_TEXT, OVERVIEW, PLACES } from './words.ts'

export const OPERATIONS: readonly Operation[] = [
  ...openai,
  ...responses,
  ...anthropic,
  ...gemini,
  ...passed,
  ...gateway,
  ...conversations,
  ...admin,
]

const ERRORS: Readonly<Record<ErrorShape, string>> = {
  openai: 'OpenAIError',
  anthropic: 'AnthropicError',
  gemini: 'GeminiError',
}

export function openapi(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Minnow',
      version: versionOf(),
      summary: 'An LLM gateway at the edge.',
      description: OVERVIEW,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This gateway.' }],
    tags: TAGS,
    security: [],
    paths: paths(),
    components: {
      schemas: schemaComponents(),
      headers: headerComponents(),
      parameters: parameterComponents(),
      responses: Object.fromEntries(
        Object.values(ERRORS).map((name) => [
          name,
          {
            description: 'Refused, or failed; `message` says what was wrong, where, and what to do.',
            headers: headerRefs(REFUSAL_HEADERS),
            content: { 'application/json': { schema: refTo(name) } },
          },
        ]),
      ),
      securitySchemes: KEYS_TEXT,
    },
  }
}

export const openapiText = (): string => `${JSON.stringify(openapi())}\n`

function versionOf(): string {
  const file = resolve(import.meta.dirname, '../../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

function paths(): Record<string, Record<string, Json>> {
  const all: Record<string, Record<string, Json>> = {}
  for (const operation of OPERATIONS) (all[operation.path] ??= {})[operation.method] = written(operation)
  return all
}

const ACCESS = {
  nobody: [],
  client: [{ bearer: [] }, { 'x-api-key': [] }, { 'api-key': [] }, { 'x-goog-api-key': [] }],
  admin: [{ admin: [] }],
} as const

function written(operation: Operation): Json {
  const { id, tag, summary, description, access, errors, asksModel, body } = operation
  const parameters = [...ownParameters(operation), ...(asksModel === true ? parameterRefs : [])]
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: ACCESS[access],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: writtenBody(body) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.replies).map(([status, reply]) => [
          status,
          writtenReply(reply, asksModel === true),
        ]),
      ),
      default: { $ref: `#/components/responses/${ERRORS[errors]}` },
    },
  }
}

function ownParameters({ path, query, headers = {} }: Operation): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: PLACES[name] ?? name,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema)
    return {
      name,
      in: 'query',
      required: !schema.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }
  })
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }))
  return [...inPath, ...inQuery, ...inHeaders]
}

const writtenBody = ({ schema, contentType = 'application/json', isOptional, examples }: Body): Json => ({
  required: isOptional !== true,
  content: {
    [contentType]: { schema: typeof schema === 'string' ? refTo(schema) : schema, examples },
  },
})

function writtenReply({ description, json, events, media = [] }: Reply, ofModel: boolean): Json {
  const content = {
    ...(json === undefined ? {} : { 'application/json': { schema: refTo(json) } }),
    ...(events === undefined
      ? {}
      : { 'text/event-stream': { schema: { type: 'string' }, 'x-event-data': refTo(events) } }),
    ...Object.fromEntries(media.map((type) => [type, {}])),
  }
  return {
    description,
    ...(ofModel ? { headers: headerRefs(REPLY_HEADERS) } : {}),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  }
}
