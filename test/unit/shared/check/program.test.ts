// What of a question and an answer is run: the tests that a question states, the block that is meant, and nothing by chance.
import { describe, expect, it } from 'vitest'
import type { Language } from '../../../../shared/check/blocks.ts'
import { programIn } from '../../../../shared/check/program.ts'
import { calledIn, testsIn } from '../../../../shared/check/tests.ts'
import { requestFor } from '../../samples.ts'
import { processorMs } from '../../../lab/slowdown.ts'

describe('tests in a question', () => {
  it.each<readonly [Language, string, readonly string[]]>([
    ['python', 'assert f(2) == 4', ['assert f(2) == 4']],
    ['python', '  assert f([1,\n    2]) == 3, "sum"', ['assert f([1,\n    2]) == 3, "sum"']],
    [
      'python',
      '>>> f(2)\n4\n>>> f("a b")\n\'a  b\'',
      ['assert (f(2)) == (4)', `assert (f("a b")) == ('a  b')`],
    ],
    ['python', '>>> x = f(2)\n>>> print(x)\nfour', []],
    ['python', 'f(2) -> 4', ['assert (f(2)) == (4)']],
    [
      'python',
      'Example: f([1, 2], n=3) returns {"a": [1.5, None]}.',
      ['assert (f([1, 2], n=3)) == ({"a": [1.5, None]})'],
    ],
    [
      'python',
      'For instance, `f(2)` should return `4`, and f(3) should return 6.',
      ['assert (f(2)) == (4)', 'assert (f(3)) == (6)'],
    ],
    ['python', 'f(2) ==> true\nf(3) ➞ null', ['assert (f(2)) == (True)', 'assert (f(3)) == (None)']],
    ['python', 'print(f(2))  # 4\nf(3) # => 9', ['assert (f(2)) == (4)', 'assert (f(3)) == (9)']],
    ['javascript', 'console.log(f(2)); // 4', ['assert.deepEqual(f(2), 4)']],
    ['javascript', 'f("x)") === "(x"', ['assert.deepEqual(f("x)"), "(x")']],
    ['javascript', 'assert.deepStrictEqual(f([1]), [2]);', ['assert.deepStrictEqual(f([1]), [2]);']],
    [
      'javascript',
      'console.assert(f(2) === 4, "two")\nexpect(f(1)).toBe(1)',
      ['console.assert(f(2) === 4, "two")', 'expect(f(1)).toBe(1)'],
    ],
    ['javascript', 'f(2) -> None, g((1, 2)) -> 3', ['assert.deepEqual(f(2), null)']],
    // What is no test.
    ['python', 'f(x) -> 4 and f(2) -> x', []],
    ['python', 'f(2) -> 4 + 1', []],
    ['python', 'f(2) returns 4 times its argument', []],
    ['python', 'a.f(2) -> 4', []],
    ['python', 'Assert that f(2) works (see f(3)).', []],
    ['python', 'assert f(2) == (4', []],
    ['javascript', 'assert f(2) == 4', ['assert.deepEqual(f(2), 4)']],
    ['python', 'def f(x: int) -> int: ...', []],
  ])('%s %j', (language, question, tests) => {
    expect(testsIn(question, language)).toEqual(tests)
  })

  it('no more than fifty are taken, and long texts are read in no time', () => {
    const many = Array.from({ length: 500 }, (_, at) => `f(${at}) -> ${at}`).join('\n')
    expect(testsIn(many, 'python')).toHaveLength(50)
    for (const piece of [
      'f(',
      'f([',
      'assert (',
      '>>> f(',
      'f(1,',
      'f("',
      "'",
      'f(1) -> [',
      '{"a":',
      '((((((',
    ])
      for (const language of ['python', 'javascript'] as const) {
        const begun = processorMs()
        testsIn(piece.repeat(20_000 / piece.length), language)
        testsIn(`${piece}\n`.repeat(20_000 / piece.length), language)
        expect(processorMs() - begun, piece).toBeLessThan(1_000)
      }
  })

  it('a test is known by the functions that it calls', () => {
    expect(calledIn('assert sorted(f(g(2))) == [1]')).toEqual(['f', 'g'])
    expect(calledIn('expect(new A(1).b(2)).toBe(3)')).toEqual(['A'])
  })
})

describe('a program', () => {
  const asked = 'Write a function f.\nf(2) -> 4'
  const of = (answer: string, question = asked, tests?: string) =>
    programIn(requestFor(question, tests === undefined ? {} : { tests }), answer)

  it('is the block in a language that can be run', () => {
    const python = 'def f(x):\n    return 2 * x'
    expect(of(`So:\n\`\`\`python\n${python}\n\`\`\``)).toEqual({
      language: 'python',
      code: python,
      tests: ['assert (f(2)) == (4)'],
    })
    expect(of(`\`\`\`\n${python}\n\`\`\``)?.language).toBe('python')
    expect(of(python)?.language).toBe('python')
    expect(of('const f = (x) => 2 * x')?.language).toBe('javascript')
    expect(of('```rust\nfn f(x: i32) -> i32 { 2 * x }\n```')).toBeUndefined()
    expect(of('```ts\nconst f = (x: number) => 2 * x\n```')).toBeUndefined()
  })

  it('is the last block that has all that is tested; how it is used, and blocks that are cut off, are left out', () => {
    const answer =
      '```js\nfunction f(x) { return x }\n```\nBetter:\n```js\nconst f = (x) => 2 * x\n```\nUse:\n```js\nf(3)\n```'
    expect(of(answer)?.code).toBe('const f = (x) => 2 * x')
    const parts = '```py\ndef g(x): return x\n```\n```py\ndef f(x): return g(2 * x)\n```'
    expect(of(parts, 'f(2) -> 4\ng(1) -> 1')?.code).toContain('def g(x): return x\ndef f')
    expect(of('```python\ndef f(x):')).toBeUndefined()
  })

  it('there is none where nothing is asked of what it defines', () => {
    const answer = '```python\ndef f(x): return x\n```'
    expect(of(answer, 'Write f. max(1, 2) -> 2')).toBeUndefined()
    expect(of(answer, 'Write f.')).toBeUndefined()
    expect(of('I would use a loop.')).toBeUndefined()
    expect(of(`\`\`\`python\ndef f(x): return ${'x'.repeat(40_000)}\n\`\`\``)).toBeUndefined()
  })

  it('is found in no time, however many functions are called and blocks there are', () => {
    const calls = Array.from({ length: 2_000 }, (_, at) => `assert f${at}(1)`).join('\n')
    const blocks = '```py\ndef f1(x): pass\n```\n'.repeat(1_200)
    for (const answer of [blocks, `\`\`\`py\n${'def f1('.repeat(4_000)}\n\`\`\``, '```'.repeat(10_000)]) {
      const begun = processorMs()
      of(answer, calls)
      of(answer, `assert ${'f1('.repeat(600)}${')'.repeat(600)}`)
      expect(processorMs() - begun).toBeLessThan(1_000)
    }
  })

  it("a client's own tests come in place of the question's", () => {
    const tests = 'for n in range(3):\n    assert f(n) == n'
    expect(of('def f(x): return x', asked, tests)).toEqual({
      language: 'python',
      code: 'def f(x): return x',
      tests: [tests],
    })
  })
})
