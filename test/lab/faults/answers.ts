// What healthy models of the scenarios say: sixty tokens, a tool call, words of every length in bytes. Pure.

/** Sixty words, and as many tokens; some words come twice, so that no joint can be found by a single word. */
export const ANSWER = [
  'A gateway earns trust only when the provider behind it misbehaves: when the first token does not come,',
  'when the stream dies at the fortieth word, when a limit is hit, when a key is dead. Then the caller still',
  'gets one answer, whole, once, in bounded time, or one error that says what went wrong, and exactly one bill.',
].join(' ')

export const tokensIn = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length

export const firstTokens = (count: number): string => ANSWER.split(' ').slice(0, count).join(' ')

/** The same with the blank behind each word, as some models cut their tokens. */
export const BLANK_BEHIND: readonly string[] = ANSWER.split(' ').map((word, at, all) =>
  at === all.length - 1 ? word : `${word} `,
)

export const UMLAUTS = 'Grüße aus Zürich, 東京 und 🐟 sagt: schön! '.repeat(3).trim()

export const WEATHER = {
  call: { name: 'weather', arguments: { city: 'Reykjavik', unit: 'celsius', days: [1, 2, 3] } },
  ask: {
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          parameters: {
            type: 'object',
            properties: {
              city: { type: 'string' },
              unit: { type: 'string' },
              days: { type: 'array', items: { type: 'integer' } },
            },
          },
        },
      },
    ],
  },
} as const
