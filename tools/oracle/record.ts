// Runs llama.cpp over the cases and writes its tokens as fixtures for the tests of workers/micro.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getLlama, LlamaLogLevel, type LlamaModel, type Token } from 'node-llama-cpp'
import { makeGguf, SMALL } from '../../test/unit/micro/synthetic.ts'
import { SCORED, SCORED_SIZE, SCORED_TEXTS } from '../../test/unit/micro/pieces.ts'
import { NASTY_TEXTS } from '../../test/unit/micro/texts.ts'
import { CONVERSATIONS, PRE_TOKENIZERS, RECIPES, SYNTHETIC_PROMPTS, type Message } from './cases.ts'

const root = new URL('../../', import.meta.url)
const fixtures = new URL('test/unit/micro/fixtures/', root)
const MODEL_PATH = 'models/micro.gguf'
const MOST_TOKENS = 64
const SYNTHETIC_TOKENS = 24

const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error })
const folder = mkdtempSync(join(tmpdir(), 'minnow-oracle-'))
const load = (modelPath: string) => llama.loadModel({ modelPath, useMmap: false })

async function greedy(model: LlamaModel, prompt: readonly Token[], count: number): Promise<number[]> {
  const context = await model.createContext({
    contextSize: model.trainContextSize,
    flashAttention: false,
    threads: 1,
  })
  const output: number[] = []
  const stream = context.getSequence().evaluate([...prompt], { temperature: 0, yieldEogToken: true })
  for await (const token of stream) {
    output.push(token)
    if (model.isEogToken(token) || output.length >= count) break
  }
  await context.dispose()
  return output
}

function loadRecipe(bytes: ArrayBuffer, name: string): Promise<LlamaModel> {
  const path = join(folder, `${name}.gguf`)
  writeFileSync(path, new Uint8Array(bytes))
  return load(path)
}

/**
 * The prompt as the template should make it. Text of a message is tokenized by itself without special tokens where it
 * holds any, since the engine must never make them from it.
 */
function writePrompt(model: LlamaModel, messages: readonly Message[]): Token[] {
  const hasSpecial = messages.some(({ content }) => content.includes('<|'))
  const parts = messages.flatMap(({ role, content }) => [
    { text: `<|im_start|>`, special: true },
    { text: `${role}\n${content}`, special: false },
    { text: `<|im_end|>`, special: true },
    { text: '\n', special: false },
  ])
  const all = [...parts, { text: '<|im_start|>', special: true }, { text: 'assistant\n', special: false }]
  if (!hasSpecial) return model.tokenize(all.map(({ text }) => text).join(''), true)
  return all.flatMap(({ text, special }) => model.tokenize(text, special))
}

async function recordShipped() {
  const model = await load(new URL(MODEL_PATH, root).pathname)
  const cases = []
  for (const messages of CONVERSATIONS) {
    const prompt = writePrompt(model, messages)
    cases.push({ messages, prompt, output: await greedy(model, prompt, MOST_TOKENS) })
  }
  const texts = NASTY_TEXTS.map((text) => ({ text, tokens: model.tokenize(text, false) }))
  await model.dispose()
  const sha256 = createHash('sha256')
    .update(readFileSync(new URL(MODEL_PATH, root)))
    .digest('hex')
  return { model: MODEL_PATH, sha256, cases, texts }
}

async function recordSynthetic() {
  const models = []
  for (const recipe of RECIPES) {
    const model = await loadRecipe(makeGguf(recipe), `${recipe.type}-${recipe.seed}`)
    const cases = []
    for (const text of SYNTHETIC_PROMPTS) {
      const prompt = model.tokenize(text, false)
      cases.push({ prompt, output: await greedy(model, prompt, SYNTHETIC_TOKENS) })
    }
    await model.dispose()
    models.push({ recipe, cases })
  }
  return { models }
}

async function recordTokens() {
  const recipe = { ...SMALL, merges: 900 }
  const vocabularies = []
  for (const preTokenizer of PRE_TOKENIZERS) {
    const model = await loadRecipe(makeGguf({ ...recipe, preTokenizer }), preTokenizer)
    const texts = NASTY_TEXTS.map((text) => ({
      text,
      plain: model.tokenize(text, false),
      special: model.tokenize(text, true),
    }))
    await model.dispose()
    vocabularies.push({ preTokenizer, texts })
  }
  return { recipe, vocabularies }
}

async function recordPieces() {
  const model = await loadRecipe(makeGguf(SMALL, SCORED, SCORED_SIZE), 'pieces')
  const texts = SCORED_TEXTS.map((text) => ({
    text,
    plain: model.tokenize(text, false),
    special: model.tokenize(text, true),
  }))
  const prompt = model.tokenize('Hello there, what is this?', false)
  const output = await greedy(model, prompt, SYNTHETIC_TOKENS)
  await model.dispose()
  return { texts, prompt, output }
}

function write(name: string, fixture: object): void {
  const release: unknown = llama.llamaCppRelease
  const text = JSON.stringify({ recordedWith: release, ...fixture }, undefined, 1)
  // Lists of numbers on one line each: the file stays readable and small.
  writeFileSync(
    new URL(name, fixtures),
    `${text.replaceAll(/\[[\s\d,-]+\]/gu, (list) => list.replaceAll(/\s+/gu, ' '))}\n`,
  )
}

mkdirSync(fixtures, { recursive: true })
write('synthetic.json', await recordSynthetic())
write('tokens.json', await recordTokens())
write('pieces.json', await recordPieces())
write('micro.json', await recordShipped())
rmSync(folder, { recursive: true })
await llama.dispose()
