// How often the sandbox is right about Python: tasks with solutions that are known to be right, and the same spoiled. From a
// file as of https://github.com/openai/human-eval (data/HumanEval.jsonl), which is not part of the project:
//   node tools/bench/sandbox.ts <file>
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { programIn, type Verdict } from '../../shared/check/program.ts'
import type { Engine } from '../../workers/sandbox/engine.ts'
import { openPython } from '../../workers/sandbox/python.ts'

interface Task {
  readonly prompt: string
  readonly canonical_solution: string
  readonly test: string
  readonly entry_point: string
}

const ENGINE = resolve(import.meta.dirname, '../../workers/sandbox/python.wasm')

/** What a wrong answer may look like. */
const SPOILS: Readonly<Record<string, (code: string) => string>> = {
  'returns nothing': (code) => code.replaceAll(/\breturn\b[^\n]*/g, 'return None'),
  'one off': (code) =>
    code.replaceAll(/(?<![\w.'"])(\d+)(?![\w.'"])/g, (number) => String(Number(number) + 1)),
  'the other comparison': (code) =>
    code.replaceAll(
      / (<|>|==|!=|<=|>=) /g,
      (found) => ({ '<': '>', '>': '<', '==': '!=', '!=': '==' })[found.trim()] ?? found,
    ),
  'never ends': (code) => `    while True: pass\n${code}`,
}

const file = process.argv[2]
if (file === undefined) throw new Error('Say where HumanEval.jsonl lies: node tools/bench/sandbox.ts <file>')
const tasks = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Task)
const run: Engine = openPython(new WebAssembly.Module(readFileSync(ENGINE)))

type Tally = Partial<Record<Verdict | 'no tests', number>>

async function tallied(spoil: (code: string) => string, isOwn: boolean): Promise<Tally> {
  const tally: Tally = {}
  for (const { prompt, canonical_solution: solution, test, entry_point: name } of tasks) {
    const spoiled = spoil(solution)
    if (spoil !== same && spoiled === solution) continue
    const question = `Complete this function:\n${prompt}`
    const program = programIn(
      {
        messages: [{ role: 'user', parts: [{ type: 'text', text: question }] }],
        ...(isOwn ? { tests: `${test}\ncheck(${name})` } : {}),
      },
      `\`\`\`python\n${prompt}${spoiled}\n\`\`\``,
    )
    const verdict = program === undefined ? 'no tests' : (await run(program)).verdict
    tally[verdict] = (tally[verdict] ?? 0) + 1
  }
  return tally
}

const same = (code: string): string => code

const begun = performance.now()
const rows = [
  { answers: 'right, with the tests given', ...(await tallied(same, true)) },
  { answers: "right, with the question's examples", ...(await tallied(same, false)) },
]
const eachMs = (performance.now() - begun) / (2 * tasks.length)
for (const [name, spoil] of Object.entries(SPOILS)) {
  rows.push({ answers: `${name}, with the tests given`, ...(await tallied(spoil, true)) })
  rows.push({ answers: `${name}, with the question's examples`, ...(await tallied(spoil, false)) })
}
process.stdout.write(`${tasks.length} tasks, ${eachMs.toFixed(1)} ms each where the answer is right\n`)
// oxlint-disable-next-line no-console -- a table for a person
console.table(rows)
