// What the binding is asked: which model, with which inputs, options and headers.
import { describe, expect, it } from 'vitest'
import { workersAi } from '../../../../shared/dialects/workers-ai/index.ts'
import { type AiOptions, bindAi } from '../../../../workers/providers/binding.ts'
import type { SendOptions } from '../../../../workers/service.ts'
import { requestFor } from '../../samples.ts'

interface Asked {
  readonly model: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly options: AiOptions
}

const LLAMA = '@cf/meta/llama-3.1-8b-instruct-fp8'
const GLM = '@cf/zai-org/glm-4.7-flash'

/** The binding is an object with private state, so it is called as one. */
async function ask(
  model: string,
  over: Partial<SendOptions> = {},
  settings: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const asked: Asked[] = []
  const ai = {
    asked,
    async run(name: string, inputs: Asked['inputs'], options: AiOptions): Promise<Response> {
      this.asked.push({ model: name, inputs, options })
      return new Response('{}')
    },
  }
  const vendor = { dialect: workersAi(), affinity: 'x-session-affinity' }
  const provider = bindAi('workers-ai', vendor, ai, settings)
  await provider.send(provider.dialect.writeRequest(requestFor('Hi'), { model }), {
    requestId: 'r',
    signal: new AbortController().signal,
    escalate: false,
    stream: true,
    ...over,
  })
  const [first] = asked
  if (first === undefined) throw new Error('the binding was not called')
  return first
}

const sessionIn = ({ options }: Asked): string | undefined => options.extraHeaders?.['x-session-affinity']

describe('the binding', () => {
  it('is given the model by its name and the inputs without an address, on either wire', async () => {
    expect(await ask(LLAMA)).toMatchObject({
      model: LLAMA,
      inputs: { messages: [{ role: 'user', content: 'Hi' }], stream: true },
    })
    const { model, inputs } = await ask(GLM)
    expect(model).toBe(GLM)
    expect(inputs).toMatchObject({ messages: [{ role: 'user', content: 'Hi' }], stream: true })
    expect(inputs).not.toHaveProperty('model')
  })

  it('gives its reply as it is, and stops with the request', async () => {
    const { signal } = new AbortController()
    expect((await ask(LLAMA, { signal })).options).toEqual({ returnRawResponse: true, signal })
  })

  it('does not wait for capacity where another target can follow', async () => {
    expect((await ask(LLAMA, { escalate: true })).options).toMatchObject({ rejectIfBusy: true })
    expect((await ask(LLAMA, { escalate: false })).options).not.toHaveProperty('rejectIfBusy')
  })

  it('goes through the AI Gateway that the configuration names', async () =>
    expect((await ask(LLAMA, {}, { gateway: 'mine' })).options).toMatchObject({ gateway: { id: 'mine' } }))
})

describe('the session of a request', () => {
  it('is that of its conversation, which no other has', async () => {
    const [one, again, other] = await Promise.all([
      ask(LLAMA, { conversation: 'key_a/tea time', tenant: 'key_a' }),
      ask(GLM, { conversation: 'key_a/tea time', tenant: 'key_a' }),
      ask(LLAMA, { conversation: 'key_b/tea time', tenant: 'key_b' }),
    ])
    expect(sessionIn(one)).toMatch(/^ses_[0-9a-f]{32}$/)
    expect(sessionIn(again)).toBe(sessionIn(one))
    expect(sessionIn(other)).not.toBe(sessionIn(one))
  })

  it("is that of its key without a conversation, and not that of a conversation of the key's name", async () => {
    const alone = await ask(LLAMA, { tenant: 'key_a' })
    expect(sessionIn(alone)).toMatch(/^ses_[0-9a-f]{32}$/)
    expect(sessionIn(await ask(LLAMA, { tenant: 'key_a' }))).toBe(sessionIn(alone))
    expect(sessionIn(await ask(LLAMA, { conversation: 'key_a', tenant: 'key_a' }))).not.toBe(sessionIn(alone))
  })

  it('holds no word of a client', async () => {
    const { options } = await ask(LLAMA, { conversation: 'key_a/secret plans', tenant: 'key_a' })
    expect(JSON.stringify(options)).not.toMatch(/secret|plans|key_a/)
  })

  it('is none where nobody is known', async () =>
    expect((await ask(LLAMA)).options).not.toHaveProperty('extraHeaders'))
})
