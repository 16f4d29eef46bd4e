// What a configuration has left where the binding of a vendor is missing, and what it gains where it is there.
import { describe, expect, it } from 'vitest'
import type { Config } from '../../../../shared/config.ts'
import { withBound, withoutBound } from '../../../../workers/providers/bound.ts'

const isBound = (id: string, entry: { readonly apiKey?: unknown }): boolean =>
  id === 'cloud' && entry.apiKey === undefined

const config: Config = {
  providers: { cloud: { settings: { gateway: 'g' } }, lab: { baseUrl: 'https://lab.example/v1' } },
  models: {
    small: { provider: 'cloud', model: '@cf/a/b' },
    big: { provider: 'lab', model: 'big-1' },
    'cloud/own': { provider: 'lab', model: 'of-that-name' },
  },
  routes: {
    auto: { mini: ['micro', 'small'], frontier: ['cloud/@cf/c/d', 'big'], strongShare: 0.5 },
    solid: { order: ['small', 'big', 'cloud/own'], hedgeAfterMs: 5 },
    lost: { order: ['small', 'cloud/@cf/c/d'] },
  },
}

describe('without the binding', () => {
  it('the provider, its models and their places in routes are gone, and a route of nothing else', () => {
    expect(withoutBound(config, isBound)).toEqual({
      providers: { lab: config.providers?.['lab'] },
      models: { big: config.models?.['big'], 'cloud/own': config.models?.['cloud/own'] },
      routes: {
        auto: { mini: ['micro'], frontier: ['big'], strongShare: 0.5 },
        solid: { order: ['big', 'cloud/own'], hedgeAfterMs: 5 },
      },
    })
  })

  it('a model of several places has those that are left, and is gone with the last', () => {
    const [here, there] = [
      { provider: 'lab', model: 'x' },
      { provider: 'cloud', model: 'y' },
    ]
    const models = { both: { providers: [there, here] }, none: { providers: [there] } }
    const routes = { auto: { order: ['none', 'both'] } }
    expect(withoutBound({ ...config, models, routes }, isBound)).toMatchObject({
      models: { both: { providers: [here] } },
      routes: { auto: { order: ['both'] } },
    })
    expect(withoutBound({ ...config, models, routes }, isBound).models).not.toHaveProperty('none')
  })

  it('a provider with a key is as it was', () => {
    const keyed: Config = { ...config, providers: { ...config.providers, cloud: { apiKey: '$KEY' } } }
    expect(withoutBound(keyed, isBound)).toBe(keyed)
    expect(withoutBound({}, isBound)).toEqual({})
  })
})

describe('with the binding', () => {
  it('the provider is there without a word', () =>
    expect(withBound({}, ['cloud'])).toEqual({ providers: { cloud: {} } }))
  it('and as the configuration has it where it has a word', () =>
    expect(withBound(config, ['cloud'])).toEqual(config))
})
