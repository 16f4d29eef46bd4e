// Ends a run: measures what its probes found, compares it with history, keeps it, and says who is to be told.
import type { House } from './house.ts'
import { type EndedRun, readBaseline, readHistory, type Result, writeRun } from './history.ts'
import { labelsOf } from './labels.ts'
import { measure } from './measures.ts'
import { noticeOf } from './notice.ts'
import type { Run, Store } from './store.ts'
import type { Cx } from '../service.ts'
import { type Compared, evened, paceOf } from './times.ts'
import { type Finding, findingsOf, isMark, slowAmong } from './verdict.ts'

/** Throws where D1 is away; then it is done again. Resolves with what is to be posted. */
export async function closeRun(run: Run, store: Store, house: House, now: number): Promise<string[]> {
  const { database } = house
  const probes = store.over(run.id)
  const cx = { id: run.id, signal: new AbortController().signal, now: () => now, defer: house.defer }
  const measured = new Map<string, Subject>()
  const results: Result[] = []
  const news: Result[] = []
  for (const model of run.models) {
    const known = await house.about(model, cx)
    const own = probes.filter((probe) => probe.model === model)
    const footprint = known === undefined ? undefined : await house.footprint(known)
    const target = known === undefined ? '' : `${known.provider}/${known.model}`
    const found = measure(own, { contextWindow: known?.contextWindow, footprint })
    const about = { runId: run.id, model, target, at: run.startedAt }
    const before = await readBaseline(database, about)
    measured.set(model, { about, provider: known?.provider ?? '', now: found, before })
  }
  const all = new Map([...measured].map(([model, subject]) => [model, subject.now]))
  for (const [model, { about, provider, now: measures, before }] of measured) {
    const last = (await readHistory(database, model, 2)).find(({ runId }) => runId !== run.id)
    const elsewhere = [...measured.values()].filter((subject) => subject.provider !== provider)
    const findings = [
      ...findingsOf(`${run.seed}/${model}`, measures, evened(before, elsewhere), paceOf(elsewhere)),
      ...slowAmong(all, model),
    ]
    const result = { ...about, measures, findings, isMarked: findings.some(isMark) }
    results.push(result)
    const fresh = findings.filter(
      (finding) => isMark(finding) && last?.findings.some(isSame(finding)) !== true,
    )
    if (fresh.length > 0) news.push({ ...result, findings: fresh })
  }
  const spentMicros = store.spent(run).run
  const ended: EndedRun = {
    ...run,
    endedAt: now,
    spentMicros,
    probes: probes.length,
    skipped: probes.filter(({ state, note }) => state === 'skipped' && note !== 'clear').length,
  }
  await writeRun(database, ended, results)
  await teach(run, results, house, cx)
  return house.settings.webhook === undefined || news.length === 0 ? [] : [noticeOf(ended, news)]
}

interface Subject extends Compared {
  readonly about: Pick<Result, 'runId' | 'model' | 'target' | 'at'>
  readonly provider: string
}

/** What is known since the last run is no news. */
const isSame =
  (one: Finding) =>
  (other: Finding): boolean =>
    one.what === other.what && one.kind === other.kind

async function teach(
  { seed }: Run,
  results: readonly Result[],
  { learn, pairs, warn }: House,
  cx: Cx,
): Promise<void> {
  for (const pair of pairs) {
    const [weak, strong] = [pair.weak, pair.strong].map((name) => results.find(({ model }) => model === name))
    if (weak === undefined || strong === undefined) continue
    const labels = labelsOf(seed, weak.measures, strong.measures)
    if (labels.length === 0) continue
    await learn(pair, labels, cx).catch((error: unknown) =>
      warn(`rebench: ${pair.route} did not learn: ${String(error)}`),
    )
  }
}
