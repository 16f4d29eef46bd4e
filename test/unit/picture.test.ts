// The picture of the architecture names every part of the Worker.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const words = new Set(readFileSync(resolve(ROOT, 'docs/architecture.svg'), 'utf8').match(/[a-z]+/g))

it('every folder of the Worker is in docs/architecture.svg', () => {
  const parts = readdirSync(resolve(ROOT, 'workers'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  expect(parts.length).toBeGreaterThan(15)
  expect(parts.map(({ name }) => name).filter((name) => !words.has(name))).toEqual([])
})
