import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { loadModel } from '../../../workers/micro/model.ts'
import { makePrompter, type ChatMessage } from '../../../workers/micro/template.ts'
import { makeTokenizer } from '../../../workers/micro/tokenizer.ts'
import { readVocabulary } from '../../../workers/micro/vocabulary.ts'
import { greedy, kernelModule, loadSynthetic, readBytes } from './load.ts'
import { SCORED, SCORED_SIZE } from './pieces.ts'
import { makeGguf, SMALL, type Recipe } from './synthetic.ts'
import { readGguf } from '../../../workers/micro/gguf.ts'

interface Continuation {
  readonly prompt: readonly number[]
  readonly output: readonly number[]
}
interface Shipped {
  readonly model: string
  readonly sha256: string
  readonly cases: readonly (Continuation & { readonly messages: readonly ChatMessage[] })[]
  readonly texts: readonly { readonly text: string; readonly tokens: readonly number[] }[]
}
interface Synthetic {
  readonly models: readonly { readonly recipe: Recipe; readonly cases: readonly Continuation[] }[]
}
interface Pieces extends Continuation {
  readonly texts: readonly {
    readonly text: string
    readonly plain: readonly number[]
    readonly special: readonly number[]
  }[]
}
interface Tokens {
  readonly recipe: Recipe
  readonly vocabularies: readonly {
    readonly preTokenizer: string
    readonly texts: readonly {
      readonly text: string
      readonly plain: readonly number[]
      readonly special: readonly number[]
    }[]
  }[]
}

const fixture = <T>(name: string): T =>
  JSON.parse(new TextDecoder().decode(readBytes(`test/unit/micro/fixtures/${name}`)))

describe("llama.cpp's tokens on random models", () => {
  for (const { recipe, cases } of fixture<Synthetic>('synthetic.json').models) {
    const name = `${recipe.type}, ${recipe.blockCount} layers, ${recipe.headCount}/${recipe.keyValueHeadCount} heads of ${recipe.embeddingLength}`
    it(name, () => {
      const model = loadSynthetic(recipe)
      const { ends } = readVocabulary(model.file)
      for (const { prompt, output } of cases)
        expect(greedy(model, prompt, output.length, ends)).toEqual(output)
    })
  }
})

describe("llama.cpp's tokens of texts", () => {
  const { recipe, vocabularies } = fixture<Tokens>('tokens.json')
  for (const { preTokenizer, texts } of vocabularies) {
    it(`cut by ${preTokenizer}`, () => {
      const tokenizer = makeTokenizer(readVocabulary(readGguf(makeGguf({ ...recipe, preTokenizer }))))
      for (const { text, plain, special } of texts) {
        expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(plain)
        expect(tokenizer.encode(text, { parseControl: true }), JSON.stringify(text)).toEqual(special)
      }
    })
  }
})

describe("llama.cpp's tokens of a SentencePiece vocabulary", () => {
  const { texts, prompt, output } = fixture<Pieces>('pieces.json')
  const model = loadModel(makeGguf(SMALL, SCORED, SCORED_SIZE), kernelModule())
  const vocabulary = readVocabulary(model.file)
  const tokenizer = makeTokenizer(vocabulary)

  it('are recorded for some hundred strings', () => expect(texts.length).toBeGreaterThan(300))

  it('come out of every string, control tokens found and not', () => {
    for (const { text, plain, special } of texts) {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(plain)
      expect(tokenizer.encode(text, { parseControl: true }), JSON.stringify(text)).toEqual(special)
    }
  })

  it('read back as the string with the space in front, byte for byte', () => {
    for (const { text, plain } of texts) {
      if (text.includes('\u2581') || text.includes('<own>')) continue
      const bytes = plain.flatMap((id) => Array.from(vocabulary.bytesOf(id)))
      expect(new TextDecoder().decode(Uint8Array.from(bytes)), JSON.stringify(text)).toBe(` ${text}`)
    }
  })

  it('go on alike', () => expect(greedy(model, prompt, output.length, vocabulary.ends)).toEqual(output))
})

describe("llama.cpp's tokens on the shipped weights", () => {
  const shipped = fixture<Shipped>('micro.json')
  const file = readBytes(shipped.model)
  const sha256 = createHash('sha256').update(new Uint8Array(file)).digest('hex')

  it('were recorded from the weights that ship', () => {
    expect(
      sha256,
      `${shipped.model} has changed since llama.cpp's tokens were recorded. Run tools/oracle again (see its README).`,
    ).toBe(shipped.sha256)
  })

  const model = loadModel(file, kernelModule())
  const tokenizer = makeTokenizer(readVocabulary(model.file))
  const prompter = makePrompter(model.file, tokenizer)
  it('covers at least twenty prompts', () => expect(shipped.cases.length).toBeGreaterThanOrEqual(20))

  // Against other weights every case would fail; the one sentence above says it better.
  for (const { messages, prompt, output } of sha256 === shipped.sha256 ? shipped.cases : []) {
    it(JSON.stringify(messages.at(-1)?.content), () => {
      expect(prompter(messages)).toEqual(prompt)
      expect(greedy(model, prompt, output.length, tokenizer.vocabulary.ends)).toEqual(output)
    })
  }

  it('and its tokens of texts', () => {
    for (const { text, tokens } of shipped.texts)
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(tokens)
  })
})
