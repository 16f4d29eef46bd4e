// Clients that ask for vectors: the official `openai` client, the AI SDK and LangChain, with each wire that makes them.
import { createOpenAI } from '@ai-sdk/openai'
import { OpenAIEmbeddings } from '@langchain/openai'
import { embedMany } from 'ai'
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from 'openai'
import { afterAll, beforeAll, expect } from 'vitest'
import { openStage, type Stage, micro, VECTOR_WIRES } from '../../lab/stage.ts'
import { type Cell, openTable } from './table.ts'
import { vectorOf } from '../../lab/embeddings.ts'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.stop())

const table = openTable('embeddings: openai, AI SDK, LangChain', 11, () => stage)

const input = ['the red fox', 'Zürich im Regen 🌧']

const clientOf = (cell: Cell, apiKey = 'mk-local'): OpenAI =>
  new OpenAI({ baseURL: `${cell.url}/v1`, apiKey, maxRetries: 0, fetch: cell.fetch })

/** The vectors are those that the vendor makes of these texts, to the last bit of a single-precision number. */
function expectVectors(found: readonly (readonly number[])[], texts: readonly string[] = input): void {
  expect(found).toHaveLength(texts.length)
  for (const [at, vector] of found.entries()) expect(vector).toEqual(vectorOf(texts[at] ?? '', vector.length))
}

for (const wire of VECTOR_WIRES) {
  const isMicro = wire === micro

  table.cell('openai: base64, as by default', wire, async (cell) => {
    const asked = clientOf(cell).embeddings.create({ model: cell.model(), input })
    if (isMicro) return cell.refused(asked, 400, /micro makes no embeddings/)
    const { data, usage } = await asked
    expect(data.map(({ index }) => index)).toEqual([0, 1])
    expectVectors(data.map(({ embedding }) => embedding))
    expect(usage.prompt_tokens).toBeGreaterThan(0)
    expect(usage.total_tokens).toBe(usage.prompt_tokens)
    cell.expectValid()
  })

  if (isMicro) continue

  table.cell('openai: floats', wire, async (cell) => {
    const body = { model: cell.model(), input: input[0] ?? '', encoding_format: 'float' as const }
    const { data } = await clientOf(cell).embeddings.create(body)
    expectVectors(
      data.map(({ embedding }) => embedding),
      input.slice(0, 1),
    )
    cell.expectValid()
  })

  table.cell('openai: dimensions', wire, async (cell) => {
    const { data } = await clientOf(cell).embeddings.create({ model: cell.model(), input, dimensions: 256 })
    expectVectors(data.map(({ embedding }) => embedding))
    if (wire.id !== 'workers-ai') expect(data[0]?.embedding).toHaveLength(256)
    cell.expectValid()
  })

  table.cell('openai: errors', wire, async (cell) => {
    const model = cell.model({ status: 400 })
    await expect(clientOf(cell, 'mk-wrong').embeddings.create({ model, input })).rejects.toThrow(
      AuthenticationError,
    )
    await expect(clientOf(cell).embeddings.create({ model: 'nothing-such', input })).rejects.toThrow(
      NotFoundError,
    )
    await expect(clientOf(cell).embeddings.create({ model, input: [] })).rejects.toThrow(BadRequestError)
    expect(cell.seen()).toEqual([])
    await expect(clientOf(cell).embeddings.create({ model, input })).rejects.toThrow(BadRequestError)
  })

  table.cell('AI SDK: embedMany', wire, async (cell) => {
    const openai = createOpenAI({ baseURL: `${cell.url}/v1`, apiKey: 'mk-local', fetch: cell.fetch })
    const asked = { model: openai.embedding(cell.model()), values: input, maxRetries: 0 }
    const { embeddings, usage } = await embedMany(asked)
    expectVectors(embeddings)
    expect(usage.tokens).toBeGreaterThan(0)
    cell.expectValid()
  })

  table.cell('LangChain: embedDocuments', wire, async (cell) => {
    const configuration = { baseURL: `${cell.url}/v1`, fetch: cell.fetch }
    const fields = { model: cell.model(), apiKey: 'mk-local', maxRetries: 0, configuration }
    expectVectors(await new OpenAIEmbeddings(fields).embedDocuments(input))
    cell.expectValid()
  })
}

table.compare()
