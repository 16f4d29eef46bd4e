// How families of models count their prompts, whoever serves them.
import type { Counting } from '../../shared/model.ts'

export type CountingRule = Counting & { readonly models: RegExp }

const OPEN_ORIGINAL = 24_600
const TILES_OF_4O_MINI = 48_169

/**
 * Who counts in o200k: https://github.com/openai/tiktoken/blob/main/tiktoken/model.py, as of 0.14; what it does not name is
 * bounded. Pictures: https://developers.openai.com/api/docs/guides/images-vision#calculating-costs. A picture is 8 tiles at
 * most, in gpt-4o-mini of 5,667 tokens beside 2,833, in others of 170 beside 85; or 1,536 patches of 2.46 at most, and since
 * GPT-5.4, where its original may be asked for, 10,000.
 */
const GPT: readonly (Counting & { readonly names: string })[] = [
  { names: '(?:ft:)?gpt-4o-mini', tokenizer: 'o200k', picture: TILES_OF_4O_MINI },
  {
    names: '(?:ft:)?gpt-4o|chatgpt-4o-|gpt-4\\.[15]|o[13](?:-|$)|o4-mini',
    tokenizer: 'o200k',
    picture: 3_779,
  },
  { names: 'gpt-5(?:-|$|\\.[1-3])', tokenizer: 'o200k', picture: 3_779 },
  { names: 'gpt-5\\.', tokenizer: 'o200k', picture: OPEN_ORIGINAL },
  { names: 'gpt-|chat-latest', picture: TILES_OF_4O_MINI },
]

/** `before` is what a vendor puts before a model's name. */
export const gptCounting = (before = ''): readonly CountingRule[] =>
  GPT.map(({ names, ...counting }) => ({
    models: new RegExp(`^${before}(?:${names})`),
    ...counting,
  }))

/** Its tokenizer is not published. Pictures since 4.7: https://platform.claude.com/docs/en/build-with-claude/vision#image-costs */
export const claudeCounting: CountingRule = { models: /(?:^|[./])claude-/, picture: 4_784 }

/**
 * 16 tiles of 258 in a picture of the largest size, 3,072 pixels a side: https://ai.google.dev/gemini-api/docs/tokens;
 * since Gemini 3 at most 2,240: https://ai.google.dev/gemini-api/docs/media-resolution
 */
export const geminiCounting: CountingRule = { models: /(?:^|\/)(?:gemini|gemma)-/, picture: 4_128 }
