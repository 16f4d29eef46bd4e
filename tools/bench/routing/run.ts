// `npm run bench:routing`: how good the router is, on the recorded outcomes of real models. Prints Markdown tables.
import { findFolder, readExam, readPairs } from './sets.ts'
import { inDomain } from './domain.ts'
import { heldOutTables } from './held-out.ts'
import { coldTable } from './cold.ts'
import { lookTable } from './look.ts'
import { cascadeTable } from './exam.ts'
import { tokenizer } from '../../../test/unit/tokenizer.ts'
import { readGsm, readMmlu } from '../curve/questions.ts'
import { promiseTable } from './promise.ts'
import { attackTable } from './attack.ts'
import { freeTable } from './free.ts'
import { reachTables } from './reach.ts'
import { speedLine } from './speed.ts'

const folder = findFolder()
if (folder === undefined) {
  console.error(
    'No outcomes here. `node tools/data/outcomes.ts` fetches them, or MINNOW_DATA names a folder that has them.',
  )
  process.exit(1)
}
const pairs = readPairs(folder)
const exam = readExam(folder)
const count = await tokenizer()
const only = process.argv.slice(2)
const parts: Readonly<Record<string, () => string | Promise<string>>> = {
  speed: () => speedLine(pairs),
  domain: () => inDomain(pairs),
  'held-out': () => heldOutTables(pairs),
  cold: () => coldTable(pairs),
  look: () => lookTable(pairs),
  cascade: () => (exam === undefined ? 'No outcomes of MMLU-Pro here.' : cascadeTable(exam)),
  promise: () =>
    [
      { name: 'GSM8K', family: 'gsm8k', questions: readGsm(folder), taught: 600, asked: 309 } as const,
      { name: 'MMLU', family: 'mmlu', questions: readMmlu(folder), taught: 1_500, asked: 1_000 } as const,
    ]
      .map((trial) => promiseTable(trial, pairs, count))
      .join('\n\n'),
  attack: () => `${attackTable(pairs)}\n\n${freeTable(pairs)}`,
  reach: () => reachTables(folder),
}
for (const [name, write] of Object.entries(parts)) {
  if (only.length === 0 || only.includes(name)) console.log(`\n${await write()}`)
}
