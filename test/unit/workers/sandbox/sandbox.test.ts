// Programs in the real engines: what passes, what does not, what cannot be known, what is stopped; and how much an isolate runs.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Program, Verdict } from '../../../../shared/check/program.ts'
import { type Engine, FUEL } from '../../../../workers/sandbox/engine.ts'
import { openJavaScript } from '../../../../workers/sandbox/javascript.ts'
import { openPython } from '../../../../workers/sandbox/python.ts'
import { openSandbox } from '../../../../workers/sandbox/sandbox.ts'

const moduleOf = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(
    readFileSync(join(resolve(import.meta.dirname, '../../../../workers/sandbox'), `${name}.wasm`)),
  )
const javascript = openJavaScript(moduleOf('javascript'))
const python = openPython(moduleOf('python'))
const engines = { javascript, python }

const verdictOf = async (
  language: Program['language'],
  code: string,
  ...tests: readonly string[]
): Promise<Verdict> => (await engines[language]({ language, code, tests })).verdict

describe('Python', () => {
  it.each<readonly [string, string, Verdict]>([
    ['def f(x): return x * 2', 'assert f(2) == 4', 'passed'],
    ['def f(x): return x * 2', 'assert f(2) == 5', 'failed'],
    ['def f(x): return y', 'assert f(2) == 5', 'failed'],
    ['def f(x): return 1 / 0', 'assert f(2) == 5', 'failed'],
    [
      'def f(x): return g(x)\ndef g(x): return 2 ** 100',
      'assert f(1) == 1267650600228229401496703205376',
      'passed',
    ],
    ['import sys\nsys.exit(0)\ndef f(x): return 1', 'assert f(1) == 1', 'failed'],
    ['def f(x):\n  while True: pass', 'assert f(1)', 'endless'],
    ['def f(x): return f(x)', 'assert f(1)', 'unable'],
    ['def f(x): return "a" * (1 << 30)', 'assert f(1)', 'memory'],
    ['import numpy\ndef f(x): return 1', 'assert f(1) == 1', 'unable'],
    ['def f(x): return "aB".swapcase()', 'assert f(1) == "Ab"', 'unable'],
    ['def f(x): return input()', 'assert f(1) == 1', 'unable'],
    ['def f(x):\n  print("x" * 100000)\n  return 1', 'assert f(1) == 1', 'passed'],
    ['def f(x): return 1\nif __name__ == "__main__":\n  while True: pass', 'assert f(1) == 1', 'passed'],
  ])('%j, %j: %s', async (code, test, verdict) => {
    expect(await verdictOf('python', code, test)).toBe(verdict)
  })

  it.each([
    ['from collections import Counter', "Counter('abca').most_common(1) == [('a', 2)]"],
    ['from collections import Counter', "Counter('ab') + Counter('b') == {'a': 1, 'b': 2}"],
    ['from collections import defaultdict\nd = defaultdict(list)\nd[1].append(2)', 'dict(d) == {1: [2]}'],
    ['from collections import deque\nd = deque([1, 2, 3], maxlen=2)\nd.appendleft(0)', 'list(d) == [0, 2]'],
    ['from collections import OrderedDict, namedtuple\nP = namedtuple("P", "x y")', 'P(1, 2).y == 2'],
    [
      'from functools import lru_cache\n@lru_cache(maxsize=None)\ndef f(n): return n if n < 2 else f(n - 1) + f(n - 2)',
      'f(40) == 102334155',
    ],
    [
      'from functools import reduce, cmp_to_key',
      'reduce(lambda a, b: a + b, [1, 2], 3) == 6 and sorted([1, 3, 2], key=cmp_to_key(lambda a, b: b - a)) == [3, 2, 1]',
    ],
    [
      'import itertools',
      'list(itertools.permutations([1, 2, 3], 2)) == [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)]',
    ],
    [
      'from itertools import chain, groupby, accumulate, product',
      "list(chain([1], [2])) == [1, 2] and [(k, len(list(g))) for k, g in groupby('aab')] == [('a', 2), ('b', 1)] and list(accumulate([1, 2, 3])) == [1, 3, 6] and len(list(product([0, 1], repeat=3))) == 8",
    ],
    [
      'import math',
      'math.gcd(12, 18) == 6 and math.isqrt(99) == 9 and math.comb(5, 2) == 10 and math.sqrt(4) == 2 and math.prod([2, 3]) == 6 and math.factorial(5) == 120',
    ],
    [
      'from bisect import bisect_left\nimport string, copy',
      "bisect_left([1, 3, 5], 3) == 1 and string.ascii_lowercase[:3] == 'abc' and copy.deepcopy([[1]]) == [[1]]",
    ],
    [
      'from typing import List, Optional, TypeVar, Generic\nT = TypeVar("T")\nclass A(Generic[T]):\n  x: int = 1\nV = List[Optional[int]]',
      'A().x == 1',
    ],
    [
      'pairs = [(1, "b"), (0, "x"), (1, "a")]\npairs.sort(key=lambda p: p[0])',
      'pairs == [(0, "x"), (1, "b"), (1, "a")]',
    ],
    [
      '',
      'sorted([(1, "b"), (1, "a"), (2, "c")], key=lambda p: p[0], reverse=True) == [(2, "c"), (1, "b"), (1, "a")]',
    ],
    ['def f(s): return s[::-1]', 'f("abc") == "cba" and f([1, 2]) == [2, 1] and f((1, 2)) == (2, 1)'],
  ])('does as Python does: %j, %j', async (code, holds) => {
    expect(await python({ language: 'python', code, tests: [`assert ${holds}`] })).toMatchObject({
      verdict: 'passed',
    })
    expect(await verdictOf('python', code, `assert not (${holds})`)).toBe('failed')
  })
})

describe('JavaScript', () => {
  it.each<readonly [string, string, Verdict]>([
    ['function f(x) { return x * 2 }', 'assert.equal(f(2), 4)', 'passed'],
    ['const f = (x) => x * 2', 'assert.equal(f(2), 5)', 'failed'],
    ['export default async function f(x) { return x }', 'assert.equal(await f(2), 2)', 'passed'],
    ['const f = async () => { throw new Error("no") }', 'await f()', 'failed'],
    ['const f = () => new Promise(() => {})', 'await f()', 'failed'],
    ['const f = () => [1, { a: "b" }, null]', 'assert.deepEqual(f(), [1, { a: "b" }, null])', 'passed'],
    ['const f = () => [1, { a: "b" }]', 'assert.deepEqual(f(), [1, { a: "c" }])', 'failed'],
    [
      'const f = () => [1]',
      'expect(f()).toEqual([1]); expect(f()).not.toEqual([2]); console.assert(f().length === 1)',
      'passed',
    ],
    ['const f = () => { throw new Error() }', 'assert.throws(() => f())', 'passed'],
    ['const f = () => 1', 'assert.throws(() => f())', 'failed'],
    ['class A { #x = 1; get x() { return this.#x } }', 'assert.equal(new A().x, 1)', 'passed'],
    ['function f( {', 'assert(f())', 'failed'],
    ['for (;;);', 'assert(true)', 'endless'],
    ['const f = () => f()', 'f()', 'endless'],
    [
      'const f = () => Promise.resolve().then(function g() { return Promise.resolve().then(g) })',
      'await f()',
      'endless',
    ],
    ['const f = () => new Array(1e9).fill(1)', 'f()', 'memory'],
    ['const f = () => fetch("http://example.com")', 'await f()', 'unable'],
    ["import fs from 'node:fs'\nconst f = () => 1", 'f()', 'unable'],
    ["const fs = require('fs')\nconst f = () => 1", 'f()', 'unable'],
    ['const f = () => undefinedName', 'f()', 'failed'],
    ['const f = () => { throw { get message() { for (;;); } } }', 'f()', 'endless'],
  ])('%j, %j: %s', async (code, test, verdict) => {
    expect(await verdictOf('javascript', code, test)).toBe(verdict)
  })

  it('one program leaves nothing to the next', async () => {
    await verdictOf('javascript', 'Array.prototype.map = () => 7; globalThis.left = 1', '1')
    expect(
      await verdictOf(
        'javascript',
        '',
        'assert.deepEqual([1].map((x) => x + 1), [2]); assert.equal(typeof left, "undefined")',
      ),
    ).toBe('passed')
  })

  it('the same program gives the same, step for step', async () => {
    const program: Program = {
      language: 'javascript',
      code: 'const f = () => Math.floor(7.5)',
      tests: ['assert.equal(f(), 7)'],
    }
    expect(await javascript(program)).toEqual(await javascript(program))
  })
})

it('tests run in turn, up to the first that does not pass', async () => {
  const tests = ['assert f(1) == 2', 'assert f(2) == 4', 'assert f(3) == 5', 'assert f(4) == 8']
  expect(await python({ language: 'python', code: 'def f(x): return x * 2', tests })).toMatchObject({
    verdict: 'failed',
    passed: 2,
    of: 4,
  })
})

describe('an isolate', () => {
  const program: Program = { language: 'python', code: '', tests: ['1'] }
  const opened = (fuel: number) => {
    let [now, runs, loads] = [0, 0, 0]
    const engine: Engine = async ({ tests }) => {
      runs += 1
      return { verdict: 'passed', passed: tests.length, of: tests.length, fuel }
    }
    const sandbox = openSandbox(
      async () => {
        loads += 1
        return { javascript: engine, python: engine }
      },
      () => now,
    )
    return {
      run: async (times: number) => {
        const verdicts: Verdict[] = []
        for (let left = times; left > 0; left -= 1) verdicts.push((await sandbox.run(program)).verdict)
        return verdicts
      },
      wait: (ms: number) => void (now += ms),
      counts: () => ({ runs, loads }),
    }
  }

  it('loads the engines once, when they are needed', async () => {
    const { run, counts } = opened(1_000)
    expect(counts()).toEqual({ runs: 0, loads: 0 })
    await run(100)
    expect(counts()).toEqual({ runs: 100, loads: 1 })
  })

  it('runs so many programs that use all they may at once, and one more a second', async () => {
    const { run, wait, counts } = opened(FUEL + 1)
    const verdicts = await run(20)
    expect(verdicts.filter((verdict) => verdict === 'passed')).toHaveLength(8)
    expect(verdicts.at(-1)).toBe('unable')
    wait(2_000)
    expect(await run(3)).toEqual(['passed', 'passed', 'unable'])
    wait(1e9)
    await run(20)
    expect(counts().runs).toBe(8 + 2 + 8)
  })
})
