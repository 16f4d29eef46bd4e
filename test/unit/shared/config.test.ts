// The configuration file: what is read, and that every mistake is said with file, place, found and expected.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../shared/config.ts'
import { vendorFacts } from '../../../workers/providers/registry.ts'

const VENDORS = [
  { id: 'openai', dialects: ['openai-chat', 'openai-responses'], settings: [], needs: [] },
  { id: 'cloud', dialects: ['anthropic'], settings: ['account', 'region'], needs: ['account'] },
]

const read = (text: string) => readConfig(text, 'mine.jsonc', VENDORS)

const messageOf = (value: unknown): string => {
  const result = read(typeof value === 'string' ? value : JSON.stringify(value))
  return result.ok ? 'it was accepted' : result.message
}

const lab = { baseUrl: 'http://127.0.0.1:8401/v1' }
const big = { provider: 'lab', model: 'big-1' }

describe('a mistake is said with its file, its place, what was found and what was expected', () => {
  const cases: readonly [string, unknown, string, string, string][] = [
    ['a list for a file', [], '(the whole file)', 'an empty list', 'an object'],
    [
      'a name in capitals',
      { providers: { OpenAI: {} } },
      'providers',
      '"OpenAI"',
      'lower-case letters, digits and -',
    ],
    [
      'a wrong dialect',
      { providers: { lab: { ...lab, dialect: 'soap' } } },
      'providers.lab.dialect',
      '"soap"',
      '"openai-chat"',
    ],
    [
      'a wrong protocol',
      { providers: { lab: { baseUrl: 'ftp://a' } } },
      'providers.lab.baseUrl',
      '"ftp://a"',
      'an http or https address',
    ],
    [
      'a cascade over one tier',
      { providers: { lab }, models: { big }, routes: { a: { order: ['big'], cascade: true } } },
      'routes.a.cascade',
      'it beside "order"',
      'it beside "mini" and "frontier"',
    ],
    [
      'a judge that nobody knows',
      {
        providers: { lab },
        models: { big },
        routes: {
          a: { frontier: ['big'], shadow: { share: 0.1, budget: { usd: 1, window: 'day' }, judge: 'sage' } },
        },
      },
      'routes.a.shadow.judge',
      '"sage"',
      'one of the models (big)',
    ],
    [
      'a model to measure that is none',
      { rebench: { models: ['bigg'] } },
      'rebench.models',
      '"bigg"',
      '"micro"',
    ],
    [
      'a secret that stands in the file',
      { rebench: { webhookSecret: 'hush' } },
      'rebench.webhookSecret',
      '"hush"',
      '"$NAME"',
    ],
    [
      'a vendor that nobody knows',
      { providers: { lab: { ...lab, vendor: 'acme' } } },
      'providers.lab.vendor',
      '"acme"',
      'one that Minnow knows (openai, cloud)',
    ],
    [
      'a dialect that the vendor does not speak',
      { providers: { openai: { dialect: 'gemini' } } },
      'providers.openai.dialect',
      '"gemini"',
      'what openai speaks at its own address (openai-chat, openai-responses)',
    ],
    [
      'a setting that the vendor needs',
      { providers: { mine: { vendor: 'cloud', settings: { region: 'eu' } } } },
      'providers.mine.settings',
      'no "account"',
      'cloud cannot be reached without it',
    ],
    [
      'a setting that the vendor does not have',
      { providers: { cloud: { settings: { acount: 'a' } } } },
      'providers.cloud.settings',
      '"acount"',
      'what cloud has (account, region)',
    ],
    ['a missing address', { providers: { lab: {} } }, 'providers.lab', 'no baseUrl', 'expected one'],
    [
      'an empty list of keys',
      { providers: { lab: { ...lab, apiKey: [] } } },
      'providers.lab.apiKey',
      'an empty list',
      'at least 1',
    ],
    [
      'a header name with a space',
      { providers: { lab: { ...lab, headers: { 'a b': 'c' } } } },
      'providers.lab.headers',
      '"a b"',
      'letters, digits and -',
    ],
    [
      'the name of the embedded model',
      { providers: { micro: lab } },
      'providers.micro',
      '"micro"',
      'another name',
    ],
    [
      'the name of its provider',
      { providers: { minnow: lab } },
      'providers.minnow',
      '"minnow"',
      'another name',
    ],
    [
      'a model called micro',
      { providers: { lab }, models: { micro: big } },
      'models.micro',
      '"micro"',
      'another name',
    ],
    [
      'an unknown provider',
      { providers: { lab }, models: { big: { ...big, provider: 'lap' } } },
      'models.big.provider',
      '"lap"',
      'one of the providers (lab)',
    ],
    [
      'a negative price',
      { providers: { lab }, models: { big: { ...big, price: { input: -1, output: 1 } } } },
      'models.big.price.input',
      '-1',
      'at least 0',
    ],
    [
      'a tier from nowhere on',
      {
        providers: { lab },
        models: { big: { ...big, price: { input: 1, output: 1, tiers: [{ input: 2, output: 2 }] } } },
      },
      'models.big.price.tiers.0.above',
      'nothing',
      'a number',
    ],
    [
      'half a class of service',
      {
        providers: { lab },
        models: { big: { ...big, price: { input: 1, output: 1, classes: { flex: { input: 1 } } } } },
      },
      'models.big.price.classes.flex.output',
      'nothing',
      'a number',
    ],
    [
      'an ability that is neither there nor not',
      { providers: { lab }, models: { big: { ...big, images: 'yes' } } },
      'models.big.images',
      '"yes"',
      'a boolean',
    ],
    [
      'half a price',
      { providers: { lab }, models: { big: { ...big, price: { input: 1 } } } },
      'models.big.price.output',
      'nothing',
      'a number',
    ],
    [
      'a window of half a token',
      { providers: { lab }, models: { big: { ...big, contextWindow: 0.5 } } },
      'models.big.contextWindow',
      '0.5',
      'a whole number',
    ],
    [
      'an empty model name',
      { providers: { lab }, models: { big: { ...big, model: '' } } },
      'models.big.model',
      '""',
      'at least 1',
    ],
    [
      'a route to nowhere',
      { routes: { a: { order: ['big'] } } },
      'routes.a.order',
      '"big"',
      '"micro", one of the models (none is configured) or <provider>/<model>',
    ],
    [
      'a tier to nowhere',
      { routes: { a: { mini: ['micro'], frontier: ['big'] } } },
      'routes.a.frontier',
      '"big"',
      '"micro"',
    ],
    [
      'a route that is two things',
      { routes: { a: { order: ['micro'], mini: ['micro'] } } },
      'routes.a',
      'an object',
      'either "order", or "mini" and/or "frontier"',
    ],
    [
      'a route that is nothing',
      { routes: { a: {} } },
      'routes.a',
      'an empty object',
      'either "order", or "mini" and/or "frontier"',
    ],
    [
      'a route without models',
      { routes: { a: { mini: [], frontier: [] } } },
      'routes.a',
      'an object',
      'at least one model',
    ],
    [
      'a route named like a model',
      { providers: { lab }, models: { big }, routes: { big: { order: ['big'] } } },
      'routes.big',
      '"big"',
      'another name',
    ],
    [
      'a share above 1',
      { routes: { a: { mini: ['micro'], strongShare: 20 } } },
      'routes.a.strongShare',
      '20',
      'at most 1',
    ],
    [
      'two knobs on one dial',
      { routes: { a: { mini: ['micro'], strongShare: 0.2, quality: 0.9 } } },
      'routes.a',
      'an object',
      'one of "strongShare", "quality" and "maxCostPer1k"',
    ],
    [
      'an order that nobody knows',
      { routes: { a: { order: ['micro'], sort: 'speed' } } },
      'routes.a.sort',
      '"speed"',
      '"price" or "latency" or "throughput"',
    ],
    [
      'a price limit as text',
      { routes: { a: { order: ['micro'], maxPrice: { input: '1' } } } },
      'routes.a.maxPrice.input',
      '"1"',
      'a number',
    ],
    [
      'a model without a place',
      { providers: { lab }, models: { big: { contextWindow: 5 } } },
      'models.big.provider',
      'nothing',
      'a provider, or a list of "providers"',
    ],
    [
      'a model without its name there',
      { providers: { lab }, models: { big: { provider: 'lab' } } },
      'models.big.model',
      'nothing',
      "the provider's own name",
    ],
    [
      'a model with its place twice over',
      { providers: { lab }, models: { big: { ...big, providers: [big] } } },
      'models.big',
      'an object',
      'either "provider" and "model", or "providers"',
    ],
    [
      'one place named twice',
      { providers: { lab }, models: { big: { providers: [big, big] } } },
      'models.big.providers.1',
      'an object',
      'lab/big-1 once',
    ],
    [
      'a place at an unknown provider',
      { providers: { lab }, models: { big: { providers: [big, { ...big, provider: 'lap' }] } } },
      'models.big.providers.1.provider',
      '"lap"',
      'one of the providers (lab)',
    ],
    [
      'a weight for one of two places',
      {
        providers: { lab },
        models: {
          big: {
            providers: [
              { ...big, weight: 1 },
              { ...big, model: 'b' },
            ],
          },
        },
      },
      'models.big.providers',
      'a list',
      'a weight for each of them, or for none',
    ],
    [
      'weights of nothing',
      { providers: { lab }, models: { big: { providers: [{ ...big, weight: 0 }] } } },
      'models.big.providers',
      'a list',
      'a weight above 0',
    ],
    ['a time as text', { timeouts: { headMs: '10 s' } }, 'timeouts.headMs', '"10 s"', 'a number'],
    ['a time of nothing', { timeouts: { headMs: 0 } }, 'timeouts.headMs', '0', 'at least 1'],
    [
      'a time of two hours',
      { timeouts: { totalMs: 7_200_000 } },
      'timeouts.totalMs',
      '7200000',
      'at most 1200000',
    ],
    ['no attempts', { retries: { total: 0 } }, 'retries.total', '0', 'at least 1'],
    ['a null', { limits: { bodyBytes: null } }, 'limits.bodyBytes', 'null', 'a number'],
  ]
  for (const [mistake, config, place, found, expected] of cases) {
    it(mistake, () => {
      const [first = ''] = messageOf(config).split('\n')
      expect(first.startsWith(`mine.jsonc, ${place}: `)).toBe(true)
      expect(first).toContain(found)
      expect(first).toContain(expected)
    })
  }

  it('a misspelt field, by its name', () => {
    expect(messageOf({ provider: {} })).toBe(
      'mine.jsonc, (the whole file): unknown "provider". Remove it or check the spelling.',
    )
    expect(messageOf({ timeouts: { headMS: 5 } })).toBe(
      'mine.jsonc, timeouts: unknown "headMS". Remove it or check the spelling.',
    )
  })

  it('a syntax error, by line and column', () => {
    expect(messageOf('{\n  "providers": {]\n}')).toMatch(/^mine\.jsonc, line 2, column 17: not valid JSON/)
    expect(messageOf('')).toMatch(/^mine\.jsonc, line 1, column 1: not valid JSON/)
  })

  it('several mistakes, a line each', () => {
    expect(messageOf({ timeouts: { headMs: 0, idleMs: 0 } }).split('\n')).toHaveLength(2)
  })
})

describe('a pasted key is never repeated', () => {
  const pasted = 'sk-proj-4aB'
  const long = 'AbCdEfGhIjKlMnOpQrStUvWxYz012345'
  for (const key of [pasted, long, 'gsk_1234567', 'Bearer abc123', 'xai-12345', 'short']) {
    const places: readonly [string, unknown][] = [
      ['as the key', { providers: { openai: { apiKey: key } } }],
      ['among keys', { providers: { openai: { apiKey: ['$A', key] } } }],
      ['inside an object', { providers: { openai: { apiKey: { value: key } } } }],
      ['under a misspelt provider', { providers: { OpenAI: { apiKey: key } } }],
      ['in a list of providers', { providers: [key] }],
    ]
    for (const [place, config] of places) {
      it(`${place}: ${key.length} characters`, () => {
        expect(messageOf(config)).not.toBe('it was accepted')
        expect(messageOf(config)).not.toContain(key)
      })
    }
  }
  for (const key of [pasted, long]) {
    it(`instead of a provider: ${key.length} characters`, () =>
      expect(messageOf({ providers: { openai: key } })).not.toContain(key))
    it(`as a field: ${key.length} characters`, () =>
      expect(messageOf({ providers: { openai: { [key]: true } } })).not.toContain(key))
    it(`as the whole file: ${key.length} characters`, () => expect(messageOf(key)).not.toContain(key))
  }
})

describe('a configuration is read', () => {
  it('with everything that can be said of a model', () => {
    const said = {
      contextWindow: 8_000,
      maxOutput: 500,
      tools: true,
      images: false,
      files: false,
      audio: false,
      jsonSchema: true,
      reasoning: true,
      temperature: false,
      prefill: true,
      embedding: false,
      price: {
        input: 1,
        output: 2,
        cacheRead: 0.1,
        cacheWrite: 1.25,
        cacheWriteLong: 2,
        tiers: [{ above: 200_000, input: 2, output: 4 }],
        classes: { flex: { input: 0.5, output: 1 } },
        request: 0.01,
      },
    }
    const result = read(JSON.stringify({ providers: { lab }, models: { big: { ...big, ...said } } }))
    expect(result).toMatchObject({ ok: true, value: { models: { big: said } } })
  })

  it('with comments and trailing commas', () => {
    const result = read('{ // hello\n "timeouts": { "headMs": 5, }, /* there */ }')
    expect(result).toEqual({ ok: true, value: { timeouts: { headMs: 5 } }, variables: [] })
  })

  it('with every variable it needs, once', () => {
    const config = {
      providers: {
        openai: { apiKey: ['$A', '$B'] },
        lab: { ...lab, apiKey: '$A', headers: { 'x-team': '$TEAM', 'x-plain': 'costs $5' } },
      },
    }
    const result = read(JSON.stringify(config))
    expect(result.ok && result.variables).toEqual(['A', 'B', 'TEAM'])
  })

  it('with routes over models, micro, and <provider>/<model>', () => {
    const config = {
      providers: { lab },
      models: { big },
      routes: { a: { order: ['big', 'lab/other', 'micro'] } },
    }
    expect(read(JSON.stringify(config)).ok).toBe(true)
  })

  it('with a webhook whose address and secret are variables', () => {
    const config = {
      providers: { lab },
      models: { big },
      rebench: { models: ['big', 'micro', 'lab/other'], webhook: '$HOOK', webhookSecret: '$HOOK_SECRET' },
    }
    expect(read(JSON.stringify(config))).toMatchObject({ ok: true, variables: ['HOOK', 'HOOK_SECRET'] })
    expect(read('{"rebench":{"webhook":"https://example.com/hook"}}')).toMatchObject({ variables: [] })
  })

  it('as it is shipped', () => {
    const text = readFileSync(new URL('../../../minnow.jsonc', import.meta.url), 'utf8')
    expect(read(text)).toMatchObject({ ok: true, variables: [] })
  })

  it('as it is shipped, with its examples uncommented', () => {
    const text = readFileSync(new URL('../../../minnow.jsonc', import.meta.url), 'utf8')
    const uncommented = text
      .replaceAll(/^(\s+)\/\/ (?=["}])/gm, '$1')
      .replaceAll(/^(\s+)\/\/ {3}(?=")/gm, '$1')
    const result = readConfig(uncommented, 'mine.jsonc', vendorFacts)
    expect(result.ok ? 'read' : result.message).toBe('read')
    expect(result.ok && Object.keys(result.value.models ?? {})).toEqual(['big', 'spare', 'open'])
  })
})
