// What travels in one write and what does not; the clock is the test's own.
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../../../shared/event.ts'
import { gather, GATHER_MS } from '../../../../workers/edge/gather.ts'
import { batchesOf, piece, say } from '../../samples.ts'

const write = (batch: Batch): string =>
  batch
    .flatMap(({ events }) => events)
    .map((event) => (event.type === 'text-delta' ? event.text : ''))
    .join('')

async function all(next: () => Promise<string | undefined>): Promise<string[]> {
  const texts: string[] = []
  for (let text = await next(); text !== undefined; text = await next()) texts.push(text)
  return texts
}

describe('gather', () => {
  it('sends the first text at once and what comes right behind it in one write', async () => {
    const batches = batchesOf([piece(say('a'))], [piece(say('b'))], [piece(say('c'))])
    expect(await all(gather(batches, write, () => 0))).toEqual(['a', 'bc'])
  })

  it('holds nothing back that comes alone', async () => {
    let now = 0
    const batches = batchesOf([piece(say('a'))], [piece(say('b'))], [piece(say('c'))])
    expect(await all(gather(batches, write, () => (now += GATHER_MS + 1)))).toEqual(['a', 'b', 'c'])
  })

  it('sends what it has when nothing follows in time, and loses nothing of what comes later', async () => {
    const later = Promise.withResolvers<void>()
    async function* stalling(): AsyncGenerator<Batch, void, undefined> {
      yield [piece(say('a'))]
      yield [piece(say('b'))]
      await later.promise
      yield [piece(say('c'))]
    }
    const next = gather(stalling(), write, () => 0)
    expect([await next(), await next()]).toEqual(['a', 'b'])
    later.resolve()
    expect([await next(), await next()]).toEqual(['c', undefined])
  })

  it('sends a long text without waiting for more of it', async () => {
    const long = 'x'.repeat(20_000)
    const batches = batchesOf([piece(say('a'))], [piece(say(long))], [piece(say('b'))])
    expect(await all(gather(batches, write, () => 0))).toEqual(['a', long, 'b'])
  })

  it('skips batches that say nothing', async () => {
    const batches = batchesOf([piece(say(''))], [piece(say('a'))], [piece(say(''))])
    expect(await all(gather(batches, write, () => 0))).toEqual(['a'])
  })
})
