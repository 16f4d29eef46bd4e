// A model's window is never exceeded by a conversation, whatever is said in it: what is sent is counted here with the real
// vocabulary, where a conversation estimates until it matters.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fields, pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene } from '../lab/scene.ts'
import { tokenizer } from '../unit/tokenizer.ts'

const WINDOW = 6_000
const OUTPUT = 500
let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: {
      narrow: {
        provider: 'lab',
        model: 'narrow',
        contextWindow: WINDOW,
        maxOutput: OUTPUT,
        price: { input: 1, output: 1 },
      },
    },
  })
})
afterAll(() => scene.stop())

/** The digits of a row of remainders, which nothing can be merged of. */
const digits = (seed: number, length: number): string => {
  let state = seed + 7
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647
    return state % 10
  }).join('')
}

test('a conversation of digits is sent within the window, and as much of it as fits', async () => {
  const count = await tokenizer()
  const sizes: number[] = []
  for (let at = 0; at < 16; at += 1) {
    const id = freshId()
    scene.lab.script('narrow', { text: digits(at + 100, 1_500) })
    const reply = await scene.client.ask(
      { model: 'narrow', messages: [user(digits(at, 1_500))], max_tokens: OUTPUT },
      { headers: { 'x-minnow-conversation': 'digits', 'x-request-id': id } },
    )
    expect(reply.status, reply.text).toBe(200)
    const { body } = scene.lab.seen('narrow').at(-1) ?? { body: {} }
    const messages = (body as Fields)['messages'] as Fields[]
    sizes.push(messages.reduce((sum, { content }) => sum + count(String(content)) + 4, 3))
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(WINDOW - OUTPUT)
  expect(sizes.at(-1)).toBeGreaterThan((WINDOW - OUTPUT) / 2)
  const { json } = await scene.client.send('/v1/conversations/digits')
  expect(pick(json, 'turns')).toBe(16)
}, 400_000)
