// The table of what passes, made by the run itself: every cell is a test, and docs/clients.md shows what the tests saw.
// `MINNOW_UPDATE=1 vitest run test/e2e/clients` writes it; without that a difference is a failure.
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { type Stage, takeTurn, type Turn, type Wire } from '../../lab/stage.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const FILE = join(ROOT, 'docs/clients.md')
const LOCK = join(ROOT, 'node_modules/.clients.lock')

/** A cell's test, and what it notices beside passing. */
export interface Cell extends Turn {
  /** The call is refused with this status, in words that this finds; the table shows both. */
  refused(call: PromiseLike<unknown>, status: number, why: RegExp): Promise<void>
  /** Parameters that the gateway says it left out, where the client hides its headers. */
  leftOut(names: string): void
}

export interface Table {
  /** A test for one ability over one wire. */
  cell(ability: string, wire: Wire, check: (cell: Cell) => Promise<unknown>): void
  /** To be called last. */
  compare(): void
}

/** A section of the document. `order` decides where it stands. */
export function openTable(client: string, order: number, stage: () => Stage): Table {
  const abilities: string[] = []
  const wires: Wire[] = []
  const marks = new Map<string, string>()
  let count = 0
  return {
    cell(ability, wire, check) {
      if (!abilities.includes(ability)) abilities.push(ability)
      if (!wires.includes(wire)) wires.push(wire)
      count += 1
      const name = `cell-${order}-${count}` // says nothing, for a model's name may mean something
      test(`${wire.id}: ${ability}`, async () => {
        const without = new Set<string>()
        let mark = 'yes'
        const leftOut = (names: string): void => {
          for (const dropped of names.split(',')) if (dropped.trim() !== '') without.add(dropped.trim())
        }
        const refused: Cell['refused'] = async (call, status, why) => {
          mark = `${status}: ${await refusal(call, status, why)}`
        }
        await check({ ...takeTurn(stage(), wire, name, leftOut), leftOut, refused })
        if (mark === 'yes' && without.size > 0) mark = `yes, without ${[...without].sort().join(', ')}`
        marks.set(`${ability}|${wire.id}`, mark)
      })
    },
    compare() {
      test('docs/clients.md shows what this run saw', ({ skip }) => {
        if (marks.size < count) skip('not every cell was run and passed')
        const section = [
          `## ${client}`,
          '',
          `| | ${wires.map(({ id }) => id).join(' | ')} |`,
          `|---|${wires.map(() => '---').join('|')}|`,
          ...abilities.map((ability) => {
            const row = wires.map(({ id }) => marks.get(`${ability}|${id}`) ?? '')
            return `| ${ability} | ${row.join(' | ')} |`
          }),
          '',
        ].join('\n')
        if (process.env['MINNOW_UPDATE'] === '1') update(order, section)
        expect(readSections().get(order)).toBe(section)
      })
    },
  }
}

/** What a client throws says the status under one of two names. */
async function refusal(call: PromiseLike<unknown>, status: number, why: RegExp): Promise<string> {
  const error: unknown = await call.then(
    () => 'no error at all',
    (thrown: unknown) => thrown,
  )
  const { status: ours, statusCode, message } = Object(error) as Record<string, unknown>
  expect([ours ?? statusCode, String(message)]).toEqual([status, expect.stringMatching(why)])
  return why.exec(String(message))?.[0] ?? ''
}

const INTRODUCTION = `# Which client works over which vendor's wire
Made by the tests in test/e2e/clients, which run the official clients against the running gateway with a vendor of each wire behind it; never typed. \`MINNOW_UPDATE=1 npx vitest run test/e2e/clients\` makes it anew.

A row is what the client does, a column the wire on which Minnow asks the model. "yes" is a test that passed; "without n" means that Minnow answered and said in \`x-minnow-dropped\` that it left that parameter out, because the wire has no word for it; a number is the status of a refusal, with its words. An empty field does not apply.

`

/** Sections begin with a comment that bears their order. */
function readSections(): Map<number, string> {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''
  const parts = text.split(/<!-- (\d+) -->\n/).slice(1)
  const sections = new Map<number, string>()
  for (let at = 0; at + 1 < parts.length; at += 2) sections.set(Number(parts[at]), parts[at + 1] ?? '')
  return sections
}

/** Several files run at once and write one document. */
function update(order: number, section: string): void {
  const lock = acquire()
  try {
    const sections = new Map([...readSections(), [order, section]])
    const sorted = [...sections]
      .sort(([a], [b]) => a - b)
      .map(([place, text]) => `<!-- ${place} -->\n${text}`)
    writeFileSync(FILE, INTRODUCTION + sorted.join(''))
  } finally {
    closeSync(lock)
    rmSync(LOCK)
  }
}

function acquire(): number {
  for (const end = Date.now() + 60_000; ;) {
    try {
      return openSync(LOCK, 'wx')
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}
