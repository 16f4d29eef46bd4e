// Where the scenarios are played in tests: one gateway with shortened clocks, every case once, however many tests look at it.
import { openScene, type Row, type Scene } from '../../lab/scene.ts'
import { until } from '../../lab/until.ts'
import type { Clock } from '../../lab/faults/clock.ts'
import { configFor } from '../../lab/faults/config.ts'
import type { Verdict } from '../../lab/faults/judge.ts'
import { type Door, play, type Stage, warmUp } from '../../lab/faults/play.ts'
import type { Case, Scenario } from '../../lab/faults/scenario.ts'
import { judged, type Played } from '../../lab/faults/score.ts'
import type { Transcript } from '../../lab/faults/transcript.ts'

const PREFIX = 'fault'

export interface Room {
  readonly scene: Scene
  readonly door: Door
  /** A case as it went, with the row of its first call. */
  seen(id: string, name?: string): Promise<Sight>
  close(): Promise<void>
}

export interface Sight extends Played {
  readonly call: Transcript
  readonly row: Row
}

/** Nothing is wrong with it. */
export const PASS: Verdict = { result: 'pass', reason: '' }

/** A gateway's first answers are slower than shortened clocks allow, so a `warm` one has given some before. */
export async function openRoom(
  all: readonly Scenario[],
  clock: Clock,
  state: 'warm' | 'untouched' = 'warm',
): Promise<Room> {
  const env: Record<string, string> = {}
  const scene = await openScene(
    (labUrl) => {
      const configured = configFor(all, { prefix: PREFIX, labUrl, clock })
      Object.assign(env, configured.env)
      return configured.config
    },
    { env },
  )
  const door: Door = {
    prefix: PREFIX,
    url: scene.gateway.url,
    ask: ({ route }) => ({ headers: { authorization: 'Bearer mk-local' }, model: route }),
    rowsOf: (ids) =>
      until(`the rows of ${ids.join(', ')}`, async () => {
        const rows = (await scene.rows()).filter(({ request_id }) => ids.includes(request_id))
        return rows.length >= ids.length && rows
      }),
  }
  if (state === 'warm') await warmUp({ lab: scene.lab, door, clock })
  const sights = new Map<string, Promise<Sight>>()
  return {
    scene,
    door,
    seen(id, name = '') {
      const scenario = all.find((each) => each.id === id)
      const of = scenario?.cases.find((each) => each.name === name)
      if (scenario === undefined || of === undefined) throw new Error(`there is no ${id} ${name}`)
      const key = `${id} ${name}`
      const sight = sights.get(key) ?? look({ lab: scene.lab, door, clock }, scenario, of)
      sights.set(key, sight)
      return sight
    },
    async close() {
      const ids = (await scene.rows()).map(({ request_id }) => request_id)
      await scene.stop()
      const twice = ids.filter((id, at) => ids.indexOf(id) !== at)
      if (twice.length > 0) throw new Error(`more than one row: ${twice.join(', ')}`)
    },
  }
}

async function look(stage: Stage, scenario: Scenario, of: Case): Promise<Sight> {
  const played = judged(of, await play(stage, scenario, of))
  const [call] = played.seen.calls
  const row = (played.seen.rows as readonly Row[] | undefined)?.find(
    ({ request_id }) => request_id === call?.requestId,
  )
  if (call === undefined || row === undefined) throw new Error(`${scenario.id} left no row`)
  return { ...played, call, row }
}

/** `[scenario, case, what it is called]` for tables of tests. */
export const tableOf = (all: readonly Scenario[]): readonly (readonly [string, string, string])[] =>
  all.flatMap(({ id, fault, cases }) =>
    cases.map(({ name }) => [id, name, name === '' ? fault : `${fault} (${name})`] as const),
  )
