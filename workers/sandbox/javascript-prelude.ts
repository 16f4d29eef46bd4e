// What a JavaScript program finds beside the language: `assert`, `expect`, a console that says nothing, all of them JavaScript
// inside the sandbox. Pure.

export const PRELUDE = `
{
  const same = (a, b, strict) => {
    if (strict ? Object.is(a, b) || a === b : a == b) return true
    if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b)
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
    if (Array.isArray(a) !== Array.isArray(b)) return false
    if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
    if (a instanceof Set && b instanceof Set) return same([...a], [...b], strict)
    if (a instanceof Map && b instanceof Map) return same([...a], [...b], strict)
    const keys = Object.keys(a)
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key], strict))
  }
  class AssertionError extends Error {
    get name() { return 'AssertionError' }
  }
  const demand = (is, message) => {
    if (!is) throw new AssertionError(message === undefined ? 'an assertion does not hold' : String(message))
  }
  const assert = (is, message) => demand(is, message)
  assert.ok = assert
  assert.equal = (a, b, message) => demand(a == b || (a !== a && b !== b), message)
  assert.notEqual = (a, b, message) => demand(a != b, message)
  assert.strictEqual = (a, b, message) => demand(Object.is(a, b), message)
  assert.notStrictEqual = (a, b, message) => demand(!Object.is(a, b), message)
  assert.deepEqual = (a, b, message) => demand(same(a, b, true) || same(a, b, false), message)
  assert.deepStrictEqual = (a, b, message) => demand(same(a, b, true), message)
  assert.notDeepEqual = assert.notDeepStrictEqual = (a, b, message) => demand(!same(a, b, true), message)
  assert.throws = (call, message) => {
    let threw = false
    try { call() } catch { threw = true }
    demand(threw, message)
  }
  assert.rejects = async (promise) => {
    let threw = false
    try { await (typeof promise === 'function' ? promise() : promise) } catch { threw = true }
    demand(threw)
  }
  assert.strict = assert
  const expect = (found) => {
    const checks = (wanted) => ({
      toBe: (other) => demand(Object.is(found, other) === wanted),
      toEqual: (other) => demand(same(found, other, true) === wanted),
      toStrictEqual: (other) => demand(same(found, other, true) === wanted),
      toBeCloseTo: (other, digits = 2) => demand((Math.abs(found - other) < 10 ** -digits / 2) === wanted),
      toBeTruthy: () => demand(Boolean(found) === wanted),
      toBeFalsy: () => demand(!found === wanted),
      toBeNull: () => demand((found === null) === wanted),
      toBeUndefined: () => demand((found === undefined) === wanted),
      toHaveLength: (length) => demand((found.length === length) === wanted),
      toContain: (one) => demand(found.includes(one) === wanted),
      toThrow: () => {
        let threw = false
        try { found() } catch { threw = true }
        demand(threw === wanted)
      },
    })
    return { ...checks(true), not: checks(false) }
  }
  const quiet = () => undefined
  const give = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
  give('assert', assert)
  give('expect', expect)
  give('console', { assert, log: quiet, error: quiet, warn: quiet, info: quiet, debug: quiet, table: quiet })
  give('module', { exports: {} })
  give('exports', module.exports)
  give('require', (name) => {
    if (/^(?:node:)?assert(?:\\/strict)?$/.test(name)) return assert
    throw new Error('no module ' + name)
  })
}
`
