// Routes: what each chooses from, by which setting, what it has learned, and what another setting would have meant.
import type { JSX } from 'preact'
import type { Configured, Dial as DialSetting, Learned, Routes, WhatIf } from './answers.ts'
import { Dial } from './dial.tsx'
import { count, money, plural, share } from './figures.ts'
import { useAnswer } from './load.ts'
import { Shown } from './notice.tsx'
import { whatDecides } from './setting.ts'

export function RoutesPage(): JSX.Element {
  const routes = useAnswer<Routes>('/routes')
  return (
    <Shown of={routes} what="routes">
      {({ configured, data }) => (
        <div class="routes">
          {configured.map((route) => (
            <RouteCard
              key={route.route}
              route={route}
              learned={data.filter((one) => one.route === route.route)}
            />
          ))}
        </div>
      )}
    </Shown>
  )
}

/** A model that is at several places stands there once. */
const namesOf = (names: readonly string[] = []): string => [...new Set(names)].join(', ')

interface RouteProps {
  readonly route: Configured
  readonly learned: readonly Learned[]
}

const RouteCard = ({ route, learned }: RouteProps): JSX.Element => (
  <section class="route" aria-labelledby={`route-${route.route}`}>
    <div class="section-head">
      <h2 id={`route-${route.route}`} class="name">
        {route.route}
      </h2>
      <p class="note">{settingOf(route)}</p>
    </div>
    {route.kind === 'order' ? (
      <p class="prose">In this order, each where the one before fails: {namesOf(route.order)}.</p>
    ) : (
      <>
        <dl class="tiers">
          <dt>Mini</dt>
          <dd>{namesOf(route.mini) || 'none'}</dd>
          <dt>Frontier</dt>
          <dd>{namesOf(route.frontier) || 'none is configured'}</dd>
        </dl>
        <Past route={route.route} learned={learned} />
        <Lessons learned={learned} />
      </>
    )}
  </section>
)

function Past({
  route,
  learned,
}: {
  readonly route: string
  readonly learned: readonly Learned[]
}): JSX.Element {
  const past = useAnswer<WhatIf>(`/routes/${encodeURIComponent(route)}/what-if`)
  return (
    <Shown of={past} what="the last requests">
      {(found) =>
        found.requests === 0 ? (
          <p class="note">No request of this route is on record yet, so there is nothing to compare with.</p>
        ) : (
          <>
            <p class="prose">
              Of its last {plural(found.requests, 'answer')}, {share(found.share)} came from the frontier;
              1,000 cost {money(found.per_1k ?? 0)}. {count(found.scored)} could have gone either way.
            </p>
            <Dial route={route} {...whatDecides(found, learned)} />
          </>
        )
      }
    </Shown>
  )
}

const Lessons = ({ learned }: { readonly learned: readonly Learned[] }): JSX.Element => (
  <div class="lessons">
    <h3>What it has learned</h3>
    {learned.length === 0 ? (
      <p class="note">Nothing yet. Shadow requests, checked answers and feedback teach it.</p>
    ) : (
      <ul>
        {learned.map(({ tenant, labels, learner }) => (
          <li key={tenant ?? ''}>
            <span class="name">{tenant ?? 'everybody'}</span>{' '}
            <span class="note">
              {plural(labels.total, 'label')}. {learner.reason}
            </span>
          </li>
        ))}
      </ul>
    )}
  </div>
)

function settingOf({ dial, kind, cascade, rescue, hedge_after_ms: hedge }: Configured): string {
  return [
    kind === 'order' ? '' : dialText(dial),
    cascade === true ? 'small answers are checked first' : '',
    hedge === null ? '' : `hedged after ${typeof hedge === 'number' ? `${hedge} ms` : hedge}`,
    rescue ? '' : 'broken streams are not gone on with',
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

function dialText(dial: DialSetting | null): string {
  if (dial?.strongShare !== undefined) return `strongShare ${dial.strongShare}`
  if (dial?.quality !== undefined) return `quality ${dial.quality}`
  if (dial?.maxCostPer1k !== undefined) return `maxCostPer1k ${dial.maxCostPer1k}`
  return 'no dial: by score alone'
}
