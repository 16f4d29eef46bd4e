// Which targets a configuration names.
import { expect, it } from 'vitest'
import { configuredTargets } from '../../../../workers/health/targets.ts'

it('are those of its models and routes, each once, and micro', () => {
  const config = {
    models: {
      big: { provider: 'lab', model: 'big-1' },
      twin: { provider: 'lab', model: 'big-1' },
      'slashed/name': { provider: 'lab', model: 'x' },
      many: {
        providers: [
          { provider: 'lab', model: 'x' },
          { provider: 'eu', model: 'y' },
        ],
      },
    },
    routes: {
      auto: { mini: ['micro'], frontier: ['big', 'slashed/name'] },
      solid: { order: ['lab/other', 'twin'] },
    },
  }
  expect([...configuredTargets(config, 'minnow')]).toEqual([
    'minnow/micro',
    'lab/big-1',
    'lab/x',
    'eu/y',
    'lab/other',
  ])
  expect([...configuredTargets({}, 'minnow')]).toEqual(['minnow/micro'])
})
