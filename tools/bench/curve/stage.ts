// Two vendors of the lab, the real gateway before them, and questions sent through POST /v1/chat/completions.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ADMIN_KEY } from '../../../test/lab/scene.ts'
import { type Client, type Fields, openClient, pick, user } from '../../../test/lab/client.ts'
import { type Gateway, startGateway } from '../../../test/lab/gateway.ts'
import { startVendor } from '../../../test/lab/vendor.ts'
import { tokenizer } from '../../../test/unit/tokenizer.ts'
import { HELPERS, type Question, STRONG, WEAK } from './questions.ts'
import { replay } from './replay.ts'

/**
 * US dollars per million tokens when the answers were recorded. gpt-4-1106-preview: OpenAI's list price of November 2023.
 * Mixtral-8x7B: the $0.24 that RouteLLM reckons with (arXiv 2406.18665). The helpers are smaller than Mixtral and are
 * taken to cost as much.
 */
export const LARGE = { input: 10, output: 30 }
export const SMALL = { input: 0.24, output: 0.24 }

export interface Stage {
  readonly admin: Client
  client(key: Key): Client
  /** How far it is, for people who wait. */
  tell(line: string): void
  /** Keys of one project are one tenant: what they teach, they share. */
  makeProject(name: string): Promise<string>
  makeKey(name: string, project?: string): Promise<Key>
  /** The gateway again on the same state, its routes changed; what isolates knew is gone. */
  change(routes: Fields): Promise<void>
  /** The same, and what is there then can be gone back to. */
  keep(routes: Fields): Promise<void>
  /** As it was kept: nothing that was asked since has been learned from. */
  goBack(routes: Fields): Promise<void>
  stop(): Promise<void>
}

export interface Key {
  readonly id: string
  readonly key: string
}

export interface StageOptions {
  readonly questions: readonly Question[]
  readonly routes: Fields
  /** Another checkout, with a prior of its own. */
  readonly root?: string
  readonly tell?: (line: string) => void
}

export async function openStage({
  questions,
  routes,
  root,
  tell = () => undefined,
}: StageOptions): Promise<Stage> {
  const count = await tokenizer()
  const helpers = Object.keys(HELPERS)
  const [small, large] = [await startVendor(), await startVendor()]
  replay(small, [WEAK, ...helpers], questions, count)
  replay(large, [STRONG], questions, count)
  const state = mkdtempSync(join(tmpdir(), 'minnow-curve-'))
  const kept = `${state}-kept`
  const configure = (its: Fields): Fields => ({
    providers: {
      small: { baseUrl: small.url, apiKey: '$LAB_KEY' },
      large: { baseUrl: large.url, apiKey: '$LAB_KEY' },
    },
    models: {
      weak: { provider: 'small', model: WEAK, price: SMALL },
      strong: { provider: 'large', model: STRONG, price: LARGE },
      ...Object.fromEntries(
        helpers.map((model) => [model, { provider: 'small', model, price: SMALL }] as const),
      ),
    },
    routes: its,
  })
  const start = (its: Fields): Promise<Gateway> =>
    startGateway({
      config: configure(its),
      state,
      env: { LAB_KEY: 'sk-lab-0123456789abcdefghij' },
      ...(root === undefined ? {} : { root }),
    })
  let gateway = await start(routes)
  let admin = openClient(gateway.url, ADMIN_KEY)

  const make = async (path: string, body: Fields): Promise<unknown> => {
    const made = await admin.send(path, { method: 'POST', body: JSON.stringify(body) })
    if (made.status !== 201) throw new Error(`${path}: ${made.status} ${made.text}`)
    return made.json
  }

  const again = async (its: Fields, between: () => void): Promise<void> => {
    await gateway.stop()
    between()
    gateway = await start(its)
    admin = openClient(gateway.url, ADMIN_KEY)
  }

  return {
    get admin() {
      return admin
    },
    tell,
    client: ({ key }) => openClient(gateway.url, key),
    makeProject: async (name) => String(pick(await make('/admin/projects', { name }), 'id')),
    async makeKey(name, project) {
      const made = await make('/admin/keys', { name, ...(project === undefined ? {} : { project }) })
      return { id: String(pick(made, 'id')), key: String(pick(made, 'key')) }
    },
    change: (its) => again(its, () => undefined),
    keep: (its) => again(its, () => cpSync(state, kept, { recursive: true })),
    goBack: (its) =>
      again(its, () => {
        rmSync(state, { recursive: true, force: true })
        cpSync(kept, state, { recursive: true })
      }),
    async stop() {
      await gateway.stop()
      await Promise.all([small.stop(), large.stop()])
      for (const folder of [state, kept]) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One question as it went through the gateway. */
export interface Sent {
  readonly id: string
  readonly question: Question
  readonly text: string
  /** The lab's name of the model that answered. */
  readonly model: string
  readonly isStrong: boolean
  readonly micros: number
}

/** So many questions are under way at once. */
const LANES = 8

/** In the order of the questions. `bodyFor` says how each is asked. */
export async function send(
  client: Client,
  questions: readonly Question[],
  bodyFor: (at: number) => Fields,
): Promise<Sent[]> {
  const sent: Sent[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < questions.length; at = next++) {
      const question = questions[at]
      if (question !== undefined) sent[at] = await ask(client, question, bodyFor(at))
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return sent
}

async function ask(client: Client, question: Question, body: Fields): Promise<Sent> {
  const reply = await client.ask({ ...body, messages: [user(question.prompt)] })
  const cost = reply.headers.get('x-minnow-cost')
  if (reply.status !== 200 || cost === null) throw new Error(`status ${reply.status}: ${reply.text}`)
  const model = (reply.headers.get('x-minnow-model') ?? '').split('/').slice(1).join('/')
  return {
    id: reply.headers.get('x-request-id') ?? '',
    question,
    text: String(pick(reply.json, 'choices', 0, 'message', 'content') ?? ''),
    model,
    isStrong: model === STRONG,
    micros: Math.round(Number(cost) * 1e6),
  }
}
