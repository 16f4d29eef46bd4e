// Code that a small model has written, run in the real Worker against the tests in the question: what is right is given, what
// is wrong, goes on for ever or takes all memory is not, and nothing of the Worker can be reached from it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'

const USED = { prompt: 100, completion: 10 }

let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: {
      small: { provider: 'lab', model: 'small-1', price: { input: 1, output: 2 } },
      large: { provider: 'lab', model: 'large-1', price: { input: 10, output: 20 } },
    },
    routes: {
      auto: { mini: ['small'], frontier: ['large'], cascade: true },
      still: { mini: ['small'], frontier: ['large'], cascade: { runTests: false } },
      plain: { mini: ['small'], frontier: ['large'], strongShare: 0 },
    },
    retries: { sameTarget: 0 },
  })
  scene.lab.always('large-1', { text: 'def f(x): the large one', usage: USED })
})
afterAll(() => scene.stop())

const IN_PYTHON = 'Write a Python function f that doubles a number.\nassert f(2) == 4\nassert f("a") == "aa"'
const IN_JAVASCRIPT = 'Write a JavaScript function f that doubles a number. Examples:\nf(2) -> 4\nf(-3) -> -6'
const fenced = (tag: string, code: string): string =>
  `Here it is:\n\`\`\`${tag}\n${code}\n\`\`\`\nIt doubles.`

interface Told {
  readonly status: number
  readonly text: string
  readonly attempts: readonly unknown[]
}

async function send(
  question: string,
  answer: string,
  more: object = {},
  way: 'ask' | 'stream' = 'ask',
): Promise<Told> {
  scene.lab.script('small-1', { text: answer, usage: USED })
  const id = freshId()
  const reply = await scene.client[way]({ model: 'auto', messages: [user(question)], ...more }, withId(id))
  const receipt = (await scene.client.send(`/v1/receipts/${id}`)).json
  const text =
    way === 'ask' ? String(pick(reply.json, 'choices', 0, 'message', 'content')) : String(pick(reply, 'said'))
  return { status: reply.status, text, attempts: (pick(receipt, 'attempts') ?? []) as readonly unknown[] }
}

const LARGE = { target: 'large', end: 'answered' }

describe.each(['ask', 'stream'] as const)('%s', (way) => {
  test.each([
    ['Python', IN_PYTHON, fenced('python', 'from typing import Any\n\ndef f(x: Any):\n    return x * 2')],
    ['JavaScript', IN_JAVASCRIPT, fenced('js', 'export const f = (x) => x * 2')],
  ])('right %s is given, and the receipt says that it was run', async (_, question, answer) => {
    const told = await send(question, answer, {}, way)
    expect(told.text).toBe(answer)
    expect(told.attempts).toMatchObject([
      { target: 'small', end: 'answered', tests: { verdict: 'passed', passed: 2, of: 2 } },
    ])
  })

  test.each([
    ['Python', IN_PYTHON, fenced('python', 'def f(x):\n    return x + x if x == 2 else x')],
    ['JavaScript', IN_JAVASCRIPT, fenced('js', 'function f(x) { return x === 2 ? 4 : x }')],
  ])('wrong %s is not', async (_, question, answer) => {
    const told = await send(question, answer, {}, way)
    expect(told.text).toBe('def f(x): the large one')
    expect(told.attempts).toMatchObject([
      { end: 'rejected-tests', aside: true, tests: { verdict: 'failed', passed: 1, of: 2 } },
      LARGE,
    ])
  })
})

test.each([
  ['an endless loop in Python', IN_PYTHON, fenced('python', 'def f(x):\n    while True: pass'), 'endless'],
  [
    'one that catches whatever stops it',
    IN_PYTHON,
    fenced(
      'py',
      'def f(x):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass',
    ),
    'endless',
  ],
  ['an endless loop in JavaScript', IN_JAVASCRIPT, fenced('js', 'function f() { for (;;); }'), 'endless'],
  [
    'a pattern that backtracks',
    IN_JAVASCRIPT,
    fenced('js', 'const f = (x) => /(a+)+b/.test("a".repeat(60))'),
    'endless',
  ],
  ['a recursion without an end', IN_JAVASCRIPT, fenced('js', 'function f(x) { return f(x) }'), 'endless'],
  [
    'a Python list that eats memory',
    IN_PYTHON,
    fenced('python', 'def f(x):\n    a = [0]\n    while True: a = a + a'),
    'memory',
  ],
  [
    'a JavaScript string that does',
    IN_JAVASCRIPT,
    fenced('js', 'const f = (x) => "a".repeat(2 ** 28).length'),
    'memory',
  ],
])('%s is stopped within its bound, and a larger model asked', async (_, question, answer, verdict) => {
  const begun = Date.now()
  const told = await send(question, answer)
  expect(told.attempts).toMatchObject([{ end: 'rejected-tests', tests: { verdict } }, LARGE])
  expect(Date.now() - begun).toBeLessThan(20_000) // an idle machine needs some 200 ms
})

/** What a program finds of the Worker; each says `true` where it finds something. */
const REACHES: readonly string[] = [
  'typeof fetch !== "undefined"',
  'typeof process !== "undefined"',
  'typeof caches !== "undefined" || typeof crypto !== "undefined" || typeof WebAssembly !== "undefined"',
  '[].constructor.constructor("return typeof fetch + typeof Response")() !== "undefinedundefined"',
  'Object.getOwnPropertyNames(globalThis).some((name) => /host|quickjs|module_|env|secret/i.test(name))',
  '(() => { try { return import("node:fs") && false } catch { return false } })()',
  '(() => { Object.prototype.polluted = 1; return false })()',
  'new Error().stack.includes("worker")',
]

test('nothing of the Worker is reached from JavaScript, and nothing is left for the next program', async () => {
  const code = `function f() { return [${REACHES.map((one) => `(() => ${one})()`).join(', ')}].indexOf(true) }`
  const told = await send('Write a JavaScript function f.\nassert.equal(f(), -1)', fenced('js', code))
  expect(told.attempts).toMatchObject([{ end: 'answered', tests: { verdict: 'passed' } }])
  const clean = await send(
    'Write a JavaScript function f.\nassert.equal(f(), undefined)',
    fenced('js', 'const f = () => ({}).polluted'),
  )
  expect(clean.attempts).toMatchObject([{ tests: { verdict: 'passed' } }])
})

test.each([
  ['the bridge to the host', 'import js\ndef f(x):\n    return js.fetch("http://127.0.0.1")'],
  ['the bridge behind it', 'import jsffi\ndef f(x):\n    return jsffi.JsProxy'],
  ['files', 'def f(x):\n    return open("/etc/passwd").read()'],
])('nothing of the Worker is reached from Python: %s', async (_, code) => {
  const told = await send(IN_PYTHON, fenced('python', code))
  expect(pick(told.attempts[0], 'tests', 'verdict')).not.toBe('passed')
  expect(told.text).not.toContain('root:')
})

test('code that needs what there is not is judged by its form, as before', async () => {
  const answer = fenced('python', 'import numpy\n\ndef f(x):\n    return numpy.add(x, x)')
  const told = await send(IN_PYTHON, answer)
  expect(told.text).toBe(answer)
  expect(told.attempts).toMatchObject([{ end: 'answered', tests: { verdict: 'unable' } }])
})

describe("a client's own tests", () => {
  const tests = 'for n in range(10):\n    assert f(n) == 2 * n, n'
  const question = 'Double it, please. In Python, as f.'

  test('are what the answer must pass, whatever the question says', async () => {
    const right = fenced('python', 'def f(x):\n    return x << 1')
    const given = await send(question, right, { minnow: { tests } })
    expect([given.text, given.attempts]).toMatchObject([right, [{ tests: { verdict: 'passed', of: 1 } }]])
    const wrong = fenced('python', 'def f(x):\n    return x ** 2')
    const escalated = await send(question, wrong, { minnow: { tests } })
    expect(escalated.attempts).toMatchObject([{ end: 'rejected-tests' }, LARGE])
    const none = await send(question, 'You can use multiplication.', { minnow: { tests } })
    expect(none.attempts).toMatchObject([{ end: 'rejected-code' }, LARGE])
  })

  test('are refused where they would not be run, and the vendor never sees them', async () => {
    const plain = await scene.client.ask({ model: 'plain', messages: [user(question)], minnow: { tests } })
    expect([plain.status, pick(plain.json, 'error', 'param')]).toEqual([400, 'minnow.tests'])
    expect(pick(plain.json, 'error', 'message')).toMatch(
      /'minnow.tests' is for cascades, and 'plain' is asked/,
    )
    const still = await scene.client.ask({ model: 'still', messages: [user(question)], minnow: { tests } })
    expect(pick(still.json, 'error', 'message')).toMatch(/the one of 'still' does not/)
    const several = await scene.client.ask({
      model: 'auto',
      n: 2,
      messages: [user(question)],
      minnow: { tests },
    })
    expect([several.status, pick(several.json, 'error', 'param')]).toEqual([400, 'minnow.tests'])
    const empty = await scene.client.ask({ model: 'auto', messages: [user(question)], minnow: { tests: '' } })
    expect(pick(empty.json, 'error', 'message')).toMatch(/Invalid 'minnow.tests': a program of 1 to/)
    await scene.client.ask({ model: 'plain', messages: [user(question)], minnow: { cascade: true, tests } })
    expect(JSON.stringify(scene.lab.requests)).not.toContain('range(10)')
  })
})
