// `npm start` as a person meets it: real processes, real ports, real signals.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepare } from '../../tools/gateway/prepare.ts'
import { Refusal } from '../../tools/gateway/refusal.ts'
import { type Launch, launch, processesOf, ROOT } from '../lab/launcher.ts'
import { alone } from '../lab/slowdown.ts'

const NPM = ['npm', 'start'] as const
const NODE = [process.execPath, 'tools/start.mjs'] as const

let folder = ''
let launches: Launch[] = []
let servers: Server[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'minnow-start-'))
})

afterEach(async () => {
  for (const { killGroup, ended } of launches) {
    killGroup()
    await ended
  }
  for (const server of servers) server.closeAllConnections()
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  launches = []
  servers = []
  rmSync(folder, { recursive: true, force: true })
})

function start(command: readonly string[], environment: Readonly<Record<string, string>> = {}): Launch {
  const begun = launch(command, { PORT: '0', MINNOW_STATE: join(folder, 'state'), ...environment })
  launches.push(begun)
  return begun
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** How a gateway is asked to end: by npm or the launcher (`main`), or as a terminal does (`group`). */
type Ending = readonly [signal: NodeJS.Signals, target: 'main' | 'group']

/** Exit 0, nothing said, nothing left. Starts are dear, so each test ends what it started in a way of its own. */
async function expectEnd(gateway: Launch, [signal, target]: Ending): Promise<void> {
  const url = await gateway.ready()
  process.kill(target === 'group' ? -gateway.pid : gateway.pid, signal)
  expect(await gateway.ended).toBe(0)
  await expect.poll(gateway.isGroupAlive).toBe(false)
  await expect(fetch(`${url.replace('0.0.0.0', '127.0.0.1')}/health`)).rejects.toThrow()
  expect(gateway.err()).toBe('')
}

describe('npm start', () => {
  it('prints the ready line, the local key, and a curl line that works in a shell; ends with SIGTERM to npm', async () => {
    const gateway = start(NPM)
    const url = await gateway.ready()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await expect.poll(gateway.out).toContain('curl -N')
    expect(gateway.out()).toContain('mk-local')
    expect(gateway.err()).toBe('')
    const line =
      gateway
        .out()
        .split('\n')
        .find((text) => text.startsWith('curl ')) ?? ''
    const hasCurl = spawnSync('curl', ['--version']).status === 0
    if (hasCurl) {
      const { stdout } = await promisify(execFile)('sh', ['-c', line])
      const chunks = stdout.split('\n').filter((text) => text.startsWith('data: {'))
      const said = chunks.map((text) => contentOf(text.slice(6))).join('')
      expect(said.length).toBeGreaterThan(10)
      expect(stdout.trimEnd().endsWith('data: [DONE]')).toBe(true)
    }
    await expectEnd(gateway, ['SIGTERM', 'main'])
  })

  it('takes HOST, IPv6 too; ends with SIGINT to npm', async () => {
    const gateway = start(NPM, { HOST: '::1' })
    const url = await gateway.ready()
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    await expectEnd(gateway, ['SIGINT', 'main'])
  })

  it('has no local keys on an address that others can reach; ends with Ctrl-C to the whole group under npm', async () => {
    const gateway = start(NPM, { HOST: '0.0.0.0' })
    const port = new URL(await gateway.ready()).port
    expect(gateway.out()).not.toContain('mk-local')
    for (const key of ['mk-local', 'mk-admin-local']) {
      const reply = await fetch(`http://127.0.0.1:${port}/v1/models`, {
        headers: { authorization: `Bearer ${key}` },
      })
      expect(reply.status).toBe(401)
    }
    await expectEnd(gateway, ['SIGINT', 'group'])
  })

  it('when npm is killed outright, the gateway does not outlive it', async () => {
    const gateway = start(NPM)
    await gateway.ready()
    process.kill(gateway.pid, 'SIGKILL')
    await expect.poll(gateway.isGroupAlive, { timeout: 60_000 }).toBe(false)
  })
})

describe('the launcher', () => {
  it('is ready within 3 s once installed and built, and keeps its state over a restart', async () => {
    const times: number[] = []
    const timed = async (): Promise<Launch> => {
      const beganAt = performance.now()
      const gateway = start(NODE)
      await gateway.ready()
      times.push(alone(performance.now() - beganAt, 3000))
      return gateway
    }
    const first = await timed()
    const made = await admin(await first.ready(), 'POST', '/admin/keys', { name: 'survivor' })
    expect(made.status).toBeLessThan(300)
    const { id } = (await made.json()) as { id: string }
    await expectEnd(first, ['SIGTERM', 'main'])
    const second = await timed()
    const found = await admin(await second.ready(), 'GET', `/admin/keys/${id}`)
    expect(found.status).toBe(200)
    expect(await found.json()).toMatchObject({ name: 'survivor' })
    await expectEnd(second, ['SIGINT', 'main'])
    // The least disturbed of several, and what others take of the machine does not count.
    while (times.length < 8 && Math.min(...times) >= 3000) await expectEnd(await timed(), ['SIGTERM', 'main'])
    expect(Math.min(...times)).toBeLessThan(3000)
  }, 240_000)

  it('runs side by side with another one, but not on the same state; ends with its group, and says when workerd died', async () => {
    const one = start(NODE)
    const two = start(NODE, { MINNOW_STATE: join(folder, 'other') })
    const urls = await Promise.all([one.ready(), two.ready()])
    expect(new Set(urls).size).toBe(2)
    for (const url of urls) expect((await fetch(`${url}/health`)).status).toBe(200)
    const third = start(NODE)
    expect(await third.ended).toBe(1)
    expect(third.err()).toMatch(
      /^Another gateway \(process \d+\) already uses the state folder .* MINNOW_STATE\.\n$/,
    )
    await expectEnd(one, ['SIGTERM', 'group'])
    const [workerd = 0] = await processesOf(two.pid, 'gateway.capnp')
    process.kill(workerd, 'SIGKILL')
    expect(await two.ended).toBe(1)
    expect(two.err()).toMatch(/^workerd ended by itself \(SIGKILL\)/)
    expect(two.err().trimEnd().split('\n')).toHaveLength(1)
  })

  it('hands variables to the Worker, writes none of them to the disk, and ends though a stream is open', async () => {
    const seen: (string | undefined)[] = []
    let asked = 0
    const upstream = await listen((request, response) => {
      asked += 1
      seen.push(request.headers.authorization)
      request.resume()
      if (asked === 1) {
        response.setHeader('content-type', 'application/json').end(JSON.stringify(REPLY))
        return
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${JSON.stringify(CHUNK)}\n\n`)
    })
    const config = labConfig(upstream)
    const gateway = start(NODE, { MINNOW_CONFIG: file('lab.jsonc', config), LAB_KEY: 'a "quoted" secret' })
    const reply = await ask(await gateway.ready())
    expect(await reply.text()).toContain('from the lab')
    expect(seen).toEqual(['Bearer a "quoted" secret'])
    const written = readdirSync(join(folder, 'state'), { recursive: true, withFileTypes: true })
    const grep = spawnSync('grep', ['-rl', 'quoted.*secret', join(folder, 'state')], { encoding: 'utf8' })
    expect(written.length).toBeGreaterThan(3)
    expect(grep.stdout).toBe('')
    const streamed = await ask(await gateway.ready(), true)
    const reader = streamed.body?.getReader()
    await reader?.read()
    const beganAt = performance.now()
    process.kill(gateway.pid, 'SIGTERM')
    expect(await gateway.ended).toBe(0)
    expect(performance.now() - beganAt).toBeLessThan(60_000) // the stream has no end
    await reader?.cancel().catch(() => undefined)
    await expect.poll(gateway.isGroupAlive).toBe(false)
  })
})

describe('a start that cannot be', () => {
  const cases: readonly [string, () => Readonly<Record<string, string>>, RegExp][] = [
    ['PORT is no number', () => ({ PORT: 'eighty' }), /^PORT is "eighty"; it must be a whole number/],
    [
      'HOST is not ours',
      () => ({ HOST: '203.0.113.7' }),
      /^HOST is "203\.0\.113\.7", which is no address of this machine/,
    ],
    [
      'the configuration is not there',
      () => ({ MINNOW_CONFIG: join(folder, 'none.jsonc') }),
      /^The configuration .*none\.jsonc cannot be read \(ENOENT\)/,
    ],
    [
      'the configuration is no JSON',
      () => ({ MINNOW_CONFIG: file('a.jsonc', '{ "routes": ') }),
      /a\.jsonc, line 1, column \d+: not valid JSON/,
    ],
    [
      'the configuration has a mistake',
      () => ({ MINNOW_CONFIG: file('b.jsonc', '{ "timeouts": { "headMs": "soon" } }') }),
      /b\.jsonc, timeouts\.headMs: found "soon", expected/,
    ],
    [
      'a variable is missing',
      () => ({ MINNOW_CONFIG: file('c.jsonc', labConfig('http://127.0.0.1:1')) }),
      /c\.jsonc names \$LAB_KEY, but that variable is not set/,
    ],
    [
      'the state folder cannot be made',
      () => ({ MINNOW_STATE: join(file('plain', ''), 'state') }),
      /^The state folder .* cannot be written/,
    ],
  ]

  it.each(cases)('%s: one sentence', async (_, environment, sentence) => {
    const error: unknown = await prepare(ROOT, {
      PORT: '0',
      MINNOW_STATE: join(folder, 'state'),
      ...environment(),
    }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Refusal)
    const { message } = error as Refusal
    expect(message).toMatch(sentence)
    expect(message.split('\n')).toHaveLength(1)
  })

  // What the launcher does with a refusal does not depend on which one it is.
  it('the launcher says that sentence and nothing else: exit 1', async () => {
    const gateway = start(NODE, { PORT: 'eighty' })
    expect(await gateway.ended).toBe(1)
    expect(gateway.err()).toMatch(/^PORT is "eighty"; it must be a whole number/)
    expectOneSentence(gateway)
  })

  it('the port is taken: one sentence, exit 1, through npm too', async () => {
    const taken = await listen((_, response) => response.end())
    const gateway = start(NPM, { PORT: new URL(taken).port })
    expect(await gateway.ended).toBe(1)
    expect(gateway.err()).toContain(`${taken} is taken by another program`)
    expect(gateway.err()).not.toMatch(/^\s+at /m)
  })
})

function expectOneSentence(gateway: Launch): void {
  expect(gateway.out()).toBe('')
  expect(gateway.err().trimEnd().split('\n')).toHaveLength(1)
  expect(gateway.err()).not.toMatch(/^\s+at /m)
}

const REPLY = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'one',
  choices: [{ index: 0, message: { role: 'assistant', content: 'from the lab' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 },
}

const CHUNK = {
  id: 'x',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'one',
  choices: [{ index: 0, delta: { role: 'assistant', content: 'a' } }],
}

function labConfig(base: string): string {
  return JSON.stringify({
    providers: { lab: { dialect: 'openai-chat', baseUrl: `${base}/v1`, apiKey: '$LAB_KEY' } },
    models: { one: { provider: 'lab', model: 'one', price: { input: 1, output: 1 } } },
    routes: { auto: { mini: ['micro'] } },
  })
}

async function listen(answer: Parameters<typeof createServer>[1] & object): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

function ask(url: string, stream = false): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer mk-local', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'one', stream, messages: [{ role: 'user', content: 'Hello' }] }),
  })
}

function admin(url: string, method: string, path: string, body?: object): Promise<Response> {
  return fetch(url + path, {
    method,
    headers: { authorization: 'Bearer mk-admin-local', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

function contentOf(json: string): string {
  const chunk = JSON.parse(json) as { choices: { delta: { content?: string } }[] }
  return chunk.choices[0]?.delta.content ?? ''
}
